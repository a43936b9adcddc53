#include "model/schedule.h"
#include <stdlib.h>
#include "gen/queries.h"
#include "model/policy.h"
#include "model/user.h"

/* What the rows of all three statements have in common. */
#define FACTS(r) \
	.training = (r)->training, .session = (r)->session, .day = (r)->day, .title = (r)->title, \
	.session_title = (r)->session_title, .instructor = (r)->instructor, .position = (r)->position, .days = (r)->days, \
	.start_at = (r)->start_at, .end_at = (r)->end_at, .time_zone = (r)->time_zone, .location = (r)->location, \
	.url = (r)->url, .cancelled = (r)->cancelled_at.has
/* … and those of sessions, seen as a manager or as the instructor. */
#define SESSION_FACTS(r) \
	FACTS(r), .capacity = (r)->capacity, .seats_taken = (r)->seats_taken, .waiting = (r)->waiting, \
			  .may_edit = (r)->may_edit

static int by_start(const void *a, const void *b)
{
	const struct schedule_entry *x = a, *y = b;
	if (x->start_at != y->start_at)
		return x->start_at < y->start_at ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->enrollment == 0) - (y->enrollment == 0);
}

/* Who teaches or organizes what they are enrolled in has it once: as a participant. `out` is sorted. */
static void drop_doubles(struct schedule *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < out->n; i++)
		if (!kept || out->items[i].enrollment || out->items[kept - 1].day != out->items[i].day)
			out->items[kept++] = out->items[i];
	out->n = kept;
}

static struct schedule_filter filter_of(const struct schedule_filter *f)
{
	struct schedule_filter all = { .instructor = STR(""), .place = STR("") };
	if (!f)
		return all;
	all = *f;
	/* Null is not the same as empty to the database. */
	if (str_is_null(all.instructor))
		all.instructor = STR("");
	if (str_is_null(all.place))
		all.place = STR("");
	return all;
}

void schedule_enrolled(
	struct ctx *c, int64_t from, int64_t to, const struct schedule_filter *filter, struct schedule *out)
{
	struct schedule_own_rows rows;
	struct schedule_filter f = filter_of(filter);
	schedule_own(
		c->db, c->arena, c->actor->id, from, to, SCHEDULE_MAX, f.training, f.instructor, f.place, f.online, &rows);
	*out = (struct schedule){
		.items = ARENA_ARRAY(c->arena, struct schedule_entry, rows.n), .n = rows.n, .cut = rows.n == SCHEDULE_MAX
	};
	for (size_t i = 0; i < rows.n; i++) {
		const struct schedule_own_row *r = &rows.items[i];
		out->items[i] =
			(struct schedule_entry){ FACTS(r), .enrollment = r->enrollment, .status = r->status, .answer = r->answer };
	}
}

void schedule_mine(struct ctx *c, int64_t from, int64_t to, const struct schedule_filter *filter, struct schedule *out)
{
	struct schedule enrolled;
	struct schedule_taught_rows rows;
	struct schedule_filter f = filter_of(filter);
	schedule_enrolled(c, from, to, &f, &enrolled);
	schedule_taught(c->db, c->arena, c->actor->id, from, to, SCHEDULE_MAX, f.training, f.instructor, f.place, f.online,
		actor_can(c->actor, PERM_TRAININGS_EDIT), actor_can(c->actor, PERM_TRAININGS_CREATE), &rows);
	*out = (struct schedule){ .items = ARENA_ARRAY(c->arena, struct schedule_entry, enrolled.n + rows.n),
		.cut = enrolled.cut || rows.n == SCHEDULE_MAX };
	for (size_t i = 0; i < enrolled.n; i++)
		out->items[out->n++] = enrolled.items[i];
	for (size_t i = 0; i < rows.n; i++)
		out->items[out->n++] = (struct schedule_entry){ SESSION_FACTS(&rows.items[i]) };
	if (out->n)
		qsort(out->items, out->n, sizeof *out->items, by_start);
	drop_doubles(out);
}

void schedule_everything(
	struct ctx *c, int64_t from, int64_t to, const struct schedule_filter *filter, struct schedule *out)
{
	struct schedule_all_rows rows;
	struct schedule_filter f = filter_of(filter);
	schedule_all(c->db, c->arena, c->actor->id, from, to, SCHEDULE_MAX, f.training, f.instructor, f.place, f.online,
		actor_can(c->actor, PERM_TRAININGS_EDIT), actor_can(c->actor, PERM_TRAININGS_CREATE), &rows);
	*out = (struct schedule){
		.items = ARENA_ARRAY(c->arena, struct schedule_entry, rows.n), .n = rows.n, .cut = rows.n == SCHEDULE_MAX
	};
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct schedule_entry){ SESSION_FACTS(&rows.items[i]) };
}

/* ---- what it can be filtered by */
static int by_name(const void *a, const void *b)
{
	const struct schedule_choice *x = a, *y = b;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return str_cmp(x->name, y->name);
}

static int by_key(const void *a, const void *b)
{
	const struct schedule_choice *x = a, *y = b;
	int order = str_cmp(x->sort_key, y->sort_key);
	return order ? order : by_name(a, b);
}

/* Each once, then in order: only what is left needs the keys of the language. */
static size_t in_order(struct ctx *c, struct schedule_choice *items, size_t n)
{
	size_t kept = 0;
	if (!n)
		return 0;
	qsort(items, n, sizeof *items, by_name);
	for (size_t i = 0; i < n; i++)
		if (!kept || by_name(&items[kept - 1], &items[i]) != 0)
			items[kept++] = items[i];
	for (size_t i = 0; i < kept; i++)
		items[i].sort_key = text_sort_key(c->arena, items[i].name);
	qsort(items, kept, sizeof *items, by_key);
	return kept;
}

void schedule_choices(struct ctx *c, const struct schedule *list, struct schedule_choices *out)
{
	*out = (struct schedule_choices){ .trainings = ARENA_ARRAY(c->arena, struct schedule_choice, list->n + 1),
		.instructors = ARENA_ARRAY(c->arena, struct schedule_choice, list->n + 1),
		.places = ARENA_ARRAY(c->arena, struct schedule_choice, list->n + 1) };
	for (size_t i = 0; i < list->n; i++) {
		const struct schedule_entry *e = &list->items[i];
		out->trainings[out->trainings_n++] = (struct schedule_choice){ .id = e->training, .name = e->title };
		if (!str_is_empty(e->instructor))
			out->instructors[out->instructors_n++] = (struct schedule_choice){ .name = e->instructor };
		if (!str_is_empty(e->location))
			out->places[out->places_n++] = (struct schedule_choice){ .name = e->location };
		else
			out->online |= !str_is_empty(e->url);
	}
	out->trainings_n = in_order(c, out->trainings, out->trainings_n);
	out->instructors_n = in_order(c, out->instructors, out->instructors_n);
	out->places_n = in_order(c, out->places, out->places_n);
}

bool schedule_training(struct ctx *c, int64_t id, struct str *title)
{
	struct schedule_training_title_row row;
	if (!schedule_training_title(c->db, c->arena, c->actor->id, actor_can(c->actor, PERM_TRAININGS_VIEW), id, &row))
		return false;
	*title = row.title;
	return true;
}

void schedule_trainings(struct ctx *c, struct str q, int64_t limit, struct schedule_trainings *out)
{
	struct schedule_editable_rows rows;
	struct str clean;
	if (!text_clean_line(c->arena, q, &clean))
		clean = STR("");
	schedule_editable(c->db, c->arena, c->actor->id, actor_can(c->actor, PERM_TRAININGS_EDIT),
		user_like(c->arena, clean), c->now, limit, &rows);
	*out = (struct schedule_trainings){ .items = ARENA_ARRAY(c->arena, struct schedule_editable_item, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct schedule_editable_row *r = &rows.items[i];
		out->items[out->n++] = (struct schedule_editable_item){ .id = r->id,
			.title = r->title,
			.starts_at = r->starts_at,
			.ends_at = r->ends_at,
			.days = r->days.has ? r->days.v : 0,
			.time_zone = r->time_zone };
	}
}
