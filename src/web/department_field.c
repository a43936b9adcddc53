#include "web/department_field.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "web/known.h"

static void offer(struct req *r, struct field *f, int64_t id, struct str label, int64_t chosen)
{
	f->options[f->options_n++] =
		(struct field_option){ .value = str_num(r->c.arena, "", id), .label = label, .chosen = id == chosen };
}

static void fill_list(
	struct req *r, const struct department_field *d, const struct departments *all, int64_t chosen, struct field *f)
{
	f->options = ARENA_ARRAY(r->c.arena, struct field_option, all->n + 2);
	if (!str_is_null(d->none) || !chosen)
		f->options[f->options_n++] =
			(struct field_option){ .value = STR(""), .label = str_is_null(d->none) ? STR("—") : d->none };
	for (size_t i = 0; i < all->n; i++) {
		if (all->items[i].id == d->without)
			i = all->items[i].end - 1;
		else
			offer(r, f, all->items[i].id, all->items[i].path, chosen);
	}
	if (d->kept && !department_find(all, d->kept))
		offer(r, f, d->kept, department_path(&r->c, d->kept), chosen);
}

static bool may_name(struct req *r, const struct department_field *d, int64_t id)
{
	return id > 0 && (id == d->kept || department_in_scope(&r->c, d->permission, id));
}

void department_field_fill(struct req *r, const struct department_field *d, struct str typed, struct field *f)
{
	struct opt_i64 id = department_field_read(r, d, typed);
	const struct known_departments *known = known_departments(r, d->permission);
	if (!known->many) {
		fill_list(r, d, &known->list, id.v, f);
		return;
	}
	f->suggest =
		str_fmt(r->c.arena, "/departments/suggest?permission=" STR_FMT, STR_ARG(permission_name(d->permission)));
	f->value = may_name(r, d, id.v) ? department_path(&r->c, id.v) : typed;
	f->optional |= !str_is_null(d->none);
	f->placeholder = str_is_empty(d->none) ? t_department_field_hint(&r->c.text) : d->none;
}

struct opt_i64 department_field_read(struct req *r, const struct department_field *d, struct str typed)
{
	int64_t id;
	struct str s = str_trim(typed);
	if (str_is_empty(s))
		return NONE;
	if (str_to_i64(s, &id))
		return SOME(id > 0 ? id : 0);
	if (d->kept && str_eq(s, department_path(&r->c, d->kept)))
		return SOME(d->kept);
	return SOME(department_by_words(&r->c, d->permission, s));
}

/* Whoever has the permission nowhere finds none. */
void page_department_suggest(struct req *r)
{
	struct departments found;
	struct suggestions_view v = { 0 };
	department_suggest(
		&r->c, permission_find(req_query(r, "permission")), req_query(r, "q"), FIELD_SUGGESTIONS, &found);
	v.items = ARENA_ARRAY(r->c.arena, struct suggestion, found.n + 1);
	for (size_t i = 0; i < found.n; i++) {
		const struct department *d = &found.items[i];
		v.items[v.items_n++] = (struct suggestion){ .id = d->id, .value = d->path, .name = d->name, .detail = d->path };
	}
	tpl_suggestions(reply_html(r, 200), &r->c.text, &v);
}
