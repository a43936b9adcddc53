#include "base/scrub.h"

#include <string.h>

#include "base/buf.h"

enum { REPLACEMENT = 0xfffd, WORD_BYTES = 64 };

static size_t bytes_of_lead(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/* Takes one character off the front of *s: its code point, and its bytes in *bytes. What is not UTF-8 is
 * taken one byte at a time and read as U+FFFD. */
static uint32_t take_char(struct str *s, struct str *bytes)
{
	unsigned char lead = (unsigned char)s->p[0];
	size_t n = bytes_of_lead(lead);
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = n <= 1 ? lead : lead & (0xffu >> (n + 1));
	bool good = n > 0 && n <= s->n;

	for (size_t i = 1; good && i < n; i++) {
		unsigned char next = (unsigned char)s->p[i];
		good = (next & 0xc0) == 0x80;
		c = c << 6 | (next & 0x3f);
	}
	good = good && c >= smallest[n] && c <= 0x10ffff && !(c >= 0xd800 && c < 0xe000);
	if (!good) {
		*s = (struct str){ s->p + 1, s->n - 1 };
		*bytes = STR("\xef\xbf\xbd");
		return REPLACEMENT;
	}
	*bytes = (struct str){ s->p, n };
	*s = (struct str){ s->p + n, s->n - n };
	return c;
}

static bool is_break(uint32_t c)
{
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Characters that turn the text around them: a name must not change how its neighbours read. */
static bool is_bidi_override(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* How much of the front is ASCII that stays as it is; most of most texts. */
static size_t plain_bytes(struct str s)
{
	size_t n = str_plain(s);
	while (n < s.n && (s.p[n] == '\n' || s.p[n] == '\t'))
		n += 1 + str_plain(str_sub(s, n + 1, s.n));
	return n;
}

/* Plain ASCII at the front, taken off *s, no further than to a space or WORD_BYTES; empty when there is none. */
static struct str take_word(struct str *s, size_t max)
{
	struct str word = str_sub(*s, 0, max < WORD_BYTES ? max : WORD_BYTES);
	word.n = str_plain(word);
	const char *space = word.n ? memchr(word.p, ' ', word.n) : NULL;
	if (space)
		word.n = (size_t)(space - word.p);
	*s = str_sub(*s, word.n, s->n);
	return word;
}

struct str scrub_line(struct arena *a, struct str s, size_t max)
{
	struct buf out = buf_new(a);
	bool gap = false;
	buf_reserve(&out, s.n + 1);
	while (s.n > 0) {
		size_t used = out.n + gap, room = max == 0 ? s.n : used < max ? max - used : 0;
		struct str bytes = take_word(&s, room);
		uint32_t c = bytes.n ? (unsigned char)bytes.p[0] : take_char(&s, &bytes);
		if (is_bidi_override(c))
			continue;
		if (c == ' ' || is_break(c) || is_control(c)) {
			gap = out.n > 0;
			continue;
		}
		if (max > 0 && out.n + gap + bytes.n > max)
			break;
		if (gap)
			buf_char(&out, ' ');
		gap = false;
		buf_put(&out, bytes);
	}
	return str_dup(a, out.n > 0 ? buf_str(&out) : STR(""));
}

struct str scrub_block(struct arena *a, struct str s)
{
	struct buf out = buf_new(a);
	buf_reserve(&out, s.n + 1);
	while (s.n > 0) {
		struct str bytes;
		size_t plain = plain_bytes(s);
		if (plain) {
			buf_mem(&out, s.p, plain);
			s = str_sub(s, plain, s.n);
			continue;
		}
		uint32_t c = take_char(&s, &bytes);
		if (c == '\r' && s.n > 0 && s.p[0] == '\n')
			continue;
		if (is_break(c))
			buf_char(&out, '\n');
		else if (is_control(c))
			buf_char(&out, c == '\t' ? '\t' : ' ');
		else if (!is_bidi_override(c))
			buf_put(&out, bytes);
	}
	return str_dup(a, out.n > 0 ? buf_str(&out) : STR(""));
}
