/* REST: the token's own notifications. */
#include "base/json.h"
#include "gen/queries.h"
#include "model/notification.h"
#include "web/web.h"

static void put_item(struct req *r, struct jw *w, const struct notification *n)
{
	jw_obj(w);
	jw_key(w, "id");
	jw_id(w, n->id);
	jw_key(w, "kind");
	jw_str(w, n->kind);
	jw_key(w, "at");
	jw_instant(w, r->c.arena, n->at);
	jw_key(w, "read_at");
	if (n->read_at.has)
		jw_instant(w, r->c.arena, n->read_at.v);
	else
		jw_null(w);
	jw_key(w, "enrollment");
	jw_id(w, n->enrollment.has ? n->enrollment.v : 0);
	jw_key(w, "training");
	jw_id(w, n->training.has ? n->training.v : 0);
	jw_key(w, "batch");
	jw_id(w, n->batch.has ? n->batch.v : 0);
	jw_key(w, "text");
	jw_str(w, n->words);
	jw_end(w);
}

void api_me_notifications(struct req *r)
{
	struct db_page page;
	struct notifications list;
	if (!req_page(r, notification_list_sorts, NOTIFICATION_LIST_SORT_COUNT, "-at", &page))
		return;
	notification_page(&r->c, false, &page, &list);
	struct jw w = jw_new(reply_json(r, 200));
	jw_obj(&w);
	jw_key(&w, "items");
	jw_arr(&w);
	for (size_t i = 0; i < list.n; i++)
		put_item(r, &w, &list.items[i]);
	jw_end(&w);
	int64_t last = list.n ? list.items[list.n - 1].id : 0;
	jw_key(&w, "next");
	if (list.more)
		jw_str(&w, req_cursor(r, &page, STR(""), last, last, false));
	else
		jw_null(&w);
	jw_end(&w);
}
