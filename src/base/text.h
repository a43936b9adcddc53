/* The sentences in the language of the reader. locale/en is compiled to one function a sentence (build/text.h):
 *   struct str t_users_enrolled(const struct text *t, int64_t n);
 * The answer lives in t->arena, or is a literal. */
#ifndef MUSTER_BASE_TEXT_H
#define MUSTER_BASE_TEXT_H
#include "base/arena.h"
#include "base/str.h"

enum text_locale { LOCALE_EN, LOCALE_EN_XA, LOCALE_AR_XB, LOCALE_COUNT }; /* XA: long, accented; XB: right to left */
struct text {
	struct arena *arena;
	enum text_locale locale;
};

const char *text_locale_tag(enum text_locale l); /* "en", "en-XA", "ar-XB": for lang= */
bool text_locale_is_rtl(enum text_locale l);
bool text_locale_parse(struct str tag, enum text_locale *out); /* exact tags only */
/* The plural category of n in this language: what a generated function switches on. */
enum text_plural { PLURAL_ZERO, PLURAL_ONE, PLURAL_TWO, PLURAL_FEW, PLURAL_MANY, PLURAL_OTHER };
enum text_plural text_plural(enum text_locale l, int64_t n);
struct str text_i64(const struct text *t, int64_t n); /* grouped digits: 12,431 */

/* Unicode for names (ICU, root collation; one collator a thread). */
struct str text_fold(struct arena *a, struct str s);        /* search key: accents and case gone, white space single */
struct str text_sort_key(struct arena *a, struct str s);    /* binary key: memcmp order is the order people expect */
struct str text_initials(struct arena *a, struct str name); /* "ML" */
/* One line of text a person typed: trimmed, white space and line breaks to single spaces, control and
 * bidi-override characters dropped, invalid UTF-8 refused (false). NFC. */
bool text_clean_line(struct arena *a, struct str in, struct str *out);
/* The same for several lines: keeps \n. */
bool text_clean_block(struct arena *a, struct str in, struct str *out);

/* Whether a spreadsheet would take this text for a formula, or would do so without the apostrophes before it. Where
 * that is a danger the text gets an apostrophe in front; it is that one which a reader takes off again. */
bool text_starts_formula(struct str s);
#endif
