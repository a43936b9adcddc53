/* REST: the participants of a training, the enrollments of a user. */
#include "api/enrollment_json.h"
#include "gen/queries.h"
#include "model/enrollment_list.h"

static struct str text_or_empty(struct str s)
{
	return str_is_null(s) ? STR("") : s;
}

/* A session that is no number is one that is not there: nobody is in it. */
static bool read_query(struct req *r, struct enrollment_query *q)
{
	struct str session = req_query(r, "session");
	*q = (struct enrollment_query){ .status = text_or_empty(req_query(r, "status")),
		.answer = text_or_empty(req_query(r, "answer")),
		.result = text_or_empty(req_query(r, "result")),
		.q = text_or_empty(req_query(r, "q")) };
	if (!str_is_empty(session)) {
		int64_t id = req_query_id(r, "session");
		q->session = id ? id : -1;
	}
	if (enrollment_query_check(&r->c, q))
		return true;
	reply_error(r);
	return false;
}

static void answer_list(struct req *r, const struct db_page *page, const struct enrollment_items *list)
{
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = 0; i < list->n; i++)
		enrollment_json(&w, r->c.arena, &list->items[i].e);
	jw_end(&w);
	jw_key(&w, "next");
	if (list->more && list->n) {
		const struct enrollment_item *last = &list->items[list->n - 1];
		jw_str(&w, req_cursor(r, page, last->sort_key, last->sort_int, last->e.id, false));
	} else {
		jw_null(&w);
	}
	jw_end(&w);
}

void api_participants(struct req *r)
{
	struct db_page page;
	struct enrollment_query q;
	struct enrollment_items list;
	if (!req_page(r, participant_list_sorts, PARTICIPANT_LIST_SORTS, "name", &page) || !read_query(r, &q))
		return;
	participants_page(&r->c, r->id, &q, &page, &list, NULL);
	answer_list(r, &page, &list);
}

void api_user_enrollments(struct req *r)
{
	struct db_page page;
	struct enrollment_query q;
	struct enrollment_items list;
	if (!req_page(r, user_enrollment_list_sorts, USER_ENROLLMENT_LIST_SORT_COUNT, "session", &page) ||
		!read_query(r, &q))
		return;
	learning_page(&r->c, r->id, &q, &page, &list);
	answer_list(r, &page, &list);
}
