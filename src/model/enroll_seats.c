#include "model/enroll_seats.h"
#include "gen/queries.h"

void enroll_seat_counts(struct ctx *c, struct plan_seat_count_list *out)
{
	struct plan_seat_counts_rows rows;
	plan_seat_counts(c->db, c->arena, &rows);
	*out = (struct plan_seat_count_list){ .items = ARENA_ARRAY(c->arena, struct plan_seat_count, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++)
		out->items[out->n++] =
			(struct plan_seat_count){ rows.items[i].session, rows.items[i].seated, rows.items[i].waits };
}

void enroll_seats(struct ctx *c, int64_t session, bool waits, int64_t after, int64_t limit, struct plan_seat_list *out)
{
	struct plan_seat_people_rows rows;
	plan_seat_people(c->db, c->arena, session, waits, after, limit, &rows);
	*out = (struct plan_seat_list){ .items = ARENA_ARRAY(c->arena, struct plan_seat, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct plan_seat_people_row *r = &rows.items[i];
		out->items[out->n++] = (struct plan_seat){ .user = r->user_id,
			.user_name = r->user_name,
			.login = r->login,
			.department = r->department,
			.old_session_title = str_eq(r->effect, STR("move")) ? r->old_session_title : STR_NULL,
			.over = str_eq(r->effect, STR("over")) };
	}
}
