#include "mail/message.h"

#include "base/buf.h"
#include "base/crypt.h"
#include "base/scrub.h"
#include "mail/inbound.h"
#include "mail/mime.h"
#include "mail/smtp.h"

/* Names longer than this are no names. */
enum {
	NAME_MAX_BYTES = 200,
	SUBJECT_MAX_BYTES = 500,
	ADDRESS_MAX_BYTES = 254,
	ID_MAX_BYTES = 200,
	BOUNDARY_CHARS = 32
};

bool mail_init(void)
{
	inbound_global_init();
	return smtp_global_init();
}

void mail_end(void)
{
	smtp_global_end();
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

static bool ids_ok(struct str ids)
{
	struct str id;
	while (str_split(&ids, ' ', &id))
		if (id.n > 0 && !id_ok(id))
			return false;
	return true;
}

/* ---- parts. Each stands between a line of the boundary and the next. */
static void put_text(struct buf *b, const char *subtype, struct str text)
{
	buf_fmt(b, "Content-Type: text/%s; charset=utf-8\r\n", subtype);
	mime_body(b, scrub_block(b->arena, text), true);
}

/* The last of the alternatives, without a Content-Disposition: with one, Outlook and Thunderbird take it for a file. */
static void put_calendar(struct buf *b, const struct mail *m, struct str body)
{
	buf_fmt(b, "Content-Type: text/calendar; charset=utf-8; method=" STR_FMT ";\r\n component=VEVENT\r\n",
		STR_ARG(m->calendar_method));
	buf_put(b, body);
}

/* The same bytes for programs that do not know invitations; application/ics, so that no program acts on it twice. */
static void put_attachment(struct buf *b, struct str body)
{
	BUF_LIT(b,
		"Content-Type: application/ics; name=\"invite.ics\"\r\n"
		"Content-Disposition: attachment; filename=\"invite.ics\"\r\n");
	buf_put(b, body);
}

/* "=_" occurs neither in quoted-printable nor in base64 nor at the start of a calendar line, and the rest cannot be
 * known to whoever wrote the text. */
static struct str begin_multipart(struct buf *b, const struct mail *m, const char *subtype)
{
	struct str hash = crypt_hash(b->arena, str_fmt(b->arena, "%s " STR_FMT, subtype, STR_ARG(m->message_id)));
	struct str boundary = str_fmt(b->arena, "=_" STR_FMT, STR_ARG(str_sub(hash, 0, BOUNDARY_CHARS)));
	buf_fmt(b, "Content-Type: multipart/%s;\r\n boundary=\"" STR_FMT "\"\r\n", subtype, STR_ARG(boundary));
	return boundary;
}

static void next_part(struct buf *b, struct str boundary)
{
	BUF_LIT(b, "\r\n--");
	buf_put(b, boundary);
	BUF_LIT(b, "\r\n");
}

static void end_multipart(struct buf *b, struct str boundary)
{
	BUF_LIT(b, "\r\n--");
	buf_put(b, boundary);
	BUF_LIT(b, "--\r\n");
}

static void put_alternatives(struct buf *b, const struct mail *m, struct str calendar)
{
	struct str boundary = begin_multipart(b, m, "alternative");
	next_part(b, boundary);
	put_text(b, "plain", m->text_plain);
	if (m->text_html.n > 0) {
		next_part(b, boundary);
		put_text(b, "html", m->text_html);
	}
	if (calendar.n > 0) {
		next_part(b, boundary);
		put_calendar(b, m, calendar);
	}
	end_multipart(b, boundary);
}

static void put_content(struct buf *b, const struct mail *m)
{
	if (m->calendar.n > 0) {
		struct str boundary = begin_multipart(b, m, "mixed");
		struct buf calendar = buf_new(b->arena);
		mime_body(&calendar, m->calendar, false);
		next_part(b, boundary);
		put_alternatives(b, m, buf_str(&calendar));
		next_part(b, boundary);
		put_attachment(b, buf_str(&calendar));
		end_multipart(b, boundary);
	} else if (m->text_html.n > 0) {
		put_alternatives(b, m, STR(""));
	} else {
		put_text(b, "plain", m->text_plain);
		if (!str_ends(buf_str(b), STR("\r\n")))
			BUF_LIT(b, "\r\n");
	}
}

bool mail_build(struct arena *a, const struct mail *m, struct str *bytes)
{
	if (!mail_address_ok(m->from_email) || !mail_address_ok(m->to_email) || !id_ok(m->message_id))
		return false;
	if (!ids_ok(m->in_reply_to) || !ids_ok(m->references))
		return false;
	if (m->calendar.n > 0 && !is_token(m->calendar_method, "<>()[]\\,;:\"@/?="))
		return false;

	struct buf b = buf_new(a);
	buf_reserve(&b, (m->text_plain.n + m->text_html.n + 2 * m->calendar.n) * 5 / 4 + 2048);
	mime_date(&b, m->date);
	mime_mailbox(&b, "From", scrub_line(a, m->from_name, NAME_MAX_BYTES), m->from_email);
	mime_mailbox(&b, "To", scrub_line(a, m->to_name, NAME_MAX_BYTES), m->to_email);
	mime_text(&b, "Subject", scrub_line(a, m->subject, SUBJECT_MAX_BYTES));
	mime_ids(&b, "Message-Id", m->message_id);
	if (m->in_reply_to.n > 0)
		mime_ids(&b, "In-Reply-To", m->in_reply_to);
	if (m->references.n > 0)
		mime_ids(&b, "References", m->references);
	/* Nobody's absence note should answer (RFC 3834; the second is Exchange's). */
	BUF_LIT(&b,
		"Auto-Submitted: auto-generated\r\n"
		"X-Auto-Response-Suppress: OOF, DR, RN, NRN\r\n"
		"MIME-Version: 1.0\r\n");
	put_content(&b, m);
	*bytes = buf_str(&b);
	return true;
}
