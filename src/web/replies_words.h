/* Whether what calendars answer is read, and when something last came, in a sentence or two. */
#ifndef MUSTER_WEB_REPLIES_WORDS_H
#define MUSTER_WEB_REPLIES_WORDS_H
#include "web/web.h"

struct str replies_words(struct req *r);
#endif
