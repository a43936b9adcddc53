/* What an address asks for: a path leads to one route and back, a cursor to where it stood, and filters are read within
 * their bounds or refused with a reason. The input is a path, a line break and a query. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "base/tz.h"
#include "model/report.h"
#include "web/router.h"

enum { SORTS = 3, LIMIT_MAX = 1000 };
static const char *const sorts[SORTS] = { "name", "login", "day" };
static const struct actor actor = { .id = 1, .time_zone = { "Europe/Berlin", 13 } };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	tz_init(NULL);
	return 0;
}

/* Each object has one address: made of what was found, it is the path again. */
static void check_path(struct arena *a, struct str path)
{
	for (int method = HTTP_GET; method <= HTTP_OTHER; method++) {
		struct route_match m;
		if (!router_match((enum http_method)method, path, &m))
			continue;
		struct buf b = buf_new(a);
		int64_t ids[] = { m.id, m.id2 };
		size_t n = 0;
		for (const char *p = m.route->path; *p; p++) {
			if (*p != '{') {
				buf_char(&b, *p);
				continue;
			}
			if (strncmp(p, "{id}", 4))
				buf_put(&b, m.name);
			else
				buf_i64(&b, ids[n++]);
			p = strchr(p, '}');
		}
		must(str_eq(path, buf_str(&b)));
	}
}

/* A request to REST with these parameters; false when they cannot be read. */
static bool begin(struct arena *a, struct str query, struct http *h, struct req *r)
{
	*h = (struct http){ .arena = a, .out = buf_new(a) };
	*r = (struct req){ .c = { .arena = a, .actor = &actor, .text = { a, LOCALE_EN } }, .http = h, .api = true };
	return url_parse_pairs(a, query, &r->query, &r->query_n);
}

static void check_refused(const struct req *r)
{
	must(r->c.errs.kind == ERR_INVALID && r->c.errs.n > 0);
	for (size_t i = 0; i < r->c.errs.n; i++)
		must(r->c.errs.items[i].message.n > 0);
}

static struct str address_of(struct req *r, const struct db_page *page)
{
	struct buf b = buf_new(r->c.arena);
	url_put_pair(&b, STR("sort"), str_cat(r->c.arena, page->desc ? STR("-") : STR(""), str_from(sorts[page->sort])));
	url_put_pair(
		&b, STR("after"), req_cursor(r, page, page->after_key, page->after_int, page->after_id, page->backward));
	return buf_str(&b);
}

static void check_page(struct arena *a, struct str query)
{
	struct http h;
	struct req r;
	struct db_page page, again;
	if (!begin(a, query, &h, &r))
		return;
	if (!req_page(&r, sorts, SORTS, "name", &page)) {
		must(h.status == 422);
		check_refused(&r);
		return;
	}
	must(page.sort >= 0 && page.sort < SORTS && page.limit >= 1 && page.limit <= LIMIT_MAX);
	must(!page.has_after || !page.last);
	if (!page.has_after)
		return;
	must(begin(a, address_of(&r, &page), &h, &r) && req_page(&r, sorts, SORTS, "name", &again) && again.has_after);
	must(page.sort == again.sort && page.desc == again.desc && page.backward == again.backward);
	must(str_eq(page.after_key, again.after_key) && page.after_int == again.after_int &&
		page.after_id == again.after_id);
}

static void check_offset(struct arena *a, struct str query)
{
	struct http h;
	struct req r;
	int64_t limit, seen;
	if (!begin(a, query, &h, &r))
		return;
	if (req_offset(&r, &limit, &seen))
		must(limit >= 1 && limit <= LIMIT_MAX && seen >= 0);
	else
		check_refused(&r);
}

static void check_report(struct arena *a, struct str query)
{
	struct http h;
	struct req r;
	struct report_query q;
	struct str *trainings, *sessions;
	if (!begin(a, query, &h, &r))
		return;
	struct report_words words = {
		.from = req_query(&r, "from"),
		.to = req_query(&r, "to"),
		.department = req_query(&r, "department"),
		.nested = req_query(&r, "nested"),
		.result = req_query(&r, "result"),
		.trainings_n = req_query_all(&r, "trainings", &trainings),
		.sessions_n = req_query_all(&r, "sessions", &sessions),
	};
	words.trainings = trainings;
	words.sessions = sessions;
	if (!report_query_read(&r.c, &words, &q)) {
		check_refused(&r);
		return;
	}
	must(q.trainings_n <= REPORT_IDS_MAX && q.sessions_n <= REPORT_IDS_MAX);
	must(!q.from || !q.to || q.from < q.to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str query = { (const char *)data, size }, path;
	if (!str_split(&query, '\n', &path))
		return 0;
	check_path(a, path);
	check_page(a, query);
	check_offset(a, query);
	check_report(a, query);
	return 0;
}
