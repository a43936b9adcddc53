/* How long before a session somebody is reminded, in words: for Settings and for the trail. */
#ifndef MUSTER_WEB_REMIND_WORDS_H
#define MUSTER_WEB_REMIND_WORDS_H
#include "gen/text.h"

/* "1 day", "2 hours" */
static inline struct str remind_words(const struct text *t, int64_t ahead)
{
	enum { HOUR = 3600, DAY = 86400 };
	return ahead % DAY == 0 ? t_settings_remind_days(t, ahead / DAY) : t_settings_remind_hours(t, ahead / HOUR);
}
#endif
