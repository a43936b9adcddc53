#include "model/test_mail.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"
#include "model/settings.h"

bool test_mail_send(struct ctx *c)
{
	if (str_is_empty(c->actor->email))
		return err_add(
			&c->errs, c->arena, ERR_INVALID, STR("test_mail"), CODE_required, t_settings_mail_no_address(&c->text));
	int64_t id = outbox_test_insert(c->db, c->actor->id, c->now);
	audit_add(c, &(struct audit_entry){ .action = "outbox.test", .object = "outbox", .object_id = id });
	return !db_failed(c->db);
}

bool test_mail_last(struct ctx *c, struct test_mail *out)
{
	struct outbox_test_last_row o;
	if (!outbox_test_last(c->db, c->arena, c->actor->id, &o))
		return false;
	*out = (struct test_mail){ .at = o.created_at,
		.attempts = o.attempts,
		.sent_at = o.sent_at,
		.state = o.state,
		.address = o.address,
		.last_error = o.last_error };
	return true;
}

bool test_mail_letter(struct ctx *c, const struct account *account, int64_t id, struct letter *out)
{
	struct outbox_test_letter_row o;
	if (!outbox_test_letter(c->db, c->arena, id, &o) || !str_eq(o.status, STR("active")) || str_is_empty(o.email))
		return false;
	bool repeated = o.stamped_at.has && str_eq(o.address, o.email);
	*out = (struct letter){ .id = id,
		.fence = o.fence,
		.attempts = o.attempts,
		.kind = LETTER_TEST,
		.stamped_at = repeated ? o.stamped_at.v : c->now,
		.thread = id,
		.address = o.email,
		.user_name = o.name,
		.zone = str_is_empty(o.time_zone) ? account->time_zone : o.time_zone,
		.title = account->name,
		.summary = account->name,
		.mail_name = account->mail_name };
	if (str_is_empty(o.locale) || !text_locale_parse(o.locale, &out->locale))
		out->locale = account->locale;
	if (!repeated)
		outbox_stamp(c->db, id, out->address, NONE, c->now, STR_NULL);
	return true;
}
