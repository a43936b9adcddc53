/* What the HTML of a mail shows. Its plain text is made of the same lines. */
#ifndef MUSTER_MAIL_VIEW_MAIL_H
#define MUSTER_MAIL_VIEW_MAIL_H
#include "base/str.h"

struct mail_line {
	struct str label, value, href;
	bool struck;
}; /* href: value is a link; struck: what no longer holds */
struct mail_button {
	struct str label, href;
	bool primary;
};
struct mail_view {
	struct str lang, dir, title, hello, intro;
	struct str month, day, weekday; /* the date tile; month empty: none */
	struct str what;
	struct mail_line *lines;
	size_t lines_n;
	struct str programme; /* its heading, or empty */
	struct mail_line *days;
	size_t days_n;
	struct str quote_head;
	struct str *quote;
	size_t quote_n; /* the organizer's words, a paragraph a line */
	struct str about_head;
	struct str *about;
	size_t about_n;
	struct mail_button *buttons;
	size_t buttons_n;
	struct mail_button *links;
	size_t links_n;
	struct str footer;
};
#endif
