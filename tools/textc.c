/* textc: locale files to C. `textc --out-h FILE --out-c FILE LOCALE-FILES` (or folders of them) makes one
 * function a sentence. The format is explained in locale/en/common.txt.
 *
 * The pseudo-locales are made here, from the English: en-XA lengthens and accents every letter, so that a
 * sentence which does not come from a locale file, or does not fit its place, is seen at once; ar-XB turns the
 * words around, so that a page is seen right to left. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "textc.h"

/* ---- reading */

struct reader {
	struct textc *c;
	struct str path;
	struct str text;
	size_t at;
	int line;
};

/* Takes one line off the front, without its line break. */
static bool reader_line(struct reader *r, struct str *line)
{
	if (r->at >= r->text.n)
		return false;
	size_t from = r->at;
	while (r->at < r->text.n && r->text.p[r->at] != '\n')
		r->at++;
	*line = str_sub(r->text, from, r->at - from);
	r->at++;
	r->line++;
	return true;
}

static bool reader_is_continued(const struct reader *r)
{
	if (r->at >= r->text.n || (r->text.p[r->at] != ' ' && r->text.p[r->at] != '\t'))
		return false;
	size_t end = r->at;
	while (end < r->text.n && r->text.p[end] != '\n')
		end++;
	return str_trim(str_sub(r->text, r->at, end - r->at)).n > 0;
}

static bool is_name(struct str s)
{
	if (s.n == 0 || !gen_is_lower(s.p[0]))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!gen_is_lower(s.p[i]) && !gen_is_digit(s.p[i]) && s.p[i] != '_')
			return false;
	}
	return true;
}

static void parse_arguments(struct textc *c, struct textc_sentence *s, struct str list)
{
	struct str part;
	while (str_split(&list, ',', &part)) {
		size_t colon;
		if (!str_find(part, STR(":"), &colon))
			gen_fail(&c->gen, s->path, s->line, "%.*s: write each argument as name: type", STR_ARG(s->key));
		struct str name = str_trim(str_sub(part, 0, colon));
		struct str type = str_trim(str_sub(part, colon + 1, part.n));
		if (!is_name(name) || gen_is_reserved(name))
			gen_fail(
				&c->gen, s->path, s->line, "%.*s: \"%.*s\" cannot name an argument", STR_ARG(s->key), STR_ARG(name));
		for (size_t i = 0; i < s->args_n; i++) {
			if (str_eq(s->args[i].name, name))
				gen_fail(&c->gen, s->path, s->line, "%.*s: two arguments called %.*s", STR_ARG(s->key), STR_ARG(name));
		}
		bool number = str_eq(type, STR("i64"));
		if (!number && !str_eq(type, STR("text")))
			gen_fail(&c->gen, s->path, s->line, "%.*s: no type \"%.*s\" (there are i64 and text)", STR_ARG(s->key),
				STR_ARG(type));
		*VEC_PUSH(c->gen.arena, s->args, s->args_n, s->args_cap) = (struct textc_arg){ .name = name, .number = number };
	}
}

/* Backslash escapes of one physical line: \n is a line break, \\ a backslash. */
static void unescape(struct textc *c, const struct textc_sentence *s, struct str in, struct buf *out)
{
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] != '\\') {
			buf_char(out, in.p[i]);
			continue;
		}
		char next = ++i < in.n ? in.p[i] : '\0';
		if (next != 'n' && next != '\\')
			gen_fail(&c->gen, s->path, s->line, "%.*s: only \\n and \\\\ may follow a backslash", STR_ARG(s->key));
		buf_char(out, next == 'n' ? '\n' : '\\');
	}
}

static void read_sentence(struct reader *r, struct str line)
{
	struct textc *c = r->c;
	struct arena *a = c->gen.arena;
	struct textc_sentence s = { .path = r->path, .line = r->line };
	size_t equals;
	if (!str_find(line, STR("="), &equals))
		gen_fail(&c->gen, r->path, r->line, "expected key = sentence");
	struct str head = str_trim(str_sub(line, 0, equals));
	size_t paren;
	bool has_args = str_find(head, STR("("), &paren);
	s.key = has_args ? str_trim(str_sub(head, 0, paren)) : head;
	if (!is_name(s.key))
		gen_fail(&c->gen, r->path, r->line, "\"%.*s\" is not a key (a-z, 0-9 and _)", STR_ARG(s.key));
	if (has_args && !str_ends(head, STR(")")))
		gen_fail(&c->gen, r->path, r->line, "%.*s: ) is missing", STR_ARG(s.key));
	struct str list = has_args ? str_trim(str_sub(head, paren + 1, head.n - paren - 2)) : STR("");
	if (list.n > 0)
		parse_arguments(c, &s, list);
	struct buf b = buf_new(a);
	unescape(c, &s, str_trim(str_sub(line, equals + 1, line.n)), &b);
	while (reader_is_continued(r)) {
		struct str more;
		reader_line(r, &more);
		if (b.n > 0 && b.p[b.n - 1] != '\n')
			buf_char(&b, ' ');
		unescape(c, &s, str_trim(more), &b);
	}
	s.source = buf_str(&b);
	if (s.source.n == 0)
		gen_fail(&c->gen, s.path, s.line, "%.*s: the sentence is missing", STR_ARG(s.key));
	if (s.source.n > 1000)
		gen_fail(&c->gen, s.path, s.line, "%.*s: longer than 1000 bytes; make it several", STR_ARG(s.key));
	if (!str_is_utf8(s.source))
		gen_fail(&c->gen, s.path, s.line, "%.*s: not UTF-8", STR_ARG(s.key));
	*VEC_PUSH(a, c->sentences, c->n, c->cap) = s;
}

static void read_file(struct textc *c, const struct gen_file *file)
{
	struct reader r = { .c = c, .path = file->path, .text = file->text };
	struct str line;
	while (reader_line(&r, &line)) {
		if (str_trim(line).n == 0 || line.p[0] == '#')
			continue;
		if (gen_is_space(line.p[0]))
			gen_fail(&c->gen, r.path, r.line, "an indented line continues a sentence, but there is none before it");
		read_sentence(&r, line);
	}
}

static int compare_keys(const void *x, const void *y)
{
	const struct textc_sentence *a = x, *b = y;
	return str_cmp(a->key, b->key);
}

bool textc_compile(struct textc *c, const struct gen_file *files, size_t n)
{
	if (setjmp(c->gen.fail))
		return false;
	for (size_t i = 0; i < n; i++)
		read_file(c, &files[i]);
	if (c->n > 0)
		qsort(c->sentences, c->n, sizeof *c->sentences, compare_keys);
	for (size_t i = 1; i < c->n; i++) {
		/* The sort does not keep the order of equal keys; the message names both places anyway. */
		const struct textc_sentence *a = &c->sentences[i - 1], *b = &c->sentences[i];
		if (str_eq(a->key, b->key))
			gen_fail(&c->gen, b->path, b->line, "%.*s: there already, in %.*s:%d", STR_ARG(b->key), STR_ARG(a->path),
				a->line);
	}
	for (size_t i = 0; i < c->n; i++)
		textc_parse(c, &c->sentences[i]);
	textc_emit(c);
	return true;
}

/* ---- the command */

static int is_locale_file(const struct dirent *e)
{
	return str_ends(str_from(e->d_name), STR(".txt"));
}

struct inputs {
	struct gen_file *items;
	size_t n, cap;
};

static bool add_file(struct arena *a, struct inputs *in, const char *path)
{
	struct gen_file file;
	if (!gen_read(a, path, &file)) {
		fprintf(stderr, "textc: %s: %s\n", path, strerror(errno));
		return false;
	}
	*VEC_PUSH(a, in->items, in->n, in->cap) = file;
	return true;
}

/* A file, or all *.txt of a folder. */
static bool add_path(struct arena *a, struct inputs *in, const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, is_locale_file, alphasort);
	if (n < 0)
		return add_file(a, in, path);
	bool ok = true;
	for (int i = 0; i < n; i++) {
		ok = ok && add_file(a, in, str_fmt(a, "%s/%s", path, names[i]->d_name).p);
		free(names[i]);
	}
	free(names);
	return ok;
}

int main(int argc, char **argv)
{
	ARENA_SCOPED a __attribute__((unused)) = arena_new();
	struct inputs in = { 0 };
	const char *out_h = NULL, *out_c = NULL;
	for (int i = 1; i < argc; i++) {
		struct str arg = str_from(argv[i]);
		if (str_eq(arg, STR("--out-h")) && i + 1 < argc)
			out_h = argv[++i];
		else if (str_eq(arg, STR("--out-c")) && i + 1 < argc)
			out_c = argv[++i];
		else if (!add_path(a, &in, argv[i]))
			return 1;
	}
	if (!out_h || !out_c) {
		fputs("usage: textc --out-h FILE --out-c FILE LOCALE-FILE-OR-FOLDER...\n", stderr);
		return 2;
	}
	const char *slash = strrchr(out_h, '/');
	struct textc c = { .gen.arena = a, .header = str_from(slash ? slash + 1 : out_h) };
	if (!textc_compile(&c, in.items, in.n)) {
		fprintf(stderr, STR_FMT "\n", STR_ARG(c.gen.error));
		return 1;
	}
	if (!gen_write(out_h, buf_str(&c.h)) || !gen_write(out_c, buf_str(&c.c))) {
		fprintf(stderr, "textc: %s: %s\n", out_c, strerror(errno));
		return 1;
	}
	return 0;
}
