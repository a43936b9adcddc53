#include "model/home.h"
#include "base/tz.h"
#include "gen/queries.h"
#include "model/policy.h"

enum { DAY = 86400, LONGEST_DAYS = 60 };

static void room(struct ctx *c, size_t n, struct home_counts *out)
{
	*out = (struct home_counts){ .items = ARENA_ARRAY(c->arena, struct home_count, n + 1), .n = n };
}

void home_missing_results(struct ctx *c, struct home_counts *out)
{
	struct report_missing_results_rows rows;
	report_missing_results(c->db, c->arena, c->actor->id, c->actor->account_wide, actor_can(c->actor, PERM_RESULTS),
		c->now - (int64_t)HOME_RESULTS_DAYS * DAY, c->now, HOME_ROWS, &rows);
	room(c, rows.n, out);
	for (size_t i = 0; i < rows.n; i++) {
		const struct report_missing_results_row *s = &rows.items[i];
		out->items[i] = (struct home_count){ s->training_id, s->id, s->n, s->training, s->session };
	}
}

void home_recent_declines(struct ctx *c, struct home_counts *out)
{
	struct home_declined_rows rows;
	home_declined(c->db, c->arena, c->actor->id, c->actor->account_wide, actor_can(c->actor, PERM_USERS_VIEW),
		c->now - (int64_t)HOME_DECLINED_DAYS * DAY, c->now, HOME_ROWS, &rows);
	room(c, rows.n, out);
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct home_count){
			.training = rows.items[i].id, .n = rows.items[i].n, .title = rows.items[i].title, .session_title = STR("")
		};
}

void home_waiting_lists(struct ctx *c, struct home_counts *out)
{
	struct home_waiting_rows rows;
	home_waiting(c->db, c->arena, c->actor->id, c->now, HOME_ROWS, &rows);
	room(c, rows.n, out);
	for (size_t i = 0; i < rows.n; i++) {
		const struct home_waiting_row *s = &rows.items[i];
		out->items[i] = (struct home_count){ s->training_id, s->id, s->n, s->training, s->session };
	}
}

int64_t home_failed_mail(struct ctx *c)
{
	struct outbox_failed_count_row failed = { 0 };
	if (actor_can(c->actor, PERM_OUTBOX))
		outbox_failed_count(c->db, c->arena, c->actor->id, &failed);
	return failed.n;
}

void home_soon(struct ctx *c, struct home_session_list *out)
{
	struct home_sessions_rows rows;
	home_sessions(c->db, c->arena, c->actor->id, c->actor->account_wide, c->now - (int64_t)LONGEST_DAYS * DAY, c->now,
		c->now + (int64_t)HOME_SOON_DAYS * DAY, HOME_SESSIONS, &rows);
	*out = (struct home_session_list){ .items = ARENA_ARRAY(c->arena, struct home_session, rows.n + 1), .n = rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct home_sessions_row *s = &rows.items[i];
		out->items[i] = (struct home_session){ .id = s->id,
			.seats_taken = s->seats_taken,
			.waiting = s->waiting,
			.starts_at = s->starts_at,
			.ends_at = s->ends_at,
			.days = s->days,
			.start_at = s->start_at,
			.end_at = s->end_at,
			.training = s->training,
			.session = s->session,
			.instructor = s->instructor,
			.time_zone = s->time_zone,
			.location = s->location,
			.url = s->url,
			.capacity = s->capacity };
	}
}

void home_setup_get(struct ctx *c, struct home_setup *out)
{
	struct home_setup_row row = { 0 };
	home_setup(c->db, c->arena, c->actor->id, &row);
	*out = (struct home_setup){ row.departments, row.users, row.trainings, row.mail };
}

void home_year_get(struct ctx *c, struct home_year *out)
{
	struct home_year_row row = { 0 };
	const struct tz *zone = tz_get(c->actor->time_zone);
	enum tz_kind kind;
	zone = zone ? zone : tz_get(STR("UTC"));
	struct tz_wall wall = { .year = tz_to_wall(zone, c->now).year, .month = 1, .day = 1 };
	home_year(c->db, c->arena, c->actor->id, tz_to_instant(zone, &wall, 0, &kind), c->now, &row);
	*out = (struct home_year){ row.held, row.attended, row.seconds };
}
