/* My trainings: every enrollment of one's own, answering, choosing a session, the calendar file. */
#include "gen/templates.h"
#include "gen/text.h"
#include "mail/render.h"
#include "model/answer.h"
#include "model/enrollment.h"
#include "model/notification.h"
#include "model/when.h"
#include "web/app.h"
#include "web/portal_cards.h"
#include "web/reply.h"

void page_me_trainings(struct req *r)
{
	const struct text *t = &r->c.text;
	struct mine_view v = { 0 };
	struct portal_items mine;
	const struct {
		struct str key, title;
		bool past;
	} groups[] = { { STR("coming"), t_home_coming(t), false }, { STR("done"), t_home_done(t), true } };
	portal_mine(&r->c, &mine);
	v.groups = ARENA_ARRAY(r->c.arena, struct portal_group, 2);
	for (size_t g = 0; g < 2; g++) {
		struct portal_group *out = &v.groups[v.groups_n];
		*out = (struct portal_group){ .key = groups[g].key, .title = groups[g].title };
		out->items = ARENA_ARRAY(r->c.arena, struct portal_card, mine.n ? mine.n : 1);
		for (size_t i = 0; i < mine.n; i++) {
			const struct portal_item *p = &mine.items[groups[g].past ? mine.n - 1 - i : i];
			if ((p->state == PORTAL_DONE) == groups[g].past)
				out->items[out->items_n++] = portal_card_of(r, p, "mine", true);
		}
		v.groups_n += out->items_n > 0;
	}
	if (!mine.n)
		v.empty = (struct empty_view){ .title = t_portal_none(t), .words = t_portal_none_words(t) };
	page_begin(r, &v.page, t_portal_title(t), NAV_HOME);
	tpl_mine(reply_html(r, 200), t, &v);
}

/* ---- answering */
struct str portal_saved_words(const struct text *t, const struct answered *a)
{
	struct str what = portal_what(t, a->training_title, a->session_title);
	if (str_eq(a->status, STR("waiting")))
		return t_portal_saved_waiting(t, what);
	if (str_eq(a->answer, STR("accepted")))
		return t_portal_saved_accepted(t, what);
	return str_eq(a->answer, STR("declined")) ? t_portal_saved_declined(t, what) : t_portal_saved_tentative(t, what);
}

/* Where the form stood. */
static void go_back(struct req *r, const struct portal_item *p, struct str words)
{
	struct str back = req_form(r, "back");
	if (str_eq(back, STR("home")))
		reply_redirect_flash(r, words, "/");
	else if (str_eq(back, STR("notifications")))
		reply_redirect_flash(r, words, "/notifications");
	else
		reply_redirect_flash(r, words, "/me/trainings#e%lld", (long long)p->id);
}

void page_me_answer(struct req *r)
{
	struct portal_item p;
	struct answered now;
	if (!portal_enrollment(&r->c, r->id, &p) || !answer_set(&r->c, p.id, req_form(r, "answer"), false, &now)) {
		reply_error(r);
		return;
	}
	struct str words = portal_saved_words(&r->c.text, &now);
	notification_about_read(&r->c, p.id);
	go_back(r, &p, words);
}

void page_me_leave(struct req *r)
{
	struct portal_item p;
	if (!portal_enrollment(&r->c, r->id, &p) || !enrollment_leave_waiting(&r->c, p.id, false)) {
		reply_error(r);
		return;
	}
	notification_about_read(&r->c, p.id);
	go_back(r, &p, t_leave_done(&r->c.text, portal_what(&r->c.text, p.title, p.session_title)));
}

/* ---- choosing a session (R9) */
static struct str seats_words(const struct text *t, const struct portal_session *s)
{
	if (s->current)
		return t_choose_current(t);
	if (!s->open)
		return t_choose_closed(t);
	if (!s->capacity.has)
		return t_choose_open(t);
	int64_t left = s->capacity.v - s->seats_taken;
	return left > 0 ? t_choose_seats(t, left) : t_choose_full(t, s->waiting);
}

static void choose_show(struct req *r, const struct portal_item *p, unsigned status)
{
	const struct text *t = &r->c.text;
	struct choose_view v = { .id = p->id, .intro = t_choose_intro(t, p->title) };
	struct portal_sessions list;
	int64_t chosen = status == 200 ? (p->session.has ? p->session.v : 0) : req_form_id(r, "session");
	portal_choices(&r->c, p, &list);
	v.options = ARENA_ARRAY(r->c.arena, struct choose_option, list.n ? list.n : 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct portal_session *s = &list.items[i];
		struct choose_option *o = &v.options[v.options_n++];
		*o = (struct choose_option){ .id = s->id,
			.chosen = s->id == chosen,
			.closed = !s->open && !s->current,
			.seats = seats_words(t, s),
			.row = portal_row(r, s->time_zone, s->start_at, s->end_at, s->starts_at, s->ends_at, s->days) };
		o->row.title = s->title;
		o->row.place = portal_place(t, s->location, s->url, s->instructor);
		if (!str_is_null(s->overlaps))
			o->overlaps = t_choose_overlaps(t, s->overlaps);
	}
	if (!v.options_n)
		v.empty = (struct empty_view){ .title = t_choose_none(t),
			.words = t_choose_none_words(t),
			.href = STR("/me/trainings"),
			.action = t_portal_title(t) };
	for (size_t i = 0; i < r->c.errs.n; i++)
		v.error = r->c.errs.items[i].message;
	page_begin(r, &v.page, t_choose_title(t), NAV_HOME);
	tpl_choose(reply_html(r, status), t, &v);
}

static bool choose_load(struct req *r, struct portal_item *p)
{
	if (!portal_enrollment(&r->c, r->id, p)) {
		reply_error(r);
		return false;
	}
	if (!p->may_choose) {
		err_add(&r->c.errs, r->c.arena, ERR_CONFLICT, STR("session"), CODE_not_open, t_error_not_open(&r->c.text));
		reply_error(r);
		return false;
	}
	return true;
}

void page_me_choose(struct req *r)
{
	struct portal_item p;
	if (choose_load(r, &p))
		choose_show(r, &p, 200);
}

void page_me_choose_post(struct req *r)
{
	const struct text *t = &r->c.text;
	struct portal_item p, now;
	int64_t session = req_form_id(r, "session");
	if (!choose_load(r, &p))
		return;
	if (!session)
		ctx_invalid(&r->c, STR("session"), CODE_required, t_choose_required(t));
	if (!session || !answer_choose(&r->c, p.id, session) || !portal_enrollment(&r->c, p.id, &now)) {
		choose_show(r, &p, r->c.errs.kind == ERR_CONFLICT ? 409 : 422);
		return;
	}
	struct str what = portal_what(t, now.title, now.session_title);
	struct str words = now.state == PORTAL_WAITING
		? t_choose_saved_waiting(t, what)
		: t_choose_saved(t, what, when_session(t, now.starts_at.v, now.ends_at.v, now.days, now.time_zone, r->c.now));
	reply_redirect_flash(r, words, "/me/trainings#e%lld", (long long)now.id);
}

/* ---- "Add to calendar": the same entry that the mail carries */
void portal_reply_file(struct req *r, int64_t enrollment, bool with_address)
{
	struct letters entries;
	struct mail_sender sender = { .base_url = r->app->base_url, .key = r->c.key };
	if (!mail_sender_parse(r->c.arena, r->app->mail_from, &sender)) {
		reply_status(r, 500);
		return;
	}
	outbox_entries(&r->c, enrollment, &entries);
	if (!entries.n) {
		reply_not_found(r);
		return;
	}
	for (size_t i = 0; i < entries.n && !with_address; i++)
		entries.items[i].address = STR("");
	reply_bytes(r, 200, STR("text/calendar; charset=utf-8"), mail_file(r->c.arena, &sender, &entries));
	http_set_header(r->http, STR("Content-Disposition"), STR("attachment; filename=\"invite.ics\""));
}

void page_enrollment_file(struct req *r)
{
	struct portal_item p;
	struct enrollment e;
	bool mine = portal_enrollment(&r->c, r->id, &p);
	r->c.errs = (struct errs){ 0 };
	if (mine) {
		portal_reply_file(r, r->id, true);
		return;
	}
	if (!policy_enrollment(&r->c, PERM_USERS_VIEW, r->id) || !enrollment_get(&r->c, r->id, &e)) {
		reply_error(r);
		return;
	}
	/* Who organizes or teaches is told no address (R11). */
	bool seen = policy_user(&r->c, PERM_USERS_VIEW, e.user);
	r->c.errs = (struct errs){ 0 };
	portal_reply_file(r, r->id, seen);
}
