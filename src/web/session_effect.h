/* What changing a session means for whom, said before it is saved: on Move, and on Edit where somebody is told. */
#ifndef MUSTER_WEB_SESSION_EFFECT_H
#define MUSTER_WEB_SESSION_EFFECT_H
#include "model/session_move.h"
#include "web/view_trainings.h"
#include "web/web.h"

/* Of everything that is about to be written: saving asks whether it is what was shown. */
struct str session_effect_digest(struct req *r, const struct session_change *change);
void session_effect_fill(struct req *r, const struct session *s, const struct session_change *change,
	const struct session_move *m, struct session_effect *v);
/* Title, and time, place and link of each day, that would be others. */
void session_effect_changes(
	struct req *r, const struct session *s, const struct session_change *change, struct session_effect *v);
/* "Thu 3 Dec, 09:00–12:00 Berlin time" */
struct str session_day_words(struct req *r, const struct session_day *d);
#endif
