/* Predicates that a person or a script asks for ("department is 7 and last name contains 'mül'"). The SQL comes only
 * from the fragments of sql/filters/; values are always bound. All predicates must hold. */
#ifndef MUSTER_DB_FILTER_H
#define MUSTER_DB_FILTER_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum filter_op {
	FILTER_IS,
	FILTER_IS_NOT,
	FILTER_CONTAINS,
	FILTER_STARTS_WITH,
	FILTER_IN,
	FILTER_BEFORE,
	FILTER_AFTER,
	FILTER_EMPTY,
	FILTER_NOT_EMPTY,
	FILTER_OPS
};
enum filter_kind {
	FILTER_TEXT,  /* compared folded (text_fold) */
	FILTER_EXACT, /* text, byte for byte */
	FILTER_INT,   /* ids, dates as numbers: digits */
};

/* Made by tools/sqlc from sql/filters/NAME.sql. In a fragment $v is the value, $f the profile field's id. */
struct filter_fragment {
	const char *sqlite, *pg; /* NULL: the field does not know the operator */
};
struct filter_field {
	const char *name;
	enum filter_kind kind;
	bool profile;
	struct filter_fragment ops[FILTER_OPS];
};
struct filter_table {
	const char *name;
	const struct filter_field *fields;
	size_t fields_n;
};

enum filter_problem {
	FILTER_OK,
	FILTER_NO_FIELD,  /* the table has no such field */
	FILTER_NO_OP,     /* no such operator, or the field does not know it */
	FILTER_BAD_VALUE, /* none where one is needed, too many, too long, or not a number */
	FILTER_TOO_MANY,  /* more than FILTER_PREDICATES */
};
enum { FILTER_PREDICATES = 32, FILTER_VALUES = 500, FILTER_VALUE_BYTES = 1000 };

struct db_filter;
/* An empty filter, which lets everything pass. It lives in `a`, as do the copies of its values. */
struct db_filter *filter_new(struct arena *a, const struct filter_table *table);
/* Adds one predicate. Operators by name: is is_not contains starts_with in before after empty not_empty. `empty` and
 * `not_empty` take no value, `in` 1 to 500, the others exactly one. Numbers come as digits. On a problem nothing is
 * added. */
enum filter_problem filter_add(
	struct db_filter *f, struct str field, struct str op, const struct str *values, size_t values_n);
/* The same for a profile field, which is known by its id; the table's `profile` field has its fragments. */
enum filter_problem filter_add_profile(
	struct db_filter *f, struct str field, int64_t field_id, struct str op, const struct str *values, size_t values_n);
/* "is" of a field whose value is a list in JSON that the program itself made, however long. */
enum filter_problem filter_add_list(struct db_filter *f, struct str field, struct str list);
size_t filter_count(const struct db_filter *f); /* predicates; 0 for NULL */
bool filter_op_parse(struct str name, enum filter_op *out);
const char *filter_op_name(enum filter_op op);

/* ---- inside the database room */
struct filter_value {
	bool is_int;
	int64_t i64;
	struct str str;
};
struct filter_predicate {
	const struct filter_field *field;
	enum filter_op op;
	int64_t field_id;
	const struct filter_value *values;
	size_t values_n;
};
struct db_filter {
	struct arena *arena;
	const struct filter_table *table;
	struct filter_predicate items[FILTER_PREDICATES];
	size_t n;
};
enum filter_engine { FILTER_SQLITE, FILTER_PG };
/* Appends a statement's text with the filter in place of its marks; parameters are numbered from `first`, in the order
 * of the predicates, each with its field_id (profile fields) before its values. */
void filter_assemble(
	struct buf *out, const char *text, const struct db_filter *f, size_t first, enum filter_engine engine);
#endif
