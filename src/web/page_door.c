/* The door: sign-in, sign-out, the one-time set-up, and what machines ask (health, metrics, assets). */
#include <stdlib.h>
#include "base/crypt.h"
#include "base/tz.h"
#include "gen/assets.h"
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/owner.h"
#include "model/password.h"
#include "model/user.h"
#include "model/user_index.h"
#include "web/app.h"
#include "web/limit.h"
#include "web/reply.h"
#include "web/router.h"
#include "web/sign_in.h"
#include "web/view_door.h"
#include "web/web.h"

enum { LOGIN_TRIES = 10 };

/* ---- sign-in */
static void login_show(struct req *r, unsigned status, struct str login, struct str wrong)
{
	struct login_view v = { .login = login, .wrong = wrong };
	struct demo_password_any_row demo;
	struct str next = r->http->method == HTTP_POST ? req_form(r, "next") : req_query(r, "next");
	v.next = str_is_null(next) ? STR("/") : next;
	if (str_starts(v.next, STR("/resume/")))
		v.kept = t_resume_login(&r->c.text);
	else if (!str_is_null(req_query(r, "lost")))
		v.kept = t_resume_lost(&r->c.text);
	v.demo = demo_password_any(r->c.db, r->c.arena, &demo);
	page_begin(r, &v.page, t_login_title(&r->c.text), NAV_NONE);
	v.page.csrf = sign_in_visitor_token(r);
	tpl_login(reply_html(r, status), &r->c.text, &v);
}

void page_login(struct req *r)
{
	if (r->c.actor)
		reply_redirect(r, "/");
	else
		login_show(r, 200, STR(""), STR(""));
}

struct login_write {
	struct req *r;
	struct str throttle_name, throttle_from, token;
	int64_t user_id;
	bool ok;
};

static bool login_write(struct db *tx, void *arg)
{
	struct login_write *w = arg;
	struct ctx c = w->r->c;
	c.db = tx;
	if (!w->ok) {
		throttle_hit(tx, w->throttle_name, c.now, c.now + LIMIT_SECONDS);
		throttle_hit(tx, w->throttle_from, c.now, c.now + LIMIT_SECONDS);
		return true;
	}
	throttle_clear(tx, w->throttle_name);
	sign_in_start(&c, w->user_id, &w->token);
	struct actor self = { .id = w->user_id };
	c.actor = &self;
	audit_add(&c,
		&(struct audit_entry){
			.action = "sign_in.create", .object = "user", .object_id = w->user_id, .user_id = w->user_id });
	return true;
}

void page_login_post(struct req *r)
{
	struct str login = req_form(r, "login"), password = req_form(r, "password");
	struct str fold = text_fold(r->c.arena, login);
	struct login_write w = { .r = r };
	w.throttle_name = sign_in_throttle(r->c.arena, fold);
	w.throttle_from = str_cat(r->c.arena, STR("from:"), r->c.from);
	int64_t wait = limit_wait(r, w.throttle_name, LOGIN_TRIES);
	if (!wait)
		wait = limit_wait(r, w.throttle_from, (int64_t)LOGIN_TRIES * 10);
	if (wait) {
		login_show(r, 429, login, t_login_slow(&r->c.text, (wait + 59) / 60));
		http_set_header(r->http, STR("Retry-After"), str_num(r->c.arena, "", wait));
		return;
	}
	struct sign_in_user_row user;
	bool known = sign_in_user(r->c.db, r->c.arena, fold, &user) && !str_is_empty(user.password);
	/* Nobody's fault, and not a try that counts. */
	if (db_failed(r->c.db))
		return;
	/* An unknown login costs the same time as a known one: it is hashed against something. */
	static const char nobody[] =
		"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$iWCM1nLq1Y3CwhE0hVZ1jHZp1p8Y1E8xw7QyT1P5X4M";
	bool right = crypt_password_ok(known ? user.password : str_from(nobody), password);
	w.ok = known && right && str_eq(user.status, STR("active"));
	w.user_id = w.ok ? user.id : 0;
	if (db_write(r->app->store, login_write, &w) != DB_OK) {
		reply_status(r, 503);
		return;
	}
	if (!w.ok) {
		login_show(r, 422, login, t_login_wrong(&r->c.text));
		return;
	}
	struct str next = req_form(r, "next");
	reply_redirect(r, STR_FMT, STR_ARG(str_starts(next, STR("/")) ? next : STR("/")));
	cookie_set(r, "muster", w.token, SIGN_IN_COOKIE);
	cookie_set(r, "muster_visit", STR(""), 0);
}

void page_logout(struct req *r)
{
	sign_in_delete(r->c.db, crypt_hash(r->c.arena, http_cookie(r->http, "muster")));
	reply_redirect(r, "/login");
	cookie_set(r, "muster", STR(""), 0);
}

/* ---- the one-time set-up */
static bool setup_key_ok(struct req *r, struct str key)
{
	return r->account->needs_setup && owner_setup_key_is(&r->c, key);
}

static void setup_show(struct req *r, struct setup_view *v)
{
	page_begin(r, &v->page, t_setup_title(&r->c.text), NAV_NONE);
	v->page.csrf = sign_in_visitor_token(r);
	tpl_setup(reply_html(r, r->c.errs.n ? 422 : 200), &r->c.text, v);
}

static void setup_refuse(struct req *r)
{
	const struct text *t = &r->c.text;
	if (r->account->needs_setup)
		reply_error_page(r, 404, t_setup_used(t), t_setup_used_words(t));
	else
		reply_error_way(r, 404, t_setup_used(t), t_setup_over_words(t), STR("/login"), t_login_button(t));
}

void page_setup(struct req *r)
{
	struct str key = req_query(r, "key");
	if (!setup_key_ok(r, key)) {
		setup_refuse(r);
		return;
	}
	struct setup_view v = { .key = key, .time_zone = r->account->time_zone };
	setup_show(r, &v);
}

struct setup_write {
	struct req *r;
	struct owner_form form;
	struct errs errs;
	bool ok;
};

static bool setup_write(struct db *tx, void *arg)
{
	struct setup_write *w = arg;
	struct ctx c = w->r->c;
	c.db = tx;
	c.errs = (struct errs){ 0 };
	w->ok = owner_create(&c, &w->form);
	w->errs = c.errs;
	return w->ok;
}

void page_setup_post(struct req *r)
{
	struct setup_view v = {
		.key = req_form(r, "key"),
		.account = req_form(r, "account"),
		.time_zone = req_form(r, "time_zone"),
		.login = req_form(r, "login"),
		.email = req_form(r, "email"),
		.first_name = req_form(r, "first_name"),
		.last_name = req_form(r, "last_name"),
	};
	if (!setup_key_ok(r, v.key)) {
		setup_refuse(r);
		return;
	}
	struct str password = req_form(r, "password");
	struct setup_write w = { .r = r,
		.form = { v.account, v.time_zone, v.login, v.email, v.first_name, v.last_name, STR_NULL } };
	if (password_fits(&r->c, password)) {
		w.form.password_hash = crypt_password(r->c.arena, password);
		if (db_write(r->app->store, setup_write, &w) != DB_OK) {
			reply_status(r, 503);
			return;
		}
		r->c.errs = w.errs;
	}
	if (w.ok)
		reply_redirect_flash(r, t_setup_done(&r->c.text), "/login");
	else
		setup_show(r, &v);
}

/* ---- machines */
void page_health(struct req *r)
{
	buf_put(reply_json(r, 200), STR("{\"status\":\"ok\"}\n"));
}

static void metric(struct buf *b, const char *name, int64_t value)
{
	buf_fmt(b, "# TYPE muster_%s gauge\nmuster_%s %lld\n", name, name, (long long)value);
}

void page_metrics(struct req *r)
{
	/* Loopback, or a token whose role has the permission. What a proxy passes on comes from loopback too when nobody
	 * said --proxy, and is not local. */
	bool local = (str_eq(r->http->remote, STR("127.0.0.1")) || str_eq(r->http->remote, STR("::1"))) &&
		str_is_null(http_header(r->http, "X-Forwarded-For")) &&
		str_is_null(http_header(r->http, "X-Forwarded-Proto")) && str_is_null(http_header(r->http, "X-Real-IP")) &&
		str_is_null(http_header(r->http, "Forwarded"));
	r->api = true;
	if (!local)
		sign_in_load(r);
	if (!local && !actor_can(r->c.actor, PERM_METRICS)) {
		if (!r->c.actor && !str_is_null(http_header(r->http, "Authorization")) && limit_wrong_token(r))
			return;
		reply_status(r, r->c.actor ? 403 : 401);
		return;
	}
	struct store_counters db = store_counters(r->app->store);
	struct server_counters web = server_counters(r->app->server);
	struct buf b = buf_new(r->c.arena);
	size_t index_bytes, indexed = user_index_count(r->app->index, &index_bytes);
	metric(&b, "requests_total", web.requests);
	metric(&b, "connections", web.connections);
	metric(&b, "requests_refused_total", web.refused);
	metric(&b, "requests_in_flight", web.in_flight);
	metric(&b, "db_statements_total", db.statements);
	metric(&b, "db_full_scan_steps_total", db.full_scans);
	metric(&b, "db_steps_total", db.steps);
	metric(&b, "db_commits_total", db.commits);
	metric(&b, "db_fsyncs_total", db.fsyncs);
	metric(&b, "db_writes_total", db.writes);
	metric(&b, "db_retries_total", db.retries);
	metric(&b, "db_queue_max", db.queue_max);
	metric(&b, "user_index_users", (int64_t)indexed);
	metric(&b, "user_index_bytes", (int64_t)index_bytes);
	reply_bytes(r, 200, STR("text/plain; version=0.0.4; charset=utf-8"), buf_str(&b));
}

static int by_path(const void *key, const void *item)
{
	return str_cmp(*(const struct str *)key, ((const struct asset *)item)->path);
}

void page_asset(struct req *r)
{
	const struct asset *a = bsearch(&r->http->path, assets, ASSET_COUNT, sizeof *assets, by_path);
	if (!a) {
		reply_not_found(r);
		return;
	}
	bool gzip = !str_is_null(a->gzip) && str_find(http_header(r->http, "Accept-Encoding"), STR("gzip"), NULL);
	bool same = str_eq(http_header(r->http, "If-None-Match"), a->etag);
	r->replied = true;
	r->http->status = same ? 304 : 200;
	r->http->fixed = same ? STR_NULL : gzip ? a->gzip : a->bytes;
	http_set_header(r->http, STR("Content-Type"), a->type);
	http_set_header(r->http, STR("X-Content-Type-Options"), STR("nosniff"));
	/* The name holds a hash of the bytes: they never change. */
	http_set_header(r->http, STR("Cache-Control"), STR("public, max-age=31536000, immutable"));
	http_set_header(r->http, STR("ETag"), a->etag);
	http_set_header(r->http, STR("Vary"), STR("Accept-Encoding"));
	if (gzip && !same)
		http_set_header(r->http, STR("Content-Encoding"), STR("gzip"));
}
