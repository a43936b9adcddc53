/* Replies beyond those every handler needs (web/web.h). */
#ifndef MUSTER_WEB_REPLY_H
#define MUSTER_WEB_REPLY_H
#include "web/web.h"

/* The general sentence for a code, where the model has no better one. */
struct str error_words(const struct text *t, enum err_code code);
/* application/problem+json (RFC 9457) with r->c.errs' items. */
void reply_problem(struct req *r, unsigned status, struct str detail);
/* An error page that needs no database. */
void reply_error_page(struct req *r, unsigned status, struct str title, struct str words);
void reply_error_way(struct req *r, unsigned status, struct str title, struct str words, struct str href,
	struct str action); /* with a link to what helps */
/* 4xx and 5xx in the face the request came by. */
void reply_status(struct req *r, unsigned status);
/* Forgets what a handler wrote, before it runs again or after its transaction failed. */
void reply_reset(struct req *r);

/* The flash sentence that came with this request ("" when none), and its cookie's removal. */
struct str flash_take(struct req *r);
/* Cookies of ours: HttpOnly, SameSite=Lax, Path=/, Secure behind TLS. max_age in seconds; 0 removes. */
void cookie_set(struct req *r, const char *name, struct str value, int64_t max_age);
/* The token of forms on this page: derived from the sign-in, or from a visitor's cookie. */
struct str form_token(struct req *r, struct str bound_to);
#endif
