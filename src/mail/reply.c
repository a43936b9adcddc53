#include "mail/reply.h"

#include <string.h>

void reply_begin(struct reply *r)
{
	r->code = 0;
	r->words_n = r->line_n = 0;
}

struct str reply_words(const struct reply *r)
{
	return (struct str){ r->words, r->words_n };
}

/* As much of it as there is room for. */
static void keep(char *to, size_t *n, size_t most, struct str s)
{
	size_t room = most - *n, take = s.n < room ? s.n : room;
	if (take > 0)
		memcpy(to + *n, s.p, take);
	*n += take;
}

static void keep_words(struct reply *r, struct str s)
{
	keep(r->words, &r->words_n, sizeof r->words, s);
}

/* "250-text" goes on in the next line, "250 text" and "250" do not. */
static enum reply_state take_line(struct reply *r, struct str line)
{
	struct str digits = str_sub(line, 0, 3);
	int64_t code;
	if (digits.n < 3 || !str_to_i64(digits, &code) || code < 200 || code > 599)
		return REPLY_BROKEN;
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-')
		return REPLY_BROKEN;
	if (!r->code)
		keep_words(r, digits);
	r->code = (int)code;
	keep_words(r, STR(" "));
	keep_words(r, str_trim(str_sub(line, 4, line.n)));
	return line.n > 3 && line.p[3] == '-' ? REPLY_PART : REPLY_WHOLE;
}

enum reply_state reply_read(struct reply *r, struct str *bytes)
{
	enum reply_state state = REPLY_PART;
	while (state == REPLY_PART && bytes->n > 0) {
		const char *end = memchr(bytes->p, '\n', bytes->n);
		size_t n = end ? (size_t)(end - bytes->p) : bytes->n;
		keep(r->line, &r->line_n, sizeof r->line, str_sub(*bytes, 0, n));
		*bytes = str_sub(*bytes, end ? n + 1 : n, bytes->n);
		if (!end)
			break;
		struct str line = { r->line, r->line_n };
		if (str_ends(line, STR("\r")))
			line.n--;
		r->line_n = 0;
		state = take_line(r, line);
	}
	return state;
}
