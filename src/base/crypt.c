#include "base/crypt.h"
#include <sodium.h>
#include <string.h>
#include "base/log.h"

enum { MEMORY = 19 * 1024 * 1024, PASSES = 2, TOKEN_BYTES = 32, HASH_BYTES = 32 };

bool crypt_init(void)
{
	return sodium_init() >= 0;
}

struct str crypt_random(struct arena *a, size_t bytes)
{
	unsigned char *p = arena_alloc(a, bytes + 1, 1);
	randombytes_buf(p, bytes);
	return (struct str){ (char *)p, bytes };
}

/* Written out, since a page makes several and libsodium computes each character with some forty instructions. It does
 * so to be quiet about secrets; this table is as quiet, because all of it is one line of the cache. */
struct str crypt_base64url(struct arena *a, struct str bytes)
{
	static const _Alignas(64) char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const unsigned char *from = (const unsigned char *)bytes.p;
	size_t n = (bytes.n * 4 + 2) / 3, at = 0;
	char *p = arena_alloc(a, n + 1, 1);
	uint32_t held = 0;
	unsigned bits = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		held = held << 8 | from[i];
		for (bits += 8; bits >= 6; bits -= 6)
			p[at++] = alphabet[held >> (bits - 6) & 63];
	}
	if (bits)
		p[at++] = alphabet[held << (6 - bits) & 63];
	p[at] = 0;
	return (struct str){ p, n };
}

bool crypt_unbase64url(struct arena *a, struct str s, struct str *out)
{
	unsigned char *p = arena_alloc(a, s.n + 1, 1);
	size_t n = 0;
	if (sodium_base642bin(p, s.n + 1, s.p ? s.p : "", s.n, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) !=
		0)
		return false;
	p[n] = 0;
	*out = (struct str){ (char *)p, n };
	return true;
}

struct str crypt_token(struct arena *a)
{
	return crypt_base64url(a, crypt_random(a, TOKEN_BYTES));
}

struct str crypt_hash(struct arena *a, struct str s)
{
	unsigned char h[HASH_BYTES];
	crypto_generichash(h, sizeof h, (const unsigned char *)s.p, s.n, NULL, 0);
	char *hex = arena_alloc(a, 2 * sizeof h + 1, 1);
	sodium_bin2hex(hex, 2 * sizeof h + 1, h, sizeof h);
	return (struct str){ hex, 2 * sizeof h };
}

struct str crypt_keyed(
	struct arena *a, const unsigned char key[CRYPT_KEY_BYTES], const char *purpose, struct str text, size_t chars)
{
	unsigned char h[HASH_BYTES];
	crypto_generichash_state state;
	crypto_generichash_init(&state, key, CRYPT_KEY_BYTES, sizeof h);
	/* The purpose with its NUL, so that no purpose and text run into another pair. */
	crypto_generichash_update(&state, (const unsigned char *)purpose, strlen(purpose) + 1);
	crypto_generichash_update(&state, (const unsigned char *)text.p, text.n);
	crypto_generichash_final(&state, h, sizeof h);
	/* Six bits a character. */
	size_t n = (chars * 6 + 7) / 8;
	struct str s = crypt_base64url(a, (struct str){ (const char *)h, n < sizeof h ? n : sizeof h });
	must(chars <= s.n);
	return str_sub(s, 0, chars);
}

bool crypt_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

struct str crypt_password(struct arena *a, struct str password)
{
	char *hash = arena_alloc(a, crypto_pwhash_STRBYTES, 1);
	if (crypto_pwhash_str_alg(
			hash, password.p ? password.p : "", password.n, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		log_fatal("out of memory while hashing a password");
	return str_from(hash);
}

bool crypt_password_ok(struct str hash, struct str password)
{
	char text[crypto_pwhash_STRBYTES] = { 0 };
	if (!hash.p || hash.n >= sizeof text)
		return false;
	memcpy(text, hash.p, hash.n);
	return crypto_pwhash_str_verify(text, password.p ? password.p : "", password.n) == 0;
}
