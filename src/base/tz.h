/* Time zones from the system's TZif files (RFC 9636): wall time to instants and back, and the rules a
 * VTIMEZONE needs. Thread-safe; a zone is loaded once and kept. */
#ifndef MUSTER_BASE_TZ_H
#define MUSTER_BASE_TZ_H
#include "base/arena.h"
#include "base/str.h"

struct tz; /* a loaded zone, owned by this room, never freed */
struct tz_wall {
	int year, month, day, hour, minute, second, weekday;
}; /* month 1-12, weekday 0 = Monday */
enum tz_kind { TZ_ONCE, TZ_SKIPPED, TZ_DOUBLED };

/* Where the files are; NULL: $TZDIR or /usr/share/zoneinfo. Before anything else, and once: what is loaded stays. */
void tz_init(const char *dir);
const struct tz *tz_get(struct str iana_id); /* NULL: no such zone (also for paths with "..") */
struct str tz_id(const struct tz *z);
struct str tz_city(struct arena *a, const struct tz *z); /* "Berlin", "New York", "UTC": for "Berlin time" */
int tz_offset(const struct tz *z, int64_t at);           /* seconds east of UTC */
struct tz_wall tz_to_wall(const struct tz *z, int64_t at);
/* The instant of a wall time. A skipped time gives the offset before the gap (RFC 5545 3.3.5), a doubled
 * one its first (fold 0) or second (fold 1) occurrence; *kind says which it was. */
int64_t tz_to_instant(const struct tz *z, const struct tz_wall *w, int fold, enum tz_kind *kind);
bool tz_wall_valid(const struct tz_wall *w); /* a day that exists, year 1970-2200 */
/* "YYYY-MM-DDTHH:MM", of a day that exists */
bool tz_wall_parse(struct str s, struct tz_wall *out);
struct str tz_wall_format(struct arena *a, const struct tz_wall *w);
/* All zone ids worth offering, sorted: Area/City without old names, and UTC (from tzdata.zi, else zone1970.tab). The
 * array is shared and constant. */
const struct str *tz_all(size_t *n);
/* Days since 1970-01-01 and back; weekday 0 = Monday. */
int64_t tz_days(int year, int month, int day);
void tz_from_days(int64_t days, int *year, int *month, int *day);

/* The yearly rules in force at `at`: what a VTIMEZONE with one STANDARD and at most one DAYLIGHT needs.
 * False when the zone cannot be said that way around `at` (a law that changes within a year, negative
 * daylight saving): then the object is written in UTC. */
struct tz_rule {
	int month, week; /* week 1-4 of the month, 5 = its last */
	int weekday;     /* 0 = Monday */
	int second;      /* of the day, on the clock as it shows just before the change */
};
struct tz_yearly {
	bool has_dst; /* without, only the std members are filled */
	int std_offset, dst_offset;
	struct str std_name, dst_name;
	struct tz_rule to_dst, to_std;
};
bool tz_yearly(const struct tz *z, int64_t at, struct tz_yearly *out);

/* RFC 3339. Parsing takes any offset but needs one; formatting is UTC with Z and whole seconds. */
bool tz_rfc3339_parse(struct str s, int64_t *out);
struct str tz_rfc3339(struct arena *a, int64_t at);
#endif
