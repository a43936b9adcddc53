/* An enrollment as its participant sees it: what Home and My trainings share. */
#ifndef MUSTER_WEB_PORTAL_CARDS_H
#define MUSTER_WEB_PORTAL_CARDS_H
#include "model/portal.h"
#include "web/view_portal.h"
#include "web/web.h"

/* "Negotiation basics – Morning group" */
struct str portal_what(const struct text *t, struct str training, struct str session);
struct badge portal_badge(const struct text *t, const struct portal_item *p);
/* `back`: "home" or "mine". With `whole` also programme and description. */
struct portal_card portal_card_of(struct req *r, const struct portal_item *p, const char *back, bool whole);
struct session_row portal_row(
	struct req *r, struct str zone, int64_t start_at, int64_t end_at, int64_t starts_at, int64_t ends_at, int64_t days);
/* "Day 1: Thu 3 Dec, 09:00–12:00 Berlin time, Room 4" */
struct str portal_day_words(struct req *r, const struct portal_day *d);
struct str portal_place(const struct text *t, struct str location, struct str url, struct str instructor);
struct answered;
/* What an answer did, as a sentence. */
struct str portal_saved_words(const struct text *t, const struct answered *a);
/* Replies with the calendar file of an enrollment that the caller has found; with the participant's address or without.
 */
void portal_reply_file(struct req *r, int64_t enrollment, bool with_address);
#endif
