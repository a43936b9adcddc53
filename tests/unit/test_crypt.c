/* Secrets. Known answers are from the BLAKE2 reference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/crypt.h"

static const unsigned char key[CRYPT_KEY_BYTES] = { 1, 2, 3 };

static void test_random_differs(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct str x = crypt_random(a, 32), y = crypt_random(a, 32);
	assert_int_equal(x.n, 32);
	assert_false(str_eq(x, y));
	assert_int_equal(crypt_random(a, 0).n, 0);
	struct str t = crypt_token(a);
	assert_int_equal(t.n, 43);
	assert_false(str_eq(t, crypt_token(a)));
	struct str raw;
	assert_true(crypt_unbase64url(a, t, &raw));
	assert_int_equal(raw.n, 32);
}

static void test_hash(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	assert_string_equal(crypt_hash(a, STR("")).p, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	assert_string_equal(
		crypt_hash(a, STR("abc")).p, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	assert_true(str_eq(crypt_hash(a, STR_NULL), crypt_hash(a, STR(""))));
}

static void test_keyed(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	static const unsigned char other[CRYPT_KEY_BYTES] = { 1, 2, 4 };
	struct str s = crypt_keyed(a, key, "form", STR("text"), 43);
	assert_int_equal(s.n, 43);
	assert_true(str_eq(s, crypt_keyed(a, key, "form", STR("text"), 43)));
	assert_true(str_eq(str_sub(s, 0, 10), crypt_keyed(a, key, "form", STR("text"), 10)));
	assert_false(str_eq(s, crypt_keyed(a, other, "form", STR("text"), 43)));
	assert_false(str_eq(s, crypt_keyed(a, key, "mail", STR("text"), 43)));
	assert_false(str_eq(s, crypt_keyed(a, key, "form", STR("texT"), 43)));
	/* Where the purpose ends matters. */
	assert_false(str_eq(s, crypt_keyed(a, key, "formt", STR("ext"), 43)));
}

static void test_equal(void **state)
{
	(void)state;
	assert_true(crypt_equal(STR("secret"), STR("secret")));
	assert_false(crypt_equal(STR("secret"), STR("secreT")));
	assert_false(crypt_equal(STR("secret"), STR("secre")));
	assert_true(crypt_equal(STR_NULL, STR("")));
}

static void test_base64url(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct str out;
	assert_string_equal(crypt_base64url(a, STR("\xff\xef\xbe\0")).p, "_---AA");
	assert_true(crypt_unbase64url(a, STR("_---AA"), &out));
	assert_true(str_eq(out, STR("\xff\xef\xbe\0")));
	assert_string_equal(crypt_base64url(a, STR("")).p, "");
	assert_true(crypt_unbase64url(a, STR(""), &out));
	assert_int_equal(out.n, 0);
	/* Every character once, and every end. */
	struct str alphabet = STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), bytes;
	assert_true(crypt_unbase64url(a, alphabet, &bytes));
	assert_true(str_eq(crypt_base64url(a, bytes), alphabet));
	for (size_t n = 0; n < bytes.n; n++) {
		struct str text = crypt_base64url(a, str_sub(bytes, 0, n));
		assert_int_equal(text.n, (n * 4 + 2) / 3);
		assert_int_equal(strlen(text.p), text.n);
		assert_true(crypt_unbase64url(a, text, &out));
		assert_true(str_eq(out, str_sub(bytes, 0, n)));
	}
	static const char *const bad[] = { "a", "_---AB", "ab==", "a+bc", "a/bc", "ab c", "abc\n", "\xc3\xab" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (crypt_unbase64url(a, str_from(bad[i]), &out))
			fail_msg("%s is base64url?", bad[i]);
}

static void test_password(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	struct str hash = crypt_password(a, STR("correct horse"));
	assert_true(str_starts(hash, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_true(crypt_password_ok(hash, STR("correct horse")));
	assert_false(crypt_password_ok(hash, STR("correct horsf")));
	assert_false(crypt_password_ok(hash, STR_NULL));
	assert_false(str_eq(hash, crypt_password(a, STR("correct horse"))));
}

static void test_hashes_that_are_none(void **state)
{
	(void)state;
	ARENA_SCOPED a = arena_new();
	assert_false(crypt_password_ok(STR_NULL, STR_NULL));
	assert_false(crypt_password_ok(STR(""), STR("")));
	assert_false(crypt_password_ok(STR("!"), STR("!")));
	assert_false(crypt_password_ok(str_fmt(a, "%0500d", 0), STR("x")));
	assert_false(crypt_password_ok(STR("$argon2id$v=19$m=19456,t=2,p=1$"), STR("")));
}

int main(void)
{
	if (!crypt_init())
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_differs),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_keyed),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_base64url),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_hashes_that_are_none),
	};
	return cmocka_run_group_tests_name("crypt", tests, NULL, NULL);
}
