#include "web/list.h"
#include "web/known.h"

/* The path with the filters. Answers how long it would be without any. */
static size_t put_filters(struct buf *b, const struct list *l)
{
	buf_put(b, l->path);
	if (!str_find(l->path, STR("?"), NULL))
		buf_char(b, '?');
	size_t bare = b->n;
	for (size_t i = 0; i < l->keep_n; i++) {
		struct str *values;
		size_t n = req_query_all(l->r, l->keep[i], &values);
		for (size_t k = 0; k < n; k++)
			if (values[k].n)
				url_put_pair(b, str_from(l->keep[i]), values[k]);
	}
	return bare;
}

int64_t list_count(const struct list *l, int64_t (*count)(struct req *r))
{
	struct buf what = buf_new(l->r->c.arena);
	int64_t n;
	put_filters(&what, l);
	if (known_count(l->r, buf_str(&what), &n))
		return n;
	n = count(l->r);
	known_count_keep(l->r, buf_str(&what), n);
	return n;
}

struct str list_url(const struct list *l, struct str sort, struct str after)
{
	struct buf b = buf_new(l->r->c.arena);
	size_t bare = put_filters(&b, l);
	if (str_is_null(sort))
		sort = req_query(l->r, "sort");
	if (sort.n)
		url_put_pair(&b, STR("sort"), sort);
	if (req_query(l->r, "limit").n)
		url_put_pair(&b, STR("limit"), req_query(l->r, "limit"));
	if (after.n)
		url_put_pair(&b, STR("after"), after);
	return b.n == bare ? l->path : buf_str(&b);
}

struct sort_header list_header(const struct list *l, int column, struct str label)
{
	bool mine = l->page->sort == column;
	struct str name = str_from(l->sorts[column]);
	struct str turned = mine && !l->page->desc ? str_cat(l->r->c.arena, STR("-"), name) : name;
	struct sort_header h = { .label = label, .href = list_url(l, turned, STR_NULL) };
	if (mine)
		h.direction = l->page->desc ? STR("descending") : STR("ascending");
	return h;
}

struct pager list_pager(const struct list *l, struct str words, size_t n, struct list_end first, struct list_end last,
	bool has_before, bool more)
{
	struct pager p = { .words = words };
	if (!n)
		return p;
	if (has_before) {
		p.first = list_url(l, STR_NULL, STR_NULL);
		p.previous = list_url(l, STR_NULL, req_cursor(l->r, l->page, first.key, first.number, first.id, true));
	}
	if (more) {
		p.next = list_url(l, STR_NULL, req_cursor(l->r, l->page, last.key, last.number, last.id, false));
		p.last = list_url(l, STR_NULL, STR("last"));
	}
	return p;
}

struct export_links list_exports(const struct list *l)
{
	struct arena *a = l->r->c.arena;
	struct list file = *l;
	size_t end = l->path.n;
	str_find(l->path, STR("?"), &end);
	file.path = str_fmt(
		a, STR_FMT "/export" STR_FMT, STR_ARG(str_sub(l->path, 0, end)), STR_ARG(str_sub(l->path, end, l->path.n)));
	struct str url = list_url(&file, STR_NULL, STR_NULL);
	url = str_cat(a, url, str_find(url, STR("?"), NULL) ? STR("&format=") : STR("?format="));
	return (struct export_links){ str_cat(a, url, STR("csv")), str_cat(a, url, STR("xlsx")) };
}
