/* The address of a mail server, as --smtp and --imap give it: SCHEME://[USER:PASSWORD@]HOST[:PORT][/PATH][?QUERY]. */
#ifndef MUSTER_MAIL_SERVER_URL_H
#define MUSTER_MAIL_SERVER_URL_H
#include "base/arena.h"
#include "base/str.h"

/* Decoded, but for the query; NULL is what is absent. The port is that of the scheme where none is given. */
struct server_url {
	const char *scheme, *host, *port, *user, *password, *path, *query, *fragment;
	bool has_control; /* user or password hold a control character, and count as absent */
};
/* The parts live in `a`. False when it is no URL. */
bool server_url_parse(struct arena *a, struct str url, struct server_url *out);
/* Whether that is this machine, so that nobody listens on the way. */
bool server_url_is_here(const char *host);
#endif
