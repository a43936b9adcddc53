/* Listening sockets: one port, one socket a lane. */
#ifndef MUSTER_WEB_LISTEN_H
#define MUSTER_WEB_LISTEN_H
#include "base/arena.h"
#include "base/str.h"

/* Opens `n` sockets on HOST:PORT into fds[], answers the port, or 0 with words in *why and nothing left open.
 * HOST is a name, an IPv4 address, a bracketed IPv6 address, or nothing for all addresses. A port that
 * anybody listens on is refused, also an older process of the same user. */
int listen_open(struct arena *a, struct str listen, int *fds, int n, struct str *why);
#endif
