/* Holes and branches: what may stand at this place, and whether a branch comes back to where it began. */
#include "tplc_markup.h"
#include <string.h>

static enum markup_escape url_hole(struct markup_reader *r)
{
	struct markup *m = &r->at;
	switch (m->url) {
	case MARKUP_URL_START: m->url = MARKUP_URL_WHOLE; return MARKUP_ESCAPE_URL;
	case MARKUP_URL_SLASH:
	case MARKUP_URL_SEGMENT: m->url = MARKUP_URL_SEGMENT; return MARKUP_ESCAPE_URL_PART;
	case MARKUP_URL_SAFE: return MARKUP_ESCAPE_URL_PART;
	case MARKUP_URL_WHOLE: MARKUP_FAIL(r, "attribute %s: a value right behind a whole URL", m->attr);
	case MARKUP_URL_FIXED: break;
	}
	MARKUP_FAIL(r, "attribute %s: dynamic scheme or host; make the whole one value, or begin with /", m->attr);
}

enum markup_escape markup_hole(struct markup_reader *r, int line)
{
	struct markup *m = &r->at;
	r->line = line;
	m->letters = 0;
	m->newline = false;
	switch (m->place) {
	case MARKUP_TEXT:
	case MARKUP_RCDATA: return MARKUP_ESCAPE_HTML;
	case MARKUP_DOUBLE:
		if (!strcmp(m->attr, "srcset"))
			MARKUP_FAIL(r, "{{ }} in attribute srcset");
		m->content_hole = m->content_hole || !strcmp(m->attr, "content");
		if (markup_is_word(m->attr, " translate http-equiv style "))
			MARKUP_FAIL(r, "{{ }} in attribute %s", m->attr);
		return markup_is_url(m) ? url_hole(r) : MARKUP_ESCAPE_HTML;
	case MARKUP_SINGLE:
	case MARKUP_BARE:
	case MARKUP_ATTR_EQUALS: MARKUP_FAIL(r, "{{ }} in attribute %s: put the value in double quotes", m->attr);
	case MARKUP_EMPTY: MARKUP_FAIL(r, "{{ }} in <%s>", m->tag);
	case MARKUP_DECLARATION: MARKUP_FAIL(r, "{{ }} in a declaration");
	default: MARKUP_FAIL(r, "{{ }} in a tag: only in text and in double-quoted values");
	}
}

void markup_cut(struct markup_reader *r, int line)
{
	struct markup *m = &r->at;
	r->line = line;
	m->letters = 0;
	switch (m->place) {
	case MARKUP_TEXT:
	case MARKUP_RCDATA:
	case MARKUP_TAG:
	case MARKUP_TAG_GLUED:
	case MARKUP_DOUBLE: break;
	case MARKUP_TAG_NAME:
		if (m->closing)
			MARKUP_FAIL(r, "{%% %%} in an end tag");
		m->place = MARKUP_TAG_GLUED;
		break;
	case MARKUP_ATTR_NAME:
		markup_begin_attribute(r);
		markup_end_attribute(r);
		break;
	case MARKUP_SINGLE:
	case MARKUP_BARE:
	case MARKUP_ATTR_EQUALS: MARKUP_FAIL(r, "{%% %%} in attribute %s: put the value in double quotes", m->attr);
	default: MARKUP_FAIL(r, "{%% %%} where no branch may begin or end");
	}
}

static const char *place_name(const struct markup *m)
{
	switch (m->place) {
	case MARKUP_TEXT: return "text";
	case MARKUP_RCDATA: return "the text of a title or textarea";
	case MARKUP_TAG:
	case MARKUP_TAG_GLUED: return "a tag";
	case MARKUP_DOUBLE: return "an attribute value";
	default: return "something else";
	}
}

static bool is_tag(const struct markup *m)
{
	return m->place == MARKUP_TAG || m->place == MARKUP_TAG_GLUED;
}

void markup_leave(struct markup_reader *r, const struct markup *entry, int line)
{
	struct markup *m = &r->at;
	r->line = line;
	if (m->place != entry->place && !(is_tag(m) && is_tag(entry)))
		MARKUP_FAIL(r, "the branch begins in %s and ends in %s", place_name(entry), place_name(m));
	if (m->place != MARKUP_TEXT && strcmp(m->tag, entry->tag) != 0)
		MARKUP_FAIL(r, "the branch begins in <%s> and ends in <%s>", entry->tag, m->tag);
	if (m->place == MARKUP_DOUBLE && strcmp(m->attr, entry->attr) != 0)
		MARKUP_FAIL(r, "the branch begins in attribute %s and ends in %s", entry->attr, m->attr);
	if (m->place == MARKUP_DOUBLE && markup_is_url(m) && m->url != entry->url)
		MARKUP_FAIL(
			r, "attribute %s: the branch changes what may follow; put the whole attribute into the branch", m->attr);
	struct markup before = *entry;
	markup_drop_optional(m, 0);
	markup_drop_optional(&before, 0);
	if (m->depth > before.depth)
		MARKUP_FAIL(r, "the branch leaves <%s> open (line %d)", m->open[m->depth - 1].name, m->open[m->depth - 1].line);
	if (m->depth < before.depth)
		MARKUP_FAIL(r, "the branch closes <%s>, which it did not open", before.open[before.depth - 1].name);
	memcpy(m->open, entry->open, sizeof m->open);
	m->depth = entry->depth;
	m->base = entry->base;
}

void markup_merge(struct markup *into, const struct markup *other)
{
	if (is_tag(into) && other->place == MARKUP_TAG_GLUED)
		into->place = MARKUP_TAG_GLUED;
	into->newline = into->newline && other->newline;
	into->refresh = into->refresh || other->refresh;
	into->content_hole = into->content_hole || other->content_hole;
	into->has_type_submit = into->has_type_submit || other->has_type_submit;
	into->value_words = into->value_words || other->value_words;
	into->quiet = into->quiet && other->quiet;
	if (!into->wordy[0])
		memcpy(into->wordy, other->wordy, sizeof into->wordy);
	/* An attribute of either branch may be there: both lists. */
	size_t used = strlen(into->attrs), more = strlen(other->attrs);
	if (used + more < sizeof into->attrs)
		memcpy(into->attrs + used, other->attrs, more + 1);
}
