/* Expressions: names, members, numbers, strings, enum constants, sentences; not, and, or, comparisons. */
#include "tplc.h"

static char peek(struct tplc_cursor *x)
{
	while (x->at < x->s.n && gen_is_space(x->s.p[x->at]))
		x->at++;
	return x->at < x->s.n ? x->s.p[x->at] : '\0';
}

static struct str rest(const struct tplc_cursor *x)
{
	return str_sub(x->s, x->at, x->s.n);
}

bool tplc_cursor_take(struct tplc_cursor *x, char c)
{
	if (peek(x) != c)
		return false;
	x->at++;
	return true;
}

static void need(struct tplc_cursor *x, char c)
{
	if (!tplc_cursor_take(x, c))
		TPLC_FAIL(x->c, x->line, "expected %c at \"" STR_FMT "\"", c, STR_ARG(rest(x)));
}

bool tplc_cursor_word(struct tplc_cursor *x, struct str *out)
{
	char c = peek(x);
	if (!gen_is_alpha(c) && c != '_')
		return false;
	size_t from = x->at;
	while (x->at < x->s.n && gen_is_word(x->s.p[x->at]))
		x->at++;
	*out = str_sub(x->s, from, x->at - from);
	return true;
}

struct str tplc_cursor_need_word(struct tplc_cursor *x, const char *what)
{
	struct str word;
	if (!tplc_cursor_word(x, &word))
		TPLC_FAIL(x->c, x->line, "expected %s at \"" STR_FMT "\"", what, STR_ARG(rest(x)));
	return word;
}

void tplc_cursor_end(struct tplc_cursor *x)
{
	if (peek(x) != '\0')
		TPLC_FAIL(x->c, x->line, "not understood: \"" STR_FMT "\"", STR_ARG(rest(x)));
}

/* Takes the word if it stands here as a whole. */
static bool take_word(struct tplc_cursor *x, struct str word)
{
	size_t before = x->at;
	struct str found;
	if (tplc_cursor_word(x, &found) && str_eq(found, word))
		return true;
	x->at = before;
	return false;
}

static const struct tplc_param *find_param(const struct tplc *c, struct str name)
{
	for (size_t i = 0; i < c->now->params_n; i++) {
		if (str_eq(c->now->params[i].name, name))
			return &c->now->params[i];
	}
	return NULL;
}

static bool is_loop(const struct tplc *c, struct str name)
{
	for (size_t i = 0; i < c->loops_n; i++) {
		if (str_eq(c->loops[i].name, name))
			return true;
	}
	return false;
}

static void loop_value(struct tplc_cursor *x, struct buf *out)
{
	if (x->c->loops_n == 0)
		TPLC_FAIL(x->c, x->line, "loop outside of a for");
	struct str name = x->c->loops[x->c->loops_n - 1].name;
	need(x, '.');
	struct str what = tplc_cursor_need_word(x, "first, last or index");
	if (str_eq(what, STR("first")))
		buf_fmt(out, "(tpl_" STR_FMT "_i == 0)", STR_ARG(name));
	else if (str_eq(what, STR("last")))
		buf_fmt(out, "(tpl_" STR_FMT "_i + 1 == tpl_" STR_FMT "_n)", STR_ARG(name), STR_ARG(name));
	else if (str_eq(what, STR("index")))
		buf_fmt(out, "(tpl_" STR_FMT "_i + 1)", STR_ARG(name));
	else
		TPLC_FAIL(x->c, x->line, "loop has first, last and index, no \"" STR_FMT "\"", STR_ARG(what));
}

/* A struct parameter that stands alone is a pointer: fine to test or to hand on, but no value. A loop
 * variable that stands alone is handed on as a pointer, and else means what it points to. */
enum use { USE_VALUE, USE_TEST, USE_POINTER };

/* `name` has been read. */
static void variable(struct tplc_cursor *x, struct str name, enum use use, struct buf *out)
{
	const struct tplc_param *param = find_param(x->c, name);
	bool loop = is_loop(x->c, name);
	if (!param && !loop)
		TPLC_FAIL(x->c, x->line, "there is nothing called " STR_FMT " here", STR_ARG(name));
	bool pointer = loop || param->type == TPLC_STRUCT;
	if (peek(x) != '.') {
		if (!loop && pointer && use == USE_VALUE)
			TPLC_FAIL(x->c, x->line, STR_FMT " is a struct: name one of its members", STR_ARG(name));
		buf_fmt(out, loop && use != USE_POINTER ? "(*" STR_FMT ")" : STR_FMT, STR_ARG(name));
		return;
	}
	if (!pointer)
		TPLC_FAIL(x->c, x->line, STR_FMT " has no members", STR_ARG(name));
	buf_put(out, name);
	bool first = true;
	while (tplc_cursor_take(x, '.')) {
		struct str member = tplc_cursor_need_word(x, "a member");
		buf_fmt(out, "%s" STR_FMT, first ? "->" : ".", STR_ARG(member));
		first = false;
	}
}

/* `t` has been read: t.key(values). */
static void sentence(struct tplc_cursor *x, struct buf *out)
{
	need(x, '.');
	struct str key = tplc_cursor_need_word(x, "the key of a sentence");
	buf_fmt(out, "t_" STR_FMT "(t", STR_ARG(key));
	need(x, '(');
	if (!tplc_cursor_take(x, ')')) {
		do {
			BUF_LIT(out, ", ");
			tplc_value(x, out);
		} while (tplc_cursor_take(x, ','));
		need(x, ')');
	}
	buf_char(out, ')');
}

static void string(struct tplc_cursor *x, struct buf *out)
{
	need(x, '"');
	size_t from = x->at;
	while (x->at < x->s.n && x->s.p[x->at] != '"') {
		if (x->s.p[x->at] == '\\')
			TPLC_FAIL(x->c, x->line, "no backslash in a string");
		x->at++;
	}
	if (x->at >= x->s.n)
		TPLC_FAIL(x->c, x->line, "a string without its end");
	BUF_LIT(out, "STR(\"");
	gen_c_string(out, str_sub(x->s, from, x->at - from));
	BUF_LIT(out, "\")");
	x->at++;
}

static bool number(struct tplc_cursor *x, struct buf *out)
{
	char c = peek(x);
	bool negative = c == '-' && x->at + 1 < x->s.n && gen_is_digit(x->s.p[x->at + 1]);
	if (!gen_is_digit(c) && !negative)
		return false;
	size_t from = x->at++;
	while (x->at < x->s.n && gen_is_digit(x->s.p[x->at]))
		x->at++;
	struct str digits = str_sub(x->s, from, x->at - from);
	int64_t value;
	/* A leading zero would make it octal. */
	if (!str_to_i64(negative ? str_sub(digits, 1, digits.n) : digits, &value) ||
		(digits.p[negative] == '0' && digits.n > 1u + negative))
		TPLC_FAIL(x->c, x->line, STR_FMT " is not a number", STR_ARG(digits));
	buf_put(out, digits);
	return true;
}

static bool is_constant(struct str s)
{
	bool letters = false;
	for (size_t i = 0; i < s.n; i++) {
		if (gen_is_lower(s.p[i]))
			return false;
		letters = letters || gen_is_upper(s.p[i]);
	}
	return letters && gen_is_upper(s.p[0]);
}

static void value(struct tplc_cursor *x, enum use use, struct buf *out)
{
	if (peek(x) == '"') {
		string(x, out);
		return;
	}
	if (number(x, out))
		return;
	struct str word = tplc_cursor_need_word(x, "a value");
	if (str_eq(word, STR("t")))
		sentence(x, out);
	else if (str_eq(word, STR("loop")))
		loop_value(x, out);
	else if (str_eq(word, STR("true")) || str_eq(word, STR("false")) || is_constant(word))
		buf_put(out, word);
	else
		variable(x, word, use, out);
}

void tplc_value(struct tplc_cursor *x, struct buf *out)
{
	value(x, USE_VALUE, out);
}

void tplc_path(struct tplc_cursor *x, struct buf *out)
{
	struct str word = tplc_cursor_need_word(x, "a variable");
	if (!find_param(x->c, word) && !is_loop(x->c, word))
		TPLC_FAIL(x->c, x->line, "there is nothing called " STR_FMT " here", STR_ARG(word));
	if (peek(x) != '.')
		TPLC_FAIL(x->c, x->line, STR_FMT ": name a member", STR_ARG(word));
	variable(x, word, USE_VALUE, out);
}

/* ---- conditions */

static bool comparison(struct tplc_cursor *x, const char **open, const char **middle)
{
	static const struct {
		const char *sign, *open, *middle;
	} table[] = {
		{ "==", "TPL_EQUAL(", ", " },
		{ "!=", "!TPL_EQUAL(", ", " },
		{ "<=", "!tpl_is_less(", NULL },
		{ ">=", "!tpl_is_less(", ", " },
		{ "<", "tpl_is_less(", ", " },
		{ ">", "tpl_is_less(", NULL },
	};
	peek(x);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str sign = str_from(table[i].sign);
		if (str_starts(rest(x), sign)) {
			x->at += sign.n;
			*open = table[i].open;
			*middle = table[i].middle;
			return true;
		}
	}
	return false;
}

static void test(struct tplc_cursor *x, struct buf *out)
{
	if (take_word(x, STR("not"))) {
		BUF_LIT(out, "!");
		test(x, out);
		return;
	}
	if (tplc_cursor_take(x, '(')) {
		BUF_LIT(out, "(");
		tplc_condition(x, out);
		need(x, ')');
		BUF_LIT(out, ")");
		return;
	}
	struct buf left = buf_new(x->c->gen.arena), right = left;
	value(x, USE_TEST, &left);
	const char *open, *middle;
	if (!comparison(x, &open, &middle)) {
		buf_fmt(out, "TPL_TRUE(" STR_FMT ")", STR_ARG(buf_str(&left)));
		return;
	}
	value(x, USE_VALUE, &right);
	if (middle)
		buf_fmt(out, "%s" STR_FMT "%s" STR_FMT ")", open, STR_ARG(buf_str(&left)), middle, STR_ARG(buf_str(&right)));
	else
		buf_fmt(out, "%s" STR_FMT ", " STR_FMT ")", open, STR_ARG(buf_str(&right)), STR_ARG(buf_str(&left)));
}

static void conjunction(struct tplc_cursor *x, struct buf *out)
{
	test(x, out);
	while (take_word(x, STR("and"))) {
		BUF_LIT(out, " && ");
		test(x, out);
	}
}

void tplc_condition(struct tplc_cursor *x, struct buf *out)
{
	struct buf one = buf_new(x->c->gen.arena);
	conjunction(x, &one);
	if (!take_word(x, STR("or"))) {
		buf_put(out, buf_str(&one));
		return;
	}
	buf_fmt(out, "(" STR_FMT ")", STR_ARG(buf_str(&one)));
	do {
		BUF_LIT(out, " || (");
		conjunction(x, out);
		BUF_LIT(out, ")");
	} while (take_word(x, STR("or")));
}

/* ---- arguments of call and layout */

static void argument(struct tplc_cursor *x, const struct tplc_param *param, struct buf *out)
{
	if (param->type == TPLC_BOOL) {
		tplc_condition(x, out);
		return;
	}
	if (param->type != TPLC_STRUCT) {
		tplc_value(x, out);
		return;
	}
	struct str word = tplc_cursor_need_word(x, "a struct");
	struct buf b = buf_new(x->c->gen.arena);
	bool member = peek(x) == '.';
	variable(x, word, USE_POINTER, &b);
	struct str v = buf_str(&b);
	/* A member may be the struct itself or a pointer to one. */
	if (member)
		buf_fmt(out, "_Generic((" STR_FMT "), struct " STR_FMT ": &" STR_FMT ", default: " STR_FMT ")", STR_ARG(v),
			STR_ARG(param->tag), STR_ARG(v), STR_ARG(v));
	else
		buf_put(out, v);
}

void tplc_arguments(struct tplc_cursor *x, const struct tplc_template *callee, struct buf *out)
{
	need(x, '(');
	for (size_t i = 0; i < callee->params_n; i++) {
		if (peek(x) == ')' || (i > 0 && !tplc_cursor_take(x, ',')))
			TPLC_FAIL(x->c, x->line, STR_FMT " takes %zu values", STR_ARG(callee->name), callee->params_n);
		BUF_LIT(out, ", ");
		argument(x, &callee->params[i], out);
	}
	if (!tplc_cursor_take(x, ')'))
		TPLC_FAIL(x->c, x->line, STR_FMT " takes %zu values", STR_ARG(callee->name), callee->params_n);
}
