#include "web/sign_in.h"
#include <stdlib.h>
#include "base/crypt.h"
#include "gen/queries.h"
#include "web/app.h"
#include "web/known.h"
#include "web/reply.h"

/* ---- "seen" times are written by the way: a lost one costs nothing, so nobody waits for it */
struct touch {
	struct db_job job;
	bool token;
	int64_t id, at, until;
	char hash[65];
};

static bool touch_run(struct db *tx, void *arg)
{
	struct touch *t = arg;
	if (t->token)
		token_used(tx, t->id, t->at);
	else
		sign_in_seen(tx, str_from(t->hash), t->at, t->until);
	return true;
}

static void touch_done(struct db_job *job)
{
	free(job->arg);
}

static void touch(struct req *r, struct touch from)
{
	struct touch *t = malloc(sizeof *t);
	if (!t)
		return;
	*t = from;
	t->job = (struct db_job){ .run = touch_run, .done = touch_done, .arg = t };
	if (!db_write_async(r->app->store, &t->job))
		free(t);
}

static void copy_hash(struct touch *t, struct str hash)
{
	for (size_t i = 0; i < hash.n && i < sizeof t->hash - 1; i++)
		t->hash[i] = hash.p[i];
}

static void load_user(struct req *r, int64_t user_id, int64_t token_id)
{
	struct actor *a = ARENA_NEW(r->c.arena, struct actor);
	if (!actor_load(&r->c, user_id, a))
		return;
	a->token_id = token_id;
	if (str_is_empty(a->time_zone))
		a->time_zone = r->account->time_zone;
	if (a->locale == LOCALE_COUNT)
		a->locale = r->account->locale;
	r->c.actor = a;
	r->c.text.locale = a->locale;
}

static void load_token(struct req *r)
{
	struct str value = http_header(r->http, "Authorization"), scheme;
	struct token_find_row row;
	if (!str_split(&value, ' ', &scheme) || !str_eq_nocase(scheme, STR("Bearer")))
		return;
	if (!token_find(r->c.db, r->c.arena, crypt_hash(r->c.arena, str_trim(value)), &row))
		return;
	load_user(r, row.user_id, row.id);
	if (r->c.actor && (!row.last_used_at.has || r->c.now - row.last_used_at.v > SIGN_IN_TOUCH))
		touch(r, (struct touch){ .token = true, .id = row.id, .at = r->c.now });
}

static void load_cookie(struct req *r)
{
	struct str token = http_cookie(r->http, "muster");
	if (str_is_empty(token))
		return;
	struct str hash = crypt_hash(r->c.arena, token);
	const struct known_user *u = known_user(r, hash);
	if (!u)
		return;
	r->c.actor = &u->actor;
	r->c.text.locale = u->actor.locale;
	r->csrf = form_token(r, token);
	if (r->c.now - u->sign_in.seen_at > SIGN_IN_TOUCH) {
		struct touch t = { .at = r->c.now, .until = r->c.now + SIGN_IN_SECONDS };
		if (t.until > u->sign_in.created_at + SIGN_IN_LONGEST)
			t.until = u->sign_in.created_at + SIGN_IN_LONGEST;
		copy_hash(&t, hash);
		touch(r, t);
	}
}

void sign_in_load(struct req *r)
{
	if (r->api)
		load_token(r);
	else
		load_cookie(r);
}

void sign_in_start(struct ctx *c, int64_t user_id, struct str *token)
{
	*token = crypt_token(c->arena);
	sign_in_insert(c->db, crypt_hash(c->arena, *token), user_id, c->now, c->now + SIGN_IN_SECONDS, c->from);
}

struct str sign_in_visitor_token(struct req *r)
{
	struct str visitor = http_cookie(r->http, "muster_visit");
	if (visitor.n < 20) {
		visitor = crypt_token(r->c.arena);
		cookie_set(r, "muster_visit", visitor, 3600);
	}
	return form_token(r, visitor);
}

struct str sign_in_throttle(struct arena *a, struct str name_fold)
{
	return str_cat(a, STR("login:"), crypt_hash(a, name_fold));
}

static struct str host_of(struct str url)
{
	size_t at;
	if (str_find(url, STR("://"), &at))
		url = str_sub(url, at + 3, url.n);
	struct str host;
	str_split(&url, '/', &host);
	return host;
}

bool sign_in_request_is_ours(struct req *r)
{
	struct str site = http_header(r->http, "Sec-Fetch-Site"), origin = http_header(r->http, "Origin");
	if (!str_is_null(site) && !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none")))
		return false;
	if (!str_is_null(origin)) {
		struct str host = host_of(origin);
		bool same = str_eq_nocase(host, http_header(r->http, "Host")) ||
			(!str_is_empty(r->app->base_url) && str_eq_nocase(host, host_of(r->app->base_url)));
		if (!same)
			return false;
	}
	struct str expected = r->csrf;
	if (r->route->who != WHO_USER) {
		/* Links in mails carry their own secret: the form's token is bound to it. Else to the visitor's cookie. */
		struct str visitor = http_cookie(r->http, "muster_visit");
		struct str bound_to = str_is_empty(r->name) ? visitor : r->name;
		if (str_is_empty(bound_to))
			return false;
		expected = form_token(r, bound_to);
	}
	return !str_is_empty(expected) && crypt_equal(expected, req_form(r, "csrf"));
}
