/* tplc: what its functions write, that no value leaves its place, and which templates it refuses.
 * fixture_templates.h is made by tplc from tplc/good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fixture_templates.h"
#include "unit/tool.h"

static struct arena *arena;
static struct text text;
static struct buf out;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	text = (struct text){ arena, LOCALE_EN };
	out = buf_new(arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_out(const char *expected)
{
	const char *written = str_c(arena, buf_str(&out));
	out.n = 0;
	assert_string_equal(written, expected);
}

/* ---- a small reading of HTML, as a browser does it (HTML 13.2.5), independent of the escapers */

enum event_kind { START, ATTRIBUTE, END, CHARACTERS };
struct event {
	enum event_kind kind;
	struct str name, value;
};
struct events {
	struct event *items;
	size_t n, cap;
};

static void add_event(struct events *e, enum event_kind kind, struct str name, struct str value)
{
	if (kind == CHARACTERS && value.n == 0)
		return;
	*VEC_PUSH(arena, e->items, e->n, e->cap) = (struct event){ kind, name, value };
}

static bool is_letter(struct str s, size_t at)
{
	return at < s.n && ((s.p[at] >= 'a' && s.p[at] <= 'z') || (s.p[at] >= 'A' && s.p[at] <= 'Z'));
}

static bool ends_name(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '/' || c == '>' || c == '=';
}

static struct str decode_references(struct str s)
{
	static const struct {
		struct str from;
		char to;
	} table[] = {
		{ { "&amp;", 5 }, '&' },
		{ { "&lt;", 4 }, '<' },
		{ { "&gt;", 4 }, '>' },
		{ { "&quot;", 6 }, '"' },
		{ { "&#39;", 5 }, '\'' },
	};
	struct buf b = buf_new(arena);
	for (size_t i = 0; i < s.n;) {
		size_t k = 0;
		while (k < 5 && !str_starts(str_sub(s, i, s.n), table[k].from))
			k++;
		buf_char(&b, k < 5 ? table[k].to : s.p[i]);
		i += k < 5 ? table[k].from.n : 1;
	}
	return buf_str(&b);
}

static struct str read_name(struct str s, size_t *at)
{
	size_t from = *at;
	while (*at < s.n && !ends_name(s.p[*at]))
		++*at;
	return str_sub(s, from, *at - from);
}

/* From behind the name of a start tag to behind its '>'. */
static size_t read_attributes(struct events *e, struct str s, size_t at)
{
	while (at < s.n && s.p[at] != '>') {
		if (ends_name(s.p[at])) {
			at++;
			continue;
		}
		struct str name = read_name(s, &at), value = STR("");
		if (at < s.n && s.p[at] == '=') {
			char quote = s.p[++at];
			bool quoted = quote == '"' || quote == '\'';
			size_t from = at += quoted;
			while (at < s.n && (quoted ? s.p[at] != quote : !ends_name(s.p[at])))
				at++;
			value = decode_references(str_sub(s, from, at - from));
			at += quoted;
		}
		add_event(e, ATTRIBUTE, name, value);
	}
	return at + 1;
}

static struct events read_html(struct str s)
{
	struct events e = { 0 };
	size_t run = 0;
	for (size_t at = 0; at < s.n;) {
		bool end = str_starts(str_sub(s, at, 2), STR("</")) && is_letter(s, at + 2);
		if (!end && !(s.p[at] == '<' && is_letter(s, at + 1))) {
			at++;
			continue;
		}
		add_event(&e, CHARACTERS, STR(""), decode_references(str_sub(s, run, at - run)));
		at += end ? 2 : 1;
		struct str name = read_name(s, &at);
		add_event(&e, end ? END : START, name, STR(""));
		if (end) {
			while (at < s.n && s.p[at] != '>')
				at++;
			at++;
		} else
			at = read_attributes(&e, s, at);
		run = at;
		if (end)
			continue;
		/* The first line break in these is dropped. */
		bool textarea = str_eq(name, STR("textarea"));
		if ((textarea || str_eq(name, STR("pre"))) && at < s.n && s.p[at] == '\n')
			run = ++at;
		struct str close = textarea ? STR("</textarea") : STR("</title");
		if (textarea || str_eq(name, STR("title"))) {
			while (at < s.n &&
				!(str_eq_nocase(str_sub(s, at, close.n), close) && at + close.n < s.n && ends_name(s.p[at + close.n])))
				at++;
		}
	}
	add_event(&e, CHARACTERS, STR(""), decode_references(str_sub(s, run, s.n)));
	return e;
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Takes `prefix` and then a percent-encoded part off the front. False when something stands there that a URL
 * would read as more than a part. */
static bool take_part(struct str *rest, const char *prefix, struct str expected)
{
	if (!str_starts(*rest, str_from(prefix)))
		return false;
	*rest = str_sub(*rest, strlen(prefix), rest->n);
	struct buf b = buf_new(arena);
	size_t i = 0;
	for (; i < rest->n && !strchr("/?#&", rest->p[i]); i++) {
		if (rest->p[i] == '%' && i + 2 < rest->n) {
			buf_char(&b, (char)(hex(rest->p[i + 1]) << 4 | hex(rest->p[i + 2])));
			i += 2;
		} else if (is_letter(*rest, i) || (rest->p[i] >= '0' && rest->p[i] <= '9') || strchr("-._~", rest->p[i]))
			buf_char(&b, rest->p[i]);
		else
			return false;
	}
	*rest = str_sub(*rest, i, rest->n);
	return str_eq(buf_str(&b), expected);
}

/* What a browser makes of an address: white space at the ends and line breaks anywhere do not count. */
static bool is_harmless(struct str s)
{
	struct buf b = buf_new(arena);
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] > 0x20)
			buf_char(&b, s.p[i] == '\\' ? '/' : s.p[i]);
	}
	struct str seen = str_lower_ascii(arena, buf_str(&b));
	return str_starts(seen, STR("https://")) || str_starts(seen, STR("http://")) || str_starts(seen, STR("mailto:")) ||
		str_starts(seen, STR("webcal://")) || str_starts(seen, STR("?")) || str_starts(seen, STR("#")) ||
		(str_starts(seen, STR("/")) && !str_starts(seen, STR("//")));
}

/* ---- escaping */

static struct str without_nul(struct str s)
{
	struct buf b = buf_new(arena);
	for (size_t i = 0; i < s.n; i++)
		buf_put(&b, s.p[i] ? str_sub(s, i, 1) : STR("\xef\xbf\xbd"));
	return buf_str(&b);
}

struct expectation {
	const struct events *found;
	size_t at;
};

static void expect(struct expectation *x, enum event_kind kind, const char *name, struct str value)
{
	if (kind == CHARACTERS && value.n == 0)
		return;
	assert_true(x->at < x->found->n);
	const struct event *e = &x->found->items[x->at++];
	assert_int_equal(e->kind, kind);
	assert_true(str_eq(e->name, str_from(name)));
	assert_true(str_eq(e->value, value));
}

/* Line breaks between tags may join those of the value. */
static void expect_text(struct expectation *x, struct str value)
{
	expect(x, CHARACTERS, "", value);
}
static void expect_break(struct expectation *x)
{
	expect_text(x, STR("\n"));
}

static struct str attribute_of(struct expectation *x, const char *tag, const char *name)
{
	expect(x, START, tag, STR(""));
	assert_true(x->at < x->found->n);
	const struct event *e = &x->found->items[x->at++];
	assert_true(e->kind == ATTRIBUTE && str_eq(e->name, str_from(name)));
	return e->value;
}

static void check_contexts(struct str s)
{
	struct arena_mark mark = arena_mark(arena);
	struct url u = url_from(STR("/x?a=1&b='2'"));
	struct buf b = buf_new(arena);
	tpl_fixture_contexts(&b, &text, s, u);
	struct events found = read_html(buf_str(&b));
	struct expectation x = { &found, 0 };
	struct str seen = without_nul(s);

	expect(&x, START, "title", STR(""));
	expect_text(&x, seen);
	expect(&x, END, "title", STR(""));
	expect_break(&x);
	expect(&x, START, "p", STR(""));
	expect(&x, ATTRIBUTE, "title", seen);
	expect(&x, ATTRIBUTE, "data-x", str_cat(arena, str_cat(arena, STR("-"), seen), STR("-")));
	expect_text(&x, seen);
	expect(&x, END, "p", STR(""));
	expect_break(&x);

	struct str href = attribute_of(&x, "a", "href");
	assert_true(take_part(&href, "/u/", s) && take_part(&href, "?q=", s) && take_part(&href, "&r=", s) &&
		take_part(&href, "#", s));
	assert_int_equal(href.n, 0);
	expect_text(&x, str_cat(arena, str_cat(arena, seen, STR("-")), seen));
	expect(&x, END, "a", STR(""));
	expect_break(&x);
	static const char *const prefixes[] = { "?q=", "#", "/" };
	for (size_t i = 0; i < 3; i++) {
		href = attribute_of(&x, "a", "href");
		assert_true(take_part(&href, prefixes[i], s) && href.n == 0);
		expect(&x, END, "a", STR(""));
		expect_break(&x);
	}
	href = attribute_of(&x, "a", "href");
	assert_true(is_harmless(href));
	assert_true(str_eq(href, s) || str_eq(href, STR("#")));
	expect(&x, END, "a", STR(""));
	expect_break(&x);
	struct str action = attribute_of(&x, "form", "action");
	assert_true(str_starts(action, u.s));
	action = str_sub(action, u.s.n, action.n);
	assert_true(take_part(&action, "?x=", s) && action.n == 0);
	expect(&x, ATTRIBUTE, "method", STR("post"));
	expect(&x, END, "form", STR(""));
	expect_break(&x);

	expect(&x, START, "textarea", STR(""));
	expect(&x, ATTRIBUTE, "name", STR("x"));
	expect_text(&x, seen);
	expect(&x, END, "textarea", STR(""));
	expect_break(&x);
	expect(&x, START, "pre", STR(""));
	expect_text(&x, seen);
	expect(&x, END, "pre", STR(""));
	expect_break(&x);
	expect(&x, START, "input", STR(""));
	expect(&x, ATTRIBUTE, "value", seen);
	if (s.n > 0)
		expect(&x, ATTRIBUTE, "checked", STR(""));
	expect_break(&x);
	assert_int_equal(x.at, found.n);
	arena_rewind(arena, mark);
}

static void known_attacks_stay_text(void **state)
{
	(void)state;
	static const char *const attacks[] = {
		"",
		"<script>alert(1)</script>",
		"\"><img src=x onerror=alert(1)>",
		"' onclick='x",
		"</title><script>",
		"</textarea><b>",
		"</TEXTAREA >",
		"javascript:alert(1)",
		" javascript:alert(1)",
		"java\nscript:alert(1)",
		"\tjavascript:x",
		"JaVaScRiPt:x",
		"data:text/html,<b>",
		"vbscript:x",
		"//evil.example",
		"/\\evil.example",
		"\\\\evil.example",
		"/\t/evil.example",
		"https:evil",
		"https://ok.example/?a=1&b=2",
		"/users?a=1&b=%22",
		"?a",
		"#b",
		"mailto:a@b",
		"webcal://x",
		"../..",
		"%2e%2e/",
		"&amp;",
		"&lt;b&gt;",
		"&#x22;",
		"\n",
		"\n\nx",
		"-->",
		"]]>",
		"{{ x }}",
		"a&b=c",
		"a#b?c/d",
		"é山😀",
		"\xc3",
		"\xff\xfe<",
		"http://",
		"httpx://y",
		"x:y",
	};
	for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
		check_contexts(str_from(attacks[i]));
	check_contexts((struct str){ "a\0<b>\0", 6 });
}

static void random_bytes_stay_text(void **state)
{
	(void)state;
	static const char special[] = "<>&\"'/\\=:;%?#- \n\t`!{}()abjstx\0\r";
	uint64_t seed = 20240229;
	for (int round = 0; round < 4000; round++) {
		char bytes[40];
		size_t n = 0;
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		for (size_t length = (seed >> 40) % sizeof bytes; n < length; n++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			bytes[n] = (seed >> 60) < 12 ? special[(seed >> 33) % (sizeof special - 1)] : (char)(seed >> 33);
		}
		check_contexts((struct str){ bytes, n });
	}
}

static void addresses_are_checked(void **state)
{
	(void)state;
	static const char *const good[] = { "/", "/a/b?c=d#e", "?a", "#", "https://x", "HTTP://x/", "mailto:a@b",
		"webcal://x/y" };
	static const char *const bad[] = { "", "//x", "/\\x", "/\tx", "/a b", "users", "ftp://x", "https:x", "https://",
		"javascript:x", "/a\x7f", "/\"" };
	struct url u;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(url_check(str_from(good[i]), &u) && str_eq(u.s, str_from(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(url_check(str_from(bad[i]), &u));
		assert_true(str_eq(url_from(str_from(bad[i])).s, STR("#")));
	}
	assert_true(str_eq(URL_PATH("users").s, STR("/users")));
}

/* ---- the language */

static const struct str tags[] = { { "a", 1 }, { "b", 1 } };
static const struct fixture_item items[] = {
	{ .name = { "One", 3 }, .id = 1, .tags = tags, .tags_n = 2 },
	{ .name = { "<Two>", 5 }, .id = 2 },
};
static const int64_t numbers[] = { 0, -7 };

static struct fixture full_view(void)
{
	return (struct fixture){
		.title = STR("T&T"),
		.status = STR("open"),
		.item = { .name = STR("It"), .word = "w", .dept = SOME(4) },
		.picked = &items[1],
		.items = items,
		.items_n = 2,
		.numbers = numbers,
		.numbers_n = 2,
		.link = URL_PATH("l?a=1&b"),
		.maybe = SOME(7),
		.kind = FIXTURE_FANCY,
		.small = -3,
		.large = UINT64_MAX,
		.chars = "ch<",
	};
}

static void conditions(void **state)
{
	(void)state;
	struct fixture full = full_view(), none = { 0 };
	tpl_fixture_conditions(&out, &text, &full, 1, true, STR("s"));
	assert_out("134567\na\neg\nijklm\np\n");
	tpl_fixture_conditions(&out, &text, &none, 0, false, STR(""));
	assert_out("27\nd\nfh\nl\no\n");
	tpl_fixture_conditions(&out, &text, &none, 2, false, STR("s"));
	assert_out("2347\nb\nfh\nl\nno\n");
	tpl_fixture_conditions(&out, &text, &none, 12, true, STR(""));
	assert_out("137\nc\nfh\nl\no\n");
	tpl_fixture_conditions(&out, &text, &none, -4, true, STR(""));
	assert_out("137\nd\nfgh\n\no\n");
}

static void values(void **state)
{
	(void)state;
	struct fixture full = full_view(), none = { 0 };
	tpl_fixture_values(&out, &text, &full, INT64_MIN);
	assert_out("T&amp;T|It|w|-9223372036854775808|-3|18446744073709551615|1|7|4|ch&lt;|/l?a=1&amp;b|-5|&lt;x&gt;|1\n");
	tpl_fixture_values(&out, &text, &none, 0);
	assert_out("|||0|0|0|0|||||-5|&lt;x&gt;|1\n");
}

static void sentences(void **state)
{
	(void)state;
	struct fixture full = full_view();
	tpl_fixture_sentences(&out, &text, &full, 1200);
	assert_out("Save|Hello T&amp;T!|1,200 users enrolled|x took 2 seats of 2|Hello Save!\n");
}

static void loops(void **state)
{
	(void)state;
	struct fixture full = full_view(), none = { 0 };
	tpl_fixture_loops(&out, &text, &full);
	assert_out("<ul><li>1F:One[a,][b!]1</li><li>2L:&lt;Two&gt;-2</li></ul>\n0;-7;+\n");
	tpl_fixture_loops(&out, &text, &none);
	assert_out("<ul>0</ul>\n\n");
}

static void calls_take_members_pointers_and_loop_variables(void **state)
{
	(void)state;
	struct fixture full = full_view(), none = { 0 };
	tpl_fixture_calls(&out, &text, &full, false);
	assert_out("<a href=\"/l?a=1&amp;b\" hidden>Itx1</a>\n\n"
			   "<a href=\"/l?a=1&amp;b\" hidden>&lt;Two&gt;T&amp;T-3</a>\n\n"
			   "<a href=\"/l?a=1&amp;b\" hidden>OneSave1</a>\n"
			   "<a href=\"/l?a=1&amp;b\">&lt;Two&gt;Save2</a>\n\n"
			   "<i>T&amp;T</i>\n\n");
	tpl_fixture_calls(&out, &text, &none, false);
	assert_out("<a href=\"#\" hidden>x1</a>\n\n\n\n<i></i>\n\n");
}

static void layouts_nest(void **state)
{
	(void)state;
	struct fixture full = full_view();
	tpl_fixture_page(&out, &text, &full);
	assert_out("<!doctype html>\n<html lang=\"open\">\n<body>\n<b></b>\n<main id=\"x\"><p>T&amp;T</p>\n</main>\n\n"
			   "<i></i>\n</body>\n</html>\n");
}

static void markup_is_kept_but_for_comments_and_line_breaks(void **state)
{
	(void)state;
	struct fixture full = full_view();
	tpl_fixture_markup(&out, &text, &full);
	assert_out("<table>\n<tr><th>1<th>One</th><th>&lt;Two&gt;</th>\n\n<tr><td>1<td>x\n\n<tr><td>2<td>x\n</table>\n"
			   "<ul><li>1<li>2<li>3</ul>\n<p>4\n<div>5</div>\n<dl><dt>1<dd>2<dt>3<dd>4</dl>\n"
			   "<select name=\"x\"><option value=\"1\">1<option value=2>2</select>\n"
			   "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/><title translate=\"no\">Logo</title></svg>\n"
			   "<script type=\"module\" src=\"/a/app.js\"></script>\n"
			   "<p translate=\"no\">Muster <code>words are fine</code>\n"
			   "<p class=\"on open\" hidden id='y' data-n=5>&nbsp;&middot;&#8230;\n"
			   "<pre>\n 1\n   2</pre>\n<img src=\"/a.png\" alt=\"\">\n"
			   "<input type=\"submit\" value=\"T&amp;T\"><button value=\"delete\">x</button>\n");
}

/* Mails have no style sheet: there, and only there, an element may carry its style, as long as no value is in it. */
static void mails_carry_their_style(void **state)
{
	(void)state;
	tpl_fixture_mail(&out, &text, STR("a<b"));
	assert_out("<p style=\"margin:0;color:#1c1b18\">a&lt;b</p>\n");
}

static void wrong_templates_are_refused(void **state)
{
	(void)state;
	size_t count;
	assert_int_equal(tool_check_all_bad("MUSTER_TPLC", "tests/unit/tplc/bad/*.html", "<!-- ", " -->", &count), 0);
	assert_true(count >= 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_attacks_stay_text),
		cmocka_unit_test(random_bytes_stay_text),
		cmocka_unit_test(addresses_are_checked),
		cmocka_unit_test(conditions),
		cmocka_unit_test(values),
		cmocka_unit_test(sentences),
		cmocka_unit_test(loops),
		cmocka_unit_test(calls_take_members_pointers_and_loop_variables),
		cmocka_unit_test(layouts_nest),
		cmocka_unit_test(markup_is_kept_but_for_comments_and_line_breaks),
		cmocka_unit_test(mails_carry_their_style),
		cmocka_unit_test(wrong_templates_are_refused),
	};
	return cmocka_run_group_tests_name("tplc", tests, set_up, tear_down);
}
