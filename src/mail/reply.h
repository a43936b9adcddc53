/* A reply of an SMTP server (RFC 5321 4.2), read as its bytes come: in pieces, or several behind one another. */
#ifndef MUSTER_MAIL_REPLY_H
#define MUSTER_MAIL_REPLY_H
#include "base/str.h"

enum { REPLY_WORDS_BYTES = 1000, REPLY_LINE_BYTES = 1000 };

struct reply {
	int code; /* of its last line, 200 to 599; 0: no line has come yet */
	size_t words_n, line_n;
	/* Its lines as one, "550 5.1.1 No such user Ask the help desk": the server's bytes, cut where there is no more
	 * room. */
	char words[REPLY_WORDS_BYTES];
	char line[REPLY_LINE_BYTES]; /* … of which a part has come */
};

enum reply_state {
	REPLY_PART,
	REPLY_WHOLE,
	REPLY_BROKEN, /* this is no reply: from here on nobody knows what answers what */
};

void reply_begin(struct reply *r);
/* Takes bytes off the front of *bytes up to the end of the reply, or all of them. */
enum reply_state reply_read(struct reply *r, struct str *bytes);
struct str reply_words(const struct reply *r); /* a view */
#endif
