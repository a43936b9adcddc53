#include "model/training_copy.h"
#include "base/date.h"
#include "base/tz.h"
#include "gen/text.h"
#include "model/policy.h"

enum { WEEK = 7, YEAR_MAX = 2200 };

/* ---- which sessions */
static bool is_wanted(const struct training_copy_form *f, int64_t id)
{
	if (!f->has_sessions)
		return true;
	for (size_t i = 0; i < f->sessions_n; i++)
		if (f->sessions[i] == id)
			return true;
	return false;
}

static bool choose(struct ctx *c, int64_t id, const struct training_copy_form *f, struct training_copy *out)
{
	struct sessions all;
	session_list_all(c, id, &all);
	out->sessions = ARENA_ARRAY(c->arena, struct session, all.n + 1);
	for (size_t i = 0; i < all.n; i++)
		if (!all.items[i].cancelled_at.has && all.items[i].days_n && is_wanted(f, all.items[i].id))
			out->sessions[out->sessions_n++] = all.items[i];
	for (size_t i = 0; f->has_sessions && i < f->sessions_n; i++) {
		bool found = false;
		for (size_t k = 0; k < out->sessions_n; k++)
			found |= out->sessions[k].id == f->sessions[i];
		if (!found)
			return ctx_invalid(c, STR("sessions"), CODE_not_found, t_error_not_found(&c->text));
	}
	return !db_failed(c->db);
}

/* ---- by how many days */
static int64_t days_of(const struct tz_wall *w)
{
	return tz_days(w->year, w->month, w->day);
}

/* The first day on the calendars of the places, which is not always that of the session that begins first. */
static int64_t first_of(const struct training_copy *copy)
{
	int64_t first = INT64_MAX;
	for (size_t i = 0; i < copy->sessions_n; i++) {
		struct tz_wall w;
		if (tz_wall_parse(copy->sessions[i].days[0].start, &w) && days_of(&w) < first)
			first = days_of(&w);
	}
	return first;
}

static bool shift_of(
	struct ctx *c, const struct training_copy_form *f, const struct training_copy *copy, int64_t *shift)
{
	struct date first;
	struct str typed = str_trim(f->first_day);
	if (str_is_empty(typed))
		return ctx_invalid(c, STR("first_day"), CODE_required, t_copy_first_required(&c->text));
	if (!date_parse(typed, &first))
		return ctx_invalid(c, STR("first_day"), CODE_invalid, t_copy_first_invalid(&c->text));
	*shift = date_days(first) - first_of(copy);
	int64_t beyond = (*shift % WEEK + WEEK) % WEEK;
	if (!f->any_weekday && beyond)
		*shift += WEEK - beyond;
	return true;
}

/* ---- moving them */
static bool move_day(struct ctx *c, int64_t shift, struct session_day *d)
{
	const struct tz *zone = tz_get(d->time_zone);
	struct tz_wall w;
	enum tz_kind kind;
	if (!zone || !tz_wall_parse(d->start, &w))
		return ctx_invalid(c, STR("first_day"), CODE_invalid, t_session_zone_invalid(&c->text));
	tz_from_days(days_of(&w) + shift, &w.year, &w.month, &w.day);
	if (w.year > YEAR_MAX)
		return ctx_invalid(c, STR("first_day"), CODE_out_of_range, t_copy_first_invalid(&c->text));
	d->start = tz_wall_format(c->arena, &w);
	d->start_at = tz_to_instant(zone, &w, (int)d->fold, &kind);
	d->end_at = d->start_at + d->duration;
	d->id = 0;
	return kind != TZ_SKIPPED ||
		ctx_invalid(c, STR("first_day"), CODE_time_skipped,
			t_copy_time_skipped(&c->text, str_sub(d->start, 0, 10), str_sub(d->start, 11, 5), tz_city(c->arena, zone)));
}

static bool move(struct ctx *c, int64_t shift, struct session *s)
{
	struct session_day *days = ARENA_ARRAY(c->arena, struct session_day, s->days_n);
	for (size_t i = 0; i < s->days_n; i++) {
		days[i] = s->days[i];
		if (!move_day(c, shift, &days[i]))
			return false;
	}
	s->days = days;
	s->id = 0;
	s->seats_taken = s->waiting = 0;
	s->starts_at = days[0].start_at;
	s->ends_at = days[s->days_n - 1].end_at;
	return true;
}

bool training_copy_plan(struct ctx *c, int64_t id, const struct training_copy_form *f, struct training_copy *out)
{
	int64_t shift = 0;
	*out = (struct training_copy){ 0 };
	if (!training_get(c, id, &out->from))
		return false;
	out->title = str_is_null(f->title) ? out->from.title : f->title;
	if (!choose(c, id, f, out))
		return false;
	if (out->sessions_n && !shift_of(c, f, out, &shift))
		return false;
	for (size_t i = 0; i < out->sessions_n; i++)
		if (!move(c, shift, &out->sessions[i]))
			return false;
	return true;
}

/* ---- making it */
static bool may_name(struct ctx *c, int64_t user)
{
	struct training_person p;
	struct errs before = c->errs;
	bool may = training_person_find(c, user, STR_NULL, STR(""), &p);
	c->errs = before;
	return may;
}

static struct session_form form_of(struct ctx *c, const struct session *s, struct str path)
{
	struct session_day_form *days = ARENA_ARRAY(c->arena, struct session_day_form, s->days_n);
	for (size_t i = 0; i < s->days_n; i++)
		days[i] = (struct session_day_form){ .start = s->days[i].start,
			.duration = s->days[i].duration,
			.time_zone = s->days[i].time_zone,
			.location = s->days[i].location,
			.url = s->days[i].url,
			.fold = SOME(s->days[i].fold) };
	bool named = s->instructor_user.has && may_name(c, s->instructor_user.v);
	return (struct session_form){ .path = path,
		.title = s->title,
		.instructor = s->instructor,
		.has_instructor_user = named,
		.instructor_user = named ? s->instructor_user : NONE,
		.has_capacity = true,
		.capacity = s->capacity,
		.has_days = true,
		.days = days,
		.days_n = s->days_n };
}

bool training_copy(struct ctx *c, int64_t id, const struct training_copy_form *f, int64_t *copy)
{
	struct training_copy plan;
	if (!actor_can(c->actor, PERM_TRAININGS_CREATE))
		return err_set(&c->errs, ERR_FORBIDDEN);
	if (!training_copy_plan(c, id, f, &plan))
		return false;
	struct session_form *sessions = ARENA_ARRAY(c->arena, struct session_form, plan.sessions_n + 1);
	for (size_t i = 0; i < plan.sessions_n; i++)
		sessions[i] = form_of(c, &plan.sessions[i], str_fmt(c->arena, "sessions[%zu].", i));
	bool named = plan.from.organizer.has && may_name(c, plan.from.organizer.v);
	struct training_form form = { .title = plan.title,
		.description = plan.from.description,
		.organizer = named ? plan.from.organizer : NONE,
		.has_closes = true,
		.closes_before = plan.from.closes_before,
		.sessions = sessions,
		.sessions_n = plan.sessions_n };
	return training_create(c, &form, copy);
}
