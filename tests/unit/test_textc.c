/* textc: what its functions say in each locale, and which files it refuses. fixture_text.h is made by textc
 * from textc/good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "fixture_text.h"
#include "unit/tool.h"

static struct arena *arena;
static struct text en, xa, xb;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	en = (struct text){ arena, LOCALE_EN };
	xa = (struct text){ arena, LOCALE_EN_XA };
	xb = (struct text){ arena, LOCALE_AR_XB };
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
}

static void sentences_without_arguments(void **state)
{
	(void)state;
	assert_str(t_fixture_plain(&en), "Save");
	assert_str(t_fixture_also_plain(&en), "Sign in – now");
	assert_str(t_fixture_lines(&en), "One line\nand a \\ backslash");
	assert_str(t_fixture_long(&en), "This sentence goes on in a second line and in a third.");
	assert_str(t_fixture_quoted(&en), "Braces { } and #, don't worry about apostrophes");
	assert_str(t_fixture_question(&en), "What?\?! \"Quoted\" – 100 % of it?");
	assert_str(t_fixture_more(&en), "More");
}

static void they_need_no_memory(void **state)
{
	(void)state;
	struct text nowhere = { NULL, LOCALE_EN };
	assert_str(t_fixture_plain(&nowhere), "Save");
	assert_ptr_equal(t_fixture_plain(&nowhere).p, t_fixture_plain(&nowhere).p);
}

static void arguments_plurals_and_choices(void **state)
{
	(void)state;
	assert_str(t_fixture_hello(&en, STR("Maria")), "Hello Maria!");
	assert_str(t_fixture_only(&en, STR("Maria")), "Maria");
	assert_str(t_fixture_users(&en, 0), "0 users enrolled");
	assert_str(t_fixture_users(&en, 1), "1 user enrolled");
	assert_str(t_fixture_users(&en, 12431), "12,431 users enrolled");
	assert_str(t_fixture_exact(&en, 0), "nobody here");
	assert_str(t_fixture_exact(&en, 1), "exactly one here");
	assert_str(t_fixture_exact(&en, 1000), "1,000 here");
	assert_str(t_fixture_two(&en, STR("{n}"), 1, 2000), "{n} took 1 seat of 2,000");
	assert_str(t_fixture_status(&en, STR("open")), "It is open.");
	assert_str(t_fixture_status(&en, STR("full")), "It is full.");
	assert_str(t_fixture_status(&en, STR("x")), "It is closed (x).");
	assert_str(t_fixture_nested(&en, STR("open"), 0), "No seat left");
	assert_str(t_fixture_nested(&en, STR("open"), 1), "1 seat left");
	assert_str(t_fixture_nested(&en, STR("open"), 5), "5 seats left");
	assert_str(t_fixture_nested(&en, STR("done"), 5), "Closed");
}

static void categories_are_those_of_the_locale(void **state)
{
	(void)state;
	assert_str(t_fixture_arabic(&en, 2), "other");
	static const struct {
		int64_t n;
		const char *word;
	} table[] = { { 0, "zero" }, { 2, "two" }, { 3, "few" }, { 11, "many" }, { 100, "other" } };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_true(str_find(t_fixture_arabic(&xb, table[i].n), str_from(table[i].word), NULL));
}

static void lookup_finds_keys_without_arguments(void **state)
{
	(void)state;
	assert_str(text_lookup(&en, STR("fixture_plain")), "Save");
	assert_str(text_lookup(&en, STR("fixture_more")), "More");
	assert_str(text_lookup(&en, STR("fixture_also_plain")), "Sign in – now");
	assert_true(text_lookup(&xa, STR("fixture_plain")).p == t_fixture_plain(&xa).p);
	static const char *const absent[] = { "", "a", "zzz", "fixture_plai", "fixture_plain_", "fixture_users" };
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		assert_true(str_is_null(text_lookup(&en, str_from(absent[i]))));
}

static bool has_ascii_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return true;
	}
	return false;
}

static void xa_is_accented_longer_and_bracketed(void **state)
{
	(void)state;
	struct str (*const sentences[])(const struct text *) = {
		t_fixture_plain,
		t_fixture_also_plain,
		t_fixture_lines,
		t_fixture_long,
		t_fixture_quoted,
		t_fixture_question,
		t_fixture_more,
	};
	for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
		struct str plain = sentences[i](&en), accented = sentences[i](&xa);
		assert_true(str_is_utf8(accented));
		assert_false(has_ascii_letter(accented));
		assert_true(str_starts(accented, STR("⟦")) && str_ends(accented, STR("⟧")));
		size_t letters = 0;
		for (size_t k = 0; k < plain.n; k++)
			letters += has_ascii_letter(str_sub(plain, k, 1));
		/* Two letters more for each five; less than one step is lost. */
		size_t more = str_count_chars(accented) - 2 - str_count_chars(plain);
		assert_in_range(more, (letters * 2) / 5 - 1, (letters * 2) / 5);
	}
	struct str hello = t_fixture_hello(&xa, STR("Maria"));
	assert_true(str_find(hello, STR("Maria"), NULL) && str_starts(hello, STR("⟦Ĥ")) && str_ends(hello, STR("!⟧")));
	struct str only = t_fixture_only(&xa, STR("Maria"));
	assert_str(only, "⟦Maria⟧");
}

#define RLO "\xe2\x80\xae"
#define PDF "\xe2\x80\xac"
#define FSI "\xe2\x81\xa8"
#define PDI "\xe2\x81\xa9"

static void xb_turns_words_and_isolates_arguments(void **state)
{
	(void)state;
	assert_str(t_fixture_plain(&xb), RLO "Save" PDF);
	assert_str(t_fixture_also_plain(&xb), RLO "Sign" PDF " " RLO "in" PDF " – " RLO "now" PDF);
	assert_str(t_fixture_hello(&xb, STR("Maria")), RLO "Hello" PDF " " FSI "Maria" PDI "!");
	assert_str(t_fixture_users(&xb, 12431), FSI "12,431" PDI " " RLO "users" PDF " " RLO "enrolled" PDF);
	assert_true(str_find(t_fixture_lines(&xb), STR("\n"), NULL));
}

static void wrong_files_are_refused(void **state)
{
	(void)state;
	size_t count;
	assert_int_equal(tool_check_all_bad("MUSTER_TEXTC", "tests/unit/textc/bad/*.txt", "# ", "\n", &count), 0);
	assert_true(count >= 30);
}

static void a_folder_stands_for_its_files(void **state)
{
	(void)state;
	assert_int_equal(tool_run("MUSTER_TEXTC", "tests/unit/textc/good").status, 0);
	assert_int_equal(tool_run("MUSTER_TEXTC", "tests/unit/textc/nowhere").status, 1);
	/* Each by itself is right or wrong; together they always are. */
	assert_int_equal(tool_run("MUSTER_TEXTC", "tests/unit/textc/bad").status, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences_without_arguments),
		cmocka_unit_test(they_need_no_memory),
		cmocka_unit_test(arguments_plurals_and_choices),
		cmocka_unit_test(categories_are_those_of_the_locale),
		cmocka_unit_test(lookup_finds_keys_without_arguments),
		cmocka_unit_test(xa_is_accented_longer_and_bracketed),
		cmocka_unit_test(xb_turns_words_and_isolates_arguments),
		cmocka_unit_test(wrong_files_are_refused),
		cmocka_unit_test(a_folder_stands_for_its_files),
	};
	return cmocka_run_group_tests_name("textc", tests, set_up, tear_down);
}
