/* The book of open elements: which may be left open, which close others, which are refused. */
#include "tplc_markup.h"
#include <string.h>

static const char void_elements[] = " area br col hr img input link meta source track wbr ";
/* Their end tags may be left out. */
static const char optional_elements[] =
	" li p td th tr option optgroup dt dd thead tbody tfoot colgroup caption rt rp html head body ";
/* They bring code, another parser, or a base that changes every address. */
static const char refused_elements[] =
	" style base object embed applet frame frameset noframes noembed plaintext xmp listing param "
	"animate set animatetransform ";
static const char blocks[] =
	" address article aside blockquote details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
	"header hgroup hr main menu nav ol p pre search section table ul ";

bool markup_is_word(const char *s, const char *list)
{
	size_t n = strlen(s);
	if (n == 0)
		return false;
	for (const char *at = strstr(list, s); at; at = strstr(at + 1, s)) {
		if (at > list && at[-1] == ' ' && at[n] == ' ')
			return true;
	}
	return false;
}

bool markup_in(const struct markup *m, const char *name)
{
	for (size_t i = 0; i < m->depth; i++) {
		if (!strcmp(m->open[i].name, name))
			return true;
	}
	return false;
}

bool markup_is_quiet(const struct markup *m)
{
	return m->depth > 0 && m->open[m->depth - 1].quiet;
}

static const char *top(const struct markup *m)
{
	return m->depth > 0 ? m->open[m->depth - 1].name : "";
}

void markup_drop_optional(struct markup *m, size_t depth)
{
	while (m->depth > depth && markup_is_word(top(m), optional_elements))
		m->depth--;
}

/* The elements whose end a start tag implies (HTML 13.1.2.4). */
static const char *closed_by(const char *tag)
{
	static const struct {
		const char *tags, *closes;
	} table[] = {
		{ " li ", " li p " },
		{ " dt dd ", " dt dd p " },
		{ " option ", " option " },
		{ " optgroup ", " option optgroup " },
		{ " td th ", " td th p " },
		{ " tr ", " td th tr p caption colgroup " },
		{ " thead tbody tfoot ", " td th tr thead tbody tfoot p caption colgroup " },
		{ " colgroup ", " caption " },
		{ " rt rp ", " rt rp " },
		{ " body ", " head " },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if (markup_is_word(tag, table[i].tags))
			return table[i].closes;
	}
	return markup_is_word(tag, blocks) ? " p " : "";
}

static void close_element(struct markup_reader *r)
{
	struct markup *m = &r->at;
	if (markup_is_word(m->tag, void_elements))
		MARKUP_FAIL(r, "<%s> has no end tag", m->tag);
	size_t depth = m->depth;
	while (depth > 0 && strcmp(m->open[depth - 1].name, m->tag) != 0) {
		const struct markup_element *e = &m->open[depth - 1];
		if (!markup_is_word(e->name, optional_elements))
			MARKUP_FAIL(r, "</%s> while <%s> is open (line %d)", m->tag, e->name, e->line);
		depth--;
	}
	if (depth == 0)
		MARKUP_FAIL(r, "</%s> without its start tag", m->tag);
	if (depth <= m->base)
		MARKUP_FAIL(
			r, "</%s> closes what was opened outside of this branch (line %d)", m->tag, m->open[depth - 1].line);
	m->depth = depth - 1;
}

static void check_start(struct markup_reader *r)
{
	const struct markup *m = &r->at;
	if (markup_is_word(m->tag, refused_elements))
		MARKUP_FAIL(r, "<%s> is not allowed", m->tag);
	if (!strcmp(m->tag, "script") && !markup_is_word("src", m->attrs))
		MARKUP_FAIL(r, "<script> without src: scripts are files");
	if (!strcmp(m->tag, "meta") && m->refresh && m->content_hole)
		MARKUP_FAIL(r, "{{ }} in the content of <meta http-equiv>");
	bool button = !strcmp(m->tag, "input") && m->has_type_submit && m->value_words;
	if ((m->wordy[0] || button) && !m->quiet && !markup_is_quiet(m))
		MARKUP_FAIL(r, "attribute %s: words belong in a locale file ({{ t.key() }})", button ? "value" : m->wordy);
}

static void open_element(struct markup_reader *r, bool self_closed)
{
	struct markup *m = &r->at;
	check_start(r);
	const char *closes = closed_by(m->tag);
	while (markup_is_word(top(m), closes))
		m->depth--;
	/* What now follows an element of the surroundings was opened in this branch. */
	if (m->depth < m->base)
		m->base = m->depth;
	bool svg = !strcmp(m->tag, "svg") || markup_in(m, "svg") || markup_in(m, "math");
	if (markup_is_word(m->tag, void_elements) && !svg)
		return;
	if (self_closed) {
		if (!svg)
			MARKUP_FAIL(r, "<%s/> does not close the element in HTML", m->tag);
		return;
	}
	if (m->depth == MARKUP_DEPTH)
		MARKUP_FAIL(r, "more than %d elements deep", MARKUP_DEPTH);
	struct markup_element *e = &m->open[m->depth];
	bool quiet = m->quiet || markup_is_quiet(m);
	m->depth++;
	memcpy(e->name, m->tag, sizeof e->name);
	e->quiet = quiet;
	e->line = r->line;
	if (!svg && markup_is_word(m->tag, " title textarea "))
		m->place = MARKUP_RCDATA;
	else if (markup_is_word(m->tag, " script iframe "))
		m->place = MARKUP_EMPTY;
}

void markup_end_tag(struct markup_reader *r, bool self_closed)
{
	r->at.place = MARKUP_TEXT;
	r->at.attr[0] = '\0';
	if (r->at.closing)
		close_element(r);
	else
		open_element(r, self_closed);
}
