#include "calendar/ics.h"

#include <limits.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/scrub.h"
#include "base/tz.h"
#include "calendar/vtimezone.h"

enum { NAME_MAX_BYTES = 200, LINE_MAX_BYTES = 75 };

/* The zones that one object describes, each once. */
struct zone {
	struct str id;
	struct tz_yearly rules;
};
struct zones {
	struct zone *items;
	size_t n, cap;
};

static bool has_people(enum ics_method method, const struct ics_event *events, size_t n)
{
	if (method == ICS_FILE)
		return n == 1 && events[0].attendee_email.n > 0 && events[0].organizer_email.n > 0;
	return method == ICS_REQUEST || method == ICS_CANCEL;
}

struct str ics_method_name(enum ics_method method, const struct ics_event *events, size_t n)
{
	if (!has_people(method, events, n))
		return STR("");
	return method == ICS_CANCEL ? STR("CANCEL") : STR("REQUEST");
}

/* ---- content lines (RFC 5545 3.1). Values are clean before they come here: no line break, no control character. */
struct lines {
	struct buf out;
	struct buf line; /* the one that is being written */
};

/* 75 octets a line at most, no character cut. */
static void end_line(struct lines *w)
{
	struct str line = buf_str(&w->line);
	for (size_t room = LINE_MAX_BYTES; line.n > room; room = LINE_MAX_BYTES - 1) {
		size_t n = room;
		while (n > 1 && ((unsigned char)line.p[n] & 0xc0) == 0x80)
			n--;
		buf_mem(&w->out, line.p, n);
		BUF_LIT(&w->out, "\r\n ");
		line = str_sub(line, n, line.n);
	}
	buf_put(&w->out, line);
	BUF_LIT(&w->out, "\r\n");
	w->line.n = 0;
}

/* `name`: the property's, with its parameters and the colon. */
static void put_as_is(struct lines *w, const char *name, struct str value)
{
	buf_put(&w->line, str_from(name));
	buf_put(&w->line, value);
	end_line(w);
}

/* A value of the type TEXT (3.3.11). */
static void put_text(struct lines *w, const char *name, struct str value)
{
	buf_put(&w->line, str_from(name));
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		if (c == '\n') {
			BUF_LIT(&w->line, "\\n");
			continue;
		}
		if (c == '\\' || c == ';' || c == ',')
			buf_char(&w->line, '\\');
		buf_char(&w->line, c);
	}
	end_line(w);
}

/* A parameter's value, which must not contain a quote. */
static void put_quoted(struct lines *w, const char *name, struct str value)
{
	bool quoted = str_find(value, STR(","), NULL) || str_find(value, STR(";"), NULL) || str_find(value, STR(":"), NULL);
	buf_put(&w->line, str_from(name));
	if (quoted)
		buf_char(&w->line, '"');
	buf_put(&w->line, value);
	if (quoted)
		buf_char(&w->line, '"');
}

/* ---- what comes from people, made fit for a line */

/* A quote cannot stand in a parameter, and a caret begins an escape there (RFC 6868). Readers without RFC 6868 would
 * show the escapes, so both go. */
static struct str clean_name(struct arena *a, struct str name)
{
	struct buf out = buf_new(a);
	struct str line = scrub_line(a, name, NAME_MAX_BYTES);
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != '"' && line.p[i] != '^')
			buf_char(&out, line.p[i]);
	return scrub_line(a, buf_str(&out), 0);
}

static bool is_uri_char(unsigned char c, const char *also)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	for (; *also; also++)
		if (c == (unsigned char)*also)
			return true;
	return false;
}

/* URI values are printed as they are, so nothing may remain in them that could end the line. */
static struct str clean_uri(struct arena *a, const char *scheme, struct str s, const char *allowed)
{
	struct buf out = buf_new(a);
	buf_put(&out, str_from(scheme));
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (is_uri_char(c, allowed))
			buf_char(&out, (char)c);
		else if (c > ' ' && c != 0x7f)
			buf_fmt(&out, "%%%02X", c);
	}
	return str_dup(a, buf_str(&out));
}

/* RFC 6068: what may stand in an address as it is. */
static struct str mailto(struct arena *a, struct str address)
{
	return clean_uri(a, "mailto:", address, "-._~!$'*+@");
}

/* ---- times */
static void put_digits(struct buf *out, int width, int v)
{
	char digits[8];
	for (int i = width; i-- > 0; v /= 10)
		digits[i] = (char)('0' + v % 10);
	buf_mem(out, digits, (size_t)width);
}

static void put_wall(struct buf *out, const struct tz_wall *w)
{
	put_digits(out, 4, w->year);
	put_digits(out, 2, w->month);
	put_digits(out, 2, w->day);
	buf_char(out, 'T');
	put_digits(out, 2, w->hour);
	put_digits(out, 2, w->minute);
	put_digits(out, 2, w->second);
}

static void put_utc(struct lines *w, const char *name, int64_t at)
{
	struct tz_wall wall = { 0 };
	int64_t days = at / 86400 - (at % 86400 < 0);
	int second = (int)(at - days * 86400);
	tz_from_days(days, &wall.year, &wall.month, &wall.day);
	wall.hour = second / 3600;
	wall.minute = second / 60 % 60;
	wall.second = second % 60;
	buf_fmt(&w->line, "%s:", name);
	put_wall(&w->line, &wall);
	buf_char(&w->line, 'Z');
	end_line(w);
}

static void put_local(struct lines *w, const char *name, int64_t at, const struct tz *z)
{
	struct tz_wall wall = tz_to_wall(z, at);
	buf_fmt(&w->line, "%s;TZID=" STR_FMT ":", name, STR_ARG(tz_id(z)));
	put_wall(&w->line, &wall);
	end_line(w);
}

/* The zone in which this event's times are written, put down for the VTIMEZONEs; NULL: in UTC. An object has
 * one VTIMEZONE a zone, so an event under other rules than the first of its zone is written in UTC. */
static const struct tz *choose_zone(struct arena *a, struct zones *zones, const struct ics_event *e)
{
	const struct tz *z = e->time_zone.n > 0 ? tz_get(e->time_zone) : NULL;
	struct tz_yearly rules;
	if (!z || !vtimezone_can_say(z, e->start_at, e->end_at, &rules))
		return NULL;
	for (size_t i = 0; i < zones->n; i++)
		if (str_eq(zones->items[i].id, tz_id(z)))
			return vtimezone_same_rules(&zones->items[i].rules, &rules) ? z : NULL;
	struct zone *zone = VEC_PUSH(a, zones->items, zones->n, zones->cap);
	*zone = (struct zone){ .id = tz_id(z), .rules = rules };
	return z;
}

static void put_times(struct lines *w, const struct ics_event *e, const struct tz *z)
{
	put_utc(w, "DTSTAMP", e->dtstamp);
	if (z) {
		put_local(w, "DTSTART", e->start_at, z);
		put_local(w, "DTEND", e->end_at, z);
	} else {
		put_utc(w, "DTSTART", e->start_at);
		put_utc(w, "DTEND", e->end_at);
	}
}

/* ---- an event */
static void put_people(struct arena *a, struct lines *w, const struct ics_event *e)
{
	static const char *const partstats[] = {
		[ICS_NEEDS_ACTION] = "NEEDS-ACTION",
		[ICS_ACCEPTED] = "ACCEPTED",
		[ICS_TENTATIVE] = "TENTATIVE",
		[ICS_DECLINED] = "DECLINED",
	};
	struct str organizer = clean_name(a, e->organizer_name), attendee = clean_name(a, e->attendee_name);
	BUF_LIT(&w->line, "ORGANIZER");
	if (organizer.n > 0)
		put_quoted(w, ";CN=", organizer);
	put_as_is(w, ":", mailto(a, e->organizer_email));
	BUF_LIT(&w->line, "ATTENDEE");
	if (attendee.n > 0)
		put_quoted(w, ";CN=", attendee);
	buf_fmt(&w->line, ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=%s;RSVP=%s", partstats[e->partstat],
		e->rsvp ? "TRUE" : "FALSE");
	put_as_is(w, ":", mailto(a, e->attendee_email));
}

static void put_event(struct arena *a, struct lines *w, enum ics_method method, const struct ics_event *e,
	const struct tz *z, bool people)
{
	struct str url = clean_uri(a, "", e->url, "-._~:/?#[]@!$&'()*+,;=%");
	struct str place = scrub_line(a, e->location, 0);
	struct str description = str_trim(scrub_block(a, e->description));

	must(e->uid.n > 0);
	put_as_is(w, "BEGIN:", STR("VEVENT"));
	put_text(w, "UID:", scrub_line(a, e->uid, 0));
	buf_fmt(&w->line, "SEQUENCE:%d", e->sequence < 0 ? 0 : e->sequence > INT_MAX ? INT_MAX : (int)e->sequence);
	end_line(w);
	put_times(w, e, z);
	put_text(w, "SUMMARY:", scrub_line(a, e->summary, 0));
	if (place.n > 0)
		put_text(w, "LOCATION:", place);
	if (description.n > 0)
		put_text(w, "DESCRIPTION:", description);
	if (url.n > 0)
		put_as_is(w, "URL:", url);
	if (people)
		put_people(a, w, e);
	if (method == ICS_CANCEL) {
		put_as_is(w, "STATUS:", STR("CANCELLED"));
		put_as_is(w, "TRANSP:", STR("TRANSPARENT"));
	} else {
		/* TRANSP:OPAQUE is the default and stays out: Cyrus 3.6 doubles it on an update and then refuses the answer. */
		put_as_is(w, "STATUS:", STR("CONFIRMED"));
		put_as_is(w, "X-MICROSOFT-CDO-BUSYSTATUS:", STR("BUSY"));
		if (people)
			put_as_is(w, "X-MICROSOFT-DISALLOW-COUNTER:", STR("TRUE"));
	}
	put_as_is(w, "END:", STR("VEVENT"));
}

/* ---- the object */
static void put_feed_head(struct arena *a, struct lines *w, const struct ics_feed *feed)
{
	struct str name = scrub_line(a, feed->name, 0);
	if (name.n > 0) {
		put_text(w, "NAME:", name);
		put_text(w, "X-WR-CALNAME:", name);
	}
	if (tz_get(feed->time_zone))
		put_as_is(w, "X-WR-TIMEZONE:", feed->time_zone);
	put_as_is(w, "REFRESH-INTERVAL;VALUE=DURATION:", STR("PT1H"));
	put_as_is(w, "X-PUBLISHED-TTL:", STR("PT1H"));
}

static void put_head(struct arena *a, struct lines *w, enum ics_method method, bool people, const struct ics_feed *feed)
{
	put_as_is(w, "BEGIN:", STR("VCALENDAR"));
	put_as_is(w, "VERSION:", STR("2.0"));
	put_as_is(w, "PRODID:", STR("-//Muster//Muster//EN"));
	put_as_is(w, "CALSCALE:", STR("GREGORIAN"));
	if (people)
		put_as_is(w, "METHOD:", method == ICS_CANCEL ? STR("CANCEL") : STR("REQUEST"));
	if (method == ICS_FEED && feed)
		put_feed_head(a, w, feed);
}

static int by_start(const void *x, const void *y)
{
	const struct ics_event *a = *(const struct ics_event *const *)x, *b = *(const struct ics_event *const *)y;
	if (a->start_at != b->start_at)
		return a->start_at < b->start_at ? -1 : 1;
	return str_cmp(a->uid, b->uid);
}

struct str ics_write(
	struct arena *a, enum ics_method method, const struct ics_event *events, size_t n, const struct ics_feed *feed)
{
	struct lines w = { .out = buf_new(a), .line = buf_new(a) };
	bool people = has_people(method, events, n);
	struct zones zones = { 0 };

	must(method == ICS_FEED || method == ICS_FILE || n == 1);
	put_head(a, &w, method, people, feed);

	/* A feed keeps its bytes, and so its ETag, whatever order the database answers in. */
	const struct ics_event **sorted = ARENA_ARRAY(a, const struct ics_event *, n);
	const struct tz **zone_of = ARENA_ARRAY(a, const struct tz *, n);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &events[i];
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, by_start);
	for (size_t i = 0; i < n; i++)
		zone_of[i] = choose_zone(a, &zones, sorted[i]);
	for (size_t i = 0; i < zones.n; i++)
		vtimezone_put(&w.out, zones.items[i].id, &zones.items[i].rules);
	for (size_t i = 0; i < n; i++)
		put_event(a, &w, method, sorted[i], zone_of[i], people);
	put_as_is(&w, "END:", STR("VCALENDAR"));
	return buf_str(&w.out);
}
