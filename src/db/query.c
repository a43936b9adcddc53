/* Statements of the catalog, for whichever engine: an error that is there stops them, pages become statements. */
#include "db/query.h"
#include <string.h>
#include "base/log.h"
#include "db/room.h"

static bool may_run(struct db *db, const struct query *q)
{
	if (db->error != DB_OK)
		return false;
	must(db->open);
	db->staged |= q->stages;
	db->counts.statements++;
	return true;
}

bool query_one(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, void *row)
{
	memset(row, 0, q->row_size);
	if (!may_run(db, q))
		return false;
	bool found = db->store->engine->one(db, q, a, values, filter, row);
	if (db->error != DB_OK)
		memset(row, 0, q->row_size);
	return found && db->error == DB_OK;
}

static struct query_rows collect(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, int64_t limit)
{
	if (!may_run(db, q))
		return (struct query_rows){ 0 };
	struct query_rows rows = db->store->engine->many(db, q, a, values, filter, limit);
	return db->error == DB_OK ? rows : (struct query_rows){ 0 };
}

struct query_rows query_many(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter)
{
	return collect(db, q, a, values, filter, 0);
}

int64_t query_exec(
	struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	int64_t n = may_run(db, q) ? db->store->engine->exec(db, q, values, filter) : 0;
	return db->error == DB_OK ? n : 0;
}

void query_put(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	if (may_run(db, q))
		db->store->engine->put(db, q, values, filter);
}

int64_t query_insert(struct db *db, const struct query *q, const union query_value *values)
{
	int64_t id = may_run(db, q) ? db->store->engine->insert(db, q, values) : 0;
	return db->error == DB_OK ? id : 0;
}

/* ---- pages */

static void reverse(struct query_rows *rows, size_t size, struct arena *a)
{
	struct arena_mark mark = arena_mark(a);
	char *items = rows->items, *spare = arena_alloc(a, 1, size);
	for (size_t i = 0; i < rows->n / 2; i++) {
		char *x = items + i * size, *y = items + (rows->n - 1 - i) * size;
		memcpy(spare, x, size);
		memcpy(x, y, size);
		memcpy(y, spare, size);
	}
	arena_rewind(a, mark);
}

void db_page_fit(struct db_page *page, int64_t total)
{
	if (page->last && page->limit > 0 && total > 0)
		page->limit = (total - 1) % page->limit + 1;
}

/* A cursor comes from outside. Bytes that are no text, which PostgreSQL refuses, stand where the list begins. */
static struct str cursor_key(enum query_type type, struct str key)
{
	bool usable = type != QUERY_TEXT || (str_is_utf8(key) && !str_find(key, STR("\0"), NULL));
	return usable && !str_is_null(key) ? key : STR("");
}

struct query_rows query_page(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, const struct db_page *page)
{
	must(page->sort >= 0 && (size_t)page->sort < q->sorts_n);
	bool from_end = page->last || page->backward, after = page->has_after && !page->last;
	int64_t limit = page->limit < 1 ? 1 : page->limit > INT32_MAX ? INT32_MAX : page->limit;
	q += page->sort * 4 + (page->desc != from_end) * 2 + after;

	/* The function's values, then cursor and limit. */
	union query_value all[80];
	must(q->args_n <= sizeof all / sizeof *all);
	size_t own = q->args_n - (after ? 3 : 1), n = own;
	if (own)
		memcpy(all, values, own * sizeof *all);
	if (after) {
		if (q->sorts[page->sort].type == QUERY_I64)
			all[n++] = (union query_value){ .i64 = page->after_int };
		else
			all[n++] = (union query_value){ .str = cursor_key(q->sorts[page->sort].type, page->after_key) };
		all[n++] = (union query_value){ .i64 = page->after_id };
	}
	all[n] = (union query_value){ .i64 = limit + 1 };

	struct query_rows rows = collect(db, q, a, all, filter, limit + 1);
	bool beyond = rows.n > (size_t)limit;
	if (beyond)
		rows.n = (size_t)limit;
	if (from_end && rows.n)
		reverse(&rows, q->row_size, a);
	rows.more = from_end ? after : beyond;
	rows.has_before = from_end ? beyond : after;
	return rows;
}

/* ---- rows */

void db_note_bug(struct db *db, const struct query *q, const char *column, const char *words)
{
	if (db->error != DB_OK)
		return;
	db->error = DB_BUG;
	db->blame = q->name;
	log_warn("database: %s: column %s %s", q->name, column, words);
}

struct str db_copy_bytes(struct arena *a, const void *p, size_t n)
{
	char *to = arena_grow_raw(a, NULL, 0, n + 1);
	if (n)
		memcpy(to, p, n);
	to[n] = 0;
	return (struct str){ to, n };
}
