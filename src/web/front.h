/* Inside the HTTP front: what server.c, lane.c and exchange.c share. Nobody else includes this. */
#ifndef MUSTER_WEB_FRONT_H
#define MUSTER_WEB_FRONT_H
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include "web/linger.h"
#include "web/peer.h"
#include "web/server.h"

struct lane;

/* One request, in its own arena. While it is suspended another thread owns `http`; the rest is the lane's. */
struct exchange {
	struct http http; /* first: http->private points back here all the same */
	struct MHD_Connection *connection;
	struct lane *lane;
	struct link *link;
	struct exchange *next_finished; /* of the lane, behind http_finish() */
	const char *target;
	size_t target_n; /* where the raw target stood in MHD's buffer */
	bool target_ok, begun, handled;
	struct http_header *fields;
	size_t fields_n, fields_cap;
	char *body;
	size_t body_n, body_cap, body_max;
};

/* One connection, from accept to close; touched by its lane only. */
struct link {
	struct link *next, *prev;
	struct exchange *exchange; /* between request line and completion, else NULL */
	int fd;
	bool suspended;
	bool unread;    /* closed by us while the client may still be sending */
	int64_t due_ms; /* closed when this has passed, unless suspended */
	struct peer peer;
};

struct lane {
	struct server *server;
	struct MHD_Daemon *daemon;
	pthread_t thread;
	int wake;          /* eventfd; MHD's own signal can be lost between two passes */
	atomic_bool woken; /* somebody has written to it since the last pass */
	/* What other threads have finished since then, the latest first. */
	_Atomic(struct exchange *) finished;
	bool quiesced;
	struct link links; /* all connections of this lane */
	struct leaving linger;
	int64_t sweep_ms, log_ms;
	int64_t pass_ms;       /* when this pass began */
	bool refuses, crowded; /* it has refused somebody; the one before has */
	int turned_away;       /* with a ready reply, since: */
	int64_t turned_away_ms;
	int closed; /* connections, since memory was given back */
};

struct server {
	struct server_options o;
	struct peer_net *proxies;
	size_t proxies_n;
	int port;
	struct lane *lanes;
	int lanes_n, lanes_running;
	atomic_bool draining, stopping;
	atomic_int_fast64_t requests, connections, refused, rests, in_flight, at_work;
	atomic_size_t bodies; /* bytes of the bodies of all lanes */
	atomic_int quiesced;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* in_flight or quiesced, while draining */
};

/* lane.c */
bool lane_start(struct lane *l, struct server *s, int listen_fd); /* takes the socket, also when it fails */
void lane_join(struct lane *l);
void lane_wake(struct lane *l);
/* From any thread, about a request that is suspended: the lane answers it, and it is no longer the caller's. */
void lane_finish(struct lane *l, struct exchange *x);
/* Whether what is handled now has waited long enough to be refused. */
bool lane_is_late(struct lane *l);
/* The deadline from now on, for so many bytes in either direction. */
void link_extend(struct link *k, const struct lane *l, size_t bytes);
struct link *link_of(struct MHD_Connection *c);

/* front_ready.c. `closes`: says that the connection ends. */
unsigned ready_status(const struct http_ready *r);
struct MHD_Response *ready_response(const struct http_ready *r, bool closes);

/* exchange.c: MHD's callbacks; `cls` is the lane */
void *exchange_on_target(void *cls, const char *target, struct MHD_Connection *c);
enum MHD_Result exchange_on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
	const char *version, const char *data, size_t *size, void **state);
void exchange_on_done(void *cls, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why);

/* server.c */
void server_note_change(struct server *s);
#endif
