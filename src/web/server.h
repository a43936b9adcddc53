/* The HTTP front: libmicrohttpd driven by our own loops, one lane a core. Everything above knows requests
 * and replies only, so that the front can be replaced. See ARCHITECTURE.md "Life of a request". */
#ifndef MUSTER_WEB_SERVER_H
#define MUSTER_WEB_SERVER_H
#include <stdatomic.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* A form, and most of what the API takes. */
enum { HTTP_BODY_SMALL = 64 * 1024 };

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OTHER };

struct http_header {
	struct str name, value;
};
struct http_ready;

/* One exchange. Lives in `arena`, from the first header to the last byte sent. */
struct http {
	struct arena *arena;
	enum http_method method;
	struct str path;  /* percent-decoded, begins with '/', valid UTF-8, no NUL */
	struct str query; /* raw, without '?' */
	struct str body;
	struct str remote; /* the peer's address as text; X-Forwarded-For when the peer is a trusted proxy */
	bool tls;          /* X-Forwarded-Proto: https from a trusted proxy */
	int64_t started_ms;
	bool late; /* there is more to do than can be done: whatever takes the lane long is better refused with 503 */

	/* the reply */
	unsigned status;
	struct http_header *headers;
	size_t headers_n, headers_cap;
	struct buf out;   /* the body, unless: */
	struct str fixed; /* bytes that outlive the reply (assets), or: */
	bool has_file;    /* the first file_size bytes of `file`, which the front closes; see http_set_file */
	int file;
	size_t file_size;
	struct http_ready *ready; /* this instead of all of that; see http_set_ready */
	bool close;

	void *user; /* the handler's own */
	struct server *server;
	void *private;
};

struct str http_header(const struct http *h, const char *name); /* of the request; STR_NULL when absent */
/* Sets a header of the reply, in place of an earlier one of that name; Set-Cookie only ever adds. The bytes must
 * live as long as h. Content-Length, Date and Connection are not the caller's. A value with a control
 * character in it turns the reply into a 500. */
void http_set_header(struct http *h, struct str name, struct str value);
/* The reply's body comes from this file, which is the front's from now on; -1 takes an earlier one away. */
void http_set_file(struct http *h, int fd, size_t size);
/* A reply that is made once and sent to many: to be refused costs less than to be answered. */
struct http_ready *http_ready_new(const struct http *h); /* copies status, headers and body; h need be no request's */
void http_ready_free(struct http_ready *r);              /* NULL is fine; after server_free() */
/* Sends that one, which is a refusal for want of room. A lane that refuses many in a short time takes a rest between
 * its passes: the cores are for those who work, and who is refused waits for some milliseconds. */
void http_set_ready(struct http *h, struct http_ready *r);
struct str http_cookie(const struct http *h, const char *name); /* of the request; STR_NULL when absent */

enum http_next { HTTP_REPLY, HTTP_LATER };
/* Called on a lane thread when head and body are there. HTTP_REPLY: the reply is filled in. HTTP_LATER: the
 * handler has called http_suspend(h) and handed h to another thread, which calls http_finish(h) exactly once.
 * A HEAD request is handled as a GET: the body is measured and not sent. */
typedef enum http_next http_handler(struct http *h, void *arg);
/* On the lane's thread, before anybody else is told of h. From here on the answer must be HTTP_LATER. */
void http_suspend(struct http *h);
/* Sends the reply. From any thread, maybe before the handler has returned; h may be gone when this returns. */
void http_finish(struct http *h);

struct server_options {
	struct str listen; /* HOST:PORT; port 0 picks one */
	int threads;       /* lanes; 0: the number of cores */
	size_t body_max;   /* bytes; beyond it 413 */
	/* Bytes of all bodies that are there or on their way, but for those up to HTTP_BODY_SMALL; beyond it 503. 0: 512
	 * MiB. */
	size_t bodies_max;
	/* Seconds, absolute, however busy the client looks. A request line must be there this long after the connection
	 * or the last reply; the rest of the head this long after the line; the body this long after the head, and the
	 * reply taken this long after its start, each plus a second for 4 KiB. Time with the handler does not count. */
	int deadline_s;
	int in_flight_max;   /* requests with the handler or suspended; beyond it 503. 0: 4096 */
	int connections_max; /* beyond it 503 and close. 0: what the limit of open files allows */
	const struct str *proxies;
	size_t proxies_n; /* CIDR of trusted proxies */
	http_handler *handler;
	void *arg;
	/* Whether whoever sent this head may send more than HTTP_BODY_SMALL. False: the reply is filled in, no byte of the
	 * body is kept, and the connection ends. Called with `arg` on the lane's thread. NULL: anybody. */
	bool (*body_admit)(struct http *h, void *arg);
	/* The largest body that this path takes, in bytes; 0: body_max. Called with `arg` before the body is read.
	 * May be NULL. */
	size_t (*body_limit)(struct str path, void *arg);
	/* Fills in the reply to a request whose head is sound, but whose body is too large (413) or which finds too many
	 * others before it (503). Called with `arg` on the lane's thread. NULL: plain text. */
	void (*refusal)(struct http *h, unsigned status, void *arg);
};
/* The server lives in `a`. NULL and words in *why (in `a`) when it cannot listen or an option is wrong. */
struct server *server_start(struct arena *a, const struct server_options *o, struct str *why);
int server_port(const struct server *s);
/* Stops accepting, waits for requests in flight (at most 10 s). The writer must be drained after this and before
 * server_free. */
void server_drain(struct server *s);
/* Ends the lanes and closes all connections. Every suspended request must have been finished, and every thread
 * that calls http_finish has returned from it. */
void server_free(struct server *s);
/* requests, refused, and rests of lanes that refused many: since the start; connections, in_flight: now. */
struct server_counters {
	int64_t requests, connections, refused, rests, in_flight;
};
struct server_counters server_counters(struct server *s);
#endif
