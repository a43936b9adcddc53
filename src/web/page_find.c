/* Search or jump: /find is the whole page, /find/suggest what the dialog of Ctrl K asks for while somebody types. */
#include "gen/templates.h"
#include "gen/text.h"
#include "model/find.h"
#include "model/role.h"
#include "model/when.h"
#include "web/portal_cards.h"
#include "web/user_pages.h"
#include "web/view_find.h"
#include "web/view_users.h"
#include "web/web.h"

enum { GROUPS = 5, SUGGESTED = 6, SHOWN = 25 };

/* ---- pages and actions: the navigation of whoever asks, and what is reached from its pages. Each page that has an
 * address of its own is here or there, and each part of Settings. */
#define P(constant) (UINT32_C(1) << (constant))
static const struct {
	const char *key, *href;
	uint32_t permissions; /* any of these; 0: everybody */
} actions[] = {
	{ "my_trainings", "/me/trainings", 0 },
	{ "enroll", "/enroll", P(PERM_ENROLL) },
	{ "add_user", "/users/new", P(PERM_USERS_EDIT) },
	{ "import", "/users/import", P(PERM_USERS_EDIT) },
	{ "fields", "/users/fields", P(PERM_SETTINGS) },
	{ "add_training", "/trainings/new", P(PERM_TRAININGS_CREATE) },
	{ "add_session", "/calendar/new", P(PERM_TRAININGS_CREATE) | P(PERM_TRAININGS_EDIT) },
	{ "feed", "/calendar/feed", 0 },
	{ "replies", "/outbox/replies", P(PERM_OUTBOX) },
	{ "own", "/settings#own-title", 0 },
	{ "password", "/settings#password-title", 0 },
	{ "access", "/settings#access-title", 0 },
	{ "tokens", "/settings#tokens-title", 0 },
	{ "account", "/settings#account-title", P(PERM_SETTINGS) },
	{ "mail", "/settings#mail-title", P(PERM_SETTINGS) },
	{ "api", "/settings/api", 0 },
};

/* Whether each word of `q` begins one of the label's. */
static bool label_matches(struct req *r, struct str label, struct str q)
{
	struct str rest = text_fold(r->c.arena, str_trim(q)), word;
	struct str all = str_fmt(r->c.arena, " " STR_FMT, STR_ARG(text_fold(r->c.arena, label)));
	while (str_split(&rest, ' ', &word))
		if (!str_is_empty(word) && !str_find(all, str_fmt(r->c.arena, " " STR_FMT, STR_ARG(word)), NULL))
			return false;
	return true;
}

static void put_place(struct req *r, struct find_group *g, struct str label, struct str href, struct str q)
{
	if (!label_matches(r, label, q))
		return;
	struct str id = str_fmt(r->c.arena, "fp%zu", g->items_n);
	g->items[g->items_n++] = (struct find_item){ .id = id, .href = href, .name = label };
}

static struct str act_label(struct req *r, const char *key)
{
	return text_lookup(&r->c.text, str_fmt(r->c.arena, "find_act_%s", key));
}

static void fill_places(struct req *r, struct find_view *v)
{
	struct find_group *g = &v->groups[v->groups_n];
	size_t n = sizeof actions / sizeof *actions;
	*g = (struct find_group){ .key = STR("places"),
		.title = t_find_places(&r->c.text),
		.items = ARENA_ARRAY(r->c.arena, struct find_item, v->page.nav_n + n + 3) };
	for (size_t i = 0; i < v->page.nav_n; i++)
		put_place(r, g, v->page.nav[i].label, v->page.nav[i].href, v->q);
	put_place(r, g, v->page.notifications.label, v->page.notifications.href, v->q);
	for (size_t i = 0; i < n; i++)
		if (!actions[i].permissions || (actions[i].permissions & r->c.actor->can))
			put_place(r, g, act_label(r, actions[i].key), str_from(actions[i].href), v->q);
	/* These two ask for more than a permission (R11; roles are defined for the whole tree). */
	if (actor_can(r->c.actor, PERM_REPORTS) || r->c.actor->has_reports)
		put_place(r, g, t_find_act_report_people(&r->c.text), STR("/reports/participants"), v->q);
	if (actor_can(r->c.actor, PERM_ROLES_EDIT) && role_may_define(&r->c))
		put_place(r, g, t_find_act_add_role(&r->c.text), STR("/roles/new"), v->q);
	v->groups_n += g->items_n > 0;
}

/* ---- what the database has */
static struct str when(struct req *r, const struct find_hit *h)
{
	return h->starts_at.has ? when_session(&r->c.text, h->starts_at.v, h->ends_at.v, h->days, h->time_zone, r->c.now)
							: STR("");
}

static struct find_item user_item(struct req *r, const struct find_hit *h)
{
	struct find_item i = { .href = str_num(r->c.arena, "/users/", h->id), .name = h->name, .words = h->login };
	i.detail = h->department;
	if (!str_eq(h->status, STR("active")))
		i.badge = user_status_badge(r, h->status);
	return i;
}

static struct find_item training_item(struct req *r, const struct find_hit *h)
{
	struct find_item i = { .href = str_num(r->c.arena, "/trainings/", h->id), .name = h->name, .words = when(r, h) };
	if (h->starts_at.has)
		i.words = t_find_next(&r->c.text, i.words);
	return i;
}

static struct str session_name(struct req *r, const struct find_hit *h)
{
	return portal_what(&r->c.text, h->name, h->session);
}

static struct find_item session_item(struct req *r, const struct find_hit *h)
{
	return (struct find_item){
		.href = str_num(r->c.arena, "/sessions/", h->id), .name = session_name(r, h), .words = when(r, h)
	};
}

static struct find_item mine_item(struct req *r, const struct find_hit *h)
{
	return (struct find_item){
		.href = str_num(r->c.arena, "/me/trainings#e", h->id), .name = session_name(r, h), .words = when(r, h)
	};
}

typedef struct find_item item_fn(struct req *r, const struct find_hit *h);

static void put_hits(struct req *r, struct find_view *v, const char *key, struct str title, item_fn *item,
	const struct find_hits *hits, struct str all)
{
	struct find_group *g = &v->groups[v->groups_n];
	if (!hits->n)
		return;
	*g = (struct find_group){
		.key = str_from(key), .title = title, .items = ARENA_ARRAY(r->c.arena, struct find_item, hits->n)
	};
	for (size_t i = 0; i < hits->n; i++) {
		g->items[g->items_n] = item(r, &hits->items[i]);
		g->items[g->items_n++].id = str_fmt(r->c.arena, "f%c%lld", *key, (long long)hits->items[i].id);
	}
	if (hits->more && !str_is_empty(all)) {
		struct buf b = buf_new(r->c.arena);
		buf_put(&b, all);
		buf_url(&b, v->q);
		g->all = buf_str(&b);
		g->all_words = t_find_all(&r->c.text);
	}
	v->groups_n++;
}

static void fill(struct req *r, int64_t limit, struct find_view *v)
{
	const struct text *t = &r->c.text;
	struct found found;
	struct str q = req_query(r, "q");
	v->q = str_is_null(q) ? STR("") : str_trim(q);
	v->groups = ARENA_ARRAY(r->c.arena, struct find_group, GROUPS);
	page_begin(r, &v->page, t_find_title(t), NAV_NONE);
	fill_places(r, v);
	find_all(&r->c, v->q, limit, &found);
	put_hits(r, v, "users", t_find_users(t), user_item, &found.users, STR("/users?q="));
	put_hits(r, v, "trainings", t_find_trainings(t), training_item, &found.trainings,
		actor_can(r->c.actor, PERM_TRAININGS_VIEW) || r->c.actor->has_trainings ? STR("/trainings?q=") : STR(""));
	put_hits(r, v, "sessions", t_find_sessions(t), session_item, &found.sessions, STR(""));
	put_hits(r, v, "mine", t_find_mine(t), mine_item, &found.mine, STR(""));
	if (!v->groups_n)
		v->empty = (struct empty_view){ .title = t_find_none(t, v->q), .words = t_find_none_words(t) };
}

void page_find(struct req *r)
{
	struct find_view v = { 0 };
	fill(r, SHOWN, &v);
	tpl_find(reply_html(r, 200), &r->c.text, &v);
}

void page_find_suggest(struct req *r)
{
	struct find_view v = { 0 };
	fill(r, SUGGESTED, &v);
	tpl_find_options(reply_html(r, 200), &r->c.text, &v);
}
