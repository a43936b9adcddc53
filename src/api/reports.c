/* REST: attendance, as numbers. */
#include "gen/text.h"
#include "model/report.h"
#include "report/export.h"
#include "web/web.h"

enum { LIMIT_MAX = 1000 };

static bool invalid(struct req *r, const char *field, enum err_code code, struct str words)
{
	return ctx_invalid(&r->c, str_from(field), code, words);
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
	jw_i64(w, row->n.enrolled);
	jw_key(w, "attended");
	jw_i64(w, row->n.attended);
	jw_key(w, "absent");
	jw_i64(w, row->n.absent);
	jw_key(w, "no_result");
	jw_i64(w, row->n.no_result);
	jw_key(w, "rate");
	if (row->n.enrolled)
		jw_raw(w, str_fmt(r->c.arena, "%.17g", report_rate(&row->n)));
	else
		jw_null(w);
	jw_end(w);
}

static bool read_query(struct req *r, enum report_by *by, struct report_query *q)
{
	struct str group = req_query(r, "group_by"), *trainings, *sessions;
	struct report_words words = { .from = req_query(r, "from"),
		.to = req_query(r, "to"),
		.department = req_query(r, "department"),
		.nested = req_query(r, "nested"),
		.result = req_query(r, "result") };
	words.trainings_n = req_query_all(r, "trainings", &trainings);
	words.sessions_n = req_query_all(r, "sessions", &sessions);
	words.trainings = trainings;
	words.sessions = sessions;
	*by = REPORT_TRAINING;
	if (!str_is_empty(group) && !report_by_parse(group, by))
		invalid(r, "group_by", CODE_invalid, t_reports_by_invalid(&r->c.text));
	return report_query_read(&r->c, &words, q);
}

/* ?format=csv, or a client that takes CSV and not JSON. */
static bool wants_csv(struct req *r, bool *csv)
{
	struct str format = req_query(r, "format"), accept = http_header(r->http, "Accept");
	*csv = str_is_empty(format) ? str_starts(str_trim(accept), STR("text/csv")) : str_eq(format, STR("csv"));
	return str_is_empty(format) || *csv || str_eq(format, STR("json")) ||
		invalid(r, "format", CODE_invalid, t_error_invalid(&r->c.text));
}

static void answer_csv(struct req *r, const struct report_rows *rows)
{
	int fd = -1;
	size_t size;
	struct table *t = table_new(r->c.arena, TABLE_CSV);
	if (t)
		export_report_values(rows, t);
	if (t && table_finish(t, &fd, &size)) {
		reply_file(r, table_media_type(TABLE_CSV), STR("attendance.csv"), fd, size);
		return;
	}
	err_set(&r->c.errs, ERR_UNAVAILABLE);
	reply_error(r);
}

/* The cursor is how many rows were seen: a report is made as a whole. As CSV it comes as a whole, too. */
void api_reports_attendance(struct req *r)
{
	struct report_query q;
	struct report_rows rows;
	enum report_by by;
	int64_t limit, skip;
	bool csv;
	bool ok = report_open(&r->c) && read_query(r, &by, &q);
	ok = r->c.errs.kind != ERR_FORBIDDEN && read_limits(r, &limit, &skip) && wants_csv(r, &csv) && ok;
	if (!ok) {
		reply_error(r);
		return;
	}
	report_attendance_make(&r->c, by, &q, &rows);
	if (r->c.errs.kind != ERR_NONE) {
		reply_error(r);
		return;
	}
	if (csv) {
		answer_csv(r, &rows);
		return;
	}
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
		jw_str(&w, str_num(r->c.arena, "", end));
	else
		jw_null(&w);
	jw_end(&w);
}
