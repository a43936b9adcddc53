/* Files into structures: migrations, statements with their directives, filter tables. */
#include "sqlc.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const op_names[OPS] = { "is", "is_not", "contains", "starts_with", "in", "before", "after", "empty",
	"not_empty" };

char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		fail((struct place){ path, 1 }, "%s", strerror(errno));
	char *text = NULL;
	size_t size, n;
	FILE *m = open_memstream(&text, &size);
	char part[8192];
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		fwrite(part, 1, n, m);
	if (ferror(f))
		fail((struct place){ path, 1 }, "cannot be read");
	fclose(f);
	fclose(m);
	if (strlen(text) != size)
		fail((struct place){ path, 1 }, "holds a NUL byte");
	return text;
}

enum type type_of(const char *name)
{
	static const char *const names[] = { "i64", "i64?", "text", "blob", "bool", "f64" };
	for (int i = 0; i < NO_TYPE; i++)
		if (!strcmp(name, names[i]))
			return (enum type)i;
	return NO_TYPE;
}

/* Takes the next line off *rest; NULL at the end. */
static char *next_line(char **rest)
{
	char *line = *rest;
	if (!*line)
		return NULL;
	size_t n = strcspn(line, "\n");
	*rest = line + n + (line[n] == '\n');
	line[n] = '\0';
	return line;
}

static char *trimmed(const char *p, size_t n)
{
	while (n && isspace((unsigned char)*p))
		p++, n--;
	while (n && isspace((unsigned char)p[n - 1]))
		n--;
	return copy(p, n);
}

/* ---- migrations */

static int migration_name(const struct dirent *e)
{
	const char *n = e->d_name;
	size_t len = strlen(n);
	return len > 9 && strspn(n, "0123456789") == 4 && n[4] == '_' && !strcmp(n + len - 4, ".sql");
}

/* White space and comments may change without being another migration. */
static void checksum(struct migration *m)
{
	uint64_t h = 14695981039346656037u;
	for (int e = 0; e < ENGINES; e++)
		for (const char *p = squeeze(m->text[e]); *p; p++)
			h = (h ^ (unsigned char)*p) * 1099511628211u;
	snprintf(m->checksum, sizeof m->checksum, "%016llx", (unsigned long long)h);
}

static struct migration read_migration(const char *path, const char *name, int64_t version)
{
	struct migration m = {
		.version = version, .name = copy(name, strlen(name)), .at = { copy(path, strlen(path)), 1 }
	};
	char *text = read_file(path);
	for (int e = 0; e < ENGINES; e++)
		m.text[e] = migration_text(m.at.file, text, (enum engine)e);
	checksum(&m);
	return m;
}

void read_schema(struct program *p, const char *dir)
{
	struct dirent **names;
	int n = scandir(dir, &names, migration_name, alphasort);
	if (n < 0)
		fail((struct place){ dir, 1 }, "%s", strerror(errno));
	if (n == 0)
		fail((struct place){ dir, 1 }, "no migration (NNNN_name.sql)");
	p->migrations = take((size_t)n * sizeof *p->migrations);
	for (int i = 0; i < n; i++) {
		char *path = format("%s/%s", dir, names[i]->d_name);
		long version = strtol(names[i]->d_name, NULL, 10);
		if (version != i + 1)
			fail((struct place){ path, 1 }, "migrations are numbered 0001, 0002 … without gaps");
		p->migrations[p->migrations_n++] = read_migration(path, names[i]->d_name, version);
	}
	char *temp = format("%s/temp.sql", dir);
	FILE *f = fopen(temp, "rb");
	if (f) {
		fclose(f);
		p->temp = read_migration(temp, "temp.sql", 0);
	} else {
		p->temp = (struct migration){ .name = copy("", 0), .text = { copy("", 0), copy("", 0) } };
	}
}

/* ---- filter tables */

static void read_field(struct filter *t, struct place at, const char *line)
{
	static const char *const kinds[] = { "text", "exact", "int" };
	char name[64], kind[16], more[16] = "";
	if (sscanf(line, "-- field: %63s %15s %15s", name, kind, more) < 2 || !is_identifier(name) ||
		(*more && strcmp(more, "profile")))
		fail(at, "`-- field: NAME KIND` or `-- field: NAME KIND profile` expected");
	if (t->fields_n == MAX_FIELDS)
		fail(at, "more than %d fields", MAX_FIELDS);
	struct field *field = &t->fields[t->fields_n++];
	*field = (struct field){ .name = copy(name, strlen(name)), .profile = *more, .at = at };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strcmp(kind, kinds[i]))
			field->kind = kinds[i];
	if (!field->kind)
		fail(at, "a field is of kind text, exact or int");
}

static int holes(const char *text, const char *hole)
{
	int n = 0;
	size_t len = strlen(hole);
	for (const char *p = text; (p = strstr(p, hole)); p += len)
		n += !isalnum((unsigned char)p[len]) && p[len] != '_';
	return n;
}

static void check_fragment(const struct field *field, int op, const struct body *b)
{
	bool none = !strncmp(op_names[op], "empty", 5) || !strcmp(op_names[op], "not_empty");
	int values = holes(b->text, "$v") + holes(b->text, "$like") + holes(b->text, "$prefix");
	if (none ? values > 0 : values == 0)
		fail(b->at, "%s %s: %s", field->name, op_names[op], none ? "takes no value" : "holds no $v, $like or $prefix");
	if (field->profile != (holes(b->text, "$f") > 0))
		fail(b->at, "%s %s: $f stands in profile fields, and only there", field->name, op_names[op]);
	int dollars = 0;
	for (const char *p = b->text; *p; p++)
		dollars += *p == '$';
	if (dollars != values + holes(b->text, "$f"))
		fail(b->at, "%s %s: the holes are $v, $like, $prefix and $f", field->name, op_names[op]);
	if ((holes(b->text, "$like") || holes(b->text, "$prefix")) &&
		(!strcmp(field->kind, "int") || !strcmp(op_names[op], "in")))
		fail(b->at, "%s %s: $like and $prefix are for one text", field->name, op_names[op]);
}

static const struct filter *read_filter(
	struct program *p, const char *schema_dir, const char *name, struct place wanted)
{
	for (size_t i = 0; i < p->filters_n; i++)
		if (!strcmp(p->filters[i]->name, name))
			return p->filters[i];
	if (!is_identifier(name))
		fail(wanted, "`-- filter: NAME` expected");
	char *path = format("%s/../filters/%s.sql", schema_dir, name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail(wanted, "there is no %s", path);
	fclose(f);
	struct filter *t = take(sizeof *t);
	*t = (struct filter){ .name = copy(name, strlen(name)), .at = { path, 1 } };
	char *rest = read_file(path), *line;
	char **text = NULL; /* the fragment that an indented line goes on */
	for (struct place at = { path, 1 }; (line = next_line(&rest)); at.line++) {
		if (!strncmp(line, "-- field:", 9)) {
			read_field(t, at, line);
			text = NULL;
			continue;
		}
		if (!strncmp(line, "--", 2) || !*trimmed(line, strlen(line)))
			continue;
		if (*line == '\t') {
			if (!text)
				fail(at, "a continuation of nothing");
			*text = format("%s\n%s", *text, line + 1);
			continue;
		}
		bool pg = !strncmp(line, "pg ", 3);
		const char *op = pg ? line + 3 : line, *colon = strchr(op, ':');
		int i = 0;
		while (i < OPS &&
			(!colon || strlen(op_names[i]) != (size_t)(colon - op) || strncmp(op_names[i], op, (size_t)(colon - op))))
			i++;
		if (i == OPS || !t->fields_n)
			fail(at, "after a `-- field:` line: OPERATOR: SQL");
		struct body *b = &t->fields[t->fields_n - 1].ops[i].body[pg ? PG : SQLITE];
		if (b->text)
			fail(at, "%s for the second time", op_names[i]);
		*b = (struct body){ trimmed(colon + 1, strlen(colon + 1)), at };
		text = &b->text;
	}
	for (size_t i = 0; i < t->fields_n; i++)
		for (int op = 0; op < OPS; op++)
			for (int e = 0; e < ENGINES; e++) {
				struct body *b = &t->fields[i].ops[op].body[e];
				if (e == PG && b->text && !t->fields[i].ops[op].body[SQLITE].text)
					fail(b->at, "%s: there is none for SQLite", op_names[op]);
				if (b->text) {
					b->text = squeeze(b->text);
					check_fragment(&t->fields[i], op, b);
					const char *first = t->fields[i].ops[op].body[SQLITE].text;
					if (holes(first, "$like") != holes(b->text, "$like") ||
						holes(first, "$prefix") != holes(b->text, "$prefix"))
						fail(b->at, "%s: both engines want the same holes", op_names[op]);
				}
			}
	p->filters = realloc(p->filters, (p->filters_n + 1) * sizeof *p->filters);
	p->filters[p->filters_n++] = t;
	return t;
}

/* ---- statements */

static void read_name(struct program *p, struct statement *s, const char *line)
{
	static const char *const modes[] = { ":one", ":many", ":exec", ":insert", ":put" };
	char name[64], mode[16], more;
	if (sscanf(line, "-- name: %63s %15s %c", name, mode, &more) != 2 || !is_identifier(name))
		fail(s->at, "`-- name: NAME :one|:many|:exec|:insert|:put` expected");
	int i = 0;
	while (i < 5 && strcmp(mode, modes[i]))
		i++;
	if (i == 5)
		fail(s->at, "%s: unknown mode %s", name, mode);
	s->mode = (enum mode)i;
	s->name = copy(name, strlen(name));
	for (size_t k = 0; k < p->n; k++)
		if (!strcmp(p->statements[k]->name, name))
			fail(s->at, "%s is already in %s:%d", name, p->statements[k]->at.file, p->statements[k]->at.line);
	p->statements = realloc(p->statements, (p->n + 1) * sizeof *p->statements);
	p->statements[p->n++] = s;
}

static struct value read_value(struct place at, const char *what, const char *line)
{
	char name[64], type[16], more;
	if (sscanf(line, "%63s %15s %c", name, type, &more) != 2)
		fail(at, "`-- %s: NAME TYPE` expected", what);
	struct value v = { copy(name, strlen(name)), type_of(type), at };
	if (!is_identifier(name))
		fail(at, "%s is no name", name);
	if (v.type == NO_TYPE)
		fail(at, "%s is no type; there are i64, i64?, text, blob, bool, f64", type);
	return v;
}

/* `-- row: NAME`: what it gives is what that statement gives. */
static const struct statement *row_of(
	const struct program *p, const struct statement *s, struct place at, const char *name)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct statement *o = p->statements[i];
		if (strcmp(o->name, name))
			continue;
		if (o == s || o->row || o->mode != s->mode || (o->mode != ONE && o->mode != MANY))
			fail(at, "%s: it cannot give the rows of %s", s->name, name);
		return o;
	}
	fail(at, "%s: there is no %s before it", s->name, name);
}

/* One `name = expression type` of a `-- sort:` line; the type may end in ? where the expression may be null. */
static void read_sort(struct statement *s, struct place at, const char *p, size_t n)
{
	char *item = trimmed(p, n), *equals = strchr(item, '='), *type = strrchr(item, ' ');
	if (!equals || !type || type < equals)
		fail(at, "`-- sort: NAME = EXPRESSION blob|text|i64, …` expected");
	if (s->sorts_n == MAX_SORTS)
		fail(at, "more than %d sort columns", MAX_SORTS);
	struct sort *sort = &s->sorts[s->sorts_n++];
	*sort = (struct sort){ .name = trimmed(item, (size_t)(equals - item)),
		.expr = trimmed(equals + 1, (size_t)(type - equals) - 1),
		.at = at };
	size_t len = strlen(++type);
	sort->nullable = len && type[len - 1] == '?';
	if (sort->nullable)
		type[len - 1] = '\0';
	sort->type = type_of(type);
	if (!is_identifier(sort->name) || !*sort->expr || (sort->type != I64 && sort->type != TEXT && sort->type != BLOB))
		fail(at, "`-- sort: NAME = EXPRESSION blob|text|i64, …` expected");
}

static void read_sorts(struct statement *s, struct place at, const char *p)
{
	int depth = 0;
	size_t n = 0;
	for (; p[n]; n++) {
		depth += (p[n] == '(') - (p[n] == ')');
		if (p[n] == ',' && depth == 0) {
			read_sort(s, at, p, n);
			p += n + 1;
			n = (size_t)-1;
		}
	}
	if (*trimmed(p, n))
		read_sort(s, at, p, n);
}

static const char *directive(const char *line, const char *name)
{
	size_t n = strlen(name);
	if (strncmp(line, "-- ", 3) || strncmp(line + 3, name, n) || line[3 + n] != ':')
		return NULL;
	return line + 3 + n + 1;
}

/* A comment that looks like a directive is most likely a misspelled one. */
static void refuse_unknown_directive(struct place at, const char *line)
{
	size_t n = strspn(line + 2, " ") + 2, word = strspn(line + n, "abcdefghijklmnopqrstuvwxyz-");
	if (word && line[n + word] == ':')
		fail(at, "unknown directive %.*s", (int)word + 1, line + n);
}

/* Puts the parts of the file in, each on one line, so that the others keep theirs. */
static void put_parts_in(const struct program *p, struct body *b)
{
	for (size_t i = 0; i < p->parts_n; i++) {
		char *hole = format("{%s}", p->parts[i].name), *at;
		while ((at = strstr(b->text, hole)))
			b->text = format("%.*s%s%s", (int)(at - b->text), b->text, p->parts[i].body.text, at + strlen(hole));
	}
}

static void finish_body(const struct program *p, struct body *b, const char *name)
{
	put_parts_in(p, b);
	blank_comments(b->text);
	size_t n = strlen(b->text);
	while (n && isspace((unsigned char)b->text[n - 1]))
		n--;
	if (!n || b->text[n - 1] != ';')
		fail(b->at, "%s: a statement ends with ;", name);
	b->text[n - 1] = '\0';
}

static void finish_statement(const struct program *p, struct statement *s)
{
	if (!s)
		return;
	bool whole = s->sorts_n > 0;
	for (size_t i = 0; i < s->sorts_n; i++)
		whole &= s->sorts[i].body[SQLITE].text != NULL;
	if (!s->body[SQLITE].text && !whole)
		fail(s->at, "%s: there is no statement", s->name);
	for (int e = 0; e < ENGINES; e++) {
		if (s->body[e].text)
			finish_body(p, &s->body[e], s->name);
		for (size_t i = 0; i < s->sorts_n; i++)
			if (s->sorts[i].body[e].text)
				finish_body(p, &s->sorts[i].body[e], s->name);
	}
	if (s->sorts_n && !s->sort_id)
		fail(s->at, "%s: `-- sort:` goes with `-- sort-id:`", s->name);
	if (s->sorts_n && s->mode != MANY)
		fail(s->at, "%s: only :many is sorted", s->name);
	if (s->row && s->sorts_n && !s->row->sorts_n)
		fail(s->at, "%s: what is sorted gives other rows than %s", s->name, s->row->name);
	if (s->filter && s->mode == INSERT)
		fail(s->at, "%s: :insert takes no filter", s->name);
}

/* `-- by: NAME`: what follows is the statement where it is sorted by that column. */
static struct body *body_by(struct statement *s, struct place at, const char *name)
{
	for (size_t i = 0; i < s->sorts_n; i++)
		if (!strcmp(s->sorts[i].name, name)) {
			if (s->sorts[i].body[SQLITE].text)
				fail(at, "%s: a second `-- by: %s`", s->name, name);
			return s->sorts[i].body;
		}
	fail(at, "%s: it is not sorted by %s", s->name, name);
}

/* The bodies that lines go to: the statement's, or those of one of its sort columns. */
struct reading {
	struct body *bodies;
	enum engine engine;
};

static void read_line(struct program *p, struct statement *s, struct reading *to, const char *schema_dir,
	struct place at, const char *line)
{
	const char *d;
	struct body *b = &to->bodies[to->engine];
	if (strncmp(line, "--", 2)) {
		if (!b->text && !*trimmed(line, strlen(line)))
			return;
		if (!b->text)
			*b = (struct body){ copy("", 0), at };
		b->text = format("%s%s\n", b->text, line);
		return;
	}
	if (b->text) /* so that offsets tell the line */
		b->text = format("%s\n", b->text);
	if ((d = directive(line, "arg"))) {
		if (s->args_n == MAX_ARGS)
			fail(at, "more than %d arguments", MAX_ARGS);
		s->args[s->args_n++] = read_value(at, "arg", d);
	} else if ((d = directive(line, "col"))) {
		if (s->overrides_n == MAX_COLS)
			fail(at, "more than %d columns", MAX_COLS);
		s->overrides[s->overrides_n++] = read_value(at, "col", d);
	} else if ((d = directive(line, "sort"))) {
		read_sorts(s, at, d);
	} else if ((d = directive(line, "sort-id"))) {
		s->sort_id = trimmed(d, strlen(d));
	} else if ((d = directive(line, "filter"))) {
		s->filter = read_filter(p, schema_dir, trimmed(d, strlen(d)), at);
	} else if ((d = directive(line, "row"))) {
		s->row = row_of(p, s, at, trimmed(d, strlen(d)));
	} else if ((d = directive(line, "by"))) {
		*to = (struct reading){ body_by(s, at, trimmed(d, strlen(d))), SQLITE };
	} else if (directive(line, "pg")) {
		if (to->engine == PG)
			fail(at, "%s: a second `-- pg:`", s->name);
		to->engine = PG;
	} else {
		refuse_unknown_directive(at, line);
	}
}

/* `-- part: NAME`: what follows stands in the statements behind it as {NAME}. */
static struct part *part_new(struct program *p, struct place at, char *name)
{
	if (!is_identifier(name))
		fail(at, "`-- part: NAME` expected");
	if (p->parts_n == MAX_PARTS)
		fail(at, "more than %d parts", MAX_PARTS);
	struct part *part = &p->parts[p->parts_n++];
	*part = (struct part){ name, { copy("", 0), at } };
	return part;
}

void read_queries(struct program *p, const char *schema_dir, const char *path)
{
	char *rest = read_file(path), *line;
	struct statement *s = NULL;
	struct part *part = NULL;
	struct reading to = { 0 };
	p->parts_n = 0;
	for (struct place at = { copy(path, strlen(path)), 1 }; (line = next_line(&rest)); at.line++) {
		const char *d = directive(line, "part");
		if (d) {
			finish_statement(p, s);
			s = NULL;
			part = part_new(p, at, trimmed(d, strlen(d)));
		} else if (directive(line, "name")) {
			finish_statement(p, s);
			part = NULL;
			s = take(sizeof *s);
			s->at = at;
			read_name(p, s, line);
			to = (struct reading){ s->body, SQLITE };
		} else if (s) {
			read_line(p, s, &to, schema_dir, at, line);
		} else if (part && strncmp(line, "--", 2)) {
			part->body.text = format("%s%s ", part->body.text, trimmed(line, strlen(line)));
		} else if (strncmp(line, "--", 2) && *trimmed(line, strlen(line))) {
			fail(at, "a statement without `-- name:`");
		}
	}
	finish_statement(p, s);
}
