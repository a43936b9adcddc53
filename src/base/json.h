/* JSON: reading bodies member by member, so that what nobody asked for is refused; writing straight into a buffer.
 * The only door to jansson: its memory is taken over here. */
#ifndef MUSTER_BASE_JSON_H
#define MUSTER_BASE_JSON_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* ---- reading. Errors go to `errs` with paths like "days[0].start"; the words of each come from the caller. */
typedef struct str json_words(void *arg, enum err_code code, struct str field);
struct json_obj {
	void *node;      /* jansson's; this room's own business */
	struct str path; /* "" at the top, else "days[0]" */
	struct arena *arena;
	struct errs *errs;
	json_words *words;
	void *words_arg;
	const char **asked;
	size_t asked_n, asked_cap;
};
/* Parses text that must be one object: UTF-8, no NUL, no duplicate members, integers of 64 bits, at most 64 deep. False
 * when it is not; nothing is added to errs then. The tree lives in the arena. The caller has limited the size. */
bool jr_parse(
	struct json_obj *o, struct arena *a, struct str text, struct errs *errs, json_words *words, void *words_arg);

/* Each answers whether the member is there with a value of that kind; one of another kind is an `invalid` item, and
 * *out stays as it was. null counts as there: *is_null (may be NULL, then null is refused). Text must have at most
 * `max` characters (0: no limit), else too_long. errs takes at most 100 items from here; more are errors without an
 * item. */
bool jr_has(struct json_obj *o, const char *name);
bool jr_text(struct json_obj *o, const char *name, size_t max, struct str *out, bool *is_null);
bool jr_i64(struct json_obj *o, const char *name, int64_t *out, bool *is_null);
bool jr_bool(struct json_obj *o, const char *name, bool *out);
bool jr_id(struct json_obj *o, const char *name, int64_t *out, bool *is_null); /* "17" or 17 */
bool jr_object(struct json_obj *o, const char *name, struct json_obj *out, bool *is_null);
struct json_arr {
	void *node;
	struct str path;
	size_t n;
	struct json_obj *of;
};
bool jr_array(struct json_obj *o, const char *name, size_t max, struct json_arr *out);
bool jr_item_text(const struct json_arr *a, size_t i, size_t max, struct str *out);
bool jr_item_id(const struct json_arr *a, size_t i, int64_t *out);
bool jr_item_object(const struct json_arr *a, size_t i, struct json_obj *out);
/* The value as compact JSON text: for parts that are kept as they came. */
bool jr_raw(struct json_obj *o, const char *name, struct str *out);
/* All members, in order: for objects that anybody may have written. Text as it is, null empty, all else as compact
 * JSON. Does not count as asking. */
struct json_member {
	struct str name, value;
};
size_t jr_members(const struct json_obj *o, struct json_member **out);
void jr_error(struct json_obj *o, const char *name, enum err_code code);
/* An unknown_member item for each member that nobody asked for. True when there are no errors at all. */
bool jr_done(struct json_obj *o);

/* ---- writing */
struct jw {
	struct buf *out;
	bool comma;
	int depth;
	char close[32];
};
static inline struct jw jw_new(struct buf *out)
{
	return (struct jw){ .out = out };
}
void jw_obj(struct jw *w);
void jw_arr(struct jw *w);
void jw_end(struct jw *w);
void jw_key(struct jw *w, const char *name);
void jw_str(struct jw *w, struct str s); /* null gives null */
void jw_i64(struct jw *w, int64_t v);
void jw_id(struct jw *w, int64_t id);                 /* as a string; 0 gives null */
void jw_opt_i64(struct jw *w, bool there, int64_t v); /* null when it is not */
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_raw(struct jw *w, struct str json);
void jw_ids(struct jw *w, const char *name, const int64_t *ids, size_t n); /* a member: a list of ids */
void jw_texts(struct jw *w, const char *name, const struct str *texts, size_t n);
void jw_instant(struct jw *w, struct arena *a, int64_t at); /* RFC 3339, Z */
#endif
