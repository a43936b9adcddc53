/* What the pages of imports show. */
#ifndef MUSTER_WEB_VIEW_IMPORT_H
#define MUSTER_WEB_VIEW_IMPORT_H
#include "web/view_page.h"
#include "web/view_parts.h"

struct import_fault_view {
	int64_t row;
	struct str column, value, reason;
};
struct import_faults_view {
	struct str title;
	struct import_fault_view *rows;
	size_t rows_n;
};
struct import_column_view {
	struct str name, words;
	bool required;
};
struct import_recent_view {
	struct str href, title, detail;
};
struct import_upload_view {
	struct page_view page;
	struct str file_error, text; /* text: what was pasted */
	struct import_faults_view faults;
	struct import_column_view *columns;
	size_t columns_n;
	struct import_recent_view *recent;
	size_t recent_n;
};

struct import_change_view {
	struct str label, before, after;
	bool ltr;
};
struct import_row_view {
	int64_t row;
	struct str login, name, href, department;
	struct import_change_view *changes;
	size_t changes_n;
};
struct import_kpi_view {
	struct str label, number;
};
struct import_view {
	struct page_view page;
	int64_t id;
	struct str title, words, file, read_as, status_words;
	bool ready, running, shows_changes;
	int64_t done, total;
	struct import_kpi_view *kpis;
	size_t kpis_n;
	struct tabs_view tabs;
	struct str list_title, warn, nothing, button;
	struct import_row_view *rows;
	size_t rows_n;
	struct import_faults_view faults;
	struct str next, first; /* addresses; empty: none */
	struct empty_view empty;
};
#endif
