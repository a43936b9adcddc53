/* No form is lost because a sign-in ended while somebody typed: what was sent is kept for half an hour, for the same
 * person in the same browser, who can send it again after signing in. */
#ifndef MUSTER_WEB_KEPT_FORM_H
#define MUSTER_WEB_KEPT_FORM_H
#include "web/web.h"

enum { KEPT_FORM_SECONDS = 1800, KEPT_FORM_MAX = 65536, KEPT_FORMS_EACH = 10 };

/* Keeps the form of this request, whose sign-in has ended, and answers where it is found afterwards. Null when it is
 * not kept: it is none of ours (its token does not fit the cookie), nobody knows whose it is, it holds a password or a
 * file, or it is too long. */
struct str kept_form_keep(struct req *r);
#endif
