/* Time zones inside calendar objects, from our own rules: libical's print the whole history of a zone. */
#ifndef MUSTER_CALENDAR_VTIMEZONE_H
#define MUSTER_CALENDAR_VTIMEZONE_H
#include "base/buf.h"
#include "base/str.h"
#include "base/tz.h"

/* Whether the times from start to end can be written as wall times of this zone: each happens once, one pair
 * of yearly rules holds for both, and a VTIMEZONE can say these rules. Fills in *rules. */
bool vtimezone_can_say(const struct tz *z, int64_t start_at, int64_t end_at, struct tz_yearly *rules);
bool vtimezone_same_rules(const struct tz_yearly *a, const struct tz_yearly *b);
/* The VTIMEZONE of these rules as text. One STANDARD and at most one DAYLIGHT, yearly since 1970 and without an end
 * (RFC 5545 3.6.5). */
void vtimezone_put(struct buf *out, struct str id, const struct tz_yearly *rules);
#endif
