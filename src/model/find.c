#include "model/find.h"
#include "gen/queries.h"
#include "model/policy.h"
#include "model/user.h"
#include "model/user_index.h"

void find_index_session(struct ctx *c, int64_t id, struct str title, struct str instructor)
{
	struct str all = str_fmt(c->arena, STR_FMT " " STR_FMT, STR_ARG(title), STR_ARG(instructor));
	session_search_set(c->db, id, str_fmt(c->arena, " " STR_FMT " ", STR_ARG(text_fold(c->arena, all))));
}

struct search {
	struct str clean, whole, beginning; /* `whole` folded; a LIKE pattern for names of which a part begins with it */
	struct str word[USER_LIKE_WORDS];
	int64_t limit; /* one more than is wanted: whether there are more */
};

/* How many of `n` rows are answered, with room for them. */
static size_t room(struct ctx *c, const struct search *s, size_t n, struct find_hits *out)
{
	out->more = (int64_t)n >= s->limit;
	out->n = out->more ? (size_t)s->limit - 1 : n;
	out->items = ARENA_ARRAY(c->arena, struct find_hit, out->n + 1);
	return out->n;
}

/* Whom the index in memory proposes, as a list of ids; null: SQL looks at everybody. */
static struct str proposed(struct ctx *c, const struct search *s, struct user_wanted *w)
{
	struct user_proposed p;
	w->whole = s->whole;
	w->beginning = str_cat(c->arena, STR(" "), s->whole);
	w->most = (size_t)s->limit;
	return user_index_find(c, w, &p) ? user_index_list(c->arena, &p) : STR_NULL;
}

static void users(struct ctx *c, const struct search *s, struct find_hits *out)
{
	struct find_users_rows rows;
	struct user_wanted w = { .permission = PERM_USERS_VIEW, .below = true };
	bool leads = c->actor->has_reports;
	if (!actor_can(c->actor, PERM_USERS_VIEW))
		return;
	w.inside_n = user_words(c->arena, s->clean, w.inside);
	struct str ids = proposed(c, s, &w);
	if (str_is_null(ids))
		find_users(c->db, c->arena, c->actor->id, leads, s->whole, s->beginning, s->word[0], s->word[1], s->word[2],
			s->limit, &rows);
	else
		find_users_among(c->db, c->arena, c->actor->id, leads, s->whole, s->beginning, s->word[0], s->word[1],
			s->word[2], ids, &rows);
	for (size_t i = 0, n = room(c, s, rows.n, out); i < n; i++) {
		const struct find_users_row *u = &rows.items[i];
		out->items[i] = (struct find_hit){
			.id = u->id, .name = u->name, .login = u->login, .department = u->department, .status = u->status
		};
	}
}

static void trainings(struct ctx *c, const struct search *s, struct find_hits *out)
{
	struct find_trainings_rows rows;
	find_trainings(c->db, c->arena, c->actor->id, actor_can(c->actor, PERM_TRAININGS_VIEW), c->now, s->beginning,
		s->word[0], s->word[1], s->word[2], s->limit, &rows);
	for (size_t i = 0, n = room(c, s, rows.n, out); i < n; i++) {
		const struct find_trainings_row *t = &rows.items[i];
		out->items[i] = (struct find_hit){ .id = t->id,
			.name = t->title,
			.starts_at = t->starts_at,
			.ends_at = t->ends_at,
			.days = t->days.v,
			.time_zone = t->time_zone };
	}
}

static void sessions(struct ctx *c, const struct search *s, struct find_hits *out)
{
	struct find_sessions_rows rows;
	find_sessions(c->db, c->arena, c->actor->id, actor_can(c->actor, PERM_TRAININGS_VIEW), c->now, s->word[0],
		s->word[1], s->word[2], s->limit, &rows);
	for (size_t i = 0, n = room(c, s, rows.n, out); i < n; i++) {
		const struct find_sessions_row *t = &rows.items[i];
		out->items[i] = (struct find_hit){ .id = t->id,
			.name = t->training,
			.session = t->title,
			.starts_at = SOME(t->starts_at),
			.ends_at = SOME(t->ends_at),
			.days = t->days,
			.time_zone = t->time_zone };
	}
}

static void mine(struct ctx *c, const struct search *s, struct find_hits *out)
{
	struct find_mine_rows rows;
	find_mine(c->db, c->arena, c->actor->id, c->now, s->word[0], s->word[1], s->word[2], s->limit, &rows);
	for (size_t i = 0, n = room(c, s, rows.n, out); i < n; i++) {
		const struct find_mine_row *t = &rows.items[i];
		out->items[i] = (struct find_hit){ .id = t->id,
			.name = t->training,
			.session = t->session,
			.starts_at = t->starts_at,
			.ends_at = t->ends_at,
			.days = t->days.v,
			.time_zone = t->time_zone };
	}
}

/* The columns begin each part with a space. */
static void search_for(struct ctx *c, struct str clean, int64_t limit, struct search *s)
{
	struct str inside = user_like(c->arena, clean);
	*s = (struct search){ .clean = clean, .whole = text_fold(c->arena, clean), .limit = limit + 1 };
	s->beginning = str_fmt(c->arena, "%% " STR_FMT, STR_ARG(str_sub(inside, 1, inside.n)));
}

void find_people(struct ctx *c, struct str q, int64_t limit, struct find_hits *out)
{
	struct search s;
	struct suggest_users_rows rows;
	struct user_wanted w = { .permission = PERM_ENROLL, .inside_n = 1 };
	*out = (struct find_hits){ 0 };
	search_for(c, str_trim(q), limit, &s);
	if (str_is_empty(s.whole))
		return;
	w.inside[0] = s.whole;
	struct str ids = proposed(c, &s, &w), inside = user_like(c->arena, s.clean);
	if (str_is_null(ids))
		suggest_users(c->db, c->arena, c->actor->id, s.whole, s.beginning, inside, s.limit, &rows);
	else
		suggest_users_among(c->db, c->arena, c->actor->id, s.whole, s.beginning, inside, ids, &rows);
	for (size_t i = 0, n = room(c, &s, rows.n, out); i < n; i++) {
		const struct suggest_users_row *u = &rows.items[i];
		out->items[i] = (struct find_hit){ .id = u->id,
			.name = u->name,
			.login = u->login,
			.email = u->email,
			.department = u->department,
			.status = u->status };
	}
}

void find_all(struct ctx *c, struct str q, int64_t limit, struct found *out)
{
	struct search s;
	struct str clean;
	*out = (struct found){ 0 };
	if (!text_clean_line(c->arena, q, &clean) || str_is_empty(clean))
		return;
	search_for(c, clean, limit, &s);
	user_like_words(c->arena, clean, s.word);
	users(c, &s, &out->users);
	trainings(c, &s, &out->trainings);
	sessions(c, &s, &out->sessions);
	mine(c, &s, &out->mine);
}
