#include "model/feed.h"
#include "base/crypt.h"
#include "gen/queries.h"
#include "model/audit.h"
#include "model/policy.h"

enum { DAY = 86400 };

bool feed_exists(struct ctx *c, int64_t *created_at)
{
	struct feed_of_user_row row;
	if (!feed_of_user(c->db, c->arena, c->actor->id, &row))
		return false;
	*created_at = row.created_at;
	return true;
}

static void audit(struct ctx *c, const char *action)
{
	audit_add(c,
		&(struct audit_entry){
			.action = action, .object = "user", .object_id = c->actor->id, .user_id = c->actor->id });
}

bool feed_make(struct ctx *c, struct str *secret)
{
	*secret = crypt_token(c->arena);
	feed_delete(c->db, c->actor->id);
	feed_insert(c->db, c->actor->id, crypt_hash(c->arena, *secret), c->now);
	audit(c, "feed.create");
	return !db_failed(c->db);
}

bool feed_revoke(struct ctx *c)
{
	if (!feed_delete(c->db, c->actor->id))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	audit(c, "feed.revoke");
	return !db_failed(c->db);
}

int64_t feed_user(struct ctx *c, struct str secret)
{
	struct feed_by_hash_row row;
	struct str hash = crypt_hash(c->arena, secret);
	if (!feed_by_hash(c->db, c->arena, hash, &row) || !crypt_equal(row.secret_hash, hash))
		return 0;
	return row.user_id;
}

void feed_enrolled(struct ctx *c, int64_t user, struct feed_ids *out)
{
	struct feed_enrollments_rows rows;
	feed_enrollments(c->db, c->arena, user, c->now - FEED_PAST_DAYS * DAY, c->now + FEED_AHEAD_DAYS * DAY, &rows);
	*out = (struct feed_ids){ .items = ARENA_ARRAY(c->arena, int64_t, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++)
		out->items[out->n++] = rows.items[i].id;
}

void feed_teaches(struct ctx *c, int64_t user, struct feed_days *out)
{
	struct feed_taught_rows rows;
	feed_taught(c->db, c->arena, user, c->now - FEED_PAST_DAYS * DAY, c->now + FEED_AHEAD_DAYS * DAY, &rows);
	*out = (struct feed_days){ .items = ARENA_ARRAY(c->arena, struct feed_day, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct feed_taught_row *r = &rows.items[i];
		out->items[out->n++] = (struct feed_day){ .day = r->day,
			.session = r->session,
			.version = r->version,
			.position = r->position,
			.days = r->days,
			.start_at = r->start_at,
			.end_at = r->end_at,
			.changed_at = r->created_at,
			.title = r->title,
			.session_title = r->session_title,
			.description = r->description,
			.time_zone = r->time_zone,
			.location = r->location,
			.url = r->url };
	}
}
