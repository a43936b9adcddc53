/* Batches from inside: what commit and jobs share. */
#ifndef MUSTER_MODEL_ENROLL_ROOM_H
#define MUSTER_MODEL_ENROLL_ROOM_H
#include "gen/queries.h"
#include "model/enroll_plan.h"

/* A plan as the runs of a batch. */
enum { BATCH_RUN_PAIRS = 500 };
struct batch_run {
	int64_t position, n, training;
	struct opt_i64 session;
	struct str effect; /* "decide" has become "skip" */
	int64_t code;
	struct str users; /* a JSON list of ids */
};
struct batch_runs {
	struct batch_run *items;
	size_t n, cap;
};
/* `p` was planned last on this connection; everything comes from c->arena. */
void batch_runs_of(struct ctx *c, const struct plan *p, struct batch_runs *out);
/* Writes the runs from..to - 1 of a batch. */
void batch_runs_write(struct db *tx, int64_t batch, const struct batch_runs *runs, size_t from, size_t to);
/* Applies the runs behind those that are applied, of `rows` pairs in all or at least one, in the caller's transaction:
 * re-checks, inserts, takes seats, audits, counts. Answers how many pairs that were. */
int64_t batch_apply(struct ctx *c, const struct batch_row_row *b, int64_t rows);
#endif
