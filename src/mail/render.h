/* What each mail says: a letter of the outbox becomes subject, plain text, HTML and calendar object. Pure: the same
 * letter gives the same mail. */
#ifndef MUSTER_MAIL_RENDER_H
#define MUSTER_MAIL_RENDER_H
#include "calendar/ics.h"
#include "mail/message.h"
#include "model/outbox.h"

/* Who sends: one static address, which is also the ORGANIZER; the key makes ids that nobody can guess. */
struct mail_sender {
	struct str name, email, base_url;
	const unsigned char *key;
	bool reads_replies; /* what mail programs answer to that address comes back to us */
};
/* "Name <address>" or "address"; false when the address cannot stand in a header. base_url and key are left alone. */
bool mail_sender_parse(struct arena *a, struct str mail_from, struct mail_sender *out);

/* The calendar entry of a letter. Its UID follows from enrollment, position and generation, whatever is sent how often.
 */
struct ics_event mail_event(struct arena *a, const struct mail_sender *s, const struct letter *l);
/* The UID of a day for who teaches it: that of no invitation. */
struct str mail_taught_uid(struct arena *a, const struct mail_sender *s, int64_t day);
/* False when there is no address it could go to. */
bool mail_render(struct arena *a, const struct mail_sender *s, const struct letter *l, struct mail *out);
/* The entries as one file: of one day the same object as the mail's. Empty when there are none. */
struct str mail_file(struct arena *a, const struct mail_sender *s, const struct letters *l);
#endif
