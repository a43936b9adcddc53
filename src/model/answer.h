/* Answering an invitation: by link, in the account, from a calendar. */
#ifndef MUSTER_MODEL_ANSWER_H
#define MUSTER_MODEL_ANSWER_H
#include "model/ctx.h"
/* What has become of it. */
struct answered {
	struct str training_title, session_title;
	struct str status, answer; /* as the REST API says them */
	struct str locale;         /* the participant's; empty: the account's */
};
/* For all days. answer: accepted tentative declined. Declining frees the seat and tells the organizer; accepting
 * again takes one if free, else waits. ERR_CONFLICT not_open for waiting, cancelled, unannounced or past. `by_link`: no
 * actor; the link was the proof. */
bool answer_set(struct ctx *c, int64_t enrollment_id, struct str answer, bool by_link, struct answered *out);
/* The same for one day, as a calendar said it in a mail (model/reply.h decides whether that counts). */
struct answer_said {
	int64_t day, position;     /* of the enrollment's session */
	struct str before, answer; /* of that day */
	int64_t sequence, stamp;   /* of the message: an older word that comes later does not count */
};
bool answer_by_mail(struct ctx *c, int64_t enrollment_id, const struct answer_said *said, struct answered *out);
/* What follows for the enrollment when the answer for this day is that; day 0: from its days as they are. */
struct str answer_overall(struct ctx *c, int64_t enrollment_id, int64_t day, struct str answer);
/* R9 and "participant chooses": picks or changes the session of one's own enrollment. */
bool answer_choose(struct ctx *c, int64_t enrollment_id, int64_t session_id);
/* The link token of an enrollment: derived from secret, enrollment and generation; revoked by cancelling. */
struct str answer_token(struct ctx *c, int64_t enrollment_id, int64_t generation);
/* The enrollment a token opens, and whose it is; 0 with ERR_NOT_FOUND when none. */
int64_t answer_by_token(struct ctx *c, struct str token, int64_t *user_id);
#endif
