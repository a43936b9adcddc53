/* The account's profile fields. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/field.h"
#include "web/view_users.h"
#include "web/web.h"

static void show(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct profile_fields_view v = { 0 };
	struct field_defs defs;
	int64_t changed = req_form_id(r, "field");
	field_defs_list(&r->c, &defs);
	field_defs_count(&r->c, &defs);
	v.rows = ARENA_ARRAY(r->c.arena, struct profile_field_view, defs.n + 1);
	for (size_t i = 0; i < defs.n; i++) {
		const struct field_def *d = &defs.items[i];
		struct profile_field_view *row = &v.rows[v.rows_n++];
		*row = (struct profile_field_view){ .id = d->id,
			.key = d->key,
			.label = d->label,
			.users = t_fields_users(t, d->users),
			.rename = t_fields_rename(t, d->label),
			.remove = t_fields_delete(t, d->label),
			.own = !d->builtin };
		/* Each row has a field of its own, and ids are there once. */
		bool mine = changed == d->id;
		struct str name = str_num(r->c.arena, "label_", d->id);
		row->field = (struct field){ .name = name,
			.label = t_field_label(t),
			.value = mine ? req_form(r, str_c(r->c.arena, name)) : d->label,
			.max_length = FIELD_LABEL_MAX };
		if (mine && r->c.errs.n)
			row->field.error = r->c.errs.items[0].message;
	}
	v.label = (struct field){ .name = STR("label"),
		.label = t_field_label(t),
		.value = changed ? STR("") : req_form(r, "label"),
		.max_length = FIELD_LABEL_MAX };
	if (!changed)
		field_errors(&v.label, &r->c.errs);
	for (size_t i = 0; changed && i < r->c.errs.n; i++)
		r->c.errs.items[i].field = str_num(r->c.arena, "label_", changed);
	page_begin(r, &v.page, t_fields_title(t), NAV_USERS);
	v.page.crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	v.page.crumbs_n = 2;
	v.page.crumbs[0] = (struct crumb){ t_users_title(t), STR("/users") };
	v.page.crumbs[1] = (struct crumb){ t_fields_title(t), STR_NULL };
	tpl_profile_fields(reply_html(r, status), t, &v);
}

void page_user_fields(struct req *r)
{
	show(r, 200);
}

void page_user_fields_save(struct req *r)
{
	const struct text *t = &r->c.text;
	struct str what = req_form(r, "do");
	int64_t id = req_form_id(r, "field");
	struct str label = id ? req_form(r, str_c(r->c.arena, str_num(r->c.arena, "label_", id))) : req_form(r, "label");
	bool ok;
	struct str done;
	if (str_eq(what, STR("delete"))) {
		ok = field_remove(&r->c, id);
		done = t_field_deleted(t);
	} else if (id) {
		ok = field_update(&r->c, id, label);
		done = t_field_renamed(t, label);
	} else {
		ok = field_create(&r->c, label, &id);
		done = t_field_created(t, label);
		if (!ok)
			id = 0;
	}
	if (ok)
		reply_redirect_flash(r, done, "/users/fields");
	else if (r->c.errs.kind == ERR_INVALID)
		show(r, 422);
	else
		reply_error(r);
}
