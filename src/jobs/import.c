#include "jobs/import.h"
#include <threads.h>
#include <time.h>
#include "base/clock.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "jobs/room.h"

enum { ROWS_FIRST = 100, CELLS_BYTES = 4 << 20, TRIES = 20, PAUSE_NS = 50000000 };

struct reading {
	const struct import_upload *upload;
	struct import_reading *out;
	struct table_reader *table;
	struct import_layout layout;
	struct table_row header;
	struct import_new about;

	/* a slice: rows in `cells`, what the transaction needs in `arena` */
	struct arena *arena, *cells;
	struct table_row *rows;
	size_t rows_n, rows_cap;
	int64_t took_ms;
	const struct import_link *links;
	size_t links_n;
};

/* A ctx for whoever uploads. */
struct as {
	struct ctx c;
	struct account account;
	struct actor actor;
};

static bool act(struct as *as, const struct import_upload *u, struct arena *a, struct db *db)
{
	if (!jobs_ctx(&as->c, &as->account, a, db))
		return false;
	as->c.from = u->from;
	if (u->actor == 0)
		return true;
	if (!actor_load(&as->c, u->actor, &as->actor))
		return false;
	as->c.actor = &as->actor;
	if (as->actor.locale != LOCALE_COUNT)
		as->c.text.locale = as->actor.locale;
	return true;
}

/* ---- before anything is written */

/* The name of a column in the file, or "". */
static struct str column_name(const struct reading *r, int64_t column)
{
	return column >= 1 && column <= (int64_t)r->header.n ? r->header.cells[column - 1] : STR("");
}

/* Header and columns, in `a`. False with faults. */
static bool read_header(struct reading *r, struct arena *a, struct ctx *c)
{
	const struct import_upload *u = r->upload;
	struct table_fault fault;
	struct import_faults *faults = &r->out->faults;
	r->table = table_reader_open(a, u->bytes, u->encoding, &fault);
	if (r->table && table_reader_next(r->table, a, &r->header, &fault)) {
		r->layout.is_sheet = table_reader_separator(r->table) == '\0';
		bool is_sheet = r->layout.is_sheet;
		bool ok = import_layout_read(c, &r->header, faults, &r->layout);
		r->layout.is_sheet = is_sheet;
		r->about = (struct import_new){ u->file_name, table_reader_kind(r->table), table_reader_separator(r->table) };
		return ok;
	}
	if (!fault.error)
		fault = (struct table_fault){ TABLE_EMPTY, 1, 1, STR("") };
	import_table_fault(c, &fault, STR(""), faults);
	return false;
}

static enum db_error look(struct reading *r, struct arena *a, bool *ok)
{
	struct as as = { 0 };
	struct db *db = db_read_begin(r->upload->store);
	*ok = act(&as, r->upload, a, db) && read_header(r, a, &as.c);
	return db_read_end(db);
}

/* ---- rows */

/* False when there are no more, or with a fault. */
static bool read_rows(struct reading *r, int64_t most, struct table_fault *fault)
{
	arena_reset(r->cells);
	r->rows = NULL;
	r->rows_n = r->rows_cap = 0;
	*fault = (struct table_fault){ .value = STR("") };
	struct table_row row;
	while ((int64_t)r->rows_n < most && arena_bytes(r->cells) < CELLS_BYTES &&
		table_reader_next(r->table, r->cells, &row, fault))
		*VEC_PUSH(r->cells, r->rows, r->rows_n, r->rows_cap) = row;
	return r->rows_n > 0 && !fault->error;
}

static bool stage(struct db *tx, void *arg)
{
	struct reading *r = arg;
	struct as as = { 0 };
	int64_t begun = clock_mono_ms();
	arena_reset(r->arena);
	if (!act(&as, r->upload, r->arena, tx))
		return false;
	if (!r->out->id)
		r->out->id = import_create(&as.c, &r->about, &r->layout);
	import_stage(&as.c, r->out->id, &r->layout, r->rows, r->rows_n);
	r->took_ms = clock_mono_ms() - begun;
	return true;
}

static bool stage_links(struct db *tx, void *arg)
{
	struct reading *r = arg;
	struct as as = { 0 };
	int64_t begun = clock_mono_ms();
	arena_reset(r->arena);
	if (!act(&as, r->upload, r->arena, tx))
		return false;
	import_links_store(&as.c, r->out->id, &r->layout, r->links, r->links_n);
	r->took_ms = clock_mono_ms() - begun;
	return true;
}

static bool plan_done(struct db *tx, void *arg)
{
	struct reading *r = arg;
	struct as as = { 0 };
	arena_reset(r->arena);
	if (!act(&as, r->upload, r->arena, tx))
		return false;
	import_plan_done(&as.c, r->out->id);
	return true;
}

static bool abandon(struct db *tx, void *arg)
{
	struct reading *r = arg;
	struct as as = { 0 };
	arena_reset(r->arena);
	if (!act(&as, r->upload, r->arena, tx))
		return false;
	import_abandon(&as.c, r->out->id);
	return true;
}

/* The writer's function may run twice: a new import is only one that was kept. */
static enum db_error write_stage(struct reading *r)
{
	int64_t id = r->out->id;
	enum db_error error = db_write(r->upload->store, stage, r);
	if (error != DB_OK)
		r->out->id = id;
	return error;
}

static void note_fault(struct reading *r, struct arena *a, const struct table_fault *fault, struct str words)
{
	struct as as = { 0 };
	struct db *db = db_read_begin(r->upload->store);
	if (act(&as, r->upload, a, db)) {
		if (fault->error)
			import_table_fault(&as.c, fault, column_name(r, fault->column), &r->out->faults);
		else
			import_fault_add(&as.c, &r->out->faults,
				&(struct import_fault){ fault->row, column_name(r, 1), STR(""), words, CODE_out_of_range });
	}
	db_read_end(db);
}

static enum db_error read_all(struct reading *r, struct arena *a)
{
	struct table_fault fault;
	const struct text t = { .arena = a };
	int64_t rows = ROWS_FIRST, total = 0;
	while (read_rows(r, rows, &fault)) {
		enum db_error error = write_stage(r);
		if (error != DB_OK)
			return error;
		total += (int64_t)r->rows_n;
		if (total > IMPORT_ROWS_MAX) {
			fault.row = r->rows[r->rows_n - 1].row;
			note_fault(r, a, &fault, t_import_fault_rows(&t, IMPORT_ROWS_MAX));
			return DB_OK;
		}
		rows = jobs_slice_rows(r->upload->store, (int64_t)r->rows_n, r->took_ms);
	}
	if (fault.error)
		note_fault(r, a, &fault, STR(""));
	else if (total == 0)
		note_fault(r, a, &(struct table_fault){ .row = 2 }, t_import_fault_no_rows(&t));
	return DB_OK;
}

/* ---- supervisors */

static enum db_error link_rows(struct reading *r)
{
	ARENA_SCOPED scratch = arena_new();
	struct import_links links;
	struct as as = { 0 };
	arena_reset(r->arena);
	struct db *db = db_read_begin(r->upload->store);
	bool ok = act(&as, r->upload, r->arena, db);
	if (ok)
		import_links_find(&as.c, r->out->id, scratch, &links);
	enum db_error error = db_read_end(db);
	if (!ok)
		return DB_LOST;
	int64_t rows = ROWS_FIRST;
	for (size_t at = 0; at < links.n && error == DB_OK; at += r->links_n) {
		r->links = links.items + at;
		r->links_n = links.n - at < (size_t)rows ? links.n - at : (size_t)rows;
		error = db_write(r->upload->store, stage_links, r);
		rows = jobs_slice_rows(r->upload->store, (int64_t)r->links_n, r->took_ms);
	}
	return error;
}

static bool has_supervisors(const struct import_layout *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->columns[i].kind == IMPORT_SUPERVISOR)
			return true;
	return false;
}

enum db_error import_read(struct arena *a, const struct import_upload *u, struct import_reading *out)
{
	*out = (struct import_reading){ 0 };
	ARENA_SCOPED arena = arena_new();
	ARENA_SCOPED cells = arena_new();
	struct reading r = { .upload = u, .out = out, .arena = arena, .cells = cells };
	bool ok;
	enum db_error error = look(&r, a, &ok);
	if (error == DB_OK && ok)
		error = read_all(&r, a);
	if (error == DB_OK && out->id && !out->faults.n && has_supervisors(&r.layout))
		error = link_rows(&r);
	if (error == DB_OK && out->id && !out->faults.n)
		error = db_write(u->store, plan_done, &r);
	else if (out->id)
		db_write(u->store, abandon, &r);
	table_reader_close(r.table);
	if (error == DB_OK && !out->id && !out->faults.n)
		error = DB_LOST;
	return error;
}

/* ---- applying */

struct applying {
	struct store *store;
	struct arena *arena;
	int64_t id, rows, took_ms;
	bool left, ok;
};

static bool apply(struct db *tx, void *arg)
{
	struct applying *p = arg;
	struct ctx c;
	struct account account;
	int64_t begun = clock_mono_ms();
	arena_reset(p->arena);
	p->ok = jobs_ctx(&c, &account, p->arena, tx) &&
		import_apply_slice(&c, p->id, p->rows, store_slice_ms(p->store), &p->left);
	p->took_ms = clock_mono_ms() - begun;
	return p->ok;
}

enum db_error import_finish(struct store *store, int64_t id)
{
	ARENA_SCOPED arena = arena_new();
	struct applying p = { .store = store, .arena = arena, .id = id, .rows = ROWS_FIRST, .left = true };
	enum db_error error = DB_OK;
	/* The worker would go on with it, so that a passing failure is no reason to call it off. */
	for (int failed = 0; p.left && failed < TRIES;) {
		error = db_write(store, apply, &p);
		p.rows = jobs_slice_rows(store, p.rows, p.took_ms);
		if (error == DB_OK && !p.ok)
			error = DB_LOST;
		bool passing = error == DB_BUSY || error == DB_LOST || error == DB_FULL;
		failed = error == DB_OK ? 0 : passing ? failed + 1 : TRIES;
		p.left |= failed > 0;
		if (failed && failed < TRIES)
			thrd_sleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
	}
	return error;
}
