/* Departments by what somebody types, and by the level: what a tree of thousands is looked at with. */
#include "gen/queries.h"
#include "model/department.h"
#include "model/user.h"

/* As many of one name are told apart by their paths. */
enum { NAMESAKES_MAX = 1000 };

bool department_more_than(struct ctx *c, enum permission p, int64_t n)
{
	struct department_count_scoped_row row;
	return department_count_scoped(c->db, c->arena, c->actor->id, permission_name(p), n + 1, &row) && row.n > n;
}

/* "Company / Sales": the slashes stand between, with or without spaces, and never in a name. */
static struct str fold_path(struct ctx *c, struct str path)
{
	struct str part;
	struct buf b = buf_new(c->arena);
	while (str_split(&path, '/', &part)) {
		if (b.n)
			buf_char(&b, '/');
		buf_put(&b, text_fold(c->arena, str_trim(part)));
	}
	return buf_str(&b);
}

static struct str last_part(struct str path)
{
	struct str part, last = path;
	while (str_split(&path, '/', &part))
		last = part;
	return str_trim(last);
}

int64_t department_by_words(struct ctx *c, enum permission p, struct str typed)
{
	struct department_named_rows rows;
	struct str clean;
	if (!text_clean_line(c->arena, typed, &clean) || str_is_empty(clean))
		return 0;
	struct str wanted = fold_path(c, clean), name = text_fold(c->arena, last_part(clean));
	department_named(c->db, c->arena, c->actor->id, permission_name(p), name, NAMESAKES_MAX, &rows);
	if (rows.n == 1 && str_eq(wanted, name))
		return rows.items[0].id;
	for (size_t i = 0; i < rows.n; i++)
		if (str_eq(fold_path(c, department_path(c, rows.items[i].id)), wanted))
			return rows.items[i].id;
	return 0;
}

void department_suggest(struct ctx *c, enum permission p, struct str q, int64_t limit, struct departments *out)
{
	struct department_suggested_rows rows;
	struct str clean;
	*out = (struct departments){ 0 };
	if (!text_clean_line(c->arena, q, &clean) || str_is_empty(last_part(clean)))
		return;
	struct str inside = user_like(c->arena, last_part(clean));
	department_suggested(
		c->db, c->arena, c->actor->id, permission_name(p), inside, str_sub(inside, 1, inside.n), limit, &rows);
	out->items = ARENA_ARRAY(c->arena, struct department, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		out->items[out->n++] = (struct department){
			.id = rows.items[i].id, .name = rows.items[i].name, .path = department_path(c, rows.items[i].id)
		};
}

void department_level(struct ctx *c, enum permission p, int64_t parent, struct departments *out)
{
	struct department_level_rows_rows rows;
	department_level_rows(c->db, c->arena, c->actor->id, permission_name(p), parent, &rows);
	*out = (struct departments){ .items = ARENA_ARRAY(c->arena, struct department, rows.n + 1) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct department_level_rows_row *row = &rows.items[i];
		out->items[out->n++] = (struct department){
			.id = row->id, .name = row->name, .lo = row->lo, .users = row->users, .below = row->below
		};
	}
}
