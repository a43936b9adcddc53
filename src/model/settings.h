/* The account: one row of settings. */
#ifndef MUSTER_MODEL_SETTINGS_H
#define MUSTER_MODEL_SETTINGS_H
#include "model/reminder.h"

struct account {
	struct str name, time_zone, when_full, on_clash, mail_name;
	enum text_locale locale;
	int64_t undo_hold; /* seconds; --undo-hold overrides it */
	unsigned char secret[32];
	bool needs_setup; /* there is no user yet */
};
/* False when the database has no account row yet (not migrated). */
bool account_load(struct ctx *c, struct account *out);
/* Makes the one row with a new secret if it is missing; done by migrate. */
bool account_create(struct ctx *c, struct str name, struct str time_zone);

struct account_form {
	struct str name, time_zone, locale, when_full, on_clash, mail_name;
	int64_t undo_hold;
	struct reminders remind;
};
bool account_save(struct ctx *c, const struct account_form *f); /* needs PERM_SETTINGS; audited */
struct own_form {
	struct str time_zone, locale, theme;
};
bool own_settings_save(struct ctx *c, const struct own_form *f); /* the actor's own zone, language, theme */
#endif
