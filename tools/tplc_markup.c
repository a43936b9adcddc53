/* HTML as a state machine over characters, stricter than a browser: what a browser would repair is refused. */
#include "tplc_markup.h"
#include <string.h>

static const char url_attributes[] =
	" href src action formaction poster data cite background ping manifest longdesc xlink:href data-href "
	"data-src data-url data-action ";
static const char wordy_attributes[] =
	" alt title aria-label aria-description aria-placeholder aria-roledescription aria-valuetext placeholder label "
	"data-label data-confirm ";

static void append(struct markup_reader *r, char *to, size_t cap, char c)
{
	size_t n = strlen(to);
	if (n + 1 >= cap)
		MARKUP_FAIL(r, "name too long: %s", to);
	to[n] = gen_is_upper(c) ? (char)(c - 'A' + 'a') : c;
	to[n + 1] = '\0';
}

/* ---- text */

/* The length of a character reference at the beginning of s; a bare & is refused. */
static size_t reference_length(struct markup_reader *r, struct str s)
{
	size_t n = 1;
	if (n < s.n && s.p[n] == '#')
		n++;
	while (n < s.n && (gen_is_alpha(s.p[n]) || gen_is_digit(s.p[n])))
		n++;
	if (n == 1 || n >= s.n || s.p[n] != ';')
		MARKUP_FAIL(r, "a bare &: write &amp;");
	return n + 1;
}

/* Words belong in locale files. Two letters in a row are a word; × or · or "x" are not. */
static void watch_words(struct markup_reader *r, struct str s, size_t at)
{
	struct markup *m = &r->at;
	m->letters = gen_is_alpha(s.p[at]) ? m->letters + 1 : 0;
	if (m->letters == 2 && !markup_is_quiet(m)) {
		size_t end = at;
		while (end < s.n && end < at + 30 && s.p[end] != '<' && s.p[end] != '\n')
			end++;
		MARKUP_FAIL(r, "\"" STR_FMT "\": words belong in a locale file ({{ t.key() }}), names under translate=\"no\"",
			STR_ARG(str_sub(s, at - 1, end - at + 1)));
	}
}

static bool keeps_space(const struct markup *m)
{
	return markup_in(m, "pre");
}

/* A run of white space with a line break becomes one line break, or nothing where one was just written. */
static size_t feed_space(struct markup_reader *r, struct str s, size_t at)
{
	size_t end = at;
	bool breaks = false;
	for (; end < s.n && gen_is_space(s.p[end]); end++) {
		breaks = breaks || s.p[end] == '\n';
		r->line += s.p[end] == '\n';
	}
	r->at.letters = 0;
	if (keeps_space(&r->at) || !breaks)
		buf_put(&r->out, str_sub(s, at, end - at));
	else if (!r->at.newline)
		buf_char(&r->out, '\n');
	r->at.newline = breaks;
	return end;
}

static void begin_tag(struct markup_reader *r, bool closing)
{
	struct markup *m = &r->at;
	m->place = MARKUP_TAG_NAME;
	m->closing = closing;
	m->quiet = m->has_type_submit = m->refresh = false;
	m->content_hole = m->value_words = false;
	m->tag[0] = m->attr[0] = m->value[0] = m->wordy[0] = '\0';
	m->attrs[0] = ' ';
	m->attrs[1] = '\0';
	m->letters = 0;
}

/* At '<' in text. Comments are for those who read the template: they are not written. */
static size_t feed_open(struct markup_reader *r, struct str s, size_t at)
{
	struct str rest = str_sub(s, at, s.n);
	if (str_starts(rest, STR("<!--"))) {
		size_t length;
		if (!str_find(rest, STR("-->"), &length))
			MARKUP_FAIL(r, "a comment without its end, or with a {{ }} or {%% %%} in it");
		for (size_t i = 0; i < length; i++)
			r->line += rest.p[i] == '\n';
		return at + length + 3;
	}
	r->at.newline = false;
	char next = rest.n > 1 ? rest.p[1] : '\0';
	if (next == '!') {
		r->at.place = MARKUP_DECLARATION;
		buf_put(&r->out, STR("<!"));
		return at + 2;
	}
	if (next == '/' && rest.n > 2 && gen_is_alpha(rest.p[2])) {
		begin_tag(r, true);
		buf_put(&r->out, STR("</"));
		return at + 2;
	}
	if (!gen_is_alpha(next))
		MARKUP_FAIL(r, "a bare <: write &lt; (or: {{ }} or {%% %%} in a tag name)");
	begin_tag(r, false);
	buf_char(&r->out, '<');
	return at + 1;
}

static size_t feed_text(struct markup_reader *r, struct str s, size_t at)
{
	char c = s.p[at];
	if (gen_is_space(c))
		return feed_space(r, s, at);
	if (c == '<')
		return feed_open(r, s, at);
	r->at.newline = false;
	size_t n = 1;
	if (c == '&') {
		n = reference_length(r, str_sub(s, at, s.n));
		r->at.letters = 0;
	} else
		watch_words(r, s, at);
	buf_put(&r->out, str_sub(s, at, n));
	return at + n;
}

/* Inside title and textarea only the end tag ends the text. */
static size_t feed_rcdata(struct markup_reader *r, struct str s, size_t at)
{
	struct str rest = str_sub(s, at, s.n);
	size_t n = 1;
	r->line += s.p[at] == '\n';
	if (s.p[at] == '<') {
		if (!str_starts(rest, STR("</")) || !str_eq_nocase(str_sub(rest, 2, strlen(r->at.tag)), str_from(r->at.tag)))
			MARKUP_FAIL(r, "only text may stand in <%s>", r->at.tag);
		begin_tag(r, true);
		n = 2;
	} else if (s.p[at] == '&') {
		n = reference_length(r, rest);
		r->at.letters = 0;
	} else
		watch_words(r, s, at);
	buf_put(&r->out, str_sub(s, at, n));
	return at + n;
}

static size_t feed_empty(struct markup_reader *r, struct str s, size_t at)
{
	struct str rest = str_sub(s, at, s.n);
	if (gen_is_space(s.p[at])) {
		r->line += s.p[at] == '\n';
		return at + 1;
	}
	if (!str_starts(rest, STR("</")) || !str_eq_nocase(str_sub(rest, 2, strlen(r->at.tag)), str_from(r->at.tag)))
		MARKUP_FAIL(r, "nothing may stand in <%s>: scripts are files", r->at.tag);
	begin_tag(r, true);
	buf_put(&r->out, STR("</"));
	return at + 2;
}

/* ---- attributes */

bool markup_is_url(const struct markup *m)
{
	return markup_is_word(m->attr, url_attributes);
}

/* Mail programs know no other styles than those in the element; a page's come from its style sheet, and its CSP says
 * so. */
static bool is_mail(struct str path)
{
	size_t at = path.n;
	while (at > 0 && path.p[at - 1] != '/')
		at--;
	return str_starts(str_sub(path, at, path.n), STR("mail_"));
}

/* The name of an attribute is complete. */
void markup_begin_attribute(struct markup_reader *r)
{
	struct markup *m = &r->at;
	if (m->closing)
		MARKUP_FAIL(r, "an end tag with an attribute");
	if (!strncmp(m->attr, "on", 2))
		MARKUP_FAIL(r, "attribute %s: no inline script", m->attr);
	if (!strcmp(m->attr, "style") && !is_mail(r->path))
		MARKUP_FAIL(r, "attribute style: no inline style");
	if (!strcmp(m->attr, "srcdoc"))
		MARKUP_FAIL(r, "attribute srcdoc: no document in a document");
	if (markup_is_word(m->attr, m->attrs))
		MARKUP_FAIL(r, "attribute %s is there twice", m->attr);
	size_t used = strlen(m->attrs), more = strlen(m->attr);
	if (used + more + 2 >= sizeof m->attrs)
		MARKUP_FAIL(r, "too many attributes");
	memcpy(m->attrs + used, m->attr, more);
	memcpy(m->attrs + used + more, " ", 2);
	m->refresh = m->refresh || !strcmp(m->attr, "http-equiv");
	m->value[0] = '\0';
	m->url = MARKUP_URL_START;
	m->letters = 0;
}

void markup_end_attribute(struct markup_reader *r)
{
	struct markup *m = &r->at;
	static const char *const schemes[] = { "javascript:", "vbscript:", "data:" };
	for (size_t i = 0; markup_is_url(m) && i < sizeof schemes / sizeof *schemes; i++) {
		if (!strncmp(m->value, schemes[i], strlen(schemes[i])))
			MARKUP_FAIL(r, "attribute %s: no %s address", m->attr, schemes[i]);
	}
	if (!strcmp(m->attr, "translate") && !strcmp(m->value, "no"))
		m->quiet = true;
	if (!strcmp(m->attr, "type") && markup_is_word(m->value, " submit button reset "))
		m->has_type_submit = true;
	m->attr[0] = '\0';
	m->letters = 0;
	m->place = MARKUP_TAG_GLUED;
}

static void step_url(struct markup_reader *r, char c)
{
	struct markup *m = &r->at;
	switch (m->url) {
	case MARKUP_URL_START:
		m->url = c == '/' ? MARKUP_URL_SLASH : c == '?' || c == '#' ? MARKUP_URL_SAFE : MARKUP_URL_FIXED;
		break;
	case MARKUP_URL_SLASH: m->url = c == '/' || c == '\\' ? MARKUP_URL_FIXED : MARKUP_URL_SAFE; break;
	case MARKUP_URL_SEGMENT:
		if (c == '/' || c == '\\')
			MARKUP_FAIL(
				r, "attribute %s: were the first segment empty, this would begin with // and name a host", m->attr);
		m->url = MARKUP_URL_SAFE;
		break;
	case MARKUP_URL_WHOLE:
		if (c != '?' && c != '&' && c != '#')
			MARKUP_FAIL(r, "attribute %s: only ?, &amp; or # may follow a whole URL", m->attr);
		m->url = MARKUP_URL_SAFE;
		break;
	case MARKUP_URL_SAFE:
	case MARKUP_URL_FIXED: break;
	}
}

/* A character, or a character reference, of an attribute value. */
static size_t feed_value(struct markup_reader *r, struct str s, size_t at)
{
	struct markup *m = &r->at;
	char c = s.p[at];
	size_t n = c == '&' ? reference_length(r, str_sub(s, at, s.n)) : 1;
	r->line += c == '\n';
	if (strlen(m->value) + 1 < sizeof m->value)
		append(r, m->value, sizeof m->value, c);
	if (markup_is_url(m)) {
		if (c == '&' && !str_starts(str_sub(s, at, s.n), STR("&amp;")))
			MARKUP_FAIL(r, "attribute %s: no character reference but &amp; in an address", m->attr);
		step_url(r, c);
	}
	m->letters = n == 1 && gen_is_alpha(c) ? m->letters + 1 : 0;
	if (m->letters == 2 && markup_is_word(m->attr, wordy_attributes))
		memcpy(m->wordy, m->attr, sizeof m->wordy);
	if (m->letters == 2 && !strcmp(m->attr, "value"))
		m->value_words = true;
	buf_put(&r->out, str_sub(s, at, n));
	return at + n;
}

static size_t feed_quoted(struct markup_reader *r, struct str s, size_t at, char quote)
{
	if (s.p[at] != quote)
		return feed_value(r, s, at);
	markup_end_attribute(r);
	buf_char(&r->out, quote);
	return at + 1;
}

/* ---- tags */

static void end_tag(struct markup_reader *r, bool self_closed)
{
	buf_char(&r->out, '>');
	markup_end_tag(r, self_closed);
}

/* Anything between attributes: white space, the end, or the first letter of a name. */
static void feed_between(struct markup_reader *r, char c)
{
	struct markup *m = &r->at;
	if (gen_is_space(c)) {
		r->line += c == '\n';
		if (m->place != MARKUP_TAG)
			buf_char(&r->out, ' ');
		m->place = MARKUP_TAG;
	} else if (c == '>') {
		end_tag(r, false);
	} else if (c == '/') {
		m->place = MARKUP_SLASH;
		buf_char(&r->out, c);
	} else if (m->place == MARKUP_TAG_GLUED) {
		MARKUP_FAIL(r, "white space is missing before an attribute of <%s>", m->tag);
	} else if (!gen_is_word(c) && c != ':' && c != '-') {
		MARKUP_FAIL(r, "%c in <%s>", c, m->tag);
	} else {
		m->attr[0] = '\0';
		append(r, m->attr, sizeof m->attr, c);
		m->place = MARKUP_ATTR_NAME;
		buf_char(&r->out, c);
	}
}

static void feed_tag_name(struct markup_reader *r, char c)
{
	if (gen_is_word(c) || c == '-') {
		append(r, r->at.tag, sizeof r->at.tag, c);
		buf_char(&r->out, c);
		return;
	}
	r->at.place = MARKUP_TAG_GLUED;
	feed_between(r, c);
}

static void feed_attr_name(struct markup_reader *r, char c)
{
	struct markup *m = &r->at;
	if (gen_is_word(c) || c == '-' || c == ':' || c == '.') {
		append(r, m->attr, sizeof m->attr, c);
		buf_char(&r->out, c);
		return;
	}
	markup_begin_attribute(r);
	if (c == '=') {
		m->place = MARKUP_ATTR_EQUALS;
		buf_char(&r->out, c);
		return;
	}
	markup_end_attribute(r);
	feed_between(r, c);
}

static size_t feed_equals(struct markup_reader *r, struct str s, size_t at)
{
	char c = s.p[at];
	struct markup *m = &r->at;
	if (gen_is_space(c) || c == '>')
		MARKUP_FAIL(r, "attribute %s: the value is missing", m->attr);
	m->place = c == '"' ? MARKUP_DOUBLE : c == '\'' ? MARKUP_SINGLE : MARKUP_BARE;
	if (m->place == MARKUP_BARE)
		return feed_value(r, s, at);
	buf_char(&r->out, c);
	return at + 1;
}

static size_t feed_bare(struct markup_reader *r, struct str s, size_t at)
{
	char c = s.p[at];
	if (gen_is_space(c) || c == '>') {
		markup_end_attribute(r);
		feed_between(r, c);
		return at + 1;
	}
	if (c == '"' || c == '\'' || c == '<' || c == '=' || c == '`')
		MARKUP_FAIL(r, "attribute %s: quote the value", r->at.attr);
	return feed_value(r, s, at);
}

static size_t feed_one(struct markup_reader *r, struct str s, size_t at)
{
	char c = s.p[at];
	switch (r->at.place) {
	case MARKUP_TEXT: return feed_text(r, s, at);
	case MARKUP_RCDATA: return feed_rcdata(r, s, at);
	case MARKUP_EMPTY: return feed_empty(r, s, at);
	case MARKUP_DOUBLE: return feed_quoted(r, s, at, '"');
	case MARKUP_SINGLE: return feed_quoted(r, s, at, '\'');
	case MARKUP_BARE: return feed_bare(r, s, at);
	case MARKUP_ATTR_EQUALS: return feed_equals(r, s, at);
	case MARKUP_TAG_NAME: feed_tag_name(r, c); break;
	case MARKUP_TAG:
	case MARKUP_TAG_GLUED: feed_between(r, c); break;
	case MARKUP_ATTR_NAME: feed_attr_name(r, c); break;
	case MARKUP_SLASH:
		if (c != '>')
			MARKUP_FAIL(r, "a / in <%s>", r->at.tag);
		end_tag(r, true);
		break;
	case MARKUP_DECLARATION:
		buf_char(&r->out, c);
		if (c == '>')
			r->at.place = MARKUP_TEXT;
		break;
	}
	return at + 1;
}

void markup_feed(struct markup_reader *r, struct str s, int line)
{
	r->line = line;
	for (size_t at = 0; at < s.n;) {
		bool was_open = r->at.place != MARKUP_TEXT && r->at.place != MARKUP_RCDATA;
		at = feed_one(r, s, at);
		/* A browser drops a line break right behind these start tags: a value that begins with one keeps it
		 * when there is another before it. */
		bool swallows = r->at.place == MARKUP_RCDATA ? !strcmp(r->at.tag, "textarea") : !strcmp(r->at.tag, "pre");
		bool is_open = r->at.place == MARKUP_TEXT || r->at.place == MARKUP_RCDATA;
		if (was_open && is_open && !r->at.closing && swallows && (at >= s.n || s.p[at] != '\n'))
			buf_char(&r->out, '\n');
	}
}
