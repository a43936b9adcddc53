/* Inside reports: what the people behind the numbers are found by. Nobody else includes this. */
#ifndef MUSTER_MODEL_REPORT_ROOM_H
#define MUSTER_MODEL_REPORT_ROOM_H
#include "model/report.h"

/* A session in which somebody is counted. */
struct report_session_count {
	int64_t id, starts_at;
	int64_t people;  /* who is in it, about */
	int64_t counted; /* and of them in this report */
};
struct report_session_counts {
	struct report_session_count *items;
	size_t n;
	int64_t people; /* in all of them */
	struct report_sums sums;
	bool own;    /* of some everybody is counted, since they are the actor's own (R11) */
	int percent; /* with ERR_UNAVAILABLE, as of struct report_rows */
};
void report_count_sessions(struct ctx *c, const struct report_query *q, struct report_session_counts *out);
#endif
