/* What a server says means the same in whatever pieces it comes, and what is kept of it stays within its bounds. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "mail/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The replies at the front of *bytes, each into *out; false at the end, or where there is none. */
static bool next_reply(struct reply *out, struct str *bytes, size_t piece)
{
	reply_begin(out);
	while (bytes->n > 0) {
		struct str part = str_sub(*bytes, 0, piece), rest = part;
		enum reply_state state = reply_read(out, &rest);
		must(rest.n <= part.n && rest.p + rest.n == part.p + part.n);
		must(out->words_n <= sizeof out->words && out->line_n <= sizeof out->line);
		*bytes = str_sub(*bytes, part.n - rest.n, bytes->n);
		if (state == REPLY_WHOLE)
			return true;
		if (state == REPLY_BROKEN)
			return false;
		must(rest.n == 0);
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct reply whole, pieces;
	if (size == 0)
		return 0;
	struct str a = { (const char *)data + 1, size - 1 }, b = a;
	size_t piece = data[0] % 16 + 1;
	while (next_reply(&whole, &a, a.n)) {
		must(whole.code >= 200 && whole.code <= 599 && whole.words_n >= 4);
		must(next_reply(&pieces, &b, piece) && pieces.code == whole.code && a.n == b.n);
		must(str_eq(reply_words(&whole), reply_words(&pieces)));
	}
	must(!next_reply(&pieces, &b, piece));
	return 0;
}
