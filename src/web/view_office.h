/* Settings, the audit trail, reports. */
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
	struct field zone, locale, theme;
	struct field current, password;
	struct token_row_view *tokens;
	size_t tokens_n;
	struct field token_name;
	struct str token; /* just made: shown this once */
	bool can_account;
	struct field account_name, account_zone, account_locale, undo_hold, when_full, on_clash, mail_name;
	struct mail_test_view {
		struct str to, made, made_iso, error;
		struct badge state;
	} mail; /* the last test message; `to` is empty when there was none */
	struct str mail_note, mail_error;
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
	struct empty_view empty;
};

/* ---- reports */
struct report_row_view {
	struct str name, href, when, zone; /* of a session; when is empty for a training as a whole */
	int64_t enrolled, attended, absent, no_result;
	struct str rate; /* "83%", "–" */
	struct seat_strip strip;
};
struct report_group_view {
	struct str title, href, caption;
	struct report_row_view *rows;
	size_t rows_n;
	struct report_row_view sum;
	bool has_sum; /* more than one session */
};
struct reports_view {
	struct page_view page;
	struct field training, from, to;
	struct str found;
	struct report_row_view all;
	struct report_group_view *groups;
	size_t groups_n;
	struct str cut; /* how many trainings are not shown; empty: none */
	struct empty_view empty;
};
#endif
