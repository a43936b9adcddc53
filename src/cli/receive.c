/* muster receive: one message on standard input, from the pipe of a mail server. It may run while the server does. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/log.h"
#include "cli/commands.h"
#include "mail/inbound.h"
#include "model/reply.h"

/* All of it, or as much as is too much: the server is to see its pipe read to the end. */
static bool read_all(struct arena *a, struct str *out)
{
	struct buf b = buf_new(a);
	char part[1 << 16];
	for (;;) {
		ssize_t n = read(STDIN_FILENO, part, sizeof part);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			*out = buf_str(&b);
			return n == 0;
		}
		if (b.n <= INBOUND_BYTES)
			buf_mem(&b, part, (size_t)n);
	}
}

struct work {
	const struct reply_mail *mail;
	struct reply_taken taken;
};

static bool take(struct ctx *c, void *arg)
{
	struct work *w = arg;
	return c->key && reply_take(c, w->mail, &w->taken);
}

/* What became of it, in one line, without a word of what it says. */
static void say(struct arena *a, const struct reply_taken *t)
{
	struct buf b = buf_new(a);
	if (t->again)
		BUF_LIT(&b, " came before");
	for (size_t i = 0; i < REPLY_OUTCOMES; i++)
		if (t->count[i])
			buf_fmt(&b, " %s %zu", reply_outcome_name((enum reply_outcome)i), t->count[i]);
	log_info("receive:" STR_FMT, STR_ARG(buf_str(&b)));
}

/* No schema is made or changed from here: while the server is being updated, mail waits. */
static int keep(struct arena *a, const struct options *o, const struct reply_mail *m)
{
	struct str why = STR("the schema is not that of this program");
	struct work w = { .mail = m };
	struct store *s = store_open(a, o->db, (struct store_options){ 0 }, &why);
	bool kept = s && store_schema_version(s) == store_schema_newest() && command_write(a, s, take, &w);
	store_close(s);
	if (kept)
		say(a, &w.taken);
	else
		log_warn("receive: not kept: " STR_FMT, STR_ARG(why));
	return kept ? EXIT_OK : EXIT_LATER;
}

int command_receive(struct arena *a, const struct options *o)
{
	struct str bytes;
	struct reply_mail mail;
	if (o->words_n)
		return command_usage("usage: muster receive [--db ADDRESS] [--authserv-id NAME] < MESSAGE");
	if (!read_all(a, &bytes)) {
		log_warn("receive: the message could not be read");
		return EXIT_LATER;
	}
	switch (inbound_read(a, bytes, o->authserv_id, &mail)) {
	case INBOUND_ANSWER: return keep(a, o, &mail);
	case INBOUND_OTHER: log_info("receive: no answer of a calendar"); return EXIT_OK;
	case INBOUND_BROKEN: log_info("receive: no message, or one beyond the limits"); return EXIT_OK;
	}
	return EXIT_OK;
}
