#include "web/session_effect.h"
#include "base/crypt.h"
#include "gen/text.h"
#include "model/when.h"

enum { DIGEST_CHARS = 32, PARTS = 3 };

struct str session_effect_digest(struct req *r, const struct session_change *change)
{
	struct buf b = buf_new(r->c.arena);
	buf_fmt(&b, STR_FMT "\n", STR_ARG(change->title));
	for (size_t i = 0; i < change->days_n; i++) {
		const struct session_day *d = &change->days[i];
		buf_fmt(&b, "%lld %lld %lld " STR_FMT " " STR_FMT " " STR_FMT "\n", (long long)d->id, (long long)d->start_at,
			(long long)d->end_at, STR_ARG(d->time_zone), STR_ARG(d->url), STR_ARG(d->location));
	}
	return str_sub(crypt_hash(r->c.arena, buf_str(&b)), 0, DIGEST_CHARS);
}

struct str session_day_words(struct req *r, const struct session_day *d)
{
	return when_day_range(&r->c.text, d->start_at, d->end_at, d->time_zone, r->c.now);
}

static void put_fact(struct session_effect *v, struct str label, struct str value)
{
	v->facts[v->facts_n++] = (struct session_move_fact){ label, value };
}

static struct str conflict_words(struct req *r, const struct session_move_conflict *k)
{
	const struct text *t = &r->c.text;
	struct str when = when_day_range(t, k->start_at, k->end_at, k->time_zone, r->c.now);
	if (k->same_place && k->same_instructor)
		return t_move_conflict_both(t, k->title, k->session_title, when);
	return k->same_place ? t_move_conflict_place(t, k->title, k->session_title, when)
						 : t_move_conflict_instructor(t, k->title, k->session_title, when);
}

void session_effect_fill(struct req *r, const struct session *s, const struct session_change *change,
	const struct session_move *m, struct session_effect *v)
{
	const struct text *t = &r->c.text;
	v->digest = session_effect_digest(r, change);
	put_fact(v, t_move_accepted(t), text_i64(t, m->accepted));
	put_fact(v, t_move_tentative(t), text_i64(t, m->tentative));
	put_fact(v, t_move_unanswered(t), text_i64(t, m->unanswered));
	put_fact(v, t_move_declined(t), text_i64(t, m->declined));
	put_fact(v, t_move_waiting(t), text_i64(t, m->waiting));
	put_fact(v, t_move_clashing(t), text_i64(t, m->clashes));
	if (m->clashes)
		v->clashes = t_move_clashes(t, m->clashes);
	if (m->others > 0)
		v->others = t_move_others(t, m->others);
	v->seats =
		s->capacity.has ? t_move_seats(t, s->seats_taken, s->capacity.v) : t_move_seats_unlimited(t, s->seats_taken);
	v->told = !change->times && !change->words ? t_move_nothing(t)
		: change->over                         ? t_move_over(t)
		: change->times                        ? t_move_told_times(t)
											   : t_move_told_words(t);
	v->conflicts = ARENA_ARRAY(r->c.arena, struct str, SESSION_MOVE_CONFLICTS_MAX);
	for (size_t i = 0; i < m->conflicts_n; i++)
		v->conflicts[v->conflicts_n++] = conflict_words(r, &m->conflicts[i]);
}

/* ---- what would be another */
static const struct session_day *day_before(const struct session *s, int64_t id)
{
	for (size_t i = 0; i < s->days_n; i++)
		if (s->days[i].id == id)
			return &s->days[i];
	return NULL;
}

static bool is_kept(const struct session_change *change, int64_t id)
{
	for (size_t i = 0; i < change->days_n; i++)
		if (change->days[i].id == id)
			return true;
	return false;
}

static void put_change(struct req *r, struct session_effect *v, struct str label, struct str old, struct str now)
{
	struct str none = t_session_change_none(&r->c.text);
	if (!str_eq(old, now))
		v->changes[v->changes_n++] =
			(struct session_effect_change){ label, str_is_empty(old) ? none : old, str_is_empty(now) ? none : now };
}

static void put_day(struct req *r, struct session_effect *v, int64_t position, const struct session_day *was,
	const struct session_day *is)
{
	static const struct session_day nothing;
	const struct text *t = &r->c.text;
	const struct session_day *a = was ? was : &nothing, *b = is ? is : &nothing;
	put_change(r, v, t_session_change_time(t, position), was ? session_day_words(r, was) : STR(""),
		is ? session_day_words(r, is) : STR(""));
	put_change(r, v, t_session_change_place(t, position), a->location, b->location);
	put_change(r, v, t_session_change_link(t, position), a->url, b->url);
}

void session_effect_changes(
	struct req *r, const struct session *s, const struct session_change *change, struct session_effect *v)
{
	v->changes = ARENA_ARRAY(r->c.arena, struct session_effect_change, 1 + PARTS * (s->days_n + change->days_n));
	put_change(r, v, t_session_change_title(&r->c.text), s->title, change->title);
	for (size_t i = 0; i < change->days_n; i++)
		put_day(r, v, change->days[i].position, day_before(s, change->days[i].id), &change->days[i]);
	for (size_t i = 0; i < s->days_n; i++)
		if (!is_kept(change, s->days[i].id))
			put_day(r, v, s->days[i].position, &s->days[i], NULL);
}
