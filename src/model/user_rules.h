/* The rules that one user's values keep, and the writing of one user: what user_change.c and imports share, so that no
 * door lets in what another refuses. */
#ifndef MUSTER_MODEL_USER_RULES_H
#define MUSTER_MODEL_USER_RULES_H
#include "gen/queries.h"
#include "model/user.h"

/* What will stand in the row. */
struct user_fresh {
	struct str login, login_fold, email, email_fold, first_name, last_name, status;
	int64_t department;
	struct opt_i64 supervisor;
};
struct user_fresh_field {
	int64_t id;
	struct str key, before, value; /* before null, value "": none */
};
/* Something else that changes with the user, for the same audit entry. */
struct user_fresh_extra {
	const char *name;
	struct str before, after;
};

/* ---- one value each, cleaned into *out; errors at the field of that name. Who has a login or e-mail already is not
 * asked. */
bool user_rule_login(struct ctx *c, struct str in, struct user_fresh *out);
bool user_rule_email(struct ctx *c, struct str in, struct user_fresh *out); /* "": none */
bool user_rule_name(struct ctx *c, const char *field, struct str in, struct str *out);
bool user_rule_status(struct ctx *c, struct str in, struct user_fresh *out);

/* Whether the target may more than the actor, who then cannot change it. */
bool user_is_above(struct ctx *c, int64_t id);
/* What user_may_edit() asks, with the error: ERR_NOT_FOUND out of scope, ERR_FORBIDDEN (locked) above. */
bool user_check_may_edit(struct ctx *c, int64_t id);
/* Whether the actor sees that user; leaves no error behind. */
bool user_is_seen(struct ctx *c, int64_t id);
/* Whether somebody below that user is out of the actor's scope: a supervisor sees everybody below, so whom the user
 * gets as one is for somebody who manages all of them (R3). */
bool user_leads_outside(struct ctx *c, int64_t id);

/* Writes what was checked: the row, profile fields, the audit entry (R10). `old` with id 0: a new user. Answers the
 * id. */
int64_t user_store(struct ctx *c, const struct user_row_row *old, const struct user_fresh *f,
	const struct user_fresh_field *fields, size_t fields_n, const struct user_fresh_extra *extra);
/* R7: who was active and is not any more gives the seats back and is signed out. *cancelled grows. */
bool user_leave(struct ctx *c, const struct user_row_row *old, const struct user_fresh *f, int64_t *cancelled);
#endif
