#include "db/filter.h"
#include <string.h>
#include "base/text.h"
#include "db/query.h"

static const char *const op_names[FILTER_OPS] = { "is", "is_not", "contains", "starts_with", "in", "before", "after",
	"empty", "not_empty" };

bool filter_op_parse(struct str name, enum filter_op *out)
{
	for (int i = 0; i < FILTER_OPS; i++) {
		if (str_eq(name, str_from(op_names[i]))) {
			*out = (enum filter_op)i;
			return true;
		}
	}
	return false;
}

const char *filter_op_name(enum filter_op op)
{
	return op_names[op];
}

struct db_filter *filter_new(struct arena *a, const struct filter_table *table)
{
	struct db_filter *f = ARENA_NEW(a, struct db_filter);
	f->arena = a;
	f->table = table;
	return f;
}

size_t filter_count(const struct db_filter *f)
{
	return f ? f->n : 0;
}

/* ---- adding */

static const struct filter_field *find_field(const struct filter_table *t, struct str name, bool profile)
{
	for (size_t i = 0; i < t->fields_n; i++) {
		if (t->fields[i].profile == profile && str_eq(name, str_from(t->fields[i].name)))
			return &t->fields[i];
	}
	return NULL;
}

static bool count_fits(enum filter_op op, size_t n)
{
	if (op == FILTER_EMPTY || op == FILTER_NOT_EMPTY)
		return n == 0;
	return op == FILTER_IN ? n >= 1 && n <= FILTER_VALUES : n == 1;
}

/* A pattern for LIKE … ESCAPE '\' that finds exactly this text. */
static struct str pattern(struct arena *a, struct str s, bool anywhere)
{
	struct buf b = buf_new(a);
	if (anywhere)
		buf_char(&b, '%');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' || s.p[i] == '_' || s.p[i] == '\\')
			buf_char(&b, '\\');
		buf_char(&b, s.p[i]);
	}
	buf_char(&b, '%');
	return buf_str(&b);
}

static bool take_value(
	struct arena *a, const struct filter_field *field, const char *fragment, struct str in, struct filter_value *out)
{
	if (in.n > FILTER_VALUE_BYTES || !str_is_utf8(in))
		return false;
	if (field->kind == FILTER_INT) {
		out->is_int = true;
		return str_to_i64(in, &out->i64);
	}
	out->str = field->kind == FILTER_TEXT ? text_fold(a, in) : str_is_null(in) ? STR("") : str_dup(a, in);
	if (strstr(fragment, "$like"))
		out->str = pattern(a, out->str, true);
	else if (strstr(fragment, "$prefix"))
		out->str = pattern(a, out->str, false);
	return true;
}

static enum filter_problem add(struct db_filter *f, const struct filter_field *field, int64_t field_id,
	struct str op_name, const struct str *values, size_t n)
{
	enum filter_op op;
	if (!field)
		return FILTER_NO_FIELD;
	if (!filter_op_parse(op_name, &op) || !field->ops[op].sqlite)
		return FILTER_NO_OP;
	if (!count_fits(op, n))
		return FILTER_BAD_VALUE;
	if (f->n == FILTER_PREDICATES)
		return FILTER_TOO_MANY;
	struct filter_value *taken = ARENA_ARRAY(f->arena, struct filter_value, n ? n : 1);
	for (size_t i = 0; i < n; i++) {
		if (!take_value(f->arena, field, field->ops[op].sqlite, values[i], &taken[i]))
			return FILTER_BAD_VALUE;
	}
	f->items[f->n++] = (struct filter_predicate){ field, op, field_id, taken, n };
	return FILTER_OK;
}

enum filter_problem filter_add(
	struct db_filter *f, struct str field, struct str op, const struct str *values, size_t values_n)
{
	return add(f, find_field(f->table, field, false), 0, op, values, values_n);
}

enum filter_problem filter_add_profile(
	struct db_filter *f, struct str field, int64_t field_id, struct str op, const struct str *values, size_t values_n)
{
	return add(f, find_field(f->table, field, true), field_id, op, values, values_n);
}

enum filter_problem filter_add_list(struct db_filter *f, struct str field, struct str list)
{
	const struct filter_field *found = find_field(f->table, field, false);
	if (!found || found->kind != FILTER_EXACT || !found->ops[FILTER_IS].sqlite)
		return FILTER_NO_FIELD;
	if (f->n == FILTER_PREDICATES)
		return FILTER_TOO_MANY;
	struct filter_value *value = ARENA_NEW(f->arena, struct filter_value);
	value->str = str_dup(f->arena, list);
	f->items[f->n++] = (struct filter_predicate){ found, FILTER_IS, 0, value, 1 };
	return FILTER_OK;
}

/* ---- assembling */

static bool word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The fragment with numbers in its holes; the numbers count on. Its quotes hold no $. */
static size_t put_predicate(struct buf *out, const struct filter_predicate *p, size_t first, enum filter_engine engine)
{
	const struct filter_fragment *fragment = &p->field->ops[p->op];
	char mark = engine == FILTER_PG ? '$' : '?';
	size_t value = first + p->field->profile;
	BUF_LIT(out, " AND (");
	for (const char *c = engine == FILTER_PG ? fragment->pg : fragment->sqlite; *c;) {
		if (*c != '$') {
			buf_char(out, *c++);
			continue;
		}
		size_t n = 1;
		while (word_char(c[n]))
			n++;
		if (n == 2 && c[1] == 'f') {
			buf_fmt(out, "%c%zu", mark, first);
		} else {
			for (size_t i = 0; i < p->values_n; i++)
				buf_fmt(out, "%s%c%zu", i ? ", " : "", mark, value + i);
		}
		c += n;
	}
	buf_char(out, ')');
	return value + p->values_n;
}

void filter_assemble(
	struct buf *out, const char *text, const struct db_filter *f, size_t first, enum filter_engine engine)
{
	for (const char *mark; (mark = strchr(text, QUERY_FILTER_MARK)); text = mark + 1) {
		buf_mem(out, text, (size_t)(mark - text));
		size_t next = first;
		for (size_t i = 0; f && i < f->n; i++)
			next = put_predicate(out, &f->items[i], next, engine);
	}
	buf_mem(out, text, strlen(text));
}
