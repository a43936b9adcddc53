/* Search or jump: users, trainings and sessions by words of their names, whatever their case and accents; only what
 * the reader may open (R3, R11). */
#ifndef MUSTER_MODEL_FIND_H
#define MUSTER_MODEL_FIND_H
#include "model/ctx.h"
#include "model/policy.h"

struct find_hit {
	int64_t id;
	struct str name;              /* of the user; the training's title */
	struct str login, department; /* of a user */
	struct str email;             /* of find_people(); may be null */
	struct str status;            /* of a user: active inactive ended */
	struct str session;           /* of a session, or of one's own enrollment; may be null */
	struct opt_i64 starts_at, ends_at;
	int64_t days;
	struct str time_zone; /* the session; a training's next one; none: null */
};
struct find_hits {
	struct find_hit *items;
	size_t n;
	bool more;
};
struct found {
	struct find_hits users, trainings, sessions;
	struct find_hits mine; /* enrollments of one's own; id is the enrollment's */
};
/* Up to `limit` of each kind, the best first; nothing for an empty `q`. */
void find_all(struct ctx *c, struct str q, int64_t limit, struct found *out);
/* Up to `limit` of those for whom the actor holds the permission, of whom all of `q` is somewhere in name, login or
 * e-mail: the whole login or e-mail first, then a beginning of any part, then inside. */
void find_people(struct ctx *c, enum permission permission, struct str q, int64_t limit, struct find_hits *out);
/* Keeps the words by which a session is found; in the transaction that writes its title or instructor. */
void find_index_session(struct ctx *c, int64_t id, struct str title, struct str instructor);
#endif
