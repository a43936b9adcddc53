/* The test message: whether mail leaves, and how it looks. It goes to whoever asks, through the outbox like any other.
 */
#ifndef MUSTER_MODEL_TEST_MAIL_H
#define MUSTER_MODEL_TEST_MAIL_H
#include "model/outbox.h"

/* Puts one into the outbox, with its audit entry. Needs PERM_SETTINGS; an error at "test_mail" when the actor has no
 * address. */
bool test_mail_send(struct ctx *c);
/* The actor's last one; false when there was none. */
struct test_mail {
	int64_t at, attempts;
	struct opt_i64 sent_at;
	struct str state, address, last_error; /* waiting sent failed dropped; address and error may be null */
};
bool test_mail_last(struct ctx *c, struct test_mail *out);
#endif
