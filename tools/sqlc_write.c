/* The C that the statements become. */
#include "sqlc.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = { "QUERY_I64", "QUERY_OPT_I64", "QUERY_TEXT", "QUERY_BLOB", "QUERY_BOOL",
	"QUERY_F64" };
static const char *const mode_names[] = { "QUERY_ONE", "QUERY_MANY", "QUERY_EXEC", "QUERY_INSERT", "QUERY_PUT" };
static const char *const c_types[] = { "int64_t ", "struct opt_i64 ", "struct str ", "struct str ", "bool ",
	"double " };
static const char *const c_members[] = { "i64", "opt", "str", "str", "i64", "f64" };

static void put_string(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c == '\n')
			fputs("\\n\"\n\t\t\"", f);
		else if (c == '"' || c == '\\' || c == '?')
			fprintf(f, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(f, "\\%03o", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

static char *upper(const char *s)
{
	char *u = copy(s, strlen(s));
	for (char *p = u; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return u;
}

/* The statement whose rows these are. */
static const char *row_name(const struct statement *s)
{
	return s->row ? s->row->name : s->name;
}

static void put_prototype(FILE *f, const struct statement *s)
{
	bool gives = s->mode == ONE || s->mode == MANY;
	fprintf(f, "%s%s(struct db *db",
		s->mode == ONE                          ? "bool "
			: s->mode == MANY || s->mode == PUT ? "void "
												: "int64_t ",
		s->name);
	if (gives)
		fputs(", struct arena *a", f);
	for (size_t i = 0; i < s->args_n; i++)
		fprintf(f, ", %s%s", c_types[s->args[i].type], s->args[i].name);
	if (s->filter)
		fputs(", const struct db_filter *filter", f);
	if (s->sorts_n)
		fputs(", const struct db_page *page", f);
	if (gives)
		fprintf(f, ", struct %s_row%s *out", row_name(s), s->mode == MANY ? "s" : "");
	fputc(')', f);
}

static void put_row(FILE *f, const struct statement *s)
{
	fprintf(f, "struct %s_row {\n", s->name);
	for (size_t i = 0; i < s->cols_n; i++)
		fprintf(f, "\t%s%s;\n", c_types[s->cols[i].type], s->cols[i].name);
	if (s->sorts_n)
		fputs("\tstruct str sort_key;\n\tint64_t sort_int;\n\tint64_t sort_id;\n", f);
	fputs("};\n", f);
	if (s->mode == MANY)
		fprintf(f, "struct %s_rows { struct %s_row *items; size_t n;%s };\n", s->name, s->name,
			s->sorts_n ? " bool more, has_before;" : "");
}

static void put_sorts(FILE *f, const struct statement *s)
{
	char *name = upper(s->name);
	fputs("enum {", f);
	for (size_t i = 0; i < s->sorts_n; i++)
		fprintf(f, " %s_SORT_%s,", name, upper(s->sorts[i].name));
	fprintf(f, " %s_SORT_COUNT };\nextern const char *const %s_sorts[%zu];\n", name, s->name, s->sorts_n);
}

void write_header(FILE *f, const struct program *p, const char *guard, const char *catalog)
{
	fprintf(f,
		"/* Made by tools/sqlc from sql/. Changes belong there. */\n"
		"#ifndef %s\n#define %s\n#include \"db/query.h\"\n\n",
		guard, guard);
	fprintf(f, "extern const struct db_catalog db_catalog_%s;\n", catalog);
	for (size_t i = 0; i < p->filters_n; i++)
		fprintf(f, "extern const struct filter_table filter_%s;\n", p->filters[i]->name);
	for (size_t i = 0; i < p->n; i++) {
		const struct statement *s = p->statements[i];
		fprintf(f, "\n/* %s:%d */\n", s->at.file, s->at.line);
		if ((s->mode == ONE || s->mode == MANY) && !s->row)
			put_row(f, s);
		if (s->sorts_n)
			put_sorts(f, s);
		put_prototype(f, s);
		fputs(";\n", f);
	}
	fputs("#endif\n", f);
}

/* ---- source */

static void put_tables(FILE *f, const struct statement *s)
{
	if (s->sorts_n) {
		fprintf(f, "const char *const %s_sorts[%zu] = {", s->name, s->sorts_n);
		for (size_t i = 0; i < s->sorts_n; i++)
			fprintf(f, " \"%s\",", s->sorts[i].name);
		fprintf(f, " };\nstatic const struct query_sort %s_keys[] = {", s->name);
		for (size_t i = 0; i < s->sorts_n; i++)
			fprintf(f, " { \"%s\", %s },", s->sorts[i].name, type_names[s->sorts[i].type]);
		fputs(" };\n", f);
	}
	for (size_t v = 0; v < (s->sorts_n ? s->sorts_n * 2 : 1); v++) {
		struct value args[MAX_ARGS + 3];
		size_t n = variant_args(s, (struct variant){ .sort = (int)(v / 2), .after = v % 2 }, args);
		if (!n)
			continue;
		fprintf(f, "static const struct query_arg %s_args%zu[] = {", s->name, v);
		for (size_t i = 0; i < n; i++)
			fprintf(f, " { \"%s\", %s },", args[i].name, type_names[args[i].type]);
		fputs(" };\n", f);
	}
	if (s->mode != ONE && s->mode != MANY)
		return;
	for (size_t v = 0; v < (s->sorts_n ? s->sorts_n : 1); v++) {
		fprintf(f, "static const struct query_col %s_cols%zu[] = {\n", s->name, v);
		for (size_t i = 0; i < s->cols_n; i++)
			fprintf(f, "\t{ \"%s\", %s, offsetof(struct %s_row, %s) },\n", s->cols[i].name, type_names[s->cols[i].type],
				row_name(s), s->cols[i].name);
		if (s->sorts_n) {
			fprintf(f, "\t{ \"sort_key\", %s, offsetof(struct %s_row, %s) },\n", type_names[s->sorts[v].type],
				row_name(s), s->sorts[v].type == I64 ? "sort_int" : "sort_key");
			fprintf(f, "\t{ \"sort_id\", QUERY_I64, offsetof(struct %s_row, sort_id) },\n", row_name(s));
		}
		fputs("};\n", f);
	}
}

static void put_query(FILE *f, const struct statement *s, struct variant v)
{
	bool gives = s->mode == ONE || s->mode == MANY;
	struct value args[MAX_ARGS + 3];
	size_t n = variant_args(s, v, args);
	fprintf(f, "\t{ .name = \"%s\", .mode = %s, .readonly = %s, .stages = %s", s->name, mode_names[s->mode],
		s->readonly ? "true" : "false", s->stages ? "true" : "false");
	if (n)
		fprintf(f, ",\n\t\t.args = %s_args%d, .args_n = %zu", s->name, v.sort * 2 + v.after, n);
	if (gives)
		fprintf(f, ",\n\t\t.cols = %s_cols%d, .cols_n = %zu, .row_size = sizeof(struct %s_row)", s->name, v.sort,
			s->cols_n + (s->sorts_n ? 2 : 0), row_name(s));
	if (s->sorts_n)
		fprintf(f, ",\n\t\t.sorts = %s_keys, .sorts_n = %zu", s->name, s->sorts_n);
	if (s->filter)
		fprintf(f, ",\n\t\t.filter = &filter_%s", s->filter->name);
	fputs(",\n\t\t.sqlite = ", f);
	put_string(f, squeeze(render(s, SQLITE, v)));
	fputs(",\n\t\t.pg = ", f);
	put_string(f, squeeze(render(s, PG, v)));
	fputs(" },\n", f);
}

static void put_function(FILE *f, const struct statement *s, size_t index, const char *all)
{
	fputc('\n', f);
	put_prototype(f, s);
	fputs("\n{\n", f);
	const char *values = "NULL";
	if (s->args_n) {
		fputs("\tconst union query_value values[] = {", f);
		for (size_t i = 0; i < s->args_n; i++)
			fprintf(f, " { .%s = %s },", c_members[s->args[i].type], s->args[i].name);
		fputs(" };\n", f);
		values = "values";
	}
	const char *filter = s->filter ? "filter" : "NULL";
	switch (s->mode) {
	case ONE: fprintf(f, "\treturn query_one(db, &%s[%zu], a, %s, %s, out);\n", all, index, values, filter); break;
	case MANY:
		if (s->sorts_n)
			fprintf(f, "\tstruct query_rows rows = query_page(db, &%s[%zu], a, %s, %s, page);\n", all, index, values,
				filter);
		else
			fprintf(f, "\tstruct query_rows rows = query_many(db, &%s[%zu], a, %s, %s);\n", all, index, values, filter);
		/* What is not sorted may give the rows of what is. */
		fprintf(f, "\t*out = (struct %s_rows){ .items = rows.items, .n = rows.n%s };\n", row_name(s),
			s->sorts_n ? ", .more = rows.more, .has_before = rows.has_before" : "");
		break;
	case EXEC: fprintf(f, "\treturn query_exec(db, &%s[%zu], %s, %s);\n", all, index, values, filter); break;
	case PUT: fprintf(f, "\tquery_put(db, &%s[%zu], %s, %s);\n", all, index, values, filter); break;
	case INSERT: fprintf(f, "\treturn query_insert(db, &%s[%zu], %s);\n", all, index, values); break;
	}
	fputs("}\n", f);
}

static void put_filter(FILE *f, const struct filter *t)
{
	fprintf(f, "static const struct filter_field filter_%s_fields[] = {\n", t->name);
	for (size_t i = 0; i < t->fields_n; i++) {
		const struct field *field = &t->fields[i];
		fprintf(f, "\t{ .name = \"%s\", .kind = FILTER_%s, .profile = %s, .ops = {\n", field->name, upper(field->kind),
			field->profile ? "true" : "false");
		for (int op = 0; op < OPS; op++) {
			const struct fragment *fr = &field->ops[op];
			if (!fr->body[SQLITE].text)
				continue;
			fprintf(f, "\t\t[FILTER_%s] = { ", upper(op_names[op]));
			put_string(f, fr->body[SQLITE].text);
			fputs(", ", f);
			put_string(f, fr->body[PG].text ? fr->body[PG].text : fr->body[SQLITE].text);
			fputs(" },\n", f);
		}
		fputs("\t} },\n", f);
	}
	fprintf(f, "};\nconst struct filter_table filter_%s = { \"%s\", filter_%s_fields, %zu };\n\n", t->name, t->name,
		t->name, t->fields_n);
}

static void put_migration(FILE *f, const struct migration *m)
{
	fprintf(f, "{ %lld, \"%s\", \"%s\",\n\t\t", (long long)m->version, m->name, m->checksum);
	put_string(f, m->text[SQLITE]);
	fputs(",\n\t\t", f);
	put_string(f, m->text[PG]);
	fputs(" }", f);
}

static void put_schema(FILE *f, const struct program *p)
{
	fputs("static const struct db_migration migrations[] = {\n", f);
	for (size_t i = 0; i < p->migrations_n; i++) {
		fputc('\t', f);
		put_migration(f, &p->migrations[i]);
		fputs(",\n", f);
	}
	fputs("};\n", f);
	if (!p->staging_n)
		return;
	fputs("static const char *const staging[] = {", f);
	for (size_t i = 0; i < p->staging_n; i++)
		fprintf(f, " \"%s\",", p->staging[i]);
	fputs(" };\n", f);
}

void write_source(FILE *f, const struct program *p, const char *header, const char *catalog)
{
	bool main_catalog = !strcmp(catalog, "main");
	const char *all = main_catalog ? "query_all" : "queries", *linkage = main_catalog ? "" : "static ";
	fprintf(f, "/* Made by tools/sqlc from sql/. Changes belong there. */\n#include \"%s\"\n#include <stddef.h>\n\n",
		header);
	fputs(
		"/* A migration is one literal, however long. */\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n",
		f);
	for (size_t i = 0; i < p->filters_n; i++)
		put_filter(f, p->filters[i]);
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++) {
		put_tables(f, p->statements[i]);
		n += p->statements[i]->sorts_n ? p->statements[i]->sorts_n * 4 : 1;
	}
	if (n) {
		fprintf(f, "\n%sconst struct query %s[] = {\n", linkage, all);
		for (size_t i = 0; i < p->n; i++) {
			const struct statement *s = p->statements[i];
			for (int v = 0; v < (s->sorts_n ? (int)s->sorts_n * 4 : 1); v++)
				put_query(f, s, (struct variant){ .sort = v / 4, .backward = v % 4 >= 2, .after = v % 2 });
		}
		fputs("};\n", f);
	} else {
		fprintf(f, "%sconst struct query %s[1];\n", linkage, all);
	}
	if (main_catalog)
		fprintf(f, "const size_t %s_n = %zu;\n\n", all, n);
	put_schema(f, p);
	fprintf(f,
		"const struct db_catalog db_catalog_%s = {\n\t.queries = %s, .queries_n = %zu,\n"
		"\t.migrations = migrations, .migrations_n = %zu,\n",
		catalog, all, n, p->migrations_n);
	if (p->staging_n)
		fprintf(f, "\t.staging = staging, .staging_n = %zu,\n", p->staging_n);
	fputs("\t.temp = ", f);
	put_migration(f, &p->temp);
	fputs(",\n};\n", f);
	size_t index = 0;
	for (size_t i = 0; i < p->n; i++) {
		put_function(f, p->statements[i], index, all);
		index += p->statements[i]->sorts_n ? p->statements[i]->sorts_n * 4 : 1;
	}
}
