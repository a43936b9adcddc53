/* Reminding participants before their session starts: by a notification, and by mail where there is an address.
 *
 * Nothing is kept for a session. For each time ahead there is a row that says how far its reminders have come in the
 * order in which sessions start; what starts within that time, and behind that place, is due. Who was announced, seated
 * or told of a change since then knows already, and is not reminded. */
#ifndef MUSTER_MODEL_REMINDER_H
#define MUSTER_MODEL_REMINDER_H
#include "model/ctx.h"

/* Reminds those who are due, looking at up to some `rows` enrollments. *left: there are more. Write transaction. */
void reminder_due(struct ctx *c, int64_t rows, bool *left);
#endif
