#include "base/text.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include "base/buf.h"
#include "base/log.h"

/* ---- locales */

static const struct {
	const char *tag, *plurals;
	bool rtl;
} locales[LOCALE_COUNT] = {
	[LOCALE_EN] = { "en", "en", false },
	[LOCALE_EN_XA] = { "en-XA", "en", false },
	[LOCALE_AR_XB] = { "ar-XB", "ar", true },
};

const char *text_locale_tag(enum text_locale l)
{
	return locales[l].tag;
}
bool text_locale_is_rtl(enum text_locale l)
{
	return locales[l].rtl;
}

bool text_locale_parse(struct str tag, enum text_locale *out)
{
	for (int l = 0; l < LOCALE_COUNT; l++) {
		if (str_eq(tag, str_from(locales[l].tag))) {
			*out = (enum text_locale)l;
			return true;
		}
	}
	return false;
}

/* ---- what ICU keeps for a thread: collators and rules are dear to open and not to be shared */

enum { NUMBERS_KEPT = 1000 };
struct icu {
	UCollator *collator;
	UPluralRules *plurals[LOCALE_COUNT];
	/* What the rules said of small numbers, and 1 more; 0 where nobody has asked. */
	unsigned char known[LOCALE_COUNT][NUMBERS_KEPT];
};
static pthread_key_t icu_key;
static pthread_once_t icu_once = PTHREAD_ONCE_INIT;

static void icu_close(void *p)
{
	struct icu *icu = p;
	ucol_close(icu->collator);
	for (int l = 0; l < LOCALE_COUNT; l++)
		uplrules_close(icu->plurals[l]);
	free(icu);
}

static void icu_make_key(void)
{
	must(pthread_key_create(&icu_key, icu_close) == 0);
}

static struct icu *icu_of_thread(void)
{
	pthread_once(&icu_once, icu_make_key);
	struct icu *icu = pthread_getspecific(icu_key);
	if (icu)
		return icu;
	icu = must_calloc(1, sizeof *icu);
	if (pthread_setspecific(icu_key, icu) != 0)
		log_fatal("out of memory");
	UErrorCode status = U_ZERO_ERROR;
	icu->collator = ucol_open("", &status);
	ucol_setAttribute(icu->collator, UCOL_NORMALIZATION_MODE, UCOL_ON, &status);
	for (int l = 0; l < LOCALE_COUNT; l++)
		icu->plurals[l] = uplrules_open(locales[l].plurals, &status);
	if (U_FAILURE(status))
		log_fatal("ICU: %s", u_errorName(status));
	return icu;
}

/* ---- numbers */

static enum text_plural ask_plural(const UPluralRules *rules, int64_t n)
{
	static const char *const names[] = { "zero", "one", "two", "few", "many", "other" };
	UChar wide[16];
	char name[16];
	UErrorCode status = U_ZERO_ERROR;
	int32_t length = uplrules_select(rules, (double)n, wide, 16, &status);
	if (U_FAILURE(status) || length >= 16)
		return PLURAL_OTHER;
	u_UCharsToChars(wide, name, length + 1);
	for (int i = PLURAL_ZERO; i < PLURAL_OTHER; i++) {
		if (!strcmp(name, names[i]))
			return (enum text_plural)i;
	}
	return PLURAL_OTHER;
}

/* A list counts in each of its rows, and mostly little. */
enum text_plural text_plural(enum text_locale l, int64_t n)
{
	struct icu *icu = icu_of_thread();
	if (n < 0 || n >= NUMBERS_KEPT)
		return ask_plural(icu->plurals[l], n);
	unsigned char *known = &icu->known[l][n];
	if (!*known)
		*known = (unsigned char)(1 + ask_plural(icu->plurals[l], n));
	return (enum text_plural)(*known - 1);
}

/* All three locales group by thousands with a comma: the pseudo-locales keep the digits of the English. */
struct str text_i64(const struct text *t, int64_t n)
{
	char digits[32];
	size_t at = sizeof digits;
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	for (int i = 0; i == 0 || rest > 0; i++) {
		if (i > 0 && i % 3 == 0)
			digits[--at] = ',';
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	}
	if (n < 0)
		digits[--at] = '-';
	return str_dup(t->arena, (struct str){ digits + at, sizeof digits - at });
}

/* ---- UTF-16, which is what ICU takes: on the stack when short, freed at the end of the block */

struct utf16 {
	UChar fixed[256];
	UChar *p;
	int32_t n, cap;
};

static void utf16_free(struct utf16 *u)
{
	if (u->p != u->fixed)
		free(u->p);
}

#define UTF16(name) \
	__attribute__((cleanup(utf16_free))) struct utf16 name; \
	name.p = name.fixed, name.n = 0, name.cap = 256

static void utf16_reserve(struct utf16 *u, int32_t cap)
{
	if (cap <= u->cap)
		return;
	UChar *p = malloc((size_t)cap * sizeof *p);
	if (!p)
		log_fatal("out of memory");
	memcpy(p, u->p, (size_t)u->n * sizeof *p);
	utf16_free(u);
	u->p = p;
	u->cap = cap;
}

/* Bytes that are not UTF-8 become U+FFFD. Nothing that a person types is near the limit. */
static void utf16_from(struct utf16 *u, struct str s)
{
	must(s.n < INT32_MAX / 8);
	UErrorCode status = U_ZERO_ERROR;
	utf16_reserve(u, (int32_t)s.n + 1);
	u_strFromUTF8WithSub(u->p, u->cap, &u->n, s.p ? s.p : "", (int32_t)s.n, 0xfffd, NULL, &status);
	must(U_SUCCESS(status));
}

static struct str utf16_to_str(struct arena *a, const struct utf16 *u)
{
	UErrorCode status = U_ZERO_ERROR;
	size_t cap = (size_t)u->n * 3 + 1;
	char *p = arena_alloc(a, cap, 1);
	int32_t n = 0;
	u_strToUTF8WithSub(p, (int32_t)cap, &n, u->p, u->n, 0xfffd, NULL, &status);
	must(U_SUCCESS(status));
	return (struct str){ p, (size_t)n };
}

static void utf16_push(struct utf16 *u, UChar32 c)
{
	if (u->n + 2 > u->cap)
		utf16_reserve(u, u->cap * 2);
	U16_APPEND_UNSAFE(u->p, u->n, c);
}

static void utf16_normalize(const UNormalizer2 *how, const struct utf16 *in, struct utf16 *out)
{
	for (;;) {
		UErrorCode status = U_ZERO_ERROR;
		int32_t n = unorm2_normalize(how, in->p, in->n, out->p, out->cap, &status);
		if (status != U_BUFFER_OVERFLOW_ERROR) {
			must(U_SUCCESS(status));
			out->n = n;
			return;
		}
		utf16_reserve(out, n + 1);
	}
}

static void utf16_fold_case(const struct utf16 *in, struct utf16 *out)
{
	for (;;) {
		UErrorCode status = U_ZERO_ERROR;
		int32_t n = u_strFoldCase(out->p, out->cap, in->p, in->n, U_FOLD_CASE_DEFAULT, &status);
		if (status != U_BUFFER_OVERFLOW_ERROR) {
			must(U_SUCCESS(status));
			out->n = n;
			return;
		}
		utf16_reserve(out, n + 1);
	}
}

static const UNormalizer2 *normalizer(bool composed)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *n = composed ? unorm2_getNFCInstance(&status) : unorm2_getNFDInstance(&status);
	must(U_SUCCESS(status));
	return n;
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

/* ---- searching and sorting */

/* Letters that Unicode does not take apart, although the root collation holds them for variants of these. */
static const char *plain_letters(UChar32 c)
{
	static const struct {
		UChar32 c;
		const char *plain;
	} table[] = {
		{ 0xe6, "ae" },
		{ 0xf0, "d" },
		{ 0xf8, "o" },
		{ 0x111, "d" },
		{ 0x127, "h" },
		{ 0x131, "i" },
		{ 0x142, "l" },
		{ 0x153, "oe" },
		{ 0x167, "t" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (table[i].c == c)
			return table[i].plain;
	}
	return NULL;
}

static struct str fold_ascii(struct arena *a, struct str s)
{
	struct str lower = str_lower_ascii(a, str_trim(s));
	struct buf b = buf_new(a);
	buf_reserve(&b, lower.n + 1);
	bool space = false;
	for (size_t i = 0; i < lower.n; i++) {
		char c = lower.p[i];
		if (c == ' ' || (c >= '\t' && c <= '\r')) {
			space = true;
			continue;
		}
		if (space)
			buf_char(&b, ' ');
		space = false;
		buf_char(&b, c);
	}
	return b.n > 0 ? buf_str(&b) : STR("");
}

struct str text_fold(struct arena *a, struct str s)
{
	if (str_is_null(s))
		return STR_NULL;
	if (is_ascii(s))
		return fold_ascii(a, s);
	UTF16(source);
	UTF16(folded);
	UTF16(apart);
	UTF16(plain);
	utf16_from(&source, s);
	/* Case first: it may bring marks of its own (İ becomes i and a dot). */
	utf16_fold_case(&source, &folded);
	utf16_normalize(normalizer(false), &folded, &apart);
	bool space = false;
	for (int32_t i = 0; i < apart.n;) {
		UChar32 c;
		U16_NEXT(apart.p, i, apart.n, c);
		if (u_charType(c) == U_NON_SPACING_MARK)
			continue;
		if (u_isUWhiteSpace(c)) {
			space = plain.n > 0;
			continue;
		}
		if (space)
			utf16_push(&plain, ' ');
		space = false;
		const char *letters = plain_letters(c);
		for (; letters && *letters; letters++)
			utf16_push(&plain, *letters);
		if (!letters)
			utf16_push(&plain, c);
	}
	utf16_normalize(normalizer(true), &plain, &apart);
	return utf16_to_str(a, &apart);
}

struct str text_sort_key(struct arena *a, struct str s)
{
	UTF16(source);
	utf16_from(&source, s);
	const UCollator *collator = icu_of_thread()->collator;
	int32_t cap = source.n * 4 + 32;
	uint8_t *key = arena_alloc(a, (size_t)cap, 1);
	int32_t n = ucol_getSortKey(collator, source.p, source.n, key, cap);
	if (n > cap) {
		key = arena_alloc(a, (size_t)n, 1);
		n = ucol_getSortKey(collator, source.p, source.n, key, n);
	}
	must(n > 0);
	/* Without the NUL at its end, which only separates. */
	return (struct str){ (const char *)key, (size_t)n - 1 };
}

static struct str initials_ascii(struct arena *a, struct str name)
{
	char initials[2];
	size_t n = 0;
	bool in_word = false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool small = c >= 'a' && c <= 'z', alnum = small || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (c == ' ' || (c >= '\t' && c <= '\r'))
			in_word = false;
		else if (!in_word && alnum) {
			in_word = true;
			initials[n ? 1 : 0] = (char)(small ? c - 'a' + 'A' : c);
			n += n < 2;
		}
	}
	return str_dup(a, (struct str){ initials, n });
}

/* The first letter or digit of the first and of the last word that has one. */
struct str text_initials(struct arena *a, struct str name)
{
	if (is_ascii(name))
		return initials_ascii(a, name);
	UTF16(source);
	UTF16(composed);
	utf16_from(&source, name);
	utf16_normalize(normalizer(true), &source, &composed);
	UChar32 first = 0, last = 0;
	bool in_word = false;
	for (int32_t i = 0; i < composed.n;) {
		UChar32 c;
		U16_NEXT(composed.p, i, composed.n, c);
		if (u_isUWhiteSpace(c)) {
			in_word = false;
		} else if (!in_word && u_isalnum(c)) {
			in_word = true;
			if (!first)
				first = c;
			else
				last = c;
		}
	}
	UTF16(out);
	if (first)
		utf16_push(&out, u_totitle(first));
	if (last)
		utf16_push(&out, u_totitle(last));
	return utf16_to_str(a, &out);
}

/* ---- what a person typed */

static bool is_line_break(UChar32 c)
{
	return c == '\n' || c == '\r' || c == 0x0b || c == 0x0c || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Invisible characters that turn text around, or make two names look the same. The joiners U+200C and U+200D
 * and the marks U+200E and U+200F stay: languages and emoji need them. */
static bool is_dropped(UChar32 c)
{
	return (c < 0x20 || (c >= 0x7f && c < 0xa0)) || c == 0x200b || (c >= 0x202a && c <= 0x202e) ||
		(c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || U_IS_UNICODE_NONCHAR(c);
}

/* The next character of well-formed UTF-8. */
static UChar32 next_char(struct str s, size_t *at)
{
	unsigned char lead = (unsigned char)s.p[(*at)++];
	if (lead < 0x80)
		return lead;
	int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
	UChar32 c = lead & (0x3f >> more);
	while (more-- > 0)
		c = c << 6 | ((unsigned char)s.p[(*at)++] & 0x3f);
	return c;
}

static struct str compose(struct arena *a, struct str s)
{
	if (is_ascii(s))
		return s;
	UTF16(source);
	UTF16(composed);
	utf16_from(&source, s);
	utf16_normalize(normalizer(true), &source, &composed);
	return utf16_to_str(a, &composed);
}

static bool clean(struct arena *a, struct str in, bool lines, struct str *out)
{
	if (!str_is_utf8(in))
		return false;
	struct buf b = buf_new(a);
	buf_reserve(&b, in.n + 1);
	size_t breaks = 0;
	bool space = false;
	for (size_t i = 0; i < in.n;) {
		size_t from = i;
		UChar32 c = next_char(in, &i);
		if (is_line_break(c)) {
			if (c == '\r' && i < in.n && in.p[i] == '\n')
				i++;
			breaks++;
			continue;
		}
		if (u_isUWhiteSpace(c)) {
			space = true;
			continue;
		}
		if (is_dropped(c))
			continue;
		/* White space is written when something follows it, so that none stands at the end. */
		for (; lines && b.n > 0 && breaks > 0; breaks--) {
			buf_char(&b, '\n');
			space = false;
		}
		if (b.n > 0 && (space || breaks > 0) && b.p[b.n - 1] != '\n')
			buf_char(&b, ' ');
		breaks = 0;
		space = false;
		buf_put(&b, str_sub(in, from, i - from));
	}
	*out = b.n > 0 ? compose(a, buf_str(&b)) : STR("");
	return true;
}

bool text_clean_line(struct arena *a, struct str in, struct str *out)
{
	return clean(a, in, false, out);
}
bool text_clean_block(struct arena *a, struct str in, struct str *out)
{
	return clean(a, in, true, out);
}

/* The signs that Excel, LibreOffice and Google Sheets begin a formula with, also as full-width characters, also behind
 * white space, which some of them skip. */
bool text_starts_formula(struct str s)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠" };
	while (s.n && s.p[0] == '\'')
		s = str_sub(s, 1, s.n);
	if (s.n && (s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n'))
		return true;
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n'))
		s = str_sub(s, 1, s.n);
	if (s.n && (s.p[0] == '=' || s.p[0] == '+' || s.p[0] == '-' || s.p[0] == '@'))
		return true;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (str_starts(s, str_from(wide[i])))
			return true;
	return false;
}
