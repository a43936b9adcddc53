#include "calendar/ics_read.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/scrub.h"
#include "base/tz.h"
#include "base/url.h"

enum { UID_BYTES = 255, WORD_BYTES = 40, DEPTH_MAX = 8, SEQUENCE_MAX = 1000000000 };

static struct str upper(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);
	for (size_t i = 0; i < s.n; i++)
		buf_char(&b, s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i]);
	return buf_str(&b);
}

static bool starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

/* ---- content lines (RFC 5545 3.1): NAME *(;PARAM=VALUE) : VALUE */
static struct str physical_line(struct str *rest)
{
	struct str line = STR("");
	str_split(rest, '\n', &line);
	return str_ends(line, STR("\r")) ? str_sub(line, 0, line.n - 1) : line;
}

/* Bytes are joined before anybody takes them for characters: a fold may stand inside of one. */
static bool next_line(struct arena *a, struct str *rest, struct str *line)
{
	if (!rest->n)
		return false;
	*line = physical_line(rest);
	if (!rest->n || (rest->p[0] != ' ' && rest->p[0] != '\t'))
		return true;
	struct buf b = buf_new(a);
	buf_put(&b, *line);
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
		struct str more = physical_line(rest);
		buf_put(&b, str_sub(more, 1, more.n));
	}
	*line = buf_str(&b);
	return true;
}

/* What stands before the first of these two that is not quoted; `rest` begins with it, or is empty. */
static struct str unquoted_until(struct str *rest, char one, char other)
{
	bool quoted = false;
	size_t n = 0;
	for (; n < rest->n && (quoted || (rest->p[n] != one && rest->p[n] != other)); n++)
		quoted ^= rest->p[n] == '"';
	struct str part = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return part;
}

struct line {
	struct str name, params, value;
};

static struct line line_parse(struct str s)
{
	struct str rest = s;
	struct line l = { .name = str_trim(unquoted_until(&rest, ';', ':')) };
	l.params = unquoted_until(&rest, ':', ':');
	l.value = str_sub(rest, 1, rest.n);
	return l;
}

static bool is(const struct line *l, const char *name)
{
	return str_eq_nocase(l->name, str_from(name));
}

/* Its value without quotes; empty when it is not there. */
static struct str param(const struct line *l, const char *name)
{
	struct str rest = l->params;
	while (rest.n) {
		rest = str_sub(rest, 1, rest.n);
		struct str value = unquoted_until(&rest, ';', ';'), key = STR("");
		if (!str_find(value, STR("="), NULL) || !str_split(&value, '=', &key) ||
			!str_eq_nocase(str_trim(key), str_from(name)))
			continue;
		value = str_trim(value);
		bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
		return quoted ? str_sub(value, 1, value.n - 2) : value;
	}
	return STR("");
}

/* ---- values */

/* "mailto:Maria%20L@example.org" (RFC 6068), also without the scheme; a urn: or the like is no address. */
static struct str address(struct arena *a, struct str value)
{
	struct str plain, mailto = STR("mailto:");
	value = str_trim(value);
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = str_sub(value, 1, value.n - 2);
	if (starts_nocase(value, mailto))
		value = str_sub(value, mailto.n, value.n);
	if (url_decode(a, value, false, &plain))
		value = plain;
	value = str_lower_ascii(a, scrub_line(a, value, 0));
	return value.n <= REPLY_ADDRESS_BYTES && str_find(value, STR("@"), NULL) ? value : STR("");
}

/* RFC 5545 3.3.11. */
static struct str words(struct arena *a, struct str value)
{
	struct buf b = buf_new(a);
	for (size_t i = 0; i < value.n; i++) {
		bool escaped = value.p[i] == '\\' && i + 1 < value.n;
		char ch = value.p[escaped ? ++i : i];
		buf_char(&b, escaped && (ch == 'n' || ch == 'N') ? '\n' : ch);
	}
	return str_trim(str_cut(scrub_block(a, buf_str(&b)), REPLY_COMMENT_BYTES));
}

static bool digits(struct str s, size_t from, size_t n, int *out)
{
	int64_t value;
	struct str part = str_sub(s, from, n);
	if (part.n != n || part.p[0] == '-' || !str_to_i64(part, &value))
		return false;
	*out = (int)value;
	return true;
}

/* YYYYMMDDTHHMMSSZ. A DTSTAMP is UTC, whether it says so or not (3.8.7.2). */
static int64_t instant(struct str s)
{
	struct date d;
	int hour, minute, second;
	if (s.n < 15 || s.p[8] != 'T' || !digits(s, 0, 4, &d.year) || !digits(s, 4, 2, &d.month) ||
		!digits(s, 6, 2, &d.day) || !digits(s, 9, 2, &hour) || !digits(s, 11, 2, &minute) ||
		!digits(s, 13, 2, &second) || !date_valid(d) || hour > 23 || minute > 59 || second > 60)
		return 0;
	return tz_days(d.year, d.month, d.day) * 86400 + hour * 3600 + minute * 60 + second;
}

static int64_t sequence(struct str s)
{
	int64_t n = 0;
	return !str_to_i64(str_trim(s), &n) || n < 0 ? 0 : n > SEQUENCE_MAX ? SEQUENCE_MAX : n;
}

/* ---- what an event says */
static void said_begin(struct reply_said *e)
{
	*e = (struct reply_said){ .uid = STR(""),
		.attendee = STR(""),
		.partstat = STR("NEEDS-ACTION"),
		.delegated_to = STR(""),
		.comment = STR("") };
}

static void said_attendee(struct arena *a, const struct line *l, struct reply_said *e)
{
	struct str email = param(l, "EMAIL"), partstat = param(l, "PARTSTAT");
	if (e->attendees++)
		return;
	e->attendee = address(a, l->value);
	/* A calendar address need not be one of mail; then it may stand beside it (RFC 7986 6.2). */
	if (str_is_empty(e->attendee) && !str_is_empty(email))
		e->attendee = address(a, email);
	if (!str_is_empty(partstat))
		e->partstat = upper(a, scrub_line(a, partstat, WORD_BYTES));
	e->delegated_to = address(a, param(l, "DELEGATED-TO"));
	/* Where Google keeps what is written beside an answer. */
	if (str_is_empty(e->comment))
		e->comment = words(a, param(l, "X-RESPONSE-COMMENT"));
}

static void said_line(struct arena *a, const struct line *l, struct reply_said *e)
{
	if (is(l, "UID") && str_is_empty(e->uid))
		e->uid = scrub_line(a, l->value, UID_BYTES);
	else if (is(l, "SEQUENCE"))
		e->sequence = sequence(l->value);
	else if (is(l, "DTSTAMP"))
		e->dtstamp = instant(str_trim(l->value));
	else if (is(l, "RECURRENCE-ID"))
		e->instance = true;
	else if (is(l, "ATTENDEE"))
		said_attendee(a, l, e);
	else if (is(l, "COMMENT") && !str_is_empty(str_trim(l->value)))
		e->comment = words(a, l->value);
}

bool ics_read(struct arena *a, struct str bytes, struct ics_object *out)
{
	struct str rest = bytes, line;
	struct reply_said *event = NULL; /* the one that is being read */
	size_t depth = 0;
	*out = (struct ics_object){ .method = STR("") };
	if (bytes.n > ICS_READ_BYTES)
		return false;
	if (str_starts(rest, STR("\xef\xbb\xbf")))
		rest = str_sub(rest, 3, rest.n);
	while (next_line(a, &rest, &line)) {
		struct line l = line_parse(line);
		struct str what = str_trim(l.value);
		if (is(&l, "BEGIN")) {
			if (depth == 0 ? !str_eq_nocase(what, STR("VCALENDAR")) : depth == DEPTH_MAX)
				return false;
			if (++depth != 2 || !str_eq_nocase(what, STR("VEVENT")))
				continue;
			if (out->said_n == REPLY_EVENTS)
				return false;
			event = &out->said[out->said_n++];
			said_begin(event);
		} else if (is(&l, "END") && depth > 0) {
			if (--depth == 0)
				return true;
			if (depth == 1)
				event = NULL;
		} else if (depth == 1 && is(&l, "METHOD")) {
			out->method = upper(a, scrub_line(a, what, WORD_BYTES));
		} else if (depth == 2 && event) {
			said_line(a, &l, event);
		}
	}
	return false;
}
