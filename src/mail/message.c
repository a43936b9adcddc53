#include "mail/message.h"

#include <gmime/gmime.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "base/scrub.h"
#include "mail/smtp.h"

/* 998 octets without CRLF is what SMTP carries (RFC 5322 2.1.1); names longer than this are no names. */
enum { LINE_MAX_BYTES = 998, NAME_MAX_BYTES = 200, SUBJECT_MAX_BYTES = 500 };
enum { ADDRESS_MAX_BYTES = 254, ID_MAX_BYTES = 200 };

static void object_free_at(void *p)
{
	GObject **object = p;
	if (*object)
		g_object_unref(*object);
}
#define OBJECT_SCOPED __attribute__((cleanup(object_free_at)))

bool mail_init(void)
{
	g_mime_init();
	return smtp_global_init();
}

void mail_end(void)
{
	smtp_global_end();
	g_mime_shutdown();
}

/* Visible ASCII without what would end a token in a header. */
static bool is_token(struct str s, const char *forbidden)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c >= 0x7f)
			return false;
		for (const char *f = forbidden; *f; f++)
			if (c == (unsigned char)*f)
				return false;
	}
	return s.n > 0;
}

bool mail_address_ok(struct str address)
{
	struct str rest = address, local;
	if (address.n > ADDRESS_MAX_BYTES || !str_split(&rest, '@', &local))
		return false;
	return is_token(local, "<>()[]\\,;:\"") && is_token(rest, "<>()[]\\,;:\"@") && rest.p[0] != '.' &&
		rest.p[rest.n - 1] != '.';
}

static bool id_ok(struct str id)
{
	return id.n <= ID_MAX_BYTES && is_token(id, "<>");
}

/* "a@x b@x" as "<a@x> <b@x>". */
static bool ids_in_brackets(struct arena *a, struct str ids, struct str *out)
{
	struct buf b = buf_new(a);
	struct str id;
	while (str_split(&ids, ' ', &id)) {
		if (id.n == 0)
			continue;
		if (!id_ok(id))
			return false;
		if (b.n > 0)
			buf_char(&b, ' ');
		buf_char(&b, '<');
		buf_put(&b, id);
		buf_char(&b, '>');
	}
	*out = str_dup(a, b.n > 0 ? buf_str(&b) : STR(""));
	return true;
}

/* Seven bits where they are enough, else quoted-printable while most of it stays readable, else base64. */
static GMimeContentEncoding encoding_of(struct str s, bool text)
{
	size_t line = 0, longest = 0, high = 0, controls = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		line = c == '\n' ? 0 : line + 1;
		longest = line > longest ? line : longest;
		high += c > 0x7e;
		controls += c < ' ' && c != '\n' && c != '\t' && !(c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n');
	}
	if (high == 0 && controls == 0 && longest <= LINE_MAX_BYTES)
		return GMIME_CONTENT_ENCODING_7BIT;
	/* A calendar object is bytes: quoted-printable would have to be undone exactly, line ends included. */
	return text && high + controls < s.n / 4 ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE : GMIME_CONTENT_ENCODING_BASE64;
}

static void set_content(GMimePart *part, struct str s, bool text)
{
	GMimeStream *memory = g_mime_stream_mem_new_with_buffer(s.n > 0 ? s.p : "", s.n);
	GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(memory, GMIME_CONTENT_ENCODING_DEFAULT);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, encoding_of(s, text));
	g_object_unref(content);
	g_object_unref(memory);
}

static GMimeObject *text_new(struct arena *a, const char *subtype, struct str text)
{
	GMimePart *part = g_mime_part_new_with_type("text", subtype);
	struct str block = scrub_block(a, text);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	set_content(part, block, true);
	return GMIME_OBJECT(part);
}

/* The last of the alternatives, without a Content-Disposition: with one, Outlook and Thunderbird take it for a file. */
static GMimeObject *calendar_new(struct arena *a, const struct mail *m)
{
	GMimePart *part = g_mime_part_new_with_type("text", "calendar");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "method", str_c(a, m->calendar_method));
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "component", "VEVENT");
	set_content(part, m->calendar, false);
	return GMIME_OBJECT(part);
}

/* The same bytes for programs that do not know invitations; application/ics, so that no program acts on it twice. */
static GMimeObject *attachment_new(struct arena *a, const struct mail *m)
{
	GMimePart *part = g_mime_part_new_with_type("application", "ics");
	struct str name = scrub_line(a, m->attachment_name, NAME_MAX_BYTES);
	const char *file = name.n > 0 ? name.p : "invite.ics";
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "name", file);
	g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
	g_mime_object_set_content_disposition_parameter(GMIME_OBJECT(part), "filename", file);
	set_content(part, m->calendar, false);
	return GMIME_OBJECT(part);
}

/* Takes over `child`. */
static void add_child(GMimeMultipart *parent, GMimeObject *child)
{
	g_mime_multipart_add(parent, child);
	g_object_unref(child);
}

/* "=_" occurs neither in quoted-printable nor in base64 nor at the start of a calendar line, and the rest cannot be
 * known to whoever wrote the text. */
static GMimeMultipart *multipart_new(struct arena *a, const struct mail *m, const char *subtype)
{
	GMimeMultipart *multipart = g_mime_multipart_new_with_subtype(subtype);
	struct str hash = crypt_hash(a, str_fmt(a, "%s " STR_FMT, subtype, STR_ARG(m->message_id)));
	g_mime_multipart_set_boundary(multipart, str_fmt(a, "=_" STR_FMT, STR_ARG(str_sub(hash, 0, 32))).p);
	return multipart;
}

static GMimeObject *body_new(struct arena *a, const struct mail *m)
{
	if (m->text_html.n == 0 && m->calendar.n == 0)
		return text_new(a, "plain", m->text_plain);
	GMimeMultipart *alternative = multipart_new(a, m, "alternative");
	add_child(alternative, text_new(a, "plain", m->text_plain));
	if (m->text_html.n > 0)
		add_child(alternative, text_new(a, "html", m->text_html));
	if (m->calendar.n == 0)
		return GMIME_OBJECT(alternative);
	add_child(alternative, calendar_new(a, m));
	GMimeMultipart *mixed = multipart_new(a, m, "mixed");
	add_child(mixed, GMIME_OBJECT(alternative));
	add_child(mixed, attachment_new(a, m));
	return GMIME_OBJECT(mixed);
}

/* `list` is one of the message's. */
static void add_mailbox(struct arena *a, InternetAddressList *list, struct str name, struct str email)
{
	InternetAddress *mailbox = internet_address_mailbox_new(scrub_line(a, name, NAME_MAX_BYTES).p, str_c(a, email));
	internet_address_set_charset(mailbox, "utf-8");
	internet_address_list_add(list, mailbox);
	g_object_unref(mailbox);
}

static void set_header(GMimeMessage *message, const char *name, const char *value)
{
	g_mime_object_set_header(GMIME_OBJECT(message), name, value, "utf-8");
}

static struct str write_message(struct arena *a, GMimeMessage *message)
{
	OBJECT_SCOPED GMimeStream *memory = g_mime_stream_mem_new();
	GMimeFormatOptions *options = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), options, memory);
	g_mime_format_options_free(options);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	return str_dup(a, (struct str){ (const char *)bytes->data, bytes->len });
}

bool mail_build(struct arena *a, const struct mail *m, struct str *bytes)
{
	struct str in_reply_to, references;
	if (!mail_address_ok(m->from_email) || !mail_address_ok(m->to_email) || !id_ok(m->message_id))
		return false;
	if (!ids_in_brackets(a, m->in_reply_to, &in_reply_to) || !ids_in_brackets(a, m->references, &references))
		return false;
	if (m->calendar.n > 0 && !is_token(m->calendar_method, "<>()[]\\,;:\"@/?="))
		return false;

	OBJECT_SCOPED GMimeMessage *message = g_mime_message_new(FALSE);
	GDateTime *date = g_date_time_new_from_unix_utc(m->date);
	g_mime_message_set_date(message, date);
	g_date_time_unref(date);
	add_mailbox(a, g_mime_message_get_from(message), m->from_name, m->from_email);
	add_mailbox(a, g_mime_message_get_to(message), m->to_name, m->to_email);
	g_mime_message_set_subject(message, scrub_line(a, m->subject, SUBJECT_MAX_BYTES).p, "utf-8");
	g_mime_message_set_message_id(message, str_c(a, m->message_id));
	if (in_reply_to.n > 0)
		set_header(message, "In-Reply-To", in_reply_to.p);
	if (references.n > 0)
		set_header(message, "References", references.p);
	/* Nobody's absence note should answer (RFC 3834; the second is Exchange's). */
	set_header(message, "Auto-Submitted", "auto-generated");
	set_header(message, "X-Auto-Response-Suppress", "OOF, DR, RN, NRN");

	OBJECT_SCOPED GMimeObject *body = body_new(a, m);
	g_mime_message_set_mime_part(message, body);
	*bytes = write_message(a, message);
	return true;
}
