/* Addresses, networks and X-Forwarded-For of any bytes: an address that was read is written and read again as the same,
 * and nothing that a client says of itself is believed. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "web/peer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct peer a, struct peer b)
{
	return a.known == b.known && memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

static struct peer address(struct str s)
{
	struct peer p;
	must(peer_parse(s, &p));
	return p;
}

static void check_address(struct arena *a, struct str s)
{
	struct peer p;
	struct peer_net net;
	if (peer_parse(s, &p))
		must(p.known && same(p, address(peer_text(a, &p))));
	if (peer_net_parse(s, &net))
		must(net.bits >= 0 && net.bits <= 128 && peer_in(&net.base, &net, 1));
}

static void check_forwarded(struct arena *a, struct str s)
{
	struct peer_net trusted;
	struct str client = STR("192.0.2.7"),
			   through_us = str_fmt(a, STR_FMT ", " STR_FMT ",127.0.0.2", STR_ARG(s), STR_ARG(client));
	must(peer_net_parse(STR("127.0.0.0/8"), &trusted));
	must(peer_behind(address(STR("127.0.0.1")), s, &trusted, 1).known);
	must(same(address(client), peer_behind(address(client), s, &trusted, 1)));
	must(same(address(client), peer_behind(address(STR("127.0.0.1")), through_us, &trusted, 1)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str s = { (const char *)data, size };
	check_address(a, s);
	check_forwarded(a, s);
	return 0;
}
