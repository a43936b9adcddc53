#include "model/batch_list.h"
#include "gen/queries.h"
#include "model/policy.h"

void batch_list_mine(struct ctx *c, int64_t limit, struct batch_items *out)
{
	struct batch_of_actor_rows rows;
	batch_of_actor(c->db, c->arena, c->actor->id, limit, &rows);
	*out = (struct batch_items){ ARENA_ARRAY(c->arena, struct batch_item, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct batch_of_actor_row *b = &rows.items[i];
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

void batch_list_undoable(struct ctx *c, int64_t training, int64_t limit, struct batch_items *out)
{
	struct batch_undoable_rows rows;
	batch_undoable(c->db, c->arena, c->actor->id, training, c->now, limit, &rows);
	*out = (struct batch_items){ ARENA_ARRAY(c->arena, struct batch_item, rows.n), rows.n };
	for (size_t i = 0; i < rows.n; i++) {
		const struct batch_undoable_row *b = &rows.items[i];
		out->items[i] = (struct batch_item){ .id = b->id,
			.enrolled = b->enrolled,
			.waitlisted = b->waitlisted,
			.moved = b->moved,
			.access_at = b->access_at,
			.created_at = b->created_at,
			.status = STR("done") };
	}
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
