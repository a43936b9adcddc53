/* JSON: what comes in is asked for member by member, what goes out is written in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/json.h"

/* The words of these tests: just the code. */
static struct str words(void *arg, enum err_code code, struct str field)
{
	(void)field;
	++*(int *)arg;
	return str_from(err_code_name(code));
}

struct fixture {
	struct arena *arena;
	struct errs errs;
	struct json_obj obj;
	int spoken;
};

static int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ .arena = arena_new() };
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct fixture *)*state)->arena);
	return 0;
}

static struct json_obj *parse(struct fixture *f, struct str text)
{
	f->errs = (struct errs){ 0 };
	if (!jr_parse(&f->obj, f->arena, text, &f->errs, words, &f->spoken))
		fail_msg("refused: " STR_FMT, STR_ARG(text));
	return &f->obj;
}

static void assert_items(struct fixture *f, size_t n, const char *const want[][2])
{
	for (size_t i = 0; i < f->errs.n && i < n; i++) {
		struct err_item e = f->errs.items[i];
		if (!str_eq(e.field, str_from(want[i][0])) || strcmp(err_code_name(e.code), want[i][1]) != 0)
			fail_msg(STR_FMT " %s instead of %s %s", STR_ARG(e.field), err_code_name(e.code), want[i][0], want[i][1]);
		assert_true(str_eq(e.message, str_from(want[i][1])));
	}
	assert_int_equal(f->errs.n, n);
	assert_int_equal(f->errs.kind, n ? ERR_INVALID : ERR_NONE);
}

static void test_bodies_that_are_no_object(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {
		"",
		" ",
		"[]",
		"1",
		"\"x\"",
		"null",
		"{",
		"{}x",
		"{} {}",
		"{\"a\":1,}",
		"{a:1}",
		"{'a':1}",
		"{\"a\":1,\"a\":2}",
		"{\"a\":NaN}",
		"{\"a\":01}",
		"{\"a\":1e999}",
		"{\"a\":9223372036854775808}",
		"{\"a\":\"\xff\"}",
		"{\"a\":\"\\ud800\"}",
		"{\"a\":\"\\u0000\"}",
		"{\"a\":\"\n\"}",
		"{\"a\":\"\\x\"}",
		"{/**/}",
		"\xef\xbb\xbf{}",
		"{\"\xc3\":1}",
		"{\"\\u0000\":1}",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (jr_parse(&f->obj, f->arena, str_from(bad[i]), &f->errs, words, &f->spoken))
			fail_msg("%s is an object?", bad[i]);
	assert_false(jr_parse(&f->obj, f->arena, STR_NULL, &f->errs, words, &f->spoken));
	assert_false(jr_parse(&f->obj, f->arena, STR("{}\0"), &f->errs, words, &f->spoken));
	assert_items(f, 0, NULL);
}

static struct str nested(struct arena *a, int depth)
{
	struct buf b = buf_new(a);
	BUF_LIT(&b, "{\"a\":");
	for (int i = 1; i < depth; i++)
		buf_char(&b, '[');
	for (int i = 1; i < depth; i++)
		buf_char(&b, ']');
	buf_char(&b, '}');
	return depth > 1 ? buf_str(&b) : STR("{}");
}

static void test_depth(void **state)
{
	struct fixture *f = *state;
	parse(f, nested(f->arena, 1));
	parse(f, nested(f->arena, 64));
	assert_false(jr_parse(&f->obj, f->arena, nested(f->arena, 65), &f->errs, words, &f->spoken));
	assert_false(jr_parse(&f->obj, f->arena, nested(f->arena, 100000), &f->errs, words, &f->spoken));
}

static void test_values(void **state)
{
	struct fixture *f = *state;
	struct json_obj *o = parse(f,
		STR("{\"text\":\"Zo\\u00eb\",\"n\":-5,\"yes\":true,\"no\":false,\"id\":\"17\",\"id2\":18,"
			"\"o\":{\"x\":1},\"a\":[\"p\",\"q\"],\"raw\":[1, {\"k\" : null}]}"));
	struct str s;
	int64_t n;
	bool b;
	assert_true(jr_text(o, "text", 3, &s, NULL) && str_eq(s, STR("Zo\xc3\xab")));
	assert_true(jr_i64(o, "n", &n, NULL) && n == -5);
	assert_true(jr_bool(o, "yes", &b) && b);
	assert_true(jr_bool(o, "no", &b) && !b);
	assert_true(jr_id(o, "id", &n, NULL) && n == 17);
	assert_true(jr_id(o, "id2", &n, NULL) && n == 18);
	struct json_obj inner;
	assert_true(jr_object(o, "o", &inner, NULL));
	assert_true(jr_i64(&inner, "x", &n, NULL) && n == 1);
	assert_true(jr_done(&inner));
	struct json_arr list;
	assert_true(jr_array(o, "a", 2, &list));
	assert_int_equal(list.n, 2);
	assert_true(jr_item_text(&list, 1, 1, &s) && str_eq(s, STR("q")));
	assert_true(jr_raw(o, "raw", &s) && str_eq(s, STR("[1,{\"k\":null}]")));
	assert_true(jr_done(o));
	assert_items(f, 0, NULL);
}

static void test_absent_and_null(void **state)
{
	struct fixture *f = *state;
	struct json_obj *o = parse(f, STR("{\"t\":null,\"n\":null,\"id\":null,\"o\":null,\"b\":null}"));
	struct str s = STR("before");
	int64_t n = 7;
	bool is_null = true, b = true;
	assert_false(jr_text(o, "absent", 0, &s, &is_null));
	assert_false(is_null);
	assert_true(str_eq(s, STR("before")));
	assert_false(jr_has(o, "absent"));
	assert_true(jr_has(o, "t"));
	assert_true(jr_text(o, "t", 0, &s, &is_null));
	assert_true(is_null && str_is_null(s));
	assert_true(jr_i64(o, "n", &n, &is_null) && is_null);
	assert_true(jr_id(o, "id", &n, &is_null) && is_null);
	struct json_obj inner;
	assert_true(jr_object(o, "o", &inner, &is_null) && is_null);
	assert_false(jr_bool(o, "b", &b));
	assert_int_equal(n, 7);
	assert_items(f, 1, (const char *const[][2]){ { "b", "invalid" } });
}

static void test_wrong_kinds(void **state)
{
	struct fixture *f = *state;
	struct json_obj *o = parse(f,
		STR("{\"t\":5,\"n\":\"5\",\"r\":1.5,\"b\":0,\"i\":\"x7\",\"z\":0,\"i2\":1.0,"
			"\"o\":[],\"a\":{},\"l\":\"abcd\"}"));
	struct str s;
	int64_t n;
	bool b;
	struct json_obj inner;
	struct json_arr list;
	assert_false(jr_text(o, "t", 0, &s, NULL));
	assert_false(jr_i64(o, "n", &n, NULL));
	assert_false(jr_i64(o, "r", &n, NULL));
	assert_false(jr_bool(o, "b", &b));
	/* An id that is none of ours is simply not there. */
	assert_false(jr_id(o, "i", &n, NULL));
	assert_false(jr_id(o, "z", &n, NULL));
	assert_false(jr_id(o, "i2", &n, NULL));
	assert_false(jr_object(o, "o", &inner, NULL));
	assert_false(jr_array(o, "a", 0, &list));
	assert_false(jr_text(o, "l", 3, &s, NULL));
	assert_false(jr_done(o));
	assert_items(f, 10,
		(const char *const[][2]){ { "t", "invalid" }, { "n", "invalid" }, { "r", "invalid" }, { "b", "invalid" },
			{ "i", "not_found" }, { "z", "invalid" }, { "i2", "invalid" }, { "o", "invalid" }, { "a", "invalid" },
			{ "l", "too_long" } });
}

static void test_paths(void **state)
{
	struct fixture *f = *state;
	struct json_obj *o = parse(f,
		STR("{\"days\":[{\"start\":5,\"extra\":1},7],\"ids\":[\"1\",true,-4],\"names\":[\"a\",\"bcd\"],"
			"\"room\":{\"seats\":\"x\"}}"));
	struct json_arr days, ids, names;
	struct json_obj day, room;
	struct str s;
	int64_t n;
	assert_true(jr_array(o, "days", 0, &days));
	assert_true(jr_item_object(&days, 0, &day));
	assert_false(jr_text(&day, "start", 0, &s, NULL));
	assert_false(jr_done(&day));
	assert_false(jr_item_object(&days, 1, &day));
	assert_true(jr_array(o, "ids", 0, &ids));
	assert_true(jr_item_id(&ids, 0, &n) && n == 1);
	assert_false(jr_item_id(&ids, 1, &n));
	assert_false(jr_item_id(&ids, 2, &n));
	assert_true(jr_array(o, "names", 0, &names));
	assert_false(jr_item_text(&names, 1, 2, &s));
	assert_true(jr_object(o, "room", &room, NULL));
	assert_false(jr_i64(&room, "seats", &n, NULL));
	jr_error(&room, "seats", CODE_out_of_range);
	assert_items(f, 8,
		(const char *const[][2]){ { "days[0].start", "invalid" }, { "days[0].extra", "unknown_member" },
			{ "days[1]", "invalid" }, { "ids[1]", "invalid" }, { "ids[2]", "invalid" }, { "names[1]", "too_long" },
			{ "room.seats", "invalid" }, { "room.seats", "out_of_range" } });
	assert_int_equal(f->spoken, 8);
}

static void test_items_past_the_end(void **state)
{
	struct fixture *f = *state;
	struct json_obj *o = parse(f, STR("{\"a\":[]}")), inner;
	struct json_arr a;
	struct str s;
	assert_true(jr_array(o, "a", 5, &a));
	assert_false(jr_item_text(&a, 0, 0, &s));
	assert_false(jr_item_object(&a, SIZE_MAX, &inner));
	o = parse(f, STR("{\"a\":[1,2,3]}"));
	assert_false(jr_array(o, "a", 2, &a));
	assert_items(f, 1, (const char *const[][2]){ { "a", "out_of_range" } });
}

static void test_unknown_members(void **state)
{
	struct fixture *f = *state;
	struct json_obj *o = parse(f, STR("{\"known\":1,\"other\":{\"deep\":1},\"\":0}"));
	int64_t n;
	assert_true(jr_i64(o, "known", &n, NULL));
	assert_false(jr_done(o));
	assert_items(f, 2, (const char *const[][2]){ { "other", "unknown_member" }, { "", "unknown_member" } });
}

static void test_many_errors_are_few_items(void **state)
{
	struct fixture *f = *state;
	struct buf b = buf_new(f->arena);
	buf_char(&b, '{');
	for (int i = 0; i < 5000; i++)
		buf_fmt(&b, "%s\"m%d\":0", i ? "," : "", i);
	buf_char(&b, '}');
	assert_false(jr_done(parse(f, buf_str(&b))));
	assert_int_equal(f->errs.n, 100);
	assert_int_equal(f->errs.kind, ERR_INVALID);
}

static void test_members(void **state)
{
	struct fixture *f = *state;
	struct json_member *m;
	struct json_obj *o = parse(f, STR("{\"z\":1,\"a\":\"x \\\"y\",\"l\":[1, {}],\"n\":null}"));
	assert_int_equal(jr_members(o, &m), 4);
	assert_true(str_eq(m[0].name, STR("z")) && str_eq(m[0].value, STR("1")));
	assert_true(str_eq(m[1].name, STR("a")) && str_eq(m[1].value, STR("x \"y")));
	assert_true(str_eq(m[2].name, STR("l")) && str_eq(m[2].value, STR("[1,{}]")));
	assert_true(str_eq(m[3].name, STR("n")) && str_is_empty(m[3].value));
}

static void test_writing(void **state)
{
	struct fixture *f = *state;
	struct buf b = buf_new(f->arena);
	struct jw w = jw_new(&b);
	jw_obj(&w);
	jw_key(&w, "id"), jw_id(&w, 17);
	jw_key(&w, "none"), jw_id(&w, 0);
	jw_key(&w, "name"), jw_str(&w, STR("a\"b"));
	jw_key(&w, "gone"), jw_str(&w, STR_NULL);
	jw_key(&w, "list"), jw_arr(&w);
	jw_i64(&w, 1);
	jw_obj(&w), jw_end(&w);
	jw_arr(&w), jw_end(&w);
	jw_bool(&w, true);
	jw_null(&w);
	jw_end(&w);
	jw_key(&w, "raw"), jw_raw(&w, STR("{\"k\":[]}"));
	jw_key(&w, "at"), jw_instant(&w, f->arena, 1806197400);
	jw_key(&w, "seats"), jw_opt_i64(&w, true, 0);
	jw_key(&w, "limit"), jw_opt_i64(&w, false, 5);
	jw_key(&w, "no"), jw_bool(&w, false);
	jw_end(&w);
	struct str want =
		STR("{\"id\":\"17\",\"none\":null,\"name\":\"a\\\"b\",\"gone\":null,\"list\":[1,{},[],true,null],"
			"\"raw\":{\"k\":[]},\"at\":\"2027-03-28T01:30:00Z\",\"seats\":0,\"limit\":null,\"no\":false}");
	if (!str_eq(buf_str(&b), want))
		fail_msg(STR_FMT, STR_ARG(buf_str(&b)));
	parse(f, buf_str(&b));
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FIXTURE(test_bodies_that_are_no_object),
		WITH_FIXTURE(test_depth),
		WITH_FIXTURE(test_values),
		WITH_FIXTURE(test_absent_and_null),
		WITH_FIXTURE(test_wrong_kinds),
		WITH_FIXTURE(test_paths),
		WITH_FIXTURE(test_items_past_the_end),
		WITH_FIXTURE(test_unknown_members),
		WITH_FIXTURE(test_many_errors_are_few_items),
		WITH_FIXTURE(test_members),
		WITH_FIXTURE(test_writing),
	};
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
