/* Times in words, always with their place: "Thu 3 Dec 2026, 09:00–12:00 Berlin time". For pages, mails and the account
 * alike.
 *
 * Zones are IANA ids; one that is not known counts as UTC. `now` decides about the year: it is said when it is another
 * one than now's in that zone, and always when `now` is WHEN_YEAR (mails, which are read later). Answers live in
 * t->arena. */
#ifndef MUSTER_MODEL_WHEN_H
#define MUSTER_MODEL_WHEN_H
#include "base/str.h"
#include "base/text.h"

#define WHEN_YEAR INT64_C(0)

/* ---- whole sentences. In languages written from right to left, ranges carry their own direction marks. */
/* "Thu 3 Dec, 09:00–12:00 Berlin time" */
struct str when_day_range(const struct text *t, int64_t start_at, int64_t end_at, struct str zone, int64_t now);
/* A session of several days: "Thu 3 Dec – Fri 4 Dec, 2 days from 09:00 Berlin time"; of one: as when_day_range. */
struct str when_session(
	const struct text *t, int64_t starts_at, int64_t ends_at, int64_t days, struct str zone, int64_t now);
/* "(03:00–06:00 your time)", with the date in front where that is another one; "" when the clocks there show the same.
 */
struct str when_your_time(
	const struct text *t, int64_t start_at, int64_t end_at, struct str zone, struct str reader_zone);
/* "Mon 30 Nov, 09:00 Berlin time" */
struct str when_instant(const struct text *t, int64_t at, struct str zone, int64_t now);
/* "Mon 30 Nov" */
struct str when_date(const struct text *t, int64_t at, struct str zone, int64_t now);
/* "Monday 30 November 2026" */
struct str when_date_long(const struct text *t, int64_t at, struct str zone);
/* "09:00" */
struct str when_time(const struct text *t, int64_t at, struct str zone);
/* "3 h", "1 h 30 min", "45 min" */
struct str when_duration(const struct text *t, int64_t seconds);
/* "2 days, 6 h in total"; for one day as when_duration */
struct str when_duration_days(const struct text *t, int64_t days, int64_t seconds);
/* "Berlin time", "UTC" */
struct str when_zone(const struct text *t, struct str zone);
/* "December 2026" */
struct str when_month(const struct text *t, int year, int month);
/* 0 = Monday: "Thu", "Thursday" */
struct str when_weekday(const struct text *t, int weekday);
struct str when_weekday_long(const struct text *t, int weekday);

/* ---- the same in parts, for templates: what is a range stands in <bdi dir="ltr"> there */
struct when_parts {
	struct str date;               /* "Thu 3 Dec" */
	struct str times;              /* "09:00–12:00"; "22:00–06:00 (Fri)" when it ends on another day */
	struct str zone;               /* "Berlin time" */
	struct str yours;              /* "03:00–06:00", "Fri 4 Dec, 03:00–06:00", or "" */
	struct str iso_start, iso_end; /* "2026-12-03T09:00+01:00", for <time datetime> */
};
struct when_parts when_parts(
	const struct text *t, int64_t start_at, int64_t end_at, struct str zone, struct str reader_zone, int64_t now);
/* What a date tile shows: "2026-12-03", "Dec", "3", "Thu". */
struct when_tile {
	struct str iso, month, day, weekday;
};
struct when_tile when_tile(const struct text *t, int64_t at, struct str zone);

/* ---- for attributes and inputs */
struct str when_iso(const struct text *t, int64_t at, struct str zone);      /* "2026-12-03T09:00+01:00" */
struct str when_iso_date(const struct text *t, int64_t at, struct str zone); /* "2026-12-03" */
struct str when_iso_time(const struct text *t, int64_t at, struct str zone); /* "09:00" */
#endif
