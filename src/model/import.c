/* One import: making it, staging its rows, looking at it, ending it. */
#include "base/buf.h"
#include "base/json.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/audit_list.h"
#include "model/import_room.h"

enum { EXPIRE_ROWS = 2000 };

/* ---- beginning */

int64_t import_create(struct ctx *c, const struct import_new *n, const struct import_layout *l)
{
	struct str separator = n->separator ? (struct str){ &n->separator, 1 } : STR("");
	struct str name = STR("");
	if (!text_clean_line(c->arena, n->file_name, &name))
		name = STR("");
	return import_insert(c->db, c->actor ? SOME(c->actor->id) : NONE, str_cut(name, IMPORT_VALUE_SHOWN), n->kind,
		separator, import_layout_words(c, l), str_is_null(c->from) ? STR("") : c->from, c->now);
}

struct cells {
	struct str of[IMPORT_FIELD + 1];
	struct buf fields;
	bool has_fields;
};

static struct str clean(struct ctx *c, struct str cell)
{
	struct str out;
	return text_clean_line(c->arena, cell, &out) ? out : STR("");
}

static void stage_error(struct ctx *c, int64_t id, const struct import_layout *l, const struct import_fault *f)
{
	int64_t position = import_position(l, f->column);
	import_error_insert(c->db, id, f->row, position, f->column, f->value, str_from(err_code_name(f->code)), f->reason);
}

/* A cell where the header has nothing above it. */
static void stray_cell(struct ctx *c, int64_t id, const struct table_row *row, size_t i)
{
	struct import_faults list = { 0 };
	struct str column = str_fmt(c->arena, "%zu", i + 1);
	import_fault_add(c, &list,
		&(struct import_fault){
			row->row, column, clean(c, row->cells[i]), t_import_fault_stray(&c->text), CODE_unknown_member });
	import_error_insert(c->db, id, row->row, (int64_t)i + 1, column, list.items[0].value,
		str_from(err_code_name(CODE_unknown_member)), list.items[0].reason);
	import_row_fail(c->db, id, row->row);
}

static struct str fold_or_null(struct ctx *c, struct str s)
{
	return str_is_null(s) ? STR_NULL : str_is_empty(s) ? STR("") : text_fold(c->arena, s);
}

static void stage_row(struct ctx *c, int64_t id, const struct import_layout *l, const struct table_row *row)
{
	struct cells cells = { .fields = buf_new(c->arena) };
	for (size_t i = 0; i < l->n; i++) {
		struct str cell = i < row->n ? row->cells[i] : STR("");
		const struct import_column *column = &l->columns[i];
		/* Logins and addresses keep what they are made of: their rules refuse what others drop. */
		bool exact = column->kind == IMPORT_LOGIN || column->kind == IMPORT_EMAIL;
		struct str value = exact ? str_trim(cell) : clean(c, cell);
		if (column->kind != IMPORT_FIELD) {
			cells.of[column->kind] = value;
			continue;
		}
		if (cells.has_fields)
			buf_char(&cells.fields, IMPORT_UNIT);
		cells.has_fields = true;
		buf_put(&cells.fields, value);
	}
	struct str login = cells.of[IMPORT_LOGIN], email = cells.of[IMPORT_EMAIL];
	struct str fields =
		cells.has_fields ? str_is_null(buf_str(&cells.fields)) ? STR("") : buf_str(&cells.fields) : STR_NULL;
	import_row_insert(c->db, id, row->row, login, fold_or_null(c, login), email,
		str_is_empty(email) ? STR_NULL : text_fold(c->arena, email), cells.of[IMPORT_FIRST_NAME],
		cells.of[IMPORT_LAST_NAME], cells.of[IMPORT_DEPARTMENT], cells.of[IMPORT_STATUS], cells.of[IMPORT_SUPERVISOR],
		fold_or_null(c, cells.of[IMPORT_SUPERVISOR]), cells.of[IMPORT_GROUPS], fields);
	for (size_t i = 0; i < row->n; i++)
		if ((i >= l->n || l->columns[i].kind == IMPORT_IGNORED) && !str_is_empty(str_trim(row->cells[i])))
			stray_cell(c, id, row, i);
}

static struct str display_name(struct ctx *c, const struct user_fresh *f)
{
	struct str name = str_trim(str_fmt(c->arena, STR_FMT " " STR_FMT, STR_ARG(f->first_name), STR_ARG(f->last_name)));
	return str_is_empty(name) ? f->login : name;
}

void import_stage(struct ctx *c, int64_t id, const struct import_layout *l, const struct table_row *rows, size_t n)
{
	struct import_steps steps;
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		stage_row(c, id, l, &rows[i]);
	stage_id_clear(c->db);
	import_stage_range(c->db, id, rows[0].row, rows[n - 1].row);
	import_steps_find(c, id, l, &steps);
	for (size_t i = 0; i < steps.n && !db_failed(c->db); i++) {
		const struct import_step *s = &steps.items[i];
		for (size_t k = 0; k < s->faults.n; k++)
			stage_error(c, id, l, &s->faults.items[k]);
		import_row_plan(c->db, id, s->row->line, s->effect, s->old.id ? SOME(s->old.id) : NONE,
			str_is_null(s->fresh.login) ? STR("") : display_name(c, &s->fresh), s->before, s->after);
	}
}

void import_plan_done(struct ctx *c, int64_t id)
{
	import_ready(c->db, id);
}

void import_abandon(struct ctx *c, int64_t id)
{
	import_age_now(c->db, id);
}

/* ---- ending */

static bool conflict(struct ctx *c, struct str words)
{
	return err_add(&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_not_open, words);
}

static void audit_act(struct ctx *c, const struct import *i, const char *action, int64_t created, int64_t updated)
{
	struct buf after = buf_new(c->arena);
	struct jw w = jw_new(&after);
	jw_obj(&w);
	jw_key(&w, "file");
	jw_str(&w, i->file_name);
	jw_key(&w, "created");
	jw_i64(&w, created);
	jw_key(&w, "updated");
	jw_i64(&w, updated);
	jw_end(&w);
	audit_add(
		c, &(struct audit_entry){ .action = action, .object = "import", .object_id = i->id, .after = buf_str(&after) });
}

bool import_start(struct ctx *c, int64_t id, bool skip_wrong)
{
	struct import i;
	if (!import_get(c, id, &i))
		return false;
	if (!str_eq(i.status, STR("ready")))
		return conflict(c, t_import_not_ready(&c->text));
	if (i.to_create + i.to_update == 0)
		return conflict(c, t_import_nothing(&c->text));
	if (i.wrong && !skip_wrong)
		return conflict(c, t_import_has_errors(&c->text, i.wrong));
	import_set_status(c->db, id, STR("running"), NONE);
	audit_act(c, &i, "import.start", i.to_create, i.to_update);
	return !db_failed(c->db);
}

bool import_cancel(struct ctx *c, int64_t id)
{
	struct import i;
	if (!import_get(c, id, &i))
		return false;
	if (!str_eq(i.status, STR("running")) && !str_eq(i.status, STR("ready")))
		return conflict(c, t_import_ended(&c->text));
	import_set_status(c->db, id, STR("cancelled"), SOME(c->now));
	if (str_eq(i.status, STR("running")))
		audit_act(c, &i, "import.cancel", i.created, i.updated);
	return !db_failed(c->db);
}

bool import_expire(struct ctx *c, int64_t before)
{
	struct import_old_row old;
	if (!import_old(c->db, c->arena, before, &old))
		return false;
	int64_t rows = import_drop_rows(c->db, old.id, EXPIRE_ROWS),
			errors = import_drop_errors(c->db, old.id, EXPIRE_ROWS);
	if (rows == 0 && errors == 0)
		import_drop(c->db, old.id);
	return !db_failed(c->db);
}

/* ---- looking */

bool import_get(struct ctx *c, int64_t id, struct import *out)
{
	struct import_row_get_row r;
	if (!import_row_get(c->db, c->arena, id, &r))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = (struct import){ .id = r.id,
		.actor = r.actor_id,
		.status = r.status,
		.file_name = r.file_name,
		.kind = r.kind,
		.separator = r.separator,
		.columns = r.columns,
		.origin = r.origin,
		.total = r.total,
		.to_create = r.to_create,
		.to_update = r.to_update,
		.unchanged = r.unchanged,
		.wrong = r.wrong,
		.created = r.created,
		.updated = r.updated,
		.failed = r.failed,
		.enrollments_cancelled = r.enrollments_cancelled,
		.at_level = r.at_level,
		.at_line = r.at_line,
		.created_at = r.created_at,
		.finished_at = r.finished_at };
	return true;
}

void import_list(struct ctx *c, int64_t limit, struct imports_past *out)
{
	struct import_recent_rows rows;
	import_recent(c->db, c->arena, c->actor->id, limit, &rows);
	*out = (struct imports_past){ ARENA_ARRAY(c->arena, struct import_past, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct import_recent_row *r = &rows.items[i];
		out->items[i] =
			(struct import_past){ r->id, r->created_at, r->to_create, r->to_update, r->status, r->file_name };
	}
}

void import_items_page(
	struct ctx *c, int64_t id, struct str effect, int64_t after, int64_t limit, struct import_items *out)
{
	struct import_rows_of_rows rows;
	import_rows_of(c->db, c->arena, id, effect, after, limit + 1, &rows);
	out->more = (int64_t)rows.n > limit;
	out->n = out->more ? (size_t)limit : rows.n;
	out->items = ARENA_ARRAY(c->arena, struct import_item, out->n + 1);
	for (size_t i = 0; i < out->n; i++) {
		const struct import_rows_of_row *r = &rows.items[i];
		struct import_item *item = &out->items[i];
		struct audit_changes changes;
		*item = (struct import_item){
			.line = r->line, .user = r->user_id, .login = r->login, .name = r->name, .department = r->department
		};
		audit_changes(c, r->before, r->after, &changes);
		item->changes = ARENA_ARRAY(c->arena, struct import_change, changes.n + 1);
		for (size_t k = 0; k < changes.n; k++)
			item->changes[item->changes_n++] =
				(struct import_change){ changes.items[k].name, changes.items[k].before, changes.items[k].after };
	}
}

void import_faults_page(
	struct ctx *c, int64_t id, int64_t after_row, int64_t after_position, int64_t limit, struct import_fault_page *out)
{
	struct import_errors_of_rows rows;
	import_errors_of(c->db, c->arena, id, after_row, after_position, limit + 1, &rows);
	*out = (struct import_fault_page){ .more = (int64_t)rows.n > limit };
	out->n = out->more ? (size_t)limit : rows.n;
	out->items = ARENA_ARRAY(c->arena, struct import_fault, out->n + 1);
	for (size_t i = 0; i < out->n; i++) {
		const struct import_errors_of_row *r = &rows.items[i];
		out->items[i] =
			(struct import_fault){ .row = r->line, .column = r->field, .value = r->value, .reason = r->reason };
		out->last_row = r->line;
		out->last_position = r->position;
	}
}
