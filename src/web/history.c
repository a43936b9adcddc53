#include "web/history.h"
#include "gen/text.h"
#include "model/when.h"
#include "web/history_room.h"

enum { FEW = 3 };

static const struct audit_change *find(const struct audit_changes *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->items[i].name, str_from(name)))
			return &list->items[i];
	return NULL;
}

/* The number that stands there; 0 where none does. */
static int64_t count(const struct audit_changes *list, const char *name)
{
	const struct audit_change *x = find(list, name);
	int64_t n;
	return x && str_to_i64(x->after, &n) ? n : 0;
}

/* Acts on many have counts: one sentence of them instead of a row each. Answers whether `name` is one of them. */
static bool is_counted(const char *const *names, struct str name)
{
	for (; *names; names++)
		if (str_eq(name, str_from(*names)))
			return true;
	return false;
}

static const char *const import_counts[] = { "created", "updated", NULL };
static const char *const batch_counts[] = { "users", "enroll", "wait", "move", "skip", NULL };
static const char *const no_counts[] = { NULL };

static const char *const *counts_of(
	const struct text *t, const struct audit_row *a, const struct audit_changes *changes, struct str *words)
{
	if (str_eq(a->object, STR("import")) && find(changes, "created")) {
		int64_t created = count(changes, "created"), updated = count(changes, "updated");
		/* When it starts nothing is written yet; when it is stopped, what was done until then is. */
		*words = str_eq(a->action, STR("import.start")) ? t_history_import_planned(t, created, updated)
														: t_history_import_counts(t, created, updated);
		return import_counts;
	}
	if (str_eq(a->action, STR("batch.create")) && find(changes, "users")) {
		*words = t_history_batch_counts(t, count(changes, "users"), count(changes, "enroll"), count(changes, "wait"),
			count(changes, "move"), count(changes, "skip"));
		return batch_counts;
	}
	return no_counts;
}

static void fill_changes(struct history_words *w, const struct audit_row *a, struct history_item *h)
{
	const struct text *t = &w->r->c.text;
	struct audit_changes changes;
	struct str words = STR_NULL;
	audit_changes(&w->r->c, a->before, a->after, &changes);
	const char *const *counted = counts_of(t, a, &changes, &words);
	h->changes = ARENA_ARRAY(w->r->c.arena, struct history_change, changes.n + 1);
	for (size_t i = 0; i < changes.n; i++) {
		if (is_counted(counted, changes.items[i].name))
			continue;
		struct history_change x = history_change_words(w, &changes.items[i]);
		if (!str_is_empty(x.before) || !str_is_empty(x.after))
			h->changes[h->changes_n++] = x;
	}
	if (!str_is_null(words))
		h->changes[h->changes_n++] = (struct history_change){ t_member_users(t), STR(""), words };
	h->few = h->changes_n <= FEW;
}

static struct history_item item_of(struct history_words *w, const struct audit_row *a)
{
	struct req *r = w->r;
	const struct text *t = &r->c.text;
	struct history_item h = { .iso = when_iso(t, a->at, r->c.actor->time_zone),
		.at = when_instant(t, a->at, r->c.actor->time_zone, r->c.now),
		.action = audit_action_words(t, a->action),
		.actor = a->actor_id.has ? a->actor_name : t_history_program(t),
		.user = a->user_name };
	if (a->training_id.has)
		h.training = history_name_of(w, AUDIT_TRAINING, a->training_id.v);
	fill_changes(w, a, &h);
	return h;
}

struct history_item *history_items(struct req *r, const struct audit_rows *rows, size_t *n)
{
	struct history_words words = { .r = r };
	struct history_item *items = ARENA_ARRAY(r->c.arena, struct history_item, rows->n + 1);
	for (size_t i = 0; i < rows->n; i++)
		items[i] = item_of(&words, &rows->items[i]);
	*n = rows->n;
	return items;
}

struct pager history_pager(const struct list *l, struct str words, const struct audit_rows *rows)
{
	if (!rows->n)
		return (struct pager){ 0 };
	const struct audit_row *first = &rows->items[0], *last = &rows->items[rows->n - 1];
	return list_pager(l, words, rows->n, (struct list_end){ STR_NULL, first->sort_int, first->id },
		(struct list_end){ STR_NULL, last->sort_int, last->id }, rows->has_before, rows->more);
}
