/* What mail programs send when somebody answers, one message a program, as it comes over the wire; and who is believed
 * to have sent it. The messages are the seeds of tests/fuzz/fuzz_inbound.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "mail/authentication.h"
#include "mail/inbound.h"
#include "mail/message.h"

static const char uid[] = "k3v9q2m7x1t8d4c6b5n0a7w2e9@train.example";

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct str seed(struct arena *a, const char *name)
{
	struct buf b = buf_new(a);
	FILE *f = fopen(str_fmt(a, "tests/fuzz/inbound/%s.eml", name).p, "rb");
	int ch;
	assert_non_null(f);
	while ((ch = getc(f)) != EOF)
		buf_char(&b, (char)ch);
	fclose(f);
	return buf_str(&b);
}

static enum inbound read_seed(struct arena *a, const char *name, struct reply_mail *out)
{
	return inbound_read(a, seed(a, name), STR("mx.train.example"), out);
}

static void assert_str(struct str s, const char *expected)
{
	if (!str_eq(s, str_from(expected)))
		fail_msg("\"" STR_FMT "\" instead of \"%s\"", STR_ARG(s), expected);
}

static void test_what_programs_send(void **state)
{
	static const struct {
		const char *name, *sender, *proven, *partstat, *comment;
		int64_t sequence, dtstamp;
	} all[] = {
		{ "cyrus", "ana@customer.example", "", "ACCEPTED", "", 0, 1795469564 },
		{ "google", "calendar-notification@google.com", "ana@customer.example", "TENTATIVE", "Coming late, sorry", 2,
			1795469580 },
		{ "exchange", "ana@customer.example", "", "DECLINED", "Ich kann nicht, leider.\nAna", 1, 1795469564 },
		{ "file", "ana@customer.example", "", "ACCEPTED", "", 0, 1795469564 },
		{ "results", "ana@customer.example", "ana@customer.example", "ACCEPTED", "", 0, 1795469564 },
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct reply_mail m;
		assert_int_equal(read_seed(*state, all[i].name, &m), INBOUND_ANSWER);
		assert_false(m.unreadable);
		assert_str(m.method, "REPLY");
		assert_str(m.sender, all[i].sender);
		assert_str(m.proven, all[i].proven);
		assert_int_equal(m.said_n, 1);
		assert_str(m.said[0].uid, uid);
		assert_int_equal(m.said[0].attendees, 1);
		assert_str(m.said[0].attendee, "ana@customer.example");
		assert_str(m.said[0].partstat, all[i].partstat);
		assert_str(m.said[0].comment, all[i].comment);
		assert_int_equal(m.said[0].sequence, all[i].sequence);
		assert_int_equal(m.said[0].dtstamp, all[i].dtstamp);
	}
}

static void test_several_events(void **state)
{
	struct reply_mail m;
	assert_int_equal(read_seed(*state, "thunderbird", &m), INBOUND_ANSWER);
	assert_int_equal(m.said_n, 3);
	assert_str(m.said[0].uid, "other@elsewhere.example");
	assert_str(m.said[1].uid, uid);
	assert_str(m.said[1].attendee, "ana@customer.example");
	assert_str(m.said[1].partstat, "ACCEPTED");
	assert_false(m.said[1].instance);
	assert_true(m.said[2].instance);
	assert_str(m.said[2].attendee, "ana@customer.example");
}

static void test_what_is_no_plain_answer(void **state)
{
	struct reply_mail m;
	assert_int_equal(read_seed(*state, "counter", &m), INBOUND_ANSWER);
	assert_str(m.method, "COUNTER");
	assert_int_equal(read_seed(*state, "delegated", &m), INBOUND_ANSWER);
	assert_str(m.said[0].partstat, "DELEGATED");
	assert_str(m.said[0].delegated_to, "ben@customer.example");
	assert_int_equal(read_seed(*state, "crowd", &m), INBOUND_ANSWER);
	assert_int_equal(m.said[0].attendees, 2);
	assert_int_equal(read_seed(*state, "winmail", &m), INBOUND_ANSWER);
	assert_true(m.unreadable);
	assert_int_equal(read_seed(*state, "vacation", &m), INBOUND_OTHER);
	/* What somebody forwards was not said to us. */
	assert_int_equal(read_seed(*state, "forwarded", &m), INBOUND_OTHER);
	assert_int_equal(inbound_read(*state, STR(""), STR(""), &m), INBOUND_BROKEN);
}

static struct str wrapped(struct arena *a, struct str calendar)
{
	return str_fmt(a, "From: ana@customer.example\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n" STR_FMT,
		STR_ARG(calendar));
}

static void test_limits(void **state)
{
	struct arena *a = *state;
	struct reply_mail m;
	struct buf events = buf_new(a), deep = buf_new(a), large = buf_new(a);
	for (int i = 0; i <= REPLY_EVENTS; i++)
		BUF_LIT(&events, "BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n");
	struct str crowd =
		str_fmt(a, "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" STR_FMT "END:VCALENDAR\r\n", STR_ARG(buf_str(&events)));
	assert_int_equal(inbound_read(a, wrapped(a, crowd), STR(""), &m), INBOUND_OTHER);
	/* An end is asked for, so that half a message is none. */
	assert_int_equal(inbound_read(a, wrapped(a, str_sub(crowd, 0, 200)), STR(""), &m), INBOUND_OTHER);
	for (int i = 0; i < 10000; i++)
		buf_fmt(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
	assert_int_equal(inbound_read(a, buf_str(&deep), STR(""), &m), INBOUND_OTHER);
	for (size_t i = 0; i < INBOUND_BYTES / 32 + 1; i++)
		BUF_LIT(&large, "X-Filler: 0123456789012345678\r\n\r\n");
	assert_int_equal(inbound_read(a, buf_str(&large), STR(""), &m), INBOUND_BROKEN);
}

/* A message of so many pieces in its head, which is an answer otherwise. */
static enum inbound read_many(struct arena *a, const char *head, const char *piece, size_t n)
{
	struct buf b = buf_new(a);
	struct reply_mail m;
	buf_put(&b, str_from(head));
	for (size_t i = 0; i < n; i++)
		buf_put(&b, str_from(piece));
	BUF_LIT(&b,
		"\r\nContent-Type: text/calendar\r\n\r\n"
		"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	return inbound_read(a, buf_str(&b), STR(""), &m);
}

/* What would take GMime minutes is not read. */
static void test_what_takes_too_long(void **state)
{
	static const struct {
		const char *head, *piece;
		size_t few, many;
	} all[] = {
		{ "To: a@b.example", ",\r\n a@b.example", 1000, 60000 },
		{ "From: a@b.example", ",a@b.example", 1000, 60000 },
		{ "To: ", "a:", 1000, 400000 },
		{ "X: y", "\r\nTo: a", 190, 100000 },
		{ "X: y", "\r\ncC : a", 190, 100000 },
		{ "Content-Type: text/plain", ";\r\n a=b", 1000, 100000 },
		{ "X: y", "\r\nReceived: from a.example by b.example", 100, 2000 },
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		bool harmless = str_find(str_from(all[i].piece), STR("Received"), NULL);
		assert_int_equal(read_many(*state, all[i].head, all[i].piece, all[i].few), INBOUND_ANSWER);
		assert_int_equal(
			read_many(*state, all[i].head, all[i].piece, all[i].many), harmless ? INBOUND_ANSWER : INBOUND_BROKEN);
	}
	/* Nor where it stands in a message inside. */
	assert_int_equal(read_many(*state, "Content-Type: message/rfc822\r\n\r\nX: y", "\r\nTo: a", 1000), INBOUND_BROKEN);
}

static void test_the_same_message_is_the_same(void **state)
{
	struct reply_mail once, again, other;
	struct str bytes = seed(*state, "google"), server = STR("mx.train.example");
	struct str travelled =
		str_cat(*state, STR("From mx@x Mon Nov 23\nReceived: from a by b\r\nDelivered-To: x@y\r\n"), bytes);
	inbound_read(*state, bytes, server, &once);
	inbound_read(*state, travelled, server, &again);
	read_seed(*state, "exchange", &other);
	assert_true(str_eq(once.digest, again.digest));
	assert_false(str_eq(once.digest, other.digest));
	assert_int_equal(once.digest.n, 64);
}

/* ---- who is believed */
static bool is_from(struct arena *a, const char *value, const char *more, const char *domain)
{
	struct authentication x = { 0 };
	authentication_read(a, str_from(value), STR("mx.train.example"), &x);
	if (more)
		authentication_read(a, str_from(more), STR("mx.train.example"), &x);
	return authentication_is_from(&x, str_from(domain));
}

static void test_authentication(void **state)
{
	struct arena *a = *state;
	assert_true(is_from(a, "mx.train.example; dmarc=pass header.from=a.example", NULL, "a.example"));
	assert_true(is_from(a, " MX.train.example 1 ; DMARC/1=Pass (p=none) header.from = A.example", NULL, "a.example"));
	assert_true(is_from(a, "mx.train.example; dkim=fail header.d=b.example",
		"mx.train.example; dmarc=pass header.from=a.example", "a.example"));
	/* Another server's word, another domain's, none at all, or words that do not agree. */
	assert_false(is_from(a, "mx.evil.example; dmarc=pass header.from=a.example", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example.evil; dmarc=pass header.from=a.example", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example; dmarc=pass header.from=b.example", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example; dmarc=pass", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example; none", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example; spf=pass smtp.mailfrom=a.example", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example; (dmarc=pass) dmarc=fail header.from=a.example", NULL, "a.example"));
	assert_false(
		is_from(a, "mx.train.example; spf=none reason=\"; dmarc=pass header.from=a.example\"", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example; dmarc=pass header.from=a.example",
		"mx.train.example; dmarc=none header.from=a.example", "a.example"));
	/* A sign that is quoted, as an address in it may be by whoever chose it, is none. */
	assert_false(is_from(
		a, "mx.train.example; spf=pass smtp.mailfrom=\";\" dmarc=pass header.from=a.example", NULL, "a.example"));
	assert_false(is_from(a, "mx.train.example; dmarc \"=\" pass header.from=a.example", NULL, "a.example"));
	struct buf many = buf_new(a);
	BUF_LIT(&many, "mx.train.example");
	for (int i = 0; i <= AUTHENTICATION_RESULTS; i++)
		BUF_LIT(&many, "; dmarc=pass header.from=a.example");
	buf_char(&many, 0);
	assert_false(is_from(a, buf_str(&many).p, NULL, "a.example"));
}

static struct str google(struct arena *a, const char *results, const char *from)
{
	return str_fmt(a,
		"Authentication-Results: mx.train.example; %s\r\nFrom: %s\r\nReply-To: ana@customer.example\r\n"
		"Content-Type: text/calendar\r\n\r\n"
		"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		results, from);
}

static void test_who_is_proven(void **state)
{
	static const struct {
		const char *results, *from, *proven;
	} all[] = {
		{ "dkim=pass header.i=@google.com", "calendar-notification@google.com", "ana@customer.example" },
		{ "dkim=pass header.d=google.com.evil", "calendar-notification@google.com", "" },
		{ "dkim=pass header.d=google.com", "somebody@google.com", "" },
		{ "dmarc=fail header.from=google.com; dkim=pass header.d=google.com", "calendar-notification@google.com", "" },
		{ "dkim=pass header.d=google.com", "calendar-notification@google.com\r\nReply-To: ben@customer.example", "" },
		{ "dmarc=pass header.from=customer.example", "ana@customer.example", "ana@customer.example" },
		{ "dmarc=pass header.from=customer.example", "ana@customer.example, ben@customer.example", "" },
		{ "dmarc=pass header.from=customer.example", "ana@customer.example\r\nFrom: ben@customer.example", "" },
		{ "dmarc=pass header.from=customer.example", "Team: ana@customer.example;", "" },
		{ "dmarc=pass header.from=customer.example", "ana@customer.example\r\nFrom : ben@customer.example", "" },
		{ "dmarc=pass header.from=customer.example", "\"ana@customer.example\" <ben@evil.example>", "" },
		{ "dmarc=pass header.from=evil.example", "\"ana@customer.example\"@evil.example", "" },
		{ "dmarc=pass header.from=evil.example", "ana@customer.example@evil.example", "" },
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct reply_mail m;
		assert_int_equal(inbound_read(*state, google(*state, all[i].results, all[i].from), STR("mx.train.example"), &m),
			INBOUND_ANSWER);
		assert_str(m.proven, all[i].proven);
		/* Without a server of our own nobody is. */
		inbound_read(*state, google(*state, all[i].results, all[i].from), STR(""), &m);
		assert_str(m.proven, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_programs_send, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several_events, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_plain_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_takes_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_same_message_is_the_same, setup, teardown),
		cmocka_unit_test_setup_teardown(test_authentication, setup, teardown),
		cmocka_unit_test_setup_teardown(test_who_is_proven, setup, teardown),
	};
	mail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
