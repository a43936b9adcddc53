/* The shell of every page: navigation by what the reader may do, badges, errors, the sentence of the last act. */
#include "gen/text.h"
#include "model/notification.h"
#include "web/reply.h"
#include "web/view_page.h"
#include "web/web.h"

struct place {
	enum nav id;
	const char *key, *href;
	uint32_t permissions; /* any of these; 0: everybody */
	bool gap;
};
#define P(constant) (UINT32_C(1) << (constant))

static const struct place places[] = {
	{ NAV_HOME, "home", "/", 0, false },
	{ NAV_CALENDAR, "calendar", "/calendar", 0, false },
	{ NAV_TRAININGS, "trainings", "/trainings", P(PERM_TRAININGS_VIEW), false },
	{ NAV_ENROLLMENTS, "enrollments", "/enroll", P(PERM_ENROLL), false },
	{ NAV_USERS, "users", "/users", P(PERM_USERS_VIEW), false },
	/* For supervisors, who see users as well, there is nothing in these two. */
	{ NAV_DEPARTMENTS, "departments", "/departments", P(PERM_USERS_EDIT) | P(PERM_DEPARTMENTS_EDIT), false },
	{ NAV_GROUPS, "groups", "/groups", P(PERM_USERS_EDIT) | P(PERM_GROUPS_EDIT), false },
	{ NAV_ROLES, "roles", "/roles", P(PERM_ROLES_EDIT), false },
	{ NAV_REPORTS, "reports", "/reports", P(PERM_REPORTS), false },
	{ NAV_OUTBOX, "outbox", "/outbox", P(PERM_OUTBOX), true },
	{ NAV_AUDIT, "audit", "/audit", P(PERM_AUDIT), false },
	{ NAV_SETTINGS, "settings", "/settings", 0, false },
};

static struct str label(const struct text *t, enum nav id)
{
	switch (id) {
	case NAV_HOME: return t_nav_home(t);
	case NAV_CALENDAR: return t_nav_calendar(t);
	case NAV_TRAININGS: return t_nav_trainings(t);
	case NAV_ENROLLMENTS: return t_nav_enrollments(t);
	case NAV_USERS: return t_nav_users(t);
	case NAV_DEPARTMENTS: return t_nav_departments(t);
	case NAV_GROUPS: return t_nav_groups(t);
	case NAV_ROLES: return t_nav_roles(t);
	case NAV_REPORTS: return t_nav_reports(t);
	case NAV_OUTBOX: return t_nav_outbox(t);
	case NAV_AUDIT: return t_nav_audit(t);
	case NAV_SETTINGS: return t_nav_settings(t);
	case NAV_NOTIFICATIONS: return t_nav_notifications(t);
	case NAV_NONE:
	case NAV_COUNT: break;
	}
	return STR("");
}

static struct str role_words(const struct text *t, const struct actor *a)
{
	struct str key = a->role_words_key;
	if (str_eq(key, STR("owner")))
		return t_role_owner(t);
	if (str_eq(key, STR("account_admin")))
		return t_role_account_admin(t);
	if (str_eq(key, STR("department_admin")))
		return t_role_department_admin(t);
	if (str_eq(key, STR("supervisor")))
		return t_role_supervisor(t);
	if (str_eq(key, STR("custom")))
		return a->role_name;
	return t_role_learner(t);
}

static struct str badge(struct req *r, int64_t n)
{
	if (n <= 0)
		return STR("");
	return n > 99 ? STR("99+") : str_num(r->c.arena, "", n);
}

static void navigation(struct req *r, struct page_view *p, int current)
{
	size_t n = sizeof places / sizeof *places;
	p->nav = ARENA_ARRAY(r->c.arena, struct nav_item, n);
	for (size_t i = 0; i < n; i++) {
		const struct place *l = &places[i];
		/* Without the permission a supervisor reports on the people below, and who organizes or teaches has trainings.
		 */
		bool own =
			(l->id == NAV_REPORTS && r->c.actor->has_reports) || (l->id == NAV_TRAININGS && r->c.actor->has_trainings);
		if (l->permissions && !(l->permissions & r->c.actor->can) && !own)
			continue;
		p->nav[p->nav_n++] = (struct nav_item){ .key = str_from(l->key),
			.label = label(&r->c.text, l->id),
			.href = str_from(l->href),
			.current = (int)l->id == current,
			.gap = l->gap };
	}
	int64_t unread = r->c.db ? notification_unread(&r->c) : 0;
	p->notifications = (struct nav_item){ .key = STR("notifications"),
		.label = t_nav_notifications(&r->c.text),
		.href = STR("/notifications"),
		.current = current == NAV_NOTIFICATIONS,
		.badge = badge(r, unread),
		.badge_words = t_nav_unread(&r->c.text, unread) };
}

void page_begin(struct req *r, struct page_view *p, struct str title, int nav)
{
	*p = (struct page_view){
		.lang = str_from(text_locale_tag(r->c.text.locale)),
		.dir = text_locale_is_rtl(r->c.text.locale) ? STR("rtl") : STR("ltr"),
		.title = title,
		.csrf = r->csrf,
		.errors = r->c.errs.items,
		.errors_n = r->c.errs.n,
	};
	struct str words = r->http->method == HTTP_GET ? flash_take(r) : STR("");
	if (!str_is_empty(words))
		p->flash = (struct flash_view){ .kind = STR("ok"), .words = words };
	if (!r->c.actor)
		return;
	const struct actor *a = r->c.actor;
	p->signed_in = true;
	p->theme = str_eq(a->theme, STR("system")) ? STR("") : a->theme;
	p->user_name = a->name;
	p->user_initials = text_initials(r->c.arena, a->name);
	p->role_words = role_words(&r->c.text, a);
	navigation(r, p, nav);
}
