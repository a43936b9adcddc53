/* Who is at the other end: addresses, networks, and what trusted proxies say. */
#ifndef MUSTER_WEB_PEER_H
#define MUSTER_WEB_PEER_H
#include <sys/socket.h>
#include "base/arena.h"
#include "base/str.h"

/* An address as 16 bytes; IPv4 is kept as ::ffff:a.b.c.d, so that both families compare alike. */
struct peer {
	unsigned char bytes[16];
	bool known;
};
struct peer_net {
	struct peer base;
	int bits;
}; /* bits of the 16 bytes */

struct peer peer_from_sockaddr(const struct sockaddr *from);
/* 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80 */
bool peer_parse(struct str s, struct peer *out);
bool peer_net_parse(struct str s, struct peer_net *out); /* an address, or address/bits */
bool peer_in(const struct peer *p, const struct peer_net *nets, size_t n);
struct str peer_text(struct arena *a, const struct peer *p); /* "" when not known */

/* The right-most address of an X-Forwarded-For value that is not a trusted proxy itself; `p` is who
 * connected, and the answer when it is not trusted. Stops at what is not an address. */
struct peer peer_behind(struct peer p, struct str forwarded_for, const struct peer_net *nets, size_t n);
#endif
