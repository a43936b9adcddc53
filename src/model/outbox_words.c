/* The outbox in words, for its page and its export. */
#include "gen/text.h"
#include "model/outbox.h"

struct str outbox_kind_words(const struct text *t, const struct outbox_item *o)
{
	struct str kind = str_eq(o->kind, STR("invite")) ? t_outbox_kind_invite(t)
		: str_eq(o->kind, STR("cancel"))             ? t_outbox_kind_cancel(t)
		: str_eq(o->kind, STR("waiting"))            ? t_outbox_kind_waiting(t)
		: str_eq(o->kind, STR("waiting_changed"))    ? t_outbox_kind_waiting_changed(t)
		: str_eq(o->kind, STR("waiting_cancelled"))  ? t_outbox_kind_waiting_cancelled(t)
		: str_eq(o->kind, STR("choose"))             ? t_outbox_kind_choose(t)
		: str_eq(o->kind, STR("reminder"))           ? t_outbox_kind_reminder(t)
		: str_eq(o->kind, STR("confirm"))            ? t_outbox_kind_confirm(t)
		: str_eq(o->kind, STR("test"))               ? t_outbox_kind_test(t)
		: str_eq(o->kind, STR("password_forgotten")) ? t_outbox_kind_password_link(t)
		: str_eq(o->kind, STR("password_given"))     ? t_outbox_kind_password_link(t)
		: str_eq(o->kind, STR("password_changed"))   ? t_outbox_kind_password_changed(t)
													 : t_outbox_kind_cancelled(t);
	return o->position.has && o->position.v > 1 ? t_outbox_kind_day(t, kind, o->position.v) : kind;
}

struct str outbox_state_words(const struct text *t, struct str state)
{
	if (str_eq(state, STR("sent")))
		return t_outbox_sent(t);
	if (str_eq(state, STR("failed")))
		return t_outbox_failed(t);
	return str_eq(state, STR("dropped")) ? t_outbox_dropped(t) : t_outbox_waiting(t);
}
