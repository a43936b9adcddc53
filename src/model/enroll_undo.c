/* Taking a batch back: at once when it is small, else in slices of the worker. */
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/batch_list.h"
#include "model/enroll_batch.h"
#include "model/enroll_commit.h"
#include "model/enrollment.h"
#include "model/policy.h"
#include "model/seat.h"

/* What is as the batch made it, of the enrollments first..last. Answers how many that were. Nobody is promoted yet:
 * who waits may be taken back by the next slice. */
static int64_t undo_ids(struct ctx *c, int64_t batch, int64_t first, int64_t last)
{
	struct stage_count_row count = { 0 };
	struct undo_session_counts_rows seats;
	stage_id_clear(c->db);
	undo_stage(c->db, batch, first, last);
	stage_count(c->db, c->arena, &count);
	undo_session_counts(c->db, c->arena, &seats);
	undo_audit(c->db, c->now, c->actor ? SOME(c->actor->id) : NONE, batch, c->from);
	undo_mark(c->db, c->now);
	for (size_t i = 0; i < seats.n; i++)
		session_give_back(c->db, seats.items[i].session, seats.items[i].taking, seats.items[i].queueing);
	return count.n;
}

/* A move goes back while it is where the batch put it, and its old session still has a seat: with the access date that
 * it had. */
static void undo_moved(struct ctx *c, int64_t id, int64_t *undone, struct batch_kept *kept)
{
	struct undo_moves_rows rows;
	undo_moves(c->db, c->arena, id, &rows);
	for (size_t i = 0; i < rows.n; i++) {
		const struct undo_moves_row *m = &rows.items[i];
		bool there =
			m->now_session.has == m->session_id.has && (!m->session_id.has || m->now_session.v == m->session_id.v);
		struct enrollment_edit back = { .has_session = true,
			.session = m->old_session_id,
			.when_full = STR("refuse"),
			.has_access = m->old_access_at.has,
			.access_at = m->old_access_at.v };
		struct errs before = c->errs;
		if (there && !str_eq(m->status, STR("cancelled")) && !m->announced_at.has &&
			enrollment_edit(c, m->enrollment_id.v, &back, 0))
			++*undone;
		else
			*VEC_PUSH(c->arena, kept->enrollments, kept->n, kept->cap) = m->enrollment_id.v;
		c->errs = before;
	}
}

/* When all enrollments are back: their seats go to who waits, the moves go back, and it is over. */
static void finish(struct ctx *c, int64_t id, int64_t *undone, struct batch_kept *kept)
{
	struct undo_sessions_rows sessions;
	batch_undone(c->db, id, c->now);
	undo_sessions(c->db, c->arena, id, &sessions);
	for (size_t i = 0; i < sessions.n; i++)
		seat_promote(c, sessions.items[i].session_id);
	undo_moved(c, id, undone, kept);
}

static void add_kept(struct ctx *c, int64_t id, bool changed, struct batch_kept *kept)
{
	struct undo_kept_rows rows;
	undo_kept(c->db, c->arena, id, changed, &rows);
	for (size_t i = 0; i < rows.n; i++)
		*VEC_PUSH(c->arena, kept->enrollments, kept->n, kept->cap) = rows.items[i].id;
}

bool batch_undo(struct ctx *c, int64_t id, int64_t *undone, struct batch_kept *kept)
{
	struct batch b;
	struct undo_count_row count = { 0 };
	struct batch_ranges_rows ranges;
	*kept = (struct batch_kept){ 0 };
	*undone = 0;
	if (!batch_get(c, id, &b))
		return false;
	if (!b.undo_open)
		return err_add(&c->errs, c->arena, ERR_CONFLICT, STR("batch"), CODE_announced, t_enroll_undo_late(&c->text));
	audit_add(c, &(struct audit_entry){ .action = "batch.undo", .object = "batch", .object_id = id, .batch_id = id });
	if (b.enrolled + b.waitlisted + b.moved > ENROLL_DIRECT_MAX) {
		/* From here on it is not announced any more; the answer says what will come of it. */
		batch_undo_start(c->db, id);
		undo_count(c->db, c->arena, id, &count);
		*undone = count.n + b.moved;
		add_kept(c, id, true, kept);
		return !db_failed(c->db);
	}
	batch_ranges(c->db, c->arena, id, &ranges);
	for (size_t i = 0; i < ranges.n; i++)
		*undone += undo_ids(c, id, ranges.items[i].first_id, ranges.items[i].last_id);
	finish(c, id, undone, kept);
	add_kept(c, id, false, kept);
	return !db_failed(c->db);
}

/* While it is undone, `done` counts the ids that have been gone through: over all ranges, one behind the other. */
bool batch_undo_slice(struct ctx *c, int64_t id, int64_t rows, bool *left)
{
	struct batch_row_row b;
	struct batch_ranges_rows ranges;
	struct batch_kept kept = { 0 };
	int64_t before = 0, undone = 0;
	*left = false;
	if (!batch_row(c->db, c->arena, id, &b) || !str_eq(b.status, STR("undoing")))
		return !db_failed(c->db);
	/* It acts for whose batch it is (R10); who asked for it stands in the trail. */
	struct actor actor = { .id = b.actor_id, .can = UINT32_C(1) << PERM_OVER };
	c->actor = &actor;
	c->from = b.origin;
	batch_ranges(c->db, c->arena, id, &ranges);
	for (size_t i = 0; i < ranges.n && !*left; i++) {
		const struct batch_ranges_row *r = &ranges.items[i];
		int64_t ids = r->last_id - r->first_id + 1;
		if (b.done < before + ids) {
			int64_t first = r->first_id + b.done - before;
			int64_t last = r->last_id - first < rows ? r->last_id : first + rows - 1;
			undo_ids(c, id, first, last);
			batch_undo_progress(c->db, id, last - first + 1);
			*left = true;
		}
		before += ids;
	}
	if (!*left)
		finish(c, id, &undone, &kept);
	c->actor = NULL;
	return !db_failed(c->db);
}
