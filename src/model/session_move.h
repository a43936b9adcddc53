/* Moving or changing a session: what it would mean, before it is done by session_update(). */
#ifndef MUSTER_MODEL_SESSION_MOVE_H
#define MUSTER_MODEL_SESSION_MOVE_H
#include "model/session.h"

enum { SESSION_MOVE_CONFLICTS_MAX = 5 };

/* A day of another session that would be at the same time and place, or with the same instructor. */
struct session_move_conflict {
	int64_t session, start_at, end_at;
	struct str title, session_title, time_zone; /* title: the training's */
	bool same_place, same_instructor;
};
struct session_move {
	/* Participants whom the actor sees (R3). Those who declined stay declined; those who wait keep their place. */
	int64_t accepted, tentative, unanswered, declined, waiting;
	int64_t clashes; /* of the first three: another training of theirs is then (E05) */
	int64_t others;  /* hold a seat, and the actor does not see them: seats are a fact of the session */
	bool tells;      /* somebody, in scope or not, was told of the session and is told of the change */
	struct session_move_conflict conflicts[SESSION_MOVE_CONFLICTS_MAX];
	size_t conflicts_n; /* none for who does not see all sessions (R11) */
};
void session_move_plan(
	struct ctx *c, const struct session *s, const struct session_change *change, struct session_move *out);
#endif
