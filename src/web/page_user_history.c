/* History: what happened to one user, for those who may edit that user. */
#include "gen/templates.h"
#include "gen/text.h"
#include "web/history.h"
#include "web/user_pages.h"
#include "web/view_user_history.h"

void page_user_history(struct req *r)
{
	const struct text *t = &r->c.text;
	struct user_history_view v = { 0 };
	struct db_page page;
	struct audit_rows rows;
	if (!req_page(r, audit_list_sorts, 1, "-id", &page))
		return;
	audit_list(&r->c, &(struct audit_query){ .user = r->id }, &page, &rows);
	v.items = history_items(r, &rows, &v.items_n);
	for (size_t i = 0; i < v.items_n; i++)
		v.items[i].user = STR("");
	struct list l = { r, r->http->path, NULL, 0, &page, audit_list_sorts, 1 };
	v.pager = history_pager(&l, t_history_shown(t, (int64_t)rows.n), &rows);
	if (!rows.n)
		v.empty = (struct empty_view){ .title = t_history_empty_title(t), .words = t_history_user_empty_words(t) };
	user_head_fill(r, r->id, &v.head);
	page_begin(r, &v.page, v.head.title, NAV_USERS);
	user_head_crumbs(r, &v.head, &v.page);
	tpl_user_history(reply_html(r, 200), t, &v);
}
