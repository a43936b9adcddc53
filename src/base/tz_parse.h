/* Inside tz only: one TZif file (RFC 9636) taken apart, and its footer, a POSIX TZ string. Knows no file system. */
#ifndef MUSTER_BASE_TZ_PARSE_H
#define MUSTER_BASE_TZ_PARSE_H
#include "base/arena.h"
#include "base/str.h"

/* The day of the year on which an offset changes, as POSIX writes it. */
enum tz_day_form {
	TZ_DAY_MONTH,  /* Mm.w.d */
	TZ_DAY_JULIAN, /* Jn: 1-365, 29 February is never counted */
	TZ_DAY_ZERO,   /* n: 0-365, 29 February counts */
};
struct tz_change {
	enum tz_day_form form;
	int month, week, weekday; /* week 5 = last; weekday 0 = Sunday, as POSIX has it */
	int day;                  /* of the other two forms */
	int second;               /* after local midnight; may be negative or more than a day */
};
struct tz_footer {
	bool present, has_dst;
	int std_offset, dst_offset; /* seconds east of UTC */
	struct str std_name, dst_name;
	struct tz_change to_dst, to_std;
};
struct tz {
	struct str id;
	size_t n;                /* transitions */
	int64_t *at;             /* ascending */
	int32_t *offset;         /* from at[i] on, seconds east of UTC */
	int32_t first_offset;    /* before at[0] */
	struct tz_footer footer; /* after the last of them */
};

/* Reads version 2 or later; `bytes` is not needed afterwards. False for anything broken, and for files that count
 * leap seconds ("right/"): Muster's instants do not. */
bool tz_parse(struct arena *a, struct str bytes, struct tz *out);
/* "CET-1CEST,M3.5.0,M10.5.0/3". Empty text is well-formed and gives present = false. */
bool tz_parse_footer(struct arena *a, struct str text, struct tz_footer *out);
#endif
