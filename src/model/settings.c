#include "model/settings.h"
#include <string.h>
#include "base/crypt.h"
#include "base/tz.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"

enum { NAME_MAX_CHARS = 255, HOLD_MAX = 7 * 86400 };

bool account_load(struct ctx *c, struct account *out)
{
	struct account_row_row row;
	if (!account_row(c->db, c->arena, &row) || row.secret.n != sizeof out->secret)
		return false;
	*out = (struct account){ .name = row.name,
		.time_zone = row.time_zone,
		.when_full = row.when_full,
		.on_clash = row.on_clash,
		.mail_name = row.mail_name,
		.undo_hold = row.undo_hold,
		.needs_setup = row.needs_setup };
	if (!text_locale_parse(row.locale, &out->locale))
		out->locale = LOCALE_EN;
	memcpy(out->secret, row.secret.p, sizeof out->secret);
	return true;
}

bool account_create(struct ctx *c, struct str name, struct str time_zone)
{
	account_insert(c->db, name, time_zone, crypt_random(c->arena, CRYPT_KEY_BYTES));
	return !db_failed(c->db);
}

static bool check_zone(struct ctx *c, struct str zone)
{
	return tz_get(zone) || ctx_invalid(c, STR("time_zone"), CODE_invalid, t_settings_zone_unknown(&c->text));
}

static bool check_locale(struct ctx *c, struct str tag)
{
	enum text_locale l;
	return text_locale_parse(tag, &l) || ctx_invalid(c, STR("locale"), CODE_invalid, t_error_invalid(&c->text));
}

static bool is_one_of(struct ctx *c, const char *field, struct str value, struct str a, struct str b, struct str d)
{
	return str_eq(value, a) || str_eq(value, b) || str_eq(value, d) ||
		ctx_invalid(c, str_from(field), CODE_invalid, t_error_invalid(&c->text));
}

bool account_save(struct ctx *c, const struct account_form *f)
{
	struct account old;
	struct reminders remind;
	struct str name, mail_name;
	if (!account_load(c, &old))
		return err_set(&c->errs, ERR_UNAVAILABLE);
	if (!text_clean_line(c->arena, f->name, &name) || str_is_empty(name))
		ctx_invalid(c, STR("name"), CODE_required, t_error_required(&c->text));
	else if (str_count_chars(name) > NAME_MAX_CHARS)
		ctx_invalid(c, STR("name"), CODE_too_long, t_error_too_long(&c->text));
	if (!text_clean_line(c->arena, f->mail_name, &mail_name) || str_count_chars(mail_name) > NAME_MAX_CHARS)
		ctx_invalid(c, STR("mail_name"), CODE_invalid, t_error_invalid(&c->text));
	check_zone(c, f->time_zone);
	check_locale(c, f->locale);
	is_one_of(c, "when_full", f->when_full, STR("wait"), STR("refuse"), STR("over"));
	is_one_of(c, "on_clash", f->on_clash, STR("warn"), STR("skip"), STR("warn"));
	if (f->undo_hold < 0 || f->undo_hold > HOLD_MAX)
		ctx_invalid(c, STR("undo_hold"), CODE_out_of_range, t_error_out_of_range(&c->text));
	reminder_check(c, &f->remind);
	if (c->errs.kind != ERR_NONE)
		return false;
	reminder_setting(c, &remind);
	reminder_save(c, &f->remind);
	account_update(c->db, name, f->time_zone, f->locale, f->undo_hold, f->when_full, f->on_clash, mail_name);
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "name", old.name, name);
	audit_diff_text(&d, "time_zone", old.time_zone, f->time_zone);
	audit_diff_text(&d, "locale", str_from(text_locale_tag(old.locale)), f->locale);
	audit_diff_text(&d, "when_full", old.when_full, f->when_full);
	audit_diff_text(&d, "on_clash", old.on_clash, f->on_clash);
	audit_diff_text(&d, "mail_name", old.mail_name, mail_name);
	audit_diff_text(&d, "remind", reminder_text(c, &remind), reminder_text(c, &f->remind));
	audit_diff_i64(&d, "undo_hold", SOME(old.undo_hold), SOME(f->undo_hold));
	audit_diff_end(&d);
	if (d.n)
		audit_add(c,
			&(struct audit_entry){ .action = "account.edit",
				.object = "account",
				.object_id = 1,
				.before = buf_str(&before),
				.after = buf_str(&after) });
	return !db_failed(c->db);
}

bool own_settings_save(struct ctx *c, const struct own_form *f)
{
	/* Empty: the account's. */
	bool zone_ok = str_is_empty(f->time_zone) || check_zone(c, f->time_zone);
	bool locale_ok = str_is_empty(f->locale) || check_locale(c, f->locale);
	bool theme_ok = is_one_of(c, "theme", f->theme, STR("system"), STR("light"), STR("dark"));
	if (!zone_ok || !locale_ok || !theme_ok)
		return false;
	own_settings_update(c->db, c->actor->id, str_is_empty(f->time_zone) ? STR_NULL : f->time_zone,
		str_is_empty(f->locale) ? STR_NULL : f->locale, f->theme);
	struct buf after = buf_new(c->arena);
	BUF_LIT(&after, "{\"time_zone\":");
	buf_json(&after, f->time_zone);
	BUF_LIT(&after, ",\"locale\":");
	buf_json(&after, f->locale);
	BUF_LIT(&after, ",\"theme\":");
	buf_json(&after, f->theme);
	BUF_LIT(&after, "}");
	audit_add(c,
		&(struct audit_entry){ .action = "user.preferences",
			.object = "user",
			.object_id = c->actor->id,
			.user_id = c->actor->id,
			.after = buf_str(&after) });
	return !db_failed(c->db);
}
