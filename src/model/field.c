#include "model/field.h"
#include "base/buf.h"
#include "base/tz.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"

enum { KEY_MAX = 40 };

static struct str label_of(struct ctx *c, struct str key, struct str label, bool builtin)
{
	const struct text *t = &c->text;
	if (!builtin)
		return label;
	if (str_eq(key, STR("job_title")))
		return t_field_job_title(t);
	if (str_eq(key, STR("location")))
		return t_field_location(t);
	if (str_eq(key, STR("phone")))
		return t_field_phone(t);
	if (str_eq(key, STR("hire_date")))
		return t_field_hire_date(t);
	return label;
}

void field_defs_list(struct ctx *c, struct field_defs *out)
{
	struct field_list_rows rows;
	field_list(c->db, c->arena, &rows);
	*out = (struct field_defs){ .items = ARENA_ARRAY(c->arena, struct field_def, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct field_list_row *r = &rows.items[i];
		out->items[out->n++] = (struct field_def){
			.id = r->id,
			.key = r->key,
			.label = label_of(c, r->key, r->label, r->builtin),
			.is_date = str_eq(r->kind, STR("date")),
			.builtin = r->builtin,
		};
	}
}

void field_defs_count(struct ctx *c, struct field_defs *defs)
{
	struct field_uses_rows rows;
	field_uses(c->db, c->arena, &rows);
	for (size_t i = 0; i < defs->n; i++)
		for (size_t k = 0; k < rows.n; k++)
			if (rows.items[k].field_id == defs->items[i].id)
				defs->items[i].users = rows.items[k].users;
}

const struct field_def *field_find(const struct field_defs *defs, struct str key)
{
	for (size_t i = 0; i < defs->n; i++)
		if (str_eq(defs->items[i].key, key))
			return &defs->items[i];
	return NULL;
}

void field_values_of(struct ctx *c, int64_t user_id, struct field_values *out)
{
	struct field_values_rows rows;
	field_values(c->db, c->arena, user_id, &rows);
	*out = (struct field_values){ .items = ARENA_ARRAY(c->arena, struct field_value, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct field_values_row *r = &rows.items[i];
		out->items[out->n++] = (struct field_value){
			.key = r->key,
			.label = label_of(c, r->key, r->label, r->builtin),
			.id = r->id,
			.is_date = str_eq(r->kind, STR("date")),
			.value = r->value,
		};
	}
}

static bool digits(struct str s, size_t from, size_t n, int *out)
{
	int64_t v;
	struct str part = str_sub(s, from, n);
	if (part.n != n || part.p[0] == '-' || !str_to_i64(part, &v))
		return false;
	*out = (int)v;
	return true;
}

static bool is_day(struct str s)
{
	int year, month, day, y, m, d;
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !digits(s, 0, 4, &year) || !digits(s, 5, 2, &month) ||
		!digits(s, 8, 2, &day))
		return false;
	if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	tz_from_days(tz_days(year, month, day), &y, &m, &d);
	return y == year && m == month && d == day;
}

bool field_clean(struct ctx *c, const struct field_value *def, struct str in, struct str field, struct str *out)
{
	if (!text_clean_line(c->arena, in, out))
		return ctx_invalid(c, field, CODE_invalid, t_error_invalid(&c->text));
	if (str_count_chars(*out) > FIELD_VALUE_MAX)
		return ctx_invalid(c, field, CODE_too_long, t_field_value_long(&c->text, FIELD_VALUE_MAX));
	if (def->is_date && out->n && !is_day(*out))
		return ctx_invalid(c, field, CODE_invalid, t_field_date_invalid(&c->text));
	return true;
}

/* ---- the account's own */

static bool clean_label(struct ctx *c, struct str in, int64_t self, struct str *out)
{
	const struct text *t = &c->text;
	struct field_defs defs;
	if (!text_clean_line(c->arena, in, out))
		return ctx_invalid(c, STR("label"), CODE_invalid, t_error_invalid(t));
	if (str_is_empty(*out))
		return ctx_invalid(c, STR("label"), CODE_required, t_field_label_required(t));
	if (str_count_chars(*out) > FIELD_LABEL_MAX)
		return ctx_invalid(c, STR("label"), CODE_too_long, t_field_label_long(t, FIELD_LABEL_MAX));
	field_defs_list(c, &defs);
	struct str fold = text_fold(c->arena, *out);
	for (size_t i = 0; i < defs.n; i++)
		if (defs.items[i].id != self && str_eq(text_fold(c->arena, defs.items[i].label), fold))
			return ctx_invalid(c, STR("label"), CODE_duplicate, t_field_label_taken(t));
	if (!self && defs.n >= FIELDS_MAX)
		return ctx_invalid(c, STR("label"), CODE_out_of_range, t_field_too_many(t, FIELDS_MAX));
	return true;
}

/* Names that conditions and import files already use for something else. */
static bool is_reserved(struct str key)
{
	static const char *const names[] = { "id", "login", "email", "first_name", "last_name", "name", "department",
		"status", "supervisor", "group", "groups", "role", "roles", "profile", "password" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_eq(key, str_from(names[i])))
			return true;
	return false;
}

/* "Cost center" becomes cost_center; letters that ASCII does not have leave nothing, then it is field_7. */
static struct str key_of(struct ctx *c, struct str label, int64_t number)
{
	struct str fold = text_fold(c->arena, label);
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < fold.n && b.n < KEY_MAX; i++) {
		char ch = fold.p[i];
		if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9'))
			buf_char(&b, ch);
		else if (ch == ' ' && b.n && b.p[b.n - 1] != '_')
			buf_char(&b, '_');
	}
	while (b.n && b.p[b.n - 1] == '_')
		b.n--;
	struct str key = buf_str(&b);
	struct field_by_key_row taken;
	if (key.n < 2 || is_reserved(key) || field_by_key(c->db, c->arena, key, &taken))
		return str_num(c->arena, "field_", number);
	return key;
}

static void audit(struct ctx *c, const char *action, struct str before, struct str after)
{
	struct buf b = buf_new(c->arena), a = buf_new(c->arena);
	struct audit_diff d = { &b, &a, 0 };
	audit_diff_text(&d, "field", before, after);
	audit_diff_end(&d);
	audit_add(c,
		&(struct audit_entry){ .action = action,
			.object = "account",
			.object_id = 1,
			.before = str_is_null(before) ? STR_NULL : buf_str(&b),
			.after = str_is_null(after) ? STR_NULL : buf_str(&a) });
}

bool field_create(struct ctx *c, struct str label, int64_t *id)
{
	struct str clean;
	struct field_last_position_row last = { 0 };
	if (!clean_label(c, label, 0, &clean))
		return false;
	field_last_position(c->db, c->arena, &last);
	*id = field_insert(c->db, key_of(c, clean, last.n + 1), clean, last.n + 1);
	audit(c, "field.create", STR_NULL, clean);
	return !db_failed(c->db);
}

bool field_update(struct ctx *c, int64_t id, struct str label)
{
	struct field_row_row row;
	struct str clean;
	if (!field_row(c->db, c->arena, id, &row) || row.builtin)
		return err_set(&c->errs, ERR_NOT_FOUND);
	if (!clean_label(c, label, id, &clean))
		return false;
	if (str_eq(clean, row.label))
		return true;
	field_rename(c->db, id, clean);
	audit(c, "field.update", row.label, clean);
	return !db_failed(c->db);
}

bool field_remove(struct ctx *c, int64_t id)
{
	struct field_row_row row;
	if (!field_row(c->db, c->arena, id, &row) || row.builtin)
		return err_set(&c->errs, ERR_NOT_FOUND);
	field_drop_values(c->db, id);
	field_delete(c->db, id);
	audit(c, "field.delete", row.label, STR_NULL);
	return !db_failed(c->db);
}
