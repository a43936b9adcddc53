/* Reminding participants before their session starts: by a notification, and by mail where there is an address.
 *
 * Nothing is kept for a session. For each time ahead there is a row that says how far its reminders have come in the
 * order in which sessions start; what starts within that time, and behind that place, is due. Who was announced, seated
 * or told of a change since then knows already, and is not reminded. */
#ifndef MUSTER_MODEL_REMINDER_H
#define MUSTER_MODEL_REMINDER_H
#include "model/ctx.h"

enum { REMINDER_CHOICES = 5, REMINDERS_MAX = 3 };
/* What can be chosen, in seconds: the longest first. */
extern const int64_t reminder_choices[REMINDER_CHOICES];

struct reminders {
	bool chosen[REMINDER_CHOICES]; /* of these */
	bool unknown;                  /* something else was chosen as well */
};
/* Chooses that time ahead. */
void reminder_choose(struct reminders *r, int64_t ahead);
void reminder_setting(struct ctx *c, struct reminders *out);
/* Checks what was chosen: false with `invalid` or `out_of_range` at "remind". */
bool reminder_check(struct ctx *c, const struct reminders *r);
/* Sets it, from now on: what would be due already is not told. The caller has checked it and keeps the trail. */
void reminder_save(struct ctx *c, const struct reminders *r);
/* "604800, 86400", as the trail has it. */
struct str reminder_text(struct ctx *c, const struct reminders *r);

/* Reminds those who are due, looking at up to some `rows` enrollments. *left: there are more. Write transaction. */
void reminder_due(struct ctx *c, int64_t rows, bool *left);
#endif
