/* The parts of tplc: the files to tokens and C functions (tplc.c, tplc_emit.c), the closed expression
 * language (tplc_expr.c), and the HTML around it (tplc_markup.c, tplc_branch.c, tplc_elements.c). */
#ifndef MUSTER_TOOLS_TPLC_H
#define MUSTER_TOOLS_TPLC_H
#include "gen.h"
#include "tplc_markup.h"

enum tplc_type { TPLC_STRUCT, TPLC_I64, TPLC_TEXT, TPLC_BOOL, TPLC_URL };
struct tplc_param {
	struct str name;
	enum tplc_type type;
	struct str tag;
}; /* tag: of the struct */

enum tplc_token_kind { TPLC_STATIC, TPLC_HOLE, TPLC_DIRECTIVE };
struct tplc_token {
	enum tplc_token_kind kind;
	struct str s;
	int line;
};

struct tplc_template {
	struct str name, path;
	int line;
	struct tplc_param *params;
	size_t params_n, params_cap;
	bool has_body;     /* it is a layout: {% body %} */
	size_t first, end; /* its tokens in the file */
	const struct tplc_file *file;
};
struct tplc_file {
	struct str path;
	struct tplc_token *tokens;
	size_t n, cap;
};

/* A name that an expression may use, besides the parameters. */
struct tplc_loop {
	struct str name;
};

struct tplc {
	struct gen gen;
	struct str out_c, header, text_header; /* names for #line and #include */
	struct str *includes;
	size_t includes_n, includes_cap;
	struct tplc_file *files;
	size_t files_n, files_cap;
	struct tplc_template *templates;
	size_t templates_n, templates_cap;
	/* while a template is compiled */
	const struct tplc_template *now;
	struct tplc_loop loops[16];
	size_t loops_n;
	struct buf h, c; /* the answer */
};

#define TPLC_FAIL(x, line, ...) gen_fail(&(x)->gen, (x)->now->path, (line), __VA_ARGS__)

/* ---- tplc_expr.c: a cursor over the inside of {{ }} or {% %} */
struct tplc_cursor {
	struct tplc *c;
	struct str s;
	size_t at;
	int line;
};

bool tplc_cursor_word(struct tplc_cursor *x, struct str *out); /* false: no word here */
struct str tplc_cursor_need_word(struct tplc_cursor *x, const char *what);
bool tplc_cursor_take(struct tplc_cursor *x, char c);
void tplc_cursor_end(struct tplc_cursor *x); /* fails unless all is read */
/* Each appends one C expression. */
void tplc_value(struct tplc_cursor *x, struct buf *out);
void tplc_condition(struct tplc_cursor *x, struct buf *out);
void tplc_path(struct tplc_cursor *x, struct buf *out);
/* "(a, b)" for the parameters of `callee`, each with ", " before it. */
void tplc_arguments(struct tplc_cursor *x, const struct tplc_template *callee, struct buf *out);

/* ---- tplc_emit.c */
void tplc_emit(struct tplc *c);
const struct tplc_template *tplc_find(const struct tplc *c, struct str name);
#endif
