/* Locale tags, plurals, numbers, and what happens to names: searching, sorting, initials, cleaning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/text.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_str(struct str got, const char *expected)
{
	assert_string_equal(str_c(arena, got), expected);
	assert_int_equal(got.n, strlen(expected));
}

static void locale_tags_are_exact(void **state)
{
	(void)state;
	enum text_locale l = LOCALE_COUNT;
	for (int i = 0; i < LOCALE_COUNT; i++) {
		assert_true(text_locale_parse(str_from(text_locale_tag((enum text_locale)i)), &l));
		assert_int_equal(l, i);
	}
	l = LOCALE_EN_XA;
	assert_false(text_locale_parse(STR("EN"), &l));
	assert_false(text_locale_parse(STR(""), &l));
	assert_false(text_locale_parse(STR("en-US"), &l));
	assert_int_equal(l, LOCALE_EN_XA);
	assert_true(text_locale_is_rtl(LOCALE_AR_XB));
	assert_false(text_locale_is_rtl(LOCALE_EN));
	assert_false(text_locale_is_rtl(LOCALE_EN_XA));
}

static void plurals_are_those_of_the_language(void **state)
{
	(void)state;
	assert_int_equal(text_plural(LOCALE_EN, 1), PLURAL_ONE);
	assert_int_equal(text_plural(LOCALE_EN, 0), PLURAL_OTHER);
	assert_int_equal(text_plural(LOCALE_EN, 2), PLURAL_OTHER);
	assert_int_equal(text_plural(LOCALE_EN, 1000001), PLURAL_OTHER);
	assert_int_equal(text_plural(LOCALE_EN_XA, 1), PLURAL_ONE);
	static const struct {
		int64_t n;
		enum text_plural category;
	} arabic[] = {
		{ 0, PLURAL_ZERO },
		{ 1, PLURAL_ONE },
		{ 2, PLURAL_TWO },
		{ 3, PLURAL_FEW },
		{ 10, PLURAL_FEW },
		{ 11, PLURAL_MANY },
		{ 99, PLURAL_MANY },
		{ 100, PLURAL_OTHER },
		{ 103, PLURAL_FEW },
	};
	for (size_t i = 0; i < sizeof arabic / sizeof *arabic; i++)
		assert_int_equal(text_plural(LOCALE_AR_XB, arabic[i].n), arabic[i].category);
}

static void numbers_are_grouped(void **state)
{
	(void)state;
	static const struct {
		int64_t n;
		const char *words;
	} table[] = {
		{ 0, "0" },
		{ 7, "7" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 12431, "12,431" },
		{ 1000000, "1,000,000" },
		{ -1, "-1" },
		{ -1000, "-1,000" },
		{ INT64_MAX, "9,223,372,036,854,775,807" },
		{ INT64_MIN, "-9,223,372,036,854,775,808" },
	};
	for (int l = 0; l < LOCALE_COUNT; l++) {
		struct text t = { arena, (enum text_locale)l };
		for (size_t i = 0; i < sizeof table / sizeof *table; i++)
			assert_str(text_i64(&t, table[i].n), table[i].words);
	}
}

static void folding_forgets_case_accents_and_space(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} table[] = {
		{ "", "" },
		{ "Maria", "maria" },
		{ "  Maria\t\n Lopez ", "maria lopez" },
		{ "María López", "maria lopez" },
		{ "MARI\xcc\x81"
		  "A",
			"maria" },
		{ "Straße", "strasse" },
		{ "STRASSE", "strasse" },
		{ "Søren Ærø", "soren aero" },
		{ "Łukasz", "lukasz" },
		{ "İstanbul", "istanbul" },
		{ "Nguyễn Văn Đức", "nguyen van duc" },
		{ "Ångström", "angstrom" },
		{ "Œuvre", "oeuvre" },
		{ "ΣΊΣΥΦΟΣ", "σισυφοσ" },
		{ "Сергей", "сергеи" },
		{ "山田 太郎", "山田 太郎" },
		{ "한국어", "한국어" },
		{ "a\xc2\xa0\xe3\x80\x80"
		  "b",
			"a b" },
		{ "ﬁnal", "final" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_str(text_fold(arena, str_from(table[i].in)), table[i].out);
	assert_true(str_is_null(text_fold(arena, STR_NULL)));
}

static void folding_twice_is_folding_once(void **state)
{
	(void)state;
	static const uint32_t ranges[][2] = { { 0xa0, 0x250 }, { 0x370, 0x5ff }, { 0x1e00, 0x2000 }, { 0xac00, 0xad00 } };
	for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
		for (uint32_t c = ranges[r][0]; c < ranges[r][1]; c++) {
			char two[] = { 'x', (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)), 'y' };
			char three[] = { 'x', (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)), (char)(0x80 | (c & 0x3f)),
				'y' };
			struct str s = c < 0x800 ? (struct str){ two, sizeof two } : (struct str){ three, sizeof three };
			struct str once = text_fold(arena, s), twice = text_fold(arena, once);
			if (!str_eq(once, twice))
				fail_msg(
					"U+%04X folds to \"" STR_FMT "\" and then to \"" STR_FMT "\"", c, STR_ARG(once), STR_ARG(twice));
		}
	}
}

static int compare_keys(const char *x, const char *y)
{
	return str_cmp(text_sort_key(arena, str_from(x)), text_sort_key(arena, str_from(y)));
}

static void sorting_is_what_people_expect(void **state)
{
	(void)state;
	static const char *const sorted[] = { "", "aaron", "Aaron", "Äbel", "Abel B", "Ábel C", "Bernd", "Eric", "Érica",
		"Ole", "Øystein", "Zoë", "Zoey", "Яна", "山田" };
	for (size_t i = 0; i + 1 < sizeof sorted / sizeof *sorted; i++) {
		if (compare_keys(sorted[i], sorted[i + 1]) >= 0)
			fail_msg("\"%s\" does not sort before \"%s\"", sorted[i], sorted[i + 1]);
	}
	assert_int_equal(compare_keys("Zoe\xcc\x88", "Zoë"), 0);
	char name[2000];
	memset(name, 'w', sizeof name);
	assert_true(text_sort_key(arena, (struct str){ name, sizeof name }).n >= sizeof name);
}

static void initials_come_from_first_and_last_word(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} table[] = {
		{ "Maria Lopez", "ML" },
		{ "maria", "M" },
		{ "Anne-Marie van der Berg", "AB" },
		{ "  Élodie   (Lodi) d'Arc ", "ÉD" },
		{ "", "" },
		{ "– –", "" },
		{ "山田 太郎", "山太" },
		{ "e\xcc\x81lodie", "É" },
		{ "user 7", "U7" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_str(text_initials(arena, str_from(table[i].in)), table[i].out);
}

static void a_line_is_cleaned(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} table[] = {
		{ "", "" },
		{ " \t\n ", "" },
		{ "  Maria  Lopez ", "Maria Lopez" },
		{ "a\r\nb\rc\nd\xe2\x80\xa8"
		  "e",
			"a b c d e" },
		{ "a\x07"
		  "b\x1b[1m",
			"ab[1m" },
		{ "\xe2\x80\xae"
		  "evil\xe2\x80\xac",
			"evil" },
		{ "a\xe2\x81\xa6"
		  "b\xe2\x81\xa9",
			"ab" },
		{ "a\xc2\xa0"
		  "b",
			"a b" },
		{ "e\xcc\x81", "é" },
		{ "\xef\xbb\xbfx", "x" },
		{ "\xe2\x80\x8b", "" },
		{ "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8f\xab", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x8f\xab" },
		{ "a\xc2\x85"
		  "b",
			"a b" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str out;
		assert_true(text_clean_line(arena, str_from(table[i].in), &out));
		assert_str(out, table[i].out);
	}
}

static void a_block_keeps_its_lines(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} table[] = {
		{ "", "" },
		{ "\r\n\r\n", "" },
		{ "\n a \r\n\r\n  b\tc \n", "a\n\nb c" },
		{ "a\rb\xe2\x80\xa9"
		  "c",
			"a\nb\nc" },
		{ "a \xe2\x80\xae b", "a b" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str out;
		assert_true(text_clean_block(arena, str_from(table[i].in), &out));
		assert_str(out, table[i].out);
	}
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	(void)state;
	static const struct str table[] = {
		{ "\xff", 1 },
		{ "a\xc3", 2 },
		{ "\xed\xa0\x80", 3 },
		{ "\xc0\xaf", 2 },
		{ "a\0b", 3 },
		{ "\xf4\x90\x80\x80", 4 },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct str out = STR("untouched");
		assert_false(text_clean_line(arena, table[i], &out));
		assert_false(text_clean_block(arena, table[i], &out));
		assert_str(out, "untouched");
	}
}

/* Whatever comes in: what is accepted stays as it is when it is cleaned again. */
static void cleaning_twice_is_cleaning_once(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"a",
		" ",
		"\n",
		"\r",
		"\t",
		"\xc2\xa0",
		"e",
		"\xcc\x81",
		"\xe2\x80\xae",
		"\xe2\x80\xa8",
		"\x01",
		"ß",
		"山",
		"\xf0\x9f\x98\x80",
	};
	uint64_t seed = 42;
	for (int round = 0; round < 3000; round++) {
		struct str s = STR("");
		for (int i = 0; i < 12; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			s = str_cat(arena, s, str_from(pieces[(seed >> 33) % (sizeof pieces / sizeof *pieces)]));
		}
		struct str once, twice;
		assert_true(text_clean_line(arena, s, &once) && text_clean_line(arena, once, &twice));
		assert_str(twice, str_c(arena, once));
		assert_false(str_find(once, STR("\n"), NULL) || str_find(once, STR("  "), NULL));
		assert_true(text_clean_block(arena, s, &once) && text_clean_block(arena, once, &twice));
		assert_str(twice, str_c(arena, once));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locale_tags_are_exact),
		cmocka_unit_test(plurals_are_those_of_the_language),
		cmocka_unit_test(numbers_are_grouped),
		cmocka_unit_test(folding_forgets_case_accents_and_space),
		cmocka_unit_test(folding_twice_is_folding_once),
		cmocka_unit_test(sorting_is_what_people_expect),
		cmocka_unit_test(initials_come_from_first_and_last_word),
		cmocka_unit_test(a_line_is_cleaned),
		cmocka_unit_test(a_block_keeps_its_lines),
		cmocka_unit_test(bytes_that_are_no_text_are_refused),
		cmocka_unit_test(cleaning_twice_is_cleaning_once),
	};
	return cmocka_run_group_tests_name("text", tests, set_up, tear_down);
}
