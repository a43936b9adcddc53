/* Calendar entries that people were sent: their UIDs. One is derived from what it is about, so that whatever is sent
 * how often is the same entry, and nobody else can guess it. A number made of it is kept, by which an answer finds
 * back. */
#ifndef MUSTER_MODEL_INVITATION_H
#define MUSTER_MODEL_INVITATION_H
#include "model/ctx.h"

/* The part before the "@": of an enrollment's day (its place in the session), and of a day for who teaches it. */
struct str invitation_uid(
	struct arena *a, const unsigned char *key, int64_t enrollment, int64_t position, int64_t generation);
struct str invitation_taught_uid(struct arena *a, const unsigned char *key, int64_t day);
/* Its first 60 bits; false when these are no characters of a UID of ours. */
bool invitation_uid_number(struct str uid, int64_t *out);

/* The entry that has this UID ("…@domain"), compared as a whole. */
struct invited {
	int64_t enrollment, position, user, sequence, start_at, end_at; /* as last said */
	struct str address;                                             /* whom it was sent to */
	bool withdrawn;
};
bool invitation_find(struct ctx *c, struct str uid, struct invited *out);
/* Makes up to so many numbers that older versions did not keep. Answers how many. */
int64_t invitation_fill(struct ctx *c, int64_t most);
#endif
