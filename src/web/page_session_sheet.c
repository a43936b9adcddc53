/* The sign-in sheet of a session: who holds a seat, with room for a signature a day. */
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/enrollment_list.h"
#include "model/session.h"
#include "model/when.h"
#include "web/list.h"
#include "web/training_pages.h"
#include "web/view_sheet.h"

enum {
	SHEET_COLUMNS = 4,  /* so many days stand side by side; of more, each has a sheet */
	SHEET_PEOPLE = 500, /* in one part */
	SHEET_ROWS = 2000,  /* and on all its sheets together */
	SHEET_BLANKS = 5,   /* rows for who is not on it */
	SHEET_UPRIGHT = 2,  /* columns that fit on paper that stands */
	SHEET_NUMBER_MAX = 10000000
};

static struct sheet_day day_of(struct req *r, const struct session_day *d)
{
	/* What hangs on a wall says the year. */
	struct when_parts p = when_parts(&r->c.text, d->start_at, d->end_at, d->time_zone, d->time_zone, WHEN_YEAR);
	struct str when = when_day_range(&r->c.text, d->start_at, d->end_at, d->time_zone, WHEN_YEAR);
	struct str place = d->location.n ? d->location : d->url.n ? t_session_online(&r->c.text) : STR("");
	return (struct sheet_day){ .when = when, .place = place, .date = p.date, .time = p.times };
}

static struct str address(struct req *r, int64_t day)
{
	return day ? str_fmt(r->c.arena, "/sessions/%lld/sheet?day=%lld", (long long)r->id, (long long)day)
			   : str_fmt(r->c.arena, "/sessions/%lld/sheet", (long long)r->id);
}

/* Of many days, one can be printed alone. */
static void fill_pick(struct req *r, const struct session *s, int64_t day, struct sheet_view *v)
{
	const struct text *t = &r->c.text;
	v->pick = ARENA_ARRAY(r->c.arena, struct sheet_link, s->days_n + 1);
	v->pick[v->pick_n++] = (struct sheet_link){ t_sheet_all_days(t), address(r, 0), !day };
	for (size_t i = 0; i < s->days_n; i++)
		v->pick[v->pick_n++] = (struct sheet_link){ t_session_day_legend(t, (int64_t)i + 1), address(r, (int64_t)i + 1),
			day == (int64_t)i + 1 };
}

static void fill_tables(struct req *r, const struct session *s, int64_t day, struct sheet_view *v)
{
	struct sheet_day *days = ARENA_ARRAY(r->c.arena, struct sheet_day, s->days_n + 1);
	for (size_t i = 0; i < s->days_n; i++)
		days[i] = day_of(r, &s->days[i]);
	v->tables = ARENA_ARRAY(r->c.arena, struct sheet_table, s->days_n + 1);
	if (s->days_n <= SHEET_COLUMNS) {
		v->tables[v->tables_n++] = (struct sheet_table){ days, s->days_n, s->days_n == 1, s->title };
		v->wide = s->days_n > SHEET_UPRIGHT;
		return;
	}
	fill_pick(r, s, day, v);
	for (size_t i = 0; i < s->days_n; i++)
		if (!day || day == (int64_t)i + 1)
			v->tables[v->tables_n++] =
				(struct sheet_table){ &days[i], 1, true, t_session_day_legend(&r->c.text, (int64_t)i + 1) };
}

/* Numbers go on from part to part; a part knows only from its address where it begins. */
static int64_t seen_before(struct req *r, const struct db_page *page)
{
	int64_t seen = req_query_id(r, "seen");
	return page->has_after && seen > 0 && seen < SHEET_NUMBER_MAX ? seen : 0;
}

static void fill_pager(struct req *r, const struct db_page *page, const struct enrollment_items *list,
	struct participants_total total, int64_t seen, int64_t day, struct sheet_view *v)
{
	const struct text *t = &r->c.text;
	if (!list->more && !seen)
		return;
	int64_t last = seen + (int64_t)list->n;
	v->pager.words = total.more ? t_sheet_part(t, seen + 1, last) : t_participants_range(t, seen + 1, last, total.n);
	if (seen)
		v->pager.first = address(r, day);
	if (!list->more)
		return;
	const struct enrollment_item *end = &list->items[list->n - 1];
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, "/sessions/%lld/sheet?", (long long)r->id);
	if (day)
		url_put_pair(&b, STR("day"), str_num(r->c.arena, "", day));
	url_put_pair(&b, STR("after"), req_cursor(r, page, end->sort_key, end->sort_int, end->e.id, false));
	url_put_pair(&b, STR("seen"), str_num(r->c.arena, "", last));
	v->pager.next = buf_str(&b);
}

void page_session_sheet(struct req *r)
{
	const struct text *t = &r->c.text;
	struct session s;
	struct db_page page;
	struct enrollment_items list;
	struct participants_total total;
	struct sheet_view v = { 0 };
	if (!req_page(r, participant_list_sorts, 1, "name", &page))
		return;
	if (!session_get(&r->c, r->id, &s)) {
		reply_error(r);
		return;
	}
	if (s.cancelled_at.has) {
		reply_redirect(r, "/sessions/%lld", (long long)s.id);
		return;
	}
	int64_t day = req_query_id(r, "day");
	if (s.days_n <= SHEET_COLUMNS || day < 0 || day > (int64_t)s.days_n)
		day = 0;
	fill_tables(r, &s, day, &v);
	int64_t rows = SHEET_ROWS / (int64_t)(v.tables_n ? v.tables_n : 1);
	page.desc = page.backward = page.last = false;
	page.limit = rows < SHEET_PEOPLE ? rows : SHEET_PEOPLE;
	struct enrollment_query q = {
		.session = s.id, .status = STR("seated"), .answer = STR(""), .result = STR(""), .q = STR("")
	};
	participants_page(&r->c, s.training, &q, &page, &list, &total);
	int64_t seen = seen_before(r, &page);
	v.people = ARENA_ARRAY(r->c.arena, struct sheet_person, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct enrollment *e = &list.items[i].e;
		v.people[v.people_n++] = (struct sheet_person){ seen + (int64_t)i + 1, e->user_name, e->department };
	}
	v.blanks_n = list.more ? 0 : SHEET_BLANKS;
	v.blanks = ARENA_ARRAY(r->c.arena, struct sheet_blank, SHEET_BLANKS);
	fill_pager(r, &page, &list, total, seen, day, &v);
	v.training = s.training_title;
	v.session = s.title;
	v.instructor = s.instructor;
	v.found = total.more ? t_sheet_people_more(t, total.n) : t_sheet_people(t, total.n);
	v.session_href = str_num(r->c.arena, "/sessions/", s.id);
	v.participants_href =
		str_fmt(r->c.arena, "/trainings/%lld/participants?session=%lld", (long long)s.training, (long long)s.id);
	page_begin(r, &v.page, t_training_page_title(t, t_sheet_title(t), s.title), NAV_TRAININGS);
	struct training_head_view head = { .id = s.training, .title = s.training_title };
	training_crumbs(r, &v.page, &head, t_sheet_title(t));
	tpl_session_sheet(reply_html(r, 200), t, &v);
}
