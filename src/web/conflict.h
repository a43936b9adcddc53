/* When somebody else has saved meanwhile, a form comes back as it was typed, and says at each field what stands there
 * now: saving once more is then a decision, and overwrites nothing unseen. */
#ifndef MUSTER_WEB_CONFLICT_H
#define MUSTER_WEB_CONFLICT_H
#include "web/web.h"

/* Whether the form was refused since what it is based on has changed (outcome_changed). */
bool conflict_is(const struct req *r);
/* Then, and where the two differ: adds to the errors that `field` reads `now`. */
void conflict_note(struct req *r, struct str field, struct str typed, struct str now);
#endif
