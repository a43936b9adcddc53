/* REST: sessions. */
#include "api/trainings.h"
#include "gen/text.h"

/* ---- out */
static void put_text(struct jw *w, const char *name, struct str s)
{
	jw_key(w, name);
	if (str_is_empty(s))
		jw_null(w);
	else
		jw_str(w, s);
}

static void put_day(struct req *r, struct jw *w, const struct session_day *d)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, d->id);
	jw_key(w, "start");
	jw_str(w, d->start);
	jw_key(w, "duration");
	jw_i64(w, d->duration);
	jw_key(w, "time_zone");
	jw_str(w, d->time_zone);
	put_text(w, "location", d->location);
	put_text(w, "url", d->url);
	jw_key(w, "start_at");
	jw_instant(w, r->c.arena, d->start_at);
	jw_key(w, "end_at");
	jw_instant(w, r->c.arena, d->end_at);
	jw_end(w);
}

void session_json_write(struct req *r, struct jw *w, const struct session *s)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, s->id);
	jw_key(w, "training");
	jw_id(w, s->training);
	jw_key(w, "title");
	jw_str(w, s->title);
	put_text(w, "instructor", s->instructor);
	jw_key(w, "instructor_user");
	jw_id(w, s->instructor_user.has ? s->instructor_user.v : 0);
	jw_key(w, "capacity");
	if (s->capacity.has)
		jw_i64(w, s->capacity.v);
	else
		jw_null(w);
	jw_key(w, "days");
	jw_arr(w);
	for (size_t i = 0; i < s->days_n; i++)
		put_day(r, w, &s->days[i]);
	jw_end(w);
	jw_key(w, "seats_taken");
	jw_i64(w, s->seats_taken);
	jw_key(w, "waiting");
	jw_i64(w, s->waiting);
	jw_key(w, "status");
	jw_str(w, session_status_name(session_status(s, r->c.now)));
	jw_end(w);
}

static void answer_session(struct req *r, int64_t id, unsigned status)
{
	struct session s;
	if (!session_get(&r->c, id, &s)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, status));
	session_json_write(r, &w, &s);
}

/* ---- in: limits are the model's, which has the better words */
static void read_day(struct json_obj *o, struct session_day_form *out)
{
	bool is_null;
	int64_t fold;
	*out = (struct session_day_form){ 0 };
	jr_id(o, "id", &out->id, &is_null);
	jr_text(o, "start", 0, &out->start, NULL);
	if (jr_i64(o, "duration", &out->duration, NULL) && out->duration == 0)
		out->duration = -1; /* there, and out of range; 0 stands for a missing one */
	jr_text(o, "time_zone", 0, &out->time_zone, NULL);
	jr_text(o, "location", 0, &out->location, &is_null);
	jr_text(o, "url", 0, &out->url, &is_null);
	is_null = false;
	if (jr_i64(o, "fold", &fold, &is_null) && !is_null)
		out->fold = SOME(fold);
	jr_done(o);
}

static void read_days(struct req *r, struct json_obj *o, struct session_form *out)
{
	struct json_arr list;
	if (!jr_array(o, "days", SESSION_DAYS_MAX, &list))
		return;
	struct session_day_form *days = ARENA_ARRAY(r->c.arena, struct session_day_form, list.n);
	for (size_t i = 0; i < list.n; i++) {
		struct json_obj item;
		if (jr_item_object(&list, i, &item))
			read_day(&item, &days[out->days_n++]);
	}
	out->has_days = true;
	out->days = days;
}

void session_json_read(struct req *r, struct json_obj *o, struct str path, struct session_form *out)
{
	bool is_null = false;
	int64_t number = 0;
	*out = (struct session_form){ .path = path };
	jr_text(o, "title", 0, &out->title, NULL);
	if (jr_text(o, "instructor", 0, &out->instructor, &is_null) && is_null)
		out->instructor = STR("");
	is_null = false;
	if (jr_id(o, "instructor_user", &number, &is_null)) {
		out->has_instructor_user = true;
		out->instructor_user = is_null ? NONE : SOME(number);
	}
	is_null = false;
	if (jr_i64(o, "capacity", &number, &is_null)) {
		out->has_capacity = true;
		out->capacity = is_null ? NONE : SOME(number);
	}
	read_days(r, o, out);
}

static bool read_form(struct req *r, struct session_form *f)
{
	struct json_obj o;
	if (!req_json(r, &o))
		return false;
	session_json_read(r, &o, STR(""), f);
	if (jr_done(&o))
		return true;
	reply_error(r);
	return false;
}

/* ---- calls */
void api_session(struct req *r)
{
	answer_session(r, r->id, 200);
}

void api_session_create(struct req *r)
{
	struct session_form f;
	int64_t id;
	if (!read_form(r, &f))
		return;
	if (session_create(&r->c, r->id, &f, &id))
		answer_session(r, id, 201);
	else
		reply_error(r);
}

void api_session_patch(struct req *r)
{
	struct session_form f;
	if (!read_form(r, &f))
		return;
	if (session_update(&r->c, r->id, &f))
		answer_session(r, r->id, 200);
	else
		reply_error(r);
}

void api_session_delete(struct req *r)
{
	bool deleted;
	if (session_remove(&r->c, r->id, &deleted))
		reply_empty(r, 204);
	else
		reply_error(r);
}
