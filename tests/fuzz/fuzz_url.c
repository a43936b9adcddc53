/* What was decoded, encoded again, decodes to the same; nothing that is not UTF-8 comes through. */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct arena *a, struct str s, bool plus)
{
	struct str text, again;
	if (!url_decode(a, s, plus, &text))
		return;
	must(str_is_utf8(text) && text.n <= s.n);
	struct buf b = buf_new(a);
	buf_url(&b, text);
	must(url_decode(a, buf_str(&b), plus, &again) && str_eq(text, again));
}

static void check_pairs(struct arena *a, struct str s)
{
	struct pair *pairs, *again;
	size_t n, again_n;
	if (!url_parse_pairs(a, s, &pairs, &n))
		return;
	must(n <= URL_PAIRS_MAX);
	struct buf b = buf_new(a);
	for (size_t i = 0; i < n; i++)
		url_put_pair(&b, pairs[i].name, pairs[i].value);
	must(url_parse_pairs(a, buf_str(&b), &again, &again_n) && again_n == n);
	for (size_t i = 0; i < n; i++)
		must(str_eq(pairs[i].name, again[i].name) && str_eq(pairs[i].value, again[i].value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_SCOPED a = arena_new();
	struct str s = { (const char *)data, size };
	check_text(a, s, false);
	check_text(a, s, true);
	check_pairs(a, s);
	return 0;
}
