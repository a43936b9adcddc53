/* Answering an invitation: by link, in the account. */
#ifndef MUSTER_MODEL_ANSWER_H
#define MUSTER_MODEL_ANSWER_H
#include "model/ctx.h"
/* What has become of it. */
struct answered {
	struct str training_title, session_title;
	struct str status, answer; /* as the REST API says them */
	struct str locale;         /* the participant's; empty: the account's */
};
/* answer: accepted tentative declined. day 0: all days. Declining frees the seat and tells the organizer; accepting
 * again takes one if free, else waits. ERR_CONFLICT not_open for waiting, cancelled, unannounced or past. `by_link`: no
 * actor; the link was the proof. */
bool answer_set(
	struct ctx *c, int64_t enrollment_id, int64_t day, struct str answer, bool by_link, struct answered *out);
/* R9 and "participant chooses": picks or changes the session of one's own enrollment. */
bool answer_choose(struct ctx *c, int64_t enrollment_id, int64_t session_id);
/* The link token of an enrollment: derived from secret, enrollment and generation; revoked by cancelling. */
struct str answer_token(struct ctx *c, int64_t enrollment_id, int64_t generation);
/* The enrollment a token opens, and whose it is; 0 with ERR_NOT_FOUND when none. */
int64_t answer_by_token(struct ctx *c, struct str token, int64_t *user_id);
#endif
