#include "web/known.h"

enum { USERS_MAX = 64 };

struct known {
	bool has_account;
	struct account account;
	struct known_user users[USERS_MAX]; /* who comes when it is full is read each time */
	size_t users_n;
};

/* What is kept, and in *c how to read more of it; NULL when nothing can be. */
static struct known *known_of(const struct req *r, struct ctx *c)
{
	void **slot;
	struct arena *a = db_kept(r->c.db, &slot);
	*c = r->c;
	if (!a)
		return NULL;
	if (!*slot)
		*slot = ARENA_NEW(a, struct known);
	c->arena = a;
	return *slot;
}

bool known_account(struct req *r, struct account *out)
{
	struct ctx c;
	struct known *known = known_of(r, &c);
	if (!known)
		return account_load(&r->c, out);
	known->has_account = known->has_account || account_load(&c, &known->account);
	*out = known->account;
	return known->has_account;
}

static bool load(struct req *r, struct ctx *c, struct str hash, struct known_user *u)
{
	if (!sign_in_find(c->db, c->arena, hash, c->now, &u->sign_in) || !actor_load(c, u->sign_in.user_id, &u->actor))
		return false;
	if (str_is_empty(u->actor.time_zone))
		u->actor.time_zone = str_dup(c->arena, r->account->time_zone);
	if (u->actor.locale == LOCALE_COUNT)
		u->actor.locale = r->account->locale;
	return true;
}

const struct known_user *known_user(struct req *r, struct str hash)
{
	struct ctx c;
	struct known *known = known_of(r, &c);
	for (size_t i = 0; known && i < known->users_n; i++)
		if (str_eq(known->users[i].hash, hash))
			return known->users[i].sign_in.expires_at > r->c.now ? &known->users[i] : NULL;
	if (!known || known->users_n == USERS_MAX) {
		struct known_user *once = ARENA_NEW(r->c.arena, struct known_user);
		return load(r, &r->c, hash, once) ? once : NULL;
	}
	struct known_user *u = &known->users[known->users_n];
	if (!load(r, &c, hash, u))
		return NULL;
	u->hash = str_dup(c.arena, hash);
	known->users_n++;
	return u;
}
