/* Inside histories: the words of entries. Nobody else includes this. */
#ifndef MUSTER_WEB_HISTORY_ROOM_H
#define MUSTER_WEB_HISTORY_ROOM_H
#include "model/audit_list.h"
#include "model/field.h"
#include "model/role.h"
#include "web/view_trainings.h"
#include "web/web.h"

/* What the words of all entries of a page need is read when the first of them asks. */
struct history_name {
	enum audit_name what;
	int64_t id;
	struct str name; /* null: not for this reader */
};
struct history_words {
	struct req *r;
	struct field_defs fields;
	struct role_defs roles;
	struct history_name *names;
	size_t names_n, names_cap;
};
/* A name that the reader may know, else null. Entries next to each other are about the same things. */
struct str history_name_of(struct history_words *w, enum audit_name what, int64_t id);
/* What a member is called: a profile field by its label. */
struct str history_label(struct history_words *w, struct str name);
/* One change, in words where the reader may know them (R3). Both sides empty: nothing to say. */
struct history_change history_change_words(struct history_words *w, const struct audit_change *x);
#endif
