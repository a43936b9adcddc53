/* Idempotency-Key: the same POST twice is done once and answered the same (REST only; per token, 24 hours). */
#ifndef MUSTER_WEB_REPLAY_H
#define MUSTER_WEB_REPLAY_H
#include "web/web.h"
enum { REPLAY_SECONDS = 24 * 3600, REPLAY_WAIT_MS = 10000 };
/* Runs the route's handler, or gives the answer that an earlier request with the same key got. */
void replay_or_run(struct req *r);
#endif
