#include "mail/mime.h"

#include <string.h>

#include "base/date.h"

enum {
	LINE_BYTES = 76,       /* of an encoded line, and of a header line that can be folded */
	LINE_MAX_BYTES = 998,  /* what SMTP carries (RFC 5322 2.1.1) */
	WORD_BYTES = 75,       /* an encoded word (RFC 2047 2) */
	WORD_FRAME_BYTES = 12, /* "=?utf-8?q?" and "?=" */
};

static const char hex[] = "0123456789ABCDEF";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_alphanumeric(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static size_t count_high(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += (unsigned char)s.p[i] > 0x7e;
	return n;
}

static void put_base64(struct buf *b, struct str s)
{
	buf_reserve(b, (s.n + 2) / 3 * 4);
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.n / 3 * 3;
	char *out = b->p + b->n;
	for (; p < end; p += 3) {
		unsigned bits = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
		*out++ = base64[bits >> 18];
		*out++ = base64[bits >> 12 & 63];
		*out++ = base64[bits >> 6 & 63];
		*out++ = base64[bits & 63];
	}
	if (s.n % 3) {
		unsigned bits = (unsigned)p[0] << 16 | (s.n % 3 > 1 ? (unsigned)p[1] << 8 : 0);
		*out++ = base64[bits >> 18];
		*out++ = base64[bits >> 12 & 63];
		*out++ = s.n % 3 > 1 ? base64[bits >> 6 & 63] : '=';
		*out++ = '=';
	}
	b->n = (size_t)(out - b->p);
}

/* ---- header fields. `column` is where the line stands. */
static void fold(struct buf *b, size_t *column)
{
	BUF_LIT(b, "\r\n ");
	*column = 1;
}

static void put_name(struct buf *b, const char *name, size_t *column)
{
	struct str n = str_from(name);
	buf_put(b, n);
	BUF_LIT(b, ": ");
	*column = n.n + 2;
}

/* ASCII words; a fold stands before the space that it replaces. */
static void put_folded(struct buf *b, struct str s, size_t *column)
{
	struct str word;
	bool first = true;
	while (str_split(&s, ' ', &word)) {
		if (!first && *column + 1 + word.n > LINE_BYTES)
			fold(b, column);
		else if (!first)
			buf_char(b, ' '), ++*column;
		buf_put(b, word);
		*column += word.n;
		first = false;
	}
}

/* What a word of a name may hold as it is in the "Q" encoding (RFC 2047 5 (3)). */
static bool is_q_literal(unsigned char c)
{
	return is_alphanumeric(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static size_t char_bytes(struct str s, size_t at)
{
	size_t n = 1;
	while (at + n < s.n && ((unsigned char)s.p[at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

static size_t q_bytes(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ' || is_q_literal((unsigned char)s.p[i]) ? 1 : 3;
	return n;
}

static void put_q(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == ' ') {
			buf_char(b, '_');
		} else if (is_q_literal(c)) {
			buf_char(b, (char)c);
		} else {
			buf_char(b, '=');
			buf_char(b, hex[c >> 4]);
			buf_char(b, hex[c & 15]);
		}
	}
}

/* Encoded words that never cut a character. The space between two of them is none. */
static void put_encoded(struct buf *b, struct str s, size_t *column)
{
	bool mostly_plain = count_high(s) * 3 <= s.n;
	while (s.n > 0) {
		bool q = mostly_plain;
		size_t room = *column + WORD_BYTES <= LINE_BYTES ? WORD_BYTES : LINE_BYTES - *column;
		size_t n = 0, size = 0, whole = 0;
		room = room > WORD_FRAME_BYTES ? room - WORD_FRAME_BYTES : 0;
		while (n < s.n) {
			size_t next = char_bytes(s, n), more = q ? q_bytes(str_sub(s, n, next)) : 0;
			if ((q ? size + more : (n + next + 2) / 3 * 4) > room)
				break;
			size += more;
			n += next;
			whole = n % 3 ? whole : n;
		}
		/* Some readers join words of one kind before they decode them: padding belongs at the very end. Where no cut
		 * goes without, one character as a word of the other kind puts the rest in step. */
		if (!q && n < s.n && whole) {
			n = whole;
		} else if (!q && n > 0 && n < s.n) {
			struct str first = str_sub(s, 0, char_bytes(s, 0));
			q = true;
			n = q_bytes(first) <= room ? first.n : 0;
		}
		if (!n) {
			fold(b, column); /* a line of its own has room for any character */
			continue;
		}
		size_t from = b->n;
		buf_put(b, q ? STR("=?utf-8?q?") : STR("=?utf-8?b?"));
		q ? put_q(b, str_sub(s, 0, n)) : put_base64(b, str_sub(s, 0, n));
		BUF_LIT(b, "?=");
		*column += b->n - from;
		s = str_sub(s, n, s.n);
		if (s.n > 0)
			fold(b, column);
	}
}

/* Also what only looks like an encoded word. */
static bool needs_encoding(struct str s)
{
	return count_high(s) > 0 || str_find(s, STR("=?"), NULL);
}

void mime_text(struct buf *b, const char *name, struct str text)
{
	size_t column;
	put_name(b, name, &column);
	needs_encoding(text) ? put_encoded(b, text, &column) : put_folded(b, text, &column);
	BUF_LIT(b, "\r\n");
}

static bool is_phrase(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alphanumeric((unsigned char)s.p[i]) && !strchr(" !#$%&'*+-/=?^_`{|}~", s.p[i]))
			return false;
	return true;
}

static struct str quoted(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);
	buf_char(&b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(&b, '\\');
		buf_char(&b, s.p[i]);
	}
	buf_char(&b, '"');
	return buf_str(&b);
}

void mime_mailbox(struct buf *b, const char *name, struct str display, struct str address)
{
	size_t column;
	put_name(b, name, &column);
	if (needs_encoding(display))
		put_encoded(b, display, &column);
	else if (display.n > 0)
		put_folded(b, is_phrase(display) ? display : quoted(b->arena, display), &column);
	if (display.n > 0 && column + address.n + 3 > LINE_BYTES)
		fold(b, &column);
	else if (display.n > 0)
		buf_char(b, ' ');
	if (display.n > 0)
		buf_char(b, '<');
	buf_put(b, address);
	buf_put(b, display.n > 0 ? STR(">\r\n") : STR("\r\n"));
}

void mime_ids(struct buf *b, const char *name, struct str ids)
{
	size_t column;
	struct str id;
	bool first = true;
	put_name(b, name, &column);
	while (str_split(&ids, ' ', &id)) {
		if (!id.n)
			continue;
		if (!first && column + id.n + 3 > LINE_BYTES)
			fold(b, &column);
		else if (!first)
			buf_char(b, ' ');
		buf_char(b, '<');
		buf_put(b, id);
		buf_char(b, '>');
		column += id.n + 3;
		first = false;
	}
	BUF_LIT(b, "\r\n");
}

void mime_date(struct buf *b, int64_t at)
{
	static const char days[] = "MonTueWedThuFriSatSun", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day = at / 86400 - (at % 86400 < 0);
	int second = (int)(at - day * 86400);
	struct date d = date_from_days(day);
	buf_fmt(b, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n", days + (ptrdiff_t)date_weekday(day) * 3, d.day,
		months + (ptrdiff_t)(d.month - 1) * 3, d.year, second / 3600, second / 60 % 60, second % 60);
}

/* ---- bodies */
enum encoding { SEVEN_BITS, QUOTED_PRINTABLE, BASE64 };

static enum encoding encoding_of(struct str s, bool is_text)
{
	size_t begin = 0, longest = 0, high = 0, controls = 0;
	for (size_t i = str_plain(s); i < s.n; i += 1 + str_plain(str_sub(s, i + 1, s.n))) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\n') {
			longest = i - begin > longest ? i - begin : longest;
			begin = i + 1;
		} else {
			high += c > '~';
			controls += c < ' ' && c != '\t' && !(c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n');
		}
	}
	longest = s.n - begin > longest ? s.n - begin : longest;
	if (high == 0 && controls == 0 && longest <= LINE_MAX_BYTES)
		return SEVEN_BITS;
	/* A calendar object is bytes: quoted-printable would have to be undone exactly, line ends included. */
	return is_text && high + controls < s.n / 4 ? QUOTED_PRINTABLE : BASE64;
}

static void put_network_lines(struct buf *b, struct str s)
{
	buf_reserve(b, s.n + s.n / 16);
	while (s.n > 0) {
		const char *end = memchr(s.p, '\n', s.n);
		size_t n = end ? (size_t)(end - s.p) : s.n;
		buf_mem(b, s.p, n);
		if (!end)
			return;
		BUF_LIT(b, "\r\n");
		s = str_sub(s, n + 1, s.n);
	}
}

/* How much of the front stands for itself. */
static size_t literal(struct str s)
{
	size_t n = str_plain(s);
	const char *equals = n ? memchr(s.p, '=', n) : NULL;
	return equals ? (size_t)(equals - s.p) : n;
}

/* One line without its end. A space at the end would be lost on the way. */
static void put_quoted_line(struct buf *b, struct str s)
{
	size_t column = 0;
	for (size_t i = 0; i < s.n;) {
		/* The "=" of a soft break stands within the line too. */
		size_t room = LINE_BYTES - 1 - column;
		struct str most = str_sub(s, i, room);
		size_t n = literal(most);
		while (n < most.n && most.p[n] == '\t')
			n += 1 + literal(str_sub(most, n + 1, most.n));
		if (n && i + n == s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
			n--;
		buf_mem(b, s.p + i, n);
		column += n;
		i += n;
		if (i == s.n)
			return;
		unsigned char c = (unsigned char)s.p[i];
		if (room - n < 3) {
			BUF_LIT(b, "=\r\n");
			column = 0;
			continue;
		}
		const char code[] = { '=', hex[c >> 4], hex[c & 15] };
		buf_mem(b, code, sizeof code);
		column += sizeof code;
		i++;
	}
}

static void put_quoted_printable(struct buf *b, struct str s)
{
	buf_reserve(b, s.n + s.n / 8);
	while (s.n > 0) {
		const char *end = memchr(s.p, '\n', s.n);
		size_t n = end ? (size_t)(end - s.p) : s.n;
		put_quoted_line(b, str_sub(s, 0, n));
		if (!end)
			return;
		BUF_LIT(b, "\r\n");
		s = str_sub(s, n + 1, s.n);
	}
}

static void put_base64_lines(struct buf *b, struct str s)
{
	enum { BYTES = LINE_BYTES / 4 * 3 };
	for (size_t i = 0; i < s.n; i += BYTES) {
		if (i)
			BUF_LIT(b, "\r\n");
		put_base64(b, str_sub(s, i, BYTES));
	}
}

void mime_body(struct buf *b, struct str s, bool is_text)
{
	static const char *const names[] = { "7bit", "quoted-printable", "base64" };
	enum encoding encoding = encoding_of(s, is_text);
	BUF_LIT(b, "Content-Transfer-Encoding: ");
	buf_put(b, str_from(names[encoding]));
	BUF_LIT(b, "\r\n\r\n");
	if (encoding == QUOTED_PRINTABLE) {
		put_quoted_printable(b, s);
	} else if (!is_text) {
		encoding == BASE64 ? put_base64_lines(b, s) : buf_put(b, s);
	} else if (encoding == SEVEN_BITS) {
		put_network_lines(b, s);
	} else {
		struct buf lines = buf_new(b->arena);
		put_network_lines(&lines, s);
		put_base64_lines(b, buf_str(&lines));
	}
}
