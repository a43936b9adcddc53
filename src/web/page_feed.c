/* The calendar feed: making and revoking its secret address, and the feed itself, which calendar programs read without
 * a sign-in. */
#include "base/crypt.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "mail/feed.h"
#include "model/feed.h"
#include "model/portal.h"
#include "model/when.h"
#include "web/app.h"
#include "web/limit.h"
#include "web/reply.h"
#include "web/view_feed.h"

enum { SECRET_CHARS = 43, ETAG_CHARS = 32 };

/* ---- the page */
static void show(struct req *r, struct str secret)
{
	const struct text *t = &r->c.text;
	struct feed_view v = { .address = STR(""), .made = STR("") };
	int64_t created_at;
	if (!str_is_empty(secret)) {
		v.address = str_fmt(r->c.arena, STR_FMT "/feed/" STR_FMT ".ics", STR_ARG(r->app->base_url), STR_ARG(secret));
		size_t at;
		/* Calendar programs register for this scheme; the address behind it is the same. */
		if (str_find(v.address, STR("://"), &at))
			v.web_address = str_cat(r->c.arena, STR("webcal"), str_sub(v.address, at, v.address.n));
	}
	if (feed_exists(&r->c, &created_at))
		v.made = t_feed_made(t, when_date(t, created_at, r->c.actor->time_zone, r->c.now));
	page_begin(r, &v.page, t_feed_title(t), NAV_CALENDAR);
	tpl_feed(reply_html(r, 200), t, &v);
}

void page_feed(struct req *r)
{
	show(r, STR(""));
}

void page_feed_create(struct req *r)
{
	struct str secret;
	/* Not behind a redirect: the secret would have to be kept for it. */
	if (feed_make(&r->c, &secret))
		show(r, secret);
	else
		reply_error(r);
}

void page_feed_revoke(struct req *r)
{
	if (feed_revoke(&r->c))
		reply_redirect_flash(r, t_feed_revoked(&r->c.text), "/calendar/feed");
	else if (r->c.errs.kind == ERR_NOT_FOUND)
		reply_redirect(r, "/calendar/feed");
	else
		reply_error(r);
}

/* ---- the feed. What is revoked and what never was are the same. */
static int64_t user_of(struct req *r)
{
	struct str ending = STR(".ics"), secret = r->name;
	if (secret.n != SECRET_CHARS + ending.n || !str_ends(secret, ending))
		return 0;
	return feed_user(&r->c, str_sub(secret, 0, SECRET_CHARS));
}

static void guard(struct req *r, struct str cache)
{
	http_set_header(r->http, STR("X-Robots-Tag"), STR("noindex, nofollow"));
	http_set_header(r->http, STR("Cache-Control"), cache);
}

void page_feed_file(struct req *r)
{
	struct portal_person person;
	struct mail_sender sender = { .base_url = r->app->base_url, .key = r->c.key };
	int64_t user = user_of(r);
	if (!user && limit_wrong_token(r)) {
		guard(r, STR("no-store"));
		return;
	}
	if (!user || !portal_person_get(&r->c, user, r->account, &person)) {
		r->c.errs = (struct errs){ 0 };
		reply_not_found(r);
		guard(r, STR("no-store"));
		return;
	}
	if (!mail_sender_parse(r->c.arena, r->app->mail_from, &sender)) {
		reply_status(r, 500);
		return;
	}
	r->c.text.locale = person.locale;
	struct str bytes = mail_feed(&r->c, &sender, user, person.time_zone);
	struct str etag =
		str_fmt(r->c.arena, "\"" STR_FMT "\"", STR_ARG(str_sub(crypt_hash(r->c.arena, bytes), 0, ETAG_CHARS)));
	bool same = str_find(http_header(r->http, "If-None-Match"), etag, NULL);
	if (same)
		reply_empty(r, 304);
	else
		reply_bytes(r, 200, STR("text/calendar; charset=utf-8"), bytes);
	http_set_header(r->http, STR("ETag"), etag);
	guard(r, STR("private, max-age=900"));
}
