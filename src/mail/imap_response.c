#include "mail/imap_response.h"

enum { LINE_BYTES = 4 << 20 };
/* A UID has 32 bits, and none is zero (RFC 3501 2.3.1.1). */
static const int64_t uid_most = UINT32_MAX;

void imap_reader_begin(struct imap_reader *r, struct arena *a)
{
	r->left = IMAP_COMMAND_BYTES;
	r->line = buf_new(a);
	r->wrong = NULL;
}

static bool wrong(struct imap_reader *r, const char *words)
{
	r->wrong = words;
	return false;
}

/* Whether there is something unread. */
static bool has_more(struct imap_reader *r)
{
	if (r->unread.n)
		return true;
	if (!r->left)
		return wrong(r, "more than was asked for");
	if (!r->receive(r->arg, &r->unread))
		return false;
	r->left -= r->unread.n < r->left ? r->unread.n : r->left;
	return true;
}

static bool read_line(struct imap_reader *r)
{
	while (has_more(r)) {
		char ch = r->unread.p[0];
		r->unread = str_sub(r->unread, 1, r->unread.n);
		if (ch == '\n')
			return true;
		if (r->line.n == LINE_BYTES)
			return wrong(r, "a line that does not end");
		if (ch != '\r')
			buf_char(&r->line, ch);
	}
	return false;
}

/* Whether the line goes on after so many bytes; takes that off its end. */
static bool ends_in_literal(struct buf *line, int64_t *n)
{
	struct str s = buf_str(line);
	size_t at = s.n;
	if (!str_ends(s, STR("}")))
		return false;
	while (at > 0 && s.p[at - 1] != '{')
		at--;
	if (!at || !str_to_i64(str_sub(s, at, s.n - at - 1), n) || *n < 0)
		return false;
	line->n = at - 1;
	return true;
}

static bool read_literal(struct imap_reader *r, struct arena *a, size_t n, struct str *out)
{
	char *bytes = arena_alloc(a, n ? n : 1, 1);
	for (size_t have = 0; have < n;) {
		if (!has_more(r))
			return false;
		struct str part = str_sub(r->unread, 0, n - have);
		memcpy(bytes + have, part.p, part.n);
		have += part.n;
		r->unread = str_sub(r->unread, part.n, r->unread.n);
	}
	*out = (struct str){ bytes, n };
	return true;
}

bool imap_response_read(struct imap_reader *r, struct arena *a, size_t most, struct imap_response *out)
{
	int64_t n;
	r->line.n = 0;
	*out = (struct imap_response){ .literal = STR_NULL };
	while (read_line(r)) {
		struct str literal;
		if (!ends_in_literal(&r->line, &n)) {
			out->line = buf_str(&r->line);
			return true;
		}
		if ((uint64_t)n > most)
			return wrong(r, "more than was asked for");
		if (!read_literal(r, a, (size_t)n, &literal))
			return false;
		if (str_is_null(out->literal))
			out->literal = literal;
	}
	return false;
}

/* ---- what it says */
static bool starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

void imap_response_validity(const struct imap_response *r, int64_t *validity)
{
	struct str key = STR("[UIDVALIDITY ");
	size_t at, end;
	if (!str_find(r->line, key, &at))
		return;
	struct str rest = str_sub(r->line, at + key.n, r->line.n);
	if (str_find(rest, STR("]"), &end))
		str_to_i64(str_sub(rest, 0, end), validity);
}

void imap_response_found(const struct imap_response *r, struct imap_found *found)
{
	struct str rest = r->line, word;
	int64_t uid;
	if (!starts_nocase(rest, STR("* SEARCH")))
		return;
	while (str_split(&rest, ' ', &word)) {
		/* "7:*" finds the last message even where that is before 7 (6.4.8). */
		if (!str_to_i64(word, &uid) || uid <= found->after || uid > uid_most)
			continue;
		size_t at = found->n < IMAP_UIDS ? found->n++ : IMAP_UIDS;
		for (; at > 0 && found->uids[at - 1] > uid; at--)
			if (at < IMAP_UIDS)
				found->uids[at] = found->uids[at - 1];
		if (at < IMAP_UIDS)
			found->uids[at] = uid;
	}
}

void imap_response_message(const struct imap_response *r, struct str *bytes)
{
	struct str rest = r->line, word;
	if (str_is_null(*bytes) && str_split(&rest, ' ', &word) && str_split(&rest, ' ', &word) &&
		starts_nocase(rest, STR("FETCH ")) && !str_is_null(r->literal))
		*bytes = r->literal;
}
