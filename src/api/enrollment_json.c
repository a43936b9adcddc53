#include "api/enrollment_json.h"

static void put_instant(struct jw *w, struct arena *a, const char *name, struct opt_i64 at)
{
	jw_key(w, name);
	if (at.has)
		jw_instant(w, a, at.v);
	else
		jw_null(w);
}

void enrollment_json(struct jw *w, struct arena *a, const struct enrollment *e)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, e->id);
	jw_key(w, "user");
	jw_id(w, e->user);
	jw_key(w, "user_name");
	jw_str(w, e->user_name);
	jw_key(w, "training");
	jw_id(w, e->training);
	jw_key(w, "session");
	jw_id(w, e->session.has ? e->session.v : 0);
	put_instant(w, a, "access_at", SOME(e->access_at));
	put_instant(w, a, "announced_at", e->announced_at);
	jw_key(w, "status");
	jw_str(w, enrollment_status_word(e->status, e->announced_at));
	jw_key(w, "position");
	jw_opt_i64(w, e->position.has, e->position.v);
	jw_key(w, "answer");
	jw_str(w, e->answer);
	put_instant(w, a, "answered_at", e->answered_at);
	jw_key(w, "result");
	jw_str(w, e->result);
	jw_key(w, "score");
	jw_opt_i64(w, e->score.has, e->score.v);
	jw_key(w, "comment");
	jw_str(w, e->comment);
	jw_key(w, "days");
	jw_arr(w);
	for (size_t i = 0; i < e->days_n; i++) {
		jw_obj(w);
		jw_key(w, "day");
		jw_id(w, e->days[i].day);
		jw_key(w, "answer");
		jw_str(w, e->days[i].answer);
		jw_key(w, "result");
		jw_str(w, e->days[i].result);
		jw_end(w);
	}
	jw_end(w);
	jw_key(w, "source");
	jw_str(w, e->source);
	jw_key(w, "batch");
	jw_id(w, e->batch.has ? e->batch.v : 0);
	jw_key(w, "version");
	jw_i64(w, e->version);
	jw_end(w);
}

void answer_enrollment(struct req *r, int64_t id, unsigned status)
{
	struct enrollment e;
	if (!enrollment_get(&r->c, id, &e)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, status));
	enrollment_json(&w, r->c.arena, &e);
}
