/* Notifications: by day, newest first. Opening one marks it read; seeing it does not. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/notification.h"
#include "model/when.h"
#include "web/list.h"
#include "web/reply.h"
#include "web/view_portal.h"

static void fill_days(struct req *r, const struct notifications *list, struct notices_view *v)
{
	const struct text *t = &r->c.text;
	struct str zone = r->c.actor->time_zone;
	struct notice_day *day = NULL;
	v->days = ARENA_ARRAY(r->c.arena, struct notice_day, list->n ? list->n : 1);
	for (size_t i = 0; i < list->n; i++) {
		const struct notification *n = &list->items[i];
		struct str iso = when_iso_date(t, n->at, zone);
		if (!day || !str_eq(day->iso, iso)) {
			day = &v->days[v->days_n++];
			*day = (struct notice_day){ .title = when_date(t, n->at, zone, r->c.now),
				.iso = iso,
				.items = ARENA_ARRAY(r->c.arena, struct notice_view, list->n - i) };
		}
		day->items[day->items_n++] = (struct notice_view){ .id = n->id,
			.words = n->words,
			.time = when_time(t, n->at, zone),
			.iso = when_iso(t, n->at, zone),
			.unread = !n->read_at.has };
		if (n->mine && n->dated)
			day->items[day->items_n - 1].calendar =
				str_fmt(r->c.arena, "/enrollments/%lld/invite.ics", (long long)n->enrollment.v);
	}
}

void page_notifications(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct notifications list;
	struct notices_view v = { 0 };
	if (!req_page(r, notification_list_sorts, NOTIFICATION_LIST_SORT_COUNT, "-at", &page))
		return;
	notification_page(&r->c, &page, &list);
	struct list l = { r, STR("/notifications"), NULL, 0, &page, notification_list_sorts, NOTIFICATION_LIST_SORT_COUNT };
	fill_days(r, &list, &v);
	v.count = t_notices_count(t, (int64_t)list.n);
	if (list.n) {
		struct list_end first = { STR(""), list.items[0].id, list.items[0].id },
						last = { STR(""), list.items[list.n - 1].id, list.items[list.n - 1].id };
		if (list.more || list.has_before)
			v.pager = list_pager(&l, v.count, list.n, first, last, list.has_before, list.more);
	} else {
		v.empty = (struct empty_view){ .title = t_notices_none(t), .words = t_notices_none_words(t) };
	}
	page_begin(r, &v.page, t_notices_title(t), NAV_NOTIFICATIONS);
	v.unread = !str_is_empty(v.page.notifications.badge);
	tpl_notices(reply_html(r, 200), t, &v);
}

void page_notifications_read(struct req *r)
{
	notification_all_read(&r->c);
	reply_redirect_flash(r, t_notices_marked(&r->c.text), "/notifications");
}

void page_notification_open(struct req *r)
{
	struct notification n;
	if (!notification_open(&r->c, r->id, &n))
		reply_error(r);
	else if (str_eq(n.kind, STR("batch_done")) && n.batch.has)
		reply_redirect(r, "/batches/%lld", (long long)n.batch.v);
	else if (n.mine && str_eq(n.kind, STR("choose")))
		reply_redirect(r, "/me/trainings/%lld/choose", (long long)n.enrollment.v);
	else if (n.mine)
		reply_redirect(r, "/me/trainings#e%lld", (long long)n.enrollment.v);
	else if (n.training.has)
		reply_redirect(r, "/trainings/%lld/participants", (long long)n.training.v);
	else
		reply_redirect(r, "/notifications");
}
