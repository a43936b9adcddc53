/* Closing politely. A socket that is closed while bytes wait unread is reset, and a reset overtakes the reply: the
 * one who uploads too much would see a broken connection instead of the reason. So our side is shut, and what
 * still comes is read and thrown away for a moment. */
#ifndef MUSTER_WEB_LINGER_H
#define MUSTER_WEB_LINGER_H
#include <stddef.h>
#include <stdint.h>

enum { LINGER_MAX = 32, LINGER_MS = 2000, LINGER_BYTES = 32 << 20, LINGER_PASS_MS = 10 };
struct leaving {
	int n;
	struct {
		int fd;
		int64_t until_ms;
		size_t left;
	} items[LINGER_MAX];
};

/* Keeps a duplicate of `fd`, which the caller closes as usual. Does nothing when LINGER_MAX wait already. */
void linger_add(struct leaving *g, int fd);
/* Reads what has come; to be called each LINGER_PASS_MS while g->n > 0. */
void linger_pass(struct leaving *g);
void linger_end(struct leaving *g);
#endif
