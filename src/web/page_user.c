/* One user: look, add, edit, deactivate. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/enrollment.h"
#include "model/field.h"
#include "model/password.h"
#include "model/user.h"
#include "web/app.h"
#include "web/conflict.h"
#include "web/department_field.h"
#include "web/user_field.h"
#include "web/user_pages.h"
#include "web/view_users.h"
#include "web/web.h"

/* ---- the form. What was typed wins over what is stored, so that nothing is lost when something is wrong. */

/* Those in which the actor may edit users; another one, where the user is now, can stay. */
static struct department_field departments_of(const struct user *u)
{
	return (struct department_field){ .permission = PERM_USERS_EDIT, .kept = u ? u->department : 0 };
}

static void status_options(struct req *r, struct field *f, struct str chosen)
{
	static const char *const names[] = { "active", "inactive", "ended" };
	f->options = ARENA_ARRAY(r->c.arena, struct field_option, 3);
	for (size_t i = 0; i < 3; i++) {
		struct str value = str_from(names[i]);
		f->options[f->options_n++] = (struct field_option){
			.value = value, .label = user_status_badge(r, value).words, .chosen = str_eq(value, chosen)
		};
	}
}

static bool posts(const struct req *r)
{
	return r->http->method == HTTP_POST;
}

/* A value as typed in this request, or as stored. */
static struct str shown(struct req *r, const char *name, struct str stored)
{
	return posts(r) && req_form_has(r, name) ? req_form(r, name) : stored;
}

static void profile_fill(struct req *r, struct user_form_view *v, int64_t id)
{
	struct field_values values;
	field_values_of(&r->c, id, &values);
	v->fields = ARENA_ARRAY(r->c.arena, struct field, values.n + 1);
	for (size_t i = 0; i < values.n; i++) {
		const struct field_value *d = &values.items[i];
		struct field *f = &v->fields[v->fields_n++];
		*f = (struct field){
			.name = str_fmt(r->c.arena, "fields." STR_FMT, STR_ARG(d->key)), .label = d->label, .optional = true
		};
		f->value = shown(r, str_c(r->c.arena, f->name), d->value);
		conflict_note(r, f->name, f->value, d->value);
		if (d->is_date)
			f->type = STR("date");
		else
			f->max_length = FIELD_VALUE_MAX;
		field_errors(f, &r->c.errs);
	}
}

static void note_conflicts(struct req *r, const struct user_form_view *v, const struct user *u)
{
	struct str department = str_num(r->c.arena, "", u->department);
	struct str status = shown(r, "status", u->status), typed = shown(r, "department", department);
	struct department_field departments = departments_of(u);
	struct opt_i64 named = department_field_read(r, &departments, typed);
	conflict_note(r, STR("login"), v->login.value, u->login);
	conflict_note(r, STR("email"), v->email.value, u->email);
	conflict_note(r, STR("first_name"), v->first_name.value, u->first_name);
	conflict_note(r, STR("last_name"), v->last_name.value, u->last_name);
	conflict_note(r, STR("supervisor"), v->supervisor.value, u->supervisor_login);
	if (!str_eq(status, u->status))
		conflict_note(r, STR("status"), status, user_status_badge(r, u->status).words);
	if (named.v != u->department)
		conflict_note(r, STR("department"), typed, department_path(&r->c, u->department));
}

static void form_fill(struct req *r, struct user_form_view *v, const struct user *u)
{
	const struct text *t = &r->c.text;
	static const struct user nobody;
	const struct user *old = u ? u : &nobody;
	v->login = (struct field){ .name = STR("login"),
		.label = t_user_login(t),
		.value = shown(r, "login", old->login),
		.max_length = USER_LOGIN_MAX,
		.autocomplete = STR("off") };
	v->email = (struct field){ .name = STR("email"),
		.label = t_user_email(t),
		.value = shown(r, "email", old->email),
		.type = STR("email"),
		.hint = t_user_email_hint(t),
		.optional = true,
		.max_length = USER_EMAIL_MAX,
		.autocomplete = STR("off") };
	v->first_name = (struct field){ .name = STR("first_name"),
		.label = t_user_first_name(t),
		.value = shown(r, "first_name", old->first_name),
		.optional = true,
		.max_length = USER_NAME_MAX,
		.autocomplete = STR("off") };
	v->last_name = (struct field){ .name = STR("last_name"),
		.label = t_user_last_name(t),
		.value = shown(r, "last_name", old->last_name),
		.optional = true,
		.max_length = USER_NAME_MAX,
		.autocomplete = STR("off") };
	v->department = (struct field){ .name = STR("department"), .label = t_user_department(t) };
	struct department_field departments = departments_of(u);
	struct str stored = u ? str_num(r->c.arena, "", u->department) : req_query(r, "department");
	department_field_fill(r, &departments, shown(r, "department", stored), &v->department);
	v->status = (struct field){ .name = STR("status"), .label = t_user_status(t) };
	status_options(r, &v->status, shown(r, "status", u ? u->status : STR("active")));
	v->supervisor = (struct field){ .name = STR("supervisor"),
		.label = t_user_supervisor(t),
		.value = shown(r, "supervisor", old->supervisor_login),
		.hint = old->supervisor_hidden ? t_user_supervisor_hidden(t) : t_user_supervisor_hint(t),
		.optional = true };
	user_field_suggest(&v->supervisor);
	struct field *const fields[] = { &v->login, &v->email, &v->first_name, &v->last_name, &v->department, &v->status,
		&v->supervisor };
	if (conflict_is(r) && u)
		note_conflicts(r, v, u);
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		field_errors(fields[i], &r->c.errs);
	profile_fill(r, v, old->id);
	user_roles_fill(r, v, u);
}

/* ---- from the form to the model */

/* *u: who is edited; NULL for somebody new. */
static struct user_form form_read(struct req *r, const struct user *u)
{
	struct department_field departments = departments_of(u);
	struct user_form f = {
		.login = req_form(r, "login"),
		.email = req_form(r, "email"),
		.first_name = req_form(r, "first_name"),
		.last_name = req_form(r, "last_name"),
		.status = req_form(r, "status"),
		.has_supervisor = req_form_has(r, "supervisor"),
		.supervisor_login = str_trim(req_form(r, "supervisor")),
	};
	int64_t version;
	f.department = department_field_read(r, &departments, req_form(r, "department"));
	if (str_to_i64(req_form(r, "version"), &version))
		f.version = SOME(version);
	user_roles_read(r, &f);
	struct user_field_form *fields = ARENA_ARRAY(r->c.arena, struct user_field_form, r->form_n + 1);
	for (size_t i = 0; i < r->form_n; i++)
		if (str_starts(r->form[i].name, STR("fields.")))
			fields[f.fields_n++] =
				(struct user_field_form){ str_sub(r->form[i].name, 7, r->form[i].name.n), r->form[i].value };
	f.fields = fields;
	return f;
}

/* ---- showing */

static void fact(struct user_form_view *v, struct str label, struct str value, bool ltr)
{
	if (value.n)
		v->facts[v->facts_n++] = (struct fact_view){ label, value, ltr };
}

static void facts_fill(struct req *r, struct user_form_view *v, const struct user *u)
{
	const struct text *t = &r->c.text;
	struct field_values values;
	field_values_of(&r->c, u->id, &values);
	v->facts = ARENA_ARRAY(r->c.arena, struct fact_view, values.n + 7);
	fact(v, t_user_first_name(t), u->first_name, false);
	fact(v, t_user_last_name(t), u->last_name, false);
	fact(v, t_user_login(t), u->login, true);
	fact(v, t_user_email(t), u->email, true);
	fact(v, t_user_department(t), u->department_path, false);
	fact(v, t_user_supervisor_plain(t), u->supervisor_name, false);
	fact(v, t_user_roles_held(t), user_roles_words(r, u), false);
	for (size_t i = 0; i < values.n; i++)
		fact(v, values.items[i].label, values.items[i].value, false);
	v->why_not = user_in_scope(r, PERM_USERS_EDIT, u->id) ? t_user_may_more(t) : t_user_not_editable(t);
}

void user_page_show(struct req *r, unsigned status)
{
	const struct text *t = &r->c.text;
	struct user u;
	struct user_form_view v = { 0 };
	if (!user_get(&r->c, PERM_USERS_VIEW, r->id, &u)) {
		reply_error(r);
		return;
	}
	user_head_fill(r, r->id, &v.head);
	v.version = u.version;
	if (user_may_edit(&r->c, r->id)) {
		form_fill(r, &v, &u);
		user_password_fill(r, &u, &v);
	} else {
		facts_fill(r, &v, &u);
	}
	page_begin(r, &v.page, v.head.title, NAV_USERS);
	user_head_crumbs(r, &v.head, &v.page);
	tpl_user(reply_html(r, status), t, &v);
}

/* A refused form comes back with its errors; what cannot be shown as a form is an error page. */
static bool form_can_return(const struct req *r)
{
	return r->c.errs.n && (r->c.errs.kind == ERR_INVALID || r->c.errs.kind == ERR_CONFLICT);
}

static void show_refused(struct req *r)
{
	user_roles_errors(r);
	if (form_can_return(r))
		user_page_show(r, r->c.errs.kind == ERR_CONFLICT ? 409 : 422);
	else
		reply_error(r);
}

void page_user(struct req *r)
{
	user_page_show(r, 200);
}

/* ---- adding */

static void show_new(struct req *r, unsigned status)
{
	struct user_form_view v = { 0 };
	form_fill(r, &v, NULL);
	v.can_link = r->app->has_smtp;
	v.link = (struct field){ .name = STR("password_link"),
		.label = t_password_link_new(&r->c.text),
		.hint = t_password_link_new_hint(&r->c.text),
		.checked = req_form_has(r, "password_link") };
	page_begin(r, &v.page, t_user_add(&r->c.text), NAV_USERS);
	v.page.crumbs = ARENA_ARRAY(r->c.arena, struct crumb, 2);
	v.page.crumbs_n = 2;
	v.page.crumbs[0] = (struct crumb){ t_users_title(&r->c.text), STR("/users") };
	v.page.crumbs[1] = (struct crumb){ t_user_add(&r->c.text), STR_NULL };
	tpl_user_new(reply_html(r, status), &r->c.text, &v);
}

void page_user_new(struct req *r)
{
	show_new(r, 200);
}

void page_user_create(struct req *r)
{
	struct user_form f = form_read(r, NULL);
	struct user u;
	int64_t id, until;
	bool made = user_create(&r->c, &f, &id);
	if (made && req_form_has(r, "password_link"))
		made = password_link_give(&r->c, id, &until);
	if (made && user_get(&r->c, PERM_USERS_VIEW, id, &u)) {
		reply_redirect_flash(r, t_user_created(&r->c.text, u.name), "/users/%lld", (long long)id);
		return;
	}
	user_roles_errors(r);
	if (form_can_return(r))
		show_new(r, r->c.errs.kind == ERR_CONFLICT ? 409 : 422);
	else
		reply_error(r);
}

/* ---- editing */

/* R7 has effects on other people, so it is said in numbers first; the whole form waits in hidden fields. */
static void show_leave(struct req *r, const struct user *u, struct str status)
{
	const struct text *t = &r->c.text;
	int64_t n = enrollment_count_for_leaver(&r->c, u->id);
	struct user_leave_view v = {
		.title = t_user_leave_title(t, u->name),
		.words = t_user_leave_words(t, n),
		.action = r->http->path,
		.button = str_eq(status, STR("ended")) ? t_user_leave_ended(t, n) : t_user_leave_inactive(t, n),
		.back = str_num(r->c.arena, "/users/", u->id),
		.hidden = ARENA_ARRAY(r->c.arena, struct hidden_view, r->form_n + 1),
	};
	for (size_t i = 0; i < r->form_n; i++)
		if (!str_eq(r->form[i].name, STR("csrf")) && !str_eq(r->form[i].name, STR("confirm")))
			v.hidden[v.hidden_n++] = (struct hidden_view){ r->form[i].name, r->form[i].value };
	page_begin(r, &v.page, v.title, NAV_USERS);
	tpl_user_leave(reply_html(r, 200), t, &v);
}

static void save(struct req *r, const struct user *u, const struct user_form *f)
{
	int64_t cancelled = 0;
	bool leaves = str_eq(f->status, STR("inactive")) || str_eq(f->status, STR("ended"));
	if (str_eq(u->status, STR("active")) && leaves && !req_form_has(r, "confirm") && user_may_edit(&r->c, r->id)) {
		show_leave(r, u, f->status);
		return;
	}
	if (!user_update(&r->c, r->id, f, &cancelled)) {
		show_refused(r);
		return;
	}
	if (cancelled)
		reply_redirect_flash(r, t_user_saved_cancelled(&r->c.text, cancelled), "/users/%lld", (long long)r->id);
	else
		reply_redirect_flash(r, t_user_saved(&r->c.text), "/users/%lld", (long long)r->id);
}

void page_user_save(struct req *r)
{
	struct user u;
	if (!user_get(&r->c, PERM_USERS_EDIT, r->id, &u)) {
		reply_error(r);
		return;
	}
	struct user_form f = form_read(r, &u);
	save(r, &u, &f);
}

void page_user_status(struct req *r)
{
	struct user u;
	struct user_form f = { .status = req_form_has(r, "status") ? req_form(r, "status") : STR("") };
	if (user_get(&r->c, PERM_USERS_EDIT, r->id, &u))
		save(r, &u, &f);
	else
		reply_error(r);
}
