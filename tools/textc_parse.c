/* One sentence to a tree: literal text, {arg}, {n, plural, …} and {x, select, …}. */
#include "textc.h"

struct parser {
	struct textc *c;
	struct textc_sentence *s;
	size_t at;
	bool in_plural;
	size_t plural_arg; /* what # means */
};

#define FAIL(p, ...) gen_fail(&(p)->c->gen, (p)->s->path, (p)->s->line, __VA_ARGS__)
#define KEY(p)       STR_ARG((p)->s->key)

static char peek(const struct parser *p)
{
	return p->at < p->s->source.n ? p->s->source.p[p->at] : '\0';
}

static void skip_space(struct parser *p)
{
	while (gen_is_space(peek(p)))
		p->at++;
}

static void expect(struct parser *p, char c)
{
	skip_space(p);
	if (peek(p) != c)
		FAIL(p, STR_FMT ": expected %c at \"" STR_FMT "\"", KEY(p), c, STR_ARG(str_sub(p->s->source, p->at, 12)));
	p->at++;
}

static struct str read_word(struct parser *p)
{
	skip_space(p);
	size_t from = p->at;
	while (gen_is_word(peek(p)))
		p->at++;
	if (p->at == from)
		FAIL(p, STR_FMT ": expected a name at \"" STR_FMT "\"", KEY(p), STR_ARG(str_sub(p->s->source, from, 12)));
	return str_sub(p->s->source, from, p->at - from);
}

static size_t read_argument(struct parser *p)
{
	struct str name = read_word(p);
	for (size_t i = 0; i < p->s->args_n; i++) {
		if (str_eq(p->s->args[i].name, name)) {
			p->s->args[i].used = true;
			return i;
		}
	}
	FAIL(p, STR_FMT ": no argument called " STR_FMT, KEY(p), STR_ARG(name));
}

static void parse_nodes(struct parser *p, struct textc_nodes *out);

static bool is_category(struct str s)
{
	return str_eq(s, STR("zero")) || str_eq(s, STR("one")) || str_eq(s, STR("two")) || str_eq(s, STR("few")) ||
		str_eq(s, STR("many")) || str_eq(s, STR("other"));
}

static void read_branch_name(struct parser *p, const struct textc_node *node, struct textc_branch *b)
{
	if (node->kind == TEXTC_PLURAL && peek(p) == '=') {
		p->at++;
		b->exact = true;
		b->name = read_word(p);
		if (!str_to_i64(b->name, &b->number))
			FAIL(p, STR_FMT ": =" STR_FMT " is not a number", KEY(p), STR_ARG(b->name));
		return;
	}
	b->name = read_word(p);
	if (node->kind == TEXTC_PLURAL && !is_category(b->name))
		FAIL(p, STR_FMT ": " STR_FMT " is not a plural category", KEY(p), STR_ARG(b->name));
}

static void parse_branches(struct parser *p, struct textc_node *node)
{
	bool has_other = false;
	for (;;) {
		skip_space(p);
		if (peek(p) == '}' || peek(p) == '\0')
			break;
		if (has_other)
			FAIL(p, STR_FMT ": \"other\" comes last", KEY(p));
		struct textc_branch b = { 0 };
		read_branch_name(p, node, &b);
		has_other = !b.exact && str_eq(b.name, STR("other"));
		for (size_t i = 0; i < node->branches_n; i++) {
			if (node->branches[i].exact == b.exact && str_eq(node->branches[i].name, b.name))
				FAIL(p, STR_FMT ": " STR_FMT " is there twice", KEY(p), STR_ARG(b.name));
		}
		expect(p, '{');
		struct parser outer = *p;
		if (node->kind == TEXTC_PLURAL) {
			p->in_plural = true;
			p->plural_arg = node->arg;
		}
		parse_nodes(p, &b.body);
		p->in_plural = outer.in_plural;
		p->plural_arg = outer.plural_arg;
		expect(p, '}');
		*VEC_PUSH(p->c->gen.arena, node->branches, node->branches_n, node->branches_cap) = b;
	}
	if (!has_other)
		FAIL(p, STR_FMT ": \"other\" is missing", KEY(p));
}

/* What stands behind '{'. */
static struct textc_node parse_braces(struct parser *p)
{
	struct textc_node node = { .kind = TEXTC_ARG, .arg = read_argument(p) };
	const struct textc_arg *arg = &p->s->args[node.arg];
	skip_space(p);
	if (peek(p) == ',') {
		p->at++;
		struct str how = read_word(p);
		if (str_eq(how, STR("plural")))
			node.kind = TEXTC_PLURAL;
		else if (str_eq(how, STR("select")))
			node.kind = TEXTC_SELECT;
		else
			FAIL(p, STR_FMT ": " STR_FMT " is neither plural nor select", KEY(p), STR_ARG(how));
		if ((node.kind == TEXTC_PLURAL) != arg->number)
			FAIL(p, STR_FMT ": %s needs " STR_FMT ": %s", KEY(p), node.kind == TEXTC_PLURAL ? "plural" : "select",
				STR_ARG(arg->name), node.kind == TEXTC_PLURAL ? "i64" : "text");
		expect(p, ',');
		parse_branches(p, &node);
	}
	expect(p, '}');
	return node;
}

static void push_literal(struct parser *p, struct textc_nodes *out, struct buf *b)
{
	if (b->n > 0)
		*VEC_PUSH(p->c->gen.arena, out->items, out->n, out->cap) =
			(struct textc_node){ .kind = TEXTC_LITERAL, .text = buf_str(b) };
	*b = buf_new(p->c->gen.arena);
}

/* Up to the end or an unmatched '}'. A brace or # between apostrophes stands for itself. */
static void parse_nodes(struct parser *p, struct textc_nodes *out)
{
	struct arena *a = p->c->gen.arena;
	struct str source = p->s->source;
	struct buf literal = buf_new(a);
	while (p->at < source.n && peek(p) != '}') {
		char c = peek(p);
		char quoted = c == '\'' && p->at + 2 < source.n && source.p[p->at + 2] == '\'' ? source.p[p->at + 1] : '\0';
		if (quoted == '{' || quoted == '}' || quoted == '#') {
			buf_char(&literal, quoted);
			p->at += 3;
		} else if (c == '{') {
			push_literal(p, out, &literal);
			p->at++;
			struct textc_node node = parse_braces(p);
			*VEC_PUSH(a, out->items, out->n, out->cap) = node;
		} else if (c == '#' && p->in_plural) {
			push_literal(p, out, &literal);
			p->at++;
			*VEC_PUSH(a, out->items, out->n, out->cap) = (struct textc_node){ .kind = TEXTC_ARG, .arg = p->plural_arg };
		} else {
			buf_char(&literal, c);
			p->at++;
		}
	}
	push_literal(p, out, &literal);
}

/* The pseudo-locales put brackets around a sentence: so it begins and ends with a literal, if an empty one. */
static void add_edges(struct textc *c, struct textc_nodes *body)
{
	struct textc_nodes edged = { 0 };
	if (body->n == 0 || body->items[0].kind != TEXTC_LITERAL)
		VEC_PUSH(c->gen.arena, edged.items, edged.n, edged.cap)->kind = TEXTC_LITERAL;
	for (size_t i = 0; i < body->n; i++)
		*VEC_PUSH(c->gen.arena, edged.items, edged.n, edged.cap) = body->items[i];
	if (edged.items[edged.n - 1].kind != TEXTC_LITERAL)
		VEC_PUSH(c->gen.arena, edged.items, edged.n, edged.cap)->kind = TEXTC_LITERAL;
	edged.items[0].opens = true;
	edged.items[edged.n - 1].closes = true;
	*body = edged;
}

void textc_parse(struct textc *c, struct textc_sentence *s)
{
	struct parser p = { .c = c, .s = s };
	parse_nodes(&p, &s->body);
	if (p.at < s->source.n)
		FAIL(&p, STR_FMT ": a } without its {", KEY(&p));
	for (size_t i = 0; i < s->args_n; i++) {
		if (!s->args[i].used)
			FAIL(&p, STR_FMT ": argument " STR_FMT " is not used", KEY(&p), STR_ARG(s->args[i].name));
	}
	add_edges(c, &s->body);
}
