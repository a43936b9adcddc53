#include "model/session.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/policy.h"
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

bool session_get(struct ctx *c, int64_t id, struct session *out)
{
	struct session_row_row r;
	struct session_day_rows_rows days;
	if (!session_row(c->db, c->arena, actor_id(c), sees_all(c), id, &r))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = (struct session){
		.id = r.id,
		.training = r.training_id,
		.training_title = r.training_title,
		.title = r.title,
		.instructor = r.instructor,
		.instructor_user = r.instructor_seen ? r.instructor_id : NONE,
		.instructor_login = r.instructor_seen ? r.instructor_login : STR_NULL,
		.capacity = r.capacity,
		.cancelled_at = r.cancelled_at,
		.seats_taken = r.seats_taken,
		.waiting = r.waiting,
		.starts_at = r.starts_at,
		.ends_at = r.ends_at,
		.version = r.version,
	};
	session_day_rows(c->db, c->arena, id, &days);
	out->days = ARENA_ARRAY(c->arena, struct session_day, days.n);
	out->days_n = days.n;
	for (size_t i = 0; i < days.n; i++) {
		const struct session_day_rows_row *d = &days.items[i];
		out->days[i] = (struct session_day){ d->id, d->position, d->start_wall, d->fold, d->duration, d->time_zone,
			d->location, d->url, d->start_at, d->end_at };
	}
	return !db_failed(c->db);
}

/* Sessions that end after `after`, with their days: two statements, however many there are. */
static void list(struct ctx *c, int64_t training, int64_t after, struct sessions *out)
{
	struct session_list_rows rows;
	struct session_days_of_training_rows days;
	session_list(c->db, c->arena, actor_id(c), sees_all(c), training, after, LIST_MAX, &rows);
	session_days_of_training(c->db, c->arena, training, after, &days);
	*out = (struct sessions){ .items = ARENA_ARRAY(c->arena, struct session, rows.n), .n = rows.n };
	struct session_day *all = ARENA_ARRAY(c->arena, struct session_day, days.n);
	for (size_t i = 0; i < days.n; i++) {
		const struct session_days_of_training_row *d = &days.items[i];
		all[i] = (struct session_day){ d->id, d->position, d->start_wall, d->fold, d->duration, d->time_zone,
			d->location, d->url, d->start_at, d->end_at };
	}
	for (size_t i = 0, day = 0; i < rows.n; i++) {
		const struct session_list_row *r = &rows.items[i];
		struct session *s = &out->items[i];
		*s = (struct session){
			.id = r->id,
			.training = r->training_id,
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

void session_list_all(struct ctx *c, int64_t training, struct sessions *out)
{
	list(c, training, 0, out);
}

void session_list_open(struct ctx *c, int64_t training, struct sessions *out)
{
	struct sessions found;
	list(c, training, c->now, &found);
	*out = (struct sessions){ .items = found.items };
	for (size_t i = 0; i < found.n; i++)
		if (!found.items[i].cancelled_at.has)
			out->items[out->n++] = found.items[i];
}

void session_list_upcoming(struct ctx *c, int64_t training, struct sessions *out)
{
	struct sessions open;
	session_list_open(c, training, &open);
	*out = (struct sessions){ .items = open.items };
	for (size_t i = 0; i < open.n; i++)
		if (session_status(&open.items[i], c->now) == SESSION_PLANNED)
			out->items[out->n++] = open.items[i];
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
