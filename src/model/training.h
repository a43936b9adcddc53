/* Trainings: what is taught, and who organizes it. Sessions are in model/session.h. */
#ifndef MUSTER_MODEL_TRAINING_H
#define MUSTER_MODEL_TRAINING_H
#include "model/ctx.h"
#include "model/session.h"

enum { TRAINING_TITLE_MAX = 255, TRAINING_TEXT_MAX = 3000, TRAINING_CLOSES_MAX = 366 * 86400 };

struct training {
	int64_t id;
	struct str title, description;
	struct opt_i64 organizer; /* none, and no name, where the actor does not see that user (R3) */
	struct str organizer_login, organizer_name;
	struct opt_i64 closes_before;          /* seconds before a session starts; none: self-service never closes */
	int64_t created_at, version, sessions; /* sessions: those not cancelled */
	bool may_edit;                         /* by the actor (R11) */
	bool has_enrollments;                  /* also cancelled ones: then it cannot be deleted */
};
/* No scope check beyond the organizer's: the route has made it. False with ERR_NOT_FOUND. */
bool training_get(struct ctx *c, int64_t id, struct training *out);
struct trainings {
	struct training *items;
	size_t n;
};
/* Those of the ids that are there, in their order: one statement, however many. */
void training_get_some(struct ctx *c, const int64_t *ids, size_t n, struct trainings *out);
/* R11; leaves no error behind. */
bool training_may_edit(struct ctx *c, int64_t id);

/* ---- lists: every training for those who hold trainings.view, else those that the actor organizes or teaches */
struct training_item {
	int64_t id, sessions, seats_taken, waiting;
	struct str title, organizer; /* organizer null where not seen */
	struct opt_i64 capacity;     /* of all sessions to come together; none when one has no limit */
	struct opt_i64 next, starts_at, ends_at;
	int64_t days;
	struct str time_zone; /* the next session */
	struct str sort_key;
	int64_t sort_int;
};
struct training_items {
	struct training_item *items;
	size_t n;
	bool more, has_before;
};
/* `q`: up to three words of the title. page.sort is one of training_list_sorts. */
void training_page(struct ctx *c, struct str q, const struct db_page *page, struct training_items *out);
int64_t training_count(struct ctx *c, struct str q);
/* Suggestions by title: those that begin with `q`, then those with it inside. Sessions are those that have not started.
 */
struct training_hit {
	int64_t id, upcoming;
	struct str title;
	struct opt_i64 next, starts_at, ends_at;
	int64_t days;
	struct str time_zone;
};
struct training_hits {
	struct training_hit *items;
	size_t n;
};
void training_search(struct ctx *c, struct str q, int64_t limit, struct training_hits *out);

/* What somebody can be enrolled in: titles with `q` in them, by title. Every manager sees them (R11). */
struct training_offer {
	int64_t id, upcoming;
	struct str title, organizer; /* organizer empty where not seen */
	struct opt_i64 next_at;
};
struct training_offers {
	struct training_offer *items;
	size_t n;
};
void training_offers(struct ctx *c, struct str q, int64_t limit, struct training_offers *out);

/* Participants whom the actor sees, by answer. Waiting ones have not been asked; who is in a cancelled session is
 * counted in session_cancelled alone. */
struct training_sums {
	int64_t participants, accepted, tentative, declined, unanswered, waiting, scheduled, session_cancelled;
};
void training_sums(struct ctx *c, int64_t id, struct training_sums *out);

/* ---- changing. A null text or a `has_` that is false means: not given, leave it. */
struct training_form {
	struct str title, description;
	struct opt_i64 organizer;   /* by id … */
	struct str organizer_login; /* … or by login or e-mail; "" counts as not given */
	bool has_closes;
	struct opt_i64 closes_before;
	struct opt_i64 version; /* of what was read: another one now is ERR_CONFLICT (outcome_changed) */
	const struct session_form *sessions;
	size_t sessions_n; /* only when created */
};
/* Errors: title (required, too_long), description (too_long), organizer (not_found, R11), closes_before (out_of_range),
 * sessions[i].…. The organizer defaults to the actor. Needs the permission to create trainings, which the route asks.
 */
bool training_create(struct ctx *c, const struct training_form *f, int64_t *id);
bool training_update(struct ctx *c, int64_t id, const struct training_form *f);
/* With its sessions; ERR_CONFLICT (locked) once somebody was ever enrolled. */
bool training_delete(struct ctx *c, int64_t id);

/* Somebody whom the actor may name as organizer or instructor: active, and in scope or the actor (R11). By id, or by
 * login or e-mail where id is 0. False with not_found at `field`. */
struct training_person {
	int64_t id;
	struct str login, name;
};
bool training_person_find(struct ctx *c, int64_t id, struct str login, struct str field, struct training_person *out);
#endif
