/* Limits of guessing (--limits): tries a key and five minutes, counted in the table `throttle`. */
#ifndef MUSTER_WEB_LIMIT_H
#define MUSTER_WEB_LIMIT_H
#include "web/web.h"

enum { LIMIT_SECONDS = 300, LIMIT_TOKENS = 30 };

/* Seconds until another try is heard; 0: now. Always 0 with --limits off. */
int64_t limit_wait(struct req *r, struct str key, int64_t tries);
/* The same, and counts this try where it is heard: beside the request, so that a read may ask, too. */
int64_t limit_count(struct req *r, struct str key, int64_t tries);
/* For a wrong API token or answer link: counts it for the caller's address. True with a 429 made when there were too
 * many. A right token is never refused: it has 256 random bits, and a stranger behind the same address must not lock
 * anybody out. */
bool limit_wrong_token(struct req *r);
#endif
