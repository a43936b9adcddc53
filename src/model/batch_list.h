/* Looking at batches: which there are, which can be taken back, and what one of them did. */
#ifndef MUSTER_MODEL_BATCH_LIST_H
#define MUSTER_MODEL_BATCH_LIST_H
#include "model/ctx.h"

struct batch_item {
	int64_t id, enrolled, waitlisted, moved, access_at, created_at;
	struct str status; /* as of struct batch */
	struct str title;  /* of one of its trainings, the first by title, … */
	int64_t trainings; /* … and how many there are */
};
struct batch_items {
	struct batch_item *items;
	size_t n;
};
/* The actor's, the latest first, without those that failed. */
void batch_list_mine(struct ctx *c, int64_t limit, struct batch_items *out);
/* Those that the actor can still take back, the latest first: of one training, or (0) of all. */
void batch_list_undoable(struct ctx *c, int64_t training, int64_t limit, struct batch_items *out);

/* ---- one. Whether the actor may see it, the route has asked. */
struct batch {
	int64_t id, actor;
	struct str status; /* preparing running done undoing undone failed */
	int64_t total, done, enrolled, waitlisted, moved, skipped, access_at, created_at;
	bool undo_open; /* until the access date, while nothing was announced */
	struct str message;
};
bool batch_get(struct ctx *c, int64_t id, struct batch *out);
struct batch_skip {
	int64_t position, user, training;
	struct opt_i64 session; /* none: the participant was to choose */
	int64_t code;
	struct str user_name, training_title;
};
struct batch_skips {
	struct batch_skip *items;
	size_t n;
	bool more;
};
void batch_skips(struct ctx *c, int64_t id, int64_t after, int64_t limit, struct batch_skips *out);

/* How many people it put or moved somewhere; somebody may be in several of its trainings. */
int64_t batch_count_users(struct ctx *c, int64_t id);
/* Enrollments that stay of a batch that was taken back, since somebody had changed them. */
int64_t batch_count_kept(struct ctx *c, int64_t id);

/* What it did in one session, as the session is now. */
struct batch_session {
	int64_t session, training, seats_taken, enrolled, waitlisted; /* enrolled: those moved there too */
	struct opt_i64 capacity;
};
struct batch_session_list {
	struct batch_session *items;
	size_t n;
};
/* By start. */
void batch_list_sessions(struct ctx *c, int64_t id, struct batch_session_list *out);

struct batch_training {
	int64_t id;
	struct str title;
};
struct batch_training_list {
	struct batch_training *items;
	size_t n;
};
/* By title. */
void batch_list_trainings(struct ctx *c, int64_t id, struct batch_training_list *out);
#endif
