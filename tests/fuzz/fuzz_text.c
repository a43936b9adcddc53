/* What people type, of any bytes: refused when it is no UTF-8, else clean, and clean again the same. Keys for searching
 * and sorting can be made of it, and what leaves in lines holds none. */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/scrub.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_controls(struct str s, bool lines)
{
	must(str_is_utf8(s));
	for (size_t i = 0; i < s.n; i++)
		must(((unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f) || (lines && (s.p[i] == '\n' || s.p[i] == '\t')));
}

static void check_clean(struct arena *a, struct str s)
{
	struct str line, block, again;
	must(text_clean_line(a, s, &line) == str_is_utf8(s));
	must(text_clean_block(a, s, &block) == str_is_utf8(s));
	if (!str_is_utf8(s))
		return;
	check_controls(line, false);
	check_controls(block, true);
	must(text_clean_line(a, line, &again) && str_eq(line, again));
	must(text_clean_block(a, block, &again) && str_eq(block, again));
	struct str key = text_fold(a, line);
	must(str_is_utf8(key) && str_is_utf8(text_initials(a, line)));
	/* However it is typed, what was kept is found. */
	must(str_eq(key, text_fold(a, str_cat(a, STR(" "), line))));
	must(str_eq(key, text_fold(a, block)) && str_eq(key, text_fold(a, key)));
	text_sort_key(a, s);
}

static void check_scrubbed(struct arena *a, struct str s)
{
	struct str line = scrub_line(a, s, 0), part = scrub_line(a, s, 20), block = scrub_block(a, s);
	check_controls(line, false);
	check_controls(part, false);
	check_controls(block, true);
	must(part.n <= 20 && str_eq(line, scrub_line(a, line, 0)) && str_eq(block, scrub_block(a, block)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str s = { (const char *)data, size };
	check_clean(a, s);
	check_scrubbed(a, s);
	/* An apostrophe in front makes it harmless, and nothing else is one. */
	must(text_starts_formula(str_cat(a, STR("'"), s)) == text_starts_formula(s));
	return 0;
}
