/* What went wrong, as a value: a kind, and for what a person typed, one item a field. */
#ifndef MUSTER_BASE_ERROR_H
#define MUSTER_BASE_ERROR_H
#include "base/arena.h"
#include "base/str.h"

enum err_kind {
	ERR_NONE,
	ERR_INVALID,     /* 422: a value is wrong; items say which */
	ERR_NOT_FOUND,   /* 404: not there, or out of scope (R3: no difference) */
	ERR_FORBIDDEN,   /* 403: the role can never do this */
	ERR_CONFLICT,    /* 409: the state does not allow it; items[0] says why */
	ERR_UNAVAILABLE, /* 503: try again */
	ERR_BUG,         /* 500 */
};
/* errors[].code of the REST API; the list never shrinks. */
/* clang-format off */
#define ERR_CODES(X) \
	X(required) X(invalid) X(unknown_member) X(not_found) X(duplicate) X(too_long) X(out_of_range) X(time_skipped) \
	X(time_doubled) X(announced) X(full) X(locked) X(not_open) X(outcome_changed)
/* clang-format on */
enum err_code {
#define X(name) CODE_##name,
	ERR_CODES(X)
#undef X
		CODE_COUNT
};
/* message: a whole sentence, in the reader's language */
struct err_item {
	struct str field;
	enum err_code code;
	struct str message;
};
struct errs {
	enum err_kind kind;
	struct err_item *items;
	size_t n, cap;
};

const char *err_code_name(enum err_code code);
/* Adds an item; the kind becomes `kind` unless a stronger one is there already. Always answers false,
 * so that a check can end with `return err_add(...)`. The strings must live as long as the errs. */
bool err_add(
	struct errs *e, struct arena *a, enum err_kind kind, struct str field, enum err_code code, struct str message);
/* A kind without items (not found, forbidden, unavailable, bug). Answers false. */
bool err_set(struct errs *e, enum err_kind kind);
#endif
