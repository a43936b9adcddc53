/* SQL as text: comments, holes, parameters. Nothing here understands more of SQL than its quotes and parentheses. */
#define _GNU_SOURCE
#include "sqlc.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void *take(size_t n)
{
	void *p = calloc(1, n ? n : 1);
	if (!p)
		abort();
	return p;
}

char *copy(const char *p, size_t n)
{
	char *s = take(n + 1);
	memcpy(s, p, n);
	return s;
}

char *format(const char *fmt, ...)
{
	char *s = NULL;
	va_list args;
	va_start(args, fmt);
	if (vasprintf(&s, fmt, args) < 0)
		abort();
	va_end(args);
	return s;
}

_Noreturn void fail(struct place at, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fprintf(stderr, "%s:%d: error: ", at.file, at.line);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool is_identifier(const char *s)
{
	if (!*s || isdigit((unsigned char)*s))
		return false;
	while (word_char(*s))
		s++;
	return !*s;
}

/* What follows the quoted text that starts at p, or p itself where no quote is. */
static const char *after_quotes(const char *p)
{
	if (*p != '\'' && *p != '"')
		return p;
	char quote = *p++;
	while (*p && *p != quote)
		p++;
	return *p ? p + 1 : p;
}

void blank_comments(char *text)
{
	for (char *p = text; *p;) {
		const char *end = after_quotes(p);
		if (end != p) {
			p += end - p;
		} else if (p[0] == '-' && p[1] == '-') {
			while (*p && *p != '\n')
				*p++ = ' ';
		} else if (p[0] == '/' && p[1] == '*') {
			while (*p && !(p[0] == '*' && p[1] == '/')) {
				if (*p != '\n')
					*p = ' ';
				p++;
			}
			if (*p)
				p[0] = p[1] = ' ';
		} else {
			p++;
		}
	}
}

char *squeeze(const char *text)
{
	char *out = take(strlen(text) + 1), *to = out;
	for (const char *p = text; *p;) {
		const char *end = after_quotes(p);
		if (end != p) {
			memcpy(to, p, (size_t)(end - p));
			to += end - p;
			p = end;
		} else if (isspace((unsigned char)*p)) {
			while (isspace((unsigned char)*p))
				p++;
			if (to > out && *p)
				*to++ = ' ';
		} else {
			*to++ = *p++;
		}
	}
	*to = '\0';
	return out;
}

/* ---- statements */

static const char *sort_key(const struct sort *s, enum engine engine)
{
	if (!s->nullable)
		return s->expr;
	/* Row comparison knows no null, so that it becomes the smallest value. */
	switch (s->type) {
	case BLOB: return format(engine == PG ? "coalesce(%s, ''::bytea)" : "coalesce(%s, x'')", s->expr);
	case TEXT: return format("coalesce(%s, '')", s->expr);
	default: return format("coalesce(%s, -9223372036854775807)", s->expr);
	}
}

size_t variant_args(const struct statement *s, struct variant v, struct value out[static MAX_ARGS + 3])
{
	size_t n = s->args_n;
	memcpy(out, s->args, n * sizeof *out);
	if (!s->sorts_n)
		return n;
	if (v.after) {
		out[n++] = (struct value){ .name = copy("after_key", 9), .type = s->sorts[v.sort].type };
		out[n++] = (struct value){ .name = copy("after_id", 8), .type = I64 };
	}
	out[n++] = (struct value){ .name = copy("limit", 5), .type = I64 };
	return n;
}

static void put_after(FILE *f, const struct statement *s, enum engine engine, struct variant v)
{
	if (!v.after)
		return;
	char mark = engine == PG ? '$' : '?';
	fprintf(f, "AND (%s, %s) %c (%c%zu, %c%zu)", sort_key(&s->sorts[v.sort], engine), s->sort_id,
		v.backward ? '<' : '>', mark, s->args_n + 1, mark, s->args_n + 2);
}

static void put_order(FILE *f, const struct statement *s, enum engine engine, struct variant v)
{
	const char *way = v.backward ? " DESC" : "";
	fprintf(f, "ORDER BY %s%s, %s%s LIMIT %c%zu", sort_key(&s->sorts[v.sort], engine), way, s->sort_id, way,
		engine == PG ? '$' : '?', s->args_n + (v.after ? 3 : 1));
}

static struct place place_in(const struct body *b, const char *p)
{
	struct place at = b->at;
	for (const char *q = b->text; q < p; q++)
		at.line += *q == '\n';
	return at;
}

struct rendering {
	FILE *out;
	const struct statement *s;
	const struct body *body;
	enum engine engine;
	struct variant v;
	bool used[MAX_ARGS];
	int after, order, filter;
};

static const char *put_parameter(struct rendering *r, const char *p)
{
	char *end;
	long n = strtol(p + 1, &end, 10);
	if (n < 1 || (size_t)n > r->s->args_n)
		fail(place_in(r->body, p), "%s: $%ld has no `-- arg:` line", r->s->name, n);
	r->used[n - 1] = true;
	fprintf(r->out, "%c%ld", r->engine == PG ? '$' : '?', n);
	return end;
}

/* What stands in a hole: $key and $id are those of the row that the page comes after. */
static void put_inside(struct rendering *r, const char *p, const char *end)
{
	while (p < end) {
		const char *quoted = after_quotes(p);
		if (quoted != p) {
			fwrite(p, 1, (size_t)(quoted - p), r->out);
			p = quoted;
		} else if (!strncmp(p, "$key", 4) || !strncmp(p, "$id", 3)) {
			fprintf(r->out, "%c%zu", r->engine == PG ? '$' : '?', r->s->args_n + (p[1] == 'k' ? 1 : 2));
			p += p[1] == 'k' ? 4 : 3;
		} else if (*p == '$' && isdigit((unsigned char)p[1])) {
			p = put_parameter(r, p);
		} else {
			fputc(*p++, r->out);
		}
	}
}

/* {past LEFT: RIGHT}, {from LEFT: RIGHT} and {is LEFT: RIGHT} bound one part of a list where there is a cursor, {first
 * CONDITION} where there is none, {back CONDITION} where it is gone through from its end; {order TERM, TERM} puts each
 * term into the direction of the page. */
static const char *put_long_hole(struct rendering *r, const char *p)
{
	const char *end = strchr(p, '}'), *colon = end ? memchr(p, ':', (size_t)(end - p)) : NULL;
	if (!end || !r->s->sorts_n)
		return NULL;
	if (colon && (!strncmp(p, "{past ", 6) || !strncmp(p, "{from ", 6) || !strncmp(p, "{is ", 4))) {
		if (r->v.after) {
			fputs("AND ", r->out);
			put_inside(r, strchr(p, ' ') + 1, colon);
			fprintf(r->out, " %s%s", p[1] == 'i' ? "" : r->v.backward ? "<" : ">", p[1] == 'p' ? "" : "=");
			put_inside(r, colon + 1, end);
		}
		r->after++;
	} else if (!strncmp(p, "{first ", 7)) {
		if (!r->v.after) {
			fputs("AND ", r->out);
			put_inside(r, p + 7, end);
		}
	} else if (!strncmp(p, "{back ", 6)) {
		if (r->v.backward) {
			fputs("AND ", r->out);
			put_inside(r, p + 6, end);
		}
	} else if (!strncmp(p, "{order ", 7)) {
		fputs("ORDER BY ", r->out);
		const char *term = p + 7;
		int depth = 0;
		for (const char *q = term; q <= end; q++) {
			depth += (*q == '(') - (*q == ')');
			if (q < end && (*q != ',' || depth))
				continue;
			put_inside(r, term, q);
			fprintf(r->out, "%s%s", r->v.backward ? " DESC" : "", q < end ? "," : "");
			term = q + 1;
		}
		fprintf(r->out, " LIMIT %c%zu", r->engine == PG ? '$' : '?', r->s->args_n + (r->v.after ? 3 : 1));
		r->order++;
	} else {
		return NULL;
	}
	return end + 1;
}

static const char *put_hole(struct rendering *r, const char *p)
{
	const char *end = put_long_hole(r, p);
	if (end)
		return end;
	if (!strncmp(p, "{after}", 7) && r->s->sorts_n) {
		put_after(r->out, r->s, r->engine, r->v);
		r->after++;
		return p + 7;
	}
	if (!strncmp(p, "{order}", 7) && r->s->sorts_n) {
		put_order(r->out, r->s, r->engine, r->v);
		r->order++;
		return p + 7;
	}
	if (!strncmp(p, "{filter}", 8) && r->s->filter) {
		fputs(r->v.filter ? r->v.filter : "\1", r->out);
		r->filter++;
		return p + 8;
	}
	fail(place_in(r->body, p), "%s: unknown hole, or one without its `-- sort:` or `-- filter:` line", r->s->name);
}

static bool is_word(const char *text, const char *p, const char *word)
{
	size_t n = strlen(word);
	return !strncasecmp(p, word, n) && !word_char(p[n]) && (p == text || !word_char(p[-1]));
}

const struct body *body_of(const struct statement *s, enum engine engine, struct variant v)
{
	const struct body *own = s->sorts_n ? s->sorts[v.sort].body : NULL;
	const struct body *b = own && own[SQLITE].text ? own : s->body;
	return engine == PG && b[PG].text ? &b[PG] : &b[SQLITE];
}

char *render(const struct statement *s, enum engine engine, struct variant v)
{
	const struct body *body = body_of(s, engine, v);
	bool by = body != &s->body[SQLITE] && body != &s->body[PG];
	char *text = NULL;
	size_t size;
	struct rendering r = { .out = open_memstream(&text, &size), .s = s, .body = body, .engine = engine, .v = v };
	int depth = 0;
	bool keyed = s->sorts_n == 0;
	for (const char *p = body->text; *p;) {
		const char *end = after_quotes(p);
		if (end != p) {
			fwrite(p, 1, (size_t)(end - p), r.out);
			p = end;
			continue;
		}
		if (*p == '{') {
			p = put_hole(&r, p);
			continue;
		}
		if (*p == '$' && isdigit((unsigned char)p[1])) {
			p = put_parameter(&r, p);
			continue;
		}
		depth += (*p == '(') - (*p == ')');
		/* The sort key and the id are the last columns: before the outermost FROM. */
		if (!keyed && depth == 0 && is_word(body->text, p, "FROM")) {
			fprintf(r.out, ", %s AS sort_key, %s AS sort_id ", sort_key(&s->sorts[v.sort], engine), s->sort_id);
			keyed = true;
		}
		fputc(*p++, r.out);
	}
	if (s->mode == INSERT)
		fputs(" RETURNING id", r.out);
	fclose(r.out);
	for (size_t i = 0; i < s->args_n; i++)
		if (!r.used[i])
			fail(s->args[i].at, "%s: $%zu (%s) is not used", s->name, i + 1, s->args[i].name);
	if (s->sorts_n && !by && (!r.after || !r.order || !keyed))
		fail(body->at, "%s: a sorted statement has {after}, {order} and an outermost FROM", s->name);
	if (by && (!r.after || !r.order || !keyed))
		fail(body->at, "%s: what stands behind `-- by:` has {past …}, {order} and an outermost FROM", s->name);
	if (s->filter && !r.filter)
		fail(body->at, "%s: there is no {filter}", s->name);
	return text;
}

/* ---- migrations: words and blocks */

char *migration_text(const char *file, const char *text, enum engine engine)
{
	static const struct {
		const char *word, *text[ENGINES];
	} words[] = {
		{ "@id", { "INTEGER PRIMARY KEY", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" } },
		{ "@int", { "INTEGER", "BIGINT" } },
		{ "@real", { "REAL", "DOUBLE PRECISION" } },
		{ "@text", { "TEXT", "TEXT COLLATE \"C\"" } },
		{ "@blob", { "BLOB", "BYTEA" } },
		{ "@strict", { "STRICT", "" } },
		{ "@clustered", { "STRICT, WITHOUT ROWID", "" } },
		{ "@staging", { "STRICT", "ON COMMIT DELETE ROWS" } },
		{ "@staging_clustered", { "STRICT, WITHOUT ROWID", "ON COMMIT DELETE ROWS" } },
	};
	/* First the lines of this engine, as many lines as before; then the words, outside of quotes and comments. */
	char *mine = take(strlen(text) + 2), *to = mine;
	int block = -1, line = 1;
	for (const char *p = text; *p; line++) {
		size_t n = strcspn(p, "\n");
		bool marks = true;
		if (n == 10 && !strncmp(p, "-- sqlite:", n))
			block = SQLITE;
		else if (n == 6 && !strncmp(p, "-- pg:", n))
			block = PG;
		else if (n == 6 && !strncmp(p, "-- end", n))
			block = -1;
		else
			marks = false;
		if (!marks && (block < 0 || block == (int)engine)) {
			memcpy(to, p, n);
			to += n;
		}
		*to++ = '\n';
		p += n + (p[n] == '\n');
	}
	if (block >= 0)
		fail((struct place){ file, line }, "a block of one engine lacks its `-- end`");
	blank_comments(mine);

	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	line = 1;
	for (const char *p = mine; *p;) {
		const char *end = after_quotes(p);
		if (end == p && *p == '@') {
			size_t n = 1, i;
			while (word_char(p[n]))
				n++;
			for (i = 0; i < sizeof words / sizeof *words; i++)
				if (strlen(words[i].word) == n && !strncmp(words[i].word, p, n))
					break;
			if (i == sizeof words / sizeof *words)
				fail((struct place){ file, line }, "%.*s is no word of migrations", (int)n, p);
			fputs(words[i].text[engine], f);
			p += n;
			continue;
		}
		if (end == p)
			end = p + 1;
		for (; p < end; p++) {
			line += *p == '\n';
			fputc(*p, f);
		}
	}
	fclose(f);
	return out;
}

/* ---- fragments of filters: db/filter.c does the same at run time */

char *fragment_text(const struct fragment *fragment, enum engine engine, int first, bool profile, int values)
{
	const char *text = engine == PG && fragment->body[PG].text ? fragment->body[PG].text : fragment->body[SQLITE].text;
	char mark = engine == PG ? '$' : '?', *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	fputs(" AND (", f);
	for (const char *p = text; *p;) {
		const char *end = after_quotes(p);
		if (end != p) {
			fwrite(p, 1, (size_t)(end - p), f);
			p = end;
		} else if (*p == '$') {
			size_t n = 1;
			while (word_char(p[n]))
				n++;
			if (n == 2 && p[1] == 'f')
				fprintf(f, "%c%d", mark, first);
			else
				for (int i = 0; i < values; i++)
					fprintf(f, "%s%c%d", i ? ", " : "", mark, first + profile + i);
			p += n;
		} else {
			fputc(*p++, f);
		}
	}
	fputc(')', f);
	fclose(f);
	return out;
}
