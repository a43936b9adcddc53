/* tplc: templates to C. `tplc --out-h FILE --out-c FILE [--text-h NAME] TEMPLATE.html...` makes one function a
 * template, `void tpl_NAME(struct buf *out, const struct text *t, ...)`. The language is in ARCHITECTURE.md; it
 * is closed: what is not understood does not build. */
#include <errno.h>
#include <string.h>
#include "tplc.h"

/* ---- files to tokens */

/* From behind "{{" or "{%" to the closing pair, which may not stand in a string. */
static size_t find_close(struct str s, size_t at, char first)
{
	bool quoted = false;
	for (; at + 1 < s.n; at++) {
		if (s.p[at] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[at] == first && s.p[at + 1] == '}')
			return at;
	}
	return s.n;
}

static void read_tokens(struct tplc *c, const struct gen_file *source, struct tplc_file *file)
{
	struct str s = source->text;
	int line = 1;
	size_t at = 0;
	file->path = source->path;
	if (!str_is_utf8(s))
		gen_fail(&c->gen, file->path, 1, "not UTF-8");
	while (at < s.n) {
		size_t from = at;
		while (at < s.n && !(s.p[at] == '{' && at + 1 < s.n && (s.p[at + 1] == '{' || s.p[at + 1] == '%')))
			at++;
		if (at > from)
			*VEC_PUSH(c->gen.arena, file->tokens, file->n, file->cap) =
				(struct tplc_token){ TPLC_STATIC, str_sub(s, from, at - from), line };
		for (size_t i = from; i < at; i++)
			line += s.p[i] == '\n';
		if (at >= s.n)
			break;
		bool hole = s.p[at + 1] == '{';
		size_t close = find_close(s, at + 2, hole ? '}' : '%');
		if (close >= s.n)
			gen_fail(&c->gen, file->path, line, "%s without its end", hole ? "{{" : "{%");
		*VEC_PUSH(c->gen.arena, file->tokens, file->n, file->cap) =
			(struct tplc_token){ hole ? TPLC_HOLE : TPLC_DIRECTIVE, str_trim(str_sub(s, at + 2, close - at - 2)),
				line };
		for (; at < close + 2; at++)
			line += s.p[at] == '\n';
	}
}

/* ---- tokens to templates: signatures first, since a call may come before what it calls */

static void read_parameters(struct tplc_cursor *x, struct tplc_template *t)
{
	struct tplc *c = x->c;
	if (!tplc_cursor_take(x, '('))
		TPLC_FAIL(c, x->line, "expected {%% template NAME(PARAMETERS) %%}");
	if (tplc_cursor_take(x, ')'))
		return;
	do {
		struct tplc_param p = { .name = tplc_cursor_need_word(x, "a parameter") };
		if (gen_is_reserved(p.name) || !gen_is_lower(p.name.p[0]))
			TPLC_FAIL(c, x->line, "\"" STR_FMT "\" cannot name a parameter", STR_ARG(p.name));
		for (size_t i = 0; i < t->params_n; i++) {
			if (str_eq(t->params[i].name, p.name))
				TPLC_FAIL(c, x->line, "two parameters called " STR_FMT, STR_ARG(p.name));
		}
		if (!tplc_cursor_take(x, ':'))
			TPLC_FAIL(c, x->line, STR_FMT ": the type is missing", STR_ARG(p.name));
		struct str type = tplc_cursor_need_word(x, "a type");
		if (str_eq(type, STR("struct"))) {
			p.type = TPLC_STRUCT;
			p.tag = tplc_cursor_need_word(x, "the name of a struct");
		} else if (str_eq(type, STR("i64")))
			p.type = TPLC_I64;
		else if (str_eq(type, STR("text")))
			p.type = TPLC_TEXT;
		else if (str_eq(type, STR("bool")))
			p.type = TPLC_BOOL;
		else if (str_eq(type, STR("url")))
			p.type = TPLC_URL;
		else
			TPLC_FAIL(c, x->line, "no type " STR_FMT " (there are struct NAME, i64, text, bool, url)", STR_ARG(type));
		*VEC_PUSH(c->gen.arena, t->params, t->params_n, t->params_cap) = p;
	} while (tplc_cursor_take(x, ','));
	if (!tplc_cursor_take(x, ')'))
		TPLC_FAIL(c, x->line, "expected , or ) in the parameters");
}

/* Between templates there may be white space and comments. */
static void check_outside(struct tplc *c, const struct tplc_token *token)
{
	struct str s = str_trim(token->s);
	while (str_starts(s, STR("<!--"))) {
		size_t end;
		if (!str_find(s, STR("-->"), &end))
			TPLC_FAIL(c, token->line, "a comment without its end");
		s = str_trim(str_sub(s, end + 3, s.n));
	}
	int line = token->line;
	for (const char *at = token->s.p; s.n > 0 && at < s.p; at++)
		line += *at == '\n';
	if (s.n > 0)
		TPLC_FAIL(c, line, "text outside of a template");
}

static void add_include(struct tplc *c, struct tplc_cursor *x)
{
	struct str path = str_trim(str_sub(x->s, x->at, x->s.n));
	if (path.n < 3 || path.p[0] != '"' || path.p[path.n - 1] != '"')
		TPLC_FAIL(c, x->line, "expected {%% include \"room/file.h\" %%}");
	for (size_t i = 0; i < c->includes_n; i++) {
		if (str_eq(c->includes[i], path))
			return;
	}
	*VEC_PUSH(c->gen.arena, c->includes, c->includes_n, c->includes_cap) = path;
}

/* The tokens from behind {% template %} to its {% end %}; answers the index of that end. */
static size_t find_end(struct tplc *c, const struct tplc_file *file, struct tplc_template *t)
{
	int depth = 1;
	for (size_t i = t->first; i < file->n; i++) {
		if (file->tokens[i].kind != TPLC_DIRECTIVE)
			continue;
		struct tplc_cursor x = { .c = c, .s = file->tokens[i].s, .line = file->tokens[i].line };
		struct str word = tplc_cursor_need_word(&x, "a directive");
		if (str_eq(word, STR("template")))
			TPLC_FAIL(
				c, x.line, "a template in a template: is the {%% end %%} of " STR_FMT " missing?", STR_ARG(t->name));
		if (str_eq(word, STR("if")) || str_eq(word, STR("for")))
			depth++;
		else if (str_eq(word, STR("body")))
			t->has_body = true;
		else if (str_eq(word, STR("end")) && --depth == 0)
			return i;
	}
	TPLC_FAIL(c, t->line, "template " STR_FMT " has no {%% end %%}", STR_ARG(t->name));
}

static void read_templates(struct tplc *c, const struct tplc_file *file)
{
	struct tplc_template outside = { .path = file->path };
	for (size_t i = 0; i < file->n; i++) {
		const struct tplc_token *token = &file->tokens[i];
		c->now = &outside;
		if (token->kind == TPLC_STATIC) {
			check_outside(c, token);
			continue;
		}
		if (token->kind == TPLC_HOLE)
			TPLC_FAIL(c, token->line, "{{ }} outside of a template");
		struct tplc_cursor x = { .c = c, .s = token->s, .line = token->line };
		struct str word = tplc_cursor_need_word(&x, "a directive");
		if (str_eq(word, STR("include"))) {
			add_include(c, &x);
			continue;
		}
		if (!str_eq(word, STR("template")))
			TPLC_FAIL(c, x.line, "{%% " STR_FMT " %%} outside of a template", STR_ARG(word));
		struct tplc_template t = { .path = file->path, .line = token->line, .first = i + 1, .file = file };
		t.name = tplc_cursor_need_word(&x, "the name of the template");
		const struct tplc_template *same = tplc_find(c, t.name);
		if (same)
			TPLC_FAIL(c, x.line, "template " STR_FMT " is there already: " STR_FMT ":%d", STR_ARG(t.name),
				STR_ARG(same->path), same->line);
		c->now = &t;
		read_parameters(&x, &t);
		tplc_cursor_end(&x);
		i = t.end = find_end(c, file, &t);
		*VEC_PUSH(c->gen.arena, c->templates, c->templates_n, c->templates_cap) = t;
	}
}

static bool compile(struct tplc *c, const struct gen_file *sources, size_t n)
{
	if (setjmp(c->gen.fail))
		return false;
	c->files = ARENA_ARRAY(c->gen.arena, struct tplc_file, n + 1);
	for (c->files_n = 0; c->files_n < n; c->files_n++) {
		read_tokens(c, &sources[c->files_n], &c->files[c->files_n]);
		read_templates(c, &c->files[c->files_n]);
	}
	tplc_emit(c);
	return true;
}

/* ---- the command */

int main(int argc, char **argv)
{
	ARENA_SCOPED a = arena_new();
	struct tplc *c = ARENA_NEW(a, struct tplc);
	struct gen_file *sources = ARENA_ARRAY(a, struct gen_file, (size_t)argc);
	size_t n = 0;
	const char *out_h = NULL, *out_c = NULL, *text_h = "text.h";
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--out-h") && i + 1 < argc)
			out_h = argv[++i];
		else if (!strcmp(argv[i], "--out-c") && i + 1 < argc)
			out_c = argv[++i];
		else if (!strcmp(argv[i], "--text-h") && i + 1 < argc)
			text_h = argv[++i];
		else if (!gen_read(a, argv[i], &sources[n++])) {
			fprintf(stderr, "tplc: %s: %s\n", argv[i], strerror(errno));
			return 1;
		}
	}
	if (!out_h || !out_c) {
		fputs("usage: tplc --out-h FILE --out-c FILE [--text-h NAME] TEMPLATE.html...\n", stderr);
		return 2;
	}
	const char *slash = strrchr(out_h, '/');
	c->gen.arena = a;
	c->header = str_from(slash ? slash + 1 : out_h);
	c->out_c = str_from(out_c);
	c->text_header = str_from(text_h);
	if (!compile(c, sources, n)) {
		fprintf(stderr, STR_FMT "\n", STR_ARG(c->gen.error));
		return 1;
	}
	if (!gen_write(out_h, buf_str(&c->h)) || !gen_write(out_c, buf_str(&c->c))) {
		fprintf(stderr, "tplc: %s: %s\n", out_c, strerror(errno));
		return 1;
	}
	return 0;
}
