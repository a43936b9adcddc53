/* Private to this room: what the URL of a relay says. */
#ifndef MUSTER_MAIL_RELAY_H
#define MUSTER_MAIL_RELAY_H
#include "base/arena.h"
#include "base/str.h"

enum relay_tls { RELAY_TLS_OFF, RELAY_TLS_OFFER, RELAY_TLS_REQUIRE };

struct relay {
	const char *scheme, *host, *port, *user, *password; /* the last two may be NULL, together */
	enum relay_tls tls;
};

/* Its form is said at smtp_url_check(). NULL, or what is wrong with it; the strings live in the arena. */
const char *relay_parse(struct arena *a, struct str url, struct relay *out);
#endif
