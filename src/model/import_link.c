/* Who would supervise whom when all rows are applied: rings are found before anything is done, and rows get a level, so
 * that a supervisor is there, and where he will be, before the people below are written. */
#include <stdlib.h>
#include "gen/text.h"
#include "model/import_room.h"

enum { PAGE = 5000, LEVEL_MAX = (1 << 26) - 1 };

/* A person: a user by id, or a row that makes one by its line, negative. One of all users and rows each: kept small. */
struct person {
	int64_t key, parent; /* 0: no such place; nobody above */
	int32_t line;        /* of the row that changes or makes him; 0: none */
	uint32_t level : 26;
	bool open : 1, done : 1;   /* on the way up from somebody; level is known */
	bool wrong : 1, hangs : 1; /* the row has errors; its supervisor comes from the file */
	bool ring : 1, missing : 1;
};
struct people {
	struct person *slots; /* open addressing, at most half full */
	size_t n, size;
};

static struct person *find(struct people *p, int64_t key)
{
	size_t at = (size_t)((uint64_t)key * UINT64_C(0x9e3779b97f4a7c15)) & (p->size - 1);
	while (p->slots[at].key && p->slots[at].key != key)
		at = (at + 1) & (p->size - 1);
	return &p->slots[at];
}

static struct person *add(struct people *p, int64_t key)
{
	struct person *found = find(p, key);
	p->n += found->key == 0;
	found->key = key;
	return found;
}

static void read_users(struct ctx *c, struct people *p)
{
	struct import_user_links_rows rows = { .n = PAGE };
	for (int64_t after = 0; rows.n == PAGE && !db_failed(c->db);) {
		struct arena_mark mark = arena_mark(c->arena);
		import_user_links(c->db, c->arena, after, PAGE, &rows);
		for (size_t i = 0; i < rows.n; i++) {
			after = rows.items[i].id;
			add(p, after)->parent = rows.items[i].supervisor_id.v;
		}
		arena_rewind(c->arena, mark);
	}
}

static void take_row(struct people *p, const struct import_row_links_row *r)
{
	bool wrong = str_eq(r->effect, STR("error"));
	struct person *one = add(p, r->user_id.has ? r->user_id.v : -r->line);
	/* What is wrong changes nobody; the first of several rows about one person counts. */
	if (one->line || (wrong && r->user_id.has))
		return;
	one->line = (int32_t)r->line;
	one->wrong = wrong;
	if (str_is_null(r->supervisor_fold))
		return;
	one->hangs = r->supervisor_fold.n > 0;
	one->parent = r->supervisor_id.has ? r->supervisor_id.v : r->supervisor_line.has ? -r->supervisor_line.v : 0;
}

static void read_rows(struct ctx *c, int64_t id, struct people *p)
{
	struct import_row_links_rows rows = { .n = PAGE };
	for (int64_t after = 0; rows.n == PAGE && !db_failed(c->db);) {
		struct arena_mark mark = arena_mark(c->arena);
		import_row_links(c->db, c->arena, id, after, PAGE, &rows);
		for (size_t i = 0; i < rows.n; i++) {
			after = rows.items[i].line;
			take_row(p, &rows.items[i]);
		}
		arena_rewind(c->arena, mark);
	}
}

/* All of a ring, which closes at `from`. */
static void mark_ring(struct people *p, struct person *from)
{
	struct person *at = from;
	do {
		at->ring = at->hangs;
		at = find(p, at->parent);
	} while (at != from);
}

/* From a person up to the first whose level is known, then down again. The way up is kept in `path`. */
static void settle(struct people *p, struct person *from, struct person **path)
{
	size_t n = 0;
	struct person *at = from;
	while (at && !at->open && !at->done) {
		at->open = true;
		path[n++] = at;
		struct person *up = at->parent ? find(p, at->parent) : NULL;
		at = up && up->key ? up : NULL;
	}
	if (at && at->open)
		mark_ring(p, at);
	while (n--) {
		struct person *one = path[n], *up = one->parent ? find(p, one->parent) : NULL;
		if (up && up->key && !one->ring) {
			/* As many levels as rows at most; the mask tells the compiler. */
			one->level = (up->level + (uint32_t)(up->line != 0)) & (uint32_t)LEVEL_MAX;
			/* Who is not there yet, and will not be. */
			one->missing = one->hangs && up->key < 0 && (up->wrong || up->ring || up->missing);
		}
		one->open = false;
		one->done = true;
	}
}

static int by_line(const void *a, const void *b)
{
	int32_t x = ((const struct import_link *)a)->line, y = ((const struct import_link *)b)->line;
	return (x > y) - (x < y);
}

static bool is_link(const struct person *p)
{
	return p->line && !p->wrong && (p->level || p->ring || p->missing);
}

void import_links_find(struct ctx *c, int64_t id, struct arena *scratch, struct import_links *out)
{
	ARENA_SCOPED a = arena_new();
	struct import_people_count_row count;
	struct people p = { .size = 1 };
	size_t n = 0;
	*out = (struct import_links){ 0 };
	if (!import_people_count(c->db, c->arena, id, &count))
		return;
	while (p.size <= 2 * (size_t)count.n)
		p.size *= 2;
	p.slots = ARENA_ARRAY(a, struct person, p.size);
	read_users(c, &p);
	read_rows(c, id, &p);
	struct person **path = ARENA_ARRAY(a, struct person *, p.n + 1);
	for (size_t i = 0; i < p.size; i++)
		if (p.slots[i].key && !p.slots[i].done)
			settle(&p, &p.slots[i], path);
	for (size_t i = 0; i < p.size; i++)
		n += is_link(&p.slots[i]);
	out->items = ARENA_ARRAY(scratch, struct import_link, n + 1);
	for (size_t i = 0; i < p.size; i++) {
		const struct person *one = &p.slots[i];
		if (is_link(one))
			out->items[out->n++] = (struct import_link){ one->line, (int32_t)one->level, one->ring, one->missing };
	}
	/* In the order in which the rows lie: neighbors are written together. */
	qsort(out->items, out->n, sizeof *out->items, by_line);
}

void import_links_store(
	struct ctx *c, int64_t id, const struct import_layout *l, const struct import_link *items, size_t n)
{
	int64_t position = import_position(l, STR("supervisor"));
	for (size_t i = 0; i < n; i++) {
		const struct import_link *k = &items[i];
		if (k->ring || k->missing) {
			import_supervisor_error(c->db, id, k->line, position,
				str_from(err_code_name(k->ring ? CODE_invalid : CODE_not_found)),
				k->ring ? t_import_fault_ring(&c->text) : t_import_fault_supervisor_wrong(&c->text));
			import_row_fail(c->db, id, k->line);
		} else {
			import_row_level(c->db, id, k->line, k->level);
		}
	}
}
