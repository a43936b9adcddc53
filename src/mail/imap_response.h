/* Responses of an IMAP server (RFC 3501 7), read as their bytes come: lines, in which a literal {N} stands for N bytes
 * after the line's end. A server may say anything, and without end: a line, a literal, and all that follows one command
 * are bounded. */
#ifndef MUSTER_MAIL_IMAP_RESPONSE_H
#define MUSTER_MAIL_IMAP_RESPONSE_H
#include "base/buf.h"

/* All that a command may bring, a message and a long list of numbers among it. */
enum { IMAP_COMMAND_BYTES = 8 << 20 };

struct imap_reader {
	/* Bytes that have come, at least one, which stay there until the next call; false when none will. */
	bool (*receive)(void *arg, struct str *bytes);
	void *arg;
	struct str unread;
	/* Its own. */
	size_t left; /* of IMAP_COMMAND_BYTES */
	struct buf line;
	const char *wrong; /* after a false answer: why; NULL when that was receive() */
};

struct imap_response {
	struct str line;    /* without its literals; valid until the next one is read */
	struct str literal; /* the first one; null: none */
};

/* Before each command; `a` is for lines, and must not be reset before the next one. */
void imap_reader_begin(struct imap_reader *r, struct arena *a);
/* The next response. Its literals, none larger than `most`, go into `a`. After a false answer nobody knows where the
 * next one begins. */
bool imap_response_read(struct imap_reader *r, struct arena *a, size_t most, struct imap_response *out);

/* ---- what it says; each leaves things as they are when it is another */

/* UIDVALIDITY of the folder. */
void imap_response_validity(const struct imap_response *r, int64_t *validity);
/* Numbers found beyond `after`: the lowest of them, in order, whatever the order in which they come. */
enum { IMAP_UIDS = 100 };
struct imap_found {
	int64_t after, uids[IMAP_UIDS];
	size_t n;
};
void imap_response_found(const struct imap_response *r, struct imap_found *found);
/* The bytes of a message; the first one counts. */
void imap_response_message(const struct imap_response *r, struct str *bytes);
#endif
