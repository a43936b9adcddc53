/* REST: results of a session, all or nothing. */
#include "model/result.h"
#include "web/web.h"

enum { RESULTS_MAX = 10000 };

static void read_result(struct json_obj *o, struct result_entry *out)
{
	int64_t number = 0;
	bool is_null = false;
	struct str comment = STR_NULL;
	*out = (struct result_entry){ .result = STR("") };
	if (!jr_has(o, "user"))
		jr_error(o, "user", CODE_required);
	jr_id(o, "user", &out->user, NULL);
	if (!jr_has(o, "result"))
		jr_error(o, "result", CODE_required);
	jr_text(o, "result", 0, &out->result, NULL);
	/* A day that is null is no day: the whole session. */
	jr_id(o, "day", &out->day, &is_null);
	is_null = false;
	if (jr_has(o, "score") && jr_i64(o, "score", &number, &is_null)) {
		out->has_score = true;
		out->score = is_null ? NONE : SOME(number);
	}
	is_null = false;
	if (jr_has(o, "comment") && jr_text(o, "comment", 0, &comment, &is_null)) {
		out->has_comment = true;
		out->comment = comment;
	}
	jr_done(o);
}

void api_session_results(struct req *r)
{
	struct json_obj o;
	struct json_arr list = { 0 };
	struct result_entry *entries = NULL;
	int64_t updated = 0;
	if (!req_json(r, &o))
		return;
	if (!jr_has(&o, "results"))
		jr_error(&o, "results", CODE_required);
	if (jr_array(&o, "results", RESULTS_MAX, &list)) {
		entries = ARENA_ARRAY(r->c.arena, struct result_entry, list.n + 1);
		for (size_t i = 0; i < list.n; i++) {
			struct json_obj item;
			if (jr_item_object(&list, i, &item))
				read_result(&item, &entries[i]);
		}
	}
	if (!jr_done(&o) || !result_set(&r->c, r->id, entries, list.n, &updated)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "updated");
	jw_i64(&w, updated);
	jw_end(&w);
}
