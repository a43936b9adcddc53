/* How text becomes the lines of a message: header fields (RFC 5322, 2047), quoted-printable and base64 (RFC 2045). What
 * is given is clean already (base/scrub.h): UTF-8, no control characters, so that nothing here can end a line early. */
#ifndef MUSTER_MAIL_MIME_H
#define MUSTER_MAIL_MIME_H
#include "base/buf.h"

/* "Name: text", folded between words; encoded words where ASCII is not enough. */
void mime_text(struct buf *b, const char *name, struct str text);
/* "Name: Display Name <address>". */
void mime_mailbox(struct buf *b, const char *name, struct str display, struct str address);
/* "Name: <id> <id>" of ids separated by spaces. */
void mime_ids(struct buf *b, const char *name, struct str ids);
void mime_date(struct buf *b, int64_t at);

/* A body with its Content-Transfer-Encoding field and the empty line between: seven bits where they are enough, else
 * quoted-printable while most of it stays readable, else base64. Line ends of text become the network's; other bytes
 * come back as they are. */
void mime_body(struct buf *b, struct str s, bool is_text);
#endif
