/* The outbox on its way: what is due is leased, a batch in one go, and says what is true at that moment; then what came
 * of it is written down. A handful of statements, however many messages. */
#include "base/json.h"
#include "gen/queries.h"
#include "model/answer.h"
#include "model/invitation.h"
#include "model/outbox.h"
#include "model/password.h"
#include "model/settings.h"

static bool is(struct str s, const char *word)
{
	return str_eq(s, str_from(word));
}

static struct str place_of(struct str location, struct str url)
{
	return str_is_empty(location) ? url : location;
}

/* ---- what was said before, in one column: "START END ZONE PLACE" */
static struct str previous_write(struct ctx *c, const struct outbox_letters_row *o)
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
static bool reachable(const struct outbox_letters_row *o)
{
	return is(o->user_status, "active") && !str_is_empty(o->email);
}

static struct letter_day day_of(const struct outbox_letters_row *o)
{
	return (struct letter_day){ .position = o->position.v,
		.start_at = o->start_at.v,
		.end_at = o->end_at.v,
		.time_zone = o->time_zone,
		.location = o->location,
		.url = o->url };
}

static bool says_the_same(const struct outbox_letters_row *o, struct str summary)
{
	return o->said_start.v == o->start_at.v && o->said_end.v == o->end_at.v && o->said_fold.v == o->fold.v &&
		str_eq(o->said_zone, o->time_zone) && str_eq(o->said_location, place_of(o->location, o->url)) &&
		str_eq(o->said_summary, summary);
}

/* What its row will say beside the letter's address and time. */
struct decision {
	struct opt_i64 sequence;
	struct str previous;
	bool says;      /* something new about its calendar entry */
	bool withdraws; /* that entry */
};

static bool decide_invite(struct ctx *c, const struct outbox_letters_row *o, struct letter *l, struct decision *d)
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
		d->previous = o->previous;
	} else {
		/* What was said before the first try of this message; a change between two tries does not count as said. */
		struct str previous = o->sequence.has ? o->previous : same_reader ? previous_write(c, o) : STR_NULL;
		l->sequence = o->said_sequence.has ? o->said_sequence.v + 1 : 0;
		l->stamped_at = c->now;
		l->address = o->email;
		l->fresh = !o->sequence.has && str_is_null(previous);
		if (invited && !same_reader)
			outbox_withdraw_from(c->db, o->id, o->said_address, SOME(l->sequence), c->now);
		d->previous = previous;
		d->says = true;
		l->has_previous = !str_is_null(previous) && previous_read(previous, &l->previous);
	}
	if (!l->has_previous && o->sequence.has && !str_is_null(o->previous))
		l->has_previous = previous_read(o->previous, &l->previous);
	d->sequence = SOME(l->sequence);
	l->kind = l->has_previous ? LETTER_UPDATE : LETTER_INVITE;
	l->waited = l->kind == LETTER_INVITE && o->waited;
	if (l->kind == LETTER_INVITE && o->position.v == 1)
		l->message = o->message;
	return true;
}

static bool decide_cancel(struct ctx *c, const struct outbox_letters_row *o, struct letter *l, struct decision *d)
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
	bool invited = is(o->said_state, "invited");
	if (o->sequence.has) {
		/* The entry has come back to where it was to be taken from. */
		if (invited && str_eq(o->said_address, o->address))
			return false;
		l->sequence = o->sequence.v;
		l->stamped_at = o->stamped_at.v;
		l->address = o->address;
	} else if (invited) {
		l->sequence = o->said_sequence.v + 1;
		l->stamped_at = c->now;
		l->address = o->said_address;
		d->withdraws = true;
	} else {
		return false;
	}
	d->sequence = SOME(l->sequence);
	return true;
}

static void address_to_user(const struct ctx *c, const struct outbox_letters_row *o, struct letter *l)
{
	bool repeated = o->stamped_at.has && str_eq(o->address, o->email);
	l->address = o->email;
	l->stamped_at = repeated ? o->stamped_at.v : c->now;
}

static bool decide_note(struct ctx *c, const struct outbox_letters_row *o, struct letter *l)
{
	bool holds = false;
	if (is(o->kind, "waiting")) {
		l->kind = LETTER_WAITING;
		holds = is(o->status, "waiting") && !o->session_cancelled_at.has;
	} else if (is(o->kind, "waiting_changed") || is(o->kind, "waiting_cancelled")) {
		bool cancelled = is(o->kind, "waiting_cancelled");
		l->kind = cancelled ? LETTER_WAITING_CANCELLED : LETTER_WAITING_CHANGED;
		holds = is(o->status, "waiting") && o->session_cancelled_at.has == cancelled && o->was_sent &&
			o->ends_at.v > c->now;
	} else if (is(o->kind, "choose")) {
		l->kind = LETTER_CHOOSE;
		holds = is(o->status, "enrolled") && !o->session_id.has;
	} else if (is(o->kind, "reminder")) {
		l->kind = LETTER_REMINDER;
		l->answer = o->enrollment_answer;
		holds = is(o->status, "enrolled") && o->session_id.has && !o->session_cancelled_at.has &&
			!is(o->enrollment_answer, "declined") && o->starts_at.v > c->now && !o->overtaken;
	} else if (is(o->kind, "confirm")) {
		l->kind = LETTER_CONFIRM;
		holds = is(o->status, "enrolled") && o->session_id.has && !o->session_cancelled_at.has &&
			!is(o->enrollment_answer, "declined") && o->ends_at.v > c->now;
	} else if (is(o->kind, "cancelled")) {
		l->kind = LETTER_CANCELLED;
		holds = is(o->status, "cancelled") && o->was_sent; /* what nobody heard of is not taken back */
	}
	if (!holds || !o->announced_at.has || !reachable(o))
		return false;
	l->summary = outbox_summary(&c->text, o->title, o->session_title, 1, 1);
	address_to_user(c, o, l);
	/* It says how long it is until then, which another try says anew. */
	if (l->kind == LETTER_REMINDER)
		l->stamped_at = c->now;
	return true;
}

/* A link that was used, has ended or was followed by another is not sent any more. */
static bool decide_link(struct ctx *c, const struct outbox_letters_row *o, enum letter_kind kind, struct letter *l)
{
	struct password_mail link;
	if (!password_link_for_mail(c, o->user_id.v, o->id, &link))
		return false;
	l->kind = kind;
	l->token = link.token;
	l->login = link.login;
	l->at = link.until;
	return true;
}

/* About no enrollment: test messages, passwords. */
static bool decide_account(
	struct ctx *c, const struct account *account, const struct outbox_letters_row *o, struct letter *l)
{
	if (!reachable(o))
		return false;
	if (is(o->kind, "test")) {
		l->kind = LETTER_TEST;
	} else if (is(o->kind, "password_changed")) {
		l->kind = LETTER_PASSWORD_CHANGED;
		l->at = o->created_at;
	} else {
		bool given = is(o->kind, "password_given");
		if (!given && !is(o->kind, "password_forgotten"))
			return false;
		if (!decide_link(c, o, given ? LETTER_PASSWORD_GIVEN : LETTER_PASSWORD_FORGOTTEN, l))
			return false;
	}
	l->title = l->summary = account->name;
	address_to_user(c, o, l);
	return true;
}

/* ---- the facts around it */
struct lease {
	const struct account *account;
	struct outbox_letters_rows rows;
	struct outbox_days_rows days; /* by session */
	struct letter_day *letter_days;
	struct decision *decisions; /* of the letters */
};

static void read_days(struct ctx *c, struct lease *lease)
{
	outbox_days(c->db, c->arena, &lease->days);
	lease->letter_days = ARENA_ARRAY(c->arena, struct letter_day, lease->days.n ? lease->days.n : 1);
	for (size_t i = 0; i < lease->days.n; i++) {
		const struct outbox_days_row *d = &lease->days.items[i];
		lease->letter_days[i] =
			(struct letter_day){ d->position, d->start_at, d->end_at, d->time_zone, d->location, d->url };
	}
}

static void fill_days(const struct lease *lease, int64_t session, struct letter *l)
{
	size_t low = 0, high = lease->days.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (lease->days.items[middle].session_id < session)
			low = middle + 1;
		else
			high = middle;
	}
	l->days = lease->letter_days + low;
	for (; low < lease->days.n && lease->days.items[low].session_id == session; low++)
		l->days_n++;
}

static bool letter_read(
	struct ctx *c, const struct lease *lease, const struct outbox_letters_row *o, struct letter *l, struct decision *d)
{
	const struct account *account = lease->account;
	bool follows = o->thread_id.has;
	*d = (struct decision){ .previous = STR_NULL };
	*l = (struct letter){
		.id = o->id,
		.user = o->user_id.v,
		.fence = o->fence + 1,
		.attempts = o->attempts + 1,
		.urgent = o->urgent,
		.enrollment = o->enrollment_id.v,
		.generation = o->generation.v,
		.position = o->position.v,
		.user_name = o->user_name,
		.zone = str_is_empty(o->user_zone) ? account->time_zone : o->user_zone,
		.title = o->title,
		.session_title = o->session_title,
		.description = o->description,
		.instructor = o->instructor,
		.organizer = o->organizer,
		.message = STR(""),
		.starts_at = o->starts_at.v,
		.answer = o->answer,
		.mail_name = account->mail_name,
	};
	/* It speaks its reader's language, also in the calendar. */
	if (str_is_empty(o->user_locale) || !text_locale_parse(o->user_locale, &l->locale))
		l->locale = account->locale;
	c->text.locale = l->locale;
	if (!o->enrollment_id.has       ? !decide_account(c, account, o, l)
			: is(o->kind, "invite") ? !decide_invite(c, o, l, d)
			: is(o->kind, "cancel") ? !decide_cancel(c, o, l, d)
									: !decide_note(c, o, l))
		return false;
	l->thread = follows ? o->thread_id.v : l->id;
	l->thread_sequence = follows ? o->thread_sequence.v : l->sequence;
	if (o->enrollment_id.has)
		l->token = answer_token(c, l->enrollment, l->generation);
	if (o->session_id.has)
		fill_days(lease, o->session_id.v, l);
	return true;
}

static int64_t uid_number(struct ctx *c, const struct letter *l)
{
	int64_t number = 0;
	invitation_uid_number(invitation_uid(c->arena, c->key, l->enrollment, l->position, l->generation), &number);
	return number;
}

static void write_decisions(struct ctx *c, const struct lease *lease, const struct letters *out)
{
	struct buf b = buf_new(c->arena);
	struct jw w = jw_new(&b);
	bool says = false, withdraws = false;
	jw_arr(&w);
	for (size_t i = 0; i < out->n; i++) {
		const struct letter *l = &out->items[i];
		const struct decision *d = &lease->decisions[i];
		says |= d->says;
		withdraws |= d->withdraws;
		jw_arr(&w);
		jw_i64(&w, l->id);
		jw_str(&w, l->address);
		jw_opt_i64(&w, d->sequence.has, d->sequence.v);
		jw_i64(&w, l->stamped_at);
		jw_str(&w, d->previous);
		jw_str(&w, d->says ? l->summary : STR_NULL);
		jw_i64(&w, d->says ? uid_number(c, l) : 0);
		jw_i64(&w, d->withdraws);
		jw_end(&w);
	}
	jw_end(&w);
	outbox_decided(c->db, buf_str(&b));
	outbox_take(c->db, c->now + OUTBOX_LEASE);
	if (says)
		invitation_put(c->db);
	if (withdraws)
		invitation_withdraw(c->db);
	if (out->n < lease->rows.n)
		outbox_drop_silent(c->db);
}

void outbox_lease(struct ctx *c, int64_t urgent, int64_t others, struct letters *out)
{
	struct account account;
	struct lease lease = { .account = &account };
	*out = (struct letters){ 0 };
	if (!account_load(c, &account))
		return;
	if (urgent)
		outbox_claim_urgent(c->db, c->now, urgent);
	if (others)
		outbox_claim(c->db, c->now, others);
	outbox_letters(c->db, c->arena, &lease.rows);
	if (!lease.rows.n)
		return;
	read_days(c, &lease);
	out->items = ARENA_ARRAY(c->arena, struct letter, lease.rows.n);
	lease.decisions = ARENA_ARRAY(c->arena, struct decision, lease.rows.n);
	for (size_t i = 0; i < lease.rows.n; i++)
		out->n += letter_read(c, &lease, &lease.rows.items[i], &out->items[out->n], &lease.decisions[out->n]);
	write_decisions(c, &lease, out);
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

static void finish_unsent(struct ctx *c, const struct letter *l, enum outbox_outcome outcome, struct str why)
{
	if (outcome != OUTBOX_LOST)
		unsay(c, l);
	switch (outcome) {
	case OUTBOX_SENT:
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

void outbox_finish(struct ctx *c, const struct outbox_result *results, size_t n)
{
	struct buf b = buf_new(c->arena);
	struct jw w = jw_new(&b);
	size_t sent = 0;
	jw_arr(&w);
	for (size_t i = 0; i < n; i++) {
		const struct letter *l = results[i].letter;
		if (results[i].outcome != OUTBOX_SENT) {
			finish_unsent(c, l, results[i].outcome, results[i].why);
			continue;
		}
		sent++;
		if (l->kind == LETTER_PASSWORD_FORGOTTEN || l->kind == LETTER_PASSWORD_GIVEN)
			password_link_left(c->db, l->user, l->id);
		jw_arr(&w);
		jw_i64(&w, l->id);
		jw_i64(&w, l->fence);
		jw_end(&w);
	}
	jw_end(&w);
	if (sent)
		outbox_sent(c->db, buf_str(&b), c->now);
}
