/* Conditions on users (model/user.h) as pages say them and as forms offer them. */
#ifndef MUSTER_WEB_CONDITION_H
#define MUSTER_WEB_CONDITION_H
#include "db/filter.h"
#include "web/view_parts.h"

/* What a member of a user, or of anything else that has a history, is called: "Department". Null for profile fields,
 * which have labels. */
struct str member_words(const struct text *t, struct str name);
/* "contains"; null for what is no operator. */
struct str condition_op_words(const struct text *t, struct str op);
/* Adds the choice of an operator, chosen when it is `now`. */
void condition_op_option(const struct text *t, enum filter_op op, struct str now, struct field *f);
#endif
