/* The trail (R10): every change leaves its entry in the same transaction. */
#ifndef MUSTER_MODEL_AUDIT_H
#define MUSTER_MODEL_AUDIT_H
#include "base/buf.h"
#include "model/ctx.h"

struct audit_entry {
	const char *action; /* "user.create", "enrollment.cancel": verb of the object, never translated; one of audit.def */
	const char *object; /* "user", "training", …: a kind of audit.def */
	int64_t object_id;
	int64_t user_id, training_id, batch_id; /* whose histories it belongs to; 0: none */
	struct str before, after; /* compact JSON objects of what changed; null when there was or is nothing */
};
void audit_add(struct ctx *c, const struct audit_entry *e);
/* Builds {"name":"value",…} from pairs, leaving out those that are equal on both sides. */
struct audit_diff {
	struct buf *before, *after;
	size_t n;
};
void audit_diff_text(struct audit_diff *d, const char *name, struct str before, struct str after);
void audit_diff_i64(struct audit_diff *d, const char *name, struct opt_i64 before, struct opt_i64 after);
void audit_diff_end(struct audit_diff *d);
#endif
