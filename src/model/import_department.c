/* The column department: which one its words mean to whoever imports. */
#include "base/buf.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/import_room.h"

enum { DEPARTMENT_SLOTS = 1024, TWINS_SHOWN = 5 };

/* What some words may mean. */
struct known_department {
	struct str words, path;
	int64_t *ids; /* where they may be put */
	size_t n;
	int64_t *shown_as; /* those that the actor is shown by these very words */
	size_t shown_as_n;
	bool looked_for;
};

/* What is asked once for all rows of a slice. */
struct import_departments {
	struct ctx *c;
	struct known_department *known; /* by their words; open addressing */
	size_t known_n;
	struct departments seen; /* with paths as the actor sees them */
	struct str *seen_folds;
};

struct import_departments *import_departments_new(struct ctx *c)
{
	struct import_departments *all = ARENA_NEW(c->arena, struct import_departments);
	*all = (struct import_departments){ .c = c,
		.known = ARENA_ARRAY(c->arena, struct known_department, DEPARTMENT_SLOTS) };
	return all;
}

static bool refuse(struct ctx *c, enum err_code code, struct str words)
{
	return err_add(&c->errs, c->arena, ERR_INVALID, STR("department"), code, words);
}

/* "Company / Sales" in one shape, whatever its case and spaces. */
static struct str path_fold(struct ctx *c, struct str path)
{
	struct buf b = buf_new(c->arena);
	struct str part;
	while (str_split(&path, '/', &part)) {
		buf_put(&b, text_fold(c->arena, str_trim(part)));
		buf_char(&b, '/');
	}
	return b.n ? buf_str(&b) : STR("");
}

static void read_seen(struct import_departments *all)
{
	if (all->seen_folds)
		return;
	department_list(all->c, PERM_USERS_VIEW, &all->seen);
	all->seen_folds = ARENA_ARRAY(all->c->arena, struct str, all->seen.n + 1);
	for (size_t i = 0; i < all->seen.n; i++)
		all->seen_folds[i] = path_fold(all->c, all->seen.items[i].path);
}

/* By the path from the root or the code; else as the actor is shown it, from the topmost department in scope, which is
 * what exports write; else by a name, or the end of a path, that one department only has. */
static void find_departments(struct import_departments *all, struct str words, struct known_department *d)
{
	struct ctx *c = all->c;
	int64_t id = department_by_path(c, words);
	d->ids = ARENA_NEW(c->arena, int64_t);
	if (id && department_in_scope(c, PERM_USERS_EDIT, id)) {
		d->ids[d->n++] = id;
		return;
	}
	read_seen(all);
	struct str fold = path_fold(c, words), end = str_cat(c->arena, STR("/"), fold);
	d->ids = ARENA_ARRAY(c->arena, int64_t, all->seen.n + 1);
	d->shown_as = ARENA_ARRAY(c->arena, int64_t, all->seen.n + 1);
	for (size_t i = 0; i < all->seen.n; i++)
		if (str_eq(all->seen_folds[i], fold))
			d->shown_as[d->shown_as_n++] = all->seen.items[i].id;
	for (size_t i = 0; i < all->seen.n; i++)
		if ((d->shown_as_n ? str_eq(all->seen_folds[i], fold) : str_ends(all->seen_folds[i], end)) &&
			department_in_scope(c, PERM_USERS_EDIT, all->seen.items[i].id))
			d->ids[d->n++] = all->seen.items[i].id;
}

/* The slot of these words; a new one has a path of null. */
static struct known_department *slot_of(struct import_departments *all, struct str words)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < words.n; i++)
		hash = (hash ^ (unsigned char)words.p[i]) * UINT64_C(1099511628211);
	size_t at = (size_t)hash % DEPARTMENT_SLOTS;
	while (!str_is_null(all->known[at].words) && !str_eq(all->known[at].words, words))
		at = (at + 1) % DEPARTMENT_SLOTS;
	struct known_department *d = &all->known[at];
	/* What finds no room is asked each time. */
	if (str_is_null(d->words) && ++all->known_n > DEPARTMENT_SLOTS / 2)
		d = ARENA_NEW(all->c->arena, struct known_department);
	d->words = words;
	return d;
}

static const struct known_department *department_of(struct import_departments *all, struct str words)
{
	struct known_department *d = slot_of(all, words);
	if (!d->looked_for)
		find_departments(all, words, d);
	d->looked_for = true;
	return d;
}

/* Under its number, with a mark that no cleaned cell holds. */
struct str import_department_path(struct import_departments *all, int64_t id)
{
	if (!id)
		return STR_NULL;
	struct known_department *d = slot_of(all, str_fmt(all->c->arena, "%c%lld", IMPORT_UNIT, (long long)id));
	if (str_is_null(d->path))
		d->path = department_path(all->c, id);
	return d->path;
}

/* The first of them, as the actor sees them. */
static struct str paths_of(struct import_departments *all, const struct known_department *d)
{
	struct buf b = buf_new(all->c->arena);
	size_t i = 0;
	for (; i < d->n && i < TWINS_SHOWN; i++)
		buf_fmt(&b, "%s“" STR_FMT "”", i ? ", " : "", STR_ARG(import_department_path(all, d->ids[i])));
	if (i < d->n)
		BUF_LIT(&b, ", …");
	return buf_str(&b);
}

void import_department_check(struct import_departments *all, struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	s->fresh.department = s->old.department_id;
	if (str_is_empty(r->department)) {
		refuse(all->c, CODE_required, t_user_department_required(&all->c->text));
		return;
	}
	const struct known_department *d = department_of(all, r->department);
	/* What the actor is shown of two departments may be the same: then it names the one that the user is in. */
	for (size_t i = 0; i < d->shown_as_n; i++)
		if (s->old.id && d->shown_as[i] == s->old.department_id)
			return;
	if (d->n == 1)
		s->fresh.department = d->ids[0];
	else if (d->n == 0)
		refuse(all->c, CODE_not_found, t_import_fault_department(&all->c->text));
	else
		refuse(all->c, CODE_invalid, t_import_fault_department_twins(&all->c->text, (int64_t)d->n, paths_of(all, d)));
}
