/* What an enrollment asks for: an audience, trainings with their sessions, an access date, decisions. */
#ifndef MUSTER_MODEL_ENROLL_SPEC_H
#define MUSTER_MODEL_ENROLL_SPEC_H
#include "base/json.h"
#include "model/audience.h"

enum { ENROLL_DECISIONS_MAX = 20000 };

struct enroll_training {
	int64_t training;
	struct opt_i64 session; /* none: the participant chooses */
	bool chosen;            /* somebody said so */
};
struct enroll_decision {
	int64_t user, training;
	struct str choice; /* enroll skip move wait over */
	struct opt_i64 session;
};
struct enroll_spec {
	struct audience audience;
	struct enroll_training *trainings;
	size_t trainings_n, trainings_cap;
	struct opt_i64 access_at; /* none: now, which means now + hold */
	struct str when_full;     /* wait refuse over; null: the account's */
	struct str on_clash;      /* warn skip; null: the account's */
	struct str message;
	struct enroll_decision *decisions;
	size_t decisions_n, decisions_cap;
};
/* The enrollment body of the REST API, which is also what a draft keeps. Reads every member it knows; the caller ends
 * with jr_done(). */
bool enroll_spec_read(struct ctx *c, struct json_obj *o, struct enroll_spec *out);
struct str enroll_spec_write(struct ctx *c, const struct enroll_spec *s);
/* A spec from stored JSON (a draft). False (bug) when it cannot be read. */
bool enroll_spec_parse(struct ctx *c, struct str json, struct enroll_spec *out);
#endif
