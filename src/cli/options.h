/* Options of all commands: from the command line, else MUSTER_… of the environment, else muster.conf, else the default.
 */
#ifndef MUSTER_CLI_OPTIONS_H
#define MUSTER_CLI_OPTIONS_H
#include "base/arena.h"
#include "base/str.h"

#define OPTIONS(X) \
	X(db, "db", "sqlite:var/muster.db", "the database: sqlite:PATH or postgres://USER@HOST/DATABASE") \
	X(listen, "listen", "127.0.0.1:8080", "HOST:PORT to serve on; port 0 picks one") \
	X(base_url, "base-url", "", "the address people use, for links in mails") \
	X(smtp, "smtp", "", \
		"smtp[s]://[USER:PASSWORD@]HOST:PORT[?tls=require|offer|off]; without it mail waits in the outbox") \
	X(smtp_connections, "smtp-connections", "4", "connections to it that are kept busy") \
	X(mail_from, "mail-from", "Muster <muster@localhost>", "\"Name <address>\" that invitations come from") \
	X(replies, "replies", "off", "on: mail to that address is handed to \"muster receive\", so calendars can answer") \
	X(imap, "imap", "", \
		"imap[s]://USER:PASSWORD@HOST[:PORT][/FOLDER]: a mailbox that is looked into for such answers") \
	X(authserv_id, "authserv-id", "", "the name under which your mail server writes Authentication-Results") \
	X(undo_hold, "undo-hold", "", "seconds that \"now\" waits, so that it can be undone (the account's setting, 60)") \
	X(proxy, "proxy", "", "CIDR[,…] of proxies whose X-Forwarded-* is believed") \
	X(limits, "limits", "on", "on|off: rate limits; off only on loopback") \
	X(threads, "threads", "0", "threads that answer requests; 0: one a core") \
	X(config, "config", "muster.conf", "a file of lines NAME = VALUE with the names above") \
	X(users, "users", "1000", "seed: how many users") \
	X(departments, "departments", "20", "seed: how many departments") \
	X(trainings, "trainings", "20", "seed: how many trainings") \
	X(enrollments, "enrollments", "1000", "seed: how many enrollments") \
	X(seed, "seed", "1", "seed: the same number makes the same data") \
	X(to, "to", "", "migrate: no further than this version of the schema, to try a migration on a copy") \
	X(email, "email", "", "user add: the address") \
	X(role, "role", "learner", "user add: owner, account_admin or learner")

struct options {
#define X(field, name, fallback, words) struct str field;
	OPTIONS(X)
#undef X
	struct str words[8];
	size_t words_n; /* what is no option, after the command */
	bool dry_run, skip_errors;
};
/* False with *why for an unknown option, a missing value, or a config file with an unknown name. `args` are those
 * behind the command. */
bool options_read(struct arena *a, int n, char *const *args, struct options *out, struct str *why);
/* One line an option, for `muster help`. */
void options_print(void);
#endif
