/* One's own ways in: the password and API tokens. Everything here is about the actor. */
#ifndef MUSTER_MODEL_ACCESS_H
#define MUSTER_MODEL_ACCESS_H
#include "model/ctx.h"
#include "model/settings.h"

enum { ACCESS_TOKEN_NAME_MAX = 100, ACCESS_TOKENS_MAX = 50 };

struct access_token {
	int64_t id, created_at;
	struct str name;
	struct opt_i64 last_used_at;
};
struct access_tokens {
	struct access_token *items;
	size_t n;
};
/* Those that work, oldest first. */
void access_tokens_list(struct ctx *c, struct access_tokens *out);
/* The token itself is only known now: the database keeps its hash. Errors at "name" (required, too_long, out_of_range:
 * too many). */
bool access_token_make(struct ctx *c, struct str name, struct str *token);
/* False with ERR_NOT_FOUND for a token that is not the actor's, or revoked already. *name (may be NULL) says which it
 * was. */
bool access_token_revoke(struct ctx *c, int64_t id, struct str *name);

/* Whether it is the actor's password now. Slow on purpose; not in a write transaction. */
bool access_password_is(struct ctx *c, struct str password);

/* What the actor has chosen: "" is "as the account". */
bool access_own_settings(struct ctx *c, struct own_form *out);
#endif
