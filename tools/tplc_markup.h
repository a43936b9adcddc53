/* The HTML between the holes: where in the document are we, and is what stands there well formed? Text is
 * fed in piece by piece; the state is a plain value, so that branches can be compared. */
#ifndef MUSTER_TOOLS_TPLC_MARKUP_H
#define MUSTER_TOOLS_TPLC_MARKUP_H
#include "gen.h"

enum markup_place {
	MARKUP_TEXT,
	MARKUP_TAG_NAME,
	MARKUP_TAG,       /* between attributes, after white space */
	MARKUP_TAG_GLUED, /* after a name or value: white space must come before the next attribute */
	MARKUP_ATTR_NAME,
	MARKUP_ATTR_EQUALS,
	MARKUP_DOUBLE,
	MARKUP_SINGLE,
	MARKUP_BARE,   /* attribute values by their quotes */
	MARKUP_SLASH,  /* of />  */
	MARKUP_RCDATA, /* in title and textarea: text without elements */
	MARKUP_EMPTY,  /* in script and iframe, where nothing may stand */
	MARKUP_DECLARATION,
};
/* How far the value of a URL attribute is known: it decides what a hole may be. */
enum markup_url {
	MARKUP_URL_START,   /* nothing yet: a hole is the whole URL, checked when it is written */
	MARKUP_URL_SLASH,   /* "/": a first segment, which may be empty */
	MARKUP_URL_SEGMENT, /* "/" and holes only: another "/" could make it "//" */
	MARKUP_URL_SAFE,    /* begins with a fixed path, ? or # */
	MARKUP_URL_WHOLE,   /* a hole: only ?, & or # may follow */
	MARKUP_URL_FIXED,   /* a scheme or host of its own: no holes */
};
enum { MARKUP_DEPTH = 64, MARKUP_NAME = 32 };

struct markup_element {
	char name[MARKUP_NAME];
	bool quiet;
	int line;
}; /* quiet: translate="no" */

struct markup {
	enum markup_place place;
	struct markup_element open[MARKUP_DEPTH];
	size_t depth;
	size_t base;  /* elements below it belong to the surroundings of a branch */
	bool newline; /* the last thing written is a line break between tags */
	int letters;  /* length of the run of letters in the text before this place */

	/* the tag */
	char tag[MARKUP_NAME];
	bool closing, quiet, has_type_submit, refresh, content_hole;
	char attrs[512];         /* " class href ": the names so far */
	char wordy[MARKUP_NAME]; /* an attribute that holds words for people; "" if none */
	bool value_words;        /* value="words", which is only wrong on a button */

	/* the attribute */
	char attr[MARKUP_NAME];
	char value[MARKUP_NAME]; /* its beginning */
	enum markup_url url;
};

struct markup_reader {
	struct gen *gen;
	struct str path;
	int line;
	struct markup at;
	struct buf out;
};

/* Takes static text; what is to be written is appended to r->out. */
void markup_feed(struct markup_reader *r, struct str s, int line);
/* The name of an attribute is complete; the attribute is. */
void markup_begin_attribute(struct markup_reader *r);
void markup_end_attribute(struct markup_reader *r);
bool markup_is_url(const struct markup *m); /* the attribute takes an address */

/* ---- tplc_branch.c */
enum markup_escape { MARKUP_ESCAPE_HTML, MARKUP_ESCAPE_URL, MARKUP_ESCAPE_URL_PART };
/* A hole stands here: how is it escaped? */
enum markup_escape markup_hole(struct markup_reader *r, int line);
/* A directive stands here: ends names, and refuses places that no branch may cut. */
void markup_cut(struct markup_reader *r, int line);
/* The end of a branch that began at `entry`; refuses another place, tag, attribute or element. */
void markup_leave(struct markup_reader *r, const struct markup *entry, int line);
/* What may follow one branch or the other. */
void markup_merge(struct markup *into, const struct markup *other);

/* ---- tplc_elements.c */
/* The tag in r->at is complete: keeps the book of open elements and picks the place behind it. */
void markup_end_tag(struct markup_reader *r, bool self_closed);
/* Drops elements whose end tag may be left out from the top, down to `depth`. */
void markup_drop_optional(struct markup *m, size_t depth);
bool markup_in(const struct markup *m, const char *name);
bool markup_is_quiet(const struct markup *m);
bool markup_is_word(const char *s, const char *list); /* list: " a b c " */
#define MARKUP_FAIL(r, ...) gen_fail((r)->gen, (r)->path, (r)->line, __VA_ARGS__)
#endif
