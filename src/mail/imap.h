/* A mailbox read over IMAP4rev1 (RFC 3501). libcurl makes the connection, up to the sign-in; from then on commands go
 * out and responses come in as they are, since libcurl takes a line of a message for the end of a response. */
#ifndef MUSTER_MAIL_IMAP_H
#define MUSTER_MAIL_IMAP_H
#include "mail/imap_response.h"

/* Used by one thread at a time. */
struct imap;

/* NULL when `url` has the form imap[s]://USER:PASSWORD@HOST[:PORT][/FOLDER], else what is wrong with it, for the
 * command line. All but host and port are percent-decoded; without a folder it is INBOX. Without TLS only on this
 * machine. */
const char *imap_url_check(struct str url);
/* The same without the password, as it may be shown. */
struct str imap_shown(struct arena *a, struct str url);

/* Connects, signs in and selects the folder. NULL with *why, one line in the arena. `stop` is asked about once a
 * second: true ends whatever is going on. All of it, until it is closed, has `whole_ms`. */
struct imap *imap_open(
	struct arena *a, struct str url, int64_t whole_ms, bool (*stop)(void *arg), void *arg, struct str *why);
int64_t imap_validity(const struct imap *m); /* UIDVALIDITY: with another one the UIDs begin anew */
/* The oldest messages after this UID, in order. */
bool imap_search(struct imap *m, int64_t after, struct imap_found *found);
/* One message into the arena, or what is more than `most` bytes of it; null when it is gone. It does not become "seen".
 */
bool imap_fetch(struct imap *m, struct arena *a, int64_t uid, size_t most, struct str *bytes);
/* Marks it as seen. */
bool imap_mark(struct imap *m, int64_t uid);
/* After a false answer: why; and whether that is what the server said to it, so that it may be asked something else. */
struct str imap_why(const struct imap *m);
bool imap_refused(const struct imap *m);
void imap_close(struct imap *m); /* NULL is fine */
#endif
