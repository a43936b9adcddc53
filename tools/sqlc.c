/* sqlc: SQL statements with names become C functions with types.
 *   sqlc [--catalog NAME] --out-h FILE.h --out-c FILE.c SCHEMA_DIR QUERY_FILE...
 * ARCHITECTURE.md says how a statement is written. Filter tables are looked for in SCHEMA_DIR/../filters.
 * A catalog other than "main" is a set of statements of its own, for tests. */
#include "sqlc.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_output(const char *path)
{
	FILE *f = fopen(path, "wb");
	if (!f)
		fail((struct place){ path, 1 }, "%s", strerror(errno));
	return f;
}

static void close_output(FILE *f, const char *path)
{
	if (ferror(f) | fclose(f))
		fail((struct place){ path, 1 }, "cannot be written");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	const char *out_h = NULL, *out_c = NULL, *catalog = "main";
	int i = 1;
	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (!strcmp(argv[i], "--out-h"))
			out_h = argv[i + 1];
		else if (!strcmp(argv[i], "--out-c"))
			out_c = argv[i + 1];
		else if (!strcmp(argv[i], "--catalog") && is_identifier(argv[i + 1]))
			catalog = argv[i + 1];
		else
			break;
	}
	if (!out_h || !out_c || i >= argc || argv[i][0] == '-') {
		fprintf(stderr, "usage: sqlc [--catalog NAME] --out-h FILE.h --out-c FILE.c SCHEMA_DIR QUERY_FILE...\n");
		return 2;
	}

	struct program p = { 0 };
	const char *schema = argv[i++];
	read_schema(&p, schema);
	for (; i < argc; i++)
		read_queries(&p, schema, argv[i]);
	check_program(&p);

	char *guard = format("MUSTER_GEN_%s", base_name(out_h));
	for (char *c = guard; *c; c++)
		*c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
	FILE *h = open_output(out_h), *c = open_output(out_c);
	write_header(h, &p, guard, catalog);
	write_source(c, &p, base_name(out_h), catalog);
	close_output(h, out_h);
	close_output(c, out_c);
	return 0;
}
