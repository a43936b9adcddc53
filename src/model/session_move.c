#include "model/session_move.h"
#include "gen/queries.h"
#include "model/policy.h"

static void read_conflicts(
	struct ctx *c, const struct session *s, const struct session_change *change, struct session_move *out)
{
	struct session_move_conflicts_rows rows;
	session_move_conflicts(
		c->db, c->arena, s->id, change->instructor, change->instructor_user, SESSION_MOVE_CONFLICTS_MAX, &rows);
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
	struct ctx *c, const struct session *s, const struct session_change *change, struct session_move *out)
{
	struct session_move_affected_row r = { 0 };
	struct session_move_told_row told;
	*out = (struct session_move){ 0 };
	stage_span_clear(c->db);
	for (size_t i = 0; i < change->days_n; i++)
		stage_span_add(c->db, change->days[i].start_at, change->days[i].end_at, change->days[i].location);
	session_move_affected(
		c->db, c->arena, c->actor->id, c->actor->account_wide || policy_sees_participants(c, s->training), s->id, &r);
	out->accepted = r.accepted;
	out->tentative = r.tentative;
	out->unanswered = r.unanswered;
	out->declined = r.declined;
	out->waiting = r.waiting;
	out->clashes = r.clashes;
	out->others = s->seats_taken - r.accepted - r.tentative - r.unanswered;
	out->tells = (change->times || change->words) && !change->over && session_move_told(c->db, c->arena, s->id, &told);
	if (actor_can(c->actor, PERM_TRAININGS_VIEW))
		read_conflicts(c, s, change, out);
	stage_span_clear(c->db);
}
