/* What mail servers found out about the sender of a message (Authentication-Results, RFC 8601). Only our own server's
 * word counts, which is known by its name; it has to take off what others wrote in that name (5). */
#ifndef MUSTER_MAIL_AUTHENTICATION_H
#define MUSTER_MAIL_AUTHENTICATION_H
#include "base/arena.h"
#include "base/str.h"

enum { AUTHENTICATION_RESULTS = 24 };
struct authentication_result {
	struct str method, result; /* "dmarc", "pass" */
	struct str domain;         /* of dmarc: header.from; of dkim: header.d; lower case, empty when it is not said */
};
struct authentication {
	struct authentication_result results[AUTHENTICATION_RESULTS];
	size_t n;
	bool more; /* than there is room for: then nothing is believed */
};

/* Adds what a header field (its value) says, if it is by the server of this name. */
void authentication_read(struct arena *a, struct str value, struct str server, struct authentication *out);
/* Whether a message from this domain is from there (DMARC), without one word to the contrary. */
bool authentication_is_from(const struct authentication *x, struct str domain);
/* Whether that domain signed it (DKIM), without DMARC saying that it is from elsewhere: another signature of that
 * domain may have been taken along. */
bool authentication_is_signed(const struct authentication *x, struct str domain);
#endif
