/* What the list pages share: addresses that keep search, filters and order. */
#ifndef MUSTER_WEB_LIST_H
#define MUSTER_WEB_LIST_H
#include "web/view_parts.h"
#include "web/web.h"

/* A list at `path`, which may have a query already; `keep` names the query parameters that every link of it carries on
 * besides these, sort and limit. */
struct list {
	struct req *r;
	struct str path;
	const char *const *keep;
	size_t keep_n;
	const struct db_page *page;
	const char *const *sorts;
	size_t sorts_n;
};

/* How many rows it has, which `count` finds out from the request: once for all pages of it while nothing is committed.
 * For what the data, who asks and the filters decide, and nothing else, as the time. */
int64_t list_count(const struct list *l, int64_t (*count)(struct req *r));
/* The address with these parameters, ordered by `sort` (null: as now) and at `after` (null: the beginning). */
struct str list_url(const struct list *l, struct str sort, struct str after);
/* A column head that sorts by sorts[column], or turns around when it does already. */
struct sort_header list_header(const struct list *l, int column, struct str label);
/* The row at each end of the page, for its neighbors. n is 0 for an empty page. */
struct list_end {
	struct str key;
	int64_t number, id;
};
struct pager list_pager(const struct list *l, struct str words, size_t n, struct list_end first, struct list_end last,
	bool has_before, bool more);
/* Where the whole list can be had as a file: the list's path and "/export", with its filters and order. */
struct export_links list_exports(const struct list *l);
#endif
