/* What every request asks first: how the account is set, and who has signed in with this cookie. It is kept on the
 * thread as long as nothing is committed (db_kept()), so that a page asks for it once and not each time, and a right
 * that was taken away is gone with the commit that took it. */
#ifndef MUSTER_WEB_KNOWN_H
#define MUSTER_WEB_KNOWN_H
#include "gen/queries.h"
#include "web/web.h"

struct known_user {
	struct str hash; /* of the cookie's token */
	struct sign_in_find_row sign_in;
	struct actor actor;
};

/* As account_load(). */
bool known_account(struct req *r, struct account *out);
/* Who signed in; zone and language are the account's where they have none of their own. NULL: nobody, or no longer.
 * Lives as long as the request, since it is asked once in each, at the beginning. Needs r->account. */
const struct known_user *known_user(struct req *r, struct str hash);
#endif
