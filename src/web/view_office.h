/* Settings, the audit trail. */
#ifndef MUSTER_WEB_VIEW_OFFICE_H
#define MUSTER_WEB_VIEW_OFFICE_H
#include "web/view_page.h"
#include "web/view_parts.h"
#include "web/view_trainings.h"

/* ---- settings: one page of forms; names of fields are there once on it */
struct token_row_view {
	int64_t id;
	struct str name, used; /* "Made Thu 3 Dec; last used today" */
	struct str revoke;     /* "Revoke Payroll import" */
};
struct settings_view {
	struct page_view page;
	int64_t me;
	struct field zone, locale, theme;
	struct field current, password;
	struct token_row_view *tokens;
	size_t tokens_n;
	struct field token_name;
	struct str token; /* just made: shown this once */
	bool can_account;
	struct field account_name, account_zone, account_locale, undo_hold, when_full, on_clash, mail_name, remind;
	struct mail_test_view {
		struct str to, made, made_iso, error;
		struct badge state;
	} mail; /* the last test message; `to` is empty when there was none */
	struct str mail_note, mail_error, replies;
};

/* ---- audit */
struct audit_view {
	struct page_view page;
	struct field who, user, object, action, from, to;
	struct str found;
	bool narrowed;
	struct history_item *items;
	size_t items_n; /* one entry: view_trainings.h */
	struct pager pager;
	struct export_links export;
	struct empty_view empty;
};
#endif
