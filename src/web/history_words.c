/* What members of an entry of the trail hold, in words: names for ids, times on the reader's clock, sentences for what
 * is stored in a form of its own. */
#include "base/tz.h"
#include "gen/text.h"
#include "model/group.h"
#include "model/stage.h"
#include "model/when.h"
#include "web/condition.h"
#include "web/history.h"
#include "web/history_room.h"
#include "web/remind_words.h"

enum { NAMES_SHOWN = 10 };
typedef struct str value_words(struct history_words *w, struct str value);

static struct str or_else(struct str words, struct str otherwise)
{
	return str_is_null(words) ? otherwise : words;
}

static struct str word_of(struct history_words *w, struct str value)
{
	return or_else(text_lookup(&w->r->c.text, str_cat(w->r->c.arena, STR("history_value_"), value)), value);
}

/* As the lists say it. */
static struct str answer_words(struct history_words *w, struct str value)
{
	return str_eq(value, STR("none")) ? t_answer_none(&w->r->c.text) : word_of(w, value);
}

static struct str result_words(struct history_words *w, struct str value)
{
	return str_eq(value, STR("none")) ? t_result_none(&w->r->c.text) : word_of(w, value);
}

static void put_item(struct buf *b, const char *between, struct str item)
{
	if (b->n)
		buf_put(b, str_from(between));
	buf_put(b, item);
}

/* ---- names for ids */

struct str history_name_of(struct history_words *w, enum audit_name what, int64_t id)
{
	for (size_t i = w->names_n; i-- > 0;)
		if (w->names[i].id == id && w->names[i].what == what)
			return w->names[i].name;
	struct history_name *n = VEC_PUSH(w->r->c.arena, w->names, w->names_n, w->names_cap);
	*n = (struct history_name){ what, id, audit_name_of(&w->r->c, what, id) };
	return n->name;
}

static struct str name_of(struct history_words *w, enum audit_name what, int64_t id)
{
	return or_else(history_name_of(w, what, id), t_history_unseen(&w->r->c.text, id));
}

static struct str name_in(struct history_words *w, enum audit_name what, struct str value)
{
	int64_t id;
	return str_to_i64(value, &id) ? name_of(w, what, id) : value;
}

static struct str department_words(struct history_words *w, struct str value)
{
	return name_in(w, AUDIT_DEPARTMENT, value);
}

static struct str person_words(struct history_words *w, struct str value)
{
	return name_in(w, AUDIT_USER, value);
}

static struct str session_words(struct history_words *w, struct str value)
{
	return name_in(w, AUDIT_SESSION, value);
}

/* The numbers in "3 7 9" or ["3","7","9"]. */
static size_t ids_in(struct history_words *w, struct str value, int64_t **out)
{
	size_t n = 0;
	*out = ARENA_ARRAY(w->r->c.arena, int64_t, value.n / 2 + 1);
	for (size_t i = 0; i < value.n;) {
		size_t end = i;
		while (end < value.n && value.p[end] >= '0' && value.p[end] <= '9')
			end++;
		n += end > i && str_to_i64(str_sub(value, i, end - i), &(*out)[n]);
		i = end > i ? end : i + 1;
	}
	return n;
}

/* The names of those that are not among `others`; of many the first few. With others, both are in order. */
static struct str names_of(
	struct history_words *w, enum audit_name what, const int64_t *ids, size_t n, const int64_t *others, size_t others_n)
{
	struct buf b = buf_new(w->r->c.arena);
	size_t shown = 0, more = 0, at = 0;
	for (size_t i = 0; i < n; i++) {
		while (at < others_n && others[at] < ids[i])
			at++;
		if (at < others_n && others[at] == ids[i])
			continue;
		if (shown++ < NAMES_SHOWN)
			put_item(&b, ", ", name_of(w, what, ids[i]));
		else
			more++;
	}
	if (more)
		put_item(&b, ", ", t_history_more(&w->r->c.text, (int64_t)more));
	return b.n ? buf_str(&b) : STR("");
}

static struct str trainings_words(struct history_words *w, struct str value)
{
	int64_t *ids;
	size_t n = ids_in(w, value, &ids);
	return names_of(w, AUDIT_TRAINING, ids, n, NULL, 0);
}

/* ---- times */

static struct str instant_words(struct history_words *w, struct str value)
{
	int64_t at;
	return str_to_i64(value, &at) ? when_instant(&w->r->c.text, at, w->r->c.actor->time_zone, w->r->c.now) : value;
}

static struct str seconds_words(struct history_words *w, struct str value)
{
	int64_t n;
	if (!str_to_i64(value, &n))
		return value;
	return n >= 60 && n % 60 == 0 ? when_duration(&w->r->c.text, n) : t_history_seconds(&w->r->c.text, n);
}

static struct str remind_list_words(struct history_words *w, struct str value)
{
	struct buf b = buf_new(w->r->c.arena);
	struct str one;
	int64_t ahead;
	while (str_split(&value, ',', &one))
		if (str_to_i64(str_trim(one), &ahead))
			put_item(&b, ", ", remind_words(&w->r->c.text, ahead));
	return b.n ? buf_str(&b) : STR("");
}

enum { WALL_CHARS = 16 }; /* 2026-12-03T09:00 */

static bool starts_with_wall(struct str s, struct tz_wall *out)
{
	return s.n > WALL_CHARS && s.p[WALL_CHARS] == ' ' && tz_wall_parse(str_sub(s, 0, WALL_CHARS), out);
}

/* "2026-12-03T09:00 Europe/Berlin 180, Room 4": start, zone, minutes, and where. */
static struct str day_words(struct history_words *w, struct str day)
{
	struct str rest = day, wall, zone;
	struct tz_wall at;
	int64_t minutes;
	enum tz_kind kind;
	size_t end = 0;
	if (!starts_with_wall(day, &at) || !str_split(&rest, ' ', &wall) || !str_split(&rest, ' ', &zone) || !tz_get(zone))
		return day;
	while (end < rest.n && rest.p[end] >= '0' && rest.p[end] <= '9')
		end++;
	if (!str_to_i64(str_sub(rest, 0, end), &minutes))
		return day;
	int64_t start = tz_to_instant(tz_get(zone), &at, 0, &kind);
	struct str when = when_day_range(&w->r->c.text, start, start + minutes * 60, zone, w->r->c.now);
	return str_cat(w->r->c.arena, when, str_sub(rest, end, rest.n));
}

/* A place may hold a semicolon, so a day ends where the next one begins. */
static struct str days_words(struct history_words *w, struct str value)
{
	struct buf b = buf_new(w->r->c.arena);
	size_t from = 0;
	for (size_t i = 0; i <= value.n; i++) {
		struct tz_wall next;
		bool begins = i + 2 < value.n && value.p[i] == ';' && value.p[i + 1] == ' ' &&
			starts_with_wall(str_sub(value, i + 2, value.n), &next);
		if (i < value.n && !begins)
			continue;
		put_item(&b, "; ", day_words(w, str_sub(value, from, i - from)));
		from = i + 2;
	}
	return buf_str(&b);
}

/* ---- roles, permissions, rules */

/* How much of "Training desk 5 6" is the role: a name may end in a number itself, so those that there are come first.
 */
static size_t role_part(struct history_words *w, struct str part)
{
	size_t best = 0;
	if (!w->roles.items)
		role_defs_list(&w->r->c, &w->roles);
	for (size_t i = 0; i < w->roles.n; i++) {
		struct str name = w->roles.items[i].custom ? w->roles.items[i].name : w->roles.items[i].key;
		if (name.n > best && str_starts(part, name) && (part.n == name.n || part.p[name.n] == ' '))
			best = name.n;
	}
	if (best)
		return best;
	for (best = part.n; best > 0;) {
		size_t i = best;
		while (i > 0 && part.p[i - 1] >= '0' && part.p[i - 1] <= '9')
			i--;
		if (i == best || i < 2 || part.p[i - 1] != ' ')
			break;
		best = i - 1;
	}
	return best;
}

static struct str roles_words(struct history_words *w, struct str value)
{
	const struct text *t = &w->r->c.text;
	struct buf b = buf_new(w->r->c.arena);
	struct str part;
	while (str_split(&value, ';', &part)) {
		int64_t *ids;
		part = str_trim(part);
		size_t end = role_part(w, part), n = ids_in(w, str_sub(part, end, part.n), &ids);
		struct str name = role_name(t, str_sub(part, 0, end), str_sub(part, 0, end));
		put_item(&b, "; ", n ? t_history_role(t, name, names_of(w, AUDIT_DEPARTMENT, ids, n, NULL, 0)) : name);
	}
	return buf_str(&b);
}

static struct str permissions_words(struct history_words *w, struct str value)
{
	struct buf b = buf_new(w->r->c.arena);
	struct str name;
	while (str_split(&value, ' ', &name)) {
		enum permission p = permission_find(name);
		put_item(&b, ", ", p == PERM_NONE ? name : permission_label(&w->r->c.text, p));
	}
	return buf_str(&b);
}

static struct str group_words(struct history_words *w, struct str value)
{
	int64_t id;
	return str_to_i64(value, &id) ? or_else(group_name(&w->r->c, id), value) : value;
}

static struct str condition_words(struct history_words *w, const struct user_condition *d)
{
	const struct text *t = &w->r->c.text;
	bool department = str_eq(d->field, STR("department")), group = str_eq(d->field, STR("group"));
	struct buf values = buf_new(w->r->c.arena);
	int64_t *ids = ARENA_ARRAY(w->r->c.arena, int64_t, d->values_n + 1);
	size_t ids_n = 0;
	for (size_t i = 0; i < d->values_n; i++)
		if (!department)
			put_item(&values, ", ", group ? group_words(w, d->values[i]) : word_of(w, d->values[i]));
		else if (str_to_i64(d->values[i], &ids[ids_n]))
			ids_n++;
	if (ids_n)
		buf_put(&values, names_of(w, AUDIT_DEPARTMENT, ids, ids_n, NULL, 0));
	struct str op = department && str_eq(d->op, STR("starts_with")) ? t_op_within(t) : condition_op_words(t, d->op);
	return str_trim(
		t_history_condition(t, history_label(w, d->field), or_else(op, d->op), values.n ? buf_str(&values) : STR("")));
}

struct str history_condition_words(struct req *r, const struct user_condition *d)
{
	struct history_words w = { .r = r };
	return condition_words(&w, d);
}

static struct str rule_words(struct history_words *w, struct str value)
{
	struct user_condition *rule;
	struct buf b = buf_new(w->r->c.arena);
	size_t n;
	if (!group_rule_read(&w->r->c, value, &rule, &n) || !n)
		return value;
	for (size_t i = 0; i < n; i++)
		put_item(&b, "; ", condition_words(w, &rule[i]));
	return buf_str(&b);
}

static struct str language_words(struct history_words *w, struct str value)
{
	const struct text *t = &w->r->c.text;
	return str_eq(value, STR("en"))   ? t_language_en(t)
		: str_eq(value, STR("en-XA")) ? t_language_en_xa(t)
		: str_eq(value, STR("ar-XB")) ? t_language_ar_xb(t)
									  : value;
}

/* ---- the door */

static const struct {
	struct str name;
	value_words *words;
} members[] = {
	{ STR_INIT("access_at"), instant_words },
	{ STR_INIT("answer"), answer_words },
	{ STR_INIT("cancelled"), word_of },
	{ STR_INIT("closes_before"), seconds_words },
	{ STR_INIT("day_answer"), answer_words },
	{ STR_INIT("day_result"), result_words },
	{ STR_INIT("days"), days_words },
	{ STR_INIT("department"), department_words },
	{ STR_INIT("instructor_user"), person_words },
	{ STR_INIT("locale"), language_words },
	{ STR_INIT("on_clash"), word_of },
	{ STR_INIT("organizer"), person_words },
	{ STR_INIT("parent"), department_words },
	{ STR_INIT("permissions"), permissions_words },
	{ STR_INIT("remind"), remind_list_words },
	{ STR_INIT("result"), result_words },
	{ STR_INIT("roles"), roles_words },
	{ STR_INIT("rule"), rule_words },
	{ STR_INIT("session"), session_words },
	{ STR_INIT("status"), word_of },
	{ STR_INIT("supervisor"), person_words },
	{ STR_INIT("theme"), word_of },
	{ STR_INIT("trainings"), trainings_words },
	{ STR_INIT("undo_hold"), seconds_words },
	{ STR_INIT("when_full"), word_of },
};

struct str history_label(struct history_words *w, struct str name)
{
	struct str words = member_words(&w->r->c.text, name);
	if (!str_is_null(words))
		return words;
	if (!w->fields.items)
		field_defs_list(&w->r->c, &w->fields);
	const struct field_def *f = field_find(&w->fields, name);
	return f ? f->label : name;
}

struct history_change history_change_words(struct history_words *w, const struct audit_change *x)
{
	struct history_change out = { history_label(w, x->name), x->before, x->after };
	if (str_eq(x->name, STR("members"))) {
		/* Who went, and who came. */
		int64_t *before, *after;
		size_t before_n = ids_in(w, x->before, &before), after_n = ids_in(w, x->after, &after);
		/* A hundred thousand may be in a group. */
		before_n = ids_sort(before, before_n);
		after_n = ids_sort(after, after_n);
		out.before = names_of(w, AUDIT_USER, before, before_n, after, after_n);
		out.after = names_of(w, AUDIT_USER, after, after_n, before, before_n);
		return out;
	}
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (str_eq(x->name, members[i].name)) {
			out.before = str_is_empty(x->before) ? x->before : members[i].words(w, x->before);
			out.after = str_is_empty(x->after) ? x->after : members[i].words(w, x->after);
		}
	return out;
}
