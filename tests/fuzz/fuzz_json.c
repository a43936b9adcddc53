/* Bodies of any bytes: refused, or an object whose every member can be asked for in every way. What is written parses.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/log.h"

enum { DEPTH = 70 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct json_obj *o, int depth);

static void ask_items(const struct json_arr *list, int depth)
{
	for (size_t i = 0; i <= list->n && i < 50; i++) {
		struct str text;
		int64_t number;
		struct json_obj inner;
		if (jr_item_text(list, i, 10, &text))
			must(str_is_utf8(text) && str_count_chars(text) <= 10);
		if (jr_item_id(list, i, &number))
			must(number > 0);
		if (jr_item_object(list, i, &inner))
			ask(&inner, depth - 1);
	}
}

static void ask(struct json_obj *o, int depth)
{
	must(depth > 0);
	struct str *names;
	size_t n = jr_names(o, &names);
	for (size_t i = 0; i < n && i < 50; i++) {
		const char *name = str_c(o->arena, names[i]);
		struct str text;
		int64_t number;
		bool yes, is_null;
		struct json_obj inner;
		struct json_arr list;
		must(jr_has(o, name));
		if (jr_text(o, name, 10, &text, &is_null))
			must(is_null == str_is_null(text) && str_is_utf8(text) && str_count_chars(text) <= 10);
		jr_i64(o, name, &number, NULL);
		jr_bool(o, name, &yes);
		if (jr_id(o, name, &number, NULL))
			must(number > 0);
		if (jr_object(o, name, &inner, NULL))
			ask(&inner, depth - 1);
		if (jr_array(o, name, 0, &list))
			ask_items(&list, depth);
		must(jr_raw(o, name, &text) && str_is_utf8(text));
	}
	jr_done(o);
	must(o->errs->n <= 100);
}

/* Any text, written as a member, comes back as it was. */
static void check_writer(struct arena *a, struct str s)
{
	if (!str_is_utf8(s))
		return;
	struct buf b = buf_new(a);
	struct jw w = jw_new(&b);
	jw_obj(&w);
	jw_key(&w, "text");
	jw_str(&w, s);
	jw_end(&w);
	struct errs errs = { 0 };
	struct json_obj o;
	struct str again;
	must(jr_parse(&o, a, buf_str(&b), &errs, NULL, NULL));
	must(jr_text(&o, "text", 0, &again, NULL) && str_eq(s, again) && jr_done(&o));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str s = { (const char *)data, size };
	struct errs errs = { 0 };
	struct json_obj o;
	if (jr_parse(&o, a, s, &errs, NULL, NULL))
		ask(&o, DEPTH);
	check_writer(a, s);
	return 0;
}
