/* Any text in any field of a mail gives lines that every relay takes, which GMime reads back as one message to one
 * recipient with the subject that was meant; or it is refused. */
#include <gmime/gmime.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/scrub.h"
#include "mail/message.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	g_mime_init();
	return 0;
}

static void check_lines(struct str s)
{
	struct str line;
	must(str_ends(s, STR("\r\n")));
	while (s.n > 0 && str_split(&s, '\n', &line)) {
		must(line.n > 0 && line.n <= 999 && line.p[line.n - 1] == '\r');
		for (size_t i = 0; i + 1 < line.n; i++)
			must((line.p[i] >= ' ' && line.p[i] < 0x7f) || line.p[i] == '\t');
	}
}

/* Some relays know addresses with dots where RFC 5322 has none. GMime does not read them. */
static bool has_odd_dots(struct str email)
{
	return str_starts(email, STR(".")) || str_find(email, STR(".."), NULL) || str_find(email, STR(".@"), NULL);
}

static void check_one_address(InternetAddressList *list, struct str email)
{
	if (has_odd_dots(email))
		return;
	must(internet_address_list_length(list) == 1);
	InternetAddress *one = internet_address_list_get_address(list, 0);
	must(INTERNET_ADDRESS_IS_MAILBOX(one));
	must(str_eq(email, str_from(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)))));
}

static void check_reading(struct arena *a, struct str bytes, const struct mail *m)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	must(message != NULL);
	check_one_address(g_mime_message_get_from(message), m->from_email);
	check_one_address(g_mime_message_get_to(message), m->to_email);
	must(g_mime_message_get_cc(message) == NULL || internet_address_list_length(g_mime_message_get_cc(message)) == 0);
	/* Cut between characters, it may end in the white space that a reader takes off. */
	struct str subject = str_from(g_mime_message_get_subject(message));
	must(str_eq(str_trim(subject), str_trim(scrub_line(a, m->subject, 500))));
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

/* The input is the fields, separated by bytes 0xfe, which are in no UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct mail m = {
		.from_email = STR("training@example.org"),
		.to_email = STR("maria@example.org"),
		.message_id = STR("one@example.org"),
		.date = 1795464000,
		.calendar = STR("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
		.calendar_method = STR("REQUEST"),
	};
	struct str *const fields[] = { &m.subject, &m.from_name, &m.to_name, &m.text_plain, &m.text_html, &m.to_email,
		&m.message_id, &m.references };
	struct str rest = { (const char *)data, size }, bytes;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		struct str field;
		if (str_split(&rest, (char)0xfe, &field))
			*fields[i] = field;
	}
	/* Bodies are clean where they are made. */
	m.text_plain = scrub_block(a, m.text_plain);
	m.text_html = scrub_block(a, m.text_html);
	if (!mail_build(a, &m, &bytes))
		return 0;
	must(mail_address_ok(m.to_email));
	check_lines(bytes);
	check_reading(a, bytes, &m);
	return 0;
}
