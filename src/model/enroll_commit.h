/* Doing what a plan says: the commit plans again and refuses when the outcome is another one (E18). */
#ifndef MUSTER_MODEL_ENROLL_COMMIT_H
#define MUSTER_MODEL_ENROLL_COMMIT_H
#include "model/enroll_plan.h"

enum { ENROLL_DIRECT_MAX = 5000 }; /* pairs; beyond it a batch runs in the background */

struct enroll_result {
	int64_t batch;
	bool background;
};
/* Does it, in a write transaction: for plans of at most ENROLL_DIRECT_MAX pairs. `digest` null: whatever the outcome;
 * else ERR_CONFLICT outcome_changed when it differs. */
bool enroll_commit(struct ctx *c, const struct enroll_spec *s, int64_t hold, const struct account *account,
	struct str digest, struct enroll_result *out);

/* Bigger ones, from a slow route or command: `p` was planned last on this connection, a snapshot. Writes its items in
 * slices through the store, and answers when the batch is recorded; the job applies it. The first transaction takes the
 * draft (0: none): whoever finds it taken is answered its batch. */
bool enroll_commit_background(struct ctx *c, struct store *store, const struct enroll_spec *s, const struct plan *p,
	const struct account *account, struct str digest, int64_t draft, struct enroll_result *out);

/* Either of the two, from a slow route or command: `c` is a snapshot, `p` its plan. With a draft (0: none) the batch
 * becomes its result in the same transaction; a draft that was used already answers with the batch it has, so that
 * pressing twice enrolls once. */
bool enroll_run(struct ctx *c, struct store *store, const struct enroll_spec *s, const struct plan *p,
	const struct account *account, struct str digest, int64_t draft, struct enroll_result *out);
#endif
