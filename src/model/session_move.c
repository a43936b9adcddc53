#include "model/session_move.h"
#include "gen/queries.h"
#include "model/policy.h"

static const struct session_day *day_before(const struct session *s, int64_t id)
{
	for (size_t i = 0; i < s->days_n; i++)
		if (s->days[i].id == id)
			return &s->days[i];
	return NULL;
}

static void compare(const struct session *s, const struct session_day *days, size_t n, struct session_move *out)
{
	out->times = n != s->days_n;
	for (size_t i = 0; i < n; i++) {
		const struct session_day *was = day_before(s, days[i].id);
		out->times |= !was || was->start_at != days[i].start_at || was->end_at != days[i].end_at;
		out->words |= was &&
			(!str_eq(was->location, days[i].location) || !str_eq(was->url, days[i].url) ||
				!str_eq(was->time_zone, days[i].time_zone));
	}
}

static void read_conflicts(struct ctx *c, const struct session *s, struct session_move *out)
{
	struct session_move_conflicts_rows rows;
	session_move_conflicts(
		c->db, c->arena, s->id, s->instructor, s->instructor_user, SESSION_MOVE_CONFLICTS_MAX, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		const struct session_move_conflicts_row *r = &rows.items[i];
		out->conflicts[out->conflicts_n++] = (struct session_move_conflict){ .session = r->session,
			.start_at = r->start_at,
			.end_at = r->end_at,
			.title = r->title,
			.session_title = r->session_title,
			.time_zone = r->time_zone,
			.same_place = r->same_place,
			.same_instructor = r->same_instructor };
	}
}

void session_move_plan(
	struct ctx *c, const struct session *s, const struct session_day *days, size_t n, struct session_move *out)
{
	struct session_move_affected_row r = { 0 };
	*out = (struct session_move){ .over = s->ends_at <= c->now };
	compare(s, days, n, out);
	stage_span_clear(c->db);
	for (size_t i = 0; i < n; i++) {
		stage_span_add(c->db, days[i].start_at, days[i].end_at, days[i].location);
		out->over &= days[i].end_at <= c->now;
	}
	session_move_affected(
		c->db, c->arena, c->actor->id, c->actor->account_wide || policy_sees_participants(c, s->training), s->id, &r);
	out->accepted = r.accepted;
	out->tentative = r.tentative;
	out->unanswered = r.unanswered;
	out->declined = r.declined;
	out->waiting = r.waiting;
	out->clashes = r.clashes;
	out->others = s->seats_taken - r.accepted - r.tentative - r.unanswered;
	if (actor_can(c->actor, PERM_TRAININGS_VIEW))
		read_conflicts(c, s, out);
	stage_span_clear(c->db);
}
