/* Reading users: one, lists, roles. Changes are in user_change.c, conditions in user_filter.c. */
#include "model/user.h"
#include <stdlib.h>
#include "gen/queries.h"
#include "gen/text.h"
#include "model/department.h"
#include "model/role.h"
#include "model/user_index.h"

/* FEW are found by their words, NEAR in their departments, before they are put in order. */
enum { WORDS = USER_LIKE_WORDS, FEW = 500, NEAR = 2000 };
_Static_assert((int)USER_LIKE_WORDS == (int)USER_SEEK_WORDS, "the index looks for as many words");

/* ---- roles */

static struct user_role role_of(struct ctx *c, int64_t role, struct str key, struct str name, bool scoped)
{
	if (str_is_null(key))
		key = str_num(c->arena, "", role);
	return (struct user_role){ .role = role, .key = key, .name = role_name(&c->text, key, name), .scoped = scoped };
}

void user_roles_of(struct ctx *c, int64_t user_id, bool has_reports, struct user_roles *out)
{
	struct user_roles_rows rows;
	bool own = c->actor && c->actor->id == user_id;
	user_roles(c->db, c->arena, user_id, &rows);
	*out = (struct user_roles){ .items = ARENA_ARRAY(c->arena, struct user_role, rows.n + 2) };
	for (size_t i = 0; i < rows.n; i++) {
		const struct user_roles_row *row = &rows.items[i];
		struct user_role *last = out->n ? &out->items[out->n - 1] : NULL;
		bool elsewhere = row->department_id.has && !department_in_scope(c, PERM_USERS_VIEW, row->department_id.v);
		/* Held out of the reader's departments only: not there (R3). */
		if (elsewhere && !own)
			continue;
		if (!last || last->role != row->role_id) {
			last = &out->items[out->n++];
			*last = role_of(c, row->role_id, row->key, row->name, row->scoped);
			last->departments = ARENA_ARRAY(c->arena, int64_t, rows.n);
		}
		if (row->department_id.has && !elsewhere)
			last->departments[last->departments_n++] = row->department_id.v;
	}
	bool learner = out->n == 0;
	if (has_reports)
		out->items[out->n++] = role_of(c, ROLE_SUPERVISOR, STR("supervisor"), STR(""), false);
	if (learner)
		out->items[out->n++] = role_of(c, ROLE_LEARNER, STR("learner"), STR(""), false);
}

/* ---- one user */

/* policy_user() without an error: for what is merely shown or not. */
static bool sees(struct ctx *c, int64_t id)
{
	struct errs before = c->errs;
	bool ok = !c->actor || c->actor->id == id || policy_user(c, PERM_USERS_VIEW, id);
	c->errs = before;
	return ok;
}

bool user_get(struct ctx *c, enum permission p, int64_t id, struct user *out)
{
	struct user_row_row row;
	bool own = c->actor && c->actor->id == id && p == PERM_USERS_VIEW;
	if (c->actor && !own && !policy_user(c, p, id))
		return false;
	if (!user_row(c->db, c->arena, id, &row))
		return err_set(&c->errs, db_failed(c->db) ? ERR_UNAVAILABLE : ERR_NOT_FOUND);
	*out = (struct user){
		.id = row.id,
		.department = row.department_id,
		.version = row.version,
		.login = row.login,
		.email = row.email,
		.first_name = row.first_name,
		.last_name = row.last_name,
		.name = row.name,
		.department_name = row.department,
		.department_path = department_path(c, row.department_id),
		.status = row.status,
		.has_password = row.has_password,
		.has_reports = row.has_reports,
	};
	if (row.supervisor_id.has && sees(c, row.supervisor_id.v)) {
		out->supervisor = row.supervisor_id;
		out->supervisor_login = row.supervisor_login;
		out->supervisor_name = row.supervisor_name;
	} else {
		out->supervisor_hidden = row.supervisor_id.has;
	}
	user_roles_of(c, id, row.has_reports, &out->roles);
	return !db_failed(c->db);
}

int64_t user_find(struct ctx *c, struct str login_or_email)
{
	struct user_login_owner_row login;
	struct user_email_owner_row email;
	struct str clean;
	if (!text_clean_line(c->arena, login_or_email, &clean) || str_is_empty(clean))
		return 0;
	struct str fold = text_fold(c->arena, clean);
	if (user_login_owner(c->db, c->arena, fold, &login))
		return login.id;
	return user_email_owner(c->db, c->arena, fold, &email) ? email.id : 0;
}

/* ---- lists */

struct str user_like(struct arena *a, struct str text)
{
	struct str fold = text_fold(a, text);
	struct buf b = buf_new(a);
	buf_char(&b, '%');
	for (size_t i = 0; i < fold.n; i++) {
		if (fold.p[i] == '%' || fold.p[i] == '_' || fold.p[i] == '\\')
			buf_char(&b, '\\');
		buf_char(&b, fold.p[i]);
	}
	if (fold.n)
		buf_char(&b, '%');
	return buf_str(&b);
}

static size_t split_words(struct arena *a, struct str q, struct str words[static WORDS])
{
	struct str rest;
	size_t n = 0;
	if (!text_clean_line(a, q, &rest))
		return 0;
	while (n < WORDS && rest.n) {
		struct str word = rest;
		if (n + 1 == WORDS)
			rest = STR("");
		else
			str_split(&rest, ' ', &word);
		words[n++] = word;
	}
	return n;
}

void user_like_words(struct arena *a, struct str q, struct str likes[static USER_LIKE_WORDS])
{
	struct str words[WORDS];
	size_t n = split_words(a, q, words);
	for (size_t i = 0; i < WORDS; i++)
		likes[i] = i < n ? user_like(a, words[i]) : STR("%");
}

size_t user_words(struct arena *a, struct str q, struct str words[static 3])
{
	struct str given[WORDS];
	size_t n = split_words(a, q, given), kept = 0;
	for (size_t i = 0; i < n; i++) {
		words[kept] = text_fold(a, given[i]);
		kept += !str_is_empty(words[kept]);
	}
	return kept;
}

struct search {
	struct str like[WORDS];
	const struct db_filter *filter;
};

static int64_t count_found(struct ctx *c, const struct user_query *q, const struct search *s, int64_t bound)
{
	struct user_list_count_row row = { 0 };
	user_list_count(c->db, c->arena, c->actor->id, s->like[0], s->like[1], s->like[2], q->department, q->status,
		c->actor->has_reports, bound, s->filter, &row);
	return row.n;
}

static struct search search_of(struct ctx *c, const struct user_query *q)
{
	struct search s = { .filter = q->filter };
	user_like_words(c->arena, q->q, s.like);
	return s;
}

/* Lists are read in their own order, which leads past everybody when few are wanted. These are found first, then, and
 * put in order: by the index in memory, by the departments, or by looking through all names without fetching a row. */

static bool ask_index(struct ctx *c, const struct user_query *q, size_t most, struct user_proposed *out)
{
	struct user_wanted w = { .permission = PERM_USERS_VIEW, .below = true, .department = q->department, .most = most };
	w.inside_n = user_words(c->arena, q->q, w.inside);
	return w.inside_n && user_index_find(c, &w, out);
}

/* The index has the order of names itself: a page of it in any scope. */
static bool ask_index_for_page(
	struct ctx *c, const struct user_query *q, const struct db_page *page, struct user_proposed *out)
{
	struct user_is_named_row named;
	bool from_end = page->last || page->backward, after = page->has_after && !page->last;
	struct user_wanted w = { .permission = PERM_USERS_VIEW,
		.below = true,
		.department = q->department,
		.after = after ? SOME(page->after_id) : NONE,
		.back = from_end != page->desc,
		.most = (size_t)page->limit + 1 };
	w.inside_n = user_words(c->arena, q->q, w.inside);
	if (page->sort != USER_LIST_SORT_NAME || !str_is_null(q->status) || q->filter)
		return false;
	/* The order of the table does as well. */
	if (c->actor->account_wide && !w.inside_n && !w.department.has)
		return false;
	if (after && !user_is_named(c->db, c->arena, page->after_id, page->after_key, &named))
		return false;
	return user_index_find(c, &w, out);
}

static void begin_with(struct ctx *c, struct search *s, const char *field, int64_t id)
{
	struct db_filter *f = filter_new(c->arena, &filter_user);
	struct str value = str_num(c->arena, "", id);
	if (filter_add(f, str_from(field), STR("is"), &value, 1) == FILTER_OK)
		s->filter = f;
}

static void begin_in_departments(struct ctx *c, const struct user_query *q, struct search *s)
{
	struct user_list_within_row within;
	struct user_list_seen_row seen;
	if (q->department.has) {
		if (user_list_within(c->db, c->arena, q->department.v, NEAR + 1, &within) && within.n <= NEAR)
			begin_with(c, s, "within", q->department.v);
	} else if (!c->actor->account_wide) {
		if (user_list_seen(c->db, c->arena, c->actor->id, NEAR + 1, &seen) && seen.n <= NEAR)
			begin_with(c, s, "seen_by", c->actor->id);
	}
}

static void begin_with_words(struct ctx *c, const struct user_query *q, struct search *s)
{
	struct str words[WORDS];
	size_t n = user_words(c->arena, q->q, words);
	if (n == 0 || count_found(c, q, s, FEW + 1) > FEW)
		return;
	struct db_filter *filter = filter_new(c->arena, &filter_user);
	for (size_t i = 0; i < n; i++)
		if (filter_add(filter, STR("search"), STR("contains"), &words[i], 1) != FILTER_OK)
			return;
	s->filter = filter;
}

static void begin_near(struct ctx *c, const struct user_query *q, const struct db_page *page, struct search *s)
{
	struct user_proposed p;
	bool asked = !s->filter && ask_index(c, q, FEW + 1, &p);
	if (asked && p.all && p.n <= FEW)
		s->filter = user_index_filter(c, &p);
	if (!s->filter)
		begin_in_departments(c, q, s);
	if (!s->filter && !asked)
		begin_with_words(c, q, s);
	if (!s->filter && page->sort == USER_LIST_SORT_DEPARTMENT && !c->actor->account_wide && !c->actor->has_reports)
		begin_with(c, s, "granted", c->actor->id);
}

static int by_name(const void *x, const void *y)
{
	const struct user_list_row *a = x, *b = y;
	int names = str_cmp(a->name_key, b->name_key);
	return names ? names : (a->id > b->id) - (a->id < b->id);
}

static int by_name_down(const void *x, const void *y)
{
	return by_name(y, x);
}

/* What SQL does with a page: in the direction of reading, from behind the cursor, one more than is wanted. */
static void cut_page(const struct db_page *page, struct user_list_rows *rows)
{
	bool from_end = page->last || page->backward, down = page->desc != from_end, after = page->has_after && !page->last;
	int (*order)(const void *, const void *) = down ? by_name_down : by_name;
	struct user_list_row cursor = { .name_key = page->after_key, .id = page->after_id };
	size_t limit = page->limit < 1 ? 1 : (size_t)page->limit;
	if (rows->n)
		qsort(rows->items, rows->n, sizeof *rows->items, order);
	for (; after && rows->n && order(&rows->items[0], &cursor) <= 0; rows->n--)
		rows->items++;
	bool beyond = rows->n > limit;
	if (beyond)
		rows->n = limit;
	if (from_end && rows->n)
		qsort(rows->items, rows->n, sizeof *rows->items, down ? by_name : by_name_down);
	for (size_t i = 0; i < rows->n; i++)
		rows->items[i].sort_key = rows->items[i].name_key;
	rows->more = from_end ? after : beyond;
	rows->has_before = from_end ? beyond : after;
}

/* A page in the order of names from whom the index in memory proposes. It may be stale: who is in scope and matches
 * says SQL. False: it cannot say. */
static bool page_from_index(
	struct ctx *c, const struct user_query *q, const struct db_page *page, struct user_list_rows *out)
{
	struct user_proposed p;
	struct str like[WORDS];
	if (!ask_index_for_page(c, q, page, &p))
		return false;
	user_like_words(c->arena, q->q, like);
	user_list_among(c->db, c->arena, c->actor->id, like[0], like[1], like[2], q->department, q->status,
		c->actor->has_reports, q->leads, c->actor->account_wide, user_index_list(c->arena, &p), out);
	cut_page(page, out);
	return true;
}

/* The order of departments is not that of users: without a cursor, everybody would be sorted. One before the first, or
 * behind the last, begins where the list does. */
static void begin_at_end(struct db_page *page)
{
	static const unsigned char last[] = { 0xff, 0xff, 0xff, 0xff };
	bool from_end = page->last || page->backward, at_least = page->desc == from_end;
	page->backward = from_end;
	page->last = false;
	page->has_after = true;
	page->after_key = at_least ? STR("") : (struct str){ (const char *)last, sizeof last };
	page->after_id = at_least ? 0 : INT64_MAX;
}

/* The other pages: by SQL. */
static void page_by_sql(
	struct ctx *c, const struct user_query *q, const struct db_page *page, struct user_list_rows *out)
{
	struct search s = search_of(c, q);
	begin_near(c, q, page, &s);
	struct db_page at = *page;
	bool whole = page->sort == USER_LIST_SORT_DEPARTMENT && (!page->has_after || page->last);
	if (whole)
		begin_at_end(&at);
	user_list(c->db, c->arena, c->actor->id, s.like[0], s.like[1], s.like[2], q->department, q->status,
		c->actor->has_reports, q->leads, c->actor->account_wide, s.filter, &at, out);
	if (whole)
		*(at.backward ? &out->more : &out->has_before) = false;
}

void user_page(struct ctx *c, const struct user_query *q, const struct db_page *page, struct user_items *out)
{
	struct user_list_rows rows;
	if (!page_from_index(c, q, page, &rows))
		page_by_sql(c, q, page, &rows);
	*out = (struct user_items){
		.items = ARENA_ARRAY(c->arena, struct user_item, rows.n + 1), .more = rows.more, .has_before = rows.has_before
	};
	for (size_t i = 0; i < rows.n; i++) {
		const struct user_list_row *r = &rows.items[i];
		out->items[out->n++] = (struct user_item){
			.id = r->id,
			.department = r->department_id,
			.login = r->login,
			.email = r->email,
			.first_name = r->first_name,
			.last_name = r->last_name,
			.name = r->name,
			.status = r->status,
			.department_name = r->department,
			.sort_key = r->sort_key,
			.supervisor = r->supervisor_id,
			.has_reports = r->has_reports,
		};
	}
}

/* Whoever sees all of them has them counted without a look at any. */
static bool count_everybody(struct ctx *c, int64_t bound, int64_t *n)
{
	struct user_list_everybody_row row;
	if (!c->actor->account_wide || !user_list_everybody(c->db, c->arena, bound, &row))
		return false;
	*n = row.n;
	return true;
}

int64_t user_count(struct ctx *c, const struct user_query *q)
{
	struct search s = search_of(c, q);
	struct user_proposed p;
	int64_t n;
	bool plain = str_is_empty(q->q) && !q->department.has && str_is_null(q->status) && !q->filter;
	if (plain && count_everybody(c, USER_LIST_BOUND + 1, &n))
		return n;
	if (!s.filter && ask_index(c, q, USER_LIST_BOUND + 1, &p)) {
		if (str_is_null(q->status) && p.exact)
			return p.n > USER_LIST_BOUND ? USER_LIST_BOUND + 1 : (int64_t)p.n;
		if (p.all && p.n <= FEW)
			s.filter = user_index_filter(c, &p);
	}
	if (!s.filter)
		begin_in_departments(c, q, &s);
	return count_found(c, q, &s, USER_LIST_BOUND + 1);
}
