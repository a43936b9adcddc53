/* Looking at what calendars answered. */
#include "gen/queries.h"
#include "model/policy.h"
#include "model/reply.h"

bool reply_page(struct ctx *c, const struct db_page *page, struct reply_items *out)
{
	struct reply_list_rows rows = { 0 };
	*out = (struct reply_items){ 0 };
	reply_list(c->db, c->arena, c->actor->id, actor_can(c->actor, PERM_SETTINGS), page, &rows);
	out->items = ARENA_ARRAY(c->arena, struct reply_item, rows.n ? rows.n : 1);
	for (size_t i = 0; i < rows.n; i++) {
		const struct reply_list_row *r = &rows.items[i];
		out->items[out->n++] = (struct reply_item){ .id = r->id,
			.at = r->at,
			.day = r->days.has && r->days.v > 1 && r->position.has ? r->position.v : 0,
			.user = r->user_id,
			.training = r->training_id,
			.user_name = r->user_name,
			.title = r->title,
			.sender = r->sender,
			.method = r->method,
			.partstat = r->partstat,
			.comment = r->comment,
			.outcome = r->outcome,
			.proven = r->proven };
	}
	out->more = rows.more;
	out->has_before = rows.has_before;
	return !db_failed(c->db);
}

int64_t reply_count_all(struct ctx *c)
{
	struct reply_count_row row = { 0 };
	reply_count(c->db, c->arena, c->actor->id, actor_can(c->actor, PERM_SETTINGS), REPLY_COUNT_BOUND + 1, &row);
	return row.n;
}

int64_t reply_last_at(struct ctx *c)
{
	struct reply_last_row row = { 0 };
	return reply_last(c->db, c->arena, &row) ? row.at : 0;
}
