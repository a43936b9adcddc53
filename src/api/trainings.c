/* REST: trainings. */
#include "api/trainings.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/training_copy.h"

enum { SESSIONS_MAX = 200 };

/* ---- out */
/* `sessions`: `n` of them, its own. */
static void put_training(
	struct req *r, struct jw *w, const struct training *t, const struct session *sessions, size_t n)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, t->id);
	jw_key(w, "title");
	jw_str(w, t->title);
	jw_key(w, "description");
	if (str_is_empty(t->description))
		jw_null(w);
	else
		jw_str(w, t->description);
	jw_key(w, "organizer");
	jw_id(w, t->organizer.has ? t->organizer.v : 0);
	jw_key(w, "closes_before");
	if (t->closes_before.has)
		jw_i64(w, t->closes_before.v);
	else
		jw_null(w);
	jw_key(w, "sessions");
	jw_arr(w);
	for (size_t i = 0; i < n; i++)
		session_json_write(r, w, &sessions[i]);
	jw_end(w);
	jw_end(w);
}

static void answer_training(struct req *r, int64_t id, unsigned status)
{
	struct training t;
	struct sessions sessions;
	if (!training_get(&r->c, id, &t)) {
		reply_error(r);
		return;
	}
	session_list_all(&r->c, id, &sessions);
	struct jw w = jw_new(reply_json(r, status));
	put_training(r, &w, &t, sessions.items, sessions.n);
}

static void put_trainings(struct req *r, struct jw *w, const struct training_items *list)
{
	struct trainings trainings;
	struct sessions sessions;
	int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, list->n + 1);
	for (size_t i = 0; i < list->n; i++)
		ids[i] = list->items[i].id;
	training_get_some(&r->c, ids, list->n, &trainings);
	session_list_some(&r->c, ids, list->n, &sessions);
	for (size_t i = 0, at = 0; i < trainings.n; i++) {
		size_t first = at;
		while (at < sessions.n && sessions.items[at].training == trainings.items[i].id)
			at++;
		put_training(r, w, &trainings.items[i], sessions.items + first, at - first);
	}
}

void api_trainings(struct req *r)
{
	struct db_page page;
	struct training_items list;
	if (!req_page(r, training_list_sorts, TRAINING_LIST_SORT_COUNT, "title", &page))
		return;
	/* Who neither manages nor teaches has no list to see. */
	if (!actor_can(r->c.actor, PERM_TRAININGS_VIEW) && training_count(&r->c, STR("")) == 0) {
		err_set(&r->c.errs, ERR_FORBIDDEN);
		reply_error(r);
		return;
	}
	struct str q = req_query(r, "q");
	training_page(&r->c, str_is_null(q) ? STR("") : q, &page, &list);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	put_trainings(r, &w, &list);
	jw_end(&w);
	jw_key(&w, "next");
	if (list.more) {
		const struct training_item *last = &list.items[list.n - 1];
		jw_str(&w, req_cursor(r, &page, last->sort_key, last->sort_int, last->id, false));
	} else {
		jw_null(&w);
	}
	jw_end(&w);
}

void api_training(struct req *r)
{
	answer_training(r, r->id, 200);
}

/* ---- in */
static void read_sessions(struct req *r, struct json_obj *o, struct training_form *f)
{
	struct json_arr list;
	if (!jr_array(o, "sessions", SESSIONS_MAX, &list))
		return;
	struct session_form *sessions = ARENA_ARRAY(r->c.arena, struct session_form, list.n);
	for (size_t i = 0; i < list.n; i++) {
		struct json_obj item;
		if (!jr_item_object(&list, i, &item))
			continue;
		session_json_read(r, &item, str_fmt(r->c.arena, "sessions[%zu].", i), &sessions[f->sessions_n++]);
		jr_done(&item);
	}
	f->sessions = sessions;
}

static bool read_form(struct req *r, bool create, struct training_form *f)
{
	struct json_obj o;
	bool is_null = false;
	int64_t number = 0;
	*f = (struct training_form){ 0 };
	if (!req_json(r, &o))
		return false;
	jr_text(&o, "title", 0, &f->title, NULL);
	if (jr_text(&o, "description", 0, &f->description, &is_null) && is_null)
		f->description = STR("");
	is_null = false;
	if (jr_id(&o, "organizer", &number, &is_null) && !is_null)
		f->organizer = SOME(number);
	is_null = false;
	if (jr_i64(&o, "closes_before", &number, &is_null)) {
		f->has_closes = true;
		f->closes_before = is_null ? NONE : SOME(number);
	}
	/* Sessions that are there have addresses of their own. */
	if (create)
		read_sessions(r, &o, f);
	if (jr_done(&o))
		return true;
	reply_error(r);
	return false;
}

void api_training_create(struct req *r)
{
	struct training_form f;
	int64_t id;
	if (!read_form(r, true, &f))
		return;
	if (training_create(&r->c, &f, &id))
		answer_training(r, id, 201);
	else
		reply_error(r);
}

void api_training_patch(struct req *r)
{
	struct training_form f;
	if (!read_form(r, false, &f))
		return;
	if (training_update(&r->c, r->id, &f))
		answer_training(r, r->id, 200);
	else
		reply_error(r);
}

void api_training_delete(struct req *r)
{
	if (training_delete(&r->c, r->id))
		reply_empty(r, 204);
	else
		reply_error(r);
}

void api_training_copy(struct req *r)
{
	struct json_obj o;
	struct json_arr list;
	struct training_copy_form f = { .title = STR_NULL, .first_day = STR_NULL };
	bool is_null = false, keep = true;
	int64_t id;
	if (!actor_can(r->c.actor, PERM_TRAININGS_CREATE)) {
		err_set(&r->c.errs, ERR_FORBIDDEN);
		reply_error(r);
		return;
	}
	if (!req_json(r, &o))
		return;
	jr_text(&o, "title", 0, &f.title, NULL);
	jr_text(&o, "first_day", 0, &f.first_day, &is_null);
	if (jr_bool(&o, "keep_weekdays", &keep))
		f.any_weekday = !keep;
	if (jr_has(&o, "sessions") && jr_array(&o, "sessions", SESSIONS_MAX, &list)) {
		int64_t *ids = ARENA_ARRAY(r->c.arena, int64_t, list.n + 1);
		for (size_t i = 0; i < list.n; i++)
			f.sessions_n += jr_item_id(&list, i, &ids[f.sessions_n]);
		f.sessions = ids;
		f.has_sessions = true;
	}
	if (jr_done(&o) && training_copy(&r->c, r->id, &f, &id))
		answer_training(r, id, 201);
	else
		reply_error(r);
}
