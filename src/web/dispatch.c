/* The life of a request: from the front to a handler in the right thread and transaction, and back. */
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/crypt.h"
#include "base/log.h"
#include "gen/text.h"
#include "web/app.h"
#include "web/kept_form.h"
#include "web/known.h"
#include "web/limit.h"
#include "web/replay.h"
#include "web/reply.h"
#include "web/router.h"
#include "web/sign_in.h"

static bool is_safe(const struct req *r)
{
	return r->http->method == HTTP_GET || r->http->method == HTTP_HEAD;
}

static bool parse_forms(struct req *r)
{
	if (!url_parse_pairs(r->c.arena, r->http->query, &r->query, &r->query_n))
		return false;
	struct str type = http_header(r->http, "Content-Type"), kind;
	if (!r->api && !is_safe(r) && multipart_is(type)) {
		struct multipart m;
		if (!multipart_parse(r->c.arena, type, r->http->body, &m))
			return false;
		r->form = m.fields;
		r->form_n = m.fields_n;
		r->files = m.files;
		r->files_n = m.files_n;
		return true;
	}
	str_split(&type, ';', &kind);
	if (!r->api && !is_safe(r) && str_eq_nocase(str_trim(kind), STR("application/x-www-form-urlencoded")))
		return url_parse_pairs(r->c.arena, r->http->body, &r->form, &r->form_n);
	return true;
}

static bool object_allowed(struct req *r)
{
	enum permission p = r->route->permission;
	switch (r->route->object) {
	case OBJ_NONE: return true;
	case OBJ_USER: return policy_user(&r->c, p, r->id);
	case OBJ_DEPARTMENT: return policy_department(&r->c, p, r->id);
	case OBJ_GROUP: return policy_group(&r->c, p, r->id);
	case OBJ_TRAINING: return policy_training(&r->c, p, r->id);
	case OBJ_SESSION: return policy_session(&r->c, p, r->id);
	case OBJ_ENROLLMENT: return policy_enrollment(&r->c, p, r->id);
	case OBJ_BATCH: return policy_batch(&r->c, p, r->id);
	case OBJ_DRAFT: return policy_draft(&r->c, p, r->id);
	case OBJ_IMPORT: return policy_import(&r->c, p, r->id);
	}
	return false;
}

/* Trainings and sessions have managers by what they organize or teach, not by a permission: for them the object
 * decides. */
static bool role_allows(const struct req *r)
{
	enum route_object o = r->route->object;
	return actor_can(r->c.actor, r->route->permission) || o == OBJ_TRAINING || o == OBJ_SESSION ||
		(o == OBJ_ENROLLMENT && (r->route->permission == PERM_RESULTS || r->route->permission == PERM_USERS_VIEW));
}

/* Where the form stood, as far as the browser says. */
static struct str page_of_form(const struct req *r)
{
	struct str from = http_header(r->http, "Referer");
	size_t at;
	if (!str_find(from, STR("://"), &at))
		return STR("/");
	from = str_sub(from, at + 3, from.n);
	return str_find(from, STR("/"), &at) ? str_sub(from, at, from.n) : STR("/");
}

static void no_sign_in(struct req *r)
{
	if (r->api) {
		if (str_is_null(http_header(r->http, "Authorization")) || !limit_wrong_token(r))
			reply_status(r, 401);
	} else if (r->account->needs_setup) {
		reply_error_page(r, 403, t_setup_needed(&r->c.text), t_setup_needed_words(&r->c.text));
	} else {
		struct buf next = buf_new(r->c.arena);
		/* Forms are read behind this check; the one that came too late is read here. */
		struct str kept = is_safe(r) || !parse_forms(r) ? STR_NULL : kept_form_keep(r);
		bool lost = !is_safe(r) && str_is_null(kept);
		buf_url(&next, is_safe(r) ? url_here(r) : lost ? page_of_form(r) : kept);
		reply_redirect(r, "/login?next=" STR_FMT "%s", STR_ARG(buf_str(&next)), lost ? "&lost=1" : "");
	}
}

/* The account, and who asks. False with the reply made. */
static bool recognize(struct req *r)
{
	struct account *account = ARENA_NEW(r->c.arena, struct account);
	r->account = account;
	if (!known_account(r, account)) {
		err_set(&r->c.errs, ERR_UNAVAILABLE);
		reply_error(r);
		return false;
	}
	if (r->app->undo_hold >= 0)
		account->undo_hold = r->app->undo_hold;
	r->c.key = account->secret;
	r->c.text.locale = account->locale;
	sign_in_load(r);
	return true;
}

/* Everything between transaction and handler, in the order of api.md: 401, 403, 404, then the handler's own 422 and
 * 409. */
static void answer(struct req *r)
{
	if (!recognize(r))
		return;
	if (r->route->who == WHO_USER && !r->c.actor) {
		no_sign_in(r);
		return;
	}
	if (!parse_forms(r)) {
		reply_status(r, 400);
		return;
	}
	if (!r->api && !is_safe(r) && !sign_in_request_is_ours(r)) {
		reply_error_page(r, 403, t_status_403(&r->c.text), t_error_form_token(&r->c.text));
		return;
	}
	if (r->route->who == WHO_USER && (!role_allows(r) || !object_allowed(r))) {
		if (r->c.errs.kind == ERR_NONE)
			err_set(&r->c.errs, ERR_FORBIDDEN);
		reply_error(r);
		return;
	}
	replay_or_run(r);
}

/* ---- where it runs */
static void run_snapshot(struct req *r, void (*work)(struct req *r))
{
	r->c.db = db_read_begin(r->app->store);
	work(r);
	if (db_failed(r->c.db) && !r->settled) {
		reply_reset(r);
		err_set(&r->c.errs, ERR_UNAVAILABLE);
		reply_error(r);
	}
	db_read_end(r->c.db);
	r->c.db = NULL;
}

static void run_read(struct req *r)
{
	run_snapshot(r, answer);
}

struct write_request {
	struct db_job job;
	struct req *r;
};

static bool write_run(struct db *tx, void *arg)
{
	struct req *r = arg;
	reply_reset(r);
	r->c.actor = NULL;
	r->c.db = tx;
	answer(r);
	r->c.db = NULL;
	return r->http->status < 400;
}

static void write_done(struct db_job *job)
{
	struct req *r = job->arg;
	if (job->error != DB_OK) {
		reply_reset(r);
		err_set(&r->c.errs, job->error == DB_CONFLICT ? ERR_CONFLICT : ERR_UNAVAILABLE);
		reply_error(r);
	}
	http_finish(r->http);
}

static void slow_run(void *arg)
{
	struct req *r = arg;
	run_read(r);
	http_finish(r->http);
}

static bool path_is_api(struct str path)
{
	return str_starts(path, STR("/api/"));
}

static struct req *req_new(struct http *h, struct app *app)
{
	struct req *r = ARENA_NEW(h->arena, struct req);
	r->http = h;
	r->app = app;
	r->c.arena = h->arena;
	r->c.now = clock_now();
	r->c.index = app->index;
	r->c.figures = app->figures;
	r->c.text = (struct text){ .arena = h->arena, .locale = LOCALE_EN };
	r->c.from = h->remote;
	r->csrf = STR("");
	r->api = path_is_api(h->path);
	return r;
}

static void no_route(struct req *r, unsigned allowed)
{
	if (!allowed) {
		run_read(r);
		return;
	}
	reply_status(r, 405);
	struct buf allow = buf_new(r->c.arena);
	for (unsigned m = HTTP_GET; m < HTTP_OTHER; m++)
		if (allowed >> m & 1)
			buf_fmt(&allow, "%s%s", allow.n ? ", " : "", http_method_name((enum http_method)m));
	http_set_header(r->http, STR("Allow"), buf_str(&allow));
}

/* What no row of the table has: 404 with the shell of whoever asks, 401 on the API without a token. */
static void page_missing(struct req *r)
{
	reply_not_found(r);
}

static const struct route missing = { HTTP_GET, "", page_missing, ROUTE_READ, WHO_PUBLIC, PERM_NONE, OBJ_NONE,
	"page_missing" };
static const struct route missing_api = { HTTP_GET, "", page_missing, ROUTE_READ, WHO_USER, PERM_NONE, OBJ_NONE,
	"page_missing" };

/* What goes to others, and finds no room with them. To put a request aside and fetch it again costs more than the
 * refusal, and so does whatever is looked up before. */
static bool has_room(struct app *app, enum route_kind kind)
{
	switch (kind) {
	case ROUTE_WRITE: return db_write_has_room(app->store);
	case ROUTE_SLOW: return pool_reserve(app->pool);
	case ROUTE_LONG: return pool_reserve(app->long_pool);
	case ROUTE_READ:
	case ROUTE_FIXED: break;
	}
	return true;
}

enum http_next app_handle(struct http *h, void *arg)
{
	struct app *app = arg;
	struct route_match m;
	bool found = router_match(h->method, h->path, &m);
	if (found && !has_room(app, m.route->kind)) {
		http_set_ready(h, path_is_api(h->path) ? app->busy_problem : app->busy_page);
		return HTTP_REPLY;
	}
	struct req *r = req_new(h, app);
	if (!found) {
		/* A method nobody answers here must not pass for an unsafe request of a form. */
		r->route = r->api ? &missing_api : &missing;
		if (!m.allowed && !is_safe(r) && !r->api)
			reply_status(r, 404);
		else
			no_route(r, m.allowed);
		return HTTP_REPLY;
	}
	r->route = m.route;
	r->id = m.id;
	r->id2 = m.id2;
	r->name = m.name;
	if (r->route->kind == ROUTE_FIXED) {
		r->route->handler(r);
		return HTTP_REPLY;
	}
	if (r->route->kind == ROUTE_READ) {
		/* Who asks whether we live is told so: a busy server is no better for being started again. */
		if (h->late && r->route->handler != page_health)
			reply_status(r, 503);
		else
			run_read(r);
		return HTTP_REPLY;
	}
	http_suspend(h);
	if (r->route->kind != ROUTE_WRITE) {
		pool_run(r->route->kind == ROUTE_LONG ? app->long_pool : app->pool, slow_run, r);
		return HTTP_LATER;
	}
	struct db_job *job = ARENA_NEW(h->arena, struct db_job);
	*job = (struct db_job){ .run = write_run, .done = write_done, .arg = r };
	if (!db_write_async(app->store, job)) {
		reply_status(r, 503);
		http_finish(h);
	}
	return HTTP_LATER;
}

static struct http_ready *busy(struct app *app, const char *path)
{
	ARENA_SCOPED a = arena_new();
	struct http h = { .arena = a, .method = HTTP_HEAD, .path = str_from(path), .out = buf_new(a) };
	reply_status(req_new(&h, app), 503);
	return http_ready_new(&h);
}

void app_prepare(struct app *app)
{
	app->busy_page = busy(app, "/");
	app->busy_problem = busy(app, "/api/");
}

void app_release(struct app *app)
{
	http_ready_free(app->busy_page);
	http_ready_free(app->busy_problem);
}

/* The head alone is there: whoever is nobody by that is answered without his body. */
static void admit(struct req *r)
{
	if (!recognize(r) || r->c.actor)
		return;
	if (r->route->who == WHO_USER)
		no_sign_in(r);
	else
		reply_status(r, 413);
}

bool app_body_admit(struct http *h, void *arg)
{
	struct route_match m;
	struct req *r = req_new(h, arg);
	r->route = router_match(h->method, h->path, &m) ? m.route : r->api ? &missing_api : &missing;
	run_snapshot(r, admit);
	return !h->status; /* nothing was answered */
}

size_t app_body_limit(struct str path, void *arg)
{
	(void)arg;
	/* Files to import, pasted lists and big API bodies; everything else is a form. */
	if (str_eq(path, STR("/users/import")) || str_eq(path, STR("/api/v1/users/import")))
		return 32u << 20;
	if (str_starts(path, STR("/enroll/")) || str_eq(path, STR("/api/v1/enrollments")) ||
		str_eq(path, STR("/api/v1/enrollments/plan")))
		return 16u << 20;
	return 1u << 20;
}

void app_refuse(struct http *h, unsigned status, void *arg)
{
	reply_status(req_new(h, arg), status);
}
