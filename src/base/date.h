/* The calendar: days are counted from 1970-01-01, months 1-12, weekday 0 = Monday. Proleptic Gregorian. The day count
 * itself is in base/tz.h (tz_days, tz_from_days). */
#ifndef MUSTER_BASE_DATE_H
#define MUSTER_BASE_DATE_H
#include "base/arena.h"
#include "base/str.h"

struct date {
	int year, month, day;
};
struct date_week {
	int year, week;
}; /* ISO 8601: week 1 has the year's first Thursday */

bool date_is_leap(int year);
int date_month_days(int year, int month); /* 28-31; 0 for a month that does not exist */
bool date_valid(struct date d);           /* a day that exists, year 1970-2200 */
int64_t date_days(struct date d);
struct date date_from_days(int64_t days);
int date_weekday(int64_t days);
struct date_week date_iso_week(int64_t days);

/* `months` later (earlier when negative). A day that the month lacks becomes its last: 31 January + 1 = 28 February. */
struct date date_add_months(struct date d, int months);
/* The month as a calendar page shows it: whole weeks from Monday. The day count of the first cell, and how many weeks
 * (4-6) it takes; `weeks` may be NULL. */
int64_t date_grid(int year, int month, int *weeks);

/* "YYYY-MM-DD" and "YYYY-MM"; only what date_valid() holds for. */
bool date_parse(struct str s, struct date *out);
bool date_parse_month(struct str s, int *year, int *month);
struct str date_format(struct arena *a, struct date d);
#endif
