#include "web/history.h"
#include "gen/text.h"
#include "model/when.h"

enum { FEW = 3 };
enum kind { PLAIN, WORD, INSTANT, SECONDS, DEPARTMENT, USER, SESSION };

/* What members of an entry hold that is not plain text. */
static const struct {
	const char *name;
	enum kind kind;
} members[] = {
	{ "access_at", INSTANT },
	{ "answer", WORD },
	{ "closes_before", SECONDS },
	{ "day_result", WORD },
	{ "department", DEPARTMENT },
	{ "instructor_user", USER },
	{ "on_clash", WORD },
	{ "organizer", USER },
	{ "parent", DEPARTMENT },
	{ "result", WORD },
	{ "session", SESSION },
	{ "status", WORD },
	{ "supervisor", USER },
	{ "theme", WORD },
	{ "undo_hold", SECONDS },
	{ "when_full", WORD },
};

static enum kind kind_of(struct str name)
{
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (str_eq(name, str_from(members[i].name)))
			return members[i].kind;
	return PLAIN;
}

static struct str or_else(struct str words, struct str otherwise)
{
	return str_is_null(words) ? otherwise : words;
}

static struct str label_of(struct req *r, struct str name)
{
	const char *key = str_c(r->c.arena, name);
	return or_else(text_lookup(&r->c.text, str_fmt(r->c.arena, "history_member_%s", key)), name);
}

static struct str word_of(struct req *r, struct str value)
{
	const char *key = str_c(r->c.arena, value);
	return or_else(text_lookup(&r->c.text, str_fmt(r->c.arena, "history_value_%s", key)), value);
}

static struct str name_of(struct req *r, enum kind kind, int64_t id)
{
	enum audit_name what = kind == DEPARTMENT ? AUDIT_DEPARTMENT : kind == USER ? AUDIT_USER : AUDIT_SESSION;
	struct str name = audit_name_of(&r->c, what, id);
	return str_is_null(name) ? t_history_unseen(&r->c.text, id) : name;
}

static struct str value_words(struct req *r, enum kind kind, struct str value)
{
	const struct text *t = &r->c.text;
	int64_t n;
	if (str_is_empty(value) || kind == PLAIN)
		return value;
	if (kind == WORD)
		return word_of(r, value);
	if (!str_to_i64(value, &n))
		return value;
	if (kind == INSTANT)
		return when_instant(t, n, r->c.actor->time_zone, r->c.now);
	return kind == SECONDS ? t_history_seconds(t, n) : name_of(r, kind, n);
}

struct history_item history_item_make(struct req *r, const struct audit_row *a)
{
	const struct text *t = &r->c.text;
	struct audit_changes changes;
	struct history_item h = { .iso = when_iso(t, a->at, r->c.actor->time_zone),
		.at = when_instant(t, a->at, r->c.actor->time_zone, r->c.now),
		.action = audit_action_words(t, a->action),
		.actor = a->actor_id.has ? a->actor_name : t_history_program(t),
		.user = a->user_name };
	if (a->training_id.has)
		h.training = audit_name_of(&r->c, AUDIT_TRAINING, a->training_id.v);
	audit_changes(&r->c, a->before, a->after, &changes);
	h.changes = ARENA_ARRAY(r->c.arena, struct history_change, changes.n + 1);
	for (size_t i = 0; i < changes.n; i++) {
		const struct audit_change *x = &changes.items[i];
		enum kind kind = kind_of(x->name);
		if (str_is_empty(x->before) && str_is_empty(x->after))
			continue;
		h.changes[h.changes_n++] = (struct history_change){ label_of(r, x->name), value_words(r, kind, x->before),
			value_words(r, kind, x->after) };
	}
	h.few = h.changes_n <= FEW;
	return h;
}

struct history_item *history_items(struct req *r, const struct audit_rows *rows, size_t *n)
{
	struct history_item *items = ARENA_ARRAY(r->c.arena, struct history_item, rows->n + 1);
	for (size_t i = 0; i < rows->n; i++)
		items[i] = history_item_make(r, &rows->items[i]);
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
