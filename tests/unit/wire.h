/* The other end of a connection, byte by byte, for tests of the HTTP front. Everything has a deadline. */
#ifndef MUSTER_TESTS_WIRE_H
#define MUSTER_TESTS_WIRE_H
#include <stdbool.h>
#include <stddef.h>

enum { WIRE_MAX = 1 << 18 };
struct wire {
	int fd;
	bool eof, reset;
	size_t n;
	char in[WIRE_MAX + 1];
}; /* `in` is kept NUL-terminated */

struct wire *wire_open(int port); /* 127.0.0.1 */
void wire_close(struct wire *w);
bool wire_send(struct wire *w, const void *p, size_t n); /* false: the other end has closed */
bool wire_say(struct wire *w, const char *text);
void wire_drip(struct wire *w, const void *p, size_t n); /* a byte a segment */

/* One whole reply, taken off the front of what came. `head` and `body` are NUL-terminated, at most cap - 1 bytes. */
struct wire_reply {
	int status;
	size_t body_n;
	char head[4096];
	char body[16384];
};
bool wire_reply(struct wire *w, struct wire_reply *r, bool to_head); /* false: closed or broken before it was whole */
bool wire_read(struct wire *w);                                      /* some bytes more into `in` */
bool wire_read_all(struct wire *w);                                  /* into `in`, until closed */
bool wire_wait_eof(struct wire *w);                                  /* true: closed, with nothing more said */
bool wire_header(const struct wire_reply *r, const char *line);      /* the line is in the head, exactly */
long long wire_ms(void);
#endif
