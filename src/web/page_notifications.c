/* Notifications: by day, newest first. Opening one marks it read; seeing it does not. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/notification.h"
#include "model/portal.h"
#include "model/when.h"
#include "web/list.h"
#include "web/reply.h"
#include "web/view_portal.h"

static const char *const kept[] = { "show" };

/* The newest about an enrollment asks; older ones need not ask again. */
static bool asks(const struct notifications *list, size_t i)
{
	const struct notification *n = &list->items[i];
	for (size_t k = 0; k < i; k++)
		if (list->items[k].asks && list->items[k].enrollment.v == n->enrollment.v)
			return false;
	return n->asks;
}

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
		if (asks(list, i)) {
			day->items[day->items_n - 1].asks = n->enrollment.v;
			day->items[day->items_n - 1].answer_label = t_notices_answer(t, n->words);
		}
		if (n->mine && n->dated)
			day->items[day->items_n - 1].calendar =
				str_fmt(r->c.arena, "/enrollments/%lld/invite.ics", (long long)n->enrollment.v);
	}
}

static void fill_filters(struct req *r, bool unread, int64_t n, struct notices_view *v)
{
	const struct text *t = &r->c.text;
	v->filters = (struct tabs_view){
		.label = t_notices_filter(t), .items = ARENA_ARRAY(r->c.arena, struct tab, 2), .items_n = 2
	};
	v->filters.items[0] = (struct tab){ .label = t_notices_all(t), .href = STR("/notifications"), .current = !unread };
	v->filters.items[1] = (struct tab){ .label = t_notices_unread(t),
		.href = STR("/notifications?show=unread"),
		.count = n ? text_i64(t, n) : STR(""),
		.current = unread };
}

void page_notifications(struct req *r)
{
	const struct text *t = &r->c.text;
	struct db_page page;
	struct notifications list;
	struct notices_view v = { 0 };
	if (!req_page(r, notification_list_sorts, NOTIFICATION_LIST_SORT_COUNT, "-at", &page))
		return;
	bool unread = str_eq(req_query(r, "show"), STR("unread"));
	notification_page(&r->c, unread, &page, &list);
	struct list l = { r, STR("/notifications"), kept, 1, &page, notification_list_sorts, NOTIFICATION_LIST_SORT_COUNT };
	fill_days(r, &list, &v);
	v.count = t_notices_count(t, (int64_t)list.n);
	if (list.n) {
		struct list_end first = { STR(""), list.items[0].id, list.items[0].id },
						last = { STR(""), list.items[list.n - 1].id, list.items[list.n - 1].id };
		if (list.more || list.has_before)
			v.pager = list_pager(&l, v.count, list.n, first, last, list.has_before, list.more);
	} else {
		v.empty = (struct empty_view){ .title = t_notices_none(t),
			.words = unread ? t_notices_none_unread(t) : t_notices_none_words(t) };
	}
	page_begin(r, &v.page, t_notices_title(t), NAV_NOTIFICATIONS);
	v.unread = !str_is_empty(v.page.notifications.badge);
	fill_filters(r, unread, notification_unread(&r->c), &v);
	tpl_notices(reply_html(r, 200), t, &v);
}

void page_notifications_read(struct req *r)
{
	notification_all_read(&r->c);
	reply_redirect_flash(r, t_notices_marked(&r->c.text), "/notifications");
}

/* Whether the reader may still go there: trainings get other organizers, enrollments their sessions. */
static bool may_open_training(struct req *r, int64_t training)
{
	struct errs before = r->c.errs;
	bool may = policy_training(&r->c, PERM_TRAININGS_VIEW, training);
	r->c.errs = before;
	return may;
}

static bool may_choose(struct req *r, int64_t enrollment)
{
	struct errs before = r->c.errs;
	struct portal_item p;
	bool may = portal_enrollment(&r->c, enrollment, &p) && p.may_choose;
	r->c.errs = before;
	return may;
}

void page_notification_open(struct req *r)
{
	struct notification n;
	if (!notification_open(&r->c, r->id, &n))
		reply_error(r);
	else if (str_eq(n.kind, STR("batch_done")) && n.batch.has)
		reply_redirect(r, "/batches/%lld", (long long)n.batch.v);
	else if (str_eq(n.kind, STR("import_done")) && n.import.has)
		reply_redirect(r, "/imports/%lld", (long long)n.import.v);
	else if (n.mine && str_eq(n.kind, STR("choose")) && may_choose(r, n.enrollment.v))
		reply_redirect(r, "/me/trainings/%lld/choose", (long long)n.enrollment.v);
	else if (n.mine)
		reply_redirect(r, "/me/trainings#e%lld", (long long)n.enrollment.v);
	else if (n.training.has && may_open_training(r, n.training.v))
		reply_redirect(r, "/trainings/%lld/participants", (long long)n.training.v);
	else
		reply_redirect_flash(r, t_notices_gone(&r->c.text), "/notifications");
}
