/* Import of users: the form, the preview in four groups, progress, what came of it. */
#include "gen/templates.h"
#include "gen/text.h"
#include "jobs/import.h"
#include "model/when.h"
#include "web/app.h"
#include "web/condition.h"
#include "web/reply.h"
#include "web/view_import.h"
#include "web/web.h"

enum { ROWS_SHOWN = 50, RECENT = 5, FAULTS_SHOWN = 50 };

/* ---- the form */

static void fill_columns(struct req *r, struct import_upload_view *v)
{
	const struct text *t = &r->c.text;
	struct field_defs fields;
	const struct import_column_view builtin[] = { { STR("login"), t_import_holds_login(t), true },
		{ STR("department"), t_import_holds_department(t), true }, { STR("email"), t_import_holds_email(t), false },
		{ STR("first_name"), t_user_first_name(t), false }, { STR("last_name"), t_user_last_name(t), false },
		{ STR("status"), t_import_holds_status(t), false }, { STR("supervisor"), t_import_holds_supervisor(t), false },
		{ STR("groups"), t_import_holds_groups(t), false } };
	size_t n = sizeof builtin / sizeof *builtin;
	field_defs_list(&r->c, &fields);
	v->columns = ARENA_ARRAY(r->c.arena, struct import_column_view, n + fields.n);
	for (size_t i = 0; i < n; i++)
		v->columns[v->columns_n++] = builtin[i];
	for (size_t i = 0; i < fields.n; i++)
		v->columns[v->columns_n++] = (struct import_column_view){ fields.items[i].key,
			fields.items[i].is_date ? t_import_holds_day(t, fields.items[i].label) : fields.items[i].label, false };
}

static void fill_recent(struct req *r, struct import_upload_view *v)
{
	const struct text *t = &r->c.text;
	struct imports_past past;
	import_list(&r->c, RECENT, &past);
	v->recent = ARENA_ARRAY(r->c.arena, struct import_recent_view, past.n);
	for (size_t i = 0; i < past.n; i++) {
		const struct import_past *row = &past.items[i];
		struct str when = when_instant(t, row->created_at, r->c.actor->time_zone, r->c.now);
		v->recent[v->recent_n++] = (struct import_recent_view){ .href = str_num(r->c.arena, "/imports/", row->id),
			.title = str_is_empty(row->file_name) ? t_import_pasted(t) : row->file_name,
			.detail = t_import_recent_detail(t, when, row->to_create, row->to_update, row->status) };
	}
}

static struct import_faults_view faults_view(
	struct req *r, struct str title, const struct import_fault *items, size_t n)
{
	struct import_faults_view v = { title, ARENA_ARRAY(r->c.arena, struct import_fault_view, n + 1), n };
	for (size_t i = 0; i < n; i++)
		v.rows[i] = (struct import_fault_view){ items[i].row, items[i].column, items[i].value, items[i].reason };
	return v;
}

static struct crumb *crumbs(struct req *r, struct str last, size_t *n)
{
	struct crumb *list = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	list[0] = (struct crumb){ t_users_title(&r->c.text), STR("/users") };
	list[1] = (struct crumb){ last, STR("") };
	*n = 2;
	return list;
}

static void show_form(struct req *r, unsigned status, const struct import_faults *faults)
{
	const struct text *t = &r->c.text;
	struct import_upload_view v = { .text = req_form(r, "text") };
	fill_columns(r, &v);
	fill_recent(r, &v);
	if (faults)
		v.faults = faults_view(
			r, t_import_faults_title(t), faults->items, faults->n < FAULTS_SHOWN ? faults->n : FAULTS_SHOWN);
	if (status == 422 && r->c.errs.n)
		v.file_error = r->c.errs.items[0].message;
	page_begin(r, &v.page, t_import_title(t), NAV_USERS);
	v.page.crumbs = crumbs(r, t_import_title(t), &v.page.crumbs_n);
	tpl_import_upload(reply_html(r, status), t, &v);
}

void page_import(struct req *r)
{
	show_form(r, 200, NULL);
}

static void refuse_file(struct req *r, struct str words, const struct import_faults *faults)
{
	ctx_invalid(&r->c, STR("file"), CODE_invalid, words);
	show_form(r, 422, faults);
}

void page_import_upload(struct req *r)
{
	const struct form_file *file = req_file(r, "file");
	struct str text = req_form(r, "text");
	struct import_reading reading;
	if (!file && str_is_empty(str_trim(text))) {
		refuse_file(r, t_import_file_required(&r->c.text), NULL);
		return;
	}
	struct import_upload upload = { .store = r->app->store,
		.actor = r->c.actor->id,
		.from = r->c.from,
		.file_name = file ? file->file_name : STR(""),
		.bytes = file ? file->bytes : text,
		.encoding = file ? TABLE_ANY : TABLE_UTF8 };
	/* The snapshot of the request would keep the log of all the slices alive. */
	db_read_end(r->c.db);
	enum db_error error = import_read(r->c.arena, &upload, &reading);
	r->c.db = db_read_begin(r->app->store);
	if (error != DB_OK) {
		err_set(&r->c.errs, ERR_UNAVAILABLE);
		reply_error(r);
	} else if (reading.faults.n) {
		refuse_file(r, t_import_file_refused(&r->c.text), &reading.faults);
	} else {
		reply_redirect(r, "/imports/%lld", (long long)reading.id);
	}
}

/* ---- one import */

static const struct {
	const char *name, *effect;
} groups[] = { { "new", "create" }, { "changed", "update" }, { "unchanged", "same" }, { "errors", "error" } };
enum group { GROUP_NEW, GROUP_CHANGED, GROUP_UNCHANGED, GROUP_ERRORS, GROUP_COUNT };

static int64_t size_of(const struct import *i, enum group g)
{
	switch (g) {
	case GROUP_NEW: return i->to_create;
	case GROUP_CHANGED: return i->to_update;
	case GROUP_UNCHANGED: return i->unchanged;
	case GROUP_ERRORS: return i->wrong + i->failed;
	case GROUP_COUNT: break;
	}
	return 0;
}

static struct str label_of(const struct text *t, enum group g)
{
	switch (g) {
	case GROUP_NEW: return t_import_group_new(t);
	case GROUP_CHANGED: return t_import_group_changed(t);
	case GROUP_UNCHANGED: return t_import_group_unchanged(t);
	case GROUP_ERRORS: return t_import_group_errors(t);
	case GROUP_COUNT: break;
	}
	return STR("");
}

/* What was asked for; else errors, which need a look, else the first that has anything. */
static enum group group_of(struct req *r, const struct import *i)
{
	struct str show = req_query(r, "show");
	for (enum group g = GROUP_NEW; g < GROUP_COUNT; g++)
		if (str_eq(show, str_from(groups[g].name)))
			return g;
	if (size_of(i, GROUP_ERRORS))
		return GROUP_ERRORS;
	for (enum group g = GROUP_NEW; g < GROUP_COUNT; g++)
		if (size_of(i, g))
			return g;
	return GROUP_NEW;
}

static void fill_tabs(struct req *r, const struct import *i, enum group current, struct import_view *v)
{
	const struct text *t = &r->c.text;
	v->tabs =
		(struct tabs_view){ .label = t_import_groups(t), .items = ARENA_ARRAY(r->c.arena, struct tab, GROUP_COUNT) };
	for (enum group g = GROUP_NEW; g < GROUP_COUNT; g++)
		v->tabs.items[v->tabs.items_n++] = (struct tab){ .label = label_of(t, g),
			.href = str_fmt(r->c.arena, "/imports/%lld?show=%s", (long long)i->id, groups[g].name),
			.count = text_i64(t, size_of(i, g)),
			.current = g == current };
}

static struct str field_label(struct req *r, const struct field_defs *fields, struct str name)
{
	const struct field_def *def = field_find(fields, name);
	struct str words = def ? def->label : member_words(&r->c.text, name);
	return str_is_null(words) ? name : words;
}

static struct str value_words(struct req *r, struct str field, struct str value)
{
	struct str words = STR_NULL;
	if (str_eq(field, STR("status")) && value.n)
		words = text_lookup(&r->c.text, str_fmt(r->c.arena, "status_" STR_FMT, STR_ARG(value)));
	return str_is_null(words) ? value : words;
}

static struct str page_url(struct req *r, int64_t id, enum group g, int64_t row, int64_t position)
{
	return str_fmt(r->c.arena, "/imports/%lld?show=%s&after=%lld.%lld", (long long)id, groups[g].name, (long long)row,
		(long long)position);
}

/* ?after=ROW.PLACE; anything else is the beginning. */
static void read_cursor(struct req *r, int64_t *row, int64_t *position)
{
	struct str rest = req_query(r, "after"), first;
	*row = *position = 0;
	if (str_is_empty(rest) || !str_split(&rest, '.', &first) || !str_to_i64(first, row) || !str_to_i64(rest, position))
		*row = *position = 0;
}

static void fill_rows(struct req *r, const struct import *i, enum group g, struct import_view *v)
{
	struct import_items items;
	struct field_defs fields;
	int64_t row, position;
	read_cursor(r, &row, &position);
	import_items_page(&r->c, i->id, str_from(groups[g].effect), row, ROWS_SHOWN, &items);
	field_defs_list(&r->c, &fields);
	v->shows_changes = g == GROUP_CHANGED;
	v->rows = ARENA_ARRAY(r->c.arena, struct import_row_view, items.n + 1);
	for (size_t k = 0; k < items.n; k++) {
		const struct import_item *item = &items.items[k];
		struct import_row_view *to = &v->rows[v->rows_n++];
		*to = (struct import_row_view){
			.row = item->line, .login = item->login, .name = item->name, .department = item->department
		};
		if (item->user.has)
			to->href = str_num(r->c.arena, "/users/", item->user.v);
		to->changes = ARENA_ARRAY(r->c.arena, struct import_change_view, item->changes_n + 1);
		for (size_t n = 0; n < item->changes_n; n++) {
			const struct import_change *change = &item->changes[n];
			to->changes[to->changes_n++] = (struct import_change_view){ .label = field_label(r, &fields, change->field),
				.before = value_words(r, change->field, change->before),
				.after = value_words(r, change->field, change->after) };
		}
	}
	if (items.more)
		v->next = page_url(r, i->id, g, items.items[items.n - 1].line, 0);
	if (row)
		v->first = page_url(r, i->id, g, 0, 0);
}

static void fill_faults(struct req *r, const struct import *i, struct import_view *v)
{
	struct import_fault_page page;
	int64_t row, position;
	read_cursor(r, &row, &position);
	import_faults_page(&r->c, i->id, row, position, ROWS_SHOWN, &page);
	v->faults = faults_view(r, v->list_title, page.items, page.n);
	if (page.more)
		v->next = page_url(r, i->id, GROUP_ERRORS, page.last_row, page.last_position);
	if (row)
		v->first = page_url(r, i->id, GROUP_ERRORS, 0, 0);
}

static void add_kpi(struct req *r, struct import_view *v, struct str label, int64_t n)
{
	v->kpis[v->kpis_n++] = (struct import_kpi_view){ label, text_i64(&r->c.text, n) };
}

/* What the page says at its top, by what became of the import. */
static void fill_state(struct req *r, const struct import *i, struct import_view *v)
{
	const struct text *t = &r->c.text;
	int64_t todo = i->to_create + i->to_update, done = i->created + i->updated + i->failed;
	v->ready = str_eq(i->status, STR("ready"));
	v->running = str_eq(i->status, STR("running"));
	v->done = done;
	v->total = todo;
	v->kpis = ARENA_ARRAY(r->c.arena, struct import_kpi_view, 4);
	if (v->ready) {
		v->title = t_import_title_ready(t);
		if (todo == 0 && i->wrong == 0)
			v->nothing = t_import_nothing_words(t);
		else if (i->wrong)
			v->warn = todo ? t_import_warn_some(t, i->wrong) : t_import_warn_all(t);
		if (todo)
			v->button = i->wrong ? t_import_button_rest(t, todo) : t_import_button(t, todo);
		return;
	}
	if (v->running) {
		v->title = t_import_title_running(t);
		v->words = t_import_progress(t, done, todo);
	} else if (str_eq(i->status, STR("cancelled"))) {
		v->title = done ? t_import_title_stopped(t) : t_import_title_discarded(t);
		v->words = done ? t_import_words_stopped(t, done, todo) : t_import_words_discarded(t);
	} else if (str_eq(i->status, STR("done"))) {
		v->title = t_import_title_done(t);
		v->words = t_import_words_done(t, i->created, i->updated);
	} else {
		v->title = t_import_title_failed(t);
		v->words = t_import_words_failed(t, done, todo);
	}
	v->status_words = v->title;
	add_kpi(r, v, t_import_kpi_created(t), i->created);
	add_kpi(r, v, t_import_kpi_updated(t), i->updated);
	if (i->enrollments_cancelled)
		add_kpi(r, v, t_import_kpi_cancelled(t), i->enrollments_cancelled);
	add_kpi(r, v, t_import_kpi_left(t), i->wrong + i->failed);
}

static struct str read_as(struct req *r, const struct import *i)
{
	const struct text *t = &r->c.text;
	struct str separator = str_eq(i->separator, STR(";")) ? t_import_semicolon(t)
		: str_eq(i->separator, STR("\t"))                 ? t_import_tab(t)
														  : t_import_comma(t);
	struct str kind = str_eq(i->kind, STR("UTF-8")) ? t_import_kind_utf8(t) : t_import_kind_windows(t);
	return str_is_empty(i->separator) ? t_import_read_sheet(t, i->total)
									  : t_import_read_as(t, kind, separator, i->total);
}

static void show_import(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct import i;
	struct import_view v = { .id = r->id };
	if (!import_get(&r->c, r->id, &i)) {
		reply_error(r);
		return;
	}
	enum group g = group_of(r, &i);
	v.file = str_is_empty(i.file_name) ? t_import_pasted(t) : i.file_name;
	v.read_as = read_as(r, &i);
	fill_state(r, &i, &v);
	fill_tabs(r, &i, g, &v);
	v.list_title = label_of(t, g);
	v.empty = (struct empty_view){ .title = t_import_group_empty(t) };
	if (g == GROUP_ERRORS)
		fill_faults(r, &i, &v);
	else
		fill_rows(r, &i, g, &v);
	page_begin(r, &v.page, v.title, NAV_USERS);
	v.page.crumbs = crumbs(r, v.title, &v.page.crumbs_n);
	tpl_import_preview(reply_html(r, status), t, &v);
}

void page_import_preview(struct req *r)
{
	show_import(r, 200);
}

/* The preview has shown the rows that are wrong, and its button says that they are left out. */
void page_import_start(struct req *r)
{
	if (import_start(&r->c, r->id, req_form_has(r, "skip_errors")))
		reply_redirect(r, "/imports/%lld", (long long)r->id);
	else
		reply_error(r);
}

void page_import_cancel(struct req *r)
{
	if (import_cancel(&r->c, r->id))
		reply_redirect(r, "/imports/%lld", (long long)r->id);
	else
		reply_error(r);
}
