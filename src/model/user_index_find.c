/* Asking the index of users: what this snapshot knows more than the index, the actor's scope, both segments. */
#include "base/log.h"
#include "gen/queries.h"
#include "model/stage.h"
#include "model/user_index_room.h"

/* CHANGED_MOST: so many changed users are looked at beside the index; more of them wait until it has followed.
 * BELOW_MOST: whom a supervisor leads is asked one by one. */
enum { CHANGED_MOST = 200, BELOW_MOST = 2000 };

struct asking {
	struct ctx *c;
	const struct user_wanted *w;
	const struct user_view *v;
	int64_t *ids;
	size_t n, cap, changed;
	uint64_t *slots; /* NULL: everywhere */
	size_t from;     /* a place in the base */
	bool all, exact;
};

static void propose(struct asking *q, int64_t id)
{
	*VEC_PUSH(q->c->arena, q->ids, q->n, q->cap) = id;
}

/* Proposes whom the index does not know as they are now. False when it cannot answer for this snapshot. */
static bool propose_changed(struct asking *q)
{
	struct user_change_since_rows rows;
	bool unbroken = false;
	user_change_since(q->c->db, q->c->arena, q->v->id, q->v->tx, CHANGED_MOST + 2, &rows);
	bool many = rows.n == CHANGED_MOST + 2;
	for (size_t i = 0; i < rows.n; i++) {
		if (rows.items[i].id == q->v->id)
			unbroken = true;
		else if (rows.items[i].user_id <= 0)
			return false;
		else if (!many)
			propose(q, rows.items[i].user_id);
		q->exact &= rows.items[i].id == q->v->id;
	}
	q->changed = q->n;
	/* Ids may come in another order than the rows did: with many, the one followed to need not be among the first. */
	return unbroken || many;
}

/* The departments where the actor holds the permission, and of these the ones asked for. */
static bool find_scope(struct asking *q)
{
	struct ctx *c = q->c;
	struct user_index_scope_rows held;
	struct department_row_row asked = { 0 };
	const struct user_places *p = q->v->places;
	size_t words = USER_BITS_WORDS(p->slots) + 1;
	bool everywhere = false;
	user_index_scope(c->db, c->arena, c->actor->id, permission_name(q->w->permission), &held);
	q->slots = ARENA_ARRAY(c->arena, uint64_t, words);
	for (size_t i = 0; i < held.n; i++)
		everywhere |= user_places_mark(p, held.items[i].lo, held.items[i].hi, q->slots);
	if (everywhere)
		q->slots = NULL;
	if (q->w->department.has) {
		uint64_t *inside = ARENA_ARRAY(c->arena, uint64_t, words);
		bool all = department_row(c->db, c->arena, q->w->department.v, &asked) &&
			user_places_mark(p, asked.lo, asked.hi, inside);
		for (size_t i = 0; q->slots && !all && i < words; i++)
			q->slots[i] &= inside[i];
		if (!q->slots && !all)
			q->slots = inside;
	}
	return !db_failed(c->db);
}

static void seek(struct asking *q, const struct user_segment *g, struct user_seek *s)
{
	int64_t *ids;
	s->beginning = q->w->beginning;
	s->inside_n = q->w->inside_n;
	for (size_t i = 0; i < s->inside_n; i++)
		s->inside[i] = q->w->inside[i];
	s->back = q->w->back;
	/* Of those found, as many may be found by what they no longer are. */
	s->most = q->w->most + q->changed;
	size_t n = user_segment_seek(g, s, q->c->arena, &ids);
	for (size_t i = 0; i < n; i++)
		propose(q, ids[i]);
	q->all &= n < s->most;
}

/* Where a list goes on, in the base. */
static bool find_from(struct asking *q)
{
	const struct user_wanted *w = q->w;
	const struct user_segment *base = q->v->base;
	uint32_t at;
	q->from = w->back ? user_segment_count(base) : 0;
	if (!w->after.has)
		return true;
	if (!user_segment_find(base, w->after.v, &at) || (q->v->dead && user_bit(q->v->dead, at)))
		return false;
	q->from = w->back ? at : (size_t)at + 1;
	return true;
}

/* Those who changed since the base was made stand in an order of their own: behind a cursor, all of them are proposed.
 */
static bool seek_fresh(struct asking *q, struct user_seek *s)
{
	size_t before = q->n;
	bool all = q->all;
	if (!q->v->fresh)
		return true;
	s->dead = NULL;
	s->from = q->w->back ? user_segment_count(q->v->fresh) : 0;
	if (!q->w->after.has) {
		seek(q, q->v->fresh, s);
		return true;
	}
	struct user_wanted every = *q->w;
	every.most = CHANGED_MOST;
	every.back = false;
	q->w = &every;
	s->from = 0;
	q->all = true;
	seek(q, q->v->fresh, s);
	bool few = q->all && q->n - before <= CHANGED_MOST;
	q->all = all;
	return few;
}

/* False when there are too many of them. Those in scope anyway are proposed twice, which does no harm. */
static bool seek_below(struct asking *q)
{
	struct user_index_below_rows rows;
	user_index_below(q->c->db, q->c->arena, q->c->actor->id, BELOW_MOST + 1, &rows);
	if (rows.n > BELOW_MOST || db_failed(q->c->db))
		return false;
	uint32_t *places = ARENA_ARRAY(q->c->arena, uint32_t, rows.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < rows.n; i++) {
		uint32_t at;
		if (user_segment_find(q->v->base, rows.items[i].id, &at) && (!q->v->dead || !user_bit(q->v->dead, at)))
			places[n++] = at;
		else
			propose(q, rows.items[i].id);
	}
	seek(q, q->v->base, &(struct user_seek){ .dead = q->v->dead, .from = q->from, .among = places, .among_n = n });
	q->exact = false;
	return true;
}

static void propose_exact(struct asking *q)
{
	struct user_index_exact_rows rows;
	if (str_is_empty(q->w->whole) || str_find(q->w->whole, STR(" "), NULL))
		return;
	user_index_exact(q->c->db, q->c->arena, q->w->whole, &rows);
	for (size_t i = 0; i < rows.n; i++)
		propose(q, rows.items[i].id);
}

static bool ask(struct asking *q)
{
	const struct user_view *v = q->v;
	if (!propose_changed(q) || !find_scope(q) || !find_from(q))
		return false;
	propose_exact(q);
	if (q->w->below && q->slots && q->c->actor->has_reports && !seek_below(q))
		return false;
	struct user_seek s = { .slots = q->slots, .slots_n = v->places->slots, .dead = v->dead, .from = q->from };
	seek(q, v->base, &s);
	return seek_fresh(q, &s);
}

bool user_index_find(struct ctx *c, const struct user_wanted *w, struct user_proposed *out)
{
	struct user_view *v = c->index && c->actor && !(w->back && w->inside_n) ? user_view_take(c->index) : NULL;
	if (!v)
		return false;
	struct asking q = { .c = c, .w = w, .v = v, .all = true, .exact = true };
	bool ok = ask(&q);
	user_view_give(c->index, v);
	*out = (struct user_proposed){ q.ids, q.n, q.all, q.exact };
	return ok;
}

struct str user_index_list(struct arena *a, const struct user_proposed *p)
{
	int64_t *ids = ARENA_ARRAY(a, int64_t, p->n + 1);
	for (size_t i = 0; i < p->n; i++)
		ids[i] = p->ids[i];
	return stage_list(a, ids, ids_sort(ids, p->n));
}

struct db_filter *user_index_filter(struct ctx *c, const struct user_proposed *p)
{
	struct db_filter *f = filter_new(c->arena, &filter_user);
	must(filter_add_list(f, STR("among"), stage_list(c->arena, p->ids, p->n)) == FILTER_OK);
	return f;
}
