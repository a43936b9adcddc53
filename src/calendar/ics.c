#include "calendar/ics.h"

#include <libical/ical.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

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

static void put(icalcomponent *c, icalproperty *p)
{
	icalcomponent_add_property(c, p);
}

static void put_x(struct arena *a, icalcomponent *c, const char *name, struct str value)
{
	icalproperty *p = icalproperty_new_x(str_c(a, value));
	icalproperty_set_x_name(p, name);
	put(c, p);
}

/* A caret begins an escape in a parameter (RFC 6868), which libical reads but does not write, and a quote
 * cannot stand in one at all. Readers without RFC 6868 would show the escapes, so both go. */
static const char *clean_name(struct arena *a, struct str name)
{
	struct buf out = buf_new(a);
	struct str line = scrub_line(a, name, NAME_MAX_BYTES);
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != '"' && line.p[i] != '^')
			buf_char(&out, line.p[i]);
	return scrub_line(a, buf_str(&out), 0).p;
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
static const char *mailto(struct arena *a, struct str address)
{
	return clean_uri(a, "mailto:", address, "-._~!$'*+@").p;
}

static struct icaltimetype time_of_wall(const struct tz_wall *w)
{
	struct icaltimetype t = icaltime_null_time();
	t.year = w->year;
	t.month = w->month;
	t.day = w->day;
	t.hour = w->hour;
	t.minute = w->minute;
	t.second = w->second;
	return t;
}

static struct icaltimetype time_utc(int64_t at)
{
	struct tz_wall w = { 0 };
	int64_t days = at / 86400 - (at % 86400 < 0);
	int second = (int)(at - days * 86400);
	tz_from_days(days, &w.year, &w.month, &w.day);
	w.hour = second / 3600;
	w.minute = second / 60 % 60;
	w.second = second % 60;
	struct icaltimetype t = time_of_wall(&w);
	t.zone = icaltimezone_get_utc_timezone();
	return t;
}

static void put_local(struct arena *a, icalcomponent *c, icalproperty *p, struct str zone_id)
{
	icalproperty_add_parameter(p, icalparameter_new_tzid(str_c(a, zone_id)));
	put(c, p);
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

static void put_times(struct arena *a, icalcomponent *c, const struct ics_event *e, const struct tz *z)
{
	put(c, icalproperty_new_dtstamp(time_utc(e->dtstamp)));
	if (z) {
		struct tz_wall start = tz_to_wall(z, e->start_at), end = tz_to_wall(z, e->end_at);
		put_local(a, c, icalproperty_new_dtstart(time_of_wall(&start)), tz_id(z));
		put_local(a, c, icalproperty_new_dtend(time_of_wall(&end)), tz_id(z));
	} else {
		put(c, icalproperty_new_dtstart(time_utc(e->start_at)));
		put(c, icalproperty_new_dtend(time_utc(e->end_at)));
	}
}

static void put_people(struct arena *a, icalcomponent *c, const struct ics_event *e)
{
	static const icalparameter_partstat partstats[] = {
		[ICS_NEEDS_ACTION] = ICAL_PARTSTAT_NEEDSACTION,
		[ICS_ACCEPTED] = ICAL_PARTSTAT_ACCEPTED,
		[ICS_TENTATIVE] = ICAL_PARTSTAT_TENTATIVE,
		[ICS_DECLINED] = ICAL_PARTSTAT_DECLINED,
	};
	const char *organizer = clean_name(a, e->organizer_name), *attendee = clean_name(a, e->attendee_name);
	icalproperty *p = icalproperty_new_organizer(mailto(a, e->organizer_email));
	if (*organizer)
		icalproperty_add_parameter(p, icalparameter_new_cn(organizer));
	put(c, p);
	p = icalproperty_new_attendee(mailto(a, e->attendee_email));
	if (*attendee)
		icalproperty_add_parameter(p, icalparameter_new_cn(attendee));
	icalproperty_add_parameter(p, icalparameter_new_cutype(ICAL_CUTYPE_INDIVIDUAL));
	icalproperty_add_parameter(p, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	icalproperty_add_parameter(p, icalparameter_new_partstat(partstats[e->partstat]));
	icalproperty_add_parameter(p, icalparameter_new_rsvp(e->rsvp ? ICAL_RSVP_TRUE : ICAL_RSVP_FALSE));
	put(c, p);
}

static icalcomponent *event_new(
	struct arena *a, enum ics_method method, const struct ics_event *e, const struct tz *z, bool people)
{
	icalcomponent *c = icalcomponent_new(ICAL_VEVENT_COMPONENT);
	struct str url = clean_uri(a, "", e->url, "-._~:/?#[]@!$&'()*+,;=%");
	struct str place = scrub_line(a, e->location, 0);
	struct str description = str_dup(a, str_trim(scrub_block(a, e->description)));

	must(e->uid.n > 0);
	put(c, icalproperty_new_uid(scrub_line(a, e->uid, 0).p));
	put(c, icalproperty_new_sequence(e->sequence < 0 ? 0 : e->sequence > INT_MAX ? INT_MAX : (int)e->sequence));
	put_times(a, c, e, z);
	put(c, icalproperty_new_summary(scrub_line(a, e->summary, 0).p));
	if (place.n > 0)
		put(c, icalproperty_new_location(place.p));
	if (description.n > 0)
		put(c, icalproperty_new_description(description.p));
	if (url.n > 0)
		put(c, icalproperty_new_url(url.p));
	if (people)
		put_people(a, c, e);
	put(c, icalproperty_new_status(method == ICS_CANCEL ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
	if (method == ICS_CANCEL) {
		put(c, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
		return c;
	}
	/* TRANSP:OPAQUE is the default and stays out: Cyrus 3.6 doubles it on an update and then refuses the answer. */
	put_x(a, c, "X-MICROSOFT-CDO-BUSYSTATUS", STR("BUSY"));
	if (people)
		put_x(a, c, "X-MICROSOFT-DISALLOW-COUNTER", STR("TRUE"));
	return c;
}

static void put_feed_head(struct arena *a, icalcomponent *calendar, const struct ics_feed *feed)
{
	struct str name = scrub_line(a, feed->name, 0);
	if (name.n > 0) {
		put(calendar, icalproperty_new_name(name.p));
		put_x(a, calendar, "X-WR-CALNAME", name);
	}
	if (tz_get(feed->time_zone))
		put_x(a, calendar, "X-WR-TIMEZONE", feed->time_zone);
	put(calendar, icalproperty_new_refreshinterval(icaldurationtype_from_int(3600)));
	put_x(a, calendar, "X-PUBLISHED-TTL", STR("PT1H"));
}

/* libical folds too, but sometimes between the CR and the LF of a line's end, and Gmail and iPhones drop an object with
 * a doubled CR. So its folds are taken out, which heals that, and set anew: 75 octets a line, no character cut. */
static struct str unfold(struct arena *a, struct str s)
{
	struct buf out = buf_new(a);
	buf_reserve(&out, s.n);
	while (s.n > 0) {
		const char *end = memchr(s.p, '\r', s.n);
		size_t n = end ? (size_t)(end - s.p) : s.n;
		buf_mem(&out, s.p, n);
		s = str_sub(s, n, s.n);
		if (str_starts(s, STR("\r\n "))) {
			s = str_sub(s, 3, s.n);
		} else if (s.n > 0) {
			buf_char(&out, '\r');
			s = str_sub(s, 1, s.n);
		}
	}
	return buf_str(&out);
}

static void put_line(struct buf *out, struct str line)
{
	for (size_t room = LINE_MAX_BYTES; line.n > room; room = LINE_MAX_BYTES - 1) {
		size_t n = room;
		while (n > 1 && ((unsigned char)line.p[n] & 0xc0) == 0x80)
			n--;
		buf_mem(out, line.p, n);
		BUF_LIT(out, "\r\n ");
		line = str_sub(line, n, line.n);
	}
	buf_put(out, line);
	BUF_LIT(out, "\r\n");
}

static struct str refold(struct arena *a, struct str s)
{
	struct buf out = buf_new(a);
	struct str rest = s, line;
	buf_reserve(&out, s.n + s.n / 8 + 1);
	while (rest.n > 0 && str_split(&rest, '\n', &line))
		put_line(&out, str_ends(line, STR("\r")) ? str_sub(line, 0, line.n - 1) : line);
	return buf_str(&out);
}

/* Zones stand before the first event; whatever the texts are, no line of a property begins like that. */
static struct str with_zones(struct arena *a, struct str s, const struct zones *zones)
{
	size_t at;
	if (!zones->n || !str_find(s, STR("\r\nBEGIN:VEVENT\r\n"), &at))
		return s;
	struct buf out = buf_new(a);
	at += 2;
	buf_put(&out, str_sub(s, 0, at));
	for (size_t i = 0; i < zones->n; i++)
		vtimezone_put(&out, zones->items[i].id, &zones->items[i].rules);
	buf_put(&out, str_sub(s, at, s.n));
	return buf_str(&out);
}

static int by_start(const void *x, const void *y)
{
	const struct ics_event *a = *(const struct ics_event *const *)x, *b = *(const struct ics_event *const *)y;
	if (a->start_at != b->start_at)
		return a->start_at < b->start_at ? -1 : 1;
	return str_cmp(a->uid, b->uid);
}

static void calendar_free_at(icalcomponent **c)
{
	icalcomponent_free(*c);
	/* What libical keeps for this thread's temporary strings. */
	icalmemory_free_ring();
}

struct str ics_write(
	struct arena *a, enum ics_method method, const struct ics_event *events, size_t n, const struct ics_feed *feed)
{
	__attribute__((cleanup(calendar_free_at))) icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	bool people = has_people(method, events, n);
	struct zones zones = { 0 };

	must(method == ICS_FEED || method == ICS_FILE || n == 1);
	put(calendar, icalproperty_new_version("2.0"));
	put(calendar, icalproperty_new_prodid("-//Muster//Muster//EN"));
	put(calendar, icalproperty_new_calscale("GREGORIAN"));
	if (people)
		put(calendar, icalproperty_new_method(method == ICS_CANCEL ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST));
	if (method == ICS_FEED && feed)
		put_feed_head(a, calendar, feed);

	/* A feed keeps its bytes, and so its ETag, whatever order the database answers in. */
	const struct ics_event **sorted = ARENA_ARRAY(a, const struct ics_event *, n);
	const struct tz **zone_of = ARENA_ARRAY(a, const struct tz *, n);
	for (size_t i = 0; i < n; i++)
		sorted[i] = &events[i];
	if (n > 1)
		qsort(sorted, n, sizeof *sorted, by_start);
	for (size_t i = 0; i < n; i++)
		zone_of[i] = choose_zone(a, &zones, sorted[i]);
	for (size_t i = 0; i < n; i++)
		icalcomponent_add_component(calendar, event_new(a, method, sorted[i], zone_of[i], people));

	char *text = icalcomponent_as_ical_string_r(calendar);
	must(text);
	struct str bytes = refold(a, with_zones(a, unfold(a, str_from(text)), &zones));
	icalmemory_free_buffer(text);
	return bytes;
}
