#include "model/session.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/policy.h"
#include "model/stage.h"
#include "model/when.h"

enum { LIST_MAX = 10000 };

static int64_t actor_id(const struct ctx *c)
{
	return c->actor ? c->actor->id : 0;
}

static bool sees_all(const struct ctx *c)
{
	return !c->actor || c->actor->account_wide;
}

enum session_status session_status(const struct session *s, int64_t now)
{
	if (s->cancelled_at.has)
		return SESSION_CANCELLED;
	if (now >= s->ends_at)
		return SESSION_COMPLETED;
	return now >= s->starts_at ? SESSION_RUNNING : SESSION_PLANNED;
}

struct str session_status_name(enum session_status status)
{
	switch (status) {
	case SESSION_PLANNED: return STR("planned");
	case SESSION_RUNNING: return STR("running");
	case SESSION_COMPLETED: return STR("completed");
	case SESSION_CANCELLED: return STR("cancelled");
	}
	return STR_NULL;
}

/* Rows with their days: one statement more, however many there are. */
static void fill(struct ctx *c, const struct session_by_ids_rows *rows, struct sessions *out)
{
	struct session_day_rows_rows days;
	*out = (struct sessions){ .items = ARENA_ARRAY(c->arena, struct session, rows->n + 1) };
	if (!rows->n)
		return;
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, rows->n);
	for (size_t i = 0; i < rows->n; i++)
		ids[i] = rows->items[i].id;
	session_day_rows(c->db, c->arena, stage_list(c->arena, ids, rows->n), &days);
	struct session_day *all = ARENA_ARRAY(c->arena, struct session_day, days.n + 1);
	for (size_t i = 0; i < days.n; i++) {
		const struct session_day_rows_row *d = &days.items[i];
		all[i] = (struct session_day){ d->id, d->position, d->start_wall, d->fold, d->duration, d->time_zone,
			d->location, d->url, d->start_at, d->end_at };
	}
	for (size_t i = 0, day = 0; i < rows->n; i++) {
		const struct session_by_ids_row *r = &rows->items[i];
		struct session *s = &out->items[out->n++];
		*s = (struct session){
			.id = r->id,
			.training = r->training_id,
			.training_title = r->training_title,
			.title = r->title,
			.instructor = r->instructor,
			.instructor_user = r->instructor_seen ? r->instructor_id : NONE,
			.instructor_login = r->instructor_seen ? r->instructor_login : STR_NULL,
			.capacity = r->capacity,
			.cancelled_at = r->cancelled_at,
			.seats_taken = r->seats_taken,
			.waiting = r->waiting,
			.starts_at = r->starts_at,
			.ends_at = r->ends_at,
			.version = r->version,
			.days = all + day,
		};
		for (; day < days.n && days.items[day].session_id == r->id; day++)
			s->days_n++;
	}
}

void session_get_some(struct ctx *c, const int64_t *ids, size_t n, struct sessions *out)
{
	struct session_by_ids_rows rows = { 0 };
	if (n)
		session_by_ids(c->db, c->arena, actor_id(c), sees_all(c), stage_list(c->arena, ids, n), &rows);
	fill(c, &rows, out);
}

bool session_get(struct ctx *c, int64_t id, struct session *out)
{
	struct sessions found;
	session_get_some(c, &id, 1, &found);
	if (db_failed(c->db) || !found.n)
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = found.items[0];
	return true;
}

static void list(
	struct ctx *c, const int64_t *trainings, size_t n, int64_t after, bool open, int64_t limit, struct sessions *out)
{
	struct session_by_ids_rows rows = { 0 };
	if (n)
		session_list(
			c->db, c->arena, actor_id(c), sees_all(c), stage_list(c->arena, trainings, n), after, open, limit, &rows);
	fill(c, &rows, out);
}

void session_list_all(struct ctx *c, int64_t training, struct sessions *out)
{
	list(c, &training, 1, 0, false, LIST_MAX, out);
}

void session_list_some(struct ctx *c, const int64_t *trainings, size_t n, struct sessions *out)
{
	list(c, trainings, n, 0, false, LIST_MAX, out);
}

void session_list_open(struct ctx *c, const int64_t *trainings, size_t n, int64_t limit, struct sessions *out)
{
	list(c, trainings, n, c->now, true, limit, out);
}

struct str session_when(struct ctx *c, const struct session *s)
{
	struct str zone = s->days_n ? s->days[0].time_zone : STR("UTC");
	return when_session(&c->text, s->starts_at, s->ends_at, (int64_t)s->days_n, zone, c->now);
}

static struct str day_place(struct ctx *c, const struct session_day *d)
{
	if (!str_is_empty(d->location))
		return d->location;
	return str_is_empty(d->url) ? STR("") : t_session_online(&c->text);
}

struct str session_place(struct ctx *c, const struct session *s)
{
	if (!s->days_n)
		return STR("");
	struct str first = day_place(c, &s->days[0]);
	for (size_t i = 1; i < s->days_n; i++)
		if (!str_eq(day_place(c, &s->days[i]), first))
			return str_is_empty(first) ? t_session_places(&c->text) : t_session_place_others(&c->text, first);
	return first;
}

bool session_has_enrollments(struct ctx *c, int64_t id)
{
	struct session_any_enrollment_row any;
	return session_any_enrollment(c->db, c->arena, id, &any);
}
