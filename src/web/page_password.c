/* A forgotten password: asking for a link, and the page behind it. Whether somebody is known shows in no reply, nor in
 * how long it takes: it is looked up beside the request, in the same transaction for everybody. */
#include <stdlib.h>
#include <string.h>
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/password.h"
#include "web/app.h"
#include "web/limit.h"
#include "web/reply.h"
#include "web/sign_in.h"
#include "web/view_password.h"

/* An address asks so often in five minutes; an account is written to so often in an hour, which is as long as a link
 * works: whoever finds no further mail finds one whose link works. */
enum { ASKS = 20, MAILS = 3, MAILS_SECONDS = PASSWORD_FORGOTTEN_SECONDS, NAME_BYTES_MAX = 512 };

/* ---- asking */
struct ask {
	struct db_job job;
	bool limits;
	int64_t now;
	unsigned char key[CRYPT_KEY_BYTES];
	char from[64];
	size_t name_n;
	char name[NAME_BYTES_MAX];
};

static bool ask_run(struct db *tx, void *arg)
{
	const struct ask *k = arg;
	ARENA_SCOPED a = arena_new();
	struct ctx c = { .arena = a, .db = tx, .now = k->now, .key = k->key, .from = str_from(k->from) };
	struct throttle_get_row sent;
	c.text.arena = a;
	int64_t user = password_link_user(&c, (struct str){ k->name, k->name_n });
	struct str mails = str_num(a, "forgot:", user);
	if (!user || (k->limits && throttle_get(tx, a, mails, k->now, &sent) && sent.count >= MAILS))
		return true;
	throttle_hit(tx, mails, k->now, k->now + MAILS_SECONDS);
	return password_link_ask(&c, user);
}

static void ask_done(struct db_job *job)
{
	free(job->arg);
}

static bool ask(struct req *r, struct str fold)
{
	struct ask *k = calloc(1, sizeof *k);
	if (!k)
		return false;
	k->job = (struct db_job){ .run = ask_run, .done = ask_done, .arg = k };
	k->limits = r->app->limits;
	k->now = r->c.now;
	memcpy(k->key, r->c.key, sizeof k->key);
	memcpy(k->from, r->c.from.p, r->c.from.n < sizeof k->from ? r->c.from.n : sizeof k->from - 1);
	/* What is longer than any login or address is nobody's. */
	if (fold.n <= sizeof k->name) {
		memcpy(k->name, fold.p, fold.n);
		k->name_n = fold.n;
	}
	if (db_write_async(r->app->store, &k->job))
		return true;
	free(k);
	return false;
}

static void forgot_show(struct req *r, unsigned status, struct str login)
{
	const struct text *t = &r->c.text;
	struct forgot_view v = { .off = !r->app->has_smtp,
		.sent = r->http->method != HTTP_POST && !str_is_null(req_query(r, "sent")),
		.login = { .name = STR("login"),
			.label = t_login_name(t),
			.value = login,
			.autocomplete = STR("username"),
			.full = true } };
	field_errors(&v.login, &r->c.errs);
	page_begin(r, &v.page, v.sent ? t_forgot_sent_title(t) : t_forgot_title(t), NAV_NONE);
	v.page.csrf = sign_in_visitor_token(r);
	tpl_forgot(reply_html(r, status), t, &v);
}

void page_forgot(struct req *r)
{
	forgot_show(r, 200, STR(""));
}

static void refuse(struct req *r, enum err_code code, struct str words)
{
	ctx_invalid(&r->c, STR("login"), code, words);
}

void page_forgot_post(struct req *r)
{
	const struct text *t = &r->c.text;
	struct str login = req_form(r, "login"), fold = text_fold(r->c.arena, str_trim(login));
	if (!r->app->has_smtp) {
		forgot_show(r, 200, login);
		return;
	}
	if (str_is_empty(fold)) {
		refuse(r, CODE_required, t_forgot_required(t));
		forgot_show(r, 422, login);
		return;
	}
	int64_t wait = limit_count(r, str_cat(r->c.arena, STR("forgot-from:"), r->c.from), ASKS);
	if (wait) {
		refuse(r, CODE_out_of_range, t_forgot_slow(t, (wait + 59) / 60));
		forgot_show(r, 429, login);
		http_set_header(r->http, STR("Retry-After"), str_num(r->c.arena, "", wait));
	} else if (ask(r, fold)) {
		reply_redirect(r, "/forgot?sent=1");
	} else {
		reply_status(r, 503);
	}
}

/* ---- the page behind the link. The token must not travel on: not into a search engine, not into a cache. */
static void guard(struct req *r)
{
	http_set_header(r->http, STR("X-Robots-Tag"), STR("noindex, nofollow"));
	http_set_header(r->http, STR("Cache-Control"), STR("no-store"));
}

static void gone(struct req *r)
{
	const struct text *t = &r->c.text;
	if (!limit_wrong_token(r))
		reply_error_way(r, 404, t_password_gone(t), t_password_gone_words(t), STR("/forgot"), t_password_gone_again(t));
	guard(r);
}

static void password_show(struct req *r, const struct password_link *link, unsigned status)
{
	const struct text *t = &r->c.text;
	struct password_view v = { .token = r->name,
		.login = link->login,
		.words = t_password_for(t, link->login),
		.password = { .name = STR("password"),
			.label = t_password_new(t),
			.hint = t_password_new_hint(t),
			.type = STR("password"),
			.autocomplete = STR("new-password"),
			.full = true } };
	field_errors(&v.password, &r->c.errs);
	page_begin(r, &v.page, t_password_title(t), NAV_NONE);
	v.page.csrf = form_token(r, r->name);
	tpl_password(reply_html(r, status), t, &v);
	guard(r);
}

/* It speaks to whom the link was sent, whoever is signed in on this machine. */
static bool open_link(struct req *r, struct password_link *link)
{
	if (!password_link_open(&r->c, r->name, link)) {
		gone(r);
		return false;
	}
	if (str_is_empty(link->locale) || !text_locale_parse(link->locale, &r->c.text.locale))
		r->c.text.locale = r->account->locale;
	return true;
}

void page_password(struct req *r)
{
	struct password_link link;
	if (open_link(r, &link))
		password_show(r, &link, 200);
}

struct use {
	struct req *r;
	struct str hash;
	bool used;
};

static bool use_run(struct db *tx, void *arg)
{
	struct use *u = arg;
	struct password_link link;
	struct ctx c = u->r->c;
	c.db = tx;
	u->used = false;
	if (!password_link_open(&c, u->r->name, &link))
		return false;
	u->used = password_link_use(&c, u->r->name, u->hash);
	/* Wrong tries of before, whose ever they were, keep nobody out who has just chosen it. */
	throttle_clear(tx, sign_in_throttle(c.arena, link.login_fold));
	throttle_clear(tx, sign_in_throttle(c.arena, link.email_fold));
	return u->used;
}

void page_password_post(struct req *r)
{
	struct use u = { .r = r };
	struct password_link link;
	struct str password = req_form(r, "password");
	if (!open_link(r, &link))
		return;
	if (!password_fits(&r->c, password)) {
		password_show(r, &link, 422);
		return;
	}
	u.hash = crypt_password(r->c.arena, password);
	if (db_write(r->app->store, use_run, &u) != DB_OK) {
		reply_status(r, 503);
	} else if (!u.used) {
		/* Somebody was quicker with the same link. */
		gone(r);
	} else {
		reply_redirect_flash(r, t_password_done(&r->c.text), "/login");
		cookie_set(r, "muster", STR(""), 0);
		guard(r);
	}
}
