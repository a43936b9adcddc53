/* The command line. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/crypt.h"
#include "base/log.h"
#include "base/tz.h"
#include "cli/commands.h"
#include "mail/message.h"

static const struct command {
	const char *name;
	int (*run)(struct arena *, const struct options *);
	const char *words;
} commands[] = {
	{ "serve", command_serve, "run the server and its background work" },
	{ "demo", command_demo, "fill an empty database with a demo organization" },
	{ "seed", command_seed, "add synthetic data, the same for the same --seed" },
	{ "user", command_user, "user add LOGIN: make an account; the password is read from standard input" },
	{ "token", command_token, "token LOGIN: print a new API token and nothing else" },
	{ "import", command_import, "import users FILE.csv|FILE.xlsx [--dry-run] [--skip-errors]: add and change users" },
	{ "migrate", command_migrate, "bring the schema up to date" },
	{ "fsck", command_fsck, "check every invariant; exit 1 and say which fails" },
	{ "backup", command_backup, "backup FILE: an online copy" },
	{ "restore", command_restore, "restore FILE: put a copy back; the server must be stopped" },
	{ "receive", command_receive, "take one message on standard input: what a calendar answered" },
	{ "routes", command_routes, "print the table of routes as JSON" },
};

static int help(FILE *out)
{
	fprintf(out, "usage: muster COMMAND [options]\n\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "  %-8s  %s\n", commands[i].name, commands[i].words);
	fprintf(out, "\nOptions, also as MUSTER_NAME in the environment and as NAME = VALUE in muster.conf:\n");
	fflush(out);
	if (out == stdout)
		options_print();
	return out == stdout ? EXIT_OK : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	clock_init();
	tz_init(NULL);
	mail_init();
	if (!crypt_init())
		log_fatal("libsodium does not start");
	if (argc < 2)
		return help(stderr);
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(stdout);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		struct arena *a = arena_new();
		struct options options;
		struct str why;
		int code;
		if (options_read(a, argc - 2, argv + 2, &options, &why))
			code = commands[i].run(a, &options);
		else
			code = command_usage(STR_FMT, STR_ARG(why));
		/* A mail server takes any other code for a reason to write back to whoever wrote. */
		if (code == EXIT_USAGE && commands[i].run == command_receive)
			code = EXIT_LATER;
		arena_free(a);
		return code;
	}
	fprintf(stderr, "muster: there is no command \"%s\"; \"muster help\" lists them\n", argv[1]);
	return EXIT_USAGE;
}
