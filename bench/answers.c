/* Writes the requests with which participants answer by the link of their mail, for bench_load.
 *
 *   bench_answers DATABASE FIRST LAST PORT ANSWER…
 *
 * Enrollments FIRST to LAST, each with the next of the answers in turn. */
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/crypt.h"
#include "gen/queries.h"
#include "model/answer.h"
#include "model/settings.h"

static void print_request(struct ctx *c, int64_t id, const char *port, const char *answer)
{
	ARENA_SCOPED a = arena_new();
	struct enrollment_row_row e;
	if (!enrollment_row(c->db, a, id, &e) || !e.announced_at.has)
		return;
	struct ctx of = *c;
	of.arena = a;
	struct str token = answer_token(&of, id, e.generation), csrf = crypt_keyed(a, c->key, "form", token, 32);
	struct str body = str_fmt(a, "csrf=" STR_FMT "&answer=%s", STR_ARG(csrf), answer);
	struct str r = str_fmt(a,
		"POST /rsvp/" STR_FMT " HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nSec-Fetch-Site: same-origin\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n" STR_FMT,
		STR_ARG(token), port, body.n, STR_ARG(body));
	printf("%zu\n" STR_FMT, r.n, STR_ARG(r));
}

int main(int argc, char **argv)
{
	ARENA_SCOPED a = arena_new();
	struct str why = STR_NULL;
	struct account account;
	int64_t first, last;
	if (argc < 6 || !crypt_init() || !str_to_i64(str_from(argv[2]), &first) || !str_to_i64(str_from(argv[3]), &last))
		return 2;
	clock_init();
	struct store *s = store_open(a, str_from(argv[1]), (struct store_options){ 0 }, &why);
	if (!s) {
		fprintf(stderr, STR_FMT "\n", STR_ARG(why));
		return 1;
	}
	struct ctx c = { .arena = a, .db = db_read_begin(s), .now = clock_now() };
	bool ok = account_load(&c, &account);
	c.key = account.secret;
	for (int64_t id = first; ok && id <= last; id++)
		print_request(&c, id, argv[4], argv[5 + (id - first) % (argc - 5)]);
	ok &= db_read_end(c.db) == DB_OK;
	store_close(s);
	return ok ? 0 : 1;
}
