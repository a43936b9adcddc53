#include "model/notification.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/policy.h"
#include "model/when.h"

static bool is(struct str s, const char *word)
{
	return str_eq(s, str_from(word));
}

/* Somebody's name stays with those who may see the enrollment: an organizer may have been another one then (R3). */
static struct str about(struct ctx *c, const struct notification_list_row *n)
{
	struct errs before = c->errs;
	bool seen = n->enrollment_id.has && policy_enrollment(c, PERM_USERS_VIEW, n->enrollment_id.v);
	c->errs = before;
	return seen ? n->about : t_notice_somebody(&c->text);
}

static struct str words_of(struct ctx *c, const struct notification_list_row *n)
{
	const struct text *t = &c->text;
	if (is(n->kind, "batch_done"))
		return t_notice_batch_done(t, n->enrolled.v + n->moved.v, n->waitlisted.v);
	if (is(n->kind, "import_done"))
		return t_notice_import_done(t, n->created.v, n->updated.v);
	if (is(n->kind, "declined"))
		return t_notice_declined(t, about(c, n), n->title);
	if (is(n->kind, "left"))
		return t_notice_left(t, about(c, n), n->title);
	if (is(n->kind, "left_waiting"))
		return t_notice_left_waiting(t, about(c, n), n->title);
	if (is(n->kind, "choose"))
		return t_notice_choose(t, n->title);
	if (is(n->kind, "cancelled"))
		return t_notice_cancelled(t, n->title);
	if (!n->start_at.has)
		return t_notice_changed_open(t, n->title);
	struct str when = n->days.v > 1 ? when_session(t, n->starts_at.v, n->ends_at.v, n->days.v, n->time_zone, c->now)
									: when_day_range(t, n->start_at.v, n->end_at.v, n->time_zone, c->now);
	if (is(n->kind, "changed_session"))
		return t_notice_changed_session(t, about(c, n), n->title, when);
	if (is(n->kind, "waiting"))
		return t_notice_waiting(t, n->title, when);
	if (is(n->kind, "seat"))
		return t_notice_seat(t, n->title, when);
	if (is(n->kind, "moved"))
		return t_notice_moved(t, n->title, when);
	if (is(n->kind, "reminder"))
		return t_notice_reminder(t, n->title, when);
	return is(n->kind, "changed") ? t_notice_changed(t, n->title, when) : t_notice_invited(t, n->title, when);
}

void notification_page(struct ctx *c, bool unread_only, const struct db_page *page, struct notifications *out)
{
	struct notification_list_rows rows;
	notification_list(c->db, c->arena, c->actor->id, unread_only, c->now, page, &rows);
	*out = (struct notifications){ .items = ARENA_ARRAY(c->arena, struct notification, rows.n ? rows.n : 1),
		.more = rows.more,
		.has_before = rows.has_before };
	for (size_t i = 0; i < rows.n; i++) {
		const struct notification_list_row *n = &rows.items[i];
		out->items[out->n++] = (struct notification){
			.id = n->id,
			.at = n->at,
			.kind = n->kind,
			.read_at = n->read_at,
			.enrollment = n->enrollment_id,
			.training = n->training_id,
			.batch = n->batch_id,
			.import = n->import_id,
			.mine = n->about_id.has && n->about_id.v == c->actor->id,
			.dated = n->dated,
			.asks = n->asks,
			.words = words_of(c, n),
		};
	}
}

bool notification_open(struct ctx *c, int64_t id, struct notification *out)
{
	struct notification_target_row n;
	if (!notification_target(c->db, c->arena, id, c->actor->id, &n))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	notification_read(c->db, id, c->actor->id, c->now);
	*out = (struct notification){ .id = n.id,
		.kind = n.kind,
		.enrollment = n.enrollment_id,
		.training = n.training_id,
		.batch = n.batch_id,
		.import = n.import_id,
		.mine = n.about_id.has && n.about_id.v == c->actor->id };
	return !db_failed(c->db);
}

void notification_all_read(struct ctx *c)
{
	notification_read_all(c->db, c->actor->id, c->now);
}

void notification_about_read(struct ctx *c, int64_t enrollment)
{
	notification_read_about(c->db, c->actor->id, enrollment, c->now);
}

int64_t notification_unread(struct ctx *c)
{
	struct notification_unread_count_row row = { 0 };
	notification_unread_count(c->db, c->arena, c->actor->id, &row);
	return row.n;
}
