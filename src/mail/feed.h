/* The calendar feed of a user as an object: the entries that the mails carry, with the same UID and SEQUENCE, and what
 * the user teaches; without people, who would be asked to answer (RFC 5546 3.2.1). */
#ifndef MUSTER_MAIL_FEED_H
#define MUSTER_MAIL_FEED_H
#include "mail/render.h"

/* `zone` and c->text: the user's. The same state of the database gives the same bytes. */
struct str mail_feed(struct ctx *c, const struct mail_sender *s, int64_t user, struct str zone);
#endif
