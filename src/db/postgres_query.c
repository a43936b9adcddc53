/* Statements of the catalog on a connection to PostgreSQL: prepared once, values and rows in binary. */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"
#include "db/postgres.h"

/* ---- values */

enum { PARAMETERS = 96 };

/* Arrays as libpq wants them; `ints` holds the numbers in network order. */
struct binding {
	int n;
	Oid *types;
	const char **values;
	int *lengths, *formats;
	uint64_t *ints;
};
struct binding_room {
	Oid types[PARAMETERS];
	const char *values[PARAMETERS];
	int lengths[PARAMETERS], formats[PARAMETERS];
	uint64_t ints[PARAMETERS];
};

static void bind(struct binding *b, Oid type, const void *p, size_t n)
{
	b->types[b->n] = type;
	b->values[b->n] = p;
	b->lengths[b->n] = (int)n;
	b->formats[b->n++] = 1;
}

static void bind_int(struct binding *b, Oid type, uint64_t v)
{
	uint64_t *to = &b->ints[b->n];
	*to = htobe64(v);
	bind(b, type, to, sizeof *to);
}

static void bind_str(struct binding *b, Oid type, struct str s)
{
	bind(b, type, str_is_null(s) ? NULL : s.p, s.n);
}

static void bind_value(struct binding *b, enum query_type type, const union query_value *v)
{
	uint64_t bits;
	switch (type) {
	case QUERY_OPT_I64:
		if (v->opt.has)
			bind_int(b, OID_INT8, (uint64_t)v->opt.v);
		else
			bind(b, OID_INT8, NULL, 0);
		break;
	case QUERY_TEXT: bind_str(b, OID_TEXT, v->str); break;
	case QUERY_BLOB: bind_str(b, OID_BYTEA, v->str); break;
	case QUERY_F64:
		memcpy(&bits, &v->f64, sizeof bits);
		bind_int(b, OID_FLOAT8, bits);
		break;
	case QUERY_BOOL: bind_int(b, OID_INT8, v->i64 != 0); break;
	default: bind_int(b, OID_INT8, (uint64_t)v->i64); break;
	}
}

static void bind_filter(struct binding *b, const struct db_filter *filter)
{
	for (size_t i = 0; i < filter->n; i++) {
		const struct filter_predicate *p = &filter->items[i];
		if (p->field->profile)
			bind_int(b, OID_INT8, (uint64_t)p->field_id);
		for (size_t k = 0; k < p->values_n; k++) {
			if (p->values[k].is_int)
				bind_int(b, OID_INT8, (uint64_t)p->values[k].i64);
			else
				bind_str(b, OID_TEXT, p->values[k].str);
		}
	}
}

static void bind_all(struct binding *b, struct binding_room *room, const struct query *q,
	const union query_value *values, const struct db_filter *filter)
{
	size_t n = q->args_n;
	for (size_t i = 0; filter && i < filter->n; i++)
		n += filter->items[i].values_n + 1;
	*b = (struct binding){ 0, room->types, room->values, room->lengths, room->formats, room->ints };
	if (n > PARAMETERS) {
		struct arena *a = filter->arena;
		*b = (struct binding){ 0, ARENA_ARRAY(a, Oid, n), ARENA_ARRAY(a, const char *, n), ARENA_ARRAY(a, int, n),
			ARENA_ARRAY(a, int, n), ARENA_ARRAY(a, uint64_t, n) };
	}
	for (size_t i = 0; i < q->args_n; i++)
		bind_value(b, q->args[i].type, &values[i]);
	if (filter)
		bind_filter(b, filter);
}

/* ---- running */

/* Over staging tables each run has other sizes: a plan that is kept was made for other ones. */
static bool uses_staging(const struct db_catalog *catalog, const struct query *q)
{
	if (!strstr(q->pg, "SELECT"))
		return false;
	for (size_t i = 0; i < catalog->staging_n; i++)
		if (strstr(q->pg, catalog->staging[i]))
			return true;
	return false;
}

static bool send_statement(
	struct pg_db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	const struct db_catalog *catalog = db->db.store->catalog;
	struct binding_room room;
	struct binding b;
	size_t place = (size_t)(q - catalog->queries);
	bool filtered = filter && filter->n;
	must(place < catalog->queries_n && (!filtered || filter->table == q->filter));
	unsigned char *state = &db->prepared[place];
	if (*state == PG_UNKNOWN && uses_staging(catalog, q))
		*state = PG_EACH_TIME;
	ARENA_SCOPED a = arena_new();
	const char *text = q->pg;
	if (q->filter) {
		struct buf out = buf_new(a);
		filter_assemble(&out, q->pg, filter, q->args_n + 1, FILTER_PG);
		text = str_c(a, buf_str(&out));
	}
	bind_all(&b, &room, q, values, filtered ? filter : NULL);
	if (filtered || *state == PG_EACH_TIME)
		return PQsendQueryParams(db->c, text, b.n, b.types, b.values, b.lengths, b.formats, 1) == 1;
	char name[24];
	snprintf(name, sizeof name, "q%zu", place);
	if (*state == PG_UNKNOWN) {
		if (PQsendPrepare(db->c, name, text, b.n, b.types) != 1)
			return false;
		*state = PG_PREPARED;
		pg_expect(db, q->name, state);
	}
	return PQsendQueryPrepared(db->c, name, b.n, b.values, b.lengths, b.formats, 1) == 1;
}

/* Sends it behind whatever has to stand before it. */
static bool send_all(
	struct pg_db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	ARENA_SCOPED a = arena_new();
	struct str why;
	if (!db->c && !pg_connect(db, a, &why)) {
		db_note(&db->db, DB_LOST, "connect", str_c(a, why));
		return false;
	}
	bool sent = pg_settle(db) && (db->begun || pg_send_begin(db)) && send_statement(db, q, values, filter);
	if (!sent)
		pg_note(db, NULL, q->name);
	else
		db->begun = true;
	return sent;
}

/* Its answer, or NULL with the error noted. */
static PGresult *try_once(
	struct pg_db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	if (!send_all(db, q, values, filter))
		return NULL;
	if (PQpipelineSync(db->c) != 1) {
		pg_note(db, NULL, q->name);
		return NULL;
	}
	if (!pg_read_ahead(db))
		return NULL;
	PGresult *r = pg_answer(db);
	ExecStatusType status = PQresultStatus(r);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		if (status != PGRES_PIPELINE_ABORTED)
			pg_note(db, r, q->name);
		PQclear(r);
		r = NULL;
	}
	if (db->c && !pg_answer_end(db)) {
		pg_note(db, NULL, q->name);
		PQclear(r);
		return NULL;
	}
	return r;
}

/* A connection that broke while nobody used it is replaced: the transaction has done nothing yet. */
static PGresult *run(
	struct db *base, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	struct pg_db *db = pg_db(base);
	bool first = !db->begun;
	PGresult *r = try_once(db, q, values, filter);
	if (!r && first && base->error == DB_LOST && !db->pause_ms) {
		base->error = DB_OK;
		r = try_once(db, q, values, filter);
	}
	if (r && !q->readonly && !q->stages && strcmp(PQcmdTuples(r), "0") != 0)
		base->touched = true;
	return r;
}

/* ---- rows */

static uint64_t read_bits(const char *p, int n)
{
	uint64_t v = 0;
	for (int i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static bool read_int(const PGresult *r, int row, int i, int64_t *out)
{
	const char *p = PQgetvalue(r, row, i);
	switch (PQftype(r, i)) {
	case OID_INT8: *out = (int64_t)read_bits(p, 8); return true;
	case OID_INT4: *out = (int32_t)read_bits(p, 4); return true;
	case OID_INT2: *out = (int16_t)read_bits(p, 2); return true;
	case OID_BOOL: *out = p[0] != 0; return true;
	default: return false;
	}
}

static bool read_number(const PGresult *r, int row, int i, double *out)
{
	const char *p = PQgetvalue(r, row, i);
	int64_t whole;
	uint64_t bits = read_bits(p, 8);
	uint32_t half = (uint32_t)read_bits(p, 4);
	float f;
	switch (PQftype(r, i)) {
	case OID_FLOAT8: memcpy(out, &bits, sizeof bits); return true;
	case OID_FLOAT4:
		memcpy(&f, &half, sizeof half);
		*out = (double)f;
		return true;
	default: return read_int(r, row, i, &whole) && (*out = (double)whole, true);
	}
}

/* Types are promised by the schema and by `-- col:` lines; a promise that does not hold is a bug, not a 0. */
static void copy_column(
	struct db *db, const struct query *q, const PGresult *r, int row, int i, struct arena *a, char *out)
{
	const struct query_col *c = &q->cols[i];
	void *to = out + c->offset;
	bool null = PQgetisnull(r, row, i), ok = false;
	Oid is = PQftype(r, i);
	int64_t v;
	switch (c->type) {
	case QUERY_I64: ok = !null && read_int(r, row, i, to); break;
	case QUERY_OPT_I64:
		ok = null || read_int(r, row, i, &v);
		if (ok && !null)
			*(struct opt_i64 *)to = SOME(v);
		break;
	case QUERY_BOOL:
		ok = !null && read_int(r, row, i, &v);
		*(bool *)to = ok && v != 0;
		break;
	case QUERY_F64: ok = !null && read_number(r, row, i, to); break;
	case QUERY_TEXT:
	case QUERY_BLOB:
		ok = null || (c->type == QUERY_BLOB ? is == OID_BYTEA : is == OID_TEXT || is == OID_VARCHAR);
		if (ok && !null)
			*(struct str *)to = db_copy_bytes(a, PQgetvalue(r, row, i), (size_t)PQgetlength(r, row, i));
		break;
	}
	if (!ok)
		db_note_bug(db, q, c->name, null ? "is null" : "is of another type");
}

static void copy_row(struct db *db, const struct query *q, const PGresult *r, int row, struct arena *a, void *out)
{
	memset(out, 0, q->row_size);
	if (PQnfields(r) != (int)q->cols_n) {
		db_note_bug(db, q, "*", "has other columns");
		return;
	}
	for (size_t i = 0; i < q->cols_n; i++)
		copy_column(db, q, r, row, (int)i, a, out);
}

bool pg_one(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, void *row)
{
	PGresult *r = run(db, q, values, filter);
	bool found = r && PQntuples(r) > 0;
	if (found)
		copy_row(db, q, r, 0, a, row);
	PQclear(r);
	return found;
}

struct query_rows pg_many(struct db *db, const struct query *q, struct arena *a, const union query_value *values,
	const struct db_filter *filter, int64_t limit)
{
	(void)limit;
	PGresult *r = run(db, q, values, filter);
	struct query_rows rows = { .n = r ? (size_t)PQntuples(r) : 0 };
	if (rows.n)
		rows.items = arena_alloc(a, rows.n, q->row_size);
	for (size_t i = 0; i < rows.n && db->error == DB_OK; i++)
		copy_row(db, q, r, (int)i, a, (char *)rows.items + i * q->row_size);
	PQclear(r);
	return rows;
}

int64_t pg_exec(struct db *db, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	PGresult *r = run(db, q, values, filter);
	int64_t n = 0;
	if (r && !q->readonly)
		str_to_i64(str_from(PQcmdTuples(r)), &n);
	PQclear(r);
	return n;
}

void pg_put(struct db *base, const struct query *q, const union query_value *values, const struct db_filter *filter)
{
	struct pg_db *db = pg_db(base);
	/* The begin and a preparation may stand before it. */
	if (db->ahead_n > PG_AHEAD - 8)
		pg_flush(db);
	if (base->error == DB_OK && send_all(db, q, values, filter)) {
		pg_expect(db, q->name, NULL);
		base->touched |= !q->stages;
	}
}

int64_t pg_insert(struct db *db, const struct query *q, const union query_value *values)
{
	PGresult *r = run(db, q, values, NULL);
	int64_t id = 0;
	if (r && PQntuples(r) > 0 && !read_int(r, PQntuples(r) - 1, 0, &id))
		db_note_bug(db, q, "id", "is no integer");
	PQclear(r);
	return id;
}
