#include "model/find.h"
#include <stdlib.h>
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
	struct str whole;           /* what was typed, folded */
	struct str part, beginning; /* for names of which a part begins with it: what they contain, and as a pattern */
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

/* Users: of everybody, by SQL; or of those whom the index in memory proposes, which may be stale: who is in scope says
 * SQL, who matches and who comes first what it has read of them. */
struct ranked {
	int rank;
	const struct find_users_row *user;
};

/* As find_users orders; -1: no match. */
static int rank_of(const struct user_wanted *w, const struct find_users_row *u)
{
	for (size_t i = 0; i < w->inside_n; i++)
		if (!str_find(u->search, w->inside[i], NULL))
			return -1;
	if (str_eq(u->login_fold, w->whole) || str_eq(u->email_fold, w->whole))
		return 0;
	return str_find(u->search, w->beginning, NULL) ? 1 : 2;
}

static int by_rank(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;
	if (a->rank != b->rank)
		return a->rank - b->rank;
	int names = str_cmp(a->user->name_key, b->user->name_key);
	return names ? names : (a->user->id > b->user->id) - (a->user->id < b->user->id);
}

static bool users_proposed(struct ctx *c, const struct user_wanted *w, struct find_users_rows *rows)
{
	struct user_proposed p;
	struct find_users_rows some;
	if (!user_index_find(c, w, &p))
		return false;
	find_users_some(c->db, c->arena, c->actor->id, w->below, permission_name(w->permission),
		user_index_list(c->arena, &p), c->actor->account_wide, &some);
	struct ranked *found = ARENA_ARRAY(c->arena, struct ranked, some.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < some.n; i++)
		if ((found[n].rank = rank_of(w, &some.items[i])) >= 0)
			found[n++].user = &some.items[i];
	qsort(found, n, sizeof *found, by_rank);
	rows->n = n < w->most ? n : w->most;
	rows->items = ARENA_ARRAY(c->arena, struct find_users_row, rows->n + 1);
	for (size_t i = 0; i < rows->n; i++)
		rows->items[i] = *found[i].user;
	return true;
}

/* `w` says where, and which words. */
static void users(struct ctx *c, const struct search *s, struct user_wanted *w, struct find_hits *out)
{
	struct find_users_rows rows;
	w->whole = s->whole;
	w->beginning = s->part;
	w->most = (size_t)s->limit;
	if (!users_proposed(c, w, &rows))
		find_users(c->db, c->arena, c->actor->id, w->below, permission_name(w->permission), s->whole, s->beginning,
			s->word[0], s->word[1], s->word[2], s->limit, &rows);
	for (size_t i = 0, n = room(c, s, rows.n, out); i < n; i++) {
		const struct find_users_row *u = &rows.items[i];
		out->items[i] = (struct find_hit){ .id = u->id,
			.name = u->name,
			.login = u->login,
			.email = u->email,
			.department = u->department,
			.status = u->status };
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
static struct search search_for(struct ctx *c, struct str clean, int64_t limit)
{
	struct search s = { .whole = text_fold(c->arena, clean), .limit = limit + 1 };
	struct str inside = user_like(c->arena, clean);
	s.part = str_cat(c->arena, STR(" "), s.whole);
	s.beginning = str_cat(c->arena, STR("% "), str_sub(inside, 1, inside.n));
	return s;
}

void find_people(struct ctx *c, enum permission permission, struct str q, int64_t limit, struct find_hits *out)
{
	struct str clean = str_trim(q);
	struct search s = search_for(c, clean, limit);
	*out = (struct find_hits){ 0 };
	if (str_is_empty(s.whole))
		return;
	struct user_wanted w = { .permission = permission, .inside = { s.whole }, .inside_n = 1 };
	s.word[0] = user_like(c->arena, clean);
	s.word[1] = s.word[2] = STR("%");
	users(c, &s, &w, out);
}

void find_all(struct ctx *c, struct str q, int64_t limit, struct found *out)
{
	struct str clean;
	struct user_wanted w = { .permission = PERM_USERS_VIEW, .below = c->actor->has_reports };
	*out = (struct found){ 0 };
	if (!text_clean_line(c->arena, q, &clean) || str_is_empty(clean))
		return;
	struct search s = search_for(c, clean, limit);
	user_like_words(c->arena, clean, s.word);
	w.inside_n = user_words(c->arena, clean, w.inside);
	if (actor_can(c->actor, PERM_USERS_VIEW))
		users(c, &s, &w, &out->users);
	trainings(c, &s, &out->trainings);
	sessions(c, &s, &out->sessions);
	mine(c, &s, &out->mine);
}
