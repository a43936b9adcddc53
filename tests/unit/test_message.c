/* The MIME message, read back by GMime's parser and by eye. With --print-sample the program writes one invitation as
 * a mail, for the peers in tests/http/ics_peers.test.mjs. */
#include <gmime/gmime.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "base/scrub.h"
#include "base/tz.h"
#include "calendar/ics.h"
#include "mail/message.h"

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

static struct str invitation(struct arena *a, struct str summary)
{
	struct ics_event e = {
		.uid = STR("k3v9q2m7@train.example"),
		.dtstamp = 1795464000,
		.summary = summary,
		.start_at = 1805356800,
		.end_at = 1805383800,
		.time_zone = STR("Europe/Berlin"),
		.organizer_name = STR("Example Academy"),
		.organizer_email = STR("training@train.example"),
		.attendee_name = STR("Ana Garcia"),
		.attendee_email = STR("ana@customer.example"),
		.rsvp = true,
	};
	return ics_write(a, ICS_REQUEST, &e, 1, NULL);
}

static struct mail sample(struct arena *a)
{
	return (struct mail){
		.from_name = STR("Example Academy"),
		.from_email = STR("training@train.example"),
		.to_name = STR("Ana Garc\xc3\xad"
					   "a, Dr."),
		.to_email = STR("ana@customer.example"),
		.subject = STR("Einladung: Erste Hilfe \xe2\x80\x93 Grundkurs"),
		.message_id = STR("i.7f3a9c@train.example"),
		.in_reply_to = STR("i.first@train.example"),
		.references = STR("i.first@train.example i.second@train.example"),
		.date = 1795464000,
		.text_plain = STR("Guten Tag,\n\nbitte fr\xc3\xbch da sein.\n.\nFrom here on.\n"),
		.text_html = STR("<!doctype html><p>Guten Tag,<p>bitte fr\xc3\xbch da sein.\n"),
		.calendar = invitation(a, STR("Erste Hilfe \xe2\x80\x93 Grundkurs")),
		.calendar_method = STR("REQUEST"),
	};
}

static struct str build(struct arena *a, const struct mail *m)
{
	struct str bytes = STR_NULL;
	assert_true(mail_build(a, m, &bytes));
	return bytes;
}

static bool has(struct str s, const char *what)
{
	return str_find(s, str_from(what), NULL);
}

static struct str head_of(struct str s)
{
	size_t at = 0;
	assert_true(str_find(s, STR("\r\n\r\n"), &at));
	return str_sub(s, 0, at + 2);
}

/* How many headers have this name, at the start of a line. */
static size_t headers(struct str head, const char *name)
{
	size_t n = 0, length = strlen(name);
	struct str line;
	while (head.n > 0 && str_split(&head, '\n', &line))
		n += line.n > length && line.p[length] == ':' && str_eq_nocase(str_sub(line, 0, length), str_from(name));
	return n;
}

static void assert_wire(struct str s)
{
	struct str line;
	assert_true(str_ends(s, STR("\r\n")));
	while (s.n > 0 && str_split(&s, '\n', &line)) {
		assert_true(line.n > 0 && line.n <= 999 && line.p[line.n - 1] == '\r');
		for (size_t i = 0; i + 1 < line.n; i++)
			assert_true((line.p[i] >= ' ' && line.p[i] < 0x7f) || line.p[i] == '\t');
	}
}

static GMimeMessage *parse(struct str s)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(s.p, s.n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	assert_non_null(message);
	return message;
}

static GMimeObject *child(GMimeObject *parent, int i)
{
	assert_true(GMIME_IS_MULTIPART(parent));
	GMimeObject *part = g_mime_multipart_get_part(GMIME_MULTIPART(parent), i);
	assert_non_null(part);
	return part;
}

static void assert_type(GMimeObject *part, const char *type, const char *subtype)
{
	assert_true(g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype));
}

static struct str decoded(struct arena *a, GMimeObject *part)
{
	GMimeStream *memory = g_mime_stream_mem_new();
	g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(part)), memory);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	struct str s = str_dup(a, (struct str){ (const char *)bytes->data, bytes->len });
	g_object_unref(memory);
	return s;
}

static void tree_is_what_mail_programs_expect(void **state)
{
	struct mail m = sample(*state);
	struct str s = build(*state, &m);
	assert_wire(s);
	GMimeMessage *message = parse(s);
	GMimeObject *mixed = g_mime_message_get_mime_part(message), *alternative = child(mixed, 0), *file = child(mixed, 1);
	assert_type(mixed, "multipart", "mixed");
	assert_type(alternative, "multipart", "alternative");
	assert_int_equal(g_mime_multipart_get_count(GMIME_MULTIPART(mixed)), 2);
	assert_int_equal(g_mime_multipart_get_count(GMIME_MULTIPART(alternative)), 3);
	assert_type(child(alternative, 0), "text", "plain");
	assert_type(child(alternative, 1), "text", "html");

	GMimeObject *calendar = child(alternative, 2);
	assert_type(calendar, "text", "calendar");
	assert_string_equal(g_mime_object_get_content_type_parameter(calendar, "method"), "REQUEST");
	assert_string_equal(g_mime_object_get_content_type_parameter(calendar, "charset"), "utf-8");
	assert_string_equal(g_mime_object_get_content_type_parameter(calendar, "component"), "VEVENT");
	assert_null(g_mime_object_get_content_disposition(calendar));
	assert_true(str_eq(decoded(*state, calendar), m.calendar));

	assert_type(file, "application", "ics");
	assert_true(g_mime_part_is_attachment(GMIME_PART(file)));
	assert_string_equal(g_mime_part_get_filename(GMIME_PART(file)), "invite.ics");
	assert_true(str_eq(decoded(*state, file), m.calendar));
	g_object_unref(message);
}

static void text_is_kept(void **state)
{
	struct mail m = sample(*state);
	GMimeMessage *message = parse(build(*state, &m));
	GMimeObject *alternative = child(g_mime_message_get_mime_part(message), 0);
	char *plain = g_mime_text_part_get_text(GMIME_TEXT_PART(child(alternative, 0)));
	char *html = g_mime_text_part_get_text(GMIME_TEXT_PART(child(alternative, 1)));
	/* Line ends are the network's. */
	assert_string_equal(plain, "Guten Tag,\r\n\r\nbitte fr\xc3\xbch da sein.\r\n.\r\nFrom here on.\r\n");
	assert_non_null(strstr(html, "bitte fr\xc3\xbch da sein."));
	g_free(plain);
	g_free(html);
	g_object_unref(message);
}

static void headers_are_golden(void **state)
{
	struct mail m = sample(*state);
	struct str s = build(*state, &m), head = head_of(s);
	static const char *const once[] = { "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References",
		"Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type" };
	static const char *const never[] = { "Sender", "Reply-To", "Precedence", "Cc", "Bcc", "Return-Path", "X-Mailer" };
	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		if (headers(head, once[i]) != 1)
			fail_msg("%s is not there once:\n" STR_FMT, once[i], STR_ARG(head));
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		assert_int_equal(headers(head, never[i]), 0);
	assert_true(has(s, "Date: Mon, 23 Nov 2026 20:00:00 +0000\r\n"));
	assert_true(has(head, "\r\nFrom: Example Academy <training@train.example>\r\n"));
	assert_true(has(head, "\r\nMessage-Id: <i.7f3a9c@train.example>\r\n"));
	assert_true(has(head, "\r\nIn-Reply-To: <i.first@train.example>\r\n"));
	assert_true(has(head, "<i.first@train.example> <i.second@train.example>"));
	assert_true(has(head, "\r\nAuto-Submitted: auto-generated\r\n"));
	assert_true(has(head, "\r\nX-Auto-Response-Suppress: OOF, DR, RN, NRN\r\n"));
	assert_true(has(head, "\r\nMIME-Version: 1.0\r\n"));

	GMimeMessage *message = parse(s);
	assert_string_equal(g_mime_message_get_subject(message), m.subject.p);
	InternetAddressList *to = g_mime_message_get_to(message);
	assert_int_equal(internet_address_list_length(to), 1);
	InternetAddress *ana = internet_address_list_get_address(to, 0);
	assert_string_equal(internet_address_get_name(ana), m.to_name.p);
	assert_string_equal(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(ana)), "ana@customer.example");
	g_object_unref(message);
}

static void without_calendar_there_is_nothing_to_attach(void **state)
{
	struct mail m = sample(*state);
	m.calendar = m.calendar_method = m.in_reply_to = m.references = STR_NULL;
	struct str s = build(*state, &m);
	GMimeMessage *message = parse(s);
	GMimeObject *alternative = g_mime_message_get_mime_part(message);
	assert_type(alternative, "multipart", "alternative");
	assert_int_equal(g_mime_multipart_get_count(GMIME_MULTIPART(alternative)), 2);
	assert_int_equal(headers(head_of(s), "In-Reply-To") + headers(head_of(s), "References"), 0);
	g_object_unref(message);

	m.text_html = STR_NULL;
	s = build(*state, &m);
	message = parse(s);
	assert_type(g_mime_message_get_mime_part(message), "text", "plain");
	g_object_unref(message);
	assert_wire(s);
}

static void bytes_replay(void **state)
{
	struct mail m = sample(*state);
	struct str first = build(*state, &m);
	assert_true(str_eq(first, build(*state, &m)));
	m.message_id = STR("i.other@train.example");
	struct str other = build(*state, &m);
	size_t at = 0, at_other = 0;
	assert_true(str_find(first, STR("boundary="), &at) && str_find(other, STR("boundary="), &at_other));
	assert_false(str_eq(str_sub(first, at, 45), str_sub(other, at_other, 45)));
}

static void plain_ascii_travels_as_it_is(void **state)
{
	struct mail m = sample(*state);
	m.text_plain = STR("Hello\n");
	m.text_html = STR("<p>Hello\n");
	m.calendar = invitation(*state, STR("First aid"));
	struct str s = build(*state, &m);
	assert_false(has(s, "base64") || has(s, "quoted-printable"));
	assert_true(has(s, "\r\nSUMMARY:First aid\r\n"));
	GMimeMessage *message = parse(s);
	GMimeObject *mixed = g_mime_message_get_mime_part(message);
	assert_true(str_eq(decoded(*state, child(child(mixed, 0), 2)), m.calendar));
	assert_true(str_eq(decoded(*state, child(mixed, 1)), m.calendar));
	g_object_unref(message);
}

static void other_letters_are_encoded(void **state)
{
	struct mail m = sample(*state);
	struct buf longest = buf_new(*state), arabic = buf_new(*state);
	for (int i = 0; i < 2000; i++)
		BUF_LIT(&longest, "ab");
	for (int i = 0; i < 100; i++)
		BUF_LIT(&arabic, "\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 ");
	m.text_plain = buf_str(&longest);
	m.text_html = buf_str(&arabic);
	struct str s = build(*state, &m);
	assert_wire(s);
	GMimeMessage *message = parse(s);
	GMimeObject *alternative = child(g_mime_message_get_mime_part(message), 0);
	assert_true(str_eq(decoded(*state, child(alternative, 0)), m.text_plain));
	assert_true(str_eq(decoded(*state, child(alternative, 1)), m.text_html));
	GMimePart *html = GMIME_PART(child(alternative, 1));
	assert_int_equal(g_mime_part_get_content_encoding(html), GMIME_CONTENT_ENCODING_BASE64);
	g_object_unref(message);
}

static void no_name_makes_a_second_header(void **state)
{
	struct arena *a = *state;
	struct buf ten_thousand = buf_new(a);
	for (int i = 0; i < 10000; i++)
		buf_char(&ten_thousand, 'x');
	const struct str hostile[] = {
		STR("a\r\nBcc: evil@example.org"),
		STR("a\nBcc: evil@example.org"),
		STR("a\r\n\r\n<script>"),
		STR("\"a\" <evil@example.org>, b"),
		STR("a\\\"b\\"),
		STR("=?utf-8?q?a=0D=0ABcc:_evil@example.org?="),
		STR("a\0b\x01\x7f\xc2\x85"),
		STR("\xff\xfe"),
		STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80"),
		STR("\xe2\x80\xae"
			"abc"),
		STR("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"),
		STR("(comment) @ , ; : <>"),
		STR(""),
		STR("   "),
		buf_str(&ten_thousand),
	};
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		struct mail m = sample(a);
		m.from_name = m.to_name = m.subject = hostile[i];
		struct str s = build(a, &m), head = head_of(s);
		assert_wire(s);
		assert_int_equal(headers(head, "Bcc"), 0);
		assert_int_equal(headers(head, "From") + headers(head, "To") + headers(head, "Subject"), 3);
		assert_int_equal(headers(head, "Content-Type"), 1);
		GMimeMessage *message = parse(s);
		InternetAddressList *to = g_mime_message_get_to(message);
		assert_int_equal(internet_address_list_length(to), 1);
		InternetAddress *only = internet_address_list_get_address(to, 0);
		assert_string_equal(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(only)), "ana@customer.example");
		assert_int_equal(g_mime_multipart_get_count(GMIME_MULTIPART(g_mime_message_get_mime_part(message))), 2);
		g_object_unref(message);
	}
}

static void names_come_back_whole(void **state)
{
	/* Letters of three bytes behind one: nowhere does base64 come out even. */
	struct buf uneven = buf_new(*state);
	BUF_LIT(&uneven, "E");
	for (int i = 0; i < 60; i++)
		BUF_LIT(&uneven, "\xe6\x97\xa5");
	const char *const names[] = {
		str_c(*state, buf_str(&uneven)),
		"Zo\xc3\xab Garc\xc3\xad\x61, Dr.",
		"O'Brien \"Bob\" (x)",
		"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd7\x9b\xd7\x94\xd7\x9f",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 Zo\xc3\xab",
		"A name that goes on and on so that its header has to be folded somewhere \xc3\xa9",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct mail m = sample(*state);
		m.to_name = m.subject = str_from(names[i]);
		GMimeMessage *message = parse(build(*state, &m));
		InternetAddress *to = internet_address_list_get_address(g_mime_message_get_to(message), 0);
		/* GMime's reader leaves a fold between two words as it is; it stands for a space. */
		struct str name = scrub_line(*state, str_from(internet_address_get_name(to)), 0);
		assert_string_equal(name.p, names[i]);
		assert_string_equal(g_mime_message_get_subject(message), names[i]);
		g_object_unref(message);
	}
}

/* RFC 2047 2: a line with an encoded word has at most 76 characters, a word 75; no line of a header is longer that
 * could be folded. */
static void header_lines_are_short(void **state)
{
	for (size_t n = 1; n < 200; n++) {
		struct buf name = buf_new(*state);
		for (size_t i = 0; i < n; i++)
			buf_put(&name, i % 9 == 8 ? STR(" ") : n % 2 ? STR("\xc3\xa9") : i % 7 ? STR("a") : STR("\xe2\x80\x93"));
		struct mail m = sample(*state);
		m.to_name = m.subject = scrub_line(*state, buf_str(&name), 0);
		struct str s = build(*state, &m), head = head_of(s), line;
		while (head.n > 0 && str_split(&head, '\n', &line))
			assert_in_range(line.n, 0, 77);
		GMimeMessage *message = parse(s);
		assert_string_equal(g_mime_message_get_subject(message), m.subject.p);
		g_object_unref(message);
	}
}

static void addresses_are_checked(void **state)
{
	static const char *const good[] = {
		"a@b",
		"ana.garcia+x@customer.example",
		"o'brien@example.org",
		"a!#$%&*/=?^_`{|}~-@x.example",
		"a@xn--mnchen-3ya.example",
	};
	static const char *const bad[] = {
		"",
		"a",
		"@",
		"a@",
		"@b",
		"a@b@c",
		"a b@c",
		"a@b c",
		"a@b\r\nBcc: x@y",
		"<a@b>",
		"a@b>",
		"a,b@c",
		"\"a\"@b",
		"a;b@c",
		"a@[127.0.0.1]",
		"a@b.",
		"a@.b",
		"\xc3\xa9@b",
		"a@\xc3\xa9.example",
		"a@b\x7f",
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(mail_address_ok(str_from(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct mail m = sample(*state);
		struct str bytes;
		assert_false(mail_address_ok(str_from(bad[i])));
		m.to_email = str_from(bad[i]);
		assert_false(mail_build(*state, &m, &bytes));
	}
	assert_false(mail_address_ok(STR("a\0b@c")));
}

static void ids_and_methods_are_checked(void **state)
{
	static const char *const bad[] = { "a b@c", "a@b>\r\nX: y", "<a@b>", "a@b\n" };
	struct str bytes;
	struct mail m;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		m = sample(*state);
		m.message_id = str_from(bad[i]);
		assert_false(mail_build(*state, &m, &bytes));
		m = sample(*state);
		m.calendar_method = str_from(bad[i]);
		assert_false(mail_build(*state, &m, &bytes));
	}
	m = sample(*state);
	m.message_id = STR("");
	assert_false(mail_build(*state, &m, &bytes));
	m = sample(*state);
	m.references = STR("a@b c@d>\r\nBcc:x");
	assert_false(mail_build(*state, &m, &bytes));
}

static int print_sample(void)
{
	ARENA_SCOPED a = arena_new();
	struct mail m = sample(a);
	struct str s;
	return mail_build(a, &m, &s) && fwrite(s.p, 1, s.n, stdout) == s.n ? 0 : 1;
}

int main(int argc, char **argv)
{
	tz_init(NULL);
	g_mime_init();
	if (!crypt_init() || !mail_init())
		return 1;
	if (argc > 1 && strcmp(argv[1], "--print-sample") == 0)
		return print_sample();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tree_is_what_mail_programs_expect, setup, teardown),
		cmocka_unit_test_setup_teardown(text_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(headers_are_golden, setup, teardown),
		cmocka_unit_test_setup_teardown(without_calendar_there_is_nothing_to_attach, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_replay, setup, teardown),
		cmocka_unit_test_setup_teardown(plain_ascii_travels_as_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(other_letters_are_encoded, setup, teardown),
		cmocka_unit_test_setup_teardown(no_name_makes_a_second_header, setup, teardown),
		cmocka_unit_test_setup_teardown(names_come_back_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(header_lines_are_short, setup, teardown),
		cmocka_unit_test_setup_teardown(addresses_are_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(ids_and_methods_are_checked, setup, teardown),
	};
	int failed = cmocka_run_group_tests_name("message", tests, NULL, NULL);
	mail_end();
	g_mime_shutdown();
	return failed;
}
