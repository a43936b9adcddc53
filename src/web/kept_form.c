#include "web/kept_form.h"
#include "base/crypt.h"
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/when.h"
#include "web/app.h"
#include "web/reply.h"
#include "web/sign_in.h"
#include "web/view_door.h"

static const char cookie[] = "muster_form";
enum { BROWSER_MIN = 20 };

struct keeping {
	int64_t user, now;
	struct str key, browser, path, body;
};

static bool keep(struct db *tx, void *arg)
{
	const struct keeping *k = arg;
	kept_form_expire(tx, k->now);
	kept_form_insert(tx, k->key, k->browser, k->user, k->path, k->body, k->now + KEPT_FORM_SECONDS);
	kept_form_trim(tx, k->user, KEPT_FORMS_EACH);
	return true;
}

/* Passwords are never kept, nor files; and what a page saves by itself while somebody types it will save again. */
static bool worth_keeping(const struct req *r)
{
	if (!r->form_n || r->http->body.n > KEPT_FORM_MAX || str_ends(r->http->path, STR("/draft")))
		return false;
	for (size_t i = 0; i < r->files_n; i++)
		if (r->files[i].bytes.n)
			return false;
	for (size_t i = 0; i < r->form_n; i++)
		if (str_find(r->form[i].name, STR("password"), NULL) || str_eq(r->form[i].name, STR("current")))
			return false;
	return true;
}

/* As browsers send it, whichever way it came: a form with a field for a file comes in parts. */
static struct str body_of(const struct req *r)
{
	struct buf b = buf_new(r->c.arena);
	for (size_t i = 0; i < r->form_n; i++)
		url_put_pair(&b, r->form[i].name, r->form[i].value);
	return buf_str(&b);
}

/* The sign-in's own token made the form's: who has both got the form from us. */
static bool is_ours(struct req *r, struct str token)
{
	r->csrf = form_token(r, token);
	bool ours = sign_in_request_is_ours(r);
	r->csrf = STR("");
	return ours;
}

struct str kept_form_keep(struct req *r)
{
	struct str token = http_cookie(r->http, "muster");
	struct sign_in_ended_row ended;
	if (str_is_empty(token) || !worth_keeping(r) || !is_ours(r, token) ||
		!sign_in_ended(r->c.db, r->c.arena, crypt_hash(r->c.arena, token), r->c.now, &ended))
		return STR_NULL;
	struct str key = crypt_token(r->c.arena), browser = http_cookie(r->http, cookie);
	/* Forms of several windows share the cookie. */
	if (browser.n < BROWSER_MIN)
		browser = crypt_token(r->c.arena);
	struct keeping k = { .user = ended.user_id,
		.now = r->c.now,
		.key = crypt_hash(r->c.arena, key),
		.browser = crypt_hash(r->c.arena, browser),
		.path = url_here(r),
		.body = body_of(r) };
	/* The handler of a write stands in its transaction; others ask for one. */
	bool kept = r->route->kind == ROUTE_WRITE ? keep(r->c.db, &k) : db_write(r->app->store, keep, &k) == DB_OK;
	if (!kept)
		return STR_NULL;
	cookie_set(r, cookie, browser, KEPT_FORM_SECONDS);
	return str_fmt(r->c.arena, "/resume/" STR_FMT, STR_ARG(key));
}

static bool find(struct req *r, struct kept_form_find_row *out)
{
	struct str browser = http_cookie(r->http, cookie);
	if (!str_is_empty(browser) &&
		kept_form_find(r->c.db, r->c.arena, crypt_hash(r->c.arena, r->name), crypt_hash(r->c.arena, browser),
			r->c.actor->id, r->c.now, out))
		return true;
	reply_not_found(r);
	return false;
}

void page_resume(struct req *r)
{
	const struct text *t = &r->c.text;
	struct kept_form_find_row kept;
	struct resume_view v = { .action = r->http->path, .leave = STR("/") };
	struct pair *fields;
	size_t n;
	if (!find(r, &kept))
		return;
	if (!url_parse_pairs(r->c.arena, kept.body, &fields, &n)) {
		reply_not_found(r);
		return;
	}
	v.until = t_resume_until(t, when_instant(t, kept.expires_at, r->c.actor->time_zone, r->c.now));
	v.values = ARENA_ARRAY(r->c.arena, struct resume_value, n + 1);
	for (size_t i = 0; i < n; i++)
		if (!str_eq(fields[i].name, STR("csrf")))
			v.values[v.values_n++] = (struct resume_value){ fields[i].name, fields[i].value };
	page_begin(r, &v.page, t_resume_title(t), NAV_NONE);
	tpl_resume(reply_html(r, 200), t, &v);
}

/* Once: the browser sends the same fields to where they belong. */
void page_resume_post(struct req *r)
{
	struct kept_form_find_row kept;
	if (!find(r, &kept))
		return;
	kept_form_delete(r->c.db, kept.id);
	reply_empty(r, 307);
	http_set_header(r->http, STR("Location"), kept.path);
}
