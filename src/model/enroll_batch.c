/* Batches: a plan as runs, and applying these. enroll_undo.c takes them back. */
#include "model/enroll_batch.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/enrollment.h"
#include "model/policy.h"
#include "model/enroll_room.h"
#include "model/seat.h"
#include "model/stage.h"

/* ---- a plan as runs */
static bool is_limited(const struct plan *p, struct opt_i64 session)
{
	for (size_t i = 0; i < p->sessions_n; i++)
		if (session.has && p->sessions[i].session == session.v)
			return p->sessions[i].capacity.has;
	return false;
}

/* Where seats are limited they are given in their order; else the order of ids fills the tables best. */
static const int64_t *in_order(struct ctx *c, const struct plan *p, const struct plan_group *g)
{
	struct plan_group_seats_rows rows;
	if (!is_limited(p, g->session) || str_eq(g->effect, STR("skip")) || str_eq(g->effect, STR("decide")))
		return g->users;
	plan_group_seats(c->db, c->arena, g->training, g->session, g->effect, g->code, &rows);
	int64_t *ids = ARENA_ARRAY(c->arena, int64_t, rows.n ? rows.n : 1);
	for (size_t i = 0; i < rows.n; i++)
		ids[i] = rows.items[i].user_id;
	return rows.n == g->n ? ids : g->users; /* less only when the database failed */
}

void batch_runs_of(struct ctx *c, const struct plan *p, struct batch_runs *out)
{
	int64_t position = 1;
	*out = (struct batch_runs){ 0 };
	for (size_t i = 0; i < p->groups_n; i++) {
		const struct plan_group *g = &p->groups[i];
		const int64_t *ids = in_order(c, p, g);
		for (size_t at = 0; at < g->n; at += BATCH_RUN_PAIRS) {
			size_t n = g->n - at < BATCH_RUN_PAIRS ? g->n - at : BATCH_RUN_PAIRS;
			*VEC_PUSH(c->arena, out->items, out->n, out->cap) = (struct batch_run){ .position = position,
				.n = (int64_t)n,
				.training = g->training,
				.session = g->session,
				.effect = str_eq(g->effect, STR("decide")) ? STR("skip") : g->effect,
				.code = g->code,
				.users = stage_list(c->arena, ids + at, n) };
			position += (int64_t)n;
		}
	}
}

void batch_runs_write(struct db *tx, int64_t batch, const struct batch_runs *runs, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct batch_run *r = &runs->items[i];
		batch_run_insert(tx, batch, r->position, r->n, r->training, r->session, r->effect, r->code, r->users);
	}
}

/* ---- applying */
/* The next runs, and what is known of them. */
struct slice {
	struct batch_runs_rows runs;
	int64_t pairs;
	bool plain; /* everybody is simply to be enrolled, and in one place */
	struct opt_i64 session;
};

static struct slice next_runs(struct ctx *c, const struct batch_row_row *b, int64_t rows)
{
	struct slice s = { .plain = true };
	batch_runs(c->db, c->arena, b->id, b->done + 1, rows, &s.runs);
	for (size_t i = 0; i < s.runs.n; i++) {
		const struct batch_runs_row *r = &s.runs.items[i];
		s.pairs += r->n;
		if (i == 0)
			s.session = r->session_id;
		s.plain &=
			str_eq(r->effect, STR("enroll")) && r->session_id.has && s.session.has && r->session_id.v == s.session.v;
	}
	return s;
}

static void stage(struct ctx *c, const struct batch_row_row *b, const struct slice *s)
{
	slice_clear(c->db);
	for (size_t i = 0; i < s->runs.n; i++)
		slice_add(c->db, b->id, s->runs.items[i].position);
}

/* A move is an edit of an enrollment that is there: few, each with its own calendar consequences. */
static void apply_moves(struct ctx *c, const struct batch_row_row *b, const struct slice_moves_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct slice_moves_row *m = &rows->items[i];
		struct enrollment_edit edit = { .has_session = true,
			.session = m->session_id,
			.when_full = m->code == E04_FULL ? STR("over") : STR("refuse"),
			.has_access = m->late.has,
			.access_at = b->access_at,
			.promote_later = true };
		struct errs before = c->errs;
		if (m->enrollment.has && enrollment_edit(c, m->enrollment.v, &edit, 0)) {
			slice_moved(c->db, m->position, m->enrollment.v, m->leaves, m->late);
			batch_session_add(c->db, b->id, m->training_id, m->session_id.has ? m->session_id.v : 0, 0, 0, 1);
		} else {
			slice_skip(c->db, m->position, E18_CHANGED);
		}
		c->errs = before;
	}
}

/* Seats of those who come over the capacity, whatever it is: counted before they are there, and taken back when they
 * are counted as rows. */
static void reserve(struct ctx *c, const struct slice_over_rows *over, int64_t sign)
{
	for (size_t i = 0; i < over->n; i++)
		session_add_seats(c->db, over->items[i].session, sign * over->items[i].n, 0);
}

/* Seats that moves gave back go to who waits already, unless somebody comes for them: as the plan says. */
static void promote_behind(struct ctx *c, const struct slice_moves_rows *moves)
{
	for (size_t i = 0; i < moves->n; i++)
		if (moves->items[i].leaves.has)
			seat_promote(c, moves->items[i].leaves.v);
}

/* Seats and counts from the rows that are there, behind `last`. */
static void count_seats(struct ctx *c, const struct batch_row_row *b, int64_t last)
{
	struct slice_session_counts_rows seats;
	slice_session_counts(c->db, c->arena, b->id, last, &seats);
	for (size_t i = 0; i < seats.n; i++) {
		const struct slice_session_counts_row *s = &seats.items[i];
		int64_t session = s->session_id.has ? s->session_id.v : 0;
		batch_session_add(c->db, b->id, s->training_id, session, s->taking, s->queueing, 0);
		if (!session)
			continue;
		session_add_seats(c->db, session, s->taking, s->queueing);
		if (s->queueing)
			seat_promote(c, session);
	}
}

struct effects {
	int64_t enrolled, waiting, moved, skipped;
};

static struct effects count_effects(struct ctx *c)
{
	struct slice_effects_rows rows;
	struct effects n = { 0 };
	slice_effects(c->db, c->arena, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		struct str effect = rows.items[i].effect;
		if (str_eq(effect, STR("wait")))
			n.waiting += rows.items[i].n;
		else if (str_eq(effect, STR("move")))
			n.moved += rows.items[i].n;
		else if (str_eq(effect, STR("skip")))
			n.skipped += rows.items[i].n;
		else
			n.enrolled += rows.items[i].n;
	}
	return n;
}

/* Everything that can be in a slice: moves, seats over the capacity, waiting lists, several sessions. */
static struct effects apply_mixed(struct ctx *c, const struct batch_row_row *b, const struct slice *s, int64_t last)
{
	struct slice_moves_rows moves;
	struct slice_over_rows over;
	stage(c, b, s);
	/* Moves first: the plan has kept their seats, and what is left is counted after them. */
	slice_moves(c->db, c->arena, &moves);
	apply_moves(c, b, &moves);
	slice_over(c->db, c->arena, &over);
	reserve(c, &over, 1);
	promote_behind(c, &moves);
	slice_seats(c->db, b->when_full);
	int64_t made = slice_insert_seated(c->db, b->id, b->access_at, c->now);
	made += slice_insert_waiting(c->db, b->id, b->access_at, c->now);
	struct effects n = count_effects(c);
	if (made != n.enrolled + n.waiting) {
		slice_without_row(c->db, b->id);
		n = count_effects(c);
	}
	reserve(c, &over, -1);
	count_seats(c, b, last);
	return n;
}

/* The many that are simply enrolled in one session with room for all of them: as many rows as pairs, and nothing to
 * stage or to go through again. Only when there are fewer is it asked who was left out, and why. */
static bool apply_plain(struct ctx *c, const struct batch_row_row *b, const struct slice *s, struct effects *n)
{
	struct seat_session_row session;
	if (!s->plain || !s->runs.n || !seat_session(c->db, c->arena, s->session.v, &session) || session.cancelled_at.has ||
		(session.capacity.has && session.capacity.v - session.seats_taken < s->pairs))
		return false;
	n->enrolled = slice_insert_plain(
		c->db, b->id, s->runs.items[0].position, s->runs.items[s->runs.n - 1].position, b->access_at, c->now);
	batch_session_add(c->db, b->id, session.training_id, s->session.v, n->enrolled, 0, 0);
	session_add_seats(c->db, s->session.v, n->enrolled, 0);
	if (n->enrolled < s->pairs) {
		stage(c, b, s);
		slice_without_row(c->db, b->id);
		n->skipped = s->pairs - n->enrolled;
	}
	return true;
}

int64_t batch_apply(struct ctx *c, const struct batch_row_row *b, int64_t rows)
{
	struct enrollment_last_row last = { 0 }, now = { 0 };
	struct effects n = { 0 };
	struct slice s = next_runs(c, b, rows);
	enrollment_last(c->db, c->arena, &last);
	if (!apply_plain(c, b, &s, &n))
		n = apply_mixed(c, b, &s, last.id);
	enrollment_last(c->db, c->arena, &now);
	if (now.id > last.id)
		batch_range_add(c->db, b->id, last.id + 1, now.id);
	slice_audit(c->db, b->id, last.id, c->now, SOME(b->actor_id), b->origin);
	if (n.moved || n.skipped)
		slice_keep(c->db, b->id);
	batch_progress(c->db, b->id, s.pairs, n.enrolled, n.waiting, n.moved, n.skipped);
	return s.pairs;
}

bool batch_apply_slice(struct ctx *c, int64_t id, int64_t rows, bool *left)
{
	struct batch_row_row b;
	*left = false;
	if (!batch_row(c->db, c->arena, id, &b) || !str_eq(b.status, STR("running")))
		return !db_failed(c->db);
	/* It acts for whoever committed it (R10), whose permissions the plan was checked against. */
	struct actor actor = { .id = b.actor_id, .can = UINT32_C(1) << PERM_OVER };
	c->actor = &actor;
	c->from = b.origin;
	int64_t done = b.done < b.total ? b.done + batch_apply(c, &b, rows) : b.total;
	*left = done < b.total;
	if (!*left) {
		batch_finish(c->db, id, STR("done"), c->now);
		notification_insert(c->db, b.actor_id, STR("batch_done"), NONE, SOME(id), c->now);
	}
	c->actor = NULL;
	return !db_failed(c->db);
}
