#include "cli/options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"

struct option {
	const char *name, *fallback, *words;
	struct str *value;
};

static bool read_file(struct arena *a, const char *path, struct str *out, bool *missing)
{
	FILE *f = fopen(path, "rb");
	*missing = !f && errno == ENOENT;
	if (!f)
		return false;
	struct buf b = buf_new(a);
	char chunk[4096];
	size_t n;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && b.n < 1 << 20)
		buf_mem(&b, chunk, n);
	fclose(f);
	*out = buf_str(&b);
	return true;
}

static struct option *find(struct option *options, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, str_from(options[i].name)))
			return &options[i];
	return NULL;
}

static bool read_config(
	struct arena *a, struct option *options, size_t n, struct str text, struct str path, struct str *why)
{
	struct str line;
	for (int number = 1; str_split(&text, '\n', &line); number++) {
		struct str name;
		line = str_trim(line);
		if (str_is_empty(line) || line.p[0] == '#')
			continue;
		str_split(&line, '=', &name);
		struct option *o = find(options, n, str_trim(name));
		if (!o || str_is_null(line)) {
			*why = str_fmt(a, STR_FMT ", line %d: no such option as \"" STR_FMT "\"", STR_ARG(path), number,
				STR_ARG(str_trim(name)));
			return false;
		}
		if (str_is_null(*o->value))
			*o->value = str_dup(a, str_trim(line));
	}
	return true;
}

static void read_environment(struct arena *a, struct option *options, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf name = buf_new(a);
		BUF_LIT(&name, "MUSTER_");
		for (const char *p = options[i].name; *p; p++)
			buf_char(&name, *p == '-' ? '_' : (char)(*p & ~0x20));
		if (str_is_null(*options[i].value))
			*options[i].value = str_from(getenv(str_c(a, buf_str(&name))));
	}
}

static bool read_args(struct arena *a, struct option *options, size_t n, int argc, char *const *args,
	struct options *out, struct str *why)
{
	for (int i = 0; i < argc; i++) {
		struct str arg = str_from(args[i]), name;
		if (!str_starts(arg, STR("--"))) {
			if (out->words_n == sizeof out->words / sizeof *out->words) {
				*why = STR("too many words");
				return false;
			}
			out->words[out->words_n++] = arg;
			continue;
		}
		arg = str_sub(arg, 2, arg.n);
		if (str_eq(arg, STR("dry-run"))) {
			out->dry_run = true;
			continue;
		}
		if (str_eq(arg, STR("skip-errors"))) {
			out->skip_errors = true;
			continue;
		}
		str_split(&arg, '=', &name);
		struct option *o = find(options, n, name);
		if (!o) {
			*why = str_fmt(a, "there is no option --" STR_FMT, STR_ARG(name));
			return false;
		}
		if (str_is_null(arg)) {
			if (++i == argc) {
				*why = str_fmt(a, "--" STR_FMT " needs a value", STR_ARG(name));
				return false;
			}
			arg = str_from(args[i]);
		}
		*o->value = arg;
	}
	return true;
}

bool options_read(struct arena *a, int argc, char *const *args, struct options *out, struct str *why)
{
	*out = (struct options){ 0 };
	struct option options[] = {
#define X(field, name, fallback, words) { name, fallback, words, &out->field },
		OPTIONS(X)
#undef X
	};
	size_t n = sizeof options / sizeof *options;
	if (!read_args(a, options, n, argc, args, out, why))
		return false;
	read_environment(a, options, n);
	bool named = !str_is_null(out->config), missing;
	struct str path = named ? out->config : STR("muster.conf"), text;
	if (read_file(a, str_c(a, path), &text, &missing)) {
		if (!read_config(a, options, n, text, path, why))
			return false;
	} else if (named || !missing) {
		*why = str_fmt(a, STR_FMT ": %s", STR_ARG(path), missing ? "no such file" : "cannot be read");
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (str_is_null(*options[i].value))
			*options[i].value = str_from(options[i].fallback);
	return true;
}

void options_print(void)
{
#define X(field, name, fallback, words) \
	printf("  --%-14s %s%s%s%s\n", name, words, *fallback ? " (" : "", fallback, *fallback ? ")" : "");
	OPTIONS(X)
#undef X
}
