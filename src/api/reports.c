/* REST: attendance, as numbers. */
#include "gen/text.h"
#include "model/report.h"
#include "web/web.h"

enum { IDS_MAX = 1000, LIMIT_MAX = 1000 };

static bool invalid(struct req *r, const char *field, enum err_code code, struct str words)
{
	return err_add(&r->c.errs, r->c.arena, ERR_INVALID, str_from(field), code, words);
}

/* "1,2,3", also repeated. */
static bool read_ids(struct req *r, const char *name, const int64_t **out, size_t *n)
{
	struct str *values, part;
	size_t given = req_query_all(r, name, &values);
	int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, IDS_MAX);
	*n = 0;
	for (size_t i = 0; i < given; i++) {
		struct str rest = str_is_empty(values[i]) ? STR_NULL : values[i];
		while (str_split(&rest, ',', &part)) {
			if (*n == IDS_MAX || !str_to_i64(str_trim(part), &ids[*n]))
				return invalid(r, name, CODE_invalid, t_reports_ids_invalid(&r->c.text));
			++*n;
		}
	}
	*out = ids;
	return true;
}

static bool read_limits(struct req *r, int64_t *limit, int64_t *skip)
{
	struct str asked = req_query(r, "limit"), after = req_query(r, "after");
	*limit = 50;
	*skip = 0;
	if (!str_is_empty(asked) && (!str_to_i64(asked, limit) || *limit < 1 || *limit > LIMIT_MAX))
		return invalid(r, "limit", CODE_out_of_range, t_error_limit(&r->c.text, LIMIT_MAX));
	if (!str_is_empty(after) && (!str_to_i64(after, skip) || *skip < 0))
		return invalid(r, "after", CODE_invalid, t_error_cursor(&r->c.text));
	return true;
}

static void put_row(struct req *r, struct jw *w, const struct report_row *row)
{
	jw_obj(w);
	jw_key(w, "key");
	jw_id(w, row->key);
	jw_key(w, "name");
	jw_str(w, row->name);
	jw_key(w, "enrolled");
	jw_i64(w, row->enrolled);
	jw_key(w, "attended");
	jw_i64(w, row->attended);
	jw_key(w, "absent");
	jw_i64(w, row->absent);
	jw_key(w, "no_result");
	jw_i64(w, row->no_result);
	jw_key(w, "rate");
	if (row->enrolled)
		jw_raw(w, str_fmt(r->c.arena, "%.17g", (double)row->attended / (double)row->enrolled));
	else
		jw_null(w);
	jw_end(w);
}

/* The cursor is how many rows were seen: a report is made as a whole. */
void api_reports_attendance(struct req *r)
{
	struct report_query q = { 0 };
	struct report_rows rows;
	enum report_by by = REPORT_TRAINING;
	struct str group = req_query(r, "group_by");
	int64_t limit, skip;
	bool ok = str_is_empty(group) || report_by_parse(group, &by) ||
		invalid(r, "group_by", CODE_invalid, t_reports_by_invalid(&r->c.text));
	ok &= read_ids(r, "trainings", &q.trainings, &q.trainings_n);
	ok &= read_ids(r, "sessions", &q.sessions, &q.sessions_n);
	ok &= read_limits(r, &limit, &skip);
	if (!ok) {
		reply_error(r);
		return;
	}
	report_attendance_make(&r->c, by, &q, &rows);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	int64_t end = skip + limit;
	for (int64_t i = skip; i < (int64_t)rows.n && i < end; i++)
		put_row(r, &w, &rows.items[i]);
	jw_end(&w);
	jw_key(&w, "next");
	if (end < (int64_t)rows.n)
		jw_str(&w, str_fmt(r->c.arena, "%lld", (long long)end));
	else
		jw_null(&w);
	jw_end(&w);
}
