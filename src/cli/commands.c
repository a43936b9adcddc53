/* The small commands, and what all commands share. */
#include "cli/commands.h"
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/crypt.h"
#include "base/json.h"
#include "gen/queries.h"
#include "gen/text.h"
#include "model/audit.h"
#include "model/owner.h"
#include "model/password.h"
#include "model/policy.h"
#include "model/settings.h"
#include "model/user.h"
#include "web/router.h"

int command_usage(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fputs("muster: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	return EXIT_USAGE;
}

static int database(struct str why)
{
	fprintf(stderr, "muster: " STR_FMT "\n", STR_ARG(why));
	return EXIT_DATABASE;
}

static bool make_account(struct ctx *c, void *arg)
{
	(void)arg;
	return account_create(c, STR("Muster"), STR("Europe/Berlin"));
}

struct store *command_store(struct arena *a, const struct options *o, int *code)
{
	return command_store_with(a, o, (struct store_options){ 0 }, code);
}

struct store *command_store_with(struct arena *a, const struct options *o, struct store_options options, int *code)
{
	struct str why;
	options.create = true;
	struct store *s = store_open(a, o->db, options, &why);
	if (!s) {
		*code = database(why);
		return NULL;
	}
	if (!store_migrate(a, s, &why)) {
		*code = database(why);
		store_close(s);
		return NULL;
	}
	if (!command_write(a, s, make_account, NULL)) {
		*code = EXIT_DATABASE;
		store_close(s);
		return NULL;
	}
	return s;
}

struct call {
	struct arena *arena;
	command_fn *fn;
	void *arg;
	struct errs errs;
};

static bool run(struct db *tx, void *arg)
{
	struct call *k = arg;
	struct ctx c = { .arena = k->arena,
		.db = tx,
		.now = clock_now(),
		.text = { .arena = k->arena, .locale = LOCALE_EN },
		.from = STR("") };
	struct account account;
	if (account_load(&c, &account))
		c.key = account.secret;
	bool ok = k->fn(&c, k->arg);
	k->errs = c.errs;
	return ok;
}

struct outcome {
	struct call call;
	bool kept;
};

static bool run_and_note(struct db *tx, void *arg)
{
	struct outcome *out = arg;
	return out->kept = run(tx, &out->call);
}

bool command_write(struct arena *a, struct store *s, command_fn *fn, void *arg)
{
	struct outcome out = { .call = { .arena = a, .fn = fn, .arg = arg } };
	enum db_error error = db_write(s, run_and_note, &out);
	if (error != DB_OK) {
		fprintf(stderr, "muster: the database refused (%d)\n", (int)error);
		return false;
	}
	for (size_t i = 0; i < out.call.errs.n; i++)
		fprintf(stderr, "muster: " STR_FMT ": " STR_FMT "\n", STR_ARG(out.call.errs.items[i].field),
			STR_ARG(out.call.errs.items[i].message));
	return out.kept;
}

/* ---- user add, token */
static struct str read_line(struct arena *a)
{
	struct buf b = buf_new(a);
	char ch;
	while (b.n < 4096 && read(STDIN_FILENO, &ch, 1) == 1 && ch != '\n')
		buf_char(&b, ch);
	struct str s = buf_str(&b);
	return str_ends(s, STR("\r")) ? str_sub(s, 0, s.n - 1) : s;
}

int command_user(struct arena *a, const struct options *o)
{
	if (o->words_n != 2 || !str_eq(o->words[0], STR("add")))
		return command_usage("usage: muster user add LOGIN [--email E] [--role owner|account_admin|learner]; "
							 "the password comes on standard input");
	int64_t role = str_eq(o->role, STR("owner")) ? ROLE_OWNER
		: str_eq(o->role, STR("account_admin"))  ? ROLE_ACCOUNT_ADMIN
												 : ROLE_LEARNER;
	if (role == ROLE_LEARNER && !str_eq(o->role, STR("learner")))
		return command_usage("--role is owner, account_admin or learner");
	struct str password = read_line(a);
	if (str_count_chars(password) < PASSWORD_MIN)
		return command_usage("the password needs at least %d characters", PASSWORD_MIN);
	int code = EXIT_OK;
	struct store *s = command_store(a, o, &code);
	if (!s)
		return code;
	struct owner_add add = { .login = o->words[1],
		.email = str_is_empty(o->email) ? STR_NULL : o->email,
		.password_hash = crypt_password(a, password),
		.role = role };
	if (!command_write(a, s, owner_add_user, &add))
		code = EXIT_CHECK;
	store_close(s);
	return code;
}

struct token {
	struct str login, token;
};

static bool make_token(struct ctx *c, void *arg)
{
	struct token *t = arg;
	struct sign_in_user_row user;
	if (!sign_in_user(c->db, c->arena, text_fold(c->arena, t->login), &user) || !str_eq(user.status, STR("active")))
		return err_add(&c->errs, c->arena, ERR_NOT_FOUND, STR("login"), CODE_not_found, t_error_no_such_user(&c->text));
	t->token = crypt_token(c->arena);
	token_insert(c->db, user.id, STR("muster token"), crypt_hash(c->arena, t->token), c->now);
	audit_add(c,
		&(struct audit_entry){ .action = "token.create", .object = "user", .object_id = user.id, .user_id = user.id });
	return true;
}

int command_token(struct arena *a, const struct options *o)
{
	if (o->words_n != 1)
		return command_usage("usage: muster token LOGIN");
	int code = EXIT_OK;
	struct store *s = command_store(a, o, &code);
	if (!s)
		return code;
	struct token t = { .login = o->words[0] };
	if (command_write(a, s, make_token, &t))
		printf(STR_FMT "\n", STR_ARG(t.token));
	else
		code = EXIT_CHECK;
	store_close(s);
	return code;
}

/* ---- schema and files */
static int migrate_to(struct arena *a, const struct options *o)
{
	struct str why;
	int64_t to;
	if (!str_to_i64(o->to, &to))
		return command_usage("--to is the number of a version of the schema");
	struct store *s = store_open(a, o->db, (struct store_options){ .create = true }, &why);
	if (!s)
		return database(why);
	bool ok = store_migrate_to(a, s, to, &why);
	if (ok)
		printf("schema %lld\n", (long long)store_schema_version(s));
	store_close(s);
	return ok ? EXIT_OK : database(why);
}

int command_migrate(struct arena *a, const struct options *o)
{
	if (o->words_n)
		return command_usage("usage: muster migrate [--to VERSION]");
	if (!str_is_empty(o->to))
		return migrate_to(a, o);
	int code = EXIT_OK;
	struct store *s = command_store(a, o, &code);
	if (!s)
		return code;
	printf("schema %lld\n", (long long)store_schema_version(s));
	store_close(s);
	return code;
}

int command_backup(struct arena *a, const struct options *o)
{
	struct str why;
	if (o->words_n != 1)
		return command_usage("usage: muster backup FILE");
	if (!str_starts(o->db, STR("sqlite:")))
		return command_usage("backup copies a SQLite database; \"pg_dump --format=custom\" copies one of PostgreSQL");
	struct store *s = store_open(a, o->db, (struct store_options){ 0 }, &why);
	if (!s)
		return database(why);
	bool ok = store_backup(a, s, o->words[0], &why);
	store_close(s);
	if (!ok)
		fprintf(stderr, "muster: " STR_FMT "\n", STR_ARG(why));
	return ok ? EXIT_OK : EXIT_CHECK;
}

int command_routes(struct arena *a, const struct options *o)
{
	(void)o;
	struct buf b = buf_new(a);
	struct jw w = jw_new(&b);
	jw_arr(&w);
	for (size_t i = 0; i < routes_n; i++) {
		const struct route *r = &routes[i];
		jw_obj(&w);
		jw_key(&w, "method");
		jw_str(&w, str_from(http_method_name(r->method)));
		jw_key(&w, "path");
		jw_str(&w, str_from(r->path));
		jw_key(&w, "kind");
		jw_str(&w, str_from(route_kind_name(r->kind)));
		jw_key(&w, "signed_in");
		jw_bool(&w, r->who == WHO_USER);
		jw_key(&w, "permission");
		jw_str(&w, permission_name(r->permission));
		jw_key(&w, "object");
		jw_str(&w, str_from(route_object_name(r->object)));
		jw_end(&w);
	}
	jw_end(&w);
	printf(STR_FMT "\n", STR_ARG(buf_str(&b)));
	return EXIT_OK;
}
