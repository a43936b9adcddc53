/* The page behind the links of a mail. It needs no sign-in: the link is the proof. GET and HEAD show, whatever the
 * address says, so that whoever scans mails for links answers nothing; POST acts. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/answer.h"
#include "model/enrollment.h"
#include "model/when.h"
#include "web/limit.h"
#include "web/portal_cards.h"
#include "web/reply.h"

enum { FACTS_MAX = 8 };

static const struct choice {
	const char *link, *value;
} choices[] = { { "accept", "accepted" }, { "maybe", "tentative" }, { "decline", "declined" } };

/* The token must not travel on: not into a search engine, not into a cache. As a referrer it stays here, as with every
 * page ("same-origin"); "no-referrer" would make browsers send the answer with "Origin: null", which is refused. */
static void guard(struct req *r)
{
	http_set_header(r->http, STR("X-Robots-Tag"), STR("noindex, nofollow"));
	http_set_header(r->http, STR("Cache-Control"), STR("no-store"));
}

static void nothing(struct req *r)
{
	const struct text *t = &r->c.text;
	r->c.errs = (struct errs){ 0 };
	reply_error_way(r, 404, t_rsvp_unknown(t), t_rsvp_unknown_words(t), STR("/me/trainings"),
		r->c.actor ? t_portal_title(t) : t_login_button(t));
	guard(r);
}

/* What the link opens; false with the reply made. */
struct opened {
	int64_t id, user;
	struct portal_item item;
	struct portal_person person;
};

static bool is_link(struct req *r, struct opened *o)
{
	o->id = answer_by_token(&r->c, r->name, &o->user);
	if (o->id)
		return true;
	if (limit_wrong_token(r))
		guard(r);
	else
		nothing(r);
	return false;
}

static bool open_link(struct req *r, struct opened *o)
{
	if (!is_link(r, o))
		return false;
	if (!portal_of(&r->c, o->user, o->id, &o->item) || !portal_person_get(&r->c, o->user, r->account, &o->person)) {
		nothing(r);
		return false;
	}
	/* It speaks to the participant, whoever is signed in on this machine. */
	r->c.text.locale = o->person.locale;
	return true;
}

static void fact(struct rsvp_view *v, struct str label, struct str value, struct str href)
{
	if (!str_is_empty(value))
		v->facts[v->facts_n++] = (struct rsvp_fact){ label, value, href };
}

static void fill_facts(struct req *r, const struct opened *o, struct rsvp_view *v)
{
	const struct text *t = &r->c.text;
	const struct portal_item *p = &o->item;
	struct portal_days days;
	v->facts = ARENA_ARRAY(r->c.arena, struct rsvp_fact, FACTS_MAX);
	if (p->session.has) {
		struct when_tile w = when_tile(t, p->start_at, p->time_zone);
		v->dated = true;
		v->tile = (struct date_tile){ w.iso, w.month, w.day, w.weekday };
		struct str yours = when_your_time(t, p->start_at, p->end_at, p->time_zone, o->person.time_zone);
		fact(v, t_rsvp_when(t),
			when_session(t, p->days > 1 ? p->starts_at.v : p->start_at, p->days > 1 ? p->ends_at.v : p->end_at, p->days,
				p->time_zone, r->c.now),
			STR(""));
		if (p->days <= 1 && !str_is_empty(yours))
			fact(v, t_rsvp_your_time(t), when_day_range(t, p->start_at, p->end_at, o->person.time_zone, r->c.now),
				STR(""));
		fact(v, t_rsvp_where(t), p->location, STR(""));
		bool link = str_starts(p->url, STR("https://")) || str_starts(p->url, STR("http://"));
		fact(v, t_rsvp_link(t), p->url, link ? p->url : STR(""));
	}
	fact(v, t_rsvp_instructor(t), p->instructor, STR(""));
	portal_days_of(&r->c, p, &days);
	v->days = ARENA_ARRAY(r->c.arena, struct str, days.n ? days.n : 1);
	for (size_t i = 0; i < days.n && days.n > 1; i++)
		v->days[v->days_n++] = portal_day_words(r, &days.items[i]);
}

static void fill_state(struct req *r, const struct opened *o, struct rsvp_view *v)
{
	const struct text *t = &r->c.text;
	switch (o->item.state) {
	case PORTAL_CANCELLED: v->state = t_rsvp_cancelled(t), v->state_words = t_rsvp_cancelled_words(t); break;
	case PORTAL_DONE: v->state = t_rsvp_over(t), v->state_words = t_rsvp_over_words(t); break;
	case PORTAL_WAITING: v->state = t_rsvp_waiting(t), v->state_words = t_rsvp_waiting_words(t); break;
	case PORTAL_CHOOSE:
		v->state = t_rsvp_choose(t), v->state_words = t_rsvp_choose_words(t);
		v->link = (struct portal_link){ t_portal_choose(t),
			str_fmt(r->c.arena, "/me/trainings/%lld/choose", (long long)o->id) };
		break;
	case PORTAL_ASKS:
	case PORTAL_COMING: v->open = true; break;
	}
	if (str_is_empty(v->link.href))
		v->link = (struct portal_link){ t_rsvp_sign_in(t), STR("/me/trainings") };
}

static void fill_buttons(struct req *r, const struct opened *o, struct rsvp_view *v)
{
	const struct text *t = &r->c.text;
	struct str labels[] = { t_portal_accept(t), t_portal_maybe(t), t_portal_decline(t) };
	struct str asked[] = { t_rsvp_asked_accept(t), t_rsvp_asked_maybe(t), t_rsvp_asked_decline(t) };
	size_t chosen = 0;
	bool said = !str_eq(o->item.answer, STR("none"));
	for (size_t i = 0; i < 3; i++) {
		if (r->http->method == HTTP_POST || !str_eq(req_query(r, "a"), str_from(choices[i].link)))
			continue;
		chosen = i;
		if (!str_eq(o->item.answer, str_from(choices[i].value)))
			v->asked = asked[i];
	}
	for (size_t i = 0; i < 3; i++)
		v->buttons[v->buttons_n++] = (struct rsvp_button){ str_from(choices[i].value), labels[i],
			i == chosen && (!said || !str_is_empty(v->asked)), str_eq(o->item.answer, str_from(choices[i].value)) };
}

/* A link says for which start it was sent. */
static void fill_moved(struct req *r, const struct opened *o, struct rsvp_view *v)
{
	int64_t was = 0;
	if (v->open && str_to_i64(req_query(r, "was"), &was) && was > 0 && was != o->item.starts_at.v)
		v->moved = t_rsvp_moved(&r->c.text, when_instant(&r->c.text, was, o->item.time_zone, r->c.now));
}

static void show(struct req *r, const struct opened *o, unsigned status)
{
	const struct text *t = &r->c.text;
	struct rsvp_view v = { .token = r->name,
		.heading = t_rsvp_title(t, o->item.title),
		.what = portal_what(t, o->item.title, o->item.session_title),
		.for_name = t_rsvp_for(t, o->person.name),
		.not_you = t_rsvp_not_you(t, o->person.name) };
	fill_facts(r, o, &v);
	fill_state(r, o, &v);
	v.leaves = o->item.may_leave;
	fill_moved(r, o, &v);
	if (v.open) {
		fill_buttons(r, o, &v);
		v.answer = portal_badge(t, &o->item);
		v.calendar = str_fmt(r->c.arena, "/rsvp/" STR_FMT "/invite.ics", STR_ARG(r->name));
	}
	page_begin(r, &v.page, v.heading, NAV_NONE);
	v.page.csrf = form_token(r, r->name);
	tpl_rsvp(reply_html(r, status), t, &v);
	guard(r);
}

void page_rsvp(struct req *r)
{
	struct opened o;
	if (open_link(r, &o))
		show(r, &o, 200);
}

void page_rsvp_post(struct req *r)
{
	struct opened o;
	struct answered now;
	if (!is_link(r, &o))
		return;
	/* The link was the proof, not whoever is signed in here. */
	const struct actor *actor = r->c.actor;
	r->c.actor = NULL;
	bool saved = answer_set(&r->c, o.id, req_form(r, "answer"), true, &now);
	r->c.actor = actor;
	if (!saved) {
		unsigned status = r->c.errs.kind == ERR_CONFLICT ? 409 : 422;
		if (open_link(r, &o))
			show(r, &o, status);
		return;
	}
	/* What is in the answer is all that is read: ten thousand may come at once. */
	if (str_is_empty(now.locale) || !text_locale_parse(now.locale, &r->c.text.locale))
		r->c.text.locale = r->account->locale;
	reply_redirect_flash(r, portal_saved_words(&r->c.text, &now), "/rsvp/" STR_FMT, STR_ARG(r->name));
	guard(r);
}

void page_rsvp_leave(struct req *r)
{
	struct opened o;
	if (!open_link(r, &o))
		return;
	const struct actor *actor = r->c.actor;
	r->c.actor = NULL;
	bool left = enrollment_leave_waiting(&r->c, o.id, true);
	r->c.actor = actor;
	if (left) {
		reply_redirect_flash(r, t_leave_done(&r->c.text, portal_what(&r->c.text, o.item.title, o.item.session_title)),
			"/rsvp/" STR_FMT, STR_ARG(r->name));
		guard(r);
	} else if (r->c.errs.kind == ERR_CONFLICT) {
		show(r, &o, 409);
	} else {
		reply_error(r);
	}
}

void page_rsvp_file(struct req *r)
{
	struct opened o;
	if (!open_link(r, &o))
		return;
	portal_reply_file(r, o.id, true);
	guard(r);
}
