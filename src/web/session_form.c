#include "web/conflict.h"
#include "web/session_form.h"
#include <string.h>
#include "base/date.h"
#include "base/tz.h"
#include "gen/text.h"
#include "model/when.h"
#include "web/user_field.h"

/* ---- from and to what people see */
static struct str number(struct req *r, int64_t n)
{
	return str_num(r->c.arena, "", n);
}

void session_typed_new(struct req *r, struct session_typed *out)
{
	*out = (struct session_typed){ .days = ARENA_ARRAY(r->c.arena, struct day_typed, 1), .days_n = 1 };
	out->days[0] = (struct day_typed){ .time = STR("09:00"), .hours = STR("3"), .zone = r->account->time_zone };
}

void session_typed_of(struct req *r, const struct session *s, struct session_typed *out)
{
	*out = (struct session_typed){
		.title = s->title,
		.instructor = s->instructor,
		.instructor_login = s->instructor_login,
		.version = s->version,
		.capacity = s->capacity.has ? number(r, s->capacity.v) : STR(""),
		.days = ARENA_ARRAY(r->c.arena, struct day_typed, s->days_n),
	};
	for (size_t i = 0; i < s->days_n; i++) {
		const struct session_day *d = &s->days[i];
		int64_t minutes = d->duration / 60 % 60;
		out->days[out->days_n++] = (struct day_typed){
			.id = number(r, d->id),
			.date = str_sub(d->start, 0, 10),
			.time = str_sub(d->start, 11, 5),
			.hours = number(r, d->duration / 3600),
			.minutes = minutes ? number(r, minutes) : STR(""),
			.zone = d->time_zone,
			.place = d->location,
			.url = d->url,
			.fold = d->fold ? STR("1") : STR("0"),
		};
	}
}

static const char *day_name(struct req *r, size_t i, const char *member)
{
	return str_c(r->c.arena, str_fmt(r->c.arena, "day%zu_%s", i, member));
}

static struct str day_value(struct req *r, size_t i, const char *member)
{
	return req_form(r, day_name(r, i, member));
}

void session_typed_read(struct req *r, struct session_typed *out)
{
	int64_t n = req_form_id(r, "days");
	if (n < 1)
		n = 1;
	if (n > SESSION_DAYS_MAX)
		n = SESSION_DAYS_MAX;
	*out = (struct session_typed){
		.title = req_form(r, "title"),
		.instructor = req_form(r, "instructor"),
		.instructor_login = req_form(r, "instructor_user"),
		.capacity = req_form(r, "capacity"),
		.version = req_form_id(r, "version"),
		.days = ARENA_ARRAY(r->c.arena, struct day_typed, (size_t)n + 1),
	};
	for (size_t i = 0; i < (size_t)n; i++)
		out->days[out->days_n++] = (struct day_typed){
			.id = day_value(r, i, "id"),
			.date = day_value(r, i, "date"),
			.time = day_value(r, i, "time"),
			.hours = day_value(r, i, "hours"),
			.minutes = day_value(r, i, "minutes"),
			.zone = day_value(r, i, "zone"),
			.place = day_value(r, i, "place"),
			.url = day_value(r, i, "url"),
			.fold = day_value(r, i, "fold"),
		};
}

/* Another day is most often the next one, at the same time and place. */
static struct day_typed day_after(struct req *r, const struct day_typed *last)
{
	struct day_typed next = *last;
	struct date d;
	next.id = STR("");
	next.fold = STR_NULL;
	next.date =
		date_parse(str_trim(last->date), &d) ? date_format(r->c.arena, date_from_days(date_days(d) + 1)) : STR("");
	return next;
}

bool session_typed_days(struct req *r, struct session_typed *typed)
{
	int64_t index;
	if (req_form_has(r, "add_day")) {
		if (typed->days_n < SESSION_DAYS_MAX) {
			typed->days[typed->days_n] = day_after(r, &typed->days[typed->days_n - 1]);
			typed->days_n++;
		}
		return true;
	}
	if (!str_to_i64(req_form(r, "remove_day"), &index))
		return false;
	if (index >= 0 && (size_t)index < typed->days_n && typed->days_n > 1) {
		for (size_t i = (size_t)index; i + 1 < typed->days_n; i++)
			typed->days[i] = typed->days[i + 1];
		typed->days_n--;
	}
	return true;
}

/* A count as typed: nothing is 0, what is no count is -1, which the model refuses. */
static int64_t count_of(struct str typed)
{
	int64_t n;
	struct str text = str_trim(typed);
	if (str_is_empty(text))
		return 0;
	return str_to_i64(text, &n) && n >= 0 && n <= 1000000 ? n : -1;
}

static int64_t duration_of(const struct day_typed *d)
{
	int64_t hours = count_of(d->hours), minutes = count_of(d->minutes);
	return hours < 0 || minutes < 0 ? -1 : hours * 3600 + minutes * 60;
}

/* Browsers send HH:MM, or HH:MM:SS where seconds are not 0; a person may type "9:00". */
static struct str clock_of(struct req *r, struct str typed)
{
	struct str t = str_trim(typed);
	if (t.n == 8 && str_ends(t, STR(":00")))
		t = str_sub(t, 0, 5);
	return t.n == 4 && t.p[1] == ':' ? str_cat(r->c.arena, STR("0"), t) : t;
}

static void keep_seconds(const struct session *old, struct session_day_form *d)
{
	for (size_t i = 0; old && i < old->days_n; i++)
		if (old->days[i].id == d->id && old->days[i].duration / 60 * 60 == d->duration)
			d->duration = old->days[i].duration;
}

void session_typed_form(
	struct req *r, const struct session_typed *typed, const struct session *old, struct session_form *out)
{
	int64_t capacity = count_of(typed->capacity);
	bool limited = !str_is_empty(str_trim(typed->capacity));
	struct session_day_form *days = ARENA_ARRAY(r->c.arena, struct session_day_form, typed->days_n);
	*out = (struct session_form){
		.path = STR(""),
		.title = str_is_null(typed->title) ? STR("") : typed->title,
		.instructor = str_is_null(typed->instructor) ? STR("") : typed->instructor,
		.instructor_login = str_is_null(typed->instructor_login) ? STR("") : str_trim(typed->instructor_login),
		.has_capacity = true,
		.capacity = limited ? SOME(capacity) : NONE,
		.has_days = true,
		.days = days,
		.days_n = typed->days_n,
		.version = typed->version ? SOME(typed->version) : NONE,
	};
	for (size_t i = 0; i < typed->days_n; i++) {
		const struct day_typed *d = &typed->days[i];
		struct str date = str_trim(d->date), clock = clock_of(r, d->time);
		int64_t fold;
		days[i] = (struct session_day_form){ .duration = duration_of(d),
			.time_zone = str_is_null(d->zone) ? STR("") : d->zone,
			.location = d->place,
			.url = d->url };
		str_to_i64(d->id, &days[i].id);
		keep_seconds(old, &days[i]);
		if (date.n || clock.n)
			days[i].start = str_fmt(r->c.arena, STR_FMT "T" STR_FMT, STR_ARG(date), STR_ARG(clock));
		if (str_to_i64(d->fold, &fold))
			days[i].fold = SOME(fold);
	}
}

/* ---- errors */
/* "days[3].start" gives 3 and "start". */
static bool day_field(struct str field, int64_t *index, struct str *member)
{
	struct str rest = field, head;
	if (!str_starts(field, STR("days[")))
		return false;
	rest = str_sub(field, 5, field.n);
	if (!str_split(&rest, ']', &head) || !str_to_i64(head, index) || !str_starts(rest, STR(".")))
		return false;
	*member = str_sub(rest, 1, rest.n);
	return true;
}

static const char *input_of(const struct day_typed *d, struct str member, enum err_code code)
{
	if (str_eq(member, STR("start")))
		return code == CODE_time_skipped || code == CODE_time_doubled ||
				(!str_is_empty(str_trim(d->date)) && str_is_empty(str_trim(d->time)))
			? "time"
			: "date";
	if (str_eq(member, STR("duration")))
		return "hours";
	if (str_eq(member, STR("time_zone")))
		return "zone";
	if (str_eq(member, STR("location")))
		return "place";
	if (str_eq(member, STR("url")))
		return "url";
	return str_eq(member, STR("fold")) ? "fold" : "date";
}

void session_typed_errors(struct req *r, const struct session_typed *typed)
{
	for (size_t i = 0; i < r->c.errs.n; i++) {
		struct err_item *e = &r->c.errs.items[i];
		int64_t index;
		struct str member;
		if (str_eq(e->field, STR("days")))
			e->field = STR("day0_date");
		else if (day_field(e->field, &index, &member) && index >= 0 && (size_t)index < typed->days_n)
			e->field = str_from(day_name(r, (size_t)index, input_of(&typed->days[index], member, e->code)));
	}
}

/* ---- fields */
static struct field zone_field(struct req *r, size_t i, struct str chosen)
{
	size_t n;
	const struct str *all = tz_all(&n);
	struct field f = { .name = str_from(day_name(r, i, "zone")),
		.label = t_session_zone_label(&r->c.text),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, n + 1) };
	bool found = false;
	for (size_t k = 0; k < n; k++) {
		bool here = str_eq(all[k], chosen);
		found |= here;
		f.options[f.options_n++] = (struct field_option){ .value = all[k], .label = all[k], .chosen = here };
	}
	/* An older name of a zone stays what it is. */
	if (!found && !str_is_empty(chosen))
		f.options[f.options_n++] = (struct field_option){ .value = chosen, .label = chosen, .chosen = true };
	return f;
}

/* Whether the hour comes twice, so that the page asks which one. */
static bool is_doubled(const struct day_typed *d, struct req *r)
{
	struct tz_wall wall;
	enum tz_kind kind;
	const struct tz *zone = tz_get(d->zone);
	struct str start =
		str_fmt(r->c.arena, STR_FMT "T" STR_FMT, STR_ARG(str_trim(d->date)), STR_ARG(clock_of(r, d->time)));
	if (!zone || !tz_wall_parse(start, &wall))
		return false;
	tz_to_instant(zone, &wall, 0, &kind);
	return kind == TZ_DOUBLED;
}

static struct field fold_field(struct req *r, size_t i, const struct day_typed *d)
{
	const struct text *t = &r->c.text;
	struct str clock = clock_of(r, d->time);
	struct field f = { .name = str_from(day_name(r, i, "fold")),
		.label = t_session_fold_label(t, clock),
		.full = true,
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 2),
		.options_n = 2 };
	f.options[0] = (struct field_option){
		.value = STR("0"), .label = t_session_fold_first(t), .chosen = str_eq(d->fold, STR("0"))
	};
	f.options[1] = (struct field_option){
		.value = STR("1"), .label = t_session_fold_second(t), .chosen = str_eq(d->fold, STR("1"))
	};
	return f;
}

static struct day_fields day_of(struct req *r, size_t i, const struct session_typed *typed)
{
	const struct text *t = &r->c.text;
	const struct day_typed *d = &typed->days[i];
	struct day_fields v = {
		.legend = t_session_day_legend(t, (int64_t)i + 1),
		.index = (int64_t)i,
		.id_name = str_from(day_name(r, i, "id")),
		.id = d->id,
		.can_remove = typed->days_n > 1,
		.remove_label = t_session_day_remove(t, (int64_t)i + 1),
		.ask_fold = is_doubled(d, r),
		.date = { .name = str_from(day_name(r, i, "date")),
			.label = t_session_date_label(t),
			.value = d->date,
			.type = STR("date") },
		.time = { .name = str_from(day_name(r, i, "time")),
			.label = t_session_time_label(t),
			.value = d->time,
			.type = STR("time") },
		.hours = { .name = str_from(day_name(r, i, "hours")),
			.label = t_session_hours_label(t),
			.value = d->hours,
			.type = STR("number"),
			.min = STR("0"),
			.max = STR("24") },
		.minutes = { .name = str_from(day_name(r, i, "minutes")),
			.label = t_session_minutes_label(t),
			.value = d->minutes,
			.type = STR("number"),
			.min = STR("0"),
			.max = STR("59"),
			.optional = true },
		.place = { .name = str_from(day_name(r, i, "place")),
			.label = t_session_place_label(t),
			.value = d->place,
			.max_length = SESSION_PLACE_MAX,
			.optional = true },
		.url = { .name = str_from(day_name(r, i, "url")),
			.label = t_session_url_label(t),
			.value = d->url,
			.type = STR("url"),
			.max_length = SESSION_URL_MAX,
			.optional = true },
	};
	v.zone = zone_field(r, i, d->zone);
	if (v.ask_fold)
		v.fold = fold_field(r, i, d);
	struct field *fields[] = { &v.date, &v.time, &v.hours, &v.minutes, &v.zone, &v.place, &v.url, &v.fold };
	for (size_t k = 0; k < sizeof fields / sizeof *fields; k++)
		if (fields[k]->name.n)
			field_errors(fields[k], &r->c.errs);
	return v;
}

static void day_conflicts(struct req *r, size_t i, const struct day_typed *typed, const struct day_typed *now)
{
	conflict_note(r, str_from(day_name(r, i, "date")), typed->date, now->date);
	conflict_note(r, str_from(day_name(r, i, "time")), typed->time, now->time);
	conflict_note(r, str_from(day_name(r, i, "hours")), typed->hours, now->hours);
	conflict_note(r, str_from(day_name(r, i, "minutes")), typed->minutes, now->minutes);
	conflict_note(r, str_from(day_name(r, i, "zone")), typed->zone, now->zone);
	conflict_note(r, str_from(day_name(r, i, "place")), typed->place, now->place);
	conflict_note(r, str_from(day_name(r, i, "url")), typed->url, now->url);
}

void session_typed_conflicts(struct req *r, const struct session_typed *typed, const struct session_typed *now)
{
	conflict_note(r, STR("title"), typed->title, now->title);
	conflict_note(r, STR("instructor"), typed->instructor, now->instructor);
	conflict_note(r, STR("instructor_user"), typed->instructor_login, now->instructor_login);
	conflict_note(r, STR("capacity"), typed->capacity, now->capacity);
	if (conflict_is(r) && typed->days_n != now->days_n)
		err_add(&r->c.errs, r->c.arena, ERR_CONFLICT, str_from(day_name(r, 0, "date")), CODE_outcome_changed,
			t_conflict_days(&r->c.text, (int64_t)now->days_n));
	for (size_t i = 0; i < typed->days_n; i++)
		for (size_t k = 0; k < now->days_n; k++)
			if (str_eq(typed->days[i].id, now->days[k].id))
				day_conflicts(r, i, &typed->days[i], &now->days[k]);
}

void session_typed_fill(struct req *r, const struct session_typed *typed, struct session_form_view *v)
{
	const struct text *t = &r->c.text;
	v->version = typed->version;
	v->title = (struct field){ .name = STR("title"),
		.label = t_session_title_label(t),
		.value = typed->title,
		.max_length = SESSION_TITLE_MAX,
		.full = true };
	v->instructor = (struct field){ .name = STR("instructor"),
		.label = t_session_instructor_label(t),
		.hint = t_session_instructor_hint(t),
		.value = typed->instructor,
		.max_length = SESSION_TITLE_MAX,
		.optional = true };
	v->instructor_login = (struct field){ .name = STR("instructor_user"),
		.label = t_session_instructor_user_label(t),
		.hint = t_session_instructor_user_hint(t),
		.value = typed->instructor_login,
		.optional = true };
	user_field_suggest(&v->instructor_login);
	v->capacity = (struct field){ .name = STR("capacity"),
		.label = t_session_capacity_label(t),
		.hint = t_session_capacity_hint(t),
		.value = typed->capacity,
		.type = STR("number"),
		.min = STR("1"),
		.optional = true };
	struct field *fields[] = { &v->title, &v->instructor, &v->instructor_login, &v->capacity };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		field_errors(fields[i], &r->c.errs);
	v->days = ARENA_ARRAY(r->c.arena, struct day_fields, typed->days_n);
	for (size_t i = 0; i < typed->days_n; i++)
		v->days[v->days_n++] = day_of(r, i, typed);
	v->days_n_value = (int64_t)typed->days_n;
	v->can_add_day = typed->days_n < SESSION_DAYS_MAX;
}
