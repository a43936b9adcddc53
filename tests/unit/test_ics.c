/* Calendar objects: golden bytes, hostile text, and instants read back by libical. With --print-sample the program
 * writes a feed whose UIDs say the instants, for the peers in tests/http/ics_peers.test.mjs. */
#include <libical/ical.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/tz.h"
#include "calendar/ics.h"

enum { SAMPLE_EVENTS = 400 };

static const int64_t MARCH = 1805356800; /* 2027-03-18 08:00 UTC, 09:00 in Berlin */

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

static struct ics_event berlin_event(void)
{
	return (struct ics_event){
		.uid = STR("k3v9q2m7x1t8d4c6b5n0a7w2e9@train.example"),
		.sequence = 2,
		.dtstamp = 1795464000,
		.summary = STR("Erste Hilfe \xe2\x80\x93 Grundkurs (Tag 1 von 2)"),
		.location = STR("Raum B12, Hauptstra\xc3\x9f"
						"e 5; K\xc3\xb6ln"),
		.description = STR("Bitte 10 Minuten fr\xc3\xbcher da sein.\nDetails: C:\\kurs"),
		.url = STR("https://train.example/my/812?a=1,2;3"),
		.start_at = MARCH,
		.end_at = MARCH + 27000,
		.time_zone = STR("Europe/Berlin"),
		.organizer_name = STR("Example Academy"),
		.organizer_email = STR("training@train.example"),
		.attendee_name = STR("Ana Garc\xc3\xad"
							 "a, Dr."),
		.attendee_email = STR("ana@customer.example"),
		.partstat = ICS_NEEDS_ACTION,
		.rsvp = true,
	};
}

static bool has(struct str s, const char *what)
{
	return str_find(s, str_from(what), NULL);
}

static size_t count(struct str s, const char *what)
{
	size_t n = 0, at, length = strlen(what);
	while (str_find(s, str_from(what), &at)) {
		n++;
		s = str_sub(s, at + length, s.n);
	}
	return n;
}

static struct str unfold(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);
	for (size_t i = 0; i < s.n; i++) {
		if (i + 2 < s.n && s.p[i] == '\r' && s.p[i + 1] == '\n' && s.p[i + 2] == ' ')
			i += 2;
		else
			buf_char(&b, s.p[i]);
	}
	return buf_str(&b);
}

/* CRLF once, at most 75 octets, no character cut in two. */
static void assert_lines(struct str s)
{
	struct str line;
	assert_true(str_ends(s, STR("\r\n")));
	while (s.n > 0 && str_split(&s, '\n', &line)) {
		assert_true(line.n > 0 && line.p[line.n - 1] == '\r');
		line.n--;
		assert_true(line.n <= 75);
		assert_true(str_is_utf8(line));
		for (size_t i = 0; i < line.n; i++)
			if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t')
				fail_msg("a control character in " STR_FMT, STR_ARG(line));
	}
}

static void assert_bytes(struct str got, const char *want)
{
	if (!str_eq(got, str_from(want)))
		fail_msg("got:\n" STR_FMT, STR_ARG(got));
}

static const char BERLIN_ZONE[] = "BEGIN:VTIMEZONE\r\n"
								  "TZID:Europe/Berlin\r\n"
								  "X-LIC-LOCATION:Europe/Berlin\r\n"
								  "BEGIN:STANDARD\r\n"
								  "DTSTART:19701025T030000\r\n"
								  "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
								  "TZOFFSETFROM:+0200\r\n"
								  "TZOFFSETTO:+0100\r\n"
								  "TZNAME:CET\r\n"
								  "END:STANDARD\r\n"
								  "BEGIN:DAYLIGHT\r\n"
								  "DTSTART:19700329T020000\r\n"
								  "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n"
								  "TZOFFSETFROM:+0100\r\n"
								  "TZOFFSETTO:+0200\r\n"
								  "TZNAME:CEST\r\n"
								  "END:DAYLIGHT\r\n"
								  "END:VTIMEZONE\r\n";

static void request_is_golden(void **state)
{
	struct ics_event e = berlin_event();
	struct str got = ics_write(*state, ICS_REQUEST, &e, 1, NULL);
	struct str want = str_fmt(*state,
		"BEGIN:VCALENDAR\r\n"
		"VERSION:2.0\r\n"
		"PRODID:-//Muster//Muster//EN\r\n"
		"CALSCALE:GREGORIAN\r\n"
		"METHOD:REQUEST\r\n"
		"%s"
		"BEGIN:VEVENT\r\n"
		"UID:k3v9q2m7x1t8d4c6b5n0a7w2e9@train.example\r\n"
		"SEQUENCE:2\r\n"
		"DTSTAMP:20261123T200000Z\r\n"
		"DTSTART;TZID=Europe/Berlin:20270318T090000\r\n"
		"DTEND;TZID=Europe/Berlin:20270318T163000\r\n"
		"SUMMARY:Erste Hilfe \xe2\x80\x93 Grundkurs (Tag 1 von 2)\r\n"
		"LOCATION:Raum B12\\, Hauptstra\xc3\x9f"
		"e 5\\; K\xc3\xb6ln\r\n"
		"DESCRIPTION:Bitte 10 Minuten fr\xc3\xbcher da sein.\\nDetails: C:\\\\kurs\r\n"
		"URL:https://train.example/my/812?a=1,2;3\r\n"
		"ORGANIZER;CN=Example Academy:mailto:training@train.example\r\n"
		"ATTENDEE;CN=\"Ana Garc\xc3\xad"
		"a, Dr.\";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTS\r\n"
		" TAT=NEEDS-ACTION;RSVP=TRUE:mailto:ana@customer.example\r\n"
		"STATUS:CONFIRMED\r\n"
		"X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n"
		"X-MICROSOFT-DISALLOW-COUNTER:TRUE\r\n"
		"END:VEVENT\r\n"
		"END:VCALENDAR\r\n",
		BERLIN_ZONE);
	assert_bytes(got, want.p);
	assert_lines(got);
	assert_true(str_eq(got, ics_write(*state, ICS_REQUEST, &e, 1, NULL)));
	assert_true(str_eq(ics_method_name(ICS_REQUEST, &e, 1), STR("REQUEST")));
}

static void cancel_withdraws_the_same_event(void **state)
{
	struct ics_event e = berlin_event();
	e.sequence = 3;
	e.rsvp = false;
	struct str got = ics_write(*state, ICS_CANCEL, &e, 1, NULL);
	assert_true(has(got, "\r\nMETHOD:CANCEL\r\n"));
	assert_true(has(got, "\r\nUID:k3v9q2m7x1t8d4c6b5n0a7w2e9@train.example\r\n"));
	assert_true(has(got, "\r\nSEQUENCE:3\r\n"));
	assert_true(has(got, "\r\nSTATUS:CANCELLED\r\n"));
	assert_true(has(got, "\r\nTRANSP:TRANSPARENT\r\n"));
	assert_true(has(got, "\r\nDTSTART;TZID=Europe/Berlin:20270318T090000\r\n"));
	assert_true(has(got, "\r\nDTEND;TZID=Europe/Berlin:20270318T163000\r\n"));
	assert_true(has(got, "\r\nSUMMARY:"));
	assert_int_equal(count(unfold(*state, got), "\r\nATTENDEE"), 1);
	assert_false(has(got, "BUSYSTATUS"));
	assert_true(str_eq(ics_method_name(ICS_CANCEL, &e, 1), STR("CANCEL")));
}

static void request_has_neither_alarm_nor_transp(void **state)
{
	struct ics_event e = berlin_event();
	struct str got = ics_write(*state, ICS_REQUEST, &e, 1, NULL);
	assert_false(has(got, "VALARM"));
	assert_false(has(got, "TRANSP"));
	assert_false(has(got, "X-LIC-ERROR"));
}

static void answers_are_said(void **state)
{
	static const char *const words[] = {
		"PARTSTAT=NEEDS-ACTION",
		"PARTSTAT=ACCEPTED",
		"PARTSTAT=TENTATIVE",
		"PARTSTAT=DECLINED",
	};
	for (int i = ICS_NEEDS_ACTION; i <= ICS_DECLINED; i++) {
		struct ics_event e = berlin_event();
		e.partstat = (enum ics_answer)i;
		e.rsvp = i == ICS_NEEDS_ACTION;
		struct str got = unfold(*state, ics_write(*state, ICS_REQUEST, &e, 1, NULL));
		assert_true(has(got, words[i]));
		assert_true(has(got, e.rsvp ? ";RSVP=TRUE:" : ";RSVP=FALSE:"));
	}
}

static void file_is_the_mails_object(void **state)
{
	struct ics_event days[2] = { berlin_event(), berlin_event() };
	days[1].uid = STR("second@train.example");
	days[1].start_at += 86400;
	days[1].end_at += 86400;
	assert_true(str_eq(ics_write(*state, ICS_FILE, days, 1, NULL), ics_write(*state, ICS_REQUEST, days, 1, NULL)));
	assert_true(str_eq(ics_method_name(ICS_FILE, days, 1), STR("REQUEST")));

	/* A REQUEST has one UID only. */
	struct str both = ics_write(*state, ICS_FILE, days, 2, NULL);
	assert_false(has(both, "METHOD:") || has(both, "ATTENDEE") || has(both, "ORGANIZER"));
	assert_int_equal(count(both, "BEGIN:VEVENT"), 2);
	assert_int_equal(count(both, "BEGIN:VTIMEZONE"), 1);
	assert_int_equal(ics_method_name(ICS_FILE, days, 2).n, 0);

	/* A user without an address has nothing to answer with. */
	days[0].attendee_email = STR("");
	struct str mute = ics_write(*state, ICS_FILE, days, 1, NULL);
	assert_false(has(mute, "METHOD:") || has(mute, "ATTENDEE") || has(mute, "ORGANIZER"));
}

static void feed_is_a_stable_snapshot(void **state)
{
	struct ics_event e[3] = { berlin_event(), berlin_event(), berlin_event() }, turned[3];
	struct ics_feed feed = { STR("Trainings, M. Lindqvist"), STR("Europe/Berlin") };
	e[1].uid = STR("b@train.example");
	e[1].start_at += 86400;
	e[1].end_at += 86400;
	e[2].uid = STR("c@train.example");
	e[2].time_zone = STR("America/New_York");
	e[2].start_at += 2 * 86400;
	e[2].end_at += 2 * 86400;
	struct str got = ics_write(*state, ICS_FEED, e, 3, &feed);
	for (size_t i = 0; i < 3; i++)
		turned[i] = e[2 - i];
	assert_true(str_eq(got, ics_write(*state, ICS_FEED, turned, 3, &feed)));
	assert_lines(got);
	assert_false(has(got, "METHOD") || has(got, "ORGANIZER") || has(got, "ATTENDEE") || has(got, "mailto"));
	assert_int_equal(count(got, "BEGIN:VTIMEZONE"), 2);
	assert_int_equal(count(got, "BEGIN:VEVENT"), 3);
	assert_true(has(got, "\r\nNAME:Trainings\\, M. Lindqvist\r\n"));
	assert_true(has(got, "\r\nX-WR-CALNAME:Trainings\\, M. Lindqvist\r\n"));
	assert_true(has(got, "\r\nX-WR-TIMEZONE:Europe/Berlin\r\n"));
	assert_true(has(got, "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"));
	assert_true(has(got, "\r\nX-PUBLISHED-TTL:PT1H\r\n"));
	assert_true(has(got, "\r\nUID:k3v9q2m7x1t8d4c6b5n0a7w2e9@train.example\r\nSEQUENCE:2\r\n"));

	struct str empty = ics_write(*state, ICS_FEED, NULL, 0, &feed);
	assert_lines(empty);
	assert_true(str_ends(empty, STR("END:VCALENDAR\r\n")));
}

/* The times of one event at this instant in this zone, and how they are written. */
static struct str in_zone(struct arena *a, const char *zone, int64_t start_at, int64_t end_at)
{
	struct ics_event e = berlin_event();
	e.time_zone = str_from(zone);
	e.start_at = start_at;
	e.end_at = end_at;
	return ics_write(a, ICS_REQUEST, &e, 1, NULL);
}

static void zones_are_said_by_two_rules_at_most(void **state)
{
	struct str s = in_zone(*state, "America/New_York", MARCH, MARCH + 3600);
	assert_true(has(s,
		"DTSTART:19700308T020000\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\n"
		"TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\nTZNAME:EDT"));
	assert_true(has(s,
		"DTSTART:19701101T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\n"
		"TZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\nTZNAME:EST"));
	assert_true(has(s, "DTSTART;TZID=America/New_York:20270318T040000"));

	s = in_zone(*state, "Asia/Kolkata", MARCH, MARCH + 3600);
	assert_true(has(s,
		"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0530\r\n"
		"TZOFFSETTO:+0530\r\nTZNAME:IST\r\nEND:STANDARD\r\nEND:VTIMEZONE"));
	assert_true(has(s, "DTSTART;TZID=Asia/Kolkata:20270318T133000"));

	/* Southern hemisphere: daylight saving over New Year. */
	s = in_zone(*state, "Australia/Sydney", 1800000000, 1800003600);
	assert_true(has(s, "DTSTART;TZID=Australia/Sydney:20270115T190000"));
	assert_int_equal(count(s, "BEGIN:DAYLIGHT"), 1);
}

static void assert_utc(struct str s)
{
	assert_false(has(s, "VTIMEZONE") || has(s, "TZID"));
	assert_int_equal(count(s, "\r\nDTSTART:"), 1);
	assert_int_equal(count(s, "\r\nDTEND:"), 1);
}

static void times_are_utc_where_clients_would_disagree(void **state)
{
	assert_utc(in_zone(*state, "UTC", MARCH, MARCH + 3600));
	assert_utc(in_zone(*state, "Etc/GMT+5", MARCH, MARCH + 3600));
	assert_utc(in_zone(*state, "Nowhere/Atlantis", MARCH, MARCH + 3600));
	assert_utc(in_zone(*state, "../../etc/passwd", MARCH, MARCH + 3600));
	assert_utc(in_zone(*state, "", MARCH, MARCH + 3600));
	struct str s = in_zone(*state, "UTC", MARCH, MARCH + 3600);
	assert_true(has(s, "\r\nDTSTART:20270318T080000Z\r\nDTEND:20270318T090000Z\r\n"));
	/* 02:30 on 2027-10-31 happens twice in Berlin, whether an event starts or ends then. */
	assert_utc(in_zone(*state, "Europe/Berlin", 1824942600, 1824953400));
	assert_utc(in_zone(*state, "Europe/Berlin", 1824946200, 1824953400));
	assert_utc(in_zone(*state, "Europe/Berlin", 1824939000, 1824946200));
	/* The change itself between start and end is no trouble. */
	s = in_zone(*state, "Europe/Berlin", 1824939000, 1824953400);
	assert_true(has(s, "DTSTART;TZID=Europe/Berlin:20271031T013000"));
	/* Summer time that is the standard (Dublin) and a change at 24:00 (Cairo) have no plain yearly rule. */
	assert_utc(in_zone(*state, "Europe/Dublin", MARCH, MARCH + 3600));
	assert_utc(in_zone(*state, "Africa/Cairo", MARCH, MARCH + 3600));
	/* Before the rules of the VTIMEZONE begin. */
	assert_utc(in_zone(*state, "Europe/Berlin", 86400, 90000));
}

static void numbers_stay_in_range(void **state)
{
	struct ics_event e = berlin_event();
	e.sequence = INT64_MAX;
	assert_true(has(ics_write(*state, ICS_REQUEST, &e, 1, NULL), "\r\nSEQUENCE:2147483647\r\n"));
	e.sequence = -1;
	assert_true(has(ics_write(*state, ICS_REQUEST, &e, 1, NULL), "\r\nSEQUENCE:0\r\n"));
}

/* The names of the lines of one object, in order: what no text may change. */
static struct str shape(struct arena *a, struct str s)
{
	struct buf b = buf_new(a);
	struct str line, lines = unfold(a, s);
	while (lines.n > 0 && str_split(&lines, '\n', &line)) {
		size_t n = 0;
		while (n < line.n && line.p[n] != ':' && line.p[n] != ';' && line.p[n] != '\r')
			n++;
		buf_put(&b, str_sub(line, 0, n));
		buf_char(&b, '\n');
	}
	return buf_str(&b);
}

static void assert_parses(struct arena *a, struct str s, struct ics_event *e)
{
	icalcomponent *c = icalparser_parse_string(str_c(a, s));
	assert_non_null(c);
	assert_int_equal(icalcomponent_count_errors(c), 0);
	assert_true(icalrestriction_check(c));
	icalcomponent *event = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
	icalproperty *attendee = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
	assert_non_null(attendee);
	assert_true(str_starts(str_from(icalproperty_get_attendee(attendee)), STR("mailto:")));
	assert_int_equal(icalcomponent_count_properties(event, ICAL_ATTENDEE_PROPERTY), 1);
	assert_true(str_eq(str_from(icalcomponent_get_uid(event)), e->uid));
	icalcomponent_free(c);
	icalmemory_free_ring();
}

static void no_text_makes_a_second_property(void **state)
{
	struct arena *a = *state;
	struct buf ten_thousand = buf_new(a), smileys = buf_new(a);
	for (int i = 0; i < 10000; i++)
		buf_char(&ten_thousand, (char)('a' + i % 26));
	for (int i = 0; i < 500; i++)
		buf_put(&smileys, STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80"));
	const struct str hostile[] = {
		STR("a\r\nATTENDEE:mailto:evil@example.org\r\nX: y"),
		STR("a\nBEGIN:VALARM\nEND:VALARM"),
		STR("a\rMETHOD:CANCEL"),
		STR("\"quoted\";CN=\"x\":mailto:evil@example.org"),
		STR("^nATTENDEE:x^'y^^"),
		STR("a\\nb\\\\;,:"),
		STR("\r\n\r\n"),
		STR("a\0b\x01\x1b[31m\x7f\xc2\x85z"),
		STR("\xff\xfe\xc3(\xed\xa0\x80"),
		STR("\xe2\x80\xa8"
			"BEGIN:VEVENT\xe2\x80\xa9"),
		STR("\xe2\x80\xae"
			"drow\xe2\x80\xac"),
		STR("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xb3\xd9\x84\xd8\xa7\xd9\x85"),
		STR(";VALUE=X:y"),
		STR("=?utf-8?q?x?="),
		STR("   "),
		STR("x:\t; y"),
		buf_str(&ten_thousand),
		buf_str(&smileys),
	};
	struct ics_event plain = berlin_event();
	struct str want = shape(a, ics_write(a, ICS_REQUEST, &plain, 1, NULL));
	struct str want_feed = shape(a, ics_write(a, ICS_FEED, &plain, 1, &(struct ics_feed){ STR("x"), STR("UTC") }));
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		struct ics_event e = berlin_event();
		struct str text = str_cat(a, STR("x"), hostile[i]);
		e.summary = e.location = e.description = e.url = text;
		e.organizer_name = e.attendee_name = text;
		e.organizer_email = e.attendee_email = str_cat(a, text, STR("@example.org"));
		struct str got = ics_write(a, ICS_REQUEST, &e, 1, NULL);
		assert_lines(got);
		assert_bytes(shape(a, got), str_c(a, want));
		assert_parses(a, got, &e);
		got = ics_write(a, ICS_FEED, &e, 1, &(struct ics_feed){ text, STR("UTC") });
		assert_lines(got);
		assert_bytes(shape(a, got), str_c(a, want_feed));
	}
}

static void text_comes_back_as_it_was(void **state)
{
	struct ics_event e = berlin_event();
	icalcomponent *c = icalparser_parse_string(str_c(*state, ics_write(*state, ICS_REQUEST, &e, 1, NULL)));
	icalcomponent *event = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
	assert_string_equal(icalcomponent_get_summary(event), e.summary.p);
	assert_string_equal(icalcomponent_get_location(event), e.location.p);
	assert_string_equal(icalcomponent_get_description(event), e.description.p);
	icalproperty *attendee = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
	icalparameter *cn = icalproperty_get_first_parameter(attendee, ICAL_CN_PARAMETER);
	assert_string_equal(icalparameter_get_cn(cn), e.attendee_name.p);
	icalcomponent_free(c);
	icalmemory_free_ring();
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Events from 2020 to 2045 on the quarter hour, half of them in the months in which clocks change. The UID says both
 * instants. */
static struct ics_event *sample_events(struct arena *a)
{
	static const char *const zones[] = {
		"Europe/Berlin",
		"America/New_York",
		"Asia/Kolkata",
		"Europe/Dublin",
		"Africa/Casablanca",
		"Australia/Sydney",
		"America/Sao_Paulo",
		"Asia/Kathmandu",
		"America/Nuuk",
		"Africa/Cairo",
		"Pacific/Auckland",
		"Australia/Lord_Howe",
		"America/Santiago",
		"Europe/London",
		"Pacific/Apia",
		"Asia/Tokyo",
		"America/St_Johns",
		"UTC",
	};
	struct ics_event *events = ARENA_ARRAY(a, struct ics_event, SAMPLE_EVENTS);
	uint64_t seed = 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < SAMPLE_EVENTS; i++) {
		struct ics_event *e = &events[i];
		*e = berlin_event();
		e->time_zone = str_from(zones[random_next(&seed) % (sizeof zones / sizeof *zones)]);
		e->start_at = 1577836800 + (int64_t)(random_next(&seed) % (25ull * 365 * 96)) * 900;
		if (i % 2) {
			static const int months[] = { 3, 4, 9, 10, 11 };
			int year = 2020 + (int)(random_next(&seed) % 25);
			int month = months[random_next(&seed) % 5], day = 1 + (int)(random_next(&seed) % 28);
			e->start_at = tz_days(year, month, day) * 86400 + (int64_t)(random_next(&seed) % 96) * 900;
		}
		e->end_at = e->start_at + 900 * (1 + (int64_t)(random_next(&seed) % 40));
		e->uid = str_fmt(a, "%lld-%lld-%zu@example.org", (long long)e->start_at, (long long)e->end_at, i);
	}
	return events;
}

static int64_t instant_of(icalcomponent *calendar, icalproperty *p)
{
	struct icaltimetype t = icalvalue_get_datetime(icalproperty_get_value(p));
	icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	if (!tzid)
		return icaltime_as_timet(t);
	icaltimezone *z = icalcomponent_get_timezone(calendar, icalparameter_get_tzid(tzid));
	assert_non_null(z);
	return icaltime_as_timet_with_zone(t, z);
}

static void instants_come_back(void **state)
{
	struct ics_event *events = sample_events(*state);
	size_t local = 0;
	for (size_t i = 0; i < SAMPLE_EVENTS; i++) {
		struct str s = ics_write(*state, ICS_REQUEST, &events[i], 1, NULL);
		assert_lines(s);
		assert_true(count(s, "BEGIN:STANDARD") <= 1 && count(s, "BEGIN:DAYLIGHT") <= 1);
		icalcomponent *c = icalparser_parse_string(str_c(*state, s));
		icalcomponent *event = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
		int64_t start = instant_of(c, icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY));
		int64_t end = instant_of(c, icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY));
		if (start != events[i].start_at || end != events[i].end_at)
			fail_msg("%lld %lld read from\n" STR_FMT, (long long)start, (long long)end, STR_ARG(s));
		local += has(s, "DTSTART;TZID=");
		icalcomponent_free(c);
	}
	icalmemory_free_ring();
	/* The UTC form is the exception. */
	assert_true(local > SAMPLE_EVENTS / 2);
}

static int print_sample(void)
{
	ARENA_SCOPED a = arena_new();
	struct ics_feed feed = { STR("Sample \xe2\x80\x93 all zones"), STR("Europe/Berlin") };
	struct str s = ics_write(a, ICS_FEED, sample_events(a), SAMPLE_EVENTS, &feed);
	return fwrite(s.p, 1, s.n, stdout) == s.n ? 0 : 1;
}

int main(int argc, char **argv)
{
	tz_init(NULL);
	if (argc > 1 && strcmp(argv[1], "--print-sample") == 0)
		return print_sample();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(request_is_golden, setup, teardown),
		cmocka_unit_test_setup_teardown(cancel_withdraws_the_same_event, setup, teardown),
		cmocka_unit_test_setup_teardown(request_has_neither_alarm_nor_transp, setup, teardown),
		cmocka_unit_test_setup_teardown(answers_are_said, setup, teardown),
		cmocka_unit_test_setup_teardown(file_is_the_mails_object, setup, teardown),
		cmocka_unit_test_setup_teardown(feed_is_a_stable_snapshot, setup, teardown),
		cmocka_unit_test_setup_teardown(zones_are_said_by_two_rules_at_most, setup, teardown),
		cmocka_unit_test_setup_teardown(times_are_utc_where_clients_would_disagree, setup, teardown),
		cmocka_unit_test_setup_teardown(numbers_stay_in_range, setup, teardown),
		cmocka_unit_test_setup_teardown(no_text_makes_a_second_property, setup, teardown),
		cmocka_unit_test_setup_teardown(text_comes_back_as_it_was, setup, teardown),
		cmocka_unit_test_setup_teardown(instants_come_back, setup, teardown),
	};
	return cmocka_run_group_tests_name("ics", tests, NULL, NULL);
}
