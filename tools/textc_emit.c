/* Trees to C: a table of literal parts a sentence, one row a locale, and the function that joins them. */
#include "textc.h"

/* In the order of enum text_locale. */
enum { LOCALES = 3 };
static const char *const locale_names[LOCALES] = { "LOCALE_EN", "LOCALE_EN_XA", "LOCALE_AR_XB" };

/* ---- pseudo-locales */

static const char accented_lower[] = "å ƀ ç ð é ƒ ĝ ĥ î ĵ ķ ļ ɱ ñ ö þ ǫ ŕ š ţ û ṽ ŵ ẋ ý ž";
static const char accented_upper[] = "Å Ɓ Ç Ð É Ƒ Ĝ Ĥ Î Ĵ Ķ Ļ Ṁ Ñ Ö Þ Ǫ Ŕ Š Ţ Û Ṽ Ŵ Ẋ Ý Ž";

static struct str accented(char c)
{
	struct str rest = str_from(gen_is_upper(c) ? accented_upper : accented_lower), letter = STR("");
	for (char at = gen_is_upper(c) ? 'A' : 'a'; at <= c; at++)
		str_split(&rest, ' ', &letter);
	return letter;
}

static bool is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* Two letters more for each five, as repeated vowels, at most three in a row; what finds no vowel goes to
 * the end of the sentence. */
static void put_accented(struct buf *out, const struct textc_node *node)
{
	size_t debt = 0;
	if (node->opens)
		buf_put(out, STR("⟦"));
	for (size_t i = 0; i < node->text.n; i++) {
		char c = node->text.p[i];
		if (!gen_is_alpha(c)) {
			buf_char(out, c);
			continue;
		}
		struct str letter = accented(c);
		buf_put(out, letter);
		debt += 2;
		for (int more = 0; is_vowel(c) && debt >= 5 && more < 2; more++) {
			buf_put(out, letter);
			debt -= 5;
		}
	}
	for (; node->closes && debt >= 5; debt -= 5)
		buf_char(out, '~');
	if (node->closes)
		buf_put(out, STR("⟧"));
}

/* Each word with a letter stands between U+202E (right-to-left override) and U+202C (pop). */
static void put_mirrored(struct buf *out, const struct textc_node *node)
{
	struct str s = node->text;
	size_t i = 0;
	while (i < s.n) {
		size_t from = i;
		bool letters = false;
		for (; i < s.n && !gen_is_space(s.p[i]); i++)
			letters = letters || gen_is_alpha(s.p[i]);
		if (letters)
			buf_put(out, STR("\xe2\x80\xae"));
		buf_put(out, str_sub(s, from, i - from));
		if (letters)
			buf_put(out, STR("\xe2\x80\xac"));
		for (; i < s.n && gen_is_space(s.p[i]); i++)
			buf_char(out, s.p[i]);
	}
}

static struct str literal_in(struct textc *c, const struct textc_node *node, int locale)
{
	struct buf b = buf_new(c->gen.arena);
	if (locale == 1)
		put_accented(&b, node);
	else if (locale == 2)
		put_mirrored(&b, node);
	else
		buf_put(&b, node->text);
	return buf_str(&b);
}

static void emit_str(struct buf *out, struct str s)
{
	BUF_LIT(out, "{ \"");
	gen_c_string(out, s);
	buf_fmt(out, "\", %zu }", s.n);
}

/* ---- sentences with arguments */

struct literals {
	const struct textc_node **items;
	size_t n, cap;
};

static void collect_literals(struct textc *c, const struct textc_nodes *nodes, struct literals *out)
{
	for (size_t i = 0; i < nodes->n; i++) {
		const struct textc_node *node = &nodes->items[i];
		if (node->kind == TEXTC_LITERAL)
			*VEC_PUSH(c->gen.arena, out->items, out->n, out->cap) = node;
		for (size_t k = 0; k < node->branches_n; k++)
			collect_literals(c, &node->branches[k].body, out);
	}
}

static void indent(struct buf *out, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_char(out, '\t');
}

struct emitter {
	struct textc *c;
	const struct textc_sentence *s;
	size_t literal;
	int switches;
};

static void emit_nodes(struct emitter *e, const struct textc_nodes *nodes, int depth);

static void emit_branch_condition(
	struct emitter *e, const struct textc_node *node, const struct textc_branch *b, int id)
{
	struct buf *out = &e->c->c;
	struct str arg = e->s->args[node->arg].name;
	if (b->exact)
		buf_fmt(out, "if (" STR_FMT " == %lld) ", STR_ARG(arg), (long long)b->number);
	else if (node->kind == TEXTC_SELECT)
		buf_fmt(out, "if (str_eq(" STR_FMT ", STR(\"" STR_FMT "\"))) ", STR_ARG(arg), STR_ARG(b->name));
	else {
		buf_fmt(out, "if (k%d_ == PLURAL_", id);
		for (size_t i = 0; i < b->name.n; i++)
			buf_char(out, (char)(b->name.p[i] - 'a' + 'A'));
		BUF_LIT(out, ") ");
	}
}

static void emit_branches(struct emitter *e, const struct textc_node *node, int depth)
{
	struct buf *out = &e->c->c;
	int id = ++e->switches;
	bool by_category = false;
	for (size_t i = 0; i + 1 < node->branches_n; i++)
		by_category = by_category || (node->kind == TEXTC_PLURAL && !node->branches[i].exact);
	if (by_category) {
		indent(out, depth);
		buf_fmt(out, "const enum text_plural k%d_ = text_plural(t->locale, " STR_FMT ");\n", id,
			STR_ARG(e->s->args[node->arg].name));
	}
	/* Exact numbers win over categories, wherever they stand. */
	indent(out, depth);
	for (int exact = 1; exact >= 0; exact--) {
		for (size_t i = 0; i + 1 < node->branches_n; i++) {
			if (node->branches[i].exact != (exact == 1))
				continue;
			emit_branch_condition(e, node, &node->branches[i], id);
			BUF_LIT(out, "{\n");
			/* Literals were numbered in the order of the source. */
			size_t before = e->literal;
			struct literals skipped = { 0 };
			for (size_t k = 0; k < i; k++)
				collect_literals(e->c, &node->branches[k].body, &skipped);
			e->literal = before + skipped.n;
			emit_nodes(e, &node->branches[i].body, depth + 1);
			e->literal = before;
			indent(out, depth);
			BUF_LIT(out, "} else ");
		}
	}
	BUF_LIT(out, "{\n");
	struct literals all = { 0 };
	for (size_t k = 0; k + 1 < node->branches_n; k++)
		collect_literals(e->c, &node->branches[k].body, &all);
	e->literal += all.n;
	emit_nodes(e, &node->branches[node->branches_n - 1].body, depth + 1);
	indent(out, depth);
	BUF_LIT(out, "}\n");
}

static void emit_nodes(struct emitter *e, const struct textc_nodes *nodes, int depth)
{
	struct buf *out = &e->c->c;
	for (size_t i = 0; i < nodes->n; i++) {
		const struct textc_node *node = &nodes->items[i];
		if (node->kind == TEXTC_PLURAL || node->kind == TEXTC_SELECT) {
			emit_branches(e, node, depth);
			continue;
		}
		indent(out, depth);
		const struct textc_arg *arg = &e->s->args[node->kind == TEXTC_ARG ? node->arg : 0];
		if (node->kind == TEXTC_LITERAL)
			buf_fmt(out, "buf_put(&b_, p_[%zu]);\n", e->literal++);
		else if (arg->number)
			buf_fmt(out, "put_argument(&b_, t, text_i64(t, " STR_FMT "));\n", STR_ARG(arg->name));
		else
			buf_fmt(out, "put_argument(&b_, t, " STR_FMT ");\n", STR_ARG(arg->name));
	}
}

static void emit_prototype(struct buf *out, const struct textc_sentence *s)
{
	buf_fmt(out, "struct str t_" STR_FMT "(const struct text *t", STR_ARG(s->key));
	for (size_t i = 0; i < s->args_n; i++)
		buf_fmt(out, ", %s" STR_FMT, s->args[i].number ? "int64_t " : "struct str ", STR_ARG(s->args[i].name));
	buf_char(out, ')');
}

static void emit_function(struct textc *c, const struct textc_sentence *s)
{
	struct buf *out = &c->c;
	struct literals literals = { 0 };
	collect_literals(c, &s->body, &literals);
	buf_char(out, '\n');
	emit_prototype(out, s);
	buf_fmt(out, "\n{\n\tstatic const struct str s_[LOCALE_COUNT][%zu] = {\n", literals.n);
	for (int locale = 0; locale < LOCALES; locale++) {
		buf_fmt(out, "\t\t[%s] = { ", locale_names[locale]);
		for (size_t i = 0; i < literals.n; i++) {
			emit_str(out, literal_in(c, literals.items[i], locale));
			BUF_LIT(out, ", ");
		}
		BUF_LIT(out, "},\n");
	}
	BUF_LIT(out, "\t};\n\tconst struct str *p_ = s_[t->locale];\n\tstruct buf b_ = buf_new(t->arena);\n");
	struct emitter e = { .c = c, .s = s };
	emit_nodes(&e, &s->body, 1);
	BUF_LIT(out, "\treturn buf_str(&b_);\n}\n");
}

/* ---- sentences without arguments: one sorted table, which text_lookup searches */

static void emit_plain_table(struct textc *c, size_t count)
{
	struct buf *out = &c->c;
	/* One row more than needed, since C has no empty arrays. */
	buf_fmt(out, "\nenum { PLAIN_COUNT = %zu };\n", count);
	BUF_LIT(out, "static const struct { struct str key; struct str in[LOCALE_COUNT]; } plain[PLAIN_COUNT + 1] = {\n");
	for (size_t i = 0; i < c->n; i++) {
		const struct textc_sentence *s = &c->sentences[i];
		if (s->args_n > 0)
			continue;
		BUF_LIT(out, "\t{ ");
		emit_str(out, s->key);
		BUF_LIT(out, ", { ");
		for (int locale = 0; locale < LOCALES; locale++) {
			emit_str(out, literal_in(c, &s->body.items[0], locale));
			BUF_LIT(out, ", ");
		}
		BUF_LIT(out, "} },\n");
	}
	BUF_LIT(out,
		"};\n\n"
		"struct str text_lookup(const struct text *t, struct str key)\n"
		"{\n"
		"\tsize_t low = 0, high = PLAIN_COUNT;\n"
		"\twhile (low < high) {\n"
		"\t\tsize_t middle = low + (high - low) / 2;\n"
		"\t\tint order = str_cmp(plain[middle].key, key);\n"
		"\t\tif (order == 0)\n"
		"\t\t\treturn plain[middle].in[t->locale];\n"
		"\t\tif (order < 0)\n"
		"\t\t\tlow = middle + 1;\n"
		"\t\telse\n"
		"\t\t\thigh = middle;\n"
		"\t}\n"
		"\treturn STR_NULL;\n"
		"}\n");
}

static const char header_top[] = "/* Made by textc from locale files; do not edit. */\n"
								 "#pragma once\n"
								 "#include \"base/text.h\"\n"
								 "\n"
								 "/* The sentence of a key that has no arguments; STR_NULL when there is none. */\n"
								 "struct str text_lookup(const struct text *t, struct str key);\n";

/* User data in a sentence that runs right to left is isolated (U+2068 … U+2069), or it would turn around
 * what stands beside it. */
static const char source_top[] = "#include \"base/buf.h\"\n"
								 "\n"
								 "__attribute__((unused))\n"
								 "static void put_argument(struct buf *b, const struct text *t, struct str s)\n"
								 "{\n"
								 "\tbool isolated = text_locale_is_rtl(t->locale);\n"
								 "\tif (isolated)\n"
								 "\t\tBUF_LIT(b, \"\\342\\201\\250\");\n"
								 "\tbuf_put(b, s);\n"
								 "\tif (isolated)\n"
								 "\t\tBUF_LIT(b, \"\\342\\201\\251\");\n"
								 "}\n";

void textc_emit(struct textc *c)
{
	c->h = c->c = buf_new(c->gen.arena);
	buf_put(&c->h, str_from(header_top));
	buf_fmt(
		&c->c, "/* Made by textc from locale files; do not edit. */\n#include \"" STR_FMT "\"\n", STR_ARG(c->header));
	buf_put(&c->c, str_from(source_top));
	size_t plain = 0;
	for (size_t i = 0; i < c->n; i++) {
		emit_prototype(&c->h, &c->sentences[i]);
		BUF_LIT(&c->h, ";\n");
		plain += c->sentences[i].args_n == 0;
	}
	emit_plain_table(c, plain);
	size_t row = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct textc_sentence *s = &c->sentences[i];
		if (s->args_n > 0) {
			emit_function(c, s);
			continue;
		}
		BUF_LIT(&c->c, "\n");
		emit_prototype(&c->c, s);
		buf_fmt(&c->c, "\n{\n\treturn plain[%zu].in[t->locale];\n}\n", row++);
	}
}
