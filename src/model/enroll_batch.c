/* Batches: applying their items, looking at them, taking them back. */
#include "model/enroll_batch.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/enrollment.h"
#include "model/policy.h"
#include "model/seat.h"

/* A move is an edit of an enrollment that is there: few, each with its own calendar consequences. */
static void apply_moves(struct ctx *c, const struct batch_row_row *b, const struct slice_moves_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct slice_moves_row *m = &rows->items[i];
		struct enrollment_edit edit = { .has_session = true,
			.session = m->session_id,
			.when_full = m->code == E04_FULL ? STR("over") : STR("refuse"),
			.promote_later = true };
		struct errs before = c->errs;
		bool moved = m->enrollment.has && enrollment_edit(c, m->enrollment.v, &edit, 0);
		c->errs = before;
		batch_item_result(c->db, b->id, m->position, moved ? STR("move") : STR("skip"), moved ? m->code : E18_CHANGED,
			moved ? m->enrollment : NONE);
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

void batch_apply(struct ctx *c, const struct batch_row_row *b, int64_t first, int64_t last)
{
	struct slice_moves_rows moves;
	struct slice_over_rows over;
	struct slice_session_counts_rows seats;
	struct slice_totals_row totals = { 0 };
	slice_not_active(c->db, b->id, first, last);
	slice_enrolled_meanwhile(c->db, b->id, first, last);
	slice_session_gone(c->db, b->id, first, last);
	/* Moves first: the plan has kept their seats, and what is left is counted after them. */
	slice_moves(c->db, c->arena, b->id, first, last, &moves);
	apply_moves(c, b, &moves);
	slice_over(c->db, c->arena, b->id, first, last, &over);
	reserve(c, &over, 1);
	promote_behind(c, &moves);
	slice_seats(c->db, b->id, first, last, b->when_full);
	slice_insert(c->db, b->id, first, last, b->access_at, c->now);
	slice_link(c->db, b->id, first, last);
	slice_unlinked(c->db, b->id, first, last);
	slice_applied(c->db, b->id, first, last);
	reserve(c, &over, -1);
	slice_session_counts(c->db, c->arena, b->id, first, last, &seats);
	for (size_t i = 0; i < seats.n; i++) {
		session_add_seats(c->db, seats.items[i].session, seats.items[i].taking, seats.items[i].queueing);
		if (seats.items[i].queueing)
			seat_promote(c, seats.items[i].session);
	}
	slice_audit(c->db, b->id, first, last, c->now, SOME(b->actor_id), b->origin);
	if (slice_totals(c->db, c->arena, b->id, first, last, &totals))
		batch_progress(c->db, b->id, totals.n, totals.enrolled, totals.waitlisted, totals.moved, totals.skipped);
}

bool batch_apply_slice(struct ctx *c, int64_t id, int64_t rows, bool *left)
{
	struct batch_row_row b;
	*left = false;
	if (!batch_row(c->db, c->arena, id, &b) || !str_eq(b.status, STR("running")))
		return !db_failed(c->db);
	int64_t last = b.done + rows < b.total ? b.done + rows : b.total;
	/* It acts for whoever committed it (R10), whose permissions the plan was checked against. */
	struct actor actor = { .id = b.actor_id, .can = UINT32_C(1) << PERM_OVER };
	c->actor = &actor;
	c->from = b.origin;
	if (last > b.done)
		batch_apply(c, &b, b.done + 1, last);
	*left = last < b.total;
	if (!*left) {
		batch_finish(c->db, id, STR("done"), c->now);
		notification_insert(c->db, b.actor_id, STR("batch_done"), NONE, SOME(id), c->now);
	}
	c->actor = NULL;
	return !db_failed(c->db);
}

bool batch_get(struct ctx *c, int64_t id, struct batch *out)
{
	struct batch_row_row b;
	struct batch_announced_row announced;
	if (!batch_row(c->db, c->arena, id, &b))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = (struct batch){ .id = b.id,
		.actor = b.actor_id,
		.status = b.status,
		.total = b.total,
		.done = b.done,
		.enrolled = b.enrolled,
		.waitlisted = b.waitlisted,
		.moved = b.moved,
		.skipped = b.skipped,
		.access_at = b.access_at,
		.created_at = b.created_at,
		.message = b.message };
	out->undo_open = str_eq(b.status, STR("done")) && c->now < b.access_at && b.enrolled + b.waitlisted + b.moved > 0 &&
		!batch_announced(c->db, c->arena, id, &announced);
	return true;
}

void batch_skips(struct ctx *c, int64_t id, int64_t after, int64_t limit, struct batch_skips *out)
{
	struct batch_skip_rows_rows rows;
	batch_skip_rows(c->db, c->arena, id, after, limit + 1, c->actor->id, &rows);
	out->more = (int64_t)rows.n > limit;
	out->n = out->more ? (size_t)limit : rows.n;
	out->items = ARENA_ARRAY(c->arena, struct batch_skip, out->n ? out->n : 1);
	for (size_t i = 0; i < out->n; i++)
		out->items[i] = (struct batch_skip){ rows.items[i].position, rows.items[i].user_id, rows.items[i].training_id,
			rows.items[i].code, rows.items[i].user_name, rows.items[i].training_title };
}

/* ---- undo */
static int64_t undo_enrollments(struct ctx *c, int64_t id)
{
	struct stage_count_row count = { 0 };
	struct undo_session_counts_rows seats;
	stage_id_clear(c->db);
	undo_stage(c->db, id);
	stage_count(c->db, c->arena, &count);
	undo_session_counts(c->db, c->arena, &seats);
	undo_audit(c->db, c->now, c->actor ? SOME(c->actor->id) : NONE, id, c->from);
	undo_mark(c->db, c->now);
	for (size_t i = 0; i < seats.n; i++) {
		session_give_back(c->db, seats.items[i].session, seats.items[i].taking, seats.items[i].queueing);
		seat_promote(c, seats.items[i].session);
	}
	return count.n;
}

/* A move goes back while it is where the batch put it, and its old session still has a seat. */
static void undo_moved(struct ctx *c, int64_t id, int64_t *undone, struct batch_kept *kept)
{
	struct undo_moves_rows rows;
	undo_moves(c->db, c->arena, id, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		const struct undo_moves_row *m = &rows.items[i];
		bool there =
			m->now_session.has == m->session_id.has && (!m->session_id.has || m->now_session.v == m->session_id.v);
		struct enrollment_edit back = { .has_session = true, .session = m->old_session_id, .when_full = STR("refuse") };
		struct errs before = c->errs;
		if (there && !str_eq(m->status, STR("cancelled")) && !m->announced_at.has &&
			enrollment_edit(c, m->enrollment_id.v, &back, 0))
			++*undone;
		else
			*VEC_PUSH(c->arena, kept->enrollments, kept->n, kept->cap) = m->enrollment_id.v;
		c->errs = before;
	}
}

bool batch_undo(struct ctx *c, int64_t id, int64_t *undone, struct batch_kept *kept)
{
	struct batch b;
	struct undo_kept_rows rows;
	*kept = (struct batch_kept){ 0 };
	if (!batch_get(c, id, &b))
		return false;
	if (!b.undo_open)
		return err_add(&c->errs, c->arena, ERR_CONFLICT, STR("batch"), CODE_announced, t_enroll_undo_late(&c->text));
	*undone = undo_enrollments(c, id);
	undo_moved(c, id, undone, kept);
	undo_kept(c->db, c->arena, id, &rows);
	for (size_t i = 0; i < rows.n; i++)
		*VEC_PUSH(c->arena, kept->enrollments, kept->n, kept->cap) = rows.items[i].id;
	batch_finish(c->db, id, STR("undone"), c->now);
	audit_add(c, &(struct audit_entry){ .action = "batch.undo", .object = "batch", .object_id = id, .batch_id = id });
	return !db_failed(c->db);
}
