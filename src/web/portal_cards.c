#include "web/portal_cards.h"
#include "gen/text.h"
#include "model/when.h"

enum { NOTES_MAX = 6 };

struct str portal_what(const struct text *t, struct str training, struct str session)
{
	return str_is_empty(session) || str_eq(session, training) ? training : t_portal_what(t, training, session);
}

static struct badge answer_badge(const struct text *t, struct str answer)
{
	if (str_eq(answer, STR("accepted")))
		return (struct badge){ STR("ok"), t_portal_accepted(t) };
	if (str_eq(answer, STR("tentative")))
		return (struct badge){ STR("warn"), t_portal_tentative(t) };
	if (str_eq(answer, STR("declined")))
		return (struct badge){ STR(""), t_portal_declined(t) };
	return (struct badge){ STR("acc"), t_portal_unanswered(t) };
}

static struct badge result_badge(const struct text *t, struct str result)
{
	if (str_eq(result, STR("attended")))
		return (struct badge){ STR("ok"), t_portal_attended(t) };
	if (str_eq(result, STR("absent")))
		return (struct badge){ STR("bad"), t_portal_absent(t) };
	return (struct badge){ STR(""), t_portal_no_result(t) };
}

struct badge portal_badge(const struct text *t, const struct portal_item *p)
{
	switch (p->state) {
	case PORTAL_CANCELLED: return (struct badge){ STR("bad"), t_portal_cancelled(t) };
	case PORTAL_WAITING: return (struct badge){ STR("warn"), t_portal_waiting(t) };
	case PORTAL_CHOOSE: return (struct badge){ STR("acc"), t_portal_no_session(t) };
	case PORTAL_DONE: return result_badge(t, p->result);
	case PORTAL_ASKS:
	case PORTAL_COMING: break;
	}
	return answer_badge(t, p->answer);
}

static struct date_tile tile(const struct text *t, int64_t at, struct str zone)
{
	struct when_tile w = when_tile(t, at, zone);
	return (struct date_tile){ w.iso, w.month, w.day, w.weekday };
}

struct session_row portal_row(
	struct req *r, struct str zone, int64_t start_at, int64_t end_at, int64_t starts_at, int64_t ends_at, int64_t days)
{
	const struct text *t = &r->c.text;
	struct when_parts w = when_parts(t, start_at, end_at, zone, r->c.actor ? r->c.actor->time_zone : STR(""), r->c.now);
	struct session_row row = { .time = w.times, .zone = w.zone, .your_time = w.yours };
	row.dates.first = tile(t, starts_at, zone);
	row.dates.two = days > 1;
	if (row.dates.two)
		row.dates.last = tile(t, ends_at, zone);
	return row;
}

struct str portal_place(const struct text *t, struct str location, struct str url, struct str instructor)
{
	/* The link itself stands in a line of its own, while it is of use. */
	struct str place = str_is_empty(location) && !str_is_empty(url) ? t_session_online(t) : location;
	if (str_is_empty(place) || str_is_empty(instructor))
		return str_is_empty(place) ? instructor : place;
	return t_portal_place(t, place, instructor);
}

struct str portal_day_words(struct req *r, const struct portal_day *d)
{
	const struct text *t = &r->c.text;
	struct str when = when_day_range(t, d->start_at, d->end_at, d->time_zone, r->c.now),
			   place = str_is_empty(d->location) ? d->url : d->location;
	struct str day = t_portal_day(t, d->position);
	return str_is_empty(place) ? t_portal_day_line(t, day, when) : t_portal_day_line_place(t, day, when, place);
}

static void note(struct portal_card *v, struct str words)
{
	if (!str_is_empty(words))
		v->notes[v->notes_n++] = (struct portal_link){ words, STR("") };
}

static void fill_notes(struct req *r, const struct portal_item *p, struct portal_card *v)
{
	const struct text *t = &r->c.text;
	v->notes = ARENA_ARRAY(r->c.arena, struct portal_link, NOTES_MAX);
	if (p->state == PORTAL_WAITING)
		note(v, t_portal_waiting_words(t, p->before_me));
	if (p->days > 1)
		note(v, t_count_days(t, p->days));
	if (p->score.has)
		note(v, t_portal_score(t, p->score.v));
	if (p->state == PORTAL_DONE)
		note(v, p->comment);
	bool ahead = p->state == PORTAL_ASKS || p->state == PORTAL_COMING;
	if (ahead && (str_starts(p->url, STR("https://")) || str_starts(p->url, STR("http://"))))
		v->notes[v->notes_n++] = (struct portal_link){ p->url, p->url };
	if (p->may_choose && p->choose_until.has)
		note(v, t_portal_choose_until(t, when_instant(t, p->choose_until.v, p->time_zone, r->c.now)));
}

static void fill_whole(struct req *r, const struct portal_item *p, struct portal_card *v)
{
	struct portal_days days;
	struct str rest = p->description, part;
	size_t cap = 0;
	portal_days_of(&r->c, p, &days);
	v->days = ARENA_ARRAY(r->c.arena, struct str, days.n ? days.n : 1);
	for (size_t i = 0; i < days.n && days.n > 1; i++)
		v->days[v->days_n++] = portal_day_words(r, &days.items[i]);
	while (!str_is_empty(p->description) && str_split(&rest, '\n', &part))
		if (!str_is_empty(str_trim(part)))
			*VEC_PUSH(r->c.arena, v->about, v->about_n, cap) = str_trim(part);
}

struct portal_card portal_card_of(struct req *r, const struct portal_item *p, const char *back, bool whole)
{
	const struct text *t = &r->c.text;
	struct portal_card v = { .id = p->id, .back = str_from(back), .csrf = r->csrf, .answer = p->answer };
	struct str what = portal_what(t, p->title, p->session_title);
	v.dated = p->session.has && p->starts_at.has;
	if (v.dated)
		v.row = portal_row(r, p->time_zone, p->start_at, p->end_at, p->starts_at.v, p->ends_at.v, p->days);
	v.row.title = what;
	v.row.place = portal_place(t, p->location, p->url, p->instructor);
	v.row.badge = portal_badge(t, p);
	if (!whole)
		v.row.href = str_num(r->c.arena, "/me/trainings#e", p->id);
	v.asks = p->state == PORTAL_ASKS;
	v.answered = p->state == PORTAL_COMING;
	v.answer_label = t_portal_answer_of(t, what);
	if (v.asks || v.answered)
		v.calendar = str_fmt(r->c.arena, "/enrollments/%lld/invite.ics", (long long)p->id);
	if (p->may_choose && p->state != PORTAL_DONE && p->state != PORTAL_CANCELLED)
		v.choose = (struct portal_link){ p->session.has ? t_portal_choose_other(t) : t_portal_choose(t),
			str_fmt(r->c.arena, "/me/trainings/%lld/choose", (long long)p->id) };
	v.leaves = p->may_leave;
	fill_notes(r, p, &v);
	if (whole)
		fill_whole(r, p, &v);
	return v;
}
