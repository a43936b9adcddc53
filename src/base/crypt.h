/* Secrets: random bytes, passwords, keyed and plain hashes. Everything is libsodium's. */
#ifndef MUSTER_BASE_CRYPT_H
#define MUSTER_BASE_CRYPT_H
#include "base/arena.h"
#include "base/str.h"

enum { CRYPT_KEY_BYTES = 32 };
bool crypt_init(void);                                  /* once, before any thread */
struct str crypt_random(struct arena *a, size_t bytes); /* raw bytes */
struct str crypt_token(struct arena *a);                /* 32 random bytes, 43 characters of base64url */
/* BLAKE2b-256 as 64 hex digits: what the database keeps of a token. */
struct str crypt_hash(struct arena *a, struct str s);
/* Keyed BLAKE2b over purpose and text, base64url without padding, `chars` of it (at most 43). */
struct str crypt_keyed(
	struct arena *a, const unsigned char key[CRYPT_KEY_BYTES], const char *purpose, struct str text, size_t chars);
bool crypt_equal(struct str a, struct str b); /* in constant time for equal lengths */
/* Argon2id, 19 MiB, t=2: slow on purpose; only on the slow pool and in commands. */
struct str crypt_password(struct arena *a, struct str password);
bool crypt_password_ok(struct str hash, struct str password);
struct str crypt_base64url(struct arena *a, struct str bytes);
bool crypt_unbase64url(struct arena *a, struct str s, struct str *out);
#endif
