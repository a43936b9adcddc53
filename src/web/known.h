/* What request after request asks again: how the account is set, who has signed in with this cookie, which departments
 * they can choose from, how long the list is through which they page. It is kept on the thread as long as nothing is
 * committed (db_kept()), so that it is asked once and not each time, and a right that was taken away is gone with the
 * commit that took it. */
#ifndef MUSTER_WEB_KNOWN_H
#define MUSTER_WEB_KNOWN_H
#include "gen/queries.h"
#include "model/department.h"
#include "web/web.h"

struct known_departments {
	bool many; /* more than FIELD_LISTED_MAX, found by typing: the list is empty */
	struct departments list;
};

enum { KNOWN_COUNTS_MAX = 8 };

struct known_user {
	struct str hash; /* of the cookie's token */
	struct sign_in_find_row sign_in;
	struct actor actor;
	const struct known_departments *departments[PERM_COUNT];
	struct known_count {
		struct str what;
		int64_t n;
	} counts[KNOWN_COUNTS_MAX];
	size_t counts_n;
};

/* As account_load(). */
bool known_account(struct req *r, struct account *out);
/* Who signed in; zone and language are the account's where they have none of their own. NULL: nobody, or no longer.
 * Lives as long as the request, since it is asked once in each, at the beginning. Needs r->account; sets r->known when
 * it is kept. */
const struct known_user *known_user(struct req *r, struct str hash);

/* Where the actor has this permission. */
const struct known_departments *known_departments(struct req *r, enum permission p);

/* Whether `*n` was kept for `what` since the last commit: what nothing but the data and who asks decides. */
bool known_count(const struct req *r, struct str what, int64_t *n);
void known_count_keep(struct req *r, struct str what, int64_t n);
#endif
