#include "web/known.h"
#include "web/view_parts.h"

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

static const struct known_user *still_known(struct req *r, struct known_user *u)
{
	if (u->sign_in.expires_at <= r->c.now)
		return NULL;
	r->known = u;
	return u;
}

const struct known_user *known_user(struct req *r, struct str hash)
{
	struct ctx c;
	struct known *known = known_of(r, &c);
	r->known = NULL;
	for (size_t i = 0; known && i < known->users_n; i++)
		if (str_eq(known->users[i].hash, hash))
			return still_known(r, &known->users[i]);
	if (!known || known->users_n == USERS_MAX) {
		struct known_user *once = ARENA_NEW(r->c.arena, struct known_user);
		return load(r, &r->c, hash, once) ? once : NULL;
	}
	struct known_user *u = &known->users[known->users_n];
	if (!load(r, &c, hash, u))
		return NULL;
	u->hash = str_dup(c.arena, hash);
	known->users_n++;
	r->known = u;
	return u;
}

static const struct known_departments *departments_of(struct ctx *c, enum permission p)
{
	struct known_departments *d = ARENA_NEW(c->arena, struct known_departments);
	d->many = department_more_than(c, p, FIELD_LISTED_MAX);
	if (!d->many)
		department_list(c, p, &d->list);
	return d;
}

const struct known_departments *known_departments(struct req *r, enum permission p)
{
	struct ctx c;
	if (!r->known)
		return departments_of(&r->c, p);
	if (r->known->departments[p])
		return r->known->departments[p];
	known_of(r, &c);
	const struct known_departments *d = departments_of(&c, p);
	if (!db_failed(c.db))
		r->known->departments[p] = d;
	return d;
}

bool known_count(const struct req *r, struct str what, int64_t *n)
{
	for (size_t i = 0; r->known && i < r->known->counts_n; i++)
		if (str_eq(r->known->counts[i].what, what)) {
			*n = r->known->counts[i].n;
			return true;
		}
	return false;
}

void known_count_keep(struct req *r, struct str what, int64_t n)
{
	struct ctx c;
	struct known_user *u = r->known;
	if (!u || u->counts_n == KNOWN_COUNTS_MAX || db_failed(r->c.db))
		return;
	known_of(r, &c);
	u->counts[u->counts_n++] = (struct known_count){ str_dup(c.arena, what), n };
}
