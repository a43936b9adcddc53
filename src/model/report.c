#include "model/report.h"
#include "gen/queries.h"
#include "model/policy.h"

bool report_by_parse(struct str name, enum report_by *out)
{
	static const char *const names[] = {
		[REPORT_TRAINING] = "training", [REPORT_SESSION] = "session", [REPORT_DEPARTMENT] = "department"
	};
	for (int i = REPORT_TRAINING; i <= REPORT_DEPARTMENT; i++)
		if (str_eq(name, str_from(names[i]))) {
			*out = (enum report_by)i;
			return true;
		}
	return false;
}

/* What was chosen travels through staging tables. */
static void stage(struct ctx *c, const struct report_query *q)
{
	pick_training_clear(c->db);
	stage_id_clear(c->db);
	for (size_t i = 0; i < q->trainings_n; i++) {
		bool seen = false;
		for (size_t k = 0; k < i; k++)
			seen |= q->trainings[k] == q->trainings[i];
		if (!seen)
			pick_training_add(c->db, q->trainings[i], NONE, (int64_t)i);
	}
	for (size_t i = 0; i < q->sessions_n; i++)
		stage_id_add(c->db, q->sessions[i], (int64_t)i);
}

void report_attendance_make(struct ctx *c, enum report_by by, const struct report_query *q, struct report_rows *out)
{
	struct report_attendance_rows rows;
	stage(c, q);
	report_attendance(c->db, c->arena, c->actor->id, c->actor->account_wide, by, q->trainings_n == 0,
		q->sessions_n == 0, q->from, q->to ? q->to : INT64_MAX, &rows);
	out->n = rows.n;
	out->items = ARENA_ARRAY(c->arena, struct report_row, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++) {
		const struct report_attendance_row *r = &rows.items[i];
		out->items[i] = (struct report_row){ .key = r->key,
			.name = r->name,
			.training = r->training_id.v,
			.training_title = r->training,
			.starts_at = r->starts_at.v,
			.ends_at = r->ends_at.v,
			.days = r->days.v,
			.time_zone = r->time_zone,
			.enrolled = r->enrolled,
			.attended = r->attended,
			.absent = r->absent,
			.no_result = r->enrolled - r->attended - r->absent };
	}
}

void report_training_choices(struct ctx *c, int64_t limit, struct report_choices *out)
{
	struct report_trainings_rows rows;
	report_trainings(c->db, c->arena, limit, &rows);
	out->n = rows.n;
	out->items = ARENA_ARRAY(c->arena, struct report_choice, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct report_choice){ rows.items[i].id, rows.items[i].title };
}
