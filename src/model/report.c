#include "model/report.h"
#include <stdlib.h>
#include "gen/queries.h"
#include "model/policy.h"
#include "model/stage.h"
#include "model/user.h"

const char *const report_sorts[REPORT_SORT_COUNT] = {
	[REPORT_SORT_NAME] = "name",
	[REPORT_SORT_ENROLLED] = "enrolled",
	[REPORT_SORT_ATTENDED] = "attended",
	[REPORT_SORT_ABSENT] = "absent",
	[REPORT_SORT_NO_RESULT] = "no_result",
	[REPORT_SORT_RATE] = "rate",
};

bool report_open(struct ctx *c)
{
	struct report_own_row own;
	if (actor_can(c->actor, PERM_REPORTS) || c->actor->has_reports)
		return true;
	if (report_own(c->db, c->arena, c->actor->id, &own) && (own.organizes || own.instructs))
		return true;
	return err_set(&c->errs, ERR_FORBIDDEN);
}

void report_stage(struct ctx *c, const struct report_query *q)
{
	pick_training_clear(c->db);
	if (q->trainings_n)
		pick_training_ids(c->db, stage_list(c->arena, q->trainings, q->trainings_n));
	stage_ids(c, q->sessions, q->sessions_n);
}

/* ---- by training, session or department */
void report_sums_add(struct report_sums *to, const struct report_sums *s)
{
	to->enrolled += s->enrolled;
	to->attended += s->attended;
	to->absent += s->absent;
	to->no_result += s->no_result;
}

double report_rate(const struct report_sums *s)
{
	return s->enrolled ? (double)s->attended / (double)s->enrolled : 0;
}

struct sortable {
	struct report_row row;
	size_t place;
	double value;
};

static int compare(const void *a, const void *b)
{
	const struct sortable *x = a, *y = b;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static double sort_value(const struct report_row *r, enum report_sort by)
{
	switch (by) {
	case REPORT_SORT_ENROLLED: return (double)r->n.enrolled;
	case REPORT_SORT_ATTENDED: return (double)r->n.attended;
	case REPORT_SORT_ABSENT: return (double)r->n.absent;
	case REPORT_SORT_NO_RESULT: return (double)r->n.no_result;
	case REPORT_SORT_RATE: return report_rate(&r->n);
	case REPORT_SORT_NAME:
	case REPORT_SORT_COUNT: break;
	}
	return 0;
}

/* By name they stand already. */
void report_rows_sort(struct report_rows *rows, enum report_sort by, bool desc)
{
	ARENA_SCOPED a = arena_new();
	struct sortable *all = ARENA_ARRAY(a, struct sortable, rows->n + 1);
	for (size_t i = 0; i < rows->n; i++) {
		double v = sort_value(&rows->items[i], by);
		bool turned = desc && by == REPORT_SORT_NAME;
		all[i] = (struct sortable){ rows->items[i], turned ? rows->n - i : i, desc ? -v : v };
	}
	qsort(all, rows->n, sizeof *all, compare);
	for (size_t i = 0; i < rows->n; i++)
		rows->items[i] = all[i].row;
}

/* ---- what can be chosen */
static void choices(struct ctx *c, int64_t only, struct str inside, int64_t limit, struct report_choices *out)
{
	struct report_trainings_rows rows;
	report_trainings(c->db, c->arena, c->actor->id, actor_can(c->actor, PERM_REPORTS), c->actor->has_reports, limit,
		only, inside, &rows);
	*out = (struct report_choices){ .items = ARENA_ARRAY(c->arena, struct report_choice, rows.n + 1), .n = rows.n };
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct report_choice){ .id = rows.items[i].id, .title = rows.items[i].title };
}

void report_training_choices(struct ctx *c, struct str q, int64_t limit, struct report_choices *out)
{
	choices(c, 0, str_is_null(q) ? STR("%") : user_like(c->arena, q), limit, out);
}

bool report_training_choice(struct ctx *c, int64_t id, struct report_choice *out)
{
	struct report_choices one;
	choices(c, id, STR("%"), 1, &one);
	if (id > 0 && one.n)
		*out = one.items[0];
	return id > 0 && one.n;
}

void report_session_choices(struct ctx *c, int64_t training, int64_t limit, struct report_choices *out)
{
	struct report_sessions_rows rows;
	report_sessions(c->db, c->arena, training, limit, &rows);
	*out = (struct report_choices){ .items = ARENA_ARRAY(c->arena, struct report_choice, rows.n + 1), .n = rows.n };
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct report_choice){ rows.items[i].id, rows.items[i].title, rows.items[i].starts_at,
			rows.items[i].time_zone };
}
