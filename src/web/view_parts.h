/* What the shared parts of templates/parts.html show. Views hold these by value; strings are sentences or names
 * already in the reader's language. A part that is not wanted is left zeroed, and shows nothing. */
#ifndef MUSTER_WEB_VIEW_PARTS_H
#define MUSTER_WEB_VIEW_PARTS_H
#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/text.h"

struct badge {
	struct str kind, words;
}; /* kind: "ok", "warn", "bad", "acc", or empty for plain */

/* A person in a list: initials, name (a link when href is given), and the login as a second line. */
struct person_view {
	struct str initials, name, href, login;
};

/* ---- dates and seats */
struct date_tile {
	struct str iso, month, day, weekday;
}; /* "2026-12-03", "Dec", "3", "Thu" */
struct dates_view {
	struct date_tile first, last;
	bool two;
}; /* several days: first and last, joined */

struct seat_run {
	struct str kind;    /* "t" taken, "h" held, "n" added now, "f" free, "x" over */
	struct str outline; /* of all its seats, a path */
};
/* One rectangle a seat up to 60 seats, a proportional bar with ticks above; in a box of `width` × 56. */
struct seat_strip {
	struct str words;
	int64_t width;
	struct seat_run *runs;
	size_t runs_n;
	bool ticks;
};
struct seats {
	int64_t taken;    /* seats confirmed or otherwise taken before */
	int64_t held;     /* taken, but not yet answered */
	int64_t added;    /* by what the page is about to do */
	int64_t capacity; /* 0: no limit, and nothing to draw */
};
/* words: the whole sentence that the picture stands for; it is what screen readers read. */
struct seat_strip seat_strip_make(struct arena *a, const struct seats *s, struct str words);

/* A session in a list. `place` is "Room 4 · M. Okafor"; times are said with their place. */
struct session_row {
	struct dates_view dates;
	struct str title, href; /* href may be empty */
	struct str time;        /* "09:00–12:00" */
	struct str zone;        /* "Berlin time" */
	struct str your_time;   /* "03:00–06:00"; empty when it is the same */
	struct str place;
	struct badge badge;
	struct seat_strip strip;
	struct str seats_before, seats_now; /* the numbers beside the strip: "11/20", "+8 → 19/20" */
};

/* ---- lists. Sorting and paging swap the element with id="list" where there is one, else the whole page. */
struct sort_header {
	struct str label, href; /* href sorts by this column, or turns the direction around */
	struct str direction;   /* "ascending", "descending", or empty: sorted by another column */
	bool numeric;           /* numbers stand at the end of their column */
};
/* words: "1–50 of 12,431"; the others are addresses, and empty ones are not drawn. */
struct pager {
	struct str words, first, previous, next, last;
};
/* The whole list as a file: two addresses; empty ones are not drawn. */
struct export_links {
	struct str csv, xlsx;
};
struct empty_view {
	struct str title, words, href, action;
}; /* why there is nothing, and the one next step */
struct tab {
	struct str label, href, count;
	bool current;
}; /* count: "61" or empty */
struct tabs_view {
	struct str label;
	struct tab *items;
	size_t items_n;
};

/* ---- steps of the enrollment */
enum step_state { STEP_AHEAD, STEP_OPEN, STEP_DONE, STEP_CURRENT }; /* AHEAD is not a link: it was never reached */
struct step {
	struct str number, label, href, count;
	int64_t state;
};
struct steps_view {
	struct str label;
	struct step *items;
	size_t items_n;
};

/* ---- forms. The name is also the id, so that the error summary can link to it. */
struct field_option {
	struct str value, label, hint;
	bool chosen;
};
struct field {
	struct str name, label, hint, value;
	struct str error;        /* field_errors() fills it */
	struct str type;         /* of an input: "email", "number", "date", "time", "password" …; empty is "text" */
	struct str autocomplete; /* a token of WCAG 1.3.5, or empty */
	struct str min, max;     /* of numbers and dates */
	int64_t max_length;      /* 0: not said */
	bool optional;           /* says "(optional)"; every other field is required */
	bool full;               /* takes the whole width of a .fields grid */
	bool checked;            /* of a single checkbox */
	struct str suggest;      /* of a box that suggests: where to ask */
	struct str placeholder;  /* of such a box: what it means when nothing is typed */
	struct field_option *options;
	size_t options_n; /* of selects, radio groups and checkbox groups */
};
/* A longer list is no help, and costs more than the rest of its page: from here on a box suggests. */
enum { FIELD_LISTED_MAX = 200, FIELD_SUGGESTIONS = 10 };
/* What such a box is answered with: choosing one fills it with `value`. */
struct suggestion {
	int64_t id;
	struct str value, name, detail;
};
struct suggestions_view {
	struct suggestion *items;
	size_t items_n;
};
/* Puts the first message about f->name into f->error. */
void field_errors(struct field *f, const struct errs *errs);
#endif
