/* Text on its way out, made harmless for formats that are made of lines (calendar objects, mail headers,
 * protocol replies): well-formed UTF-8 without control characters. Input is checked where it comes in
 * (text_clean_line); this is the last gate, and it never refuses. */
#ifndef MUSTER_BASE_SCRUB_H
#define MUSTER_BASE_SCRUB_H
#include "base/arena.h"
#include "base/str.h"

/* One line: bytes that are not UTF-8 become U+FFFD; runs of white space, line breaks and control characters
 * become one space; bidi overrides and isolates are dropped; trimmed. At most `max` bytes, cut between
 * characters (0: no limit). The answer is NUL-terminated and lives in the arena; null gives "". */
struct str scrub_line(struct arena *a, struct str s, size_t max);
/* The same for several lines: CRLF, CR, LF and the Unicode separators become \n, other white space stays. */
struct str scrub_block(struct arena *a, struct str s);
#endif
