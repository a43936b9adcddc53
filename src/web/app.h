/* The running program, as the web side knows it. */
#ifndef MUSTER_WEB_APP_H
#define MUSTER_WEB_APP_H
#include <pthread.h>
#include "base/str.h"
#include "db/db.h"
#include "web/pool.h"
#include "web/server.h"

struct app {
	struct store *store;
	struct figures *figures;
	struct user_index *index;                    /* of users, fed by the jobs */
	struct pool *pool;                           /* slow routes */
	struct pool *long_pool;                      /* exports: nobody who signs in waits behind them */
	struct http_ready *busy_page, *busy_problem; /* of those who find their lane full; see app_prepare() */
	struct server *server;
	struct str base_url;  /* "https://muster.example.org", no slash at the end; "" takes the Host of the request */
	struct str mail_from; /* "Name <addr>" of the organizer of invitations */
	int64_t undo_hold;    /* seconds; -1: the account's setting */
	bool limits;          /* rate limits of sign-in and the like */
	pthread_mutex_t hits_lock;
	struct limit_hit *hits; /* wrong tokens that are not written yet; see limit.c */
	bool has_smtp;
	bool reads_replies;           /* of calendars, whichever way they come */
	struct str mailbox;           /* that is looked into for them, as it may be shown; "": none */
	void (*wake_jobs)(void *arg); /* something may be due */
	void *wake_arg;
	/* Requests with an Idempotency-Key that run now, for those who repeat them. */
	pthread_mutex_t replay_lock;
	pthread_cond_t replay_done;
};

/* The front's handler: finds the route, runs it where its kind says. */
enum http_next app_handle(struct http *h, void *app);
/* Makes, and frees, what is refused with: before the server is started, and behind its end. */
void app_prepare(struct app *app);
void app_release(struct app *app);
/* Whether whoever sent this head may send a large body: somebody whose sign-in or token is good. Else 401, the way to
 * sign in, or 413 where nobody needs to. */
bool app_body_admit(struct http *h, void *app);
/* The largest body this path takes. */
size_t app_body_limit(struct str path, void *app);
/* What the front refuses by itself, in the face that was asked: a page, or a problem of the API. */
void app_refuse(struct http *h, unsigned status, void *app);
#endif
