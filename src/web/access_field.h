/* The access date as pages ask for it: the fields access_date and access_time, on the clock of the reader. */
#ifndef MUSTER_WEB_ACCESS_FIELD_H
#define MUSTER_WEB_ACCESS_FIELD_H
#include "web/web.h"

/* Both empty: *out is none. What browsers send of seconds is taken. False with an error at access_time or at
 * `date_field`. */
bool access_field_read(struct req *r, const char *date_field, struct opt_i64 *out);
#endif
