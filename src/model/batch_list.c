#include "model/batch_list.h"
#include "gen/queries.h"
#include "model/policy.h"

static void fill(struct ctx *c, const struct batch_of_actor_rows *rows, struct batch_items *out)
{
	*out = (struct batch_items){ ARENA_ARRAY(c->arena, struct batch_item, rows->n), rows->n };
	for (size_t i = 0; i < rows->n; i++) {
		const struct batch_of_actor_row *b = &rows->items[i];
		out->items[i] = (struct batch_item){ .id = b->id,
			.enrolled = b->enrolled,
			.waitlisted = b->waitlisted,
			.moved = b->moved,
			.access_at = b->access_at,
			.created_at = b->created_at,
			.status = b->status,
			.title = b->title,
			.trainings = b->trainings };
	}
}

void batch_list_mine(struct ctx *c, int64_t limit, struct batch_items *out)
{
	struct batch_of_actor_rows rows;
	batch_of_actor(c->db, c->arena, c->actor->id, limit, &rows);
	fill(c, &rows, out);
}

void batch_list_undoable(struct ctx *c, int64_t training, int64_t limit, struct batch_items *out)
{
	struct batch_of_actor_rows rows;
	batch_undoable(c->db, c->arena, c->actor->id, training, c->now, limit, &rows);
	fill(c, &rows, out);
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
		/* Ids that are gone through when it is taken back, among which others' may lie. */
		.done = b.done < b.total ? b.done : b.total,
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
			rows.items[i].session_id, rows.items[i].code, rows.items[i].user_name, rows.items[i].training_title };
}

int64_t batch_count_users(struct ctx *c, int64_t id)
{
	struct batch_user_count_row row = { 0 };
	batch_user_count(c->db, c->arena, id, &row);
	return row.n;
}

int64_t batch_count_kept(struct ctx *c, int64_t id)
{
	struct batch_kept_count_row row = { 0 };
	batch_kept_count(c->db, c->arena, id, &row);
	return row.n;
}

void batch_list_sessions(struct ctx *c, int64_t id, struct batch_session_list *out)
{
	struct batch_sessions_rows rows;
	batch_sessions(c->db, c->arena, id, &rows);
	*out = (struct batch_session_list){ ARENA_ARRAY(c->arena, struct batch_session, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct batch_sessions_row *s = &rows.items[i];
		out->items[i] =
			(struct batch_session){ s->id, s->training_id, s->seats_taken, s->enrolled, s->waitlisted, s->capacity };
	}
}

void batch_list_trainings(struct ctx *c, int64_t id, struct batch_training_list *out)
{
	struct batch_trainings_rows rows;
	batch_trainings(c->db, c->arena, id, &rows);
	*out = (struct batch_training_list){ ARENA_ARRAY(c->arena, struct batch_training, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++)
		out->items[i] = (struct batch_training){ rows.items[i].id, rows.items[i].title };
}
