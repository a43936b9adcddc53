/* Conditions on users (model/user.h) as pages say them and as forms offer them. */
#ifndef MUSTER_WEB_CONDITION_H
#define MUSTER_WEB_CONDITION_H
#include "db/filter.h"
#include "web/view_parts.h"
#include "web/web.h"

/* What a member of a user, or of anything else that has a history, is called: "Department". Null for profile fields,
 * which have labels. */
struct str member_words(const struct text *t, struct str name);
/* "contains"; null for what is no operator. */
struct str condition_op_words(const struct text *t, struct str op);
/* Adds the choice of an operator, chosen when it is `now`. */
void condition_op_option(const struct text *t, enum filter_op op, struct str now, struct field *f);
/* What is typed as a value of a condition names a department (by its path, or a name that only one has), a group, a
 * role or a status in words; stored is its number or key. What is no such name stays what it is, for the model to
 * refuse. */
struct str condition_value_read(struct req *r, struct str field, struct str typed);
/* The other way round. */
struct str condition_value_words(struct req *r, struct str field, struct str value);
#endif
