/* Statements of the catalog on a connection: prepared once, bound, stepped, copied into the arena. */
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"
#include "db/room.h"

/* ---- statements */

static uint64_t hash_of(struct str s)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h;
}

static sqlite3_stmt *prepare(struct db *db, const struct query *q, struct str text)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v3(db->handle, text.p, (int)text.n, SQLITE_PREPARE_PERSISTENT, &st, NULL);
	if (rc != SQLITE_OK)
		db_note(db, rc, q->name);
	return st;
}

/* By its text, since it depends on what was asked; whatever was not used for longest makes room. */
static sqlite3_stmt *filtered(struct db *db, const struct query *q, const struct db_filter *filter)
{
	struct arena_mark mark = arena_mark(filter->arena);
	struct buf b = buf_new(filter->arena);
	filter_assemble(&b, q->sqlite, filter, q->args_n + 1, FILTER_SQLITE);
	struct str text = buf_str(&b);
	uint64_t hash = hash_of(text);
	struct db_cached *oldest = &db->cache[0], *found = NULL;
	for (int i = 0; i < FILTER_CACHE && !found; i++) {
		struct db_cached *c = &db->cache[i];
		if (c->st && c->hash == hash && c->n == text.n && memcmp(c->text, text.p, text.n) == 0)
			found = c;
		else if (c->used < oldest->used)
			oldest = c;
	}
	if (!found) {
		sqlite3_stmt *st = prepare(db, q, text);
		if (st) {
			sqlite3_finalize(oldest->st);
			free(oldest->text);
			*oldest = (struct db_cached){ .hash = hash, .n = text.n, .st = st, .text = malloc(text.n + 1) };
			if (!oldest->text)
				log_fatal("out of memory");
			memcpy(oldest->text, text.p, text.n);
			found = oldest;
		}
	}
	arena_rewind(filter->arena, mark);
	if (!found)
		return NULL;
	found->used = ++db->cache_clock;
	return found->st;
}

static sqlite3_stmt *statement(struct db *db, const struct query *q, const struct db_filter *filter)
{
	const struct db_catalog *catalog = db->store->catalog;
	if (filter && filter->n) {
		must(filter->table == q->filter);
		return filtered(db, q, filter);
	}
	size_t i = (size_t)(q - catalog->queries);
	must(i < catalog->queries_n);
	if (db->prepared[i])
		return db->prepared[i];
	struct str text = str_from(q->sqlite);
	if (q->filter) {
		ARENA_SCOPED a = arena_new();
		struct buf b = buf_new(a);
		filter_assemble(&b, q->sqlite, NULL, 0, FILTER_SQLITE);
		db->prepared[i] = prepare(db, q, buf_str(&b));
	} else {
		db->prepared[i] = prepare(db, q, text);
	}
	return db->prepared[i];
}

/* The bytes outlive the step, so SQLite need not copy them. */
static int bind_str(sqlite3_stmt *st, int at, struct str s, bool blob)
{
	if (str_is_null(s))
		return sqlite3_bind_null(st, at);
	return blob ? sqlite3_bind_blob64(st, at, s.p, s.n, SQLITE_STATIC)
				: sqlite3_bind_text64(st, at, s.p, s.n, SQLITE_STATIC, SQLITE_UTF8);
}

static int bind_value(sqlite3_stmt *st, int at, enum query_type type, const union query_value *v)
{
	switch (type) {
	case QUERY_OPT_I64: return v->opt.has ? sqlite3_bind_int64(st, at, v->opt.v) : sqlite3_bind_null(st, at);
	case QUERY_TEXT: return bind_str(st, at, v->str, false);
	case QUERY_BLOB: return bind_str(st, at, v->str, true);
	case QUERY_F64: return sqlite3_bind_double(st, at, v->f64);
	case QUERY_BOOL: return sqlite3_bind_int64(st, at, v->i64 != 0);
	default: return sqlite3_bind_int64(st, at, v->i64);
	}
}

static int bind_filter(sqlite3_stmt *st, int at, const struct db_filter *filter)
{
	int rc = SQLITE_OK;
	for (size_t i = 0; i < filter->n; i++) {
		const struct filter_predicate *p = &filter->items[i];
		if (p->field->profile)
			rc |= sqlite3_bind_int64(st, at++, p->field_id);
		for (size_t k = 0; k < p->values_n; k++)
			rc |= p->values[k].is_int ? sqlite3_bind_int64(st, at++, p->values[k].i64)
									  : bind_str(st, at++, p->values[k].str, false);
	}
	return rc == SQLITE_OK ? SQLITE_OK : SQLITE_MISUSE;
}

/* Prepared and bound, or NULL with the error noted. */
static sqlite3_stmt *start(
	struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	if (db->error != DB_OK)
		return NULL;
	must(db->open);
	sqlite3_stmt *st = statement(db, q, filter);
	if (!st)
		return NULL;
	int rc = SQLITE_OK;
	for (size_t i = 0; i < q->args_n && rc == SQLITE_OK; i++)
		rc = bind_value(st, (int)i + 1, q->args[i].type, &values[i]);
	if (rc == SQLITE_OK && filter && filter->n)
		rc = bind_filter(st, (int)q->args_n + 1, filter);
	if (rc != SQLITE_OK) {
		db_note(db, rc, q->name);
		return NULL;
	}
	db->staged |= q->stages;
	db->counts.statements++;
	return st;
}

static bool step(struct db *db, const struct query *q, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return true;
	db_note(db, rc, q->name);
	return false;
}

static void finish(struct db *db, sqlite3_stmt *st)
{
	db->counts.full_scans += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
	sqlite3_reset(st);
}

/* ---- rows */

static void note_bug(struct db *db, const struct query *q, const char *column, const char *words)
{
	if (db->error != DB_OK)
		return;
	db->error = DB_BUG;
	db->blame = q->name;
	log_warn("database: %s: column %s %s", q->name, column, words);
}

static struct str copy_bytes(struct arena *a, const void *p, int n)
{
	char *to = arena_alloc(a, (size_t)n + 1, 1);
	if (n)
		memcpy(to, p, (size_t)n);
	return (struct str){ to, (size_t)n };
}

/* Types are promised by the schema and by `-- col:` lines; a promise that does not hold is a bug, not a 0. */
static void copy_column(struct db *db, const struct query *q, sqlite3_stmt *st, int i, struct arena *a, char *row)
{
	const struct query_col *c = &q->cols[i];
	void *to = row + c->offset;
	int is = sqlite3_column_type(st, i);
	bool null = is == SQLITE_NULL;
	switch (c->type) {
	case QUERY_I64:
		if (is == SQLITE_INTEGER)
			*(int64_t *)to = sqlite3_column_int64(st, i);
		else
			note_bug(db, q, c->name, null ? "is null" : "is no integer");
		break;
	case QUERY_OPT_I64:
		if (is == SQLITE_INTEGER)
			*(struct opt_i64 *)to = SOME(sqlite3_column_int64(st, i));
		else if (!null)
			note_bug(db, q, c->name, "is no integer");
		break;
	case QUERY_BOOL:
		if (is == SQLITE_INTEGER)
			*(bool *)to = sqlite3_column_int64(st, i) != 0;
		else
			note_bug(db, q, c->name, null ? "is null" : "is no integer");
		break;
	case QUERY_F64:
		if (is == SQLITE_FLOAT || is == SQLITE_INTEGER)
			*(double *)to = sqlite3_column_double(st, i);
		else
			note_bug(db, q, c->name, null ? "is null" : "is no number");
		break;
	case QUERY_TEXT:
		if (is == SQLITE_TEXT) {
			const void *p = sqlite3_column_text(st, i);
			*(struct str *)to = copy_bytes(a, p, sqlite3_column_bytes(st, i));
		} else if (!null) {
			note_bug(db, q, c->name, "is no text");
		}
		break;
	case QUERY_BLOB:
		if (is == SQLITE_BLOB) {
			const void *p = sqlite3_column_blob(st, i);
			*(struct str *)to = copy_bytes(a, p, sqlite3_column_bytes(st, i));
		} else if (!null) {
			note_bug(db, q, c->name, "is no blob");
		}
		break;
	}
}

static void copy_row(struct db *db, const struct query *q, sqlite3_stmt *st, struct arena *a, void *row)
{
	memset(row, 0, q->row_size);
	for (size_t i = 0; i < q->cols_n; i++)
		copy_column(db, q, st, (int)i, a, row);
}

bool query_one(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, void *row)
{
	memset(row, 0, q->row_size);
	sqlite3_stmt *st = start(db, q, values, filter);
	if (!st)
		return false;
	bool found = step(db, q, st);
	if (found) {
		copy_row(db, q, st, a, row);
		/* RETURNING: the rows that nobody asked for are part of the effect. */
		while (!q->readonly && step(db, q, st))
			continue;
	}
	finish(db, st);
	if (db->error != DB_OK)
		memset(row, 0, q->row_size);
	return found && db->error == DB_OK;
}

/* At most `limit` rows are expected; room for them is taken at once when that is little. */
static struct query_rows collect(struct db *db, const struct query *q, struct arena *a, sqlite3_stmt *st, int64_t limit)
{
	size_t cap = limit > 0 && limit <= 256 ? (size_t)limit : 16;
	struct query_rows rows = { 0 };
	while (step(db, q, st)) {
		if (!rows.items) {
			rows.items = arena_alloc(a, cap, q->row_size);
		} else if (rows.n == cap) {
			rows.items = arena_grow(a, rows.items, cap * q->row_size, cap * 2 * q->row_size);
			cap *= 2;
		}
		copy_row(db, q, st, a, (char *)rows.items + rows.n++ * q->row_size);
	}
	finish(db, st);
	return db->error == DB_OK ? rows : (struct query_rows){ 0 };
}

struct query_rows query_many(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter)
{
	sqlite3_stmt *st = start(db, q, values, filter);
	return st ? collect(db, q, a, st, 0) : (struct query_rows){ 0 };
}

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
			all[n++] = (union query_value){ .str = str_is_null(page->after_key) ? STR("") : page->after_key };
		all[n++] = (union query_value){ .i64 = page->after_id };
	}
	all[n] = (union query_value){ .i64 = limit + 1 };

	sqlite3_stmt *st = start(db, q, all, filter);
	if (!st)
		return (struct query_rows){ 0 };
	struct query_rows rows = collect(db, q, a, st, limit + 1);
	bool beyond = rows.n > (size_t)limit;
	if (beyond)
		rows.n = (size_t)limit;
	if (from_end && rows.n)
		reverse(&rows, q->row_size, a);
	rows.more = from_end ? after : beyond;
	rows.has_before = from_end ? beyond : after;
	return rows;
}

int64_t query_exec(
	struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	sqlite3_stmt *st = start(db, q, values, filter);
	if (!st)
		return 0;
	/* changes() keeps the previous statement's number when this one is no INSERT, UPDATE or DELETE. */
	while (step(db, q, st))
		continue;
	int64_t n = db->error == DB_OK && !q->readonly ? sqlite3_changes64(db->handle) : 0;
	finish(db, st);
	return n;
}

int64_t query_insert(struct db *db, const struct query *q, const union query_value *values)
{
	sqlite3_stmt *st = start(db, q, values, NULL);
	if (!st)
		return 0;
	int64_t id = 0;
	while (step(db, q, st))
		id = sqlite3_column_int64(st, 0);
	finish(db, st);
	return db->error == DB_OK ? id : 0;
}
