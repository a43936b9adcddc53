#include "model/outbox.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"
#include "model/settings.h"

struct str outbox_summary(
	const struct text *t, struct str title, struct str session_title, int64_t position, int64_t days)
{
	struct str what =
		str_is_empty(session_title) || str_eq(session_title, title) ? title : t_mail_what(t, title, session_title);
	return days > 1 ? t_mail_what_day(t, what, position, days) : what;
}

static bool is(struct str s, const char *word)
{
	return str_eq(s, str_from(word));
}

/* ---- the file behind "Add to calendar" */
static void entry_fill(struct ctx *c, const struct enrollment_row_row *e, const struct enrollment_days_row *d,
	size_t days, struct letter *l)
{
	struct invitation_list_rows said;
	*l = (struct letter){
		.enrollment = e->id,
		.generation = e->generation,
		.position = d->position,
		.stamped_at = e->announced_at.v,
		.address = STR(""),
		.user_name = e->user_name,
		.locale = c->text.locale,
		.title = e->training_title,
		.session_title = e->session_title,
		.description = e->training_description,
		.instructor = e->instructor,
		.starts_at = e->starts_at.v,
		.answer = d->answer,
		.message = STR(""),
		.summary = outbox_summary(&c->text, e->training_title, e->session_title, d->position, (int64_t)days),
		.day = { d->position, d->start_at, d->end_at, d->time_zone, d->location, d->url },
	};
	invitation_list(c->db, c->arena, e->id, &said);
	for (size_t i = 0; i < said.n; i++) {
		const struct invitation_list_row *s = &said.items[i];
		if (s->position != d->position)
			continue;
		bool same = is(s->state, "invited") && s->start_at == d->start_at && s->end_at == d->end_at &&
			str_eq(s->time_zone, d->time_zone);
		/* A change that the mail has yet to say will raise it by one. */
		l->sequence = s->sequence + !same;
		l->unsaid = !same || !s->stamped_at.has;
		l->stamped_at = l->unsaid ? c->now : s->stamped_at.v;
		l->address = s->address;
	}
	if (str_is_empty(l->address) && !str_is_empty(e->email))
		l->address = e->email;
}

void outbox_entries(struct ctx *c, int64_t enrollment, struct letters *out)
{
	struct enrollment_row_row e;
	struct enrollment_days_rows days;
	struct account account;
	*out = (struct letters){ 0 };
	if (!enrollment_row(c->db, c->arena, enrollment, &e) || !e.announced_at.has || !is(e.status, "enrolled") ||
		!e.session_id.has || e.session_cancelled_at.has || !account_load(c, &account))
		return;
	/* The words are those of the mail, whoever asks for the file. */
	if (str_is_empty(e.user_locale) || !text_locale_parse(e.user_locale, &c->text.locale))
		c->text.locale = account.locale;
	enrollment_days(c->db, c->arena, enrollment, &days);
	out->items = ARENA_ARRAY(c->arena, struct letter, days.n ? days.n : 1);
	for (size_t i = 0; i < days.n; i++) {
		struct letter *l = &out->items[out->n++];
		entry_fill(c, &e, &days.items[i], days.n, l);
		l->mail_name = account.mail_name;
		l->zone = str_is_empty(e.user_zone) ? account.time_zone : e.user_zone;
	}
}

/* ---- looking at it */
bool outbox_page(struct ctx *c, struct str state, const struct db_page *page, struct outbox_items *out)
{
	struct outbox_list_rows rows;
	*out = (struct outbox_items){ 0 };
	if (!str_is_empty(state) && !is(state, "waiting") && !is(state, "sent") && !is(state, "failed") &&
		!is(state, "dropped"))
		return ctx_invalid(c, STR("state"), CODE_invalid, t_error_invalid(&c->text));
	outbox_list(c->db, c->arena, c->actor->id, str_is_null(state) ? STR("") : state, page, &rows);
	out->items = ARENA_ARRAY(c->arena, struct outbox_item, rows.n ? rows.n : 1);
	for (size_t i = 0; i < rows.n; i++) {
		const struct outbox_list_row *o = &rows.items[i];
		out->items[out->n++] = (struct outbox_item){
			.id = o->id,
			.enrollment = o->enrollment_id,
			.training = o->training_id,
			.position = o->position,
			.sent_at = o->sent_at,
			.user = o->user_id.has ? o->user_id.v : 0,
			.due_at = o->due_at,
			.attempts = o->attempts,
			.kind = o->kind,
			.state = o->state,
			.address = o->address,
			.user_name = o->user_name,
			.title = o->title,
			.last_error = o->last_error,
			.sort_key = o->sort_key,
			.sort_int = o->sort_int,
		};
	}
	out->more = rows.more;
	out->has_before = rows.has_before;
	return !db_failed(c->db);
}

static int64_t count(struct ctx *c, struct str state)
{
	struct outbox_count_row row = { 0 };
	outbox_count(c->db, c->arena, c->actor->id, state, OUTBOX_COUNT_BOUND + 1, &row);
	return row.n;
}

void outbox_sums(struct ctx *c, struct outbox_sums *out)
{
	*out = (struct outbox_sums){ .waiting = count(c, STR("waiting")),
		.sent = count(c, STR("sent")),
		.failed = count(c, STR("failed")),
		.dropped = count(c, STR("dropped")) };
}

bool outbox_retry(struct ctx *c, int64_t id)
{
	struct outbox_in_scope_row o;
	if (!outbox_in_scope(c->db, c->arena, c->actor->id, id, &o))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	if (!outbox_again(c->db, id, c->now))
		return err_add(
			&c->errs, c->arena, ERR_CONFLICT, STR("state"), CODE_outcome_changed, t_outbox_not_failed(&c->text));
	audit_add(c,
		&(struct audit_entry){ .action = "outbox.retry",
			.object = "enrollment",
			.object_id = o.enrollment_id.has ? o.enrollment_id.v : 0,
			.user_id = o.user_id.has ? o.user_id.v : 0,
			.training_id = o.training_id.has ? o.training_id.v : 0 });
	return !db_failed(c->db);
}
