#include "model/test_mail.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/policy.h"

bool test_mail_send(struct ctx *c)
{
	if (str_is_empty(c->actor->email))
		return ctx_invalid(c, STR("test_mail"), CODE_required, t_settings_mail_no_address(&c->text));
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
