/* What always holds in the data, checked over the whole database. Nothing is repaired: whoever finds something has a
 * bug to find. */
#ifndef MUSTER_MODEL_FSCK_H
#define MUSTER_MODEL_FSCK_H
#include "model/ctx.h"

struct fsck_finding {
	const char *name;       /* "seats_taken": never translated */
	struct str words;       /* what should hold, in the reader's language */
	int64_t n;              /* how many rows break it */
	struct opt_i64 example; /* the id of one of them; none for a rule about the whole */
};
struct fsck_findings {
	struct fsck_finding *items;
	size_t n, cap;
	size_t checked;
};
/* Reads everything, in one snapshot. False when the database failed meanwhile; what was found is in *out. */
bool fsck_run(struct ctx *c, struct fsck_findings *out);
#endif
