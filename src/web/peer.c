#define _GNU_SOURCE
#include "web/peer.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static struct peer from_v4(const struct in_addr *in)
{
	struct peer p = { .known = true };
	p.bytes[10] = p.bytes[11] = 0xff;
	memcpy(p.bytes + 12, in, 4);
	return p;
}

static struct peer from_v6(const struct in6_addr *in)
{
	struct peer p = { .known = true };
	memcpy(p.bytes, in, 16);
	return p;
}

static bool is_v4(const struct peer *p)
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };
	return memcmp(p->bytes, prefix, sizeof prefix) == 0;
}

struct peer peer_from_sockaddr(const struct sockaddr *from)
{
	if (from && from->sa_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, from, sizeof in);
		return from_v4(&in.sin_addr);
	}
	if (from && from->sa_family == AF_INET6) {
		struct sockaddr_in6 in;
		memcpy(&in, from, sizeof in);
		return from_v6(&in.sin6_addr);
	}
	return (struct peer){ 0 };
}

static bool parse_plain(struct str s, struct peer *out)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr v4;
	struct in6_addr v6;
	if (s.n == 0 || s.n >= sizeof text || memchr(s.p, 0, s.n)) {
		return false;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	if (inet_pton(AF_INET, text, &v4) == 1) {
		*out = from_v4(&v4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6) == 1) {
		*out = from_v6(&v6);
		return true;
	}
	return false;
}

static bool is_port(struct str s)
{
	int64_t port;
	return str_to_i64(s, &port) && port >= 0 && port <= 65535;
}

bool peer_parse(struct str s, struct peer *out)
{
	size_t at;
	if (str_starts(s, STR("["))) {
		if (!str_find(s, STR("]"), &at)) {
			return false;
		}
		struct str rest = str_sub(s, at + 1, s.n);
		bool tail_ok = rest.n == 0 || (rest.p[0] == ':' && is_port(str_sub(rest, 1, rest.n)));
		return tail_ok && parse_plain(str_sub(s, 1, at - 1), out);
	}
	if (parse_plain(s, out)) {
		return true;
	}
	/* Only IPv4 can carry a port without brackets. */
	return str_find(s, STR(":"), &at) && is_port(str_sub(s, at + 1, s.n)) && parse_plain(str_sub(s, 0, at), out) &&
		is_v4(out);
}

bool peer_net_parse(struct str s, struct peer_net *out)
{
	size_t at;
	int64_t bits;
	if (!str_find(s, STR("/"), &at)) {
		out->bits = 128;
		return parse_plain(s, &out->base);
	}
	if (!parse_plain(str_sub(s, 0, at), &out->base) || !str_to_i64(str_sub(s, at + 1, s.n), &bits) || bits < 0) {
		return false;
	}
	/* 10.0.0.0/8 counts within the last four of the sixteen bytes. */
	if (is_v4(&out->base) && !str_find(s, STR(":"), NULL)) {
		if (bits > 32) {
			return false;
		}
		bits += 96;
	}
	out->bits = (int)bits;
	return bits <= 128;
}

static bool in_net(const struct peer *p, const struct peer_net *net)
{
	size_t whole = (size_t)net->bits / 8;
	int rest = net->bits % 8;
	if (memcmp(p->bytes, net->base.bytes, whole) != 0) {
		return false;
	}
	return rest == 0 || ((p->bytes[whole] ^ net->base.bytes[whole]) >> (8 - rest)) == 0;
}

bool peer_in(const struct peer *p, const struct peer_net *nets, size_t n)
{
	for (size_t i = 0; i < n && p->known; i++) {
		if (in_net(p, &nets[i])) {
			return true;
		}
	}
	return false;
}

struct str peer_text(struct arena *a, const struct peer *p)
{
	char text[INET6_ADDRSTRLEN];
	bool v4 = is_v4(p);
	if (!p->known || !inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? p->bytes + 12 : p->bytes, text, sizeof text)) {
		return STR("");
	}
	return str_dup(a, str_from(text));
}

struct peer peer_behind(struct peer p, struct str forwarded_for, const struct peer_net *nets, size_t n)
{
	size_t end = forwarded_for.n;
	while (end > 0 && peer_in(&p, nets, n)) {
		size_t begin = end;
		while (begin > 0 && forwarded_for.p[begin - 1] != ',') {
			begin--;
		}
		struct peer next;
		if (!peer_parse(str_trim(str_sub(forwarded_for, begin, end - begin)), &next)) {
			break;
		}
		p = next;
		end = begin > 0 ? begin - 1 : 0;
	}
	return p;
}
