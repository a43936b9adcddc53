/* Templates to C functions: static text is joined, each hole gets the escaper of its place, each branch is
 * checked to leave the HTML where it found it. */
#include "tplc.h"
#include <string.h>

enum block_kind { BLOCK_IF, BLOCK_FOR };
struct block {
	enum block_kind kind;
	int line;
	bool has_else;
	bool any; /* a branch has ended: merged is what may follow */
	struct markup entry, merged;
	struct str items; /* the list of a for, as C */
};
enum { MAX_BLOCKS = 16 };

struct emitter {
	struct tplc *c;
	const struct tplc_template *t;
	struct markup_reader r;
	struct block *blocks;
	size_t depth;
	struct str after; /* what closes the layout */
	bool begun;       /* something was written or done */
};

const struct tplc_template *tplc_find(const struct tplc *c, struct str name)
{
	for (size_t i = 0; i < c->templates_n; i++) {
		if (str_eq(c->templates[i].name, name))
			return &c->templates[i];
	}
	return NULL;
}

static void indent(struct emitter *e)
{
	/* A for takes two levels: its count has a scope of its own. */
	size_t tabs = 1;
	for (size_t i = 0; i < e->depth; i++)
		tabs += e->blocks[i].kind == BLOCK_FOR ? 2 : 1;
	while (tabs-- > 0)
		buf_char(&e->c->c, '\t');
}

static void put_line(struct tplc *c, int line, struct str path)
{
	buf_fmt(&c->c, "#line %d \"", line);
	gen_c_string(&c->c, path);
	BUF_LIT(&c->c, "\"\n");
}

/* Compiler messages about what follows name the template. */
static void from_template(struct emitter *e, int line)
{
	put_line(e->c, line, e->t->path);
}

/* Or the generated file again. */
static void from_here(struct tplc *c)
{
	int line = 2;
	for (size_t i = 0; i < c->c.n; i++)
		line += c->c.p[i] == '\n';
	put_line(c, line, c->out_c);
}

/* Static text goes out in literals below the 4095 characters that C promises. */
static void flush(struct emitter *e)
{
	struct str s = buf_str(&e->r.out);
	struct buf *out = &e->c->c;
	while (s.n > 0) {
		struct str part = str_sub(s, 0, 1000);
		s = str_sub(s, part.n, s.n);
		indent(e);
		BUF_LIT(out, "BUF_LIT(out, \"");
		while (part.n > 0) {
			size_t n = 0;
			while (n < part.n && part.p[n] != '\n')
				n++;
			n += n < part.n;
			gen_c_string(out, str_sub(part, 0, n));
			part = str_sub(part, n, part.n);
			BUF_LIT(out, "\"");
			if (part.n > 0) {
				BUF_LIT(out, "\n");
				indent(e);
				BUF_LIT(out, "\t\"");
			}
		}
		BUF_LIT(out, ");\n");
		e->begun = true;
	}
	e->r.out.n = 0;
}

/* ---- directives */

static void emit_hole(struct emitter *e, const struct tplc_token *token)
{
	static const char *const macros[] = {
		[MARKUP_ESCAPE_HTML] = "TPL_HTML",
		[MARKUP_ESCAPE_URL] = "TPL_URL",
		[MARKUP_ESCAPE_URL_PART] = "TPL_URL_PART",
	};
	enum markup_escape escape = markup_hole(&e->r, token->line);
	flush(e);
	struct tplc_cursor x = { .c = e->c, .s = token->s, .line = token->line };
	from_template(e, token->line);
	indent(e);
	buf_fmt(&e->c->c, "%s(out, ", macros[escape]);
	tplc_value(&x, &e->c->c);
	tplc_cursor_end(&x);
	BUF_LIT(&e->c->c, ");\n");
	e->begun = true;
}

static struct block *push_block(struct emitter *e, enum block_kind kind, int line)
{
	if (e->depth == MAX_BLOCKS)
		TPLC_FAIL(e->c, line, "more than %d blocks deep", MAX_BLOCKS);
	struct block *b = &e->blocks[e->depth];
	*b = (struct block){ .kind = kind, .line = line, .entry = e->r.at };
	return b;
}

static void emit_if(struct emitter *e, struct tplc_cursor *x)
{
	from_template(e, x->line);
	indent(e);
	BUF_LIT(&e->c->c, "if (");
	tplc_condition(x, &e->c->c);
	BUF_LIT(&e->c->c, ") {\n");
	push_block(e, BLOCK_IF, x->line);
	e->depth++;
	e->r.at.base = e->r.at.depth;
}

static void emit_for(struct emitter *e, struct tplc_cursor *x)
{
	struct tplc *c = e->c;
	struct buf *out = &c->c;
	struct str name = tplc_cursor_need_word(x, "a name");
	if (gen_is_reserved(name) || !gen_is_lower(name.p[0]))
		TPLC_FAIL(c, x->line, "\"" STR_FMT "\" cannot name a loop variable", STR_ARG(name));
	for (size_t i = 0; i < e->t->params_n + c->loops_n; i++) {
		struct str other = i < e->t->params_n ? e->t->params[i].name : c->loops[i - e->t->params_n].name;
		if (str_eq(other, name))
			TPLC_FAIL(c, x->line, STR_FMT " means something else here already", STR_ARG(name));
	}
	struct str in = tplc_cursor_need_word(x, "in");
	if (!str_eq(in, STR("in")))
		TPLC_FAIL(c, x->line, "expected {%% for NAME in LIST %%}");
	struct buf items = buf_new(c->gen.arena);
	tplc_path(x, &items);
	struct str list = buf_str(&items);
	if (e->r.at.place == MARKUP_TAG || e->r.at.place == MARKUP_TAG_GLUED)
		TPLC_FAIL(c, x->line, "a loop over attributes: each may be there once");
	from_template(e, x->line);
	indent(e);
	buf_fmt(out, "{ const size_t tpl_" STR_FMT "_n = (size_t)(" STR_FMT "_n);\n", STR_ARG(name), STR_ARG(list));
	from_template(e, x->line);
	indent(e);
	buf_fmt(out, "\tfor (size_t tpl_" STR_FMT "_i = 0; tpl_" STR_FMT "_i < tpl_" STR_FMT "_n; tpl_" STR_FMT "_i++) {\n",
		STR_ARG(name), STR_ARG(name), STR_ARG(name), STR_ARG(name));
	push_block(e, BLOCK_FOR, x->line)->items = list;
	e->depth++;
	from_template(e, x->line);
	indent(e);
	buf_fmt(out, "const __typeof__(" STR_FMT "[0]) *" STR_FMT " = &" STR_FMT "[tpl_" STR_FMT "_i];\n", STR_ARG(list),
		STR_ARG(name), STR_ARG(list), STR_ARG(name));
	indent(e);
	buf_fmt(out, "(void)" STR_FMT ";\n", STR_ARG(name));
	c->loops[c->loops_n++].name = name;
	e->r.at.base = e->r.at.depth;
	/* The second round comes after the end of the first. */
	e->r.at.newline = false;
}

/* A branch is over: it must have come back to where it began. */
static struct block *leave_branch(struct emitter *e, int line, const char *what)
{
	if (e->depth == 0)
		TPLC_FAIL(e->c, line, "{%% %s %%} without an if or for", what);
	struct block *b = &e->blocks[e->depth - 1];
	markup_leave(&e->r, &b->entry, line);
	if (b->any)
		markup_merge(&b->merged, &e->r.at);
	else
		b->merged = e->r.at;
	b->any = true;
	e->r.at = b->entry;
	e->r.at.base = e->r.at.depth;
	return b;
}

static void emit_elif(struct emitter *e, struct tplc_cursor *x)
{
	struct block *b = leave_branch(e, x->line, "elif");
	if (b->kind != BLOCK_IF || b->has_else)
		TPLC_FAIL(e->c, x->line, "{%% elif %%} without an if, or after its else");
	from_template(e, x->line);
	e->depth--;
	indent(e);
	e->depth++;
	BUF_LIT(&e->c->c, "} else if (");
	tplc_condition(x, &e->c->c);
	BUF_LIT(&e->c->c, ") {\n");
}

static void emit_else(struct emitter *e, struct tplc_cursor *x)
{
	struct block *b = leave_branch(e, x->line, "else");
	if (b->has_else)
		TPLC_FAIL(e->c, x->line, "a second {%% else %%}");
	b->has_else = true;
	e->depth--;
	indent(e);
	e->depth++;
	if (b->kind == BLOCK_IF) {
		BUF_LIT(&e->c->c, "} else {\n");
		return;
	}
	struct str name = e->c->loops[--e->c->loops_n].name;
	buf_fmt(&e->c->c, "\t}\n");
	from_template(e, x->line);
	indent(e);
	buf_fmt(&e->c->c, "if (tpl_" STR_FMT "_n == 0) {\n", STR_ARG(name));
}

static void emit_end(struct emitter *e, struct tplc_cursor *x)
{
	struct block *b = leave_branch(e, x->line, "end");
	if (!b->has_else)
		markup_merge(&b->merged, &b->entry);
	e->r.at = b->merged;
	e->r.at.base = b->entry.base;
	e->depth--;
	indent(e);
	if (b->kind == BLOCK_IF) {
		BUF_LIT(&e->c->c, "}\n");
		return;
	}
	if (!b->has_else)
		e->c->loops_n--;
	BUF_LIT(&e->c->c, "\t}\n");
	indent(e);
	BUF_LIT(&e->c->c, "}\n");
}

static void need_text(struct emitter *e, int line, const char *what)
{
	if (e->r.at.place != MARKUP_TEXT)
		TPLC_FAIL(e->c, line, "{%% %s %%} in a tag or attribute", what);
}

static void emit_call(struct emitter *e, struct tplc_cursor *x)
{
	struct tplc *c = e->c;
	need_text(e, x->line, "call");
	struct str name = tplc_cursor_need_word(x, "the name of a template");
	const struct tplc_template *callee = tplc_find(c, name);
	if (!callee)
		TPLC_FAIL(c, x->line, "there is no template " STR_FMT, STR_ARG(name));
	if (callee->has_body)
		TPLC_FAIL(c, x->line, STR_FMT " is a layout", STR_ARG(name));
	from_template(e, x->line);
	indent(e);
	buf_fmt(&c->c, "tpl_" STR_FMT "(out, t", STR_ARG(name));
	tplc_arguments(x, callee, &c->c);
	BUF_LIT(&c->c, ");\n");
	/* Who knows how it ends. */
	e->r.at.newline = false;
}

static void emit_layout(struct emitter *e, struct tplc_cursor *x)
{
	struct tplc *c = e->c;
	if (e->begun || e->depth > 0 || e->after.n > 0 || e->r.at.depth > 0)
		TPLC_FAIL(c, x->line, "{%% layout %%} comes first");
	struct str name = tplc_cursor_need_word(x, "the name of a layout");
	const struct tplc_template *layout = tplc_find(c, name);
	if (!layout)
		TPLC_FAIL(c, x->line, "there is no template " STR_FMT, STR_ARG(name));
	if (!layout->has_body)
		TPLC_FAIL(c, x->line, STR_FMT " has no {%% body %%}", STR_ARG(name));
	if (layout == e->t)
		TPLC_FAIL(c, x->line, STR_FMT " is its own layout", STR_ARG(name));
	struct buf values = buf_new(c->gen.arena);
	tplc_arguments(x, layout, &values);
	from_template(e, x->line);
	buf_fmt(&c->c, "\ttpl_" STR_FMT "_before(out, t" STR_FMT ");\n", STR_ARG(name), STR_ARG(buf_str(&values)));
	e->after = str_fmt(
		c->gen.arena, "\ttpl_" STR_FMT "_after(out, t" STR_FMT ");\n", STR_ARG(name), STR_ARG(buf_str(&values)));
	e->begun = true;
}

/* ---- functions */

static void emit_signature(struct buf *out, const struct tplc_template *t, const char *part)
{
	buf_fmt(out, "void tpl_" STR_FMT "%s(struct buf *out, const struct text *t", STR_ARG(t->name), part);
	for (size_t i = 0; i < t->params_n; i++) {
		const struct tplc_param *p = &t->params[i];
		switch (p->type) {
		case TPLC_STRUCT: buf_fmt(out, ", const struct " STR_FMT " *", STR_ARG(p->tag)); break;
		case TPLC_I64: BUF_LIT(out, ", int64_t "); break;
		case TPLC_TEXT: BUF_LIT(out, ", struct str "); break;
		case TPLC_BOOL: BUF_LIT(out, ", bool "); break;
		case TPLC_URL: BUF_LIT(out, ", struct url "); break;
		}
		buf_put(out, p->name);
	}
	buf_char(out, ')');
}

static void begin_function(struct tplc *c, const struct tplc_template *t, const char *part)
{
	BUF_LIT(&c->c, "\n");
	emit_signature(&c->c, t, part);
	BUF_LIT(&c->c, "\n{\n\t(void)out, (void)t;\n");
	for (size_t i = 0; i < t->params_n; i++)
		buf_fmt(&c->c, "\t(void)" STR_FMT ";\n", STR_ARG(t->params[i].name));
}

static void end_function(struct tplc *c)
{
	BUF_LIT(&c->c, "}\n");
	from_here(c);
}

static void emit_body(struct emitter *e, int line, bool *had_body)
{
	struct tplc *c = e->c;
	need_text(e, line, "body");
	if (e->depth > 0)
		TPLC_FAIL(c, line, "{%% body %%} in an if or for");
	if (*had_body)
		TPLC_FAIL(c, line, "a second {%% body %%}");
	*had_body = true;
	e->r.at.newline = false;
	end_function(c);
	begin_function(c, e->t, "_after");
}

static void emit_directive(struct emitter *e, const struct tplc_token *token, bool *had_body)
{
	struct tplc_cursor x = { .c = e->c, .s = token->s, .line = token->line };
	struct str word = tplc_cursor_need_word(&x, "a directive");
	markup_cut(&e->r, token->line);
	flush(e);
	if (str_eq(word, STR("if")))
		emit_if(e, &x);
	else if (str_eq(word, STR("elif")))
		emit_elif(e, &x);
	else if (str_eq(word, STR("else")))
		emit_else(e, &x);
	else if (str_eq(word, STR("for")))
		emit_for(e, &x);
	else if (str_eq(word, STR("end")))
		emit_end(e, &x);
	else if (str_eq(word, STR("call")))
		emit_call(e, &x);
	else if (str_eq(word, STR("layout")))
		emit_layout(e, &x);
	else if (str_eq(word, STR("body")))
		emit_body(e, token->line, had_body);
	else
		TPLC_FAIL(e->c, token->line, "no directive " STR_FMT, STR_ARG(word));
	tplc_cursor_end(&x);
	e->begun = true;
}

static void emit_template(struct tplc *c, const struct tplc_template *t)
{
	struct emitter *e = ARENA_NEW(c->gen.arena, struct emitter);
	e->c = c;
	e->t = t;
	e->r = (struct markup_reader){ .gen = &c->gen, .path = t->path, .out = buf_new(c->gen.arena) };
	e->r.at.newline = true;
	e->blocks = ARENA_ARRAY(c->gen.arena, struct block, MAX_BLOCKS);
	c->now = t;
	c->loops_n = 0;
	bool had_body = false;
	begin_function(c, t, t->has_body ? "_before" : "");
	for (size_t i = t->first; i < t->end; i++) {
		const struct tplc_token *token = &t->file->tokens[i];
		if (token->kind == TPLC_STATIC)
			markup_feed(&e->r, token->s, token->line);
		else if (token->kind == TPLC_HOLE)
			emit_hole(e, token);
		else
			emit_directive(e, token, &had_body);
	}
	flush(e);
	int end = t->file->tokens[t->end].line;
	if (e->r.at.place != MARKUP_TEXT)
		TPLC_FAIL(c, end, "template " STR_FMT " ends in a tag or attribute", STR_ARG(t->name));
	markup_drop_optional(&e->r.at, 0);
	if (e->r.at.depth > 0) {
		const struct markup_element *open = &e->r.at.open[e->r.at.depth - 1];
		TPLC_FAIL(c, end, "template " STR_FMT " leaves <%s> open (line %d)", STR_ARG(t->name), open->name, open->line);
	}
	buf_put(&c->c, e->after);
	end_function(c);
}

void tplc_emit(struct tplc *c)
{
	static const char made[] = "/* Made by tplc from templates; do not edit. */\n";
	c->h = c->c = buf_new(c->gen.arena);
	buf_put(&c->h, str_from(made));
	BUF_LIT(&c->h, "#pragma once\n#include \"web/tpl.h\"\n");
	for (size_t i = 0; i < c->includes_n; i++)
		buf_fmt(&c->h, "#include " STR_FMT "\n", STR_ARG(c->includes[i]));
	BUF_LIT(&c->h, "\n");
	buf_put(&c->c, str_from(made));
	buf_fmt(&c->c, "#include \"" STR_FMT "\"\n#include \"" STR_FMT "\"\n", STR_ARG(c->header), STR_ARG(c->text_header));
	for (size_t i = 0; i < c->templates_n; i++) {
		const struct tplc_template *t = &c->templates[i];
		if (t->has_body) {
			emit_signature(&c->h, t, "_before");
			BUF_LIT(&c->h, ";\n");
		}
		emit_signature(&c->h, t, t->has_body ? "_after" : "");
		BUF_LIT(&c->h, ";\n");
		emit_template(c, t);
	}
}
