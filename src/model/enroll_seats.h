/* Who gets the seats of each session by a plan, and who waits: what was computed last on this connection. */
#ifndef MUSTER_MODEL_ENROLL_SEATS_H
#define MUSTER_MODEL_ENROLL_SEATS_H
#include "model/enroll_plan.h"

struct plan_seat_count {
	int64_t session, seated, waits;
};
struct plan_seat_count_list {
	struct plan_seat_count *items;
	size_t n;
};
/* Of the sessions in which somebody takes part, by id. */
void enroll_seat_counts(struct ctx *c, struct plan_seat_count_list *out);

struct plan_seat {
	int64_t user;
	struct str user_name, login, department, old_session_title; /* the last: of who is moved */
	bool over;                                                  /* over capacity */
};
struct plan_seat_list {
	struct plan_seat *items;
	size_t n;
};
/* Of one of them, from `after` on, in the order in which seats are given. */
void enroll_seats(struct ctx *c, int64_t session, bool waits, int64_t after, int64_t limit, struct plan_seat_list *out);
#endif
