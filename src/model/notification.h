/* Notifications in the account: everybody sees the own ones. */
#ifndef MUSTER_MODEL_NOTIFICATION_H
#define MUSTER_MODEL_NOTIFICATION_H
#include "model/ctx.h"

struct notification {
	int64_t id, at;
	struct str kind; /* model/tell.h */
	struct opt_i64 read_at, enrollment, training, batch, import;
	struct str words; /* the whole sentence, in the reader's language */
	bool dated;       /* there is something for a calendar */
	bool mine;        /* about one's own enrollment; else about somebody else's, or a batch */
	bool asks;        /* that enrollment waits for an answer */
};
struct notifications {
	struct notification *items;
	size_t n;
	bool more, has_before;
};
int64_t notification_unread(struct ctx *c); /* how many of the actor's are */
/* Newest first with page.desc; page.sort is one of notification_list_sorts. */
void notification_page(struct ctx *c, bool unread_only, const struct db_page *page, struct notifications *out);
/* Marks one read and says what it leads to. ERR_NOT_FOUND for somebody else's. */
bool notification_open(struct ctx *c, int64_t id, struct notification *out);
void notification_all_read(struct ctx *c);
/* The actor's about one enrollment: answering it has read them. */
void notification_about_read(struct ctx *c, int64_t enrollment);
#endif
