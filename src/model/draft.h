/* Enrollment drafts: a specification that is being made, private to its owner, kept 30 days. It holds rules and ids,
 * never resolved people, so that it does not go stale. */
#ifndef MUSTER_MODEL_DRAFT_H
#define MUSTER_MODEL_DRAFT_H
#include "model/enroll_spec.h"

enum draft_stage { DRAFT_USERS = 1, DRAFT_TRAININGS, DRAFT_PARAMETERS, DRAFT_CHECK };
enum { DRAFTS_MAX = 20, DRAFT_SECONDS = 30 * 86400 };

struct draft {
	int64_t id, version, stage, updated_at;
	struct opt_i64 batch;
	struct enroll_spec spec;
};
/* False with ERR_INVALID when the specification is larger than a draft can hold; so does draft_save(). */
bool draft_create(struct ctx *c, const struct enroll_spec *s, enum draft_stage stage, int64_t *id);
bool draft_get(struct ctx *c, int64_t id, struct draft *out);
/* Stores d->spec. `version`: what the caller's form was based on; ERR_CONFLICT outcome_changed when another tab was
 * faster. */
bool draft_save(struct ctx *c, struct draft *d, int64_t version, enum draft_stage reached);
/* Marks it used; its result is the batch. */
void draft_used(struct ctx *c, int64_t id, int64_t batch);
bool draft_remove(struct ctx *c, int64_t id);
struct drafts {
	struct draft *items;
	size_t n;
};
/* The actor's that are not used yet, the latest first, without their specifications: draft_get() reads one. */
void draft_list(struct ctx *c, int64_t limit, struct drafts *out);

struct draft_person {
	int64_t id;
	struct str name;
};
struct draft_people {
	struct draft_person *items;
	size_t n;
};
/* The first of these users, in their order, as far as the actor may enroll them (R3). */
void draft_people(struct ctx *c, const int64_t *ids, size_t n, int64_t limit, struct draft_people *out);

/* ---- changing a specification. Ids that are there already stay where they are. */
bool spec_add_user(struct ctx *c, struct enroll_spec *s, int64_t id); /* false: there already */
/* The same for many ids above 0, in their order. */
void spec_add_users(struct ctx *c, struct enroll_spec *s, const int64_t *ids, size_t n);
void spec_remove_user(struct enroll_spec *s, int64_t id);
void spec_add_department(struct ctx *c, struct enroll_spec *s, int64_t id, bool nested);
void spec_remove_department(struct enroll_spec *s, int64_t id);
void spec_add_group(struct ctx *c, struct enroll_spec *s, int64_t id);
void spec_remove_group(struct enroll_spec *s, int64_t id);
/* What a search found: as rules where it is departments or groups alone (R3: a group with nobody in scope is not there,
 * whatever a form names); else its conditions, or, when the draft has conditions already, its people by name, since a
 * second set would narrow the first. `asked` is used up. False with errors. */
bool spec_add_search(struct ctx *c, struct enroll_spec *s, struct audience *asked);
void spec_except(struct ctx *c, struct enroll_spec *s, int64_t id);
void spec_remove_except(struct enroll_spec *s, int64_t id);
void spec_clear_audience(struct enroll_spec *s);
bool spec_add_training(struct ctx *c, struct enroll_spec *s, int64_t id);
void spec_remove_training(struct enroll_spec *s, int64_t id);
/* Its trainings, as many as there are. */
int64_t *spec_training_ids(struct arena *a, const struct enroll_spec *s);
/* Adds what was said, however much: of two about the same person and training the later one counts. */
void spec_decide(struct ctx *c, struct enroll_spec *s, const struct enroll_decision *said, size_t n);
#endif
