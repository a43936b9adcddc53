/* What a report is narrowed to, as pages and REST write it in their addresses. */
#include "base/date.h"
#include "base/tz.h"
#include "gen/text.h"
#include "model/policy.h"
#include "model/report.h"

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

/* "1,2,3", also repeated. */
static void read_ids(
	struct ctx *c, const char *name, const struct str *values, size_t n, const int64_t **out, size_t *out_n)
{
	struct str part;
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, REPORT_IDS_MAX);
	*out = ids;
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_is_empty(values[i]) ? STR_NULL : values[i];
		while (str_split(&rest, ',', &part)) {
			if (*out_n == REPORT_IDS_MAX || !str_to_i64(str_trim(part), &ids[*out_n])) {
				ctx_invalid(c, str_from(name), CODE_invalid, t_reports_ids_invalid(&c->text));
				return;
			}
			++*out_n;
		}
	}
}

/* An instant, or midnight in the actor's zone, `later` days after the one that is written there. */
static void read_end(struct ctx *c, const char *name, struct str text, int later, int64_t *out)
{
	struct date date;
	struct tz_wall wall = { 0 };
	enum tz_kind kind;
	text = str_trim(text);
	if (str_is_empty(text) || tz_rfc3339_parse(text, out))
		return;
	if (!date_parse(text, &date)) {
		ctx_invalid(c, str_from(name), CODE_invalid, t_audit_day_invalid(&c->text));
		return;
	}
	tz_from_days(date_days(date) + later, &wall.year, &wall.month, &wall.day);
	*out = tz_to_instant(tz_get(c->actor->time_zone), &wall, 0, &kind);
}

bool report_query_read(struct ctx *c, const struct report_words *w, struct report_query *out)
{
	const struct text *t = &c->text;
	int64_t department;
	*out = (struct report_query){ .direct = str_eq(w->nested, STR("0")), .result = STR("") };
	read_ids(c, "trainings", w->trainings, w->trainings_n, &out->trainings, &out->trainings_n);
	read_ids(c, "sessions", w->sessions, w->sessions_n, &out->sessions, &out->sessions_n);
	read_end(c, "from", w->from, 0, &out->from);
	read_end(c, "to", w->to, 1, &out->to);
	if (out->from && out->to && out->from >= out->to)
		ctx_invalid(c, STR("to"), CODE_out_of_range, t_audit_days_order(t));
	if (!str_is_empty(w->department)) {
		if (str_to_i64(w->department, &department))
			out->department = SOME(department);
		else
			ctx_invalid(c, STR("department"), CODE_invalid, t_reports_ids_invalid(t));
	}
	if (!str_is_empty(w->nested) && !out->direct && !str_eq(w->nested, STR("1")))
		ctx_invalid(c, STR("nested"), CODE_invalid, t_error_invalid(t));
	if (str_eq(w->result, STR("none")) || str_eq(w->result, STR("attended")) || str_eq(w->result, STR("absent")))
		out->result = w->result;
	else if (!str_is_empty(w->result))
		ctx_invalid(c, STR("result"), CODE_invalid, t_error_invalid(t));
	return c->errs.kind == ERR_NONE;
}
