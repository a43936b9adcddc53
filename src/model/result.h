/* Results: attended or absent, per day and per session, optional score and comment (R6). */
#ifndef MUSTER_MODEL_RESULT_H
#define MUSTER_MODEL_RESULT_H
#include "model/ctx.h"
enum { RESULT_SCORE_MAX = 1000000, RESULT_COMMENT_MAX = 2000 };
struct result_entry {
	int64_t user;
	struct str result;
	int64_t day;
	struct opt_i64 score;
	struct str comment;
	bool has_score, has_comment;
};
bool result_is(struct str s); /* attended, absent, or none */
/* All or nothing, and only participants for whom the actor may record (R3, R11). Without day the session's result is
 * set by hand and wins until "none". Not a participant: not_found at results[i].user. */
bool result_set(struct ctx *c, int64_t session_id, const struct result_entry *entries, size_t n, int64_t *updated);
/* One enrollment's, by its id (the page of one user). */
bool result_set_one(struct ctx *c, int64_t enrollment_id, const struct result_entry *entry);
#endif
