/* Batches at work: a slice at a time, onwards and back. Looking at them is model/batch_list.h. */
#ifndef MUSTER_MODEL_ENROLL_BATCH_H
#define MUSTER_MODEL_ENROLL_BATCH_H
#include "model/ctx.h"

/* Takes the whole batch back while nothing of it is announced: ERR_CONFLICT announced afterwards. Enrollments changed
 * since stay. */
struct batch_kept {
	int64_t *enrollments;
	size_t n, cap;
};
/* Above ENROLL_DIRECT_MAX the job does it, and the answer is what will come of it. */
bool batch_undo(struct ctx *c, int64_t id, int64_t *undone, struct batch_kept *kept);

/* ---- jobs (jobs/worker.c): one slice each, in a write transaction */
/* Applies up to `rows` items of a running batch; *left is false when it is finished. */
bool batch_apply_slice(struct ctx *c, int64_t id, int64_t rows, bool *left);
/* Takes up to `rows` enrollments of a batch back that is being undone. */
bool batch_undo_slice(struct ctx *c, int64_t id, int64_t rows, bool *left);
#endif
