/* A field that names a user by login or e-mail: a box that suggests by name whom the actor sees (R3). */
#ifndef MUSTER_WEB_USER_FIELD_H
#define MUSTER_WEB_USER_FIELD_H
#include "web/view_parts.h"

/* Makes *f, which is otherwise as that of any input, such a field. */
void user_field_suggest(struct field *f);
#endif
