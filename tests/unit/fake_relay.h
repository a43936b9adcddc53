/* A small SMTP server in a thread of the test, which says what its script wants. */
#ifndef MUSTER_TESTS_UNIT_FAKE_RELAY_H
#define MUSTER_TESTS_UNIT_FAKE_RELAY_H
#include <pthread.h>
#include <stdint.h>

#include "base/buf.h"

/* What the server says; NULL: nothing, until the client goes; "": it hangs up. */
struct script {
	const char *greeting, *ehlo, *auth, *mail, *rcpt, *data, *end;
	const char *second_mail; /* said to the second MAIL of a connection, which then ends; NULL: as `mail` */
	const char *first_end;   /* said to the first message of all; NULL: as `end` */
	const char *refuses;     /* a recipient who is not known here */
	bool refuses_data;       /* … then no message is asked for; otherwise it is, all the same */
	bool close_after;        /* hangs up after a message */
	bool quit_unheard;       /* says nothing to QUIT and waits for the client to go */
	bool in_pieces;          /* a byte at a time */
	bool together;           /* answers what came together all at once */
};

/* Takes every message, one command at a time. */
extern const struct script FRIENDLY;

struct fake_relay {
	struct script script;
	int listener, stop[2];
	uint16_t port;
	pthread_t thread;
	int connections, messages;
	struct arena *arena;
	int early;                 /* how often there was more to read when something was answered */
	struct buf commands, body; /* of all connections; read after fake_relay_stop() */
	struct buf out;
	char in[4096];
	size_t in_n, in_at;
};

/* On a port of its own. What it sees is kept in its `arena`, which the caller frees at the end. */
struct fake_relay *fake_relay_start(struct arena *a, struct script script);
/* The thread is gone afterwards, so that what it saw can be read. */
void fake_relay_stop(struct fake_relay *s);
#endif
