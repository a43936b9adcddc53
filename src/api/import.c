/* REST: the import of users. Reads the file, and without dry_run does what it says, to the end. */
#include "gen/text.h"
#include "jobs/import.h"
#include "web/app.h"
#include "web/reply.h"
#include "web/web.h"

enum { ERRORS_MAX = 1000 };

/* "", "0", "1": anything else is refused. */
static bool read_switch(struct req *r, const char *name, bool *out)
{
	struct str s = req_query(r, name);
	*out = str_eq(s, STR("1")) || str_eq(s, STR("true"));
	if (*out || str_is_empty(s) || str_eq(s, STR("0")) || str_eq(s, STR("false")))
		return true;
	return ctx_invalid(&r->c, str_from(name), CODE_invalid, t_error_invalid(&r->c.text));
}

/* text/csv may say its charset. What the bytes are decides between CSV and XLSX. */
static bool read_type(struct req *r, enum table_encoding *encoding)
{
	struct str type = http_header(r->http, "Content-Type"), kind, charset = STR("");
	size_t at;
	*encoding = TABLE_ANY;
	str_split(&type, ';', &kind);
	kind = str_trim(kind);
	if (str_eq_nocase(kind, STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))
		return true;
	if (!str_eq_nocase(kind, STR("text/csv")) && !str_eq_nocase(kind, STR("text/tab-separated-values")))
		return false;
	if (str_find(str_lower_ascii(r->c.arena, type), STR("charset="), &at)) {
		charset = str_trim(str_sub(type, at + 8, type.n));
		if (charset.n > 1 && charset.p[0] == '"')
			charset = str_sub(charset, 1, charset.n - 2);
	}
	if (str_eq_nocase(charset, STR("utf-8")))
		*encoding = TABLE_UTF8;
	else if (str_eq_nocase(charset, STR("windows-1252")) || str_eq_nocase(charset, STR("iso-8859-1")))
		*encoding = TABLE_WINDOWS_1252;
	else
		return str_is_empty(charset);
	return true;
}

static void member(struct jw *w, const char *name, int64_t n)
{
	jw_key(w, name);
	jw_i64(w, n);
}

static void write_faults(struct jw *w, const struct import_fault *items, size_t n)
{
	jw_key(w, "errors");
	jw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jw_obj(w);
		member(w, "row", items[i].row);
		jw_key(w, "column");
		jw_str(w, items[i].column);
		jw_key(w, "value");
		jw_str(w, items[i].value);
		jw_key(w, "reason");
		jw_str(w, items[i].reason);
		jw_end(w);
	}
	jw_end(w);
}

struct sums {
	int64_t created, updated, unchanged;
};

static void answer(struct req *r, unsigned status, struct str detail, const struct sums *sums,
	const struct import_fault *items, size_t n)
{
	struct jw w = jw_new(reply_json(r, status));
	jw_obj(&w);
	if (status >= 400) {
		http_set_header(r->http, STR("Content-Type"), STR("application/problem+json"));
		jw_key(&w, "type");
		jw_str(&w, STR("about:blank"));
		jw_key(&w, "title");
		jw_str(&w, t_status_422(&r->c.text));
		member(&w, "status", status);
		jw_key(&w, "detail");
		jw_str(&w, detail);
	}
	member(&w, "created", sums->created);
	member(&w, "updated", sums->updated);
	member(&w, "unchanged", sums->unchanged);
	write_faults(&w, items, n);
	jw_end(&w);
}

/* Twice if need be: what has been applied should not be answered with a failure to look at it. */
static bool reread(struct req *r, int64_t id, struct import *i, struct import_fault_page *faults)
{
	bool ok = false;
	for (int tries = 0; tries < 2 && !ok; tries++) {
		db_read_end(r->c.db);
		r->c.db = db_read_begin(r->app->store);
		if (import_get(&r->c, id, i))
			import_faults_page(&r->c, id, 0, 0, ERRORS_MAX, faults);
		ok = !db_failed(r->c.db);
	}
	return ok;
}

struct start {
	struct req *r;
	int64_t id;
	bool skip_errors, ok;
};

static bool start(struct db *tx, void *arg)
{
	struct start *s = arg;
	struct ctx c = s->r->c;
	c.db = tx;
	c.errs = (struct errs){ 0 };
	s->ok = import_start(&c, s->id, s->skip_errors);
	s->r->c.errs = c.errs;
	return s->ok;
}

static enum db_error run(struct req *r, int64_t id, bool skip_errors)
{
	struct start s = { .r = r, .id = id, .skip_errors = skip_errors };
	enum db_error error = db_write(r->app->store, start, &s);
	return error == DB_OK && s.ok ? import_finish(r->app->store, id) : error == DB_OK ? DB_CONFLICT : error;
}

static void unavailable(struct req *r)
{
	err_set(&r->c.errs, ERR_UNAVAILABLE);
	reply_error(r);
}

/* What was read is there; `dry` leaves it at that. */
static void go_on(struct req *r, int64_t id, bool dry, bool skip_errors)
{
	struct import i;
	struct import_fault_page faults;
	if (!reread(r, id, &i, &faults)) {
		unavailable(r);
		return;
	}
	struct sums sums = { i.to_create, i.to_update, i.unchanged };
	if (dry) {
		answer(r, 200, STR(""), &sums, faults.items, faults.n);
		return;
	}
	if (i.wrong && !skip_errors) {
		sums = (struct sums){ 0, 0, i.unchanged };
		answer(r, 422, t_import_has_errors(&r->c.text, i.wrong), &sums, faults.items, faults.n);
		return;
	}
	if (i.to_create + i.to_update > 0 && (run(r, id, skip_errors) != DB_OK || !reread(r, id, &i, &faults))) {
		unavailable(r);
		return;
	}
	sums = (struct sums){ i.created, i.updated, i.unchanged };
	answer(r, 200, STR(""), &sums, faults.items, faults.n);
}

void api_users_import(struct req *r)
{
	bool dry, skip_errors;
	struct import_reading reading;
	struct import_upload upload = {
		.store = r->app->store, .actor = r->c.actor->id, .from = r->c.from, .file_name = STR(""), .bytes = r->http->body
	};
	if (!read_type(r, &upload.encoding)) {
		reply_problem(r, 415, t_import_api_type(&r->c.text));
		return;
	}
	bool ok = read_switch(r, "dry_run", &dry);
	ok &= read_switch(r, "skip_errors", &skip_errors);
	if (!ok) {
		reply_error(r);
		return;
	}
	/* The snapshot of the request would keep the log of all the slices alive. */
	db_read_end(r->c.db);
	enum db_error error = import_read(r->c.arena, &upload, &reading);
	r->c.db = db_read_begin(r->app->store);
	if (error != DB_OK)
		unavailable(r);
	else if (reading.faults.n)
		answer(r, dry ? 200 : 422, reading.faults.items[0].reason, &(struct sums){ 0 }, reading.faults.items,
			reading.faults.n);
	else
		go_on(r, reading.id, dry, skip_errors);
}
