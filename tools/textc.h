/* The parts of textc: reading (textc.c), sentences to trees (textc_parse.c), trees to C (textc_emit.c). */
#ifndef MUSTER_TOOLS_TEXTC_H
#define MUSTER_TOOLS_TEXTC_H
#include "gen.h"

enum textc_kind { TEXTC_LITERAL, TEXTC_ARG, TEXTC_PLURAL, TEXTC_SELECT };

struct textc_nodes {
	struct textc_node *items;
	size_t n, cap;
};
struct textc_branch {
	struct str name; /* a plural category, a value to select by, or "other" */
	bool exact;      /* =N of a plural */
	int64_t number;
	struct textc_nodes body;
};
struct textc_node {
	enum textc_kind kind;
	struct str text;    /* of a literal */
	bool opens, closes; /* the literal stands at the beginning or the end of the sentence */
	size_t arg;         /* index of the others */
	struct textc_branch *branches;
	size_t branches_n, branches_cap; /* "other" comes last */
};
struct textc_arg {
	struct str name;
	bool number, used;
};
struct textc_sentence {
	struct str key, source;
	struct str path;
	int line;
	struct textc_arg *args;
	size_t args_n, args_cap;
	struct textc_nodes body;
};
struct textc {
	struct gen gen;
	struct str header; /* how the C file includes the header */
	struct textc_sentence *sentences;
	size_t n, cap;
	struct buf h, c; /* the answer */
};

/* False with c->gen.error when a file is wrong. */
bool textc_compile(struct textc *c, const struct gen_file *files, size_t n);
/* Fills s->body from s->source and checks that each argument is used, and used by its type. */
void textc_parse(struct textc *c, struct textc_sentence *s);
void textc_emit(struct textc *c);
#endif
