/* Who asks: the cookie of a sign-in, or an API token. */
#ifndef MUSTER_WEB_SIGN_IN_H
#define MUSTER_WEB_SIGN_IN_H
#include "web/web.h"

/* A sign-in ends when it was not used for SIGN_IN_SECONDS, and after SIGN_IN_LONGEST in any case. Its cookie lives
 * longer, so that what somebody sends too late can still be told from what a stranger sends (web/kept_form.h). */
enum { SIGN_IN_SECONDS = 12 * 3600, SIGN_IN_LONGEST = 7 * 86400, SIGN_IN_COOKIE = 14 * 86400, SIGN_IN_TOUCH = 300 };

/* Loads r->c.actor from cookie or token and r->csrf; leaves the actor NULL when nobody is signed in. */
void sign_in_load(struct req *r);
/* Makes a sign-in for the user and sets the cookie; in a write transaction. */
void sign_in_start(struct ctx *c, int64_t user_id, struct str *token);
/* The key under which wrong passwords for that login or address (folded) are counted. Hashed, so that what people
 * mistype as a login (a password) is not kept. */
struct str sign_in_throttle(struct arena *a, struct str name_fold);
/* An unsafe request of a page must carry the form's token and come from our own origin. */
bool sign_in_request_is_ours(struct req *r);
/* The token of forms for somebody who is not signed in: bound to a visitor's cookie, set when missing. */
struct str sign_in_visitor_token(struct req *r);
#endif
