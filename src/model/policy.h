/* May X do Y to Z: the one policy. Roles are sets of permissions, held account-wide or with departments; from that the
 * table grant_range follows, which every scoped statement asks by (actor, permission). Custom roles need nothing else.
 */
#ifndef MUSTER_MODEL_POLICY_H
#define MUSTER_MODEL_POLICY_H
#include "model/ctx.h"

enum permission {
	PERM_NONE, /* signed in is enough */
#define PERMISSION(constant, name, group, reach, needs) constant,
#include "model/permissions.def"
#undef PERMISSION
	PERM_COUNT
};
enum permission_group { GROUP_USERS, GROUP_TRAININGS, GROUP_ENROLLMENTS, GROUP_ACCOUNT, PERMISSION_GROUPS };
enum permission_reach { REACH_SCOPED, REACH_ACCOUNT };

struct str permission_name(enum permission p);    /* "users.view" */
enum permission permission_find(struct str name); /* PERM_NONE: there is none of this name */
enum permission_group permission_group(enum permission p);
enum permission_reach permission_reach(enum permission p);
/* A set of permissions (bit 1 << permission) with all that they need. */
uint32_t permissions_with_needs(uint32_t set);

enum { ROLE_OWNER = 1, ROLE_ACCOUNT_ADMIN = 2, ROLE_DEPARTMENT_ADMIN = 3, ROLE_SUPERVISOR = 4, ROLE_LEARNER = 5 };

/* Who is signed in, as loaded at the start of the request. */
struct actor {
	int64_t id;
	struct str login, name, email;
	uint32_t can;         /* bit 1 << permission: held for at least one department */
	bool account_wide;    /* owner or account administrator */
	bool has_reports;     /* somebody's supervisor: PERM_USERS_VIEW is set for the people below */
	bool has_trainings;   /* organizes or teaches something: sees those trainings without a permission (R11) */
	bool manager;         /* holds any permission: sees the managers' navigation */
	struct str time_zone; /* own, else the account's */
	struct str theme;
	enum text_locale locale;
	int64_t token_id;          /* the API token in use; 0 for the cookie */
	struct str role_words_key; /* the highest role's key: owner, account_admin, department_admin, custom, supervisor,
								  learner */
	struct str role_name;      /* of a custom role; null for the others */
};

/* Loads the actor into *out from a user's id; false when there is no such active user. */
bool actor_load(struct ctx *c, int64_t user_id, struct actor *out);
static inline bool actor_can(const struct actor *a, enum permission p)
{
	return a && (p == PERM_NONE || (a->can >> p & 1) != 0);
}

/* Objects: true when it exists and the actor may, by this permission. Otherwise false with ERR_NOT_FOUND in c->errs:
 * out of scope is the same as not there (R3). */
bool policy_user(
	struct ctx *c, enum permission p, int64_t user_id); /* in scope; a supervisor's people for USERS_VIEW */
bool policy_department(struct ctx *c, enum permission p, int64_t department_id);
bool policy_group(struct ctx *c, enum permission p, int64_t group_id); /* a group with nobody in scope is not there */
/* R11: whether somebody edits a training, by who organizes it. */
bool policy_edits(const struct actor *a, int64_t organizer_id, bool organizer_in_scope);
bool policy_training(struct ctx *c, enum permission p,
	int64_t training_id); /* TRAININGS_EDIT: by R11; else every manager, organizer, instructor */
bool policy_session(struct ctx *c, enum permission p,
	int64_t session_id); /* as its training; RESULTS: also its organizer and instructor */
/* By the enrolled user's scope; RESULTS and USERS_VIEW also for organizer and instructor (R11), USERS_VIEW for
 * supervisors and, once announced, for the participant. */
bool policy_enrollment(struct ctx *c, enum permission p, int64_t enrollment_id);
bool policy_batch(struct ctx *c, enum permission p, int64_t batch_id);   /* one's own; account-wide: all */
bool policy_import(struct ctx *c, enum permission p, int64_t import_id); /* one's own; account-wide: all */
bool policy_draft(struct ctx *c, enum permission p, int64_t draft_id);   /* one's own */

/* Whether the actor sees ALL participants of the training (organizer, account-wide), else those in scope and those of
 * sessions that the actor teaches (R11). */
bool policy_sees_participants(struct ctx *c, int64_t training_id);

/* Makes grant_range anew for everybody, in the transaction of the change that asked for it. */
void policy_rebuild(struct ctx *c);
#endif
