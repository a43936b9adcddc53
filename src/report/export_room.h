/* Inside the exports: reading a list page by page, and words. Nobody else includes this. */
#ifndef MUSTER_REPORT_EXPORT_ROOM_H
#define MUSTER_REPORT_EXPORT_ROOM_H
#include "model/policy.h"
#include "report/export.h"

/* Where a page ended. */
struct export_end {
	bool more;
	struct str key;
	int64_t number, id;
};
typedef void export_page(struct ctx *c, const struct db_page *page, void *arg, struct table *t, struct export_end *end);
/* Calls fn for each page, from the first to the last; the arena of its ctx lives as long as the page. */
void export_pages(struct ctx *c, const struct db_page *page, export_page *fn, void *arg, struct table *t);

struct str export_answer(const struct text *t, struct str answer);
struct str export_result(const struct text *t, struct str result); /* empty for none */
struct str export_user_status(const struct text *t, struct str status);
#endif
