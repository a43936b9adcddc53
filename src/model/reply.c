#include "model/reply.h"
#include "gen/queries.h"
#include "model/answer.h"
#include "model/invitation.h"

enum { ASK_AGAIN = 86400, KEEP = 90 * 86400, KEEP_STRAY = 1000 };

const char *reply_outcome_name(enum reply_outcome o)
{
	static const char *const names[REPLY_OUTCOMES] = {
		[REPLY_APPLIED] = "applied",
		[REPLY_ASKED] = "asked",
		[REPLY_FORWARDED] = "forwarded",
		[REPLY_OLDER] = "older",
		[REPLY_OUTDATED] = "outdated",
		[REPLY_LATE] = "late",
		[REPLY_CLOSED] = "closed",
		[REPLY_DELEGATED] = "delegated",
		[REPLY_COUNTER] = "counter",
		[REPLY_IGNORED] = "ignored",
		[REPLY_REJECTED] = "rejected",
		[REPLY_UNREADABLE] = "unreadable",
		[REPLY_UNKNOWN] = "unknown",
	};
	return names[o];
}

/* One event of a message, and what it is about. */
struct reading {
	const struct reply_mail *mail;
	const struct reply_said *said;
	struct invited entry;
	struct reply_about_row about;
	struct str attendee;
	int64_t sequence, stamp;
};

/* Who answers: the one ATTENDEE. Some programs leave it out; then whoever is proven to have sent it. */
static bool read_attendee(struct reading *r)
{
	r->attendee = r->said->attendees ? r->said->attendee : r->mail->proven;
	return r->said->attendees <= 1 && !r->said->instance && !str_is_empty(r->attendee);
}

static bool is_invited(const struct reading *r)
{
	return str_eq_nocase(r->attendee, r->entry.address) ||
		(!str_is_empty(r->about.email) && str_eq_nocase(r->attendee, r->about.email));
}

static struct str read_answer(const struct reply_said *s)
{
	if (str_eq(s->partstat, STR("ACCEPTED")))
		return STR("accepted");
	if (str_eq(s->partstat, STR("TENTATIVE")))
		return STR("tentative");
	return str_eq(s->partstat, STR("DECLINED")) ? STR("declined") : STR_NULL;
}

/* A number or a time that is ahead of ours must not outlast what is answered later. */
static void read_order(const struct ctx *c, struct reading *r)
{
	const struct reply_said *s = r->said;
	r->sequence = s->sequence < r->entry.sequence ? s->sequence : r->entry.sequence;
	r->stamp = s->dtstamp && s->dtstamp < c->now ? s->dtstamp : c->now;
}

/* By (SEQUENCE, DTSTAMP) among what calendars say (RFC 5546 2.1.5); by time where it was answered otherwise. Of two in
 * the same second the later to come counts. */
static bool is_older(const struct reading *r)
{
	const struct reply_about_row *a = &r->about;
	if (!a->reply_stamp.has || !a->reply_sequence.has)
		return a->answered_at.has && r->stamp < a->answered_at.v;
	return r->sequence < a->reply_sequence.v || (r->sequence == a->reply_sequence.v && r->stamp < a->reply_stamp.v);
}

/* Whether what the entry said at that SEQUENCE is another time than today's. */
static bool is_outdated(struct ctx *c, const struct reading *r)
{
	int64_t start_at = r->entry.start_at, end_at = r->entry.end_at;
	if (r->sequence < r->entry.sequence) {
		struct reply_said_then_row then = { .previous = STR_NULL };
		struct str start, end;
		reply_said_then(c->db, c->arena, r->entry.enrollment, r->entry.position, r->sequence, &then);
		struct str rest = then.previous;
		if (str_is_null(rest) || !str_split(&rest, ' ', &start) || !str_split(&rest, ' ', &end) ||
			!str_to_i64(start, &start_at) || !str_to_i64(end, &end_at))
			return true;
	}
	return start_at != r->about.start_at.v || end_at != r->about.end_at.v;
}

static bool is_closed(const struct reading *r)
{
	const struct reply_about_row *a = &r->about;
	return r->entry.withdrawn || !a->day_id.has || !a->announced_at.has || a->session_cancelled_at.has ||
		!str_eq(a->status, STR("enrolled"));
}

/* A seat is not given away on the word of somebody who only says who he is. */
static bool must_ask(struct ctx *c, const struct reading *r, struct str answer)
{
	return !str_eq_nocase(r->mail->proven, r->attendee) && !str_eq(r->about.answer, STR("declined")) &&
		str_eq(answer_overall(c, r->entry.enrollment, r->about.day_id.v, answer), STR("declined"));
}

static enum reply_outcome apply(struct ctx *c, const struct reading *r, struct str answer)
{
	struct answered now;
	if (must_ask(c, r, answer)) {
		reply_ask(c->db, r->entry.enrollment, c->now, c->now - ASK_AGAIN);
		return REPLY_ASKED;
	}
	const struct answer_said said = { .day = r->about.day_id.v,
		.position = r->entry.position,
		.before = r->about.day_answer,
		.answer = answer,
		.sequence = r->sequence,
		.stamp = r->stamp };
	if (answer_by_mail(c, r->entry.enrollment, &said, &now))
		return REPLY_APPLIED;
	c->errs = (struct errs){ 0 };
	return REPLY_CLOSED;
}

static enum reply_outcome decide(struct ctx *c, struct reading *r)
{
	if (!invitation_find(c, r->said->uid, &r->entry) ||
		!reply_about(c->db, c->arena, r->entry.enrollment, r->entry.position, &r->about))
		return REPLY_UNKNOWN;
	if (str_eq(r->mail->method, STR("COUNTER")))
		return REPLY_COUNTER;
	if (!str_eq(r->mail->method, STR("REPLY")))
		return REPLY_IGNORED;
	if (!read_attendee(r))
		return REPLY_REJECTED;
	if (!is_invited(r))
		return REPLY_FORWARDED;
	if (str_eq(r->said->partstat, STR("DELEGATED")))
		return REPLY_DELEGATED;
	struct str answer = read_answer(r->said);
	if (str_is_null(answer))
		return REPLY_REJECTED;
	if (is_closed(r))
		return REPLY_CLOSED;
	read_order(c, r);
	if (is_older(r))
		return REPLY_OLDER;
	if (is_outdated(c, r))
		return REPLY_OUTDATED;
	if (r->about.start_at.v <= c->now)
		return REPLY_LATE;
	return apply(c, r, answer);
}

static void keep(struct ctx *c, const struct reading *r, size_t item, enum reply_outcome outcome)
{
	static const struct reply_said nothing = { .partstat = { "", 0 }, .comment = { "", 0 } };
	const struct reply_mail *m = r->mail;
	const struct reply_said *s = r->said ? r->said : &nothing;
	bool known = outcome != REPLY_UNKNOWN && outcome != REPLY_UNREADABLE;
	/* To whom somebody passes it on stands beside what he says. */
	struct str comment = s->comment;
	if (outcome == REPLY_DELEGATED && !str_is_empty(s->delegated_to))
		comment = str_is_empty(comment)
			? s->delegated_to
			: str_fmt(c->arena, STR_FMT "\n" STR_FMT, STR_ARG(s->delegated_to), STR_ARG(comment));
	reply_insert(c->db, m->digest, (int64_t)item, c->now, str_from(reply_outcome_name(outcome)),
		known ? SOME(r->entry.user) : NONE, known ? SOME(r->entry.enrollment) : NONE,
		known ? SOME(r->entry.position) : NONE, m->sender,
		!str_is_empty(m->proven) && str_eq_nocase(m->proven, r->attendee),
		str_is_null(s->attendee) ? STR("") : s->attendee, m->method, s->partstat, comment);
}

bool reply_take(struct ctx *c, const struct reply_mail *m, struct reply_taken *out)
{
	struct reply_seen_row seen;
	*out = (struct reply_taken){ 0 };
	if (reply_seen(c->db, c->arena, m->digest, &seen)) {
		out->again = true;
		return true;
	}
	/* Whatever is changed by it is said to come from there. */
	c->from = m->sender;
	for (size_t i = 0; i < m->said_n || (i == 0 && m->unreadable); i++) {
		struct reading r = { .mail = m, .said = m->unreadable ? NULL : &m->said[i], .attendee = STR("") };
		enum reply_outcome outcome = m->unreadable ? REPLY_UNREADABLE : decide(c, &r);
		keep(c, &r, i, outcome);
		out->count[outcome]++;
	}
	return !db_failed(c->db);
}

void reply_clean(struct db *tx, int64_t now)
{
	reply_expire(tx, now - KEEP);
	reply_stray_prune(tx, KEEP_STRAY);
}
