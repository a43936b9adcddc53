/* Settings: one's own, the password, API tokens, and for administrators the account's. One page, a form for each. */
#include "base/crypt.h"
#include "base/tz.h"
#include "gen/queries.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "model/access.h"
#include "model/password.h"
#include "model/test_mail.h"
#include "model/when.h"
#include "web/app.h"
#include "web/limit.h"
#include "web/outbox_badge.h"
#include "web/remind_words.h"
#include "web/replies_words.h"
#include "web/reply.h"
#include "web/sign_in.h"
#include "web/view_office.h"

enum { TRIES = 10, TRIES_SECONDS = 900, TEST_MAILS = 5 };
/* Which form was sent, and comes back with what was typed. */
enum sent { SENT_NONE, SENT_OWN, SENT_PASSWORD, SENT_TOKEN, SENT_ACCOUNT };

static struct str typed(struct req *r, bool mine, const char *name, struct str stored)
{
	struct str value = mine ? req_form(r, name) : stored;
	return str_is_null(value) ? STR("") : value;
}

static void option(struct field *f, struct str value, struct str label, struct str chosen)
{
	f->options[f->options_n++] =
		(struct field_option){ .value = value, .label = label, .chosen = str_eq(value, chosen) };
}

/* All zones; `same` (when not null) stands for none of one's own. What is chosen stays in the list, whatever it is. */
static struct field zone_field(struct req *r, const char *name, struct str label, struct str same, struct str chosen)
{
	size_t n;
	const struct str *all = tz_all(&n);
	struct field f = {
		.name = str_from(name), .label = label, .options = ARENA_ARRAY(r->c.arena, struct field_option, n + 2)
	};
	bool found = str_is_empty(chosen);
	if (!str_is_null(same))
		option(&f, STR(""), same, chosen);
	for (size_t i = 0; i < n; i++) {
		option(&f, all[i], all[i], chosen);
		found |= str_eq(all[i], chosen);
	}
	if (!found)
		option(&f, chosen, chosen, chosen);
	return f;
}

static struct str language(const struct text *t, struct str tag)
{
	return str_eq(tag, STR("en"))   ? t_language_en(t)
		: str_eq(tag, STR("en-XA")) ? t_language_en_xa(t)
		: str_eq(tag, STR("ar-XB")) ? t_language_ar_xb(t)
									: tag;
}

/* The languages that exist for tests are offered to who has one. */
static struct field locale_field(struct req *r, const char *name, struct str label, struct str same, struct str chosen)
{
	struct field f = {
		.name = str_from(name), .label = label, .options = ARENA_ARRAY(r->c.arena, struct field_option, 3)
	};
	if (!str_is_null(same))
		option(&f, STR(""), same, chosen);
	option(&f, STR("en"), t_language_en(&r->c.text), chosen);
	if (chosen.n && !str_eq(chosen, STR("en")))
		option(&f, chosen, language(&r->c.text, chosen), chosen);
	return f;
}

static void fill_own(struct req *r, bool mine, struct settings_view *v)
{
	const struct text *t = &r->c.text;
	struct own_form own = { 0 };
	access_own_settings(&r->c, &own);
	struct str account_locale = str_from(text_locale_tag(r->account->locale)),
			   theme = typed(r, mine, "theme", own.theme);
	v->zone = zone_field(r, "time_zone", t_settings_own_zone(t), t_settings_own_zone_same(t, r->account->time_zone),
		typed(r, mine, "time_zone", own.time_zone));
	v->locale = locale_field(r, "locale", t_settings_own_locale(t),
		t_settings_own_locale_same(t, language(t, account_locale)), typed(r, mine, "locale", own.locale));
	v->theme = (struct field){
		.name = STR("theme"), .label = t_settings_theme(t), .options = ARENA_ARRAY(r->c.arena, struct field_option, 3)
	};
	option(&v->theme, STR("system"), t_settings_theme_system(t), theme);
	option(&v->theme, STR("light"), t_settings_theme_light(t), theme);
	option(&v->theme, STR("dark"), t_settings_theme_dark(t), theme);
}

/* Passwords never come back. */
static void fill_password(struct req *r, struct settings_view *v)
{
	const struct text *t = &r->c.text;
	v->current = (struct field){ .name = STR("current"),
		.label = t_settings_password_current(t),
		.type = STR("password"),
		.autocomplete = STR("current-password") };
	v->password = (struct field){ .name = STR("password"),
		.label = t_settings_password_new(t),
		.hint = t_settings_password_hint(t),
		.type = STR("password"),
		.autocomplete = STR("new-password") };
}

static void fill_tokens(struct req *r, bool mine, struct settings_view *v)
{
	const struct text *t = &r->c.text;
	struct access_tokens all;
	struct str zone = r->c.actor->time_zone;
	access_tokens_list(&r->c, &all);
	v->tokens = ARENA_ARRAY(r->c.arena, struct token_row_view, all.n + 1);
	for (size_t i = 0; i < all.n; i++) {
		const struct access_token *k = &all.items[i];
		struct str made = when_date(t, k->created_at, zone, r->c.now);
		v->tokens[v->tokens_n++] = (struct token_row_view){ .id = k->id,
			.name = k->name,
			.revoke = t_settings_tokens_revoke_one(t, k->name),
			.used = k->last_used_at.has
				? t_settings_tokens_used(t, made, when_date(t, k->last_used_at.v, zone, r->c.now))
				: t_settings_tokens_made(t, made) };
	}
	v->token_name = (struct field){ .name = STR("token_name"),
		.label = t_settings_tokens_name(t),
		.value = typed(r, mine, "token_name", STR("")),
		.max_length = ACCESS_TOKEN_NAME_MAX };
}

static void fill_account(struct req *r, bool mine, struct settings_view *v)
{
	const struct text *t = &r->c.text;
	const struct account *a = r->account;
	struct str full = typed(r, mine, "when_full", a->when_full), clash = typed(r, mine, "on_clash", a->on_clash);
	v->can_account = true;
	v->account_name = (struct field){ .name = STR("account_name"),
		.label = t_settings_account_name(t),
		.value = typed(r, mine, "account_name", a->name),
		.max_length = 255,
		.autocomplete = STR("organization") };
	v->mail_name = (struct field){ .name = STR("mail_name"),
		.label = t_settings_account_mail_name(t),
		.hint = t_settings_account_mail_hint(t),
		.value = typed(r, mine, "mail_name", a->mail_name),
		.max_length = 255,
		.optional = true };
	v->account_zone = zone_field(r, "account_time_zone", t_settings_account_zone(t), STR_NULL,
		typed(r, mine, "account_time_zone", a->time_zone));
	v->account_zone.hint = t_settings_account_zone_hint(t);
	v->account_locale = locale_field(r, "account_locale", t_settings_account_locale(t), STR_NULL,
		typed(r, mine, "account_locale", str_from(text_locale_tag(a->locale))));
	v->undo_hold = (struct field){ .name = STR("undo_hold"),
		.label = t_settings_account_hold(t),
		.type = STR("number"),
		.min = STR("0"),
		.max = STR("604800"),
		.hint = r->app->undo_hold >= 0 ? t_settings_account_hold_fixed(t, r->app->undo_hold)
									   : t_settings_account_hold_hint(t),
		.value = typed(r, mine, "undo_hold", str_num(r->c.arena, "", a->undo_hold)) };
	v->when_full = (struct field){ .name = STR("when_full"),
		.label = t_settings_account_full(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 3) };
	option(&v->when_full, STR("wait"), t_settings_account_full_wait(t), full);
	option(&v->when_full, STR("refuse"), t_settings_account_full_refuse(t), full);
	option(&v->when_full, STR("over"), t_settings_account_full_over(t), full);
	v->on_clash = (struct field){ .name = STR("on_clash"),
		.label = t_settings_account_clash(t),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, 2) };
	option(&v->on_clash, STR("warn"), t_settings_account_clash_warn(t), clash);
	option(&v->on_clash, STR("skip"), t_settings_account_clash_skip(t), clash);
}

/* What is none of those offered, or too many, the model refuses. */
static struct reminders typed_remind(struct req *r)
{
	struct reminders out = { 0 };
	struct str *all;
	size_t n = req_form_all(r, "remind", &all);
	for (size_t i = 0; i < n; i++) {
		int64_t ahead;
		reminder_choose(&out, str_to_i64(all[i], &ahead) ? ahead : 0);
	}
	return out;
}

/* The times ahead that can be chosen. */
static void fill_remind(struct req *r, bool mine, struct settings_view *v)
{
	const struct text *t = &r->c.text;
	struct reminders set;
	if (mine)
		set = typed_remind(r);
	else
		reminder_setting(&r->c, &set);
	v->remind = (struct field){ .name = STR("remind"),
		.label = t_settings_remind(t),
		.hint = t_settings_remind_hint(t, REMINDERS_MAX),
		.options = ARENA_ARRAY(r->c.arena, struct field_option, REMINDER_CHOICES) };
	for (size_t i = 0; i < REMINDER_CHOICES; i++)
		v->remind.options[v->remind.options_n++] =
			(struct field_option){ .value = str_num(r->c.arena, "", reminder_choices[i]),
				.label = remind_words(t, reminder_choices[i]),
				.chosen = set.chosen[i] };
}

/* What became of the last test message, and whether there is a way out at all. */
static void fill_mail(struct req *r, struct settings_view *v)
{
	const struct text *t = &r->c.text;
	struct test_mail m;
	v->mail_note = r->app->has_smtp ? STR("") : t_settings_mail_off(t);
	v->replies = replies_words(r);
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (str_eq(r->c.errs.items[i].field, STR("test_mail")))
			v->mail_error = r->c.errs.items[i].message;
	if (!test_mail_last(&r->c, &m))
		return;
	v->mail = (struct mail_test_view){ .to = m.address,
		.made = when_instant(t, m.at, r->c.actor->time_zone, r->c.now),
		.made_iso = when_iso(t, m.at, r->c.actor->time_zone),
		.error = str_is_null(m.last_error) ? STR("") : m.last_error,
		.state = outbox_state_badge(t, m.state) };
}

static void show(struct req *r, unsigned status, enum sent sent, struct str token)
{
	struct settings_view v = { .token = token, .me = r->c.actor->id };
	fill_own(r, sent == SENT_OWN, &v);
	fill_password(r, &v);
	fill_tokens(r, sent == SENT_TOKEN && str_is_empty(token), &v);
	if (actor_can(r->c.actor, PERM_SETTINGS)) {
		fill_account(r, sent == SENT_ACCOUNT, &v);
		fill_remind(r, sent == SENT_ACCOUNT, &v);
		fill_mail(r, &v);
	}
	struct field *fields[] = { &v.zone, &v.locale, &v.theme, &v.current, &v.password, &v.token_name, &v.account_name,
		&v.mail_name, &v.account_zone, &v.account_locale, &v.undo_hold, &v.when_full, &v.on_clash, &v.remind };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		field_errors(fields[i], &r->c.errs);
	page_begin(r, &v.page, t_settings_title(&r->c.text), NAV_SETTINGS);
	tpl_settings(reply_html(r, status), &r->c.text, &v);
}

void page_settings(struct req *r)
{
	show(r, 200, SENT_NONE, STR_NULL);
}

/* What the model calls a field, and what it is called on this page. */
static void rename_errors(struct req *r, const char *from, const char *to)
{
	for (size_t i = 0; i < r->c.errs.n; i++)
		if (str_eq(r->c.errs.items[i].field, str_from(from)))
			r->c.errs.items[i].field = str_from(to);
}

static void refused(struct req *r, enum sent sent)
{
	if (r->c.errs.kind == ERR_INVALID)
		show(r, 422, sent, STR_NULL);
	else
		reply_error(r);
}

/* ---- one's own */
void page_settings_own(struct req *r)
{
	struct own_form f = { .time_zone = typed(r, true, "time_zone", STR_NULL),
		.locale = typed(r, true, "locale", STR_NULL),
		.theme = typed(r, true, "theme", STR_NULL) };
	if (own_settings_save(&r->c, &f))
		reply_redirect_flash(r, t_settings_own_saved(&r->c.text), "/settings");
	else
		refused(r, SENT_OWN);
}

/* ---- password */
struct password_write {
	struct req *r;
	struct str hash, throttle, token;
	bool ok;
};

static bool password_write(struct db *tx, void *arg)
{
	struct password_write *w = arg;
	struct ctx c = w->r->c;
	c.db = tx;
	if (str_is_null(w->hash)) {
		throttle_hit(tx, w->throttle, c.now, c.now + TRIES_SECONDS);
		return true;
	}
	throttle_clear(tx, w->throttle);
	w->ok = password_set_own(&c, w->hash);
	/* Whoever asked for it stays signed in here. */
	sign_in_start(&c, c.actor->id, &w->token);
	return w->ok;
}

void page_settings_password(struct req *r)
{
	const struct text *t = &r->c.text;
	struct str current = typed(r, true, "current", STR_NULL), fresh = typed(r, true, "password", STR_NULL);
	struct password_write w = {
		.r = r, .hash = STR_NULL, .throttle = str_num(r->c.arena, "password:", r->c.actor->id)
	};
	/* Somebody may have left the sign-in open. */
	int64_t minutes = (limit_wait(r, w.throttle, TRIES) + 59) / 60;
	if (minutes) {
		ctx_invalid(&r->c, STR("current"), CODE_out_of_range, t_settings_password_slow(t, minutes));
		show(r, 429, SENT_PASSWORD, STR_NULL);
		return;
	}
	bool right = access_password_is(&r->c, current);
	if (!right)
		ctx_invalid(&r->c, STR("current"), str_is_empty(current) ? CODE_required : CODE_invalid,
			str_is_empty(current) ? t_error_required(t) : t_settings_password_wrong(t));
	if (password_fits(&r->c, fresh) && right)
		w.hash = crypt_password(r->c.arena, fresh);
	bool counts = !right && !str_is_empty(current);
	if ((counts || !str_is_null(w.hash)) && db_write(r->app->store, password_write, &w) != DB_OK) {
		reply_status(r, 503);
	} else if (!w.ok) {
		refused(r, SENT_PASSWORD);
	} else {
		reply_redirect_flash(r, t_settings_password_saved(t), "/settings");
		cookie_set(r, "muster", w.token, SIGN_IN_COOKIE);
	}
}

/* ---- tokens */
void page_token_create(struct req *r)
{
	struct str token;
	if (access_token_make(&r->c, typed(r, true, "token_name", STR_NULL), &token)) {
		/* Not behind a redirect: the token would have to be kept for it. */
		show(r, 200, SENT_TOKEN, token);
		return;
	}
	rename_errors(r, "name", "token_name");
	refused(r, SENT_TOKEN);
}

void page_token_revoke(struct req *r)
{
	struct str name;
	if (access_token_revoke(&r->c, r->id, &name))
		reply_redirect_flash(r, t_settings_tokens_revoked(&r->c.text, name), "/settings");
	else
		reply_error(r);
}

/* ---- the test message */
void page_settings_test_mail(struct req *r)
{
	const struct text *t = &r->c.text;
	struct str key = str_num(r->c.arena, "test-mail:", r->c.actor->id);
	int64_t wait = limit_wait(r, key, TEST_MAILS);
	if (wait) {
		ctx_invalid(&r->c, STR("test_mail"), CODE_out_of_range, t_settings_mail_slow(t, (wait + 59) / 60));
		show(r, 429, SENT_NONE, STR_NULL);
		http_set_header(r->http, STR("Retry-After"), str_num(r->c.arena, "", wait));
	} else if (test_mail_send(&r->c)) {
		throttle_hit(r->c.db, key, r->c.now, r->c.now + LIMIT_SECONDS);
		reply_redirect_flash(r, t_settings_mail_sent(t, r->c.actor->email), "/settings#mail-title");
	} else {
		refused(r, SENT_NONE);
	}
}

/* ---- the account */
void page_settings_account(struct req *r)
{
	struct account_form f = { .name = typed(r, true, "account_name", STR_NULL),
		.time_zone = typed(r, true, "account_time_zone", STR_NULL),
		.locale = typed(r, true, "account_locale", STR_NULL),
		.when_full = typed(r, true, "when_full", STR_NULL),
		.on_clash = typed(r, true, "on_clash", STR_NULL),
		.mail_name = typed(r, true, "mail_name", STR_NULL),
		.remind = typed_remind(r),
		.undo_hold = -1 };
	if (!str_to_i64(str_trim(typed(r, true, "undo_hold", STR_NULL)), &f.undo_hold))
		f.undo_hold = -1;
	if (account_save(&r->c, &f)) {
		reply_redirect_flash(r, t_settings_account_saved(&r->c.text), "/settings");
		return;
	}
	rename_errors(r, "name", "account_name");
	rename_errors(r, "time_zone", "account_time_zone");
	rename_errors(r, "locale", "account_locale");
	refused(r, SENT_ACCOUNT);
}
