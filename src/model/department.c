#include "model/department.h"
#include <string.h>
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"

/* A new interval takes this part of the free end, so that many siblings fit; a branch is renumbered where each of its
 * departments then has at least this much room for each of its two ends. */
enum { SHARE = 16, ROOM = 64 };

/* ---- reading */

struct node {
	struct department_scoped_row row;
	size_t parent, child, next;
}; /* indices + 1; 0: none */

static void walk(struct node *nodes, size_t at, int64_t depth, struct str above, struct ctx *c, struct departments *out)
{
	for (; at; at = nodes[at - 1].next) {
		const struct department_scoped_row *row = &nodes[at - 1].row;
		size_t mine = out->n++;
		struct str path =
			depth ? str_fmt(c->arena, STR_FMT " / " STR_FMT, STR_ARG(above), STR_ARG(row->name)) : row->name;
		out->items[mine] = (struct department){
			.id = row->id,
			.name = row->name,
			.path = path,
			.depth = depth,
			.users = row->users,
			.lo = row->lo,
			.parent = depth ? row->parent_id : NONE,
		};
		walk(nodes, nodes[at - 1].child, depth + 1, path, c, out);
		out->items[mine].end = out->n;
	}
}

/* Indices of the rows in the order of lo: the order in which a parent comes before all that is below it. */
static void sort_by_lo(const struct node *nodes, size_t *by_lo, size_t *spare, size_t n)
{
	if (n < 2)
		return;
	size_t half = n / 2, i = 0, k = half;
	sort_by_lo(nodes, by_lo, spare, half);
	sort_by_lo(nodes, by_lo + half, spare, n - half);
	for (size_t to = 0; to < n; to++)
		spare[to] = i < half && (k == n || nodes[by_lo[i]].row.lo < nodes[by_lo[k]].row.lo) ? by_lo[i++] : by_lo[k++];
	memcpy(by_lo, spare, n * sizeof *by_lo);
}

/* Which row is the parent: the nearest one before it in the order of lo whose interval holds it. */
static void find_parents(struct node *nodes, const size_t *by_lo, size_t *stack, size_t n)
{
	size_t depth = 0;
	for (size_t i = 0; i < n; i++) {
		struct node *node = &nodes[by_lo[i]];
		while (depth && nodes[stack[depth - 1]].row.hi < node->row.lo)
			depth--;
		node->parent = depth ? stack[depth - 1] + 1 : 0;
		stack[depth++] = by_lo[i];
	}
}

static void list(struct ctx *c, enum permission p, bool counted, struct departments *out)
{
	struct department_scoped_rows scoped = { 0 };
	struct department_all_rows all = { 0 };
	if (c->actor)
		department_scoped(c->db, c->arena, c->actor->id, permission_name(p), counted, &scoped);
	else
		department_all(c->db, c->arena, counted, &all);
	size_t n = c->actor ? scoped.n : all.n, first = 0;
	struct node *nodes = ARENA_ARRAY(c->arena, struct node, n + 1);
	size_t *by_lo = ARENA_ARRAY(c->arena, size_t, n + 1), *spare = ARENA_ARRAY(c->arena, size_t, n + 1);
	for (size_t i = 0; i < n; i++) {
		by_lo[i] = i;
		if (c->actor)
			nodes[i].row = scoped.items[i];
		else
			nodes[i].row = (struct department_scoped_row){ all.items[i].id, all.items[i].name, all.items[i].parent_id,
				all.items[i].lo, all.items[i].hi, all.items[i].users };
	}
	sort_by_lo(nodes, by_lo, spare, n);
	find_parents(nodes, by_lo, spare, n);
	/* The rows come by name: hung up from the last to the first, each list of siblings is in that order. */
	for (size_t i = n; i-- > 0;) {
		size_t *head = nodes[i].parent ? &nodes[nodes[i].parent - 1].child : &first;
		nodes[i].next = *head;
		*head = i + 1;
	}
	*out = (struct departments){ .items = ARENA_ARRAY(c->arena, struct department, n + 1) };
	walk(nodes, first, 0, STR(""), c, out);
}

void department_list(struct ctx *c, enum permission p, struct departments *out)
{
	list(c, p, false, out);
}

void department_list_counted(struct ctx *c, enum permission p, struct departments *out)
{
	list(c, p, true, out);
}

const struct department *department_find(const struct departments *all, int64_t id)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->items[i].id == id)
			return &all->items[i];
	return NULL;
}

bool department_in_scope(struct ctx *c, enum permission p, int64_t id)
{
	struct policy_department_in_scope_row scoped;
	struct department_row_row row;
	if (!c->actor)
		return department_row(c->db, c->arena, id, &row);
	return policy_department_in_scope(c->db, c->arena, c->actor->id, permission_name(p), id, &scoped);
}

bool department_get(struct ctx *c, enum permission p, int64_t id, struct department *out)
{
	struct department_row_row row;
	if (!department_in_scope(c, p, id) || !department_row(c->db, c->arena, id, &row))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	bool parent_seen = row.parent_id.has && department_in_scope(c, p, row.parent_id.v);
	*out = (struct department){
		.id = row.id,
		.name = row.name,
		.parent = parent_seen ? row.parent_id : NONE,
		.path = department_path(c, id),
		.lo = row.lo,
	};
	return true;
}

void department_holding(struct ctx *c, int64_t id, int64_t *users, int64_t *departments)
{
	struct department_holds_row row = { 0 };
	department_holds(c->db, c->arena, id, &row);
	*users = row.users;
	*departments = row.departments;
}

void department_line(struct ctx *c, int64_t id, struct departments *out)
{
	struct department_path_scoped_rows scoped = { 0 };
	struct department_path_all_rows all = { 0 };
	if (c->actor)
		department_path_scoped(c->db, c->arena, c->actor->id, id, &scoped);
	else
		department_path_all(c->db, c->arena, id, &all);
	size_t n = c->actor ? scoped.n : all.n;
	*out = (struct departments){ .items = ARENA_ARRAY(c->arena, struct department, n + 1) };
	for (size_t i = 0; i < n; i++)
		out->items[out->n++] = c->actor ? (struct department){ .id = scoped.items[i].id, .name = scoped.items[i].name }
										: (struct department){ .id = all.items[i].id, .name = all.items[i].name };
}

struct str department_path(struct ctx *c, int64_t id)
{
	struct buf b = buf_new(c->arena);
	struct departments line;
	department_line(c, id, &line);
	for (size_t i = 0; i < line.n; i++) {
		if (i)
			BUF_LIT(&b, " / ");
		buf_put(&b, line.items[i].name);
	}
	return buf_str(&b);
}

int64_t department_by_path(struct ctx *c, struct str path)
{
	struct department_by_code_row code;
	struct str part, rest = path;
	int64_t at = 0;
	if (department_by_code(c->db, c->arena, str_trim(path), &code))
		return code.id;
	while (str_split(&rest, '/', &part)) {
		struct str fold = text_fold(c->arena, str_trim(part));
		struct department_child_named_row child;
		struct department_root_named_row root;
		if (at == 0 ? !department_root_named(c->db, c->arena, fold, &root)
					: !department_child_named(c->db, c->arena, at, fold, &child))
			return 0;
		at = at == 0 ? root.id : child.id;
	}
	return at;
}

/* ---- numbers */

/* Far from the numbers in use: here waits a branch, there those around it, while they get new ones. */
#define ASIDE  (2 * DEPARTMENT_HI)
#define BEYOND (4 * DEPARTMENT_HI)

/* A branch of departments: those with `lo` in this interval. */
struct branch {
	int64_t lo, hi, n;
};

/* The free end of a department's interval. */
struct gap {
	int64_t from, n;
};

static bool gap_of(struct ctx *c, int64_t parent, struct gap *out)
{
	struct department_row_row p;
	struct department_last_child_row last;
	if (!department_row(c->db, c->arena, parent, &p) || !department_last_child(c->db, c->arena, parent, p.lo, &last))
		return false;
	*out = (struct gap){ last.used + 1, p.hi - last.used - 1 };
	return true;
}

/* Into the free end, if it has room. */
static bool branch_fits(struct ctx *c, const struct branch *b, struct gap gap)
{
	int64_t ends = 2 * b->n, share = gap.n / SHARE > ends ? gap.n / SHARE : ends;
	if (gap.n < ends)
		return false;
	department_number(c->db, b->lo, b->hi, 1, 0, 0, gap.from, share / ends);
	return true;
}

/* By renumbering the smallest branch around the parent that has room. The branch itself waits aside. */
static void branch_squeeze(struct ctx *c, const struct branch *b, int64_t parent)
{
	struct department_around_rows around;
	department_around(c->db, c->arena, parent, &around);
	for (size_t i = 0; i < around.n; i++) {
		const struct department_around_row *a = &around.items[i];
		int64_t ends = 2 * (a->below + b->n), width = a->hi - a->lo - 1;
		if (width / ROOM < ends && i + 1 < around.n)
			continue;
		department_shift(c->db, a->lo + 1, a->hi, -BEYOND);
		department_number(c->db, b->lo, b->hi, a->lo + 1 - BEYOND, a->hi - BEYOND, around.items[0].hi - BEYOND,
			a->lo + 1, width / ends);
		return;
	}
}

/* ---- changing */

struct clean_name {
	struct str name, key, fold;
};

static bool clean(struct ctx *c, struct str in, struct clean_name *out)
{
	const struct text *t = &c->text;
	if (!text_clean_line(c->arena, in, &out->name))
		return ctx_invalid(c, STR("name"), CODE_invalid, t_error_invalid(t));
	if (str_is_empty(out->name))
		return ctx_invalid(c, STR("name"), CODE_required, t_department_name_required(t));
	if (str_count_chars(out->name) > DEPARTMENT_NAME_MAX)
		return ctx_invalid(c, STR("name"), CODE_too_long, t_department_name_long(t, DEPARTMENT_NAME_MAX));
	/* The path is written with slashes. */
	if (str_find(out->name, STR("/"), NULL))
		return ctx_invalid(c, STR("name"), CODE_invalid, t_department_name_slash(t));
	out->key = text_sort_key(c->arena, out->name);
	out->fold = text_fold(c->arena, out->name);
	return true;
}

static bool name_is_free(struct ctx *c, struct opt_i64 parent, struct str fold, int64_t self)
{
	struct department_child_named_row row;
	if (parent.has && department_child_named(c->db, c->arena, parent.v, fold, &row) && row.id != self)
		return ctx_invalid(c, STR("name"), CODE_duplicate, t_department_name_taken(&c->text));
	return true;
}

static void audit(struct ctx *c, const char *action, int64_t id, struct str before, struct str after)
{
	audit_add(c,
		&(struct audit_entry){
			.action = action, .object = "department", .object_id = id, .before = before, .after = after });
}

/* What follows from the tree: who sees what, and where the index of users finds whom. */
static void tree_changed(struct ctx *c)
{
	policy_rebuild(c);
	user_changed(c->db, 0);
}

static struct str audit_words(struct ctx *c, struct str name, struct opt_i64 parent)
{
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "name", STR_NULL, name);
	audit_diff_i64(&d, "parent", NONE, parent);
	audit_diff_end(&d);
	return buf_str(&after);
}

bool department_create_root(struct ctx *c, struct str name, int64_t *id)
{
	struct clean_name n;
	struct department_root_row_row root;
	if (department_root_row(c->db, c->arena, &root))
		return err_set(&c->errs, ERR_CONFLICT);
	if (!clean(c, name, &n))
		return false;
	*id = department_insert(c->db, n.name, n.key, n.fold, NONE, DEPARTMENT_LO, DEPARTMENT_HI);
	audit(c, "department.create", *id, STR_NULL, audit_words(c, n.name, NONE));
	tree_changed(c);
	return !db_failed(c->db);
}

bool department_create(struct ctx *c, struct str name, struct opt_i64 parent, int64_t *id)
{
	struct clean_name n = { 0 };
	bool ok = clean(c, name, &n);
	if (!parent.has)
		ok = ctx_invalid(c, STR("parent"), CODE_required, t_department_parent_required(&c->text));
	else if (!department_in_scope(c, PERM_DEPARTMENTS_EDIT, parent.v))
		ok = ctx_invalid(c, STR("parent"), CODE_not_found, t_department_parent_unknown(&c->text));
	if (!ok || !name_is_free(c, parent, n.fold, 0))
		return false;
	struct branch one = { -2, -1, 1 };
	struct gap gap;
	if (!gap_of(c, parent.v, &gap))
		return err_set(&c->errs, ERR_UNAVAILABLE);
	*id = department_insert(c->db, n.name, n.key, n.fold, parent, one.lo, one.hi);
	if (!branch_fits(c, &one, gap))
		branch_squeeze(c, &one, parent.v);
	audit(c, "department.create", *id, STR_NULL, audit_words(c, n.name, parent));
	tree_changed(c);
	return !db_failed(c->db);
}

static bool may_move(struct ctx *c, const struct department_row_row *row, struct opt_i64 to)
{
	const struct text *t = &c->text;
	struct department_row_row target;
	if (!row->parent_id.has)
		return ctx_invalid(c, STR("parent"), CODE_invalid, t_department_root_stays(t));
	if (!to.has)
		return ctx_invalid(c, STR("parent"), CODE_required, t_department_parent_required(t));
	if (!department_in_scope(c, PERM_DEPARTMENTS_EDIT, to.v) || !department_row(c->db, c->arena, to.v, &target))
		return ctx_invalid(c, STR("parent"), CODE_not_found, t_department_parent_unknown(t));
	if (target.lo >= row->lo && target.lo <= row->hi)
		return ctx_invalid(c, STR("parent"), CODE_invalid, t_department_ring(t));
	/* Whoever manages the new place manages what comes to it: nobody gives themselves more that way. */
	struct grant_gained_by_move_row gained;
	if (c->actor && grant_gained_by_move(c->db, c->arena, c->actor->id, row->id, to.v, &gained))
		return err_add(&c->errs, c->arena, ERR_FORBIDDEN, STR("parent"), CODE_locked, t_role_move_gains(t));
	return true;
}

static void move(struct ctx *c, const struct department_row_row *row, int64_t to)
{
	struct branch b = { row->lo, row->hi, 0 };
	struct department_between_row between;
	struct gap gap;
	if (!department_between(c->db, c->arena, b.lo, b.hi, &between) || !gap_of(c, to, &gap))
		return;
	b.n = between.n;
	department_set_parent(c->db, row->id, to);
	if (branch_fits(c, &b, gap))
		return;
	department_shift(c->db, b.lo, b.hi, -ASIDE);
	branch_squeeze(c, &(struct branch){ b.lo - ASIDE, b.hi - ASIDE, b.n }, to);
}

bool department_update(struct ctx *c, int64_t id, const struct department_change *change)
{
	struct department_row_row row;
	if (!department_in_scope(c, PERM_DEPARTMENTS_EDIT, id) || !department_row(c->db, c->arena, id, &row))
		return err_set(&c->errs, ERR_NOT_FOUND);
	bool moves = change->has_parent &&
		(change->parent.has != row.parent_id.has || (row.parent_id.has && change->parent.v != row.parent_id.v));
	struct clean_name n = { .name = row.name };
	bool ok = clean(c, change->has_name ? change->name : row.name, &n);
	if (moves)
		ok &= may_move(c, &row, change->parent);
	struct opt_i64 parent = moves ? change->parent : row.parent_id;
	if (!ok || !name_is_free(c, parent, n.fold, id))
		return false;
	struct buf before = buf_new(c->arena), after = buf_new(c->arena);
	struct audit_diff d = { &before, &after, 0 };
	audit_diff_text(&d, "name", row.name, n.name);
	audit_diff_i64(&d, "parent", row.parent_id, parent);
	audit_diff_end(&d);
	if (d.n == 0)
		return true;
	/* First out of the old place and its siblings' names, then the new name: no two siblings are ever called alike. */
	if (moves) {
		department_rename(c->db, id, n.name, n.key, str_num(c->arena, "/", id));
		move(c, &row, parent.v);
	}
	department_rename(c->db, id, n.name, n.key, n.fold);
	audit(c, moves ? "department.move" : "department.update", id, buf_str(&before), buf_str(&after));
	tree_changed(c);
	return !db_failed(c->db);
}

bool department_delete(struct ctx *c, int64_t id)
{
	struct department_row_row row;
	int64_t users, departments;
	if (!department_in_scope(c, PERM_DEPARTMENTS_EDIT, id) || !department_row(c->db, c->arena, id, &row))
		return err_set(&c->errs, ERR_NOT_FOUND);
	department_holding(c, id, &users, &departments);
	if (!row.parent_id.has)
		return err_add(&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_locked, t_department_root_stays(&c->text));
	if (users || departments)
		return err_add(&c->errs, c->arena, ERR_CONFLICT, STR(""), CODE_locked,
			t_department_not_empty(&c->text, row.name, users, departments));
	department_drop_roles(c->db, id);
	department_delete_row(c->db, id);
	audit(c, "department.delete", id, audit_words(c, row.name, row.parent_id), STR_NULL);
	tree_changed(c);
	return !db_failed(c->db);
}

bool department_check(struct ctx *c)
{
	struct department_broken_row row;
	return department_broken(c->db, c->arena, &row) && row.n == 0;
}
