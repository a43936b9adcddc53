/* Any text in any field gives an object of well-formed lines that libical reads back with the same properties. */
#include <libical/ical.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/tz.h"
#include "calendar/ics.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	tz_init(NULL);
	return 0;
}

static void check_lines(struct str s)
{
	struct str line;
	must(str_ends(s, STR("\r\n")) && str_is_utf8(s));
	while (s.n > 0 && str_split(&s, '\n', &line)) {
		must(line.n > 0 && line.n <= 76 && line.p[line.n - 1] == '\r' && str_is_utf8(line));
		for (size_t i = 0; i + 1 < line.n; i++)
			must((unsigned char)line.p[i] >= ' ' || line.p[i] == '\t');
	}
}

static void check_reading(struct arena *a, struct str s)
{
	icalcomponent *c = icalparser_parse_string(str_c(a, s));
	must(c && icalcomponent_count_errors(c) == 0 && icalrestriction_check(c));
	must(icalcomponent_count_components(c, ICAL_VEVENT_COMPONENT) == 1);
	icalcomponent *event = icalcomponent_get_first_component(c, ICAL_VEVENT_COMPONENT);
	must(icalcomponent_count_components(event, ICAL_ANY_COMPONENT) == 0);
	must(icalcomponent_count_properties(event, ICAL_ATTENDEE_PROPERTY) == 1);
	must(icalcomponent_count_properties(event, ICAL_ORGANIZER_PROPERTY) == 1);
	must(icalcomponent_count_properties(event, ICAL_UID_PROPERTY) == 1);
	icalcomponent_free(c);
	icalmemory_free_ring();
}

/* The input is times (8 bytes), a zone (1) and then the fields, separated by bytes 0xfe, which are in no UTF-8. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const zones[] = { "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Europe/Dublin",
		"Africa/Casablanca", "America/Nuuk", "Australia/Lord_Howe", "UTC", "Nowhere" };
	if (size < 9)
		return 0;
	ARENA_SCOPED a = arena_new();
	uint32_t start = 0, length = 0;
	for (size_t i = 0; i < 4; i++) {
		start = start << 8 | data[i];
		length = length << 8 | data[i + 4];
	}
	struct ics_event e = {
		.uid = STR("fuzz@example.org"),
		.start_at = start,
		.end_at = start + (int64_t)(length % 1000000),
		.time_zone = str_from(zones[data[8] % (sizeof zones / sizeof *zones)]),
		.dtstamp = length,
	};
	struct str *const fields[] = { &e.summary, &e.description, &e.location, &e.url, &e.organizer_name, &e.attendee_name,
		&e.organizer_email, &e.attendee_email };
	struct str rest = { (const char *)data + 9, size - 9 };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (!str_split(&rest, (char)0xfe, fields[i]))
			*fields[i] = STR("x");
	/* An empty SUMMARY is legal (RFC 5546 3.2.2), but libical drops it as an error. */
	e.summary = str_cat(a, STR("x"), e.summary);
	struct str bytes = ics_write(a, ICS_REQUEST, &e, 1, NULL);
	check_lines(bytes);
	check_reading(a, bytes);
	check_lines(ics_write(a, ICS_FEED, &e, 1, &(struct ics_feed){ e.summary, e.time_zone }));
	return 0;
}
