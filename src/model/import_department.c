/* The column department: which one its words mean to whoever imports. */
#include "base/buf.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/import_room.h"

enum { DEPARTMENT_SLOTS = 1024, TWINS_SHOWN = 5 };

/* What some words may mean. */
struct known_department {
	struct str words, path;
	int64_t id;    /* where they may be put; 0: nowhere */
	size_t *found; /* which of those that the actor sees; none where the path from the root or the code says it */
	size_t n;
	bool as_shown; /* by the whole path that the actor is shown */
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
	return ctx_invalid(c, STR("department"), code, words);
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
 * what exports write; else by a name, or the end of a path, that one department only has. One that may not be changed
 * counts as well: the words may mean it. */
static void find_departments(struct import_departments *all, struct str words, struct known_department *d)
{
	struct ctx *c = all->c;
	int64_t id = department_by_path(c, words);
	if (id && department_in_scope(c, PERM_USERS_EDIT, id)) {
		d->id = id;
		return;
	}
	read_seen(all);
	struct str fold = path_fold(c, words), end = str_cat(c->arena, STR("/"), fold);
	d->found = ARENA_ARRAY(c->arena, size_t, all->seen.n + 1);
	for (size_t i = 0; i < all->seen.n; i++)
		if (str_eq(all->seen_folds[i], fold))
			d->found[d->n++] = i;
	d->as_shown = d->n > 0;
	for (size_t i = 0; i < all->seen.n && !d->as_shown; i++)
		if (str_ends(all->seen_folds[i], end))
			d->found[d->n++] = i;
	if (d->n == 1 && department_in_scope(c, PERM_USERS_EDIT, all->seen.items[d->found[0]].id))
		d->id = all->seen.items[d->found[0]].id;
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

/* Several have these words. Paths are those of the list, which are what words are compared with. */
static void refuse_twins(struct import_departments *all, const struct known_department *d)
{
	const struct text *t = &all->c->text;
	struct buf b = buf_new(all->c->arena);
	size_t shown[TWINS_SHOWN], n = 0;
	bool more = false;
	for (size_t i = 0; i < d->n && !more; i++) {
		size_t at = d->found[i], k = 0;
		while (k < n && !str_eq(all->seen_folds[shown[k]], all->seen_folds[at]))
			k++;
		if (k < n)
			continue;
		more = n == TWINS_SHOWN;
		if (!more)
			shown[n++] = at;
	}
	if (n == 1) {
		refuse(all->c, CODE_invalid, t_import_fault_department_same(t, (int64_t)d->n, all->seen.items[shown[0]].path));
		return;
	}
	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%s“" STR_FMT "”", i ? ", " : "", STR_ARG(all->seen.items[shown[i]].path));
	if (more)
		BUF_LIT(&b, ", …");
	refuse(all->c, CODE_invalid, t_import_fault_department_twins(t, (int64_t)d->n, buf_str(&b)));
}

/* Of one's own people elsewhere one is shown the bare name of their department, and exports write it (R3). It names no
 * other one, and those whom one does not see have none to be guessed. */
static bool is_name_elsewhere(struct import_departments *all, const struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	struct ctx *c = all->c;
	return s->old.id && !r->in_scope && str_eq(path_fold(c, r->department), path_fold(c, r->old_department_name)) &&
		!department_in_scope(c, PERM_USERS_VIEW, s->old.department_id) && user_is_seen(c, s->old.id);
}

void import_department_check(struct import_departments *all, struct import_step *s)
{
	const struct import_plan_row *r = s->row;
	s->fresh.department = s->old.department_id;
	if (str_is_empty(r->department)) {
		refuse(all->c, CODE_required, t_user_department_required(&all->c->text));
		return;
	}
	if (is_name_elsewhere(all, s))
		return;
	const struct known_department *d = department_of(all, r->department);
	/* What the actor is shown of two departments may be the same: then it names the one that the user is in. Who stays
	 * may be where the actor only looks. */
	for (size_t i = 0; i < d->n && (d->as_shown || d->n == 1); i++)
		if (s->old.id && all->seen.items[d->found[i]].id == s->old.department_id)
			return;
	if (d->id)
		s->fresh.department = d->id;
	else if (d->n > 1)
		refuse_twins(all, d);
	else
		refuse(all->c, CODE_not_found, t_import_fault_department(&all->c->text));
}
