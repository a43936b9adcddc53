/* The first user of an account, and accounts made on the command line. */
#ifndef MUSTER_MODEL_OWNER_H
#define MUSTER_MODEL_OWNER_H
#include "model/ctx.h"

struct owner_form {
	struct str account, time_zone, login, email, first_name, last_name, password_hash;
};
/* Whether this is the one-time set-up key; an account that has an owner has none. */
bool owner_setup_key_is(struct ctx *c, struct str key);
/* Names the account, makes the root department and the owner, and uses up the set-up key. ERR_CONFLICT when there are
 * users already. */
bool owner_create(struct ctx *c, const struct owner_form *f);
/* An account made on the command line, in the root department (made when missing). `arg` is a struct owner_add. */
struct owner_add {
	struct str login, email, password_hash;
	int64_t role;
};
bool owner_add_user(struct ctx *c, void *arg);
#endif
