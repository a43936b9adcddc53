/* What the address of the calendar asks for: view, period, whose sessions, filters; and the links that keep it. */
#include "base/date.h"
#include "base/tz.h"
#include "base/url.h"
#include "gen/text.h"
#include "web/calendar_pages.h"

enum { VALUE_MAX = 255 };
/* Stands for days without a place and with a link; no place begins like this. */
#define ONLINE STR("@online")

int64_t calendar_local_day(struct str zone, int64_t at)
{
	const struct tz *z = tz_get(zone);
	struct tz_wall w = tz_to_wall(z ? z : tz_get(STR("UTC")), at);
	return tz_days(w.year, w.month, w.day);
}

static int64_t first_of_month(int64_t day)
{
	struct date d = date_from_days(day);
	return tz_days(d.year, d.month, 1);
}

/* ---- reading */
static enum calendar_kind read_kind(struct req *r)
{
	struct str view = req_query(r, "view");
	if (str_eq(view, STR("week")))
		return CALENDAR_WEEK;
	if (str_eq(view, STR("agenda")))
		return CALENDAR_AGENDA;
	/* A list is what fits a phone; whoever asks for a month there gets it. */
	if (str_is_null(view) && str_find(http_header(r->http, "User-Agent"), STR("Mobi"), NULL))
		return CALENDAR_AGENDA;
	return CALENDAR_MONTH;
}

static struct str read_value(struct req *r, const char *name)
{
	struct str value = req_query(r, name);
	return value.n <= VALUE_MAX ? value : STR_NULL;
}

static void read_filter(struct req *r, struct calendar_asked *q)
{
	struct str place = read_value(r, "place");
	q->filter.instructor = read_value(r, "instructor");
	q->filter.online = str_eq(place, ONLINE);
	if (!q->filter.online)
		q->filter.place = place;
	q->filter.training = req_query_id(r, "training");
	/* One that the reader does not see is the same as none. */
	if (q->filter.training && !schedule_training(&r->c, q->filter.training, &q->training))
		q->filter.training = 0;
}

void calendar_read(struct req *r, struct calendar_asked *out)
{
	struct date day;
	int year, month;
	struct calendar_asked q = { .kind = read_kind(r),
		.today = calendar_local_day(r->c.actor->time_zone, r->c.now),
		.may_all = actor_can(r->c.actor, PERM_TRAININGS_VIEW) };
	q.all = q.may_all && !str_eq(req_query(r, "show"), STR("mine"));
	q.day = q.kind == CALENDAR_WEEK ? q.today : first_of_month(q.today);
	if (date_parse_month(req_query(r, "month"), &year, &month))
		q.day = tz_days(year, month, 1);
	if (q.kind != CALENDAR_MONTH && date_parse(req_query(r, "day"), &day)) {
		q.day = date_days(day);
		q.one_day = q.kind == CALENDAR_AGENDA;
	}
	read_filter(r, &q);
	*out = q;
}

/* ---- links */
static void put_filter(struct req *r, const struct calendar_asked *q, struct buf *b)
{
	const struct schedule_filter *f = &q->filter;
	if (f->training)
		url_put_pair(b, STR("training"), str_num(r->c.arena, "", f->training));
	if (!str_is_empty(f->instructor))
		url_put_pair(b, STR("instructor"), f->instructor);
	if (f->online || !str_is_empty(f->place))
		url_put_pair(b, STR("place"), f->online ? ONLINE : f->place);
}

static struct str kind_name(enum calendar_kind kind)
{
	return kind == CALENDAR_WEEK ? STR("week") : kind == CALENDAR_AGENDA ? STR("agenda") : STR("month");
}

struct str calendar_url(struct req *r, const struct calendar_asked *q)
{
	struct buf b = buf_new(r->c.arena);
	struct str date = date_format(r->c.arena, date_from_days(q->day));
	BUF_LIT(&b, "/calendar?");
	url_put_pair(&b, STR("view"), kind_name(q->kind));
	if (q->kind == CALENDAR_WEEK || q->one_day)
		url_put_pair(&b, STR("day"), date);
	else
		url_put_pair(&b, STR("month"), str_sub(date, 0, 7));
	if (q->may_all)
		url_put_pair(&b, STR("show"), q->all ? STR("all") : STR("mine"));
	put_filter(r, q, &b);
	return buf_str(&b);
}

struct calendar_asked calendar_at(const struct calendar_asked *q, enum calendar_kind kind, int64_t day)
{
	struct calendar_asked at = *q;
	at.kind = kind;
	at.one_day = false;
	at.day = kind == CALENDAR_WEEK ? day : first_of_month(day);
	return at;
}

/* ---- what is in it */
void calendar_period(const struct calendar_asked *q, int64_t *first, int64_t *n)
{
	struct date d = date_from_days(q->day);
	int weeks;
	if (q->kind == CALENDAR_MONTH) {
		*first = date_grid(d.year, d.month, &weeks);
		*n = weeks * 7;
	} else if (q->kind == CALENDAR_WEEK) {
		*first = q->day - date_weekday(q->day);
		*n = 7;
	} else {
		*first = q->day;
		*n = q->one_day ? 1 : date_month_days(d.year, d.month);
	}
}

void calendar_load(
	struct req *r, const struct calendar_asked *q, struct schedule *out, struct schedule_choices *choices)
{
	int64_t first, n;
	calendar_period(q, &first, &n);
	/* Places are up to 14 hours from UTC. */
	int64_t from = (first - 1) * CALENDAR_DAY, to = (first + n + 1) * CALENDAR_DAY;
	const struct schedule_filter *f = &q->filter;
	bool filtered = f->training || !str_is_empty(f->instructor) || !str_is_empty(f->place) || f->online;
	struct schedule every;
	void (*load)(struct ctx *, int64_t, int64_t, const struct schedule_filter *, struct schedule *) =
		q->all ? schedule_everything : schedule_mine;
	load(&r->c, from, to, f, out);
	if (filtered)
		load(&r->c, from, to, NULL, &every);
	schedule_choices(&r->c, filtered ? &every : out, choices);
}

/* ---- filters */
static void add_option(struct field *f, struct str value, struct str label, struct str chosen)
{
	bool here = str_eq(value, chosen);
	if (here)
		f->value = label;
	f->options[f->options_n++] = (struct field_option){ .value = value, .label = label, .chosen = here };
}

static struct field filter_new(struct req *r, const char *name, struct str label, struct str any, size_t options)
{
	struct field f = {
		.name = str_from(name), .label = label, .options = ARENA_ARRAY(r->c.arena, struct field_option, options + 3)
	};
	f.options[f.options_n++] = (struct field_option){ .value = STR(""), .label = any };
	return f;
}

/* A filter with nothing to choose is not shown. What is chosen stays, also where nothing of it is in the period; then
 * its chip leads to the address without it. */
static void put_filter_field(struct req *r, const struct calendar_asked *without, struct field *f, struct str chosen,
	struct str chosen_label, struct calendar_view *v)
{
	bool active = !str_is_empty(chosen);
	if (active && str_is_empty(f->value))
		add_option(f, chosen, chosen_label, chosen);
	if (active)
		v->chips[v->chips_n++] = (struct calendar_chip){ .what = f->label,
			.value = f->value,
			.remove = t_calendar_filter_remove(&r->c.text, f->label),
			.href = calendar_url(r, without) };
	if (active || f->options_n > 2)
		v->filters[v->filters_n++] = *f;
}

static void put_names(struct field *f, const struct schedule_choice *items, size_t n, struct str chosen)
{
	for (size_t i = 0; i < n; i++)
		add_option(f, items[i].name, items[i].name, chosen);
}

void calendar_fill_filters(
	struct req *r, const struct calendar_asked *q, const struct schedule_choices *c, struct calendar_view *v)
{
	const struct text *t = &r->c.text;
	struct calendar_asked none = *q;
	none.filter = (struct schedule_filter){ 0 };
	struct calendar_asked no_training = *q, no_instructor = *q, no_place = *q;

	struct str id = q->filter.training ? str_num(r->c.arena, "", q->filter.training) : STR("");
	struct field f =
		filter_new(r, "training", t_calendar_filter_training(t), t_calendar_any_training(t), c->trainings_n);
	for (size_t i = 0; i < c->trainings_n; i++)
		add_option(&f, str_num(r->c.arena, "", c->trainings[i].id), c->trainings[i].name, id);
	no_training.filter.training = 0;
	put_filter_field(r, &no_training, &f, id, q->training, v);

	f = filter_new(r, "instructor", t_calendar_filter_instructor(t), t_calendar_any_instructor(t), c->instructors_n);
	put_names(&f, c->instructors, c->instructors_n, q->filter.instructor);
	no_instructor.filter.instructor = STR_NULL;
	put_filter_field(r, &no_instructor, &f, q->filter.instructor, q->filter.instructor, v);

	struct str place = q->filter.online ? ONLINE : q->filter.place;
	f = filter_new(r, "place", t_calendar_filter_place(t), t_calendar_any_place(t), c->places_n);
	put_names(&f, c->places, c->places_n, place);
	if (c->online)
		add_option(&f, ONLINE, t_session_online(t), place);
	no_place.filter.place = STR_NULL;
	no_place.filter.online = false;
	put_filter_field(r, &no_place, &f, place, q->filter.online ? t_session_online(t) : place, v);

	struct str date = date_format(r->c.arena, date_from_days(q->day));
	bool by_day = q->kind == CALENDAR_WEEK || q->one_day;
	v->hidden[v->hidden_n++] = (struct calendar_hidden){ STR("view"), kind_name(q->kind) };
	v->hidden[v->hidden_n++] =
		(struct calendar_hidden){ by_day ? STR("day") : STR("month"), by_day ? date : str_sub(date, 0, 7) };
	if (q->may_all)
		v->hidden[v->hidden_n++] = (struct calendar_hidden){ STR("show"), q->all ? STR("all") : STR("mine") };
	if (v->chips_n)
		v->clear = calendar_url(r, &none);
}
