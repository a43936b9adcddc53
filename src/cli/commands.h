/* The commands behind `muster`: each answers an exit code: 0, 1 (a check failed), 2 (usage), 3 (database out of reach).
 */
#ifndef MUSTER_CLI_COMMANDS_H
#define MUSTER_CLI_COMMANDS_H
#include "cli/options.h"
#include "db/db.h"
#include "model/ctx.h"

enum {
	EXIT_OK = 0,
	EXIT_CHECK = 1,
	EXIT_USAGE = 2,
	EXIT_DATABASE = 3,
	EXIT_LATER = 75 /* EX_TEMPFAIL of sysexits.h */
};

/* Runs until SIGTERM or SIGINT. */
int command_serve(struct arena *a, const struct options *o);
/* The demo organization, into an empty database. */
int command_demo(struct arena *a, const struct options *o);
/* Synthetic data, the same for the same --seed. */
int command_seed(struct arena *a, const struct options *o);
/* user add LOGIN; the password comes on standard input. */
int command_user(struct arena *a, const struct options *o);
/* token LOGIN: prints a new token and nothing else. */
int command_token(struct arena *a, const struct options *o);
/* import users FILE: adds and changes users; EXIT_CHECK when rows are wrong, and nothing is done then. */
int command_import(struct arena *a, const struct options *o);
/* Brings the schema up to date. */
int command_migrate(struct arena *a, const struct options *o);
/* Checks every invariant; EXIT_CHECK when one fails. */
int command_fsck(struct arena *a, const struct options *o);
/* backup FILE: an online copy. */
int command_backup(struct arena *a, const struct options *o);
/* restore FILE: puts a copy back, while nobody holds the database. */
int command_restore(struct arena *a, const struct options *o);
/* receive: reads one message on standard input, as a mail server's pipe hands it over. EXIT_OK also for what is not for
 * us, so that no server bounces to strangers; EXIT_LATER whenever another try may go better, wrong options included. */
int command_receive(struct arena *a, const struct options *o);
/* Prints the table of routes as JSON. */
int command_routes(struct arena *a, const struct options *o);

/* The database of --db, migrated to the newest schema, with an account row. NULL: a message was printed, *code is the
 * exit code. */
struct store *command_store(struct arena *a, const struct options *o, int *code);
/* The same, with options of its own for the store. */
struct store *command_store_with(struct arena *a, const struct options *o, struct store_options options, int *code);
/* Runs fn in a write transaction with a context of its own (no actor). True when it answered true and is durable;
 * prints the errors otherwise. */
typedef bool command_fn(struct ctx *c, void *arg);
bool command_write(struct arena *a, struct store *s, command_fn *fn, void *arg);
/* One line on standard error. */
int command_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#endif
