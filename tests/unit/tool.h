/* Runs one of the build's tools and keeps what it says. */
#ifndef MUSTER_TESTS_TOOL_H
#define MUSTER_TESTS_TOOL_H
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/str.h"

struct tool_answer {
	int status;
	char words[2000];
};

/* The tool that the environment variable names, on one input; what it would write is thrown away. */
static inline struct tool_answer tool_run(const char *variable, const char *path)
{
	struct tool_answer answer = { .status = -1 };
	char *tool = getenv(variable);
	if (!tool)
		return answer;
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return answer;
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	char options[4][16] = { "--out-h", "/dev/null", "--out-c", "/dev/null" };
	char input[1000];
	snprintf(input, sizeof input, "%s", path);
	char *arguments[] = { tool, options[0], options[1], options[2], options[3], input, NULL };
	pid_t child;
	bool started = posix_spawn(&child, tool, &actions, NULL, arguments, environ) == 0;
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	size_t n = 0;
	for (ssize_t more; (more = read(ends[0], answer.words + n, sizeof answer.words - 1 - n)) > 0;)
		n += (size_t)more;
	close(ends[0]);
	int status;
	if (started && waitpid(child, &status, 0) == child && WIFEXITED(status))
		answer.status = WEXITSTATUS(status);
	return answer;
}

/* A bad input says in its first line, behind `open`, at which line it fails and what the message holds:
 * "3: words". NULL when the tool refused it so, else what went wrong instead. */
static inline const char *tool_check_bad(const char *variable, const char *path, const char *open, const char *close)
{
	static char problem[4000];
	char first[300] = "";
	FILE *f = fopen(path, "r");
	if (!f || !fgets(first, sizeof first, f) || strncmp(first, open, strlen(open)) != 0) {
		if (f)
			fclose(f);
		snprintf(problem, sizeof problem, "%s: no expectation in the first line", path);
		return problem;
	}
	fclose(f);
	struct str expected = str_sub(str_from(first), strlen(open), sizeof first);
	size_t at;
	if (str_find(expected, str_from(close), &at))
		expected = str_sub(expected, 0, at);
	struct str line = expected;
	if (str_find(expected, STR(": "), &at)) {
		line = str_sub(expected, 0, at);
		expected = str_sub(expected, at + 2, expected.n);
	}
	struct tool_answer answer = tool_run(variable, path);
	char place[1000];
	snprintf(place, sizeof place, "%s:" STR_FMT ": ", path, STR_ARG(line));
	struct str words = str_from(answer.words);
	if (answer.status == 1 && str_starts(words, str_from(place)) && str_find(words, expected, NULL))
		return NULL;
	snprintf(problem, sizeof problem, "%s: expected line " STR_FMT ", \"" STR_FMT "\"; status %d, \"%s\"", path,
		STR_ARG(line), STR_ARG(expected), answer.status, answer.words);
	return problem;
}

/* All files of a pattern below the source folder; answers how many were wrong, and prints them. */
static inline int tool_check_all_bad(
	const char *variable, const char *pattern, const char *open, const char *close, size_t *count)
{
	glob_t found;
	int wrong = 0;
	*count = 0;
	if (glob(pattern, 0, NULL, &found) != 0)
		return -1;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *problem = tool_check_bad(variable, found.gl_pathv[i], open, close);
		if (problem)
			fprintf(stderr, "%s\n", problem);
		wrong += problem != NULL;
	}
	*count = found.gl_pathc;
	globfree(&found);
	return wrong;
}
#endif
