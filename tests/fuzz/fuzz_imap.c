/* What a mail server says means the same in whatever pieces it comes, and what is kept of it stays within its bounds.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "mail/imap_response.h"

enum { MOST = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct server {
	struct str rest;
	size_t piece;
};

static bool receive(void *arg, struct str *bytes)
{
	struct server *s = arg;
	*bytes = str_sub(s->rest, 0, s->piece);
	s->rest = str_sub(s->rest, bytes->n, s->rest.n);
	return bytes->n > 0;
}

/* What was understood of all of it. */
struct heard {
	size_t responses, bytes;
	int64_t validity;
	struct imap_found found;
	struct str message;
	const char *wrong;
};

static void hear(struct arena *a, struct arena *lines, struct server *s, int64_t after, struct heard *out)
{
	struct imap_reader r = { .receive = receive, .arg = s };
	struct imap_response said;
	*out = (struct heard){ .found.after = after, .message = STR_NULL };
	imap_reader_begin(&r, lines);
	while (imap_response_read(&r, a, MOST, &said)) {
		must(said.literal.n <= MOST && !str_find(said.line, STR("\n"), NULL));
		out->responses++;
		out->bytes += said.line.n + said.literal.n;
		imap_response_validity(&said, &out->validity);
		imap_response_found(&said, &out->found);
		imap_response_message(&said, &out->message);
	}
	out->wrong = r.wrong;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	ARENA_SCOPED lines = arena_new();
	struct heard whole, pieces;
	if (size < 2)
		return 0;
	struct str bytes = { (const char *)data + 2, size - 2 };
	hear(a, lines, &(struct server){ bytes, bytes.n }, data[1], &whole);
	hear(a, lines, &(struct server){ bytes, data[0] % 16 + 1 }, data[1], &pieces);
	must(whole.responses == pieces.responses && whole.bytes == pieces.bytes && whole.validity == pieces.validity);
	must(whole.wrong == pieces.wrong && whole.bytes <= size);
	must(str_is_null(whole.message) == str_is_null(pieces.message) && str_eq(whole.message, pieces.message));
	must(whole.found.n == pieces.found.n && whole.found.n <= IMAP_UIDS);
	for (size_t i = 0; i < whole.found.n; i++) {
		int64_t before = i ? whole.found.uids[i - 1] : data[1];
		must(whole.found.uids[i] == pieces.found.uids[i]);
		must(whole.found.uids[i] >= before && whole.found.uids[i] > data[1] && whole.found.uids[i] <= UINT32_MAX);
	}
	return 0;
}
