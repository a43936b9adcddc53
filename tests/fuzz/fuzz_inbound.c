/* Any bytes as a message: what comes out is bounded, clean text, whatever GMime made of it. */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/scrub.h"
#include "mail/inbound.h"
#include "mail/message.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	mail_init();
	return 0;
}

static void check_line(struct arena *a, struct str s, size_t most)
{
	must(s.n <= most && str_eq(s, scrub_line(a, s, 0)));
}

static void check_said(struct arena *a, const struct reply_said *s)
{
	check_line(a, s->uid, 255);
	check_line(a, s->attendee, REPLY_ADDRESS_BYTES);
	check_line(a, s->delegated_to, REPLY_ADDRESS_BYTES);
	check_line(a, s->partstat, 40);
	must(s->comment.n <= REPLY_COMMENT_BYTES && str_eq(s->comment, scrub_block(a, s->comment)));
	must(s->sequence >= 0 && s->sequence <= 1000000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct reply_mail m;
	struct str bytes = { (const char *)data, size };
	if (inbound_read(a, bytes, STR("mx.train.example"), &m) != INBOUND_ANSWER)
		return 0;
	check_line(a, m.sender, REPLY_ADDRESS_BYTES);
	check_line(a, m.proven, REPLY_ADDRESS_BYTES);
	check_line(a, m.method, 40);
	must(m.digest.n == 64 && m.said_n <= REPLY_EVENTS);
	for (size_t i = 0; i < m.said_n; i++)
		check_said(a, &m.said[i]);
	return 0;
}
