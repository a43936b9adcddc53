/* Which columns a file has, and what its reader is told when it is none. */
#include "base/buf.h"
#include "gen/text.h"
#include "model/import.h"

typedef struct str text_function(const struct text *t);
static const struct {
	const char *name;
	enum import_kind kind;
	text_function *heading; /* what an export calls it; NULL: it is in none */
} builtin[] = { { "login", IMPORT_LOGIN, t_users_login }, { "email", IMPORT_EMAIL, t_users_email },
	{ "first_name", IMPORT_FIRST_NAME, t_export_first_name }, { "last_name", IMPORT_LAST_NAME, t_export_last_name },
	{ "department", IMPORT_DEPARTMENT, t_users_department }, { "status", IMPORT_STATUS, t_users_status },
	{ "supervisor", IMPORT_SUPERVISOR, NULL }, { "groups", IMPORT_GROUPS, NULL } };
enum { BUILTIN = sizeof builtin / sizeof *builtin };

void import_fault_add(struct ctx *c, struct import_faults *list, const struct import_fault *f)
{
	struct import_fault *to = VEC_PUSH(c->arena, list->items, list->n, list->cap);
	*to = *f;
	struct str shown = str_cut(f->value, IMPORT_VALUE_SHOWN);
	to->value = shown.n ? str_dup(c->arena, shown) : STR("");
	to->column = str_dup(c->arena, f->column);
}

void import_table_fault(struct ctx *c, const struct table_fault *f, struct str column, struct import_faults *list)
{
	const struct text *t = &c->text;
	struct str reason = STR("");
	enum err_code code = CODE_invalid;
	switch (f->error) {
	case TABLE_OK: return;
	case TABLE_EMPTY: reason = t_import_fault_empty(t), code = CODE_required; break;
	case TABLE_BINARY: reason = t_import_fault_binary(t); break;
	case TABLE_UTF16: reason = t_import_fault_utf16(t); break;
	case TABLE_ENCODING: reason = t_import_fault_encoding(t); break;
	case TABLE_QUOTE: reason = t_import_fault_quote(t); break;
	case TABLE_WIDE: reason = t_import_fault_wide(t, TABLE_COLUMNS_MAX), code = CODE_out_of_range; break;
	case TABLE_LONG: reason = t_import_fault_long(t), code = CODE_too_long; break;
	case TABLE_OLD_SHEET: reason = t_import_fault_old_sheet(t); break;
	case TABLE_BAD_SHEET: reason = t_import_fault_bad_sheet(t); break;
	case TABLE_BOMB: reason = t_import_fault_bomb(t), code = CODE_out_of_range; break;
	}
	if (str_is_empty(column))
		column = str_num(c->arena, "", f->column);
	import_fault_add(c, list, &(struct import_fault){ f->row, column, f->value, reason, code });
}

/* "First name" and "FIRST_NAME" are first_name. */
static struct str name_of(struct ctx *c, struct str cell)
{
	struct str clean;
	if (!text_clean_line(c->arena, cell, &clean))
		return STR("");
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < clean.n; i++)
		buf_char(&b,
			clean.p[i] == ' '                            ? '_'
				: clean.p[i] >= 'A' && clean.p[i] <= 'Z' ? (char)(clean.p[i] | 0x20)
														 : clean.p[i]);
	return b.n ? buf_str(&b) : STR("");
}

static bool find_column(const struct field_values *fields, struct str name, struct import_column *out)
{
	*out = (struct import_column){ .name = name };
	for (size_t i = 0; i < BUILTIN && !out->kind; i++)
		if (str_eq(name, str_from(builtin[i].name)))
			out->kind = builtin[i].kind;
	for (size_t i = 0; i < fields->n && !out->kind; i++)
		if (str_eq(name, fields->items[i].key))
			*out = (struct import_column){ IMPORT_FIELD, name, &fields->items[i] };
	return out->kind != IMPORT_IGNORED;
}

/* The heading of an export, in whatever language that was read. */
static bool find_heading(struct ctx *c, struct str cell, struct import_column *out)
{
	struct str clean;
	if (!text_clean_line(c->arena, cell, &clean))
		return false;
	struct str fold = text_fold(c->arena, clean);
	for (int locale = 0; locale < LOCALE_COUNT; locale++)
		for (size_t i = 0; i < BUILTIN; i++) {
			const struct text t = { c->arena, (enum text_locale)locale };
			if (!builtin[i].heading || !text_clean_line(c->arena, builtin[i].heading(&t), &clean) ||
				!str_eq(text_fold(c->arena, clean), fold))
				continue;
			*out = (struct import_column){ .kind = builtin[i].kind, .name = str_from(builtin[i].name) };
			return true;
		}
	return false;
}

static struct str all_names(struct ctx *c, const struct field_values *fields)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < BUILTIN + fields->n; i++)
		buf_fmt(&b, "%s" STR_FMT, i ? ", " : "",
			STR_ARG(i < BUILTIN ? str_from(builtin[i].name) : fields->items[i - BUILTIN].key));
	return buf_str(&b);
}

static void require(struct ctx *c, const struct import_layout *l, const char *name, struct import_faults *faults)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->columns[i].name, str_from(name)))
			return;
	import_fault_add(c, faults,
		&(struct import_fault){
			1, str_from(name), STR(""), t_import_fault_column_missing(&c->text, str_from(name)), CODE_required });
}

bool import_layout_read(
	struct ctx *c, const struct table_row *header, struct import_faults *faults, struct import_layout *out)
{
	struct field_values fields;
	size_t before = faults->n;
	field_values_of(c, 0, &fields);
	*out = (struct import_layout){ .columns = ARENA_ARRAY(c->arena, struct import_column, header->n + 1) };
	for (size_t i = 0; i < header->n; i++) {
		struct str name = name_of(c, header->cells[i]), reason = STR_NULL;
		struct import_column *column = &out->columns[out->n++];
		enum err_code code = CODE_unknown_member;
		if (str_is_empty(name)) {
			*column = (struct import_column){ .name = STR("") };
			continue;
		}
		if (!find_column(&fields, name, column) && !find_heading(c, header->cells[i], column))
			reason = t_import_fault_column_unknown(&c->text, all_names(c, &fields));
		for (size_t k = 0; k < i && str_is_null(reason); k++)
			if (str_eq(out->columns[k].name, column->name))
				reason = t_import_fault_column_twice(&c->text), code = CODE_duplicate;
		if (!str_is_null(reason))
			import_fault_add(
				c, faults, &(struct import_fault){ header->row, header->cells[i], header->cells[i], reason, code });
	}
	require(c, out, "login", faults);
	require(c, out, "department", faults);
	return faults->n == before;
}

struct str import_layout_words(struct ctx *c, const struct import_layout *l)
{
	struct buf b = buf_new(c->arena);
	for (size_t i = 0; i < l->n; i++)
		buf_fmt(&b, "%s" STR_FMT, i ? "," : "", STR_ARG(l->columns[i].name));
	return buf_str(&b);
}

bool import_layout_parse(struct ctx *c, struct str words, struct import_layout *out)
{
	struct field_values fields;
	struct str name;
	bool ok = true;
	field_values_of(c, 0, &fields);
	*out = (struct import_layout){ .columns = ARENA_ARRAY(c->arena, struct import_column, TABLE_COLUMNS_MAX) };
	while (out->n < TABLE_COLUMNS_MAX && str_split(&words, ',', &name)) {
		struct import_column *column = &out->columns[out->n++];
		if (str_is_empty(name))
			*column = (struct import_column){ .name = STR("") };
		else
			ok &= find_column(&fields, name, column);
	}
	return ok;
}
