#include "base/json.h"
#include <jansson.h>
#include <string.h>
#include "base/log.h"
#include "base/tz.h"

/* Items beyond the last are only counted as errors: a large hostile body must not become a larger reply. */
enum { DEPTH = 64, ITEMS_MAX = 100 };

static struct str path_of(struct json_obj *o, const char *name)
{
	return o->path.n ? str_fmt(o->arena, STR_FMT ".%s", STR_ARG(o->path), name) : str_from(name);
}

static bool add(struct json_obj *o, struct str field, enum err_code code)
{
	if (o->errs->n >= ITEMS_MAX)
		return err_set(o->errs, ERR_INVALID);
	return err_add(
		o->errs, o->arena, ERR_INVALID, field, code, o->words ? o->words(o->words_arg, code, field) : STR(""));
}

/* jansson's tree lives in the caller's arena: while it works, its allocations come from there, and freeing is nothing
 * to do. So nobody else in the program may use jansson. */
static _Thread_local struct arena *parsing;

static void *json_malloc(size_t n)
{
	return parsing ? arena_grow_raw(parsing, NULL, 0, n) : NULL;
}

static void json_free(void *p)
{
	(void)p;
}

static int depth_of(const json_t *v, int left)
{
	const char *key;
	json_t *child;
	size_t i;
	if (left == 0)
		return 0;
	if (json_is_object(v)) {
		json_object_foreach((json_t *)(uintptr_t)v, key, child)
			if (!depth_of(child, left - 1))
				return 0;
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, child)
			if (!depth_of(child, left - 1))
				return 0;
	}
	return 1;
}

__attribute__((constructor)) static void use_arena(void)
{
	json_set_alloc_funcs(json_malloc, json_free);
}

bool jr_parse(
	struct json_obj *o, struct arena *a, struct str text, struct errs *errs, json_words *words, void *words_arg)
{
	json_error_t why;
	parsing = a;
	json_t *root = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);
	parsing = NULL;
	if (!json_is_object(root) || !depth_of(root, DEPTH))
		return false;
	*o = (struct json_obj){
		.node = root, .path = STR(""), .arena = a, .errs = errs, .words = words, .words_arg = words_arg
	};
	return true;
}

static json_t *get(struct json_obj *o, const char *name)
{
	*VEC_PUSH(o->arena, o->asked, o->asked_n, o->asked_cap) = name;
	return json_object_get(o->node, name);
}

/* There and not null; a null is only fine where the caller asks for it. */
static json_t *get_value(struct json_obj *o, const char *name, bool *is_null)
{
	json_t *v = get(o, name);
	if (is_null)
		*is_null = false;
	if (!json_is_null(v))
		return v;
	if (v && is_null)
		*is_null = true;
	else if (v)
		add(o, path_of(o, name), CODE_invalid);
	return NULL;
}

bool jr_has(struct json_obj *o, const char *name)
{
	return get(o, name) != NULL;
}

static struct str text_of(const json_t *v)
{
	return (struct str){ json_string_value(v), json_string_length(v) };
}

bool jr_text(struct json_obj *o, const char *name, size_t max, struct str *out, bool *is_null)
{
	json_t *v = get_value(o, name, is_null);
	if (!v) {
		if (is_null && *is_null)
			*out = STR_NULL;
		return is_null && *is_null;
	}
	if (!json_is_string(v))
		return add(o, path_of(o, name), CODE_invalid);
	if (max && str_count_chars(text_of(v)) > max)
		return add(o, path_of(o, name), CODE_too_long);
	*out = text_of(v);
	return true;
}

bool jr_i64(struct json_obj *o, const char *name, int64_t *out, bool *is_null)
{
	json_t *v = get_value(o, name, is_null);
	if (!v)
		return is_null && *is_null;
	if (!json_is_integer(v))
		return add(o, path_of(o, name), CODE_invalid);
	*out = json_integer_value(v);
	return true;
}

bool jr_bool(struct json_obj *o, const char *name, bool *out)
{
	json_t *v = get_value(o, name, NULL);
	if (!v)
		return false;
	if (!json_is_boolean(v))
		return add(o, path_of(o, name), CODE_invalid);
	*out = json_is_true(v);
	return true;
}

static bool id_of(const json_t *v, int64_t *out)
{
	int64_t id;
	if (json_is_integer(v))
		id = json_integer_value(v);
	else if (!json_is_string(v) || !str_to_i64(text_of(v), &id))
		return false;
	if (id <= 0)
		return false;
	*out = id;
	return true;
}

bool jr_id(struct json_obj *o, const char *name, int64_t *out, bool *is_null)
{
	json_t *v = get_value(o, name, is_null);
	if (!v)
		return is_null && *is_null;
	/* An id that is none of ours is simply not there. */
	return id_of(v, out) || add(o, path_of(o, name), json_is_string(v) ? CODE_not_found : CODE_invalid);
}

static struct json_obj child(struct json_obj *o, json_t *v, struct str path)
{
	struct json_obj c = *o;
	c.node = v;
	c.path = path;
	c.asked = NULL;
	c.asked_n = c.asked_cap = 0;
	return c;
}

bool jr_object(struct json_obj *o, const char *name, struct json_obj *out, bool *is_null)
{
	json_t *v = get_value(o, name, is_null);
	if (!v)
		return is_null && *is_null;
	if (!json_is_object(v))
		return add(o, path_of(o, name), CODE_invalid);
	*out = child(o, v, path_of(o, name));
	return true;
}

bool jr_array(struct json_obj *o, const char *name, size_t max, struct json_arr *out)
{
	json_t *v = get_value(o, name, NULL);
	if (!v)
		return false;
	if (!json_is_array(v))
		return add(o, path_of(o, name), CODE_invalid);
	if (max && json_array_size(v) > max)
		return add(o, path_of(o, name), CODE_out_of_range);
	*out = (struct json_arr){ v, path_of(o, name), json_array_size(v), o };
	return true;
}

static struct str item_path(const struct json_arr *a, size_t i)
{
	return str_fmt(a->of->arena, STR_FMT "[%zu]", STR_ARG(a->path), i);
}

bool jr_item_text(const struct json_arr *a, size_t i, size_t max, struct str *out)
{
	json_t *v = json_array_get(a->node, i);
	if (!json_is_string(v))
		return add(a->of, item_path(a, i), CODE_invalid);
	if (max && str_count_chars(text_of(v)) > max)
		return add(a->of, item_path(a, i), CODE_too_long);
	*out = text_of(v);
	return true;
}

bool jr_item_id(const struct json_arr *a, size_t i, int64_t *out)
{
	return id_of(json_array_get(a->node, i), out) || add(a->of, item_path(a, i), CODE_invalid);
}

bool jr_item_object(const struct json_arr *a, size_t i, struct json_obj *out)
{
	json_t *v = json_array_get(a->node, i);
	if (!json_is_object(v))
		return add(a->of, item_path(a, i), CODE_invalid);
	*out = child(a->of, v, item_path(a, i));
	return true;
}

/* What has no choice of form is written by hand: jansson would go over it twice, through a buffer of its own. */
static struct str dump(struct arena *a, const json_t *v)
{
	if (json_is_integer(v))
		return str_num(a, "", json_integer_value(v));
	if (json_is_boolean(v))
		return json_is_true(v) ? STR("true") : STR("false");
	parsing = a;
	size_t n = json_dumpb(v, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
	char *p = arena_alloc(a, n + 1, 1);
	json_dumpb(v, p, n, JSON_COMPACT | JSON_ENCODE_ANY);
	parsing = NULL;
	return (struct str){ p, n };
}

bool jr_raw(struct json_obj *o, const char *name, struct str *out)
{
	json_t *v = get(o, name);
	if (v)
		*out = dump(o->arena, v);
	return v;
}

size_t jr_members(const struct json_obj *o, struct json_member **out)
{
	size_t n = 0;
	const char *key;
	json_t *v;
	*out = ARENA_ARRAY(o->arena, struct json_member, json_object_size(o->node));
	json_object_foreach((json_t *)o->node, key, v)
		(*out)[n++] = (struct json_member){ str_from(key),
			json_is_string(v)     ? text_of(v)
				: json_is_null(v) ? STR("")
								  : dump(o->arena, v) };
	return n;
}

void jr_error(struct json_obj *o, const char *name, enum err_code code)
{
	add(o, path_of(o, name), code);
}

bool jr_done(struct json_obj *o)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)o->node, key, v) {
		size_t i = 0;
		while (i < o->asked_n && strcmp(o->asked[i], key))
			i++;
		if (i == o->asked_n)
			add(o, path_of(o, str_c(o->arena, str_from(key))), CODE_unknown_member);
	}
	return o->errs->kind == ERR_NONE;
}

/* ---- writing */
static void before_value(struct jw *w)
{
	if (w->comma)
		buf_char(w->out, ',');
	w->comma = true;
}

static void open_with(struct jw *w, char open, char close)
{
	must(w->depth < (int)sizeof w->close);
	before_value(w);
	buf_char(w->out, open);
	w->close[w->depth++] = close;
	w->comma = false;
}

void jw_obj(struct jw *w)
{
	open_with(w, '{', '}');
}

void jw_arr(struct jw *w)
{
	open_with(w, '[', ']');
}

void jw_end(struct jw *w)
{
	must(w->depth > 0);
	buf_char(w->out, w->close[--w->depth]);
	w->comma = true;
}

void jw_key(struct jw *w, const char *name)
{
	before_value(w);
	buf_json(w->out, str_from(name));
	buf_char(w->out, ':');
	w->comma = false;
}

void jw_str(struct jw *w, struct str s)
{
	before_value(w);
	if (str_is_null(s))
		BUF_LIT(w->out, "null");
	else
		buf_json(w->out, s);
}

void jw_i64(struct jw *w, int64_t v)
{
	before_value(w);
	buf_i64(w->out, v);
}

void jw_opt_i64(struct jw *w, bool there, int64_t v)
{
	if (there)
		jw_i64(w, v);
	else
		jw_null(w);
}

void jw_id(struct jw *w, int64_t id)
{
	before_value(w);
	if (!id) {
		BUF_LIT(w->out, "null");
		return;
	}
	buf_char(w->out, '"');
	buf_i64(w->out, id);
	buf_char(w->out, '"');
}

void jw_bool(struct jw *w, bool v)
{
	before_value(w);
	buf_put(w->out, v ? STR("true") : STR("false"));
}

void jw_null(struct jw *w)
{
	before_value(w);
	BUF_LIT(w->out, "null");
}

void jw_raw(struct jw *w, struct str json)
{
	before_value(w);
	buf_put(w->out, json);
}

void jw_ids(struct jw *w, const char *name, const int64_t *ids, size_t n)
{
	jw_key(w, name);
	jw_arr(w);
	for (size_t i = 0; i < n; i++)
		jw_id(w, ids[i]);
	jw_end(w);
}

void jw_texts(struct jw *w, const char *name, const struct str *texts, size_t n)
{
	jw_key(w, name);
	jw_arr(w);
	for (size_t i = 0; i < n; i++)
		jw_str(w, texts[i]);
	jw_end(w);
}

void jw_instant(struct jw *w, struct arena *a, int64_t at)
{
	jw_str(w, tz_rfc3339(a, at));
}
