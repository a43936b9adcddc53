#include "model/portal.h"
#include "gen/queries.h"
#include "model/policy.h"
#include "model/settings.h"

enum { MINE_MAX = 500 };

static bool is(struct str s, const char *word)
{
	return str_eq(s, str_from(word));
}

static enum portal_state state_of(const struct ctx *c, const struct portal_list_row *e)
{
	if (is(e->status, "cancelled") || e->session_cancelled_at.has)
		return PORTAL_CANCELLED;
	if (!e->session_id.has)
		return PORTAL_CHOOSE;
	if (is(e->status, "waiting"))
		return PORTAL_WAITING;
	if (e->ends_at.v <= c->now)
		return PORTAL_DONE;
	return is(e->answer, "none") ? PORTAL_ASKS : PORTAL_COMING;
}

/* R9: the same conditions as answer_choose() asks, so that no button is offered that would be refused. */
static bool may_choose(const struct ctx *c, const struct portal_list_row *e)
{
	if (is(e->status, "cancelled") || (e->session_id.has && e->preselected) || !is(e->result, "none") || e->score.has)
		return false;
	return !e->session_id.has || e->session_cancelled_at.has || e->starts_at.v - e->closes_before.v > c->now;
}

static struct portal_item item_of(const struct ctx *c, const struct portal_list_row *e)
{
	struct portal_item p = {
		.id = e->id,
		.training = e->training_id,
		.generation = e->generation,
		.announced_at = e->announced_at.v,
		.state = state_of(c, e),
		.title = e->title,
		.description = e->description,
		.session_title = str_is_null(e->session_title) ? STR("") : e->session_title,
		.instructor = str_is_null(e->instructor) ? STR("") : e->instructor,
		.session = e->session_id,
		.starts_at = e->starts_at,
		.ends_at = e->ends_at,
		.closes_before = e->closes_before,
		.score = e->score,
		.days = e->days.has ? e->days.v : 0,
		.seats_taken = e->seats_taken.has ? e->seats_taken.v : 0,
		.before_me = e->before_me,
		.capacity = e->capacity,
		.answer = e->answer,
		.result = e->result,
		.comment = str_is_null(e->comment) ? STR("") : e->comment,
		.may_choose = may_choose(c, e),
		.may_leave = is(e->status, "waiting") && !e->session_cancelled_at.has && e->starts_at.v > c->now,
		.start_at = e->start_at.has ? e->start_at.v : 0,
		.end_at = e->end_at.has ? e->end_at.v : 0,
		.time_zone = e->time_zone,
		.location = str_is_null(e->location) ? STR("") : e->location,
		.url = str_is_null(e->url) ? STR("") : e->url,
	};
	if (p.may_choose && e->starts_at.has && e->closes_before.has)
		p.choose_until = SOME(e->starts_at.v - e->closes_before.v);
	return p;
}

static void read_list(struct ctx *c, int64_t user, int64_t id, struct portal_items *out)
{
	struct portal_list_rows rows;
	portal_list(c->db, c->arena, user, c->now - PORTAL_CANCELLED_DAYS * 86400, id, &rows);
	*out = (struct portal_items){ .items = ARENA_ARRAY(c->arena, struct portal_item, rows.n ? rows.n : 1) };
	/* No LIMIT in the statement: with one SQLite sorts in a table made for it, which costs as much as all the rest. */
	for (size_t i = 0; i < rows.n && out->n < MINE_MAX; i++) {
		bool stale = rows.items[i].session_cancelled_at.has &&
			rows.items[i].session_cancelled_at.v < c->now - PORTAL_CANCELLED_DAYS * 86400;
		if (id || !stale)
			out->items[out->n++] = item_of(c, &rows.items[i]);
	}
}

void portal_mine(struct ctx *c, struct portal_items *out)
{
	read_list(c, c->actor->id, 0, out);
}

bool portal_of(struct ctx *c, int64_t user, int64_t id, struct portal_item *out)
{
	struct portal_items found;
	read_list(c, user, id, &found);
	if (!found.n)
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = found.items[0];
	return true;
}

bool portal_enrollment(struct ctx *c, int64_t id, struct portal_item *out)
{
	return portal_of(c, c->actor->id, id, out);
}

void portal_days_of(struct ctx *c, const struct portal_item *p, struct portal_days *out)
{
	struct portal_days_rows rows;
	*out = (struct portal_days){ 0 };
	if (!p->session.has)
		return;
	portal_days(c->db, c->arena, p->session.v, p->id, &rows);
	out->items = ARENA_ARRAY(c->arena, struct portal_day, rows.n ? rows.n : 1);
	for (size_t i = 0; i < rows.n; i++) {
		const struct portal_days_row *d = &rows.items[i];
		out->items[out->n++] = (struct portal_day){ d->id, d->position, d->start_at, d->end_at, d->time_zone,
			d->location, d->url, d->answer };
	}
}

bool portal_person_get(struct ctx *c, int64_t user, const struct account *account, struct portal_person *out)
{
	struct portal_person_row u;
	if (!portal_person(c->db, c->arena, user, &u))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = (struct portal_person){ .first_name = str_is_empty(u.first_name) ? u.name : u.first_name,
		.name = u.name,
		.time_zone = str_is_empty(u.time_zone) ? account->time_zone : u.time_zone };
	if (str_is_empty(u.locale) || !text_locale_parse(u.locale, &out->locale))
		out->locale = account->locale;
	return true;
}

void portal_choices(struct ctx *c, const struct portal_item *p, struct portal_sessions *out)
{
	struct portal_sessions_rows rows;
	portal_sessions(c->db, c->arena, p->training, c->now, &rows);
	*out = (struct portal_sessions){ .items = ARENA_ARRAY(c->arena, struct portal_session, rows.n ? rows.n : 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct portal_sessions_row *s = &rows.items[i];
		struct portal_overlap_row other;
		struct portal_session *o = &out->items[out->n++];
		*o = (struct portal_session){ .id = s->id,
			.seats_taken = s->seats_taken,
			.waiting = s->waiting,
			.starts_at = s->starts_at,
			.ends_at = s->ends_at,
			.days = s->days,
			.start_at = s->start_at,
			.end_at = s->end_at,
			.capacity = s->capacity,
			.title = s->title,
			.instructor = s->instructor,
			.time_zone = s->time_zone,
			.location = s->location,
			.url = s->url,
			.open = s->starts_at - (p->closes_before.has ? p->closes_before.v : 0) > c->now,
			.current = p->session.has && p->session.v == s->id };
		if (portal_overlap(c->db, c->arena, c->actor->id, s->id, p->id, &other))
			o->overlaps = other.title;
	}
}
