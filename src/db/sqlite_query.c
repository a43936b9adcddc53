/* Statements of the catalog on a connection: prepared once, bound, stepped, copied into the arena. */
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"
#include "db/sqlite.h"

/* ---- statements */

static uint64_t hash_of(struct str s)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
	return h;
}

static sqlite3_stmt *prepare(struct sqlite_db *db, const struct query *q, struct str text)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v3(db->handle, text.p, (int)text.n, SQLITE_PREPARE_PERSISTENT, &st, NULL);
	if (rc != SQLITE_OK)
		sqlite_note(db, rc, q->name);
	return st;
}

/* By its text, since it depends on what was asked; whatever was not used for longest makes room. */
static sqlite3_stmt *filtered(struct sqlite_db *db, const struct query *q, const struct db_filter *filter)
{
	struct arena_mark mark = arena_mark(filter->arena);
	struct buf b = buf_new(filter->arena);
	filter_assemble(&b, q->sqlite, filter, q->args_n + 1, FILTER_SQLITE);
	struct str text = buf_str(&b);
	uint64_t hash = hash_of(text);
	struct sqlite_cached *oldest = &db->cache[0], *found = NULL;
	for (int i = 0; i < FILTER_CACHE && !found; i++) {
		struct sqlite_cached *c = &db->cache[i];
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
			*oldest = (struct sqlite_cached){ .hash = hash, .n = text.n, .st = st, .text = malloc(text.n + 1) };
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

static sqlite3_stmt *statement(struct sqlite_db *db, const struct query *q, const struct db_filter *filter)
{
	const struct db_catalog *catalog = db->db.store->catalog;
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
	for (size_t i = 0; i < filter->n && rc == SQLITE_OK; i++) {
		const struct filter_predicate *p = &filter->items[i];
		if (p->field->profile)
			rc = sqlite3_bind_int64(st, at++, p->field_id);
		for (size_t k = 0; k < p->values_n && rc == SQLITE_OK; k++)
			rc = p->values[k].is_int ? sqlite3_bind_int64(st, at++, p->values[k].i64)
									 : bind_str(st, at++, p->values[k].str, false);
	}
	return rc;
}

/* Prepared and bound, or NULL with the error noted. */
static sqlite3_stmt *start(
	struct sqlite_db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	sqlite3_stmt *st = statement(db, q, filter);
	if (!st)
		return NULL;
	int rc = SQLITE_OK;
	for (size_t i = 0; i < q->args_n && rc == SQLITE_OK; i++)
		rc = bind_value(st, (int)i + 1, q->args[i].type, &values[i]);
	if (rc == SQLITE_OK && filter && filter->n)
		rc = bind_filter(st, (int)q->args_n + 1, filter);
	if (rc != SQLITE_OK) {
		sqlite_note(db, rc, q->name);
		return NULL;
	}
	return st;
}

static bool step(struct sqlite_db *db, const struct query *q, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return true;
	sqlite_note(db, rc, q->name);
	return false;
}

static void finish(struct sqlite_db *db, sqlite3_stmt *st)
{
	db->db.counts.full_scans += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
	db->db.counts.steps += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_VM_STEP, 1);
	sqlite3_reset(st);
}

/* ---- rows */

/* Text and blobs alike, which spares SQLite ending each text with a NUL; out of memory, it gives NULL instead of what
 * is there. */
static struct str copy_bytes(struct sqlite_db *db, const struct query *q, struct arena *a, sqlite3_value *v)
{
	const void *p = sqlite3_value_blob(v);
	if (!p && sqlite3_errcode(db->handle) == SQLITE_NOMEM)
		sqlite_note(db, SQLITE_NOMEM, q->name);
	return db_copy_bytes(a, p, p ? (size_t)sqlite3_value_bytes(v) : 0);
}

/* Types are promised by the schema and by `-- col:` lines; a promise that does not hold is a bug, not a 0. The value is
 * asked for once: sqlite3_column_text() and its like each look for it again. It may be read by who steps, as a
 * connection is one thread's at a time. */
static void copy_column(
	struct sqlite_db *db, const struct query *q, sqlite3_stmt *st, int i, struct arena *a, char *row)
{
	const struct query_col *c = &q->cols[i];
	void *to = row + c->offset;
	sqlite3_value *v = sqlite3_column_value(st, i);
	int is = sqlite3_value_type(v);
	bool null = is == SQLITE_NULL;
	switch (c->type) {
	case QUERY_I64:
		if (is == SQLITE_INTEGER)
			*(int64_t *)to = sqlite3_value_int64(v);
		else
			db_note_bug(&db->db, q, c->name, null ? "is null" : "is no integer");
		break;
	case QUERY_OPT_I64:
		if (is == SQLITE_INTEGER)
			*(struct opt_i64 *)to = SOME(sqlite3_value_int64(v));
		else if (!null)
			db_note_bug(&db->db, q, c->name, "is no integer");
		break;
	case QUERY_BOOL:
		if (is == SQLITE_INTEGER)
			*(bool *)to = sqlite3_value_int64(v) != 0;
		else
			db_note_bug(&db->db, q, c->name, null ? "is null" : "is no integer");
		break;
	case QUERY_F64:
		if (is == SQLITE_FLOAT || is == SQLITE_INTEGER)
			*(double *)to = sqlite3_value_double(v);
		else
			db_note_bug(&db->db, q, c->name, null ? "is null" : "is no number");
		break;
	case QUERY_TEXT:
		if (is == SQLITE_TEXT)
			*(struct str *)to = copy_bytes(db, q, a, v);
		else if (!null)
			db_note_bug(&db->db, q, c->name, "is no text");
		break;
	case QUERY_BLOB:
		if (is == SQLITE_BLOB)
			*(struct str *)to = copy_bytes(db, q, a, v);
		else if (!null)
			db_note_bug(&db->db, q, c->name, "is no blob");
		break;
	}
}

static void copy_row(struct sqlite_db *db, const struct query *q, sqlite3_stmt *st, struct arena *a, void *row)
{
	memset(row, 0, q->row_size);
	for (size_t i = 0; i < q->cols_n; i++)
		copy_column(db, q, st, (int)i, a, row);
}

bool sqlite_one(struct db *base, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, void *row)
{
	struct sqlite_db *db = sqlite_db(base);
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
	return found;
}

/* Room for what is expected is taken at once when that is little. */
struct query_rows sqlite_many(struct db *base, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, int64_t limit)
{
	struct sqlite_db *db = sqlite_db(base);
	size_t cap = limit > 0 && limit <= 256 ? (size_t)limit : 16;
	struct query_rows rows = { 0 };
	sqlite3_stmt *st = start(db, q, values, filter);
	while (st && step(db, q, st)) {
		if (!rows.items) {
			rows.items = arena_grow_raw(a, NULL, 0, cap * q->row_size);
		} else if (rows.n == cap) {
			rows.items = arena_grow_raw(a, rows.items, cap * q->row_size, cap * 2 * q->row_size);
			cap *= 2;
		}
		copy_row(db, q, st, a, (char *)rows.items + rows.n++ * q->row_size);
	}
	if (st)
		finish(db, st);
	return rows;
}

int64_t sqlite_exec(
	struct db *base, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	struct sqlite_db *db = sqlite_db(base);
	sqlite3_stmt *st = start(db, q, values, filter);
	if (!st)
		return 0;
	/* changes() keeps the previous statement's number when this one is no INSERT, UPDATE or DELETE. */
	while (step(db, q, st))
		continue;
	int64_t n = base->error == DB_OK && !q->readonly ? sqlite3_changes64(db->handle) : 0;
	finish(db, st);
	return n;
}

void sqlite_put(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	sqlite_exec(db, q, values, filter);
}

int64_t sqlite_insert(struct db *base, const struct query *q, const union query_value *values)
{
	struct sqlite_db *db = sqlite_db(base);
	sqlite3_stmt *st = start(db, q, values, NULL);
	int64_t id = 0;
	if (!st)
		return 0;
	while (step(db, q, st))
		id = sqlite3_column_int64(st, 0);
	finish(db, st);
	return id;
}
