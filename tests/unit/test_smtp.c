/* Delivery, against a small SMTP server in a thread of the test. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "mail/message.h"
#include "mail/smtp.h"

/* What the server says; NULL: nothing, until the client goes; "": it hangs up. */
struct script {
	const char *greeting, *ehlo, *auth, *mail, *rcpt, *data, *end;
	const char *second_mail; /* said to the second MAIL of a connection, which then ends; NULL: as `mail` */
	bool close_after;        /* hangs up after a message */
	bool quit_unheard;       /* says nothing to QUIT and waits for the client to go */
};

static const struct script FRIENDLY = {
	.greeting = "220 hi\r\n",
	.ehlo = "250-hi\r\n250-AUTH PLAIN\r\n250 SIZE 1000000\r\n",
	.auth = "235 2.7.0 ok\r\n",
	.mail = "250 ok\r\n",
	.rcpt = "250 ok\r\n",
	.data = "354 go\r\n",
	.end = "250 2.0.0 queued as 4711\r\n",
};

struct server {
	struct script script;
	int listener, stop[2];
	uint16_t port;
	pthread_t thread;
	int connections, messages;
	struct arena *arena;
	struct buf commands, body; /* of all connections; read after server_stop() */
	char in[4096];
	size_t in_n, in_at;
};

/* One character, or -1 when the client is gone, the test is over or ten seconds passed. */
static int next_char(struct server *s, int fd)
{
	if (s->in_at == s->in_n) {
		struct pollfd ready[2] = { { .fd = fd, .events = POLLIN }, { .fd = s->stop[0], .events = POLLIN } };
		if (poll(ready, 2, 10000) <= 0 || ready[1].revents)
			return -1;
		ssize_t n = recv(fd, s->in, sizeof s->in, 0);
		if (n <= 0)
			return -1;
		s->in_n = (size_t)n;
		s->in_at = 0;
	}
	return (unsigned char)s->in[s->in_at++];
}

/* A line with its CRLF at the end of `into`; STR_NULL when the client is gone. */
static struct str read_line(struct server *s, int fd, struct buf *into)
{
	size_t start = into->n;
	for (int c; (c = next_char(s, fd)) >= 0;) {
		buf_char(into, (char)c);
		if (c == '\n')
			return str_sub(buf_str(into), start, into->n);
	}
	return STR_NULL;
}

/* False when the connection ends. */
static bool say(struct server *s, int fd, const char *words)
{
	if (!words) {
		while (next_char(s, fd) >= 0)
			;
		return false;
	}
	size_t n = strlen(words);
	return n > 0 && send(fd, words, n, MSG_NOSIGNAL) == (ssize_t)n;
}

static bool read_message(struct server *s, int fd)
{
	struct str line;
	do
		line = read_line(s, fd, &s->body);
	while (line.n > 0 && !str_eq(line, STR(".\r\n")));
	s->messages += line.n > 0;
	return line.n > 0;
}

static void talk(struct server *s, int fd)
{
	int mails = 0;
	s->in_n = s->in_at = 0;
	if (!say(s, fd, s->script.greeting))
		return;
	for (;;) {
		struct str line = read_line(s, fd, &s->commands);
		const char *words = "502 what?\r\n";
		if (line.n == 0)
			return;
		if (str_starts(line, STR("EHLO ")))
			words = s->script.ehlo;
		else if (str_starts(line, STR("AUTH "))) {
			if (!say(s, fd, "334 \r\n") || read_line(s, fd, &s->commands).n == 0)
				return;
			words = s->script.auth;
		} else if (str_starts(line, STR("RCPT ")))
			words = s->script.rcpt;
		else if (str_starts(line, STR("QUIT")))
			words = s->script.quit_unheard ? NULL : "221 bye\r\n";
		else if (str_starts(line, STR("MAIL "))) {
			if (++mails == 2 && s->script.second_mail) {
				say(s, fd, s->script.second_mail);
				return;
			}
			words = s->script.mail;
		} else if (str_starts(line, STR("DATA"))) {
			if (!say(s, fd, s->script.data))
				return;
			if (!str_starts(str_from(s->script.data), STR("354")))
				continue;
			if (!read_message(s, fd) || !say(s, fd, s->script.end) || s->script.close_after)
				return;
			continue;
		}
		if (!say(s, fd, words))
			return;
	}
}

static void *serve(void *arg)
{
	struct server *s = arg;
	for (;;) {
		struct pollfd ready[2] = { { .fd = s->listener, .events = POLLIN }, { .fd = s->stop[0], .events = POLLIN } };
		if (poll(ready, 2, 10000) <= 0 || ready[1].revents)
			return NULL;
		int fd = accept(s->listener, NULL, NULL);
		if (fd < 0)
			return NULL;
		s->connections++;
		talk(s, fd);
		close(fd);
	}
}

static struct server *server_start(struct arena *a, struct script script)
{
	struct server *s = ARENA_NEW(a, struct server);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof address;

	s->script = script;
	s->arena = arena_new();
	s->commands = buf_new(s->arena);
	s->body = buf_new(s->arena);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(s->listener, 8), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&address, &length), 0);
	s->port = ntohs(address.sin_port);
	assert_int_equal(pipe(s->stop), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
	return s;
}

/* The thread is gone afterwards, so that what it saw can be read. */
static void server_stop(struct server *s)
{
	close(s->stop[1]);
	pthread_join(s->thread, NULL);
	close(s->stop[0]);
	close(s->listener);
}

static struct smtp *client(struct arena *a, const struct server *s, const char *user, const char *query)
{
	struct smtp *c = smtp_open(str_fmt(a, "smtp://%s127.0.0.1:%d%s", user, s->port, query));
	assert_non_null(c);
	smtp_set_timeouts(c, 2000, 5000);
	return c;
}

static enum smtp_result send_one(struct smtp *c, struct arena *a, struct str *why)
{
	struct str bytes = STR("Subject: x\r\n\r\nHello\r\n.\r\n..two\r\n");
	return smtp_send(c, a, STR("training@train.example"), STR("ana@customer.example"), bytes, why);
}

/* One message with this script; what the server saw stays readable in *seen. */
static enum smtp_result send_with(
	struct arena *a, struct script script, const char *user, const char *query, struct str *why, struct server **seen)
{
	struct server *s = server_start(a, script);
	struct smtp *c = client(a, s, user, query);
	enum smtp_result result = send_one(c, a, why);
	smtp_close(c);
	server_stop(s);
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

static bool has(struct str s, const char *what)
{
	return str_find(s, str_from(what), NULL);
}

static void a_message_arrives_as_it_is(void **state)
{
	struct str why;
	struct server *s;
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
	struct server *s = server_start(*state, FRIENDLY);
	struct smtp *c = client(*state, s, "", "");
	struct str why;
	for (int i = 0; i < 5; i++)
		assert_int_equal(send_one(c, *state, &why), SMTP_SENT);
	smtp_close(c);
	server_stop(s);
	assert_int_equal(s->connections, 1);
	assert_int_equal(s->messages, 5);
	arena_free(s->arena);
}

static void a_connection_gone_stale_is_made_anew(void **state)
{
	struct script closing = FRIENDLY, tired = FRIENDLY, dropping = FRIENDLY;
	closing.close_after = true;
	tired.second_mail = "421 4.4.2 idle too long\r\n";
	dropping.second_mail = "";
	const struct script scripts[] = { closing, tired, dropping };
	for (size_t i = 0; i < 3; i++) {
		struct server *s = server_start(*state, scripts[i]);
		struct smtp *c = client(*state, s, "", "");
		struct str why;
		for (int k = 0; k < 3; k++)
			assert_int_equal(send_one(c, *state, &why), SMTP_SENT);
		smtp_close(c);
		server_stop(s);
		assert_int_equal(s->connections, 3);
		assert_int_equal(s->messages, 3);
		arena_free(s->arena);
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
		struct server *s;
		assert_int_equal(send_with(*state, scripts[i], "", "", &why, &s), SMTP_RETRY);
		assert_true(why.n > 0);
		/* Lost after the dot, the message is there: it must not be sent again at once. */
		assert_int_equal(s->messages, i == 5);
		arena_free(s->arena);
	}
}

static void nobody_listening_is_tried_again(void **state)
{
	struct server *s = server_start(*state, FRIENDLY);
	struct smtp *c = client(*state, s, "", "");
	struct str why;
	server_stop(s);
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
		struct server *s = server_start(*state, scripts[i]);
		struct smtp *c = client(*state, s, "", "");
		struct str why;
		int64_t before = clock_mono_ms();
		smtp_set_timeouts(c, 300, 300);
		assert_int_equal(send_one(c, *state, &why), SMTP_RETRY);
		assert_true(why.n > 0);
		smtp_close(c);
		/* The server would wait ten seconds: neither the timeout nor the QUIT after it hangs on. */
		assert_true(clock_mono_ms() - before < 5000);
		server_stop(s);
		arena_free(s->arena);
	}
}

static void closing_does_not_wait_for_the_relay(void **state)
{
	struct script deaf = FRIENDLY;
	deaf.quit_unheard = true;
	struct server *s = server_start(*state, deaf);
	struct smtp *c = client(*state, s, "", "");
	struct str why;
	assert_int_equal(send_one(c, *state, &why), SMTP_SENT);
	int64_t before = clock_mono_ms();
	smtp_close(c);
	assert_true(clock_mono_ms() - before < 5000);
	server_stop(s);
	assert_true(has(buf_str(&s->commands), "QUIT\r\n"));
	arena_free(s->arena);
}

static void the_password_is_decoded_and_sent(void **state)
{
	struct str why;
	struct server *s;
	assert_int_equal(send_with(*state, FRIENDLY, "us%40er:p%3Aw%2F@", "", &why, &s), SMTP_SENT);
	/* base64 of NUL us@er NUL p:w/ */
	assert_true(has(buf_str(&s->commands), "AUTH PLAIN"));
	assert_true(has(buf_str(&s->commands), "AHVzQGVyAHA6dy8="));
	arena_free(s->arena);
}

static void required_tls_is_required(void **state)
{
	struct str why;
	struct server *s;
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
	struct server *s = server_start(*state, FRIENDLY);
	struct smtp *c = client(*state, s, "", "");
	struct str why;
	assert_int_equal(smtp_send(c, *state, STR("a@b"), STR("c@d>\r\nRCPT TO:<e@f"), STR("x\r\n"), &why), SMTP_REFUSED);
	assert_int_equal(smtp_send(c, *state, STR("a@b\r\nQUIT"), STR("c@d"), STR("x\r\n"), &why), SMTP_REFUSED);
	assert_int_equal(smtp_send(c, *state, STR("a@b"), STR("c@d> NOTIFY=NEVER"), STR("x\r\n"), &why), SMTP_REFUSED);
	assert_true(why.n > 0);
	smtp_close(c);
	server_stop(s);
	assert_int_equal(s->connections, 0);
	arena_free(s->arena);
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
