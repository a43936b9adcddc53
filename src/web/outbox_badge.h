/* What became of a message, as a badge: waiting, sent, failed, dropped. */
#ifndef MUSTER_WEB_OUTBOX_BADGE_H
#define MUSTER_WEB_OUTBOX_BADGE_H
#include "base/text.h"
#include "web/view_parts.h"

struct badge outbox_state_badge(const struct text *t, struct str state);
#endif
