/* Profile fields: four built-in ones and the account's own, which are texts. What a user has in them is changed with
 * the user. */
#ifndef MUSTER_MODEL_FIELD_H
#define MUSTER_MODEL_FIELD_H
#include "model/ctx.h"

enum { FIELD_LABEL_MAX = 100, FIELD_VALUE_MAX = 500, FIELDS_MAX = 50 };

struct field_def {
	int64_t id;
	struct str key;   /* what REST, imports and conditions call it: "job_title"; never changes */
	struct str label; /* in the reader's language for built-in ones */
	bool is_date;     /* values are YYYY-MM-DD */
	bool builtin;
	int64_t users; /* how many have a value, once counted */
};
struct field_defs {
	struct field_def *items;
	size_t n;
};
void field_defs_list(struct ctx *c, struct field_defs *out);
/* Fills in `users`. Reads every value there is. */
void field_defs_count(struct ctx *c, struct field_defs *defs);
/* NULL when there is none of that key. */
const struct field_def *field_find(const struct field_defs *defs, struct str key);

struct field_value {
	struct str key, label;
	int64_t id;
	bool is_date;
	struct str value;
}; /* value null: none */
struct field_values {
	struct field_value *items;
	size_t n;
};
/* All fields, with what the user (0: nobody) has in them. */
void field_values_of(struct ctx *c, int64_t user_id, struct field_values *out);
/* Checks a typed value: one line, at most FIELD_VALUE_MAX characters, a day that exists in a date field; "" stays "".
 * Errors at `field`. */
bool field_clean(struct ctx *c, const struct field_value *def, struct str in, struct str field, struct str *out);

/* The account's own fields, for whoever may edit settings: errors at "label" (required, too_long, duplicate). The key
 * comes from the label. */
bool field_create(struct ctx *c, struct str label, int64_t *id);
bool field_update(struct ctx *c, int64_t id, struct str label);
/* With all its values. Built-in ones stay (ERR_NOT_FOUND). */
bool field_remove(struct ctx *c, int64_t id);
#endif
