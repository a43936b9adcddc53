/* What is said for each message. Where the relay allows it (RFC 2920) the whole envelope goes out at once, and behind
 * the end of the message before it when there is one: a round trip a message instead of four. */
#include "mail/smtp.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/scrub.h"
#include "mail/message.h"
#include "mail/connection.h"

struct smtp {
	struct arena *arena;
	struct relay relay;
	struct connection connection;
	long connect_ms, whole_ms;
	/* The envelope that left behind the last message and is not answered yet; empty: none. In `arena`, and as long as
	 * the longest. */
	struct buf ahead;
	/* Of the last message. */
	bool begun;      /* some of it may have left, beyond its envelope */
	bool ended;      /* all of it has left */
	bool introduced; /* the relay had taken us as a client: what it says is about the message */
	int code;        /* what decided; 0: no reply */
};

bool smtp_global_init(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void smtp_global_end(void)
{
	curl_global_cleanup();
}

const char *smtp_url_check(struct str url)
{
	ARENA_SCOPED a = arena_new();
	struct relay r;
	return relay_parse(a, url, &r);
}

struct smtp *smtp_open(struct str url)
{
	struct arena *a = arena_new();
	struct smtp *s = ARENA_NEW(a, struct smtp);
	s->arena = a;
	s->ahead = buf_new(a);
	if (relay_parse(a, url, &s->relay)) {
		arena_free(a);
		return NULL;
	}
	smtp_set_timeouts(s, 10000, 60000);
	return s;
}

static void hang_up(struct smtp *s, bool polite)
{
	/* QUIT has no place where the relay waits for a message. */
	connection_close(&s->connection, polite && !s->ahead.n);
	s->ahead.n = 0;
}

void smtp_close(struct smtp *s)
{
	if (!s)
		return;
	hang_up(s, true);
	arena_free(s->arena);
}

void smtp_set_timeouts(struct smtp *s, long connect_ms, long whole_ms)
{
	s->connect_ms = connect_ms;
	s->whole_ms = whole_ms;
}

void smtp_set_stop(struct smtp *s, bool (*stop)(void *arg), void *arg)
{
	s->connection.stop = stop;
	s->connection.stop_arg = arg;
}

/* ---- replies */
enum answer {
	TAKEN,
	REFUSED, /* for now or for good; the connection stands */
	LOST,    /* nothing more can be said on this connection */
};
struct verdict {
	enum answer answer;
	int code; /* 0: no reply */
	struct str why;
};

static struct verdict lost(const struct smtp *s, struct arena *a)
{
	return (struct verdict){ LOST, 0, scrub_line(a, connection_fault(&s->connection), SMTP_WHY_BYTES) };
}

/* What the relay says in its own words. */
static struct verdict said(const struct smtp *s, struct arena *a, enum answer answer)
{
	const struct reply *r = &s->connection.reply;
	return (struct verdict){ answer, r->code, scrub_line(a, reply_words(r), SMTP_WHY_BYTES) };
}

/* The next reply; `good` is the first digit of the one that is hoped for. 421 may come at any time, and ends the
 * connection (RFC 5321 3.8); so does what makes no sense. */
static struct verdict hear(struct smtp *s, struct arena *a, int good)
{
	if (!connection_read(&s->connection))
		return lost(s, a);
	int code = s->connection.reply.code;
	if (code / 100 == good)
		return (struct verdict){ TAKEN, code, STR("") };
	return said(s, a, code < 400 || code == 421 ? LOST : REFUSED);
}

/* ---- a message */

/* DATA comes last, since what follows depends on its answer. */
static struct str envelope(struct arena *a, struct str from, struct str to)
{
	return str_fmt(a, "MAIL FROM:<" STR_FMT ">\r\nRCPT TO:<" STR_FMT ">\r\nDATA\r\n", STR_ARG(from), STR_ARG(to));
}

/* After an envelope that was refused: the relay may have asked for the message all the same, and gets an empty one,
 * which has no recipient (RFC 2920 3.1). */
static void back_out(struct smtp *s, struct arena *a, bool asked)
{
	bool done = connection_send(&s->connection, asked ? STR(".\r\n") : STR("RSET\r\n"));
	enum answer answer = done ? hear(s, a, 2).answer : LOST;
	if (answer == LOST || (answer == REFUSED && !asked))
		hang_up(s, false);
}

/* Sends the envelope, unless it has left already, and hears the answer to each of its commands. */
static struct verdict announce(struct smtp *s, struct arena *a, struct str commands)
{
	static const int good[] = { 2, 2, 3 };
	bool pipelining = s->connection.pipelining, under_way = s->ahead.n > 0;
	struct verdict first = { TAKEN, 0, STR("") }, last = first;
	s->ahead.n = 0;
	if (!under_way &&
		(!connection_is_quiet(&s->connection) || (pipelining && !connection_send(&s->connection, commands))))
		return lost(s, a);
	for (size_t i = 0; i < 3 && (pipelining || first.answer == TAKEN); i++) {
		size_t end = 0;
		must(str_find(commands, STR("\n"), &end));
		if (!pipelining && !connection_send(&s->connection, str_sub(commands, 0, end + 1)))
			return lost(s, a);
		commands = str_sub(commands, end + 1, commands.n);
		last = hear(s, a, good[i]);
		if (first.answer == TAKEN)
			first = last;
		if (last.answer == LOST)
			break;
	}
	if (last.answer == LOST)
		hang_up(s, false);
	else if (first.answer == REFUSED)
		back_out(s, a, last.answer == TAKEN);
	return first;
}

static void put_dotted(struct buf *b, struct str bytes)
{
	size_t copied = 0;
	for (size_t at = 0; at < bytes.n;) {
		if (bytes.p[at] == '.') {
			buf_put(b, str_sub(bytes, copied, at - copied));
			buf_char(b, '.');
			copied = at;
		}
		const char *end = memchr(bytes.p + at, '\n', bytes.n - at);
		at = end ? (size_t)(end - bytes.p) + 1 : bytes.n;
	}
	buf_put(b, str_sub(bytes, copied, bytes.n));
}

/* `ahead`: the envelope that goes along; may be empty. */
static struct verdict transfer(struct smtp *s, struct arena *a, struct str bytes, struct str ahead)
{
	struct buf b = buf_new(a);
	if (!connection_is_quiet(&s->connection))
		return lost(s, a);
	if (!s->connection.pipelining)
		ahead = STR("");
	buf_reserve(&b, bytes.n + bytes.n / 64 + ahead.n + 8);
	put_dotted(&b, bytes);
	buf_put(&b, str_ends(bytes, STR("\n")) || !bytes.n ? STR(".\r\n") : STR("\r\n.\r\n"));
	size_t end = b.n;
	buf_put(&b, ahead);
	s->begun = true;
	bool all = connection_send(&s->connection, buf_str(&b));
	s->ended = s->connection.sent >= end;
	if (all) {
		s->ahead.n = 0;
		buf_put(&s->ahead, ahead);
		struct verdict last = hear(s, a, 2);
		return last.answer == TAKEN ? said(s, a, TAKEN) : last;
	}
	/* The relay may have said why before it hung up. */
	struct verdict v = lost(s, a), reply = connection_is_late(&s->connection) ? v : hear(s, a, 2);
	hang_up(s, false);
	return reply.code >= 400 ? reply : v;
}

static struct verdict attempt(
	struct smtp *s, struct arena *a, struct str domain, struct str commands, struct str bytes, struct str ahead)
{
	s->connection.deadline = clock_mono_ms() + s->whole_ms;
	s->introduced = s->connection.curl;
	if (!s->introduced && !connection_open(&s->connection, a, &s->relay, domain, s->connect_ms))
		/* Its own words when it does not want us; otherwise the reply before the fault only misleads. */
		return s->connection.reply.code >= 400 ? said(s, a, LOST) : lost(s, a);
	s->introduced = true;
	struct verdict v = announce(s, a, commands);
	return v.answer == TAKEN ? transfer(s, a, bytes, ahead) : v;
}

/* A 5xx is about this message only once we are introduced: before, the relay is closed or our sign-in is wrong, and
 * every message would get it. */
static enum smtp_result judge(const struct smtp *s, const struct verdict *v)
{
	if (v->answer == TAKEN)
		return SMTP_SENT;
	/* "Sign in first", "bad sequence", "sign-in failed" and its kin. */
	bool ours = v->code == 503 || v->code == 530 || v->code == 534 || v->code == 535 || v->code == 538;
	return v->code >= 500 && s->introduced && !ours ? SMTP_REFUSED : SMTP_RETRY;
}

enum smtp_result smtp_send(
	struct smtp *s, struct arena *a, const struct smtp_message *m, struct str ahead, struct str *why)
{
	s->begun = s->ended = s->introduced = false;
	s->code = 0;
	if (!mail_address_ok(m->from) || !mail_address_ok(m->to)) {
		*why = STR("The address cannot be used in an SMTP command.");
		return SMTP_REFUSED;
	}
	size_t at = 0;
	must(str_find(m->from, STR("@"), &at));
	struct str domain = str_sub(m->from, at + 1, m->from.n), commands = envelope(a, m->from, m->to);
	struct str next = mail_address_ok(ahead) ? envelope(a, m->from, ahead) : STR("");
	if (s->ahead.n && !str_eq(buf_str(&s->ahead), commands))
		hang_up(s, false);
	struct verdict v;
	bool kept;
	do {
		kept = s->connection.curl;
		v = attempt(s, a, domain, commands, m->bytes, next);
		if (v.answer == LOST)
			hang_up(s, false);
		/* A kept connection may have been closed by the relay while nothing was sent. Nothing of the message has left
		 * then, so that another try at once cannot deliver it twice. */
	} while (v.answer == LOST && kept && !s->begun && !connection_is_late(&s->connection));
	s->code = v.code;
	*why = v.why;
	return judge(s, &v);
}

bool smtp_may_have_arrived(const struct smtp *s)
{
	return s->ended && s->code < 400;
}

bool smtp_said_later(const struct smtp *s)
{
	return s->introduced && s->code >= 400 && s->code < 500 && s->code != 421;
}
