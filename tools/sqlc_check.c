/* The schema in a real SQLite, in memory, and every statement prepared against it: what is wrong there is an error
 * here, and the result's columns are SQLite's own description. */
#define _GNU_SOURCE
#include "sqlc.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static struct place place_at(struct place at, const char *text, int offset)
{
	for (int i = 0; i < offset && text[i]; i++)
		at.line += text[i] == '\n';
	return at;
}

static void run_script(sqlite3 *db, const struct migration *m)
{
	const char *p = m->text[SQLITE];
	while (*(p += strspn(p, " \t\r\n"))) {
		sqlite3_stmt *st;
		const char *tail;
		int rc = sqlite3_prepare_v2(db, p, -1, &st, &tail);
		if (rc != SQLITE_OK) {
			int offset = sqlite3_error_offset(db);
			fail(place_at(m->at, m->text[SQLITE], (int)(p - m->text[SQLITE]) + (offset < 0 ? 0 : offset)), "%s",
				sqlite3_errmsg(db));
		}
		if (st && sqlite3_step(st) != SQLITE_DONE)
			fail(place_at(m->at, m->text[SQLITE], (int)(p - m->text[SQLITE])), "%s", sqlite3_errmsg(db));
		sqlite3_finalize(st);
		p = tail;
	}
}

static void list_staging(sqlite3 *db, struct program *p)
{
	sqlite3_stmt *st;
	if (sqlite3_prepare_v2(
			db, "SELECT name FROM temp.sqlite_schema WHERE type = 'table' ORDER BY rowid", -1, &st, NULL) != SQLITE_OK)
		fail(p->temp.at, "%s", sqlite3_errmsg(db));
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, 0);
		p->staging = realloc(p->staging, (p->staging_n + 1) * sizeof *p->staging);
		p->staging[p->staging_n++] = copy(name, strlen(name));
	}
	sqlite3_finalize(st);
}

/* Called while a statement is prepared: tells whether it writes to a staging table. */
static int watch_writes(void *arg, int action, const char *a, const char *b, const char *database, const char *trigger)
{
	(void)a, (void)b, (void)trigger;
	bool writes = action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE;
	if (writes && database && !strcmp(database, "temp"))
		*(bool *)arg = true;
	return SQLITE_OK;
}

static sqlite3_stmt *prepare(sqlite3 *db, struct statement *s, struct variant v, struct place blame)
{
	char *text = render(s, SQLITE, v);
	sqlite3_stmt *st;
	const char *tail;
	sqlite3_set_authorizer(db, watch_writes, &s->stages);
	int rc = sqlite3_prepare_v2(db, text, -1, &st, &tail);
	int offset = sqlite3_error_offset(db);
	sqlite3_set_authorizer(db, NULL, NULL);
	if (rc != SQLITE_OK) {
		if (blame.file)
			fail(blame, "in %s (%s:%d): %s", s->name, s->at.file, s->at.line, sqlite3_errmsg(db));
		fail(place_at(body_of(s, SQLITE, v)->at, text, offset), "%s: %s", s->name, sqlite3_errmsg(db));
	}
	if (!st)
		fail(s->at, "%s: there is no statement", s->name);
	if (tail[strspn(tail, " \t\r\n")])
		fail(place_at(body_of(s, SQLITE, v)->at, text, (int)(tail - text)), "%s: one statement only", s->name);
	free(text);
	return st;
}

/* ---- columns */

/* A column of an outer-joined table may be null whatever the table says. Which rows SQLite makes up it does not tell,
 * so that the word LEFT JOIN before the table's name decides; `-- col:` can say better. */
static bool is_left_joined(const char *text, const char *table)
{
	size_t n = strlen(table);
	for (const char *p = text; (p = strcasestr(p, "JOIN")); p += 4) {
		const char *q = p + 4 + strspn(p + 4, " \t\n");
		if (strncasecmp(q, table, n) || isalnum((unsigned char)q[n]) || q[n] == '_')
			continue;
		const char *before = p;
		while (before > text && isspace((unsigned char)before[-1]))
			before--;
		if (before - text >= 5 && !strncasecmp(before - 5, "OUTER", 5)) {
			before -= 5;
			while (before > text && isspace((unsigned char)before[-1]))
				before--;
		}
		if (before - text >= 4 && (!strncasecmp(before - 4, "LEFT", 4) || !strncasecmp(before - 4, "FULL", 4)))
			return true;
	}
	return false;
}

static enum type column_type(sqlite3 *db, sqlite3_stmt *st, int i, const char *text)
{
	const char *declared = sqlite3_column_decltype(st, i), *table = sqlite3_column_table_name(st, i);
	if (!declared || !table)
		return I64;
	if (!strcmp(declared, "TEXT"))
		return TEXT;
	if (!strcmp(declared, "BLOB"))
		return BLOB;
	if (!strcmp(declared, "REAL"))
		return F64;
	/* STRICT tables let an INTEGER PRIMARY KEY be declared without NOT NULL; it is never null. */
	int not_null = 0, key = 0, rowid = 0;
	sqlite3_table_column_metadata(db, sqlite3_column_database_name(st, i), table, sqlite3_column_origin_name(st, i),
		NULL, NULL, &not_null, &key, &rowid);
	bool is_rowid = key && !strcmp(sqlite3_column_origin_name(st, i), "id");
	return (not_null || is_rowid) && !is_left_joined(text, table) ? I64 : OPT_I64;
}

static bool is_c_name(const char *s)
{
	static const char *const words[] = {
		"auto",
		"bool",
		"break",
		"case",
		"char",
		"const",
		"continue",
		"default",
		"do",
		"double",
		"else",
		"enum",
		"extern",
		"false",
		"float",
		"for",
		"goto",
		"if",
		"inline",
		"int",
		"long",
		"register",
		"restrict",
		"return",
		"short",
		"signed",
		"sizeof",
		"static",
		"struct",
		"switch",
		"true",
		"typedef",
		"typeof",
		"union",
		"unsigned",
		"void",
		"volatile",
		"while",
		"asm",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(s, words[i]))
			return false;
	return is_identifier(s);
}

static void find_columns(sqlite3 *db, struct statement *s, sqlite3_stmt *st)
{
	int n = sqlite3_column_count(st) - (s->sorts_n ? 2 : 0);
	if (n > MAX_COLS)
		fail(s->at, "%s: more than %d columns", s->name, MAX_COLS);
	for (int i = 0; i < n; i++) {
		const char *name = sqlite3_column_name(st, i);
		if (!is_c_name(name))
			fail(s->at, "%s: column %d needs a name: AS …", s->name, i + 1);
		if (s->sorts_n && (!strcmp(name, "sort_key") || !strcmp(name, "sort_int") || !strcmp(name, "sort_id")))
			fail(s->at, "%s: %s is the name of a column that is added", s->name, name);
		for (size_t k = 0; k < s->cols_n; k++)
			if (!strcmp(s->cols[k].name, name))
				fail(s->at, "%s: two columns are called %s", s->name, name);
		s->cols[s->cols_n++] = (struct value){ copy(name, strlen(name)),
			column_type(db, st, i, body_of(s, SQLITE, (struct variant){ 0 })->text), s->at };
	}
	for (size_t k = 0; k < s->overrides_n; k++) {
		size_t i = 0;
		while (i < s->cols_n && strcmp(s->cols[i].name, s->overrides[k].name))
			i++;
		if (i == s->cols_n)
			fail(s->overrides[k].at, "%s: there is no column %s", s->name, s->overrides[k].name);
		s->cols[i].type = s->overrides[k].type;
	}
}

static void check_names(const struct statement *s)
{
	static const char *const taken[] = { "db", "a", "out", "page", "filter", "values", "row", "rows" };
	for (size_t i = 0; i < s->args_n; i++) {
		bool bad = !is_c_name(s->args[i].name);
		for (size_t k = 0; k < sizeof taken / sizeof *taken; k++)
			bad |= !strcmp(s->args[i].name, taken[k]);
		for (size_t k = 0; k < i; k++)
			bad |= !strcmp(s->args[i].name, s->args[k].name);
		if (bad)
			fail(s->args[i].at, "%s: an argument cannot be called %s", s->name, s->args[i].name);
	}
}

static void check_parameters(sqlite3_stmt *st, const struct statement *s, struct variant v, int more)
{
	struct value args[MAX_ARGS + 3];
	int want = (int)variant_args(s, v, args) + more, have = sqlite3_bind_parameter_count(st);
	if (have != want)
		fail(s->at, "%s: %d parameters, %d arguments", s->name, have, want);
}

/* Each fragment alone in each text it may stand in. */
static void check_fragments(sqlite3 *db, struct statement *s, struct variant v)
{
	struct value args[MAX_ARGS + 3];
	int first = (int)variant_args(s, v, args) + 1;
	for (size_t i = 0; i < s->filter->fields_n; i++) {
		const struct field *field = &s->filter->fields[i];
		for (int op = 0; op < OPS; op++) {
			if (!field->ops[op].body[SQLITE].text)
				continue;
			int values = !strcmp(op_names[op], "in")                                   ? 2
				: !strcmp(op_names[op], "empty") || !strcmp(op_names[op], "not_empty") ? 0
																					   : 1;
			char *text = fragment_text(&field->ops[op], SQLITE, first, field->profile, values);
			sqlite3_stmt *st =
				prepare(db, s, (struct variant){ v.sort, v.backward, v.after, text }, field->ops[op].body[SQLITE].at);
			check_parameters(st, s, v, field->profile + values);
			sqlite3_finalize(st);
			free(text);
		}
	}
}

static void check_row(const struct statement *s)
{
	const struct statement *o = s->row;
	bool same = o->cols_n == s->cols_n;
	for (size_t i = 0; same && i < s->cols_n; i++)
		same = s->cols[i].type == o->cols[i].type && !strcmp(s->cols[i].name, o->cols[i].name);
	if (!same)
		fail(s->at, "%s: its columns are not those of %s", s->name, o->name);
}

static void check_statement(sqlite3 *db, struct statement *s)
{
	check_names(s);
	int texts = s->sorts_n ? (int)s->sorts_n * 4 : 1;
	for (int i = 0; i < texts; i++) {
		struct variant v = { i / 4, i % 4 >= 2, i % 2 == 1, "" };
		sqlite3_stmt *st = prepare(db, s, v, (struct place){ 0 });
		check_parameters(st, s, v, 0);
		if (i == 0) {
			find_columns(db, s, st);
			s->readonly = sqlite3_stmt_readonly(st);
		}
		sqlite3_finalize(st);
		free(render(s, PG, v));
		if (s->filter && i < 4)
			check_fragments(db, s, v);
	}
	bool gives = s->mode == ONE || s->mode == MANY;
	if (s->row)
		check_row(s);
	if (gives && !s->cols_n)
		fail(s->at, "%s: it has no columns, so it is :exec", s->name);
	if ((s->mode == EXEC || s->mode == PUT) && s->cols_n)
		fail(s->at, "%s: :exec and :put give no columns", s->name);
	if (s->mode == INSERT && s->cols_n != 1)
		fail(s->at, "%s: :insert adds RETURNING id itself", s->name);
}

void check_program(struct program *p)
{
	sqlite3 *db;
	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		fail(p->migrations[0].at, "%s", sqlite3_errmsg(db));
	sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	for (size_t i = 0; i < p->migrations_n; i++)
		run_script(db, &p->migrations[i]);
	run_script(db, &p->temp);
	list_staging(db, p);
	for (size_t i = 0; i < p->n; i++)
		check_statement(db, p->statements[i]);
	sqlite3_close(db);
}
