/* What the generators of C (tplc, textc) share: errors that name a place, files, C string literals. A
 * generator stops at its first error. */
#ifndef MUSTER_TOOLS_GEN_H
#define MUSTER_TOOLS_GEN_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct gen {
	struct arena *arena;
	struct str error;
	jmp_buf fail;
};
struct gen_file {
	struct str path, text;
};

/* Leaves the generator through gen->fail, with "FILE:LINE: message" in gen->error. */
__attribute__((format(printf, 4, 5))) static inline _Noreturn void gen_fail(
	struct gen *g, struct str path, int line, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct str message = str_vfmt(g->arena, fmt, args);
	va_end(args);
	g->error = str_fmt(g->arena, STR_FMT ":%d: " STR_FMT, STR_ARG(path), line, STR_ARG(message));
	longjmp(g->fail, 1);
}

/* The whole file; false when it cannot be read (errno says why). */
static inline bool gen_read(struct arena *a, const char *path, struct gen_file *out)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	struct buf b = buf_new(a);
	char part[16384];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
		buf_mem(&b, part, n);
	bool ok = !ferror(f);
	fclose(f);
	*out = (struct gen_file){ str_from(path), buf_str(&b) };
	return ok;
}

static inline bool gen_write(const char *path, struct str s)
{
	FILE *f = fopen(path, "wb");
	if (!f)
		return false;
	bool ok = fwrite(s.p, 1, s.n, f) == s.n;
	return fclose(f) == 0 && ok;
}

/* The inside of a C string literal. Everything but printable ASCII becomes octal, so that no bidi control
 * stands in a source file; '?' is escaped for the sake of trigraphs. */
static inline void gen_c_string(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '\n')
			BUF_LIT(out, "\\n");
		else if (c == '"' || c == '\\' || c == '?')
			buf_fmt(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			buf_fmt(out, "\\%03o", c);
		else
			buf_char(out, (char)c);
	}
}

static inline bool gen_is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}
static inline bool gen_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}
static inline bool gen_is_alpha(char c)
{
	return gen_is_lower(c) || gen_is_upper(c);
}
static inline bool gen_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool gen_is_word(char c)
{
	return gen_is_alpha(c) || gen_is_digit(c) || c == '_';
}
static inline bool gen_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* True for words that cannot name a parameter of a generated function. */
static inline bool gen_is_reserved(struct str s)
{
	static const char *const words[] = {
		"auto",
		"bool",
		"break",
		"case",
		"char",
		"const",
		"continue",
		"default",
		"do",
		"double",
		"else",
		"enum",
		"extern",
		"false",
		"float",
		"for",
		"goto",
		"if",
		"inline",
		"int",
		"long",
		"register",
		"restrict",
		"return",
		"short",
		"signed",
		"sizeof",
		"static",
		"struct",
		"switch",
		"true",
		"typedef",
		"union",
		"unsigned",
		"void",
		"volatile",
		"while",
		"asm",
		"typeof",
		"unix",
		"linux",
		"not",
		"and",
		"or",
		"in",
		"t",
		"out",
		"loop",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq(s, str_from(words[i])))
			return true;
	}
	return str_starts(s, STR("tpl_"));
}
#endif
