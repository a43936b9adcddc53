#include "model/password.h"
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"
#include "model/user.h"
#include "model/user_rules.h"

enum { TOKEN_CHARS = 43 };

bool password_fits(struct ctx *c, struct str password)
{
	if (str_count_chars(password) < PASSWORD_MIN)
		return ctx_invalid(
			c, STR("password"), str_is_empty(password) ? CODE_required : CODE_out_of_range, t_password_short(&c->text));
	return password.n <= PASSWORD_MAX || ctx_invalid(c, STR("password"), CODE_too_long, t_password_long(&c->text));
}

/* ---- who may */

/* Whoever sets a password can sign in with it: then to see no more than before. */
bool password_sees_beyond(struct ctx *c, int64_t user)
{
	struct policy_outside_taught_row row = { 0 };
	if (!c->actor || c->actor->id == user || c->actor->account_wide)
		return false;
	return user_leads_outside(c, user) || !policy_outside_taught(c->db, c->arena, c->actor->id, user, &row) ||
		row.outside;
}

bool password_may_set(struct ctx *c, int64_t user)
{
	return user_may_edit(c, user) && !password_sees_beyond(c, user);
}

static bool check_may_set(struct ctx *c, int64_t user)
{
	if (!user_check_may_edit(c, user))
		return false;
	return !password_sees_beyond(c, user) ||
		err_add(&c->errs, c->arena, ERR_FORBIDDEN, STR(""), CODE_locked, t_user_password_beyond(&c->text));
}

/* ---- setting it */

static int64_t send(struct ctx *c, int64_t user, const char *kind)
{
	return password_mail_insert(c->db, user, str_from(kind), c->now);
}

static void set(struct ctx *c, int64_t user, struct str hash, bool tokens_end)
{
	struct password_link_target_row target;
	/* The first one is no news to whoever chose it. */
	bool tell = password_link_target(c->db, c->arena, user, &target) && target.has_password &&
		!str_is_empty(target.email) && str_eq(target.status, STR("active"));
	user_password_set(c->db, user, hash);
	password_links_delete(c->db, user);
	sign_in_delete_user(c->db, user);
	if (tokens_end)
		token_revoke_all(c->db, user, c->now);
	feed_delete(c->db, user);
	audit_add(
		c, &(struct audit_entry){ .action = "user.password", .object = "user", .object_id = user, .user_id = user });
	if (tell)
		send(c, user, "password_changed");
}

bool password_set_own(struct ctx *c, struct str hash)
{
	set(c, c->actor->id, hash, false);
	return !db_failed(c->db);
}

bool password_set_temporary(struct ctx *c, int64_t user, struct str hash)
{
	if (!check_may_set(c, user))
		return false;
	set(c, user, hash, true);
	return !db_failed(c->db);
}

/* ---- links */

static const struct link_kind {
	const char *name, *mail;
	int64_t seconds;
} kinds[] = {
	[PASSWORD_FORGOTTEN] = { "forgotten", "password_forgotten", PASSWORD_FORGOTTEN_SECONDS },
	[PASSWORD_GIVEN] = { "given", "password_given", PASSWORD_GIVEN_SECONDS },
};

/* With the account's secret: the row of a link, in a message of the database or in a log of its statements, makes none.
 */
static struct str token_of(struct ctx *c, struct str seed)
{
	return crypt_keyed(c->arena, c->key, "password", seed, TOKEN_CHARS);
}

static int64_t make(struct ctx *c, int64_t user, enum password_link_kind kind)
{
	const struct link_kind *k = &kinds[kind];
	struct str seed = crypt_token(c->arena), hash = crypt_hash(c->arena, token_of(c, seed));
	int64_t mail = send(c, user, k->mail);
	password_link_put(c->db, user, str_from(k->name), mail, hash, seed, c->now, c->now + k->seconds);
	audit_add(c,
		&(struct audit_entry){ .action = "user.password_link", .object = "user", .object_id = user, .user_id = user });
	return c->now + k->seconds;
}

int64_t password_link_user(struct ctx *c, struct str name_fold)
{
	struct password_link_asker_row u;
	bool reachable = password_link_asker(c->db, c->arena, name_fold, &u) && str_eq(u.status, STR("active")) &&
		!str_is_empty(u.email);
	return reachable ? u.id : 0;
}

bool password_link_ask(struct ctx *c, int64_t user)
{
	make(c, user, PASSWORD_FORGOTTEN);
	return !db_failed(c->db);
}

bool password_link_give(struct ctx *c, int64_t user, int64_t *until)
{
	struct password_link_target_row target;
	struct password_given last;
	if (!check_may_set(c, user))
		return false;
	if (!password_link_target(c->db, c->arena, user, &target))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	if (!str_eq(target.status, STR("active")))
		return ctx_invalid(c, STR("status"), CODE_invalid, t_password_link_inactive(&c->text));
	if (str_is_empty(target.email))
		return ctx_invalid(c, STR("email"), CODE_required, t_password_link_no_address(&c->text));
	if (password_link_given(c, user, &last) && c->now - last.made_at < PASSWORD_GIVEN_AGAIN)
		*until = last.until;
	else
		*until = make(c, user, PASSWORD_GIVEN);
	return !db_failed(c->db);
}

size_t password_links_give(struct ctx *c, const int64_t *users, size_t n)
{
	struct errs before = c->errs;
	size_t given = 0;
	int64_t until;
	for (size_t i = 0; i < n && !db_failed(c->db); i++)
		given += password_link_give(c, users[i], &until);
	c->errs = before;
	return given;
}

bool password_link_given(struct ctx *c, int64_t user, struct password_given *out)
{
	struct password_link_of_row row;
	if (!password_link_of(c->db, c->arena, user, str_from(kinds[PASSWORD_GIVEN].name), c->now, &row))
		return false;
	*out = (struct password_given){ row.created_at, row.expires_at };
	return true;
}

bool password_link_open(struct ctx *c, struct str token, struct password_link *out)
{
	struct password_link_by_hash_row row;
	struct str hash = crypt_hash(c->arena, token);
	if (token.n != TOKEN_CHARS || !password_link_by_hash(c->db, c->arena, hash, c->now, &row) ||
		!crypt_equal(row.token_hash, hash))
		return false;
	*out = (struct password_link){ row.user_id, row.login, row.login_fold, row.email_fold, row.locale };
	return true;
}

bool password_link_use(struct ctx *c, struct str token, struct str hash)
{
	struct password_link link;
	if (!password_link_open(c, token, &link))
		return false;
	/* Whoever holds the link is taken for the user, whoever is signed in on this machine. */
	struct actor self = { .id = link.user };
	const struct actor *actor = c->actor;
	c->actor = &self;
	set(c, link.user, hash, true);
	c->actor = actor;
	return !db_failed(c->db);
}

bool password_link_for_mail(struct ctx *c, int64_t user, int64_t outbox, struct password_mail *out)
{
	struct password_link_of_mail_row row;
	if (!password_link_of_mail(c->db, c->arena, user, outbox, c->now, &row))
		return false;
	*out = (struct password_mail){ token_of(c, row.seed), row.login, row.expires_at };
	return true;
}
