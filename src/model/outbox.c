#include "model/outbox.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/answer.h"
#include "model/audit.h"
#include "model/policy.h"
#include "model/settings.h"
#include "model/test_mail.h"

struct str outbox_summary(
	const struct text *t, struct str title, struct str session_title, int64_t position, int64_t days)
{
	struct str what =
		str_is_empty(session_title) || str_eq(session_title, title) ? title : t_mail_what(t, title, session_title);
	return days > 1 ? t_mail_what_day(t, what, position, days) : what;
}

static struct str place_of(struct str location, struct str url)
{
	return str_is_empty(location) ? url : location;
}

/* ---- what was said before, in one column: "START END ZONE PLACE" */
static struct str previous_write(struct ctx *c, const struct outbox_letter_row *o)
{
	return str_fmt(c->arena, "%lld %lld " STR_FMT " " STR_FMT, (long long)o->said_start.v, (long long)o->said_end.v,
		STR_ARG(o->said_zone), STR_ARG(o->said_location));
}

static bool previous_read(struct str text, struct letter_day *out)
{
	struct str start, end;
	return str_split(&text, ' ', &start) && str_split(&text, ' ', &end) && str_split(&text, ' ', &out->time_zone) &&
		str_to_i64(start, &out->start_at) && str_to_i64(end, &out->end_at) &&
		(out->location = str_is_null(text) ? STR("") : text, true);
}

/* ---- deciding. Each answers false when there is nothing to say any more. */
static bool is(struct str s, const char *word)
{
	return str_eq(s, str_from(word));
}

static bool reachable(const struct outbox_letter_row *o)
{
	return is(o->user_status, "active") && !str_is_empty(o->email);
}

static struct letter_day day_of(const struct outbox_letter_row *o)
{
	return (struct letter_day){ .position = o->position.v,
		.start_at = o->start_at.v,
		.end_at = o->end_at.v,
		.time_zone = o->time_zone,
		.location = o->location,
		.url = o->url };
}

static bool says_the_same(const struct outbox_letter_row *o, struct str summary)
{
	return o->said_start.v == o->start_at.v && o->said_end.v == o->end_at.v && o->said_fold.v == o->fold.v &&
		str_eq(o->said_zone, o->time_zone) && str_eq(o->said_location, place_of(o->location, o->url)) &&
		str_eq(o->said_summary, summary);
}

static bool decide_invite(struct ctx *c, const struct outbox_letter_row *o, struct letter *l)
{
	if (!o->position.has || !is(o->status, "enrolled") || !o->announced_at.has || !o->session_id.has ||
		o->session_cancelled_at.has || !o->start_at.has || o->end_at.v <= c->now || !reachable(o))
		return false;
	l->day = day_of(o);
	l->summary = outbox_summary(&c->text, o->title, o->session_title, o->position.v, o->days.v);
	bool invited = is(o->said_state, "invited"), same_reader = invited && str_eq(o->said_address, o->email);
	/* A message that was written after this one was asked for has said it all. */
	if (!o->sequence.has && same_reader && o->said_at.has && o->said_at.v > o->created_at &&
		says_the_same(o, l->summary))
		return false;
	if (o->sequence.has && same_reader && o->sequence.v == o->said_sequence.v && says_the_same(o, l->summary)) {
		/* A repetition: it may have arrived, so it is the same message. */
		l->sequence = o->sequence.v;
		l->stamped_at = o->stamped_at.v;
		l->address = o->address;
	} else {
		/* What was said before the first try of this message; a change between two tries does not count as said. */
		struct str previous = o->sequence.has ? o->previous : same_reader ? previous_write(c, o) : STR_NULL;
		l->sequence = o->said_sequence.has ? o->said_sequence.v + 1 : 0;
		l->stamped_at = c->now;
		l->address = o->email;
		l->fresh = !o->sequence.has && str_is_null(previous);
		if (invited && !same_reader)
			outbox_withdraw_from(c->db, o->id, o->said_address, SOME(l->sequence), c->now);
		outbox_stamp(c->db, o->id, l->address, SOME(l->sequence), c->now, previous);
		invitation_put(c->db, o->enrollment_id, o->position.v, l->sequence, l->address, l->summary,
			place_of(o->location, o->url), o->time_zone, o->fold.v, o->start_at.v, o->end_at.v);
		l->has_previous = !str_is_null(previous) && previous_read(previous, &l->previous);
	}
	if (!l->has_previous && o->sequence.has && !str_is_null(o->previous))
		l->has_previous = previous_read(o->previous, &l->previous);
	l->kind = l->has_previous ? LETTER_UPDATE : LETTER_INVITE;
	if (l->kind == LETTER_INVITE && o->position.v == 1)
		l->message = o->message;
	return true;
}

static bool decide_cancel(struct ctx *c, const struct outbox_letter_row *o, struct letter *l)
{
	/* Nobody takes out of a calendar what is over; and who has left gets no mail. */
	if (!o->said_sequence.has || o->said_end.v <= c->now || !is(o->user_status, "active"))
		return false;
	l->kind = LETTER_CANCEL;
	l->summary = o->said_summary;
	l->day = (struct letter_day){ .position = o->position.v,
		.start_at = o->said_start.v,
		.end_at = o->said_end.v,
		.time_zone = o->said_zone,
		.location = o->said_location,
		.url = STR("") };
	if (o->sequence.has) {
		l->sequence = o->sequence.v;
		l->stamped_at = o->stamped_at.v;
		l->address = o->address;
		return true;
	}
	if (!is(o->said_state, "invited"))
		return false;
	l->sequence = o->said_sequence.v + 1;
	l->stamped_at = c->now;
	l->address = o->said_address;
	outbox_stamp(c->db, o->id, l->address, SOME(l->sequence), c->now, STR_NULL);
	invitation_withdraw(c->db, o->enrollment_id, o->position.v, l->sequence);
	return true;
}

static bool decide_note(struct ctx *c, const struct outbox_letter_row *o, struct letter *l)
{
	struct outbox_was_sent_row sent;
	bool holds = false;
	if (is(o->kind, "waiting")) {
		l->kind = LETTER_WAITING;
		holds = is(o->status, "waiting") && !o->session_cancelled_at.has;
	} else if (is(o->kind, "choose")) {
		l->kind = LETTER_CHOOSE;
		holds = is(o->status, "enrolled") && !o->session_id.has;
	} else if (is(o->kind, "cancelled")) {
		l->kind = LETTER_CANCELLED;
		holds = is(o->status, "cancelled") && outbox_was_sent(c->db, c->arena, o->enrollment_id, &sent);
	}
	if (!holds || !o->announced_at.has || !reachable(o))
		return false;
	bool repeated = o->stamped_at.has && str_eq(o->address, o->email);
	l->summary = outbox_summary(&c->text, o->title, o->session_title, 1, 1);
	l->address = o->email;
	l->stamped_at = repeated ? o->stamped_at.v : c->now;
	if (!repeated)
		outbox_stamp(c->db, o->id, l->address, NONE, c->now, STR_NULL);
	return true;
}

/* ---- the facts around it */
static void fill_days(struct ctx *c, int64_t enrollment, struct letter *l)
{
	struct enrollment_days_rows days;
	enrollment_days(c->db, c->arena, enrollment, &days);
	l->days = ARENA_ARRAY(c->arena, struct letter_day, days.n ? days.n : 1);
	for (size_t i = 0; i < days.n; i++) {
		const struct enrollment_days_row *d = &days.items[i];
		l->days[l->days_n++] =
			(struct letter_day){ d->position, d->start_at, d->end_at, d->time_zone, d->location, d->url };
	}
}

static void fill_thread(struct ctx *c, const struct outbox_letter_row *o, struct letter *l)
{
	struct outbox_thread_row first;
	l->thread = l->id;
	l->thread_sequence = l->sequence;
	if (outbox_thread(c->db, c->arena, o->enrollment_id, o->position, &first) && first.id != l->id) {
		l->thread = first.id;
		l->thread_sequence = first.sequence.has ? first.sequence.v : 0;
	}
}

static bool letter_read(struct ctx *c, const struct account *account, int64_t id, struct letter *l)
{
	struct outbox_letter_row o;
	if (!outbox_letter(c->db, c->arena, id, &o))
		return test_mail_letter(c, account, id, l);
	*l = (struct letter){
		.id = o.id,
		.fence = o.fence,
		.attempts = o.attempts,
		.enrollment = o.enrollment_id,
		.generation = o.generation,
		.position = o.position.has ? o.position.v : 0,
		.user_name = o.user_name,
		.zone = str_is_empty(o.user_zone) ? account->time_zone : o.user_zone,
		.title = o.title,
		.session_title = o.session_title,
		.description = o.description,
		.instructor = o.instructor,
		.organizer = o.organizer,
		.message = STR(""),
		.starts_at = o.starts_at.has ? o.starts_at.v : 0,
		.answer = o.answer,
		.mail_name = account->mail_name,
	};
	/* It speaks its reader's language, also in the calendar. */
	if (str_is_empty(o.user_locale) || !text_locale_parse(o.user_locale, &l->locale))
		l->locale = account->locale;
	c->text.locale = l->locale;
	if (is(o.kind, "invite")       ? !decide_invite(c, &o, l)
			: is(o.kind, "cancel") ? !decide_cancel(c, &o, l)
								   : !decide_note(c, &o, l))
		return false;
	l->token = answer_token(c, l->enrollment, l->generation);
	fill_days(c, l->enrollment, l);
	fill_thread(c, &o, l);
	return true;
}

void outbox_lease(struct ctx *c, int64_t limit, struct letters *out)
{
	struct outbox_due_rows due;
	struct account account;
	*out = (struct letters){ 0 };
	if (!account_load(c, &account))
		return;
	outbox_due(c->db, c->arena, c->now, limit, &due);
	out->items = ARENA_ARRAY(c->arena, struct letter, due.n ? due.n : 1);
	for (size_t i = 0; i < due.n; i++) {
		outbox_take(c->db, due.items[i].id, c->now + OUTBOX_LEASE);
		if (letter_read(c, &account, due.items[i].id, &out->items[out->n]))
			out->n++;
		else
			outbox_drop_one(c->db, due.items[i].id);
	}
}

int64_t outbox_backoff(int64_t attempts, int64_t id)
{
	static const int64_t waits[] = { 30, 120, 600, 3600, 14400 };
	size_t n = sizeof waits / sizeof *waits;
	int64_t wait = waits[attempts < 1 ? 0 : attempts > (int64_t)n ? n - 1 : (size_t)attempts - 1];
	/* Not all at once: the id spreads them. */
	return wait + (id % 16) * wait / 128;
}

static void unsay(struct ctx *c, const struct letter *l)
{
	if (!l->fresh || !outbox_unstamp(c->db, l->id, l->fence))
		return;
	invitation_unsay(c->db, l->enrollment, l->position, l->sequence);
	invitation_forget(c->db, l->enrollment, l->position);
}

void outbox_finish(struct ctx *c, const struct letter *l, enum outbox_outcome outcome, struct str why)
{
	if (outcome != OUTBOX_SENT && outcome != OUTBOX_LOST)
		unsay(c, l);
	switch (outcome) {
	case OUTBOX_SENT: outbox_sent(c->db, l->id, l->fence, c->now); return;
	case OUTBOX_UNTRIED: outbox_release(c->db, l->id, l->fence); return;
	case OUTBOX_LOST:
	case OUTBOX_RETRY:
		if (l->attempts < OUTBOX_ATTEMPTS_MAX) {
			outbox_later(c->db, l->id, l->fence, c->now + outbox_backoff(l->attempts, l->id), why);
			return;
		}
		break;
	case OUTBOX_REFUSED: break;
	}
	outbox_failed(c->db, l->id, l->fence, why);
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
		return err_add(&c->errs, c->arena, ERR_INVALID, STR("state"), CODE_invalid, t_error_invalid(&c->text));
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
