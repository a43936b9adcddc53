/* REST: the outbox, messages to users in scope. */
#include "base/json.h"
#include "gen/queries.h"
#include "model/outbox.h"
#include "web/reply.h"
#include "web/web.h"

static void put_item(struct req *r, struct jw *w, const struct outbox_item *o)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, o->id);
	jw_key(w, "enrollment");
	jw_id(w, o->enrollment.has ? o->enrollment.v : 0);
	jw_key(w, "to");
	jw_str(w, o->address);
	jw_key(w, "kind");
	jw_str(w, o->kind);
	jw_key(w, "due_at");
	jw_instant(w, r->c.arena, o->due_at);
	jw_key(w, "state");
	jw_str(w, o->state);
	jw_key(w, "attempts");
	jw_i64(w, o->attempts);
	jw_key(w, "last_error");
	jw_str(w, o->last_error);
	jw_end(w);
}

void api_outbox(struct req *r)
{
	struct db_page page;
	struct outbox_items list;
	if (!req_page(r, outbox_list_sorts, OUTBOX_LIST_SORT_COUNT, "id", &page))
		return;
	if (!outbox_page(&r->c, req_query(r, "state"), &page, &list)) {
		reply_error(r);
		return;
	}
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = 0; i < list.n; i++)
		put_item(r, &w, &list.items[i]);
	jw_end(&w);
	const struct outbox_item *last = list.n ? &list.items[list.n - 1] : NULL;
	jw_key(&w, "next");
	if (list.more && last)
		jw_str(&w, req_cursor(r, &page, last->sort_key, last->sort_int, last->id, false));
	else
		jw_null(&w);
	jw_end(&w);
}
