/* Who gets the seats of a session, and who waits: folded below the session on Check, and as a page of its own. Both are
 * what the plan says, which is computed anew each time. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/enroll_seats.h"
#include "web/enroll_pages.h"
#include "web/reply.h"

/* Of many sessions Check shows the people of the first few; each list leads to the whole. */
enum { SESSIONS_SHOWN = 10, PEOPLE_SHOWN = 20, PEOPLE_A_PAGE = 100 };

static struct str at(struct req *r, const struct draft *d, int64_t session, bool waits, int64_t from)
{
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, "/enroll/%lld/seats?session=%lld%s", (long long)d->id, (long long)session, waits ? "&waits=1" : "");
	if (from > 0)
		buf_fmt(&b, "&from=%lld", (long long)from);
	return buf_str(&b);
}

/* `before`: how many wait already. */
static void fill_list(
	struct req *r, int64_t session, bool waits, int64_t before, int64_t from, int64_t limit, struct seat_list *l)
{
	const struct text *t = &r->c.text;
	struct plan_seat_list people;
	enroll_seats(&r->c, session, waits, from, limit, &people);
	l->items = ARENA_ARRAY(r->c.arena, struct seat_person, people.n + 1);
	for (size_t i = 0; i < people.n; i++) {
		const struct plan_seat *p = &people.items[i];
		struct seat_person *out = &l->items[l->items_n++];
		*out = (struct seat_person){ .person = enroll_person(r, p->user_name, p->login), .department = p->department };
		if (waits)
			out->badge = (struct badge){ STR("warn"), t_seats_place(t, before + from + (int64_t)i + 1) };
		else if (p->over)
			out->badge = (struct badge){ STR("bad"), t_seats_over(t) };
		else if (!str_is_null(p->old_session_title))
			out->badge = (struct badge){ STR(""), t_seats_from(t, p->old_session_title) };
	}
}

static const struct plan_seat_count *count_of(const struct plan_seat_count_list *all, int64_t session)
{
	static const struct plan_seat_count nobody;
	for (size_t i = 0; i < all->n; i++)
		if (all->items[i].session == session)
			return &all->items[i];
	return &nobody;
}

static int64_t waiting_before(const struct plan *p, int64_t session)
{
	for (size_t i = 0; i < p->sessions_n; i++)
		if (p->sessions[i].session == session)
			return p->sessions[i].waiting_before;
	return 0;
}

static void fill_session(struct req *r, const struct draft *d, const struct plan_session *s,
	const struct plan_seat_count *n, struct check_session *out)
{
	const struct text *t = &r->c.text;
	if (!n->seated && !n->waits)
		return;
	out->who = t_seats_who(t, n->seated, n->waits);
	out->lists = ARENA_ARRAY(r->c.arena, struct seat_list, 2);
	for (int waits = 0; waits < 2; waits++) {
		int64_t people = waits ? n->waits : n->seated;
		if (!people)
			continue;
		struct seat_list *l = &out->lists[out->lists_n++];
		*l = (struct seat_list){ .title = waits ? t_seats_waits(t, people) : t_seats_seated(t, people),
			.href = at(r, d, s->session, waits, 0),
			.all = people > PEOPLE_SHOWN ? t_seats_all(t, people) : STR("") };
		fill_list(r, s->session, waits, s->waiting_before, 0, PEOPLE_SHOWN, l);
	}
}

void enroll_check_seats(struct req *r, const struct draft *d, const struct plan *p, struct enroll_check_view *v)
{
	struct plan_seat_count_list counts;
	enroll_seat_counts(&r->c, &counts);
	for (size_t i = 0; i < v->sessions_n && i < SESSIONS_SHOWN; i++)
		fill_session(r, d, &p->sessions[i], count_of(&counts, p->sessions[i].session), &v->sessions[i]);
}

/* ---- the page */
static void fill_tabs(struct req *r, const struct draft *d, int64_t session, bool waits,
	const struct plan_seat_count *n, struct tabs_view *v)
{
	const struct text *t = &r->c.text;
	v->label = t_seats_lists(t);
	v->items = ARENA_ARRAY(r->c.arena, struct tab, 2);
	v->items[v->items_n++] =
		(struct tab){ t_seats_tab_seated(t), at(r, d, session, false, 0), text_i64(t, n->seated), !waits };
	v->items[v->items_n++] =
		(struct tab){ t_seats_tab_waits(t), at(r, d, session, true, 0), text_i64(t, n->waits), waits };
}

static void fill_pager(struct req *r, const struct draft *d, int64_t session, bool waits, int64_t from, int64_t count,
	struct enroll_seats_view *v)
{
	int64_t end = from + (int64_t)v->list.items_n;
	v->pager.words = t_seats_shown(&r->c.text, from + 1, end, count);
	if (from > 0) {
		v->pager.first = at(r, d, session, waits, 0);
		v->pager.previous = at(r, d, session, waits, from > PEOPLE_A_PAGE ? from - PEOPLE_A_PAGE : 0);
	}
	if (end < count)
		v->pager.next = at(r, d, session, waits, end);
}

void page_enroll_seats(struct req *r)
{
	const struct text *t = &r->c.text;
	struct enroll_seats_view v = { 0 };
	struct plan_seat_count_list counts;
	struct session s;
	struct draft d;
	struct plan p;
	int64_t session = req_query_id(r, "session"), from = req_query_id(r, "from");
	bool waits = !str_is_null(req_query(r, "waits"));
	if (!enroll_draft(r, &d))
		return;
	/* What is wrong with the whole is said by Check. */
	if (!enroll_plan(&r->c, &d.spec, r->account->undo_hold, r->account, &p)) {
		reply_redirect(r, "/enroll/%lld/check", (long long)d.id);
		return;
	}
	enroll_seat_counts(&r->c, &counts);
	const struct plan_seat_count *n = count_of(&counts, session);
	if (!session_get(&r->c, session, &s)) {
		reply_error(r);
		return;
	}
	int64_t count = waits ? n->waits : n->seated;
	if (from < 0 || from >= count)
		from = 0;
	v.list.title = waits ? t_seats_waits(t, count) : t_seats_seated(t, count);
	fill_list(r, session, waits, waiting_before(&p, session), from, PEOPLE_A_PAGE, &v.list);
	fill_pager(r, &d, session, waits, from, count, &v);
	fill_tabs(r, &d, session, waits, n, &v.tabs);
	v.none = (struct empty_view){ .title = t_seats_nobody(t),
		.words = waits ? t_seats_nobody_waits(t) : t_seats_nobody_words(t) };
	v.intro = t_seats_intro(t, str_fmt(r->c.arena, STR_FMT " – " STR_FMT, STR_ARG(s.training_title), STR_ARG(s.title)));
	enroll_head_fill(r, &d, DRAFT_CHECK, p.users, &v.head);
	page_begin(r, &v.page, t_seats_title(t), NAV_ENROLLMENTS);
	tpl_enroll_seats(reply_html(r, 200), t, &v);
}
