#include "model/schedule.h"
#include <stdlib.h>
#include "gen/queries.h"
#include "model/policy.h"

static int by_start(const void *a, const void *b)
{
	const struct schedule_entry *x = a, *y = b;
	if (x->start_at != y->start_at)
		return x->start_at < y->start_at ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

void schedule_enrolled(struct ctx *c, int64_t from, int64_t to, struct schedule *out)
{
	struct schedule_own_rows rows;
	schedule_own(c->db, c->arena, c->actor->id, from, to, SCHEDULE_MAX, &rows);
	*out = (struct schedule){
		.items = ARENA_ARRAY(c->arena, struct schedule_entry, rows.n), .n = rows.n, .cut = rows.n == SCHEDULE_MAX
	};
	for (size_t i = 0; i < rows.n; i++) {
		const struct schedule_own_row *r = &rows.items[i];
		out->items[i] = (struct schedule_entry){
			.enrollment = r->enrollment,
			.training = r->training,
			.session = r->session,
			.day = r->day,
			.title = r->title,
			.session_title = r->session_title,
			.position = r->position,
			.days = r->days,
			.start_at = r->start_at,
			.end_at = r->end_at,
			.time_zone = r->time_zone,
			.location = r->location,
			.url = r->url,
			.status = r->status,
			.answer = r->answer,
			.cancelled = r->cancelled_at.has,
		};
	}
}

void schedule_mine(struct ctx *c, int64_t from, int64_t to, struct schedule *out)
{
	struct schedule enrolled;
	struct schedule_taught_rows rows;
	schedule_enrolled(c, from, to, &enrolled);
	schedule_taught(c->db, c->arena, c->actor->id, from, to, SCHEDULE_MAX, &rows);
	*out = (struct schedule){ .items = ARENA_ARRAY(c->arena, struct schedule_entry, enrolled.n + rows.n),
		.cut = enrolled.cut || rows.n == SCHEDULE_MAX };
	for (size_t i = 0; i < enrolled.n; i++)
		out->items[out->n++] = enrolled.items[i];
	for (size_t i = 0; i < rows.n; i++) {
		const struct schedule_taught_row *r = &rows.items[i];
		out->items[out->n++] = (struct schedule_entry){
			.training = r->training,
			.session = r->session,
			.day = r->day,
			.title = r->title,
			.session_title = r->session_title,
			.position = r->position,
			.days = r->days,
			.start_at = r->start_at,
			.end_at = r->end_at,
			.time_zone = r->time_zone,
			.location = r->location,
			.url = r->url,
			.capacity = r->capacity,
			.seats_taken = r->seats_taken,
			.waiting = r->waiting,
			.cancelled = r->cancelled_at.has,
		};
	}
	if (out->n)
		qsort(out->items, out->n, sizeof *out->items, by_start);
}

void schedule_everything(struct ctx *c, int64_t from, int64_t to, struct schedule *out)
{
	struct schedule_all_rows rows;
	schedule_all(c->db, c->arena, from, to, SCHEDULE_MAX, &rows);
	*out = (struct schedule){
		.items = ARENA_ARRAY(c->arena, struct schedule_entry, rows.n), .n = rows.n, .cut = rows.n == SCHEDULE_MAX
	};
	for (size_t i = 0; i < rows.n; i++) {
		const struct schedule_all_row *r = &rows.items[i];
		out->items[i] = (struct schedule_entry){
			.training = r->training,
			.session = r->session,
			.day = r->day,
			.title = r->title,
			.session_title = r->session_title,
			.position = r->position,
			.days = r->days,
			.start_at = r->start_at,
			.end_at = r->end_at,
			.time_zone = r->time_zone,
			.location = r->location,
			.url = r->url,
			.capacity = r->capacity,
			.seats_taken = r->seats_taken,
			.waiting = r->waiting,
			.cancelled = r->cancelled_at.has,
		};
	}
}
