/* Delivery, against the small SMTP server of fake_relay.h. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "mail/message.h"
#include "mail/smtp.h"
#include "fake_relay.h"

static bool has(struct str s, const char *what)
{
	return str_find(s, str_from(what), NULL);
}

static struct smtp *client(struct arena *a, const struct fake_relay *s, const char *user, const char *query)
{
	struct smtp *c = smtp_open(str_fmt(a, "smtp://%s127.0.0.1:%d%s", user, s->port, query));
	assert_non_null(c);
	smtp_set_timeouts(c, 2000, 5000);
	return c;
}

/* A conversation: both ends of it. */
struct talk {
	struct fake_relay *relay;
	struct smtp *client;
};

static struct talk talk_with(struct arena *a, struct script script)
{
	struct fake_relay *relay = fake_relay_start(a, script);
	return (struct talk){ relay, client(a, relay, "", "") };
}

/* Ends it after so many connections and messages; what the relay saw stays readable. */
static void assert_talk(struct talk *t, int connections, int messages)
{
	smtp_close(t->client);
	fake_relay_stop(t->relay);
	assert_int_equal(t->relay->connections, connections);
	assert_int_equal(t->relay->messages, messages);
}

static void forget(struct talk *t)
{
	arena_free(t->relay->arena);
}

static struct smtp_message message_to(const char *to)
{
	return (struct smtp_message){
		STR("training@train.example"),
		str_from(to),
		STR("Subject: x\r\n\r\nHello\r\n.\r\n..two\r\n"),
	};
}

static enum smtp_result send_one(struct smtp *c, struct arena *a, struct str *why)
{
	struct smtp_message m = message_to("ana@customer.example");
	return smtp_send(c, a, &m, STR_NULL, why);
}

/* One message with this script; what the server saw stays readable in *seen. */
static enum smtp_result send_with(struct arena *a, struct script script, const char *user, const char *query,
	struct str *why, struct fake_relay **seen)
{
	struct fake_relay *s = fake_relay_start(a, script);
	struct smtp *c = client(a, s, user, query);
	enum smtp_result result = send_one(c, a, why);
	smtp_close(c);
	fake_relay_stop(s);
	if (seen)
		*seen = s;
	else
		arena_free(s->arena);
	return result;
}

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

static void a_message_arrives_as_it_is(void **state)
{
	struct str why;
	struct fake_relay *s;
	assert_int_equal(send_with(*state, FRIENDLY, "", "", &why, &s), SMTP_SENT);
	assert_true(str_eq(why, STR("250 2.0.0 queued as 4711")));
	struct str commands = buf_str(&s->commands);
	assert_true(has(commands, "EHLO train.example\r\n"));
	assert_true(has(commands, "MAIL FROM:<training@train.example>"));
	assert_true(has(commands, "RCPT TO:<ana@customer.example>\r\n"));
	assert_false(has(commands, "NOTIFY") || has(commands, "ORCPT") || has(commands, "AUTH"));
	assert_true(str_eq(buf_str(&s->body), STR("Subject: x\r\n\r\nHello\r\n..\r\n...two\r\n.\r\n")));
	arena_free(s->arena);
}

static void the_connection_is_kept(void **state)
{
	struct talk t = talk_with(*state, FRIENDLY);
	struct str why;
	for (int i = 0; i < 5; i++)
		assert_int_equal(send_one(t.client, *state, &why), SMTP_SENT);
	assert_talk(&t, 1, 5);
	forget(&t);
}

/* ---- several commands at once */
static struct script pipelining(void)
{
	struct script script = FRIENDLY;
	script.ehlo = "250-hi\r\n250-pipelining\r\n250 SIZE 1000000\r\n";
	return script;
}

static const char *const crew[] = { "ana@customer.example", "bob@customer.example", "cid@customer.example" };

/* A message to each of the crew, each knowing the next one; what came of the three. */
static void assert_crew(
	struct arena *a, struct talk *t, enum smtp_result first, enum smtp_result second, enum smtp_result third)
{
	enum smtp_result wanted[] = { first, second, third };
	for (size_t i = 0; i < 3; i++) {
		struct str why;
		struct smtp_message m = message_to(crew[i]);
		assert_int_equal(smtp_send(t->client, a, &m, i < 2 ? str_from(crew[i + 1]) : STR_NULL, &why), wanted[i]);
		assert_true(why.n > 0);
	}
}

static size_t count(struct str s, const char *what)
{
	size_t n = 0, at;
	for (; str_find(s, str_from(what), &at); n++)
		s = str_sub(s, at + 1, s.n);
	return n;
}

static void commands_travel_together_where_the_relay_allows_it(void **state)
{
	struct script scripts[4] = { FRIENDLY, pipelining(), pipelining(), pipelining() };
	scripts[2].in_pieces = true;
	scripts[3].together = true;
	for (size_t i = 0; i < 4; i++) {
		struct talk t = talk_with(*state, scripts[i]);
		assert_crew(*state, &t, SMTP_SENT, SMTP_SENT, SMTP_SENT);
		assert_talk(&t, 1, 3);
		if (i == 0)
			assert_int_equal(t.relay->early, 0);
		else
			assert_true(t.relay->early >= 6);
		struct str commands = buf_str(&t.relay->commands);
		assert_int_equal(count(commands, "MAIL FROM:"), 3);
		assert_int_equal(count(commands, "RSET"), 0);
		assert_true(str_ends(commands, STR("DATA\r\nQUIT\r\n")));
		assert_int_equal(count(buf_str(&t.relay->body), "\r\nHello\r\n..\r\n...two\r\n.\r\n"), 3);
		forget(&t);
	}
}

static void a_recipient_is_refused_in_the_middle(void **state)
{
	for (int i = 0; i < 4; i++) {
		struct script script = i & 1 ? pipelining() : FRIENDLY;
		script.refuses = "bob";
		script.refuses_data = i & 2;
		struct talk t = talk_with(*state, script);
		assert_crew(*state, &t, SMTP_SENT, SMTP_REFUSED, SMTP_SENT);
		/* Whoever asks for the message that nobody gets is given an empty one. */
		bool asked = i == 1;
		assert_talk(&t, 1, asked ? 3 : 2);
		assert_int_equal(count(buf_str(&t.relay->commands), "RSET\r\n"), !asked);
		assert_int_equal(count(buf_str(&t.relay->body), "Subject: x"), 2);
		forget(&t);
	}
}

static void the_relay_closes_in_the_middle(void **state)
{
	struct script scripts[5] = { pipelining(), pipelining(), pipelining(), pipelining(), pipelining() };
	scripts[0].close_after = true;
	scripts[1].second_mail = "421 4.4.2 enough\r\n";
	scripts[2].second_mail = "";
	scripts[3].second_mail = "421 4.4.2 enough\r\n";
	scripts[3].together = true;
	scripts[4].second_mail = "250 ok\r\n421 4.4.2 enough\r\n";
	for (size_t i = 0; i < 5; i++) {
		struct talk t = talk_with(*state, scripts[i]);
		assert_crew(*state, &t, SMTP_SENT, SMTP_SENT, SMTP_SENT);
		assert_talk(&t, 3, 3);
		forget(&t);
	}
}

static void a_refusal_stands_though_the_relay_closes_behind_it(void **state)
{
	struct script script = pipelining();
	struct str why;
	script.rcpt = "550 5.1.1 No such user\r\n";
	script.data = "421 4.3.2 busy\r\n";
	assert_int_equal(send_with(*state, script, "", "", &why, NULL), SMTP_REFUSED);
	assert_true(str_eq(why, STR("550 5.1.1 No such user")));
	script.rcpt = "421 4.3.2 busy\r\n";
	assert_int_equal(send_with(*state, script, "", "", &why, NULL), SMTP_RETRY);
	assert_true(str_eq(why, STR("421 4.3.2 busy")));
}

static void lost_after_the_end_the_message_may_have_arrived_and_the_next_one_not(void **state)
{
	struct script dropping = pipelining(), refusing = pipelining();
	dropping.first_end = "";
	refusing.first_end = "451 4.3.0 later\r\n";
	for (int i = 0; i < 2; i++) {
		struct talk t = talk_with(*state, i ? refusing : dropping);
		struct smtp_message first = message_to(crew[0]), second = message_to(crew[1]);
		struct str why;
		assert_int_equal(smtp_send(t.client, *state, &first, second.to, &why), SMTP_RETRY);
		assert_int_equal(smtp_may_have_arrived(t.client), !i);
		assert_int_equal(smtp_said_later(t.client), i);
		assert_int_equal(smtp_send(t.client, *state, &second, STR_NULL, &why), SMTP_SENT);
		assert_talk(&t, i ? 1 : 2, 2);
		forget(&t);
	}
}

static void whoever_was_announced_gets_no_other_message(void **state)
{
	struct talk t = talk_with(*state, pipelining());
	struct smtp_message first = message_to(crew[0]), other = message_to(crew[2]);
	struct str why;
	assert_int_equal(smtp_send(t.client, *state, &first, str_from(crew[1]), &why), SMTP_SENT);
	assert_int_equal(smtp_send(t.client, *state, &other, str_from(crew[1]), &why), SMTP_SENT);
	assert_talk(&t, 2, 2);
	/* Where a message is waited for, QUIT would be one. */
	assert_false(has(buf_str(&t.relay->commands), "QUIT") || has(buf_str(&t.relay->body), "QUIT"));
	assert_int_equal(count(buf_str(&t.relay->body), "Subject: x"), 2);
	forget(&t);
}

static void an_answer_to_nothing_is_no_answer(void **state)
{
	struct script scripts[3] = { FRIENDLY, pipelining(), FRIENDLY };
	scripts[0].data = scripts[1].data = "354 go\r\n250 2.0.0 queued\r\n";
	scripts[2].mail = "what?\r\n";
	for (size_t i = 0; i < 3; i++) {
		struct str why;
		struct fake_relay *s;
		assert_int_equal(send_with(*state, scripts[i], "", "", &why, &s), SMTP_RETRY);
		assert_int_equal(s->messages, 0);
		assert_true(why.n > 0);
		arena_free(s->arena);
	}
}

static void a_connection_gone_stale_is_made_anew(void **state)
{
	struct script closing = FRIENDLY, tired = FRIENDLY, dropping = FRIENDLY;
	closing.close_after = true;
	tired.second_mail = "421 4.4.2 idle too long\r\n";
	dropping.second_mail = "";
	const struct script scripts[] = { closing, tired, dropping };
	for (size_t i = 0; i < 3; i++) {
		struct talk t = talk_with(*state, scripts[i]);
		struct str why;
		for (int k = 0; k < 3; k++)
			assert_int_equal(send_one(t.client, *state, &why), SMTP_SENT);
		assert_talk(&t, 3, 3);
		forget(&t);
	}
}

static void five_hundreds_about_the_message_are_final(void **state)
{
	struct script mail = FRIENDLY, rcpt = FRIENDLY, data = FRIENDLY, end = FRIENDLY;
	struct str why;
	mail.mail = "552 5.3.4 too large\r\n";
	assert_int_equal(send_with(*state, mail, "", "", &why, NULL), SMTP_REFUSED);
	assert_true(str_eq(why, STR("552 5.3.4 too large")));
	rcpt.rcpt = "550-5.1.1 No such user\r\n550 5.1.1 Ask the help desk\r\n";
	assert_int_equal(send_with(*state, rcpt, "", "", &why, NULL), SMTP_REFUSED);
	assert_true(str_eq(why, STR("550 5.1.1 No such user 5.1.1 Ask the help desk")));
	data.data = "554 5.7.1 no\r\n";
	assert_int_equal(send_with(*state, data, "", "", &why, NULL), SMTP_REFUSED);
	assert_true(str_eq(why, STR("554 5.7.1 no")));
	end.end = "554 5.7.1 spam\r\n";
	assert_int_equal(send_with(*state, end, "", "", &why, NULL), SMTP_REFUSED);
	assert_true(str_eq(why, STR("554 5.7.1 spam")));
}

static void four_hundreds_are_tried_again(void **state)
{
	struct script scripts[5] = { FRIENDLY, FRIENDLY, FRIENDLY, FRIENDLY, FRIENDLY };
	scripts[0].greeting = "421 4.3.2 busy\r\n";
	scripts[1].mail = "421 4.3.2 busy\r\n";
	scripts[2].rcpt = "451 4.3.2 busy\r\n";
	scripts[3].data = "452 4.3.2 busy\r\n";
	scripts[4].end = "451 4.3.2 busy\r\n";
	for (size_t i = 0; i < 5; i++) {
		struct str why;
		assert_int_equal(send_with(*state, scripts[i], "", "", &why, NULL), SMTP_RETRY);
		assert_true(str_ends(why, STR("4.3.2 busy")));
	}
}

static void a_wrong_relay_is_not_the_recipients_fault(void **state)
{
	struct script greeting = FRIENDLY, mail = FRIENDLY, auth = FRIENDLY;
	struct str why;
	greeting.greeting = "554 5.7.1 go away\r\n";
	assert_int_equal(send_with(*state, greeting, "", "", &why, NULL), SMTP_RETRY);
	assert_true(str_eq(why, STR("554 5.7.1 go away")));
	mail.mail = "530 5.7.0 Authentication required\r\n";
	assert_int_equal(send_with(*state, mail, "", "", &why, NULL), SMTP_RETRY);
	auth.auth = "535 5.7.8 bad credentials\r\n";
	assert_int_equal(send_with(*state, auth, "u:p@", "", &why, NULL), SMTP_RETRY);
	assert_true(str_eq(why, STR("535 5.7.8 bad credentials")));
}

static void a_lost_connection_is_tried_again(void **state)
{
	struct script scripts[6] = { FRIENDLY, FRIENDLY, FRIENDLY, FRIENDLY, FRIENDLY, FRIENDLY };
	scripts[0].greeting = "";
	scripts[1].ehlo = "";
	scripts[2].mail = "";
	scripts[3].rcpt = "";
	scripts[4].data = "";
	scripts[5].end = "";
	for (size_t i = 0; i < 6; i++) {
		struct str why;
		struct fake_relay *s;
		assert_int_equal(send_with(*state, scripts[i], "", "", &why, &s), SMTP_RETRY);
		assert_true(why.n > 0);
		/* Lost after the dot, the message is there: it must not be sent again at once. */
		assert_int_equal(s->messages, i == 5);
		arena_free(s->arena);
	}
}

static void nobody_listening_is_tried_again(void **state)
{
	struct fake_relay *s = fake_relay_start(*state, FRIENDLY);
	struct smtp *c = client(*state, s, "", "");
	struct str why;
	fake_relay_stop(s);
	arena_free(s->arena);
	assert_int_equal(send_one(c, *state, &why), SMTP_RETRY);
	assert_true(why.n > 0);
	smtp_close(c);
}

static void a_stalled_relay_runs_into_the_timeout(void **state)
{
	struct script scripts[3] = { FRIENDLY, FRIENDLY, FRIENDLY };
	scripts[0].greeting = NULL;
	scripts[1].rcpt = NULL;
	scripts[2].end = NULL;
	for (size_t i = 0; i < 3; i++) {
		struct fake_relay *s = fake_relay_start(*state, scripts[i]);
		struct smtp *c = client(*state, s, "", "");
		struct str why;
		int64_t before = clock_mono_ms();
		smtp_set_timeouts(c, 300, 300);
		assert_int_equal(send_one(c, *state, &why), SMTP_RETRY);
		assert_true(why.n > 0);
		smtp_close(c);
		/* The server would wait ten seconds: neither the timeout nor the QUIT after it hangs on. */
		assert_true(clock_mono_ms() - before < 5000);
		fake_relay_stop(s);
		arena_free(s->arena);
	}
}

static void closing_does_not_wait_for_the_relay(void **state)
{
	struct script deaf = FRIENDLY;
	deaf.quit_unheard = true;
	struct fake_relay *s = fake_relay_start(*state, deaf);
	struct smtp *c = client(*state, s, "", "");
	struct str why;
	assert_int_equal(send_one(c, *state, &why), SMTP_SENT);
	int64_t before = clock_mono_ms();
	smtp_close(c);
	assert_true(clock_mono_ms() - before < 5000);
	fake_relay_stop(s);
	assert_true(has(buf_str(&s->commands), "QUIT\r\n"));
	arena_free(s->arena);
}

static void the_password_is_decoded_and_sent(void **state)
{
	struct str why;
	struct fake_relay *s;
	assert_int_equal(send_with(*state, FRIENDLY, "us%40er:p%3Aw%2F@", "", &why, &s), SMTP_SENT);
	/* base64 of NUL us@er NUL p:w/ */
	assert_true(has(buf_str(&s->commands), "AUTH PLAIN"));
	assert_true(has(buf_str(&s->commands), "AHVzQGVyAHA6dy8="));
	arena_free(s->arena);
}

static void required_tls_is_required(void **state)
{
	struct str why;
	struct fake_relay *s;
	assert_int_equal(send_with(*state, FRIENDLY, "u:p@", "?tls=require", &why, &s), SMTP_RETRY);
	assert_int_equal(s->messages, 0);
	assert_false(has(buf_str(&s->commands), "AUTH") || has(buf_str(&s->commands), "MAIL"));
	arena_free(s->arena);
	assert_int_equal(send_with(*state, FRIENDLY, "", "?tls=offer", &why, NULL), SMTP_SENT);
	assert_int_equal(send_with(*state, FRIENDLY, "", "?tls=off", &why, NULL), SMTP_SENT);
}

static void replies_are_cleaned(void **state)
{
	struct script noisy = FRIENDLY, endless = FRIENDLY;
	struct buf b = buf_new(*state);
	struct str why;
	noisy.rcpt = "550 bad\x1b[31m \xff\xfe \xe2\x80\xae"
				 "name\ttab\r\n";
	assert_int_equal(send_with(*state, noisy, "", "", &why, NULL), SMTP_REFUSED);
	assert_true(str_is_utf8(why));
	for (size_t i = 0; i < why.n; i++)
		assert_true((unsigned char)why.p[i] >= ' ');
	assert_true(str_starts(why, STR("550 bad")));

	for (int i = 0; i < 700; i++)
		buf_put(&b, i % 15 == 0 ? STR("550-") : i % 15 == 14 ? STR("\r\n") : STR("\xc3\xa4"));
	BUF_LIT(&b, "\r\n");
	BUF_LIT(&b, "550 end\r\n");
	endless.rcpt = str_c(*state, buf_str(&b));
	assert_int_equal(send_with(*state, endless, "", "", &why, NULL), SMTP_REFUSED);
	assert_true(why.n > 200 && why.n <= 300);
	assert_true(str_is_utf8(why));
}

static void commands_cannot_be_injected(void **state)
{
	struct talk t = talk_with(*state, FRIENDLY);
	struct str why;
	const struct smtp_message bad[] = {
		{ STR("a@b"), STR("c@d>\r\nRCPT TO:<e@f"), STR("x\r\n") },
		{ STR("a@b\r\nQUIT"), STR("c@d"), STR("x\r\n") },
		{ STR("a@b"), STR("c@d> NOTIFY=NEVER"), STR("x\r\n") },
	};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(smtp_send(t.client, *state, &bad[i], STR_NULL, &why), SMTP_REFUSED);
		assert_true(why.n > 0);
	}
	assert_talk(&t, 0, 0);
	forget(&t);
}

static void urls_are_checked(void **state)
{
	(void)state;
	static const char *const good[] = {
		"smtp://mail.example",
		"smtp://mail.example:25",
		"smtps://mail.example:465",
		"smtp://u:p@mail.example:587",
		"smtp://u%40x:p%2F@mail.example:587?tls=require",
		"smtp://[::1]:2525?tls=off",
		"smtp://127.0.0.1:25/",
		"smtps://m:1?tls=offer",
	};
	static const char *const bad[] = {
		"",
		"mail.example",
		"mail.example:25",
		"http://mail.example",
		"smtp://",
		"smtp://:25",
		"smtp://m:99999",
		"smtp://m:x",
		"smtp://u@m:25",
		"smtp://m:25?tls=maybe",
		"smtp://m:25?x=y",
		"smtp://m:25/path",
		"smtp://m:25#x",
		"smtps://m:465?tls=off",
		"smtp://u:p%0D%0AQUIT@m:25",
		"smtp://m m:25",
		"smtp://m:25?tls=off&x=1",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct smtp *c = smtp_open(str_from(good[i]));
		if (smtp_url_check(str_from(good[i])) || !c)
			fail_msg("%s: %s", good[i], smtp_url_check(str_from(good[i])));
		smtp_close(c);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (!smtp_url_check(str_from(bad[i])))
			fail_msg("%s was taken", bad[i]);
		assert_null(smtp_open(str_from(bad[i])));
	}
	smtp_close(NULL);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (!mail_init())
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_message_arrives_as_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(the_connection_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(commands_travel_together_where_the_relay_allows_it, setup, teardown),
		cmocka_unit_test_setup_teardown(a_recipient_is_refused_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(the_relay_closes_in_the_middle, setup, teardown),
		cmocka_unit_test_setup_teardown(a_refusal_stands_though_the_relay_closes_behind_it, setup, teardown),
		cmocka_unit_test_setup_teardown(
			lost_after_the_end_the_message_may_have_arrived_and_the_next_one_not, setup, teardown),
		cmocka_unit_test_setup_teardown(whoever_was_announced_gets_no_other_message, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_to_nothing_is_no_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(a_connection_gone_stale_is_made_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(five_hundreds_about_the_message_are_final, setup, teardown),
		cmocka_unit_test_setup_teardown(four_hundreds_are_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_relay_is_not_the_recipients_fault, setup, teardown),
		cmocka_unit_test_setup_teardown(a_lost_connection_is_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(nobody_listening_is_tried_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stalled_relay_runs_into_the_timeout, setup, teardown),
		cmocka_unit_test_setup_teardown(closing_does_not_wait_for_the_relay, setup, teardown),
		cmocka_unit_test_setup_teardown(the_password_is_decoded_and_sent, setup, teardown),
		cmocka_unit_test_setup_teardown(required_tls_is_required, setup, teardown),
		cmocka_unit_test_setup_teardown(replies_are_cleaned, setup, teardown),
		cmocka_unit_test_setup_teardown(commands_cannot_be_injected, setup, teardown),
		cmocka_unit_test_setup_teardown(urls_are_checked, setup, teardown),
	};
	int failed = cmocka_run_group_tests_name("smtp", tests, NULL, NULL);
	mail_end();
	return failed;
}
