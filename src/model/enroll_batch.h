/* Batches from inside: what commit and jobs share. */
#ifndef MUSTER_MODEL_ENROLL_BATCH_H
#define MUSTER_MODEL_ENROLL_BATCH_H
#include "gen/queries.h"
#include "model/enroll.h"
/* Applies items first..last (positions) of a batch, in the caller's transaction: re-checks, inserts, takes seats,
 * audits, counts. */
void batch_apply(struct ctx *c, const struct batch_row_row *b, int64_t first, int64_t last);
#endif
