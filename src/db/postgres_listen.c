/* LISTEN and NOTIFY, on a connection of their own: a notification inside of a transaction would make all commits wait
 * for each other. Many commits become one notification. A lost one costs time only: workers look by themselves, too. */
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/log.h"
#include "db/postgres.h"

enum { RECONNECT_MS = 1000 };
#define CHANNEL "muster_commit"

static PGconn *connect_listener(const struct pg_store *s)
{
	ARENA_SCOPED a = arena_new();
	struct str why;
	PGconn *c = pg_open(s, a, &why);
	if (!c)
		return NULL;
	PGresult *r = PQexec(c, "LISTEN " CHANNEL);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	if (ok)
		return c;
	PQfinish(c);
	return NULL;
}

static bool notify(PGconn *c)
{
	PGresult *r = PQexec(c, "NOTIFY " CHANNEL);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	return ok;
}

/* What this connection itself said comes back as well. */
static bool heard_others(PGconn *c)
{
	bool others = false;
	for (PGnotify *n; (n = PQnotifies(c)); PQfreemem(n))
		others |= n->be_pid != PQbackendPID(c);
	return others;
}

static void *listen_for_ever(void *arg)
{
	struct pg_store *s = arg;
	PGconn *c = NULL;
	bool untold = false;
	while (!atomic_load(&s->stopping)) {
		if (!c && (c = connect_listener(s)))
			queue_committed(&s->store); /* whatever was missed */
		struct pollfd files[] = { { .fd = s->wake, .events = POLLIN },
			{ .fd = c ? PQsocket(c) : -1, .events = POLLIN } };
		/* poll() takes no notice of a negative file. */
		poll(files, 2, c ? -1 : RECONNECT_MS);
		eventfd_t n;
		untold |= (files[0].revents & POLLIN) && eventfd_read(s->wake, &n) == 0;
		if (!c)
			continue;
		bool ok = !files[1].revents || PQconsumeInput(c) == 1;
		if (ok && untold && (ok = notify(c)))
			untold = false;
		if (heard_others(c))
			queue_committed(&s->store);
		if (!ok) {
			PQfinish(c);
			c = NULL;
			poll(NULL, 0, atomic_load(&s->stopping) ? 0 : 100);
		}
	}
	PQfinish(c);
	return NULL;
}

void pg_listen(struct store *base)
{
	struct pg_store *s = pg_store(base);
	if (!s->listening)
		s->listening = pthread_create(&s->listener, NULL, listen_for_ever, s) == 0;
	if (!s->listening)
		log_warn("database: no thread to listen with");
}

void pg_listen_stop(struct pg_store *s)
{
	atomic_store(&s->stopping, true);
	if (!s->listening)
		return;
	eventfd_write(s->wake, 1);
	pthread_join(s->listener, NULL);
}

void pg_tell_others(struct pg_store *s)
{
	eventfd_write(s->wake, 1);
}
