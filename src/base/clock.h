/* Time comes from outside: the one clock, which tests can set. Instants are Unix seconds, UTC. */
#ifndef MUSTER_BASE_CLOCK_H
#define MUSTER_BASE_CLOCK_H
#include <stdint.h>
int64_t clock_now(void);     /* wall clock, seconds, plus the offset below */
int64_t clock_mono_ms(void); /* for deadlines and measuring only */
/* For tests and replays: MUSTER_CLOCK_FILE names a file holding a signed number of seconds to add; it is
 * read again at each call when set; what cannot be read leaves the offset as it was. Unset in production. */
void clock_init(void);
#endif
