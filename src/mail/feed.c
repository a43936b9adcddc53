#include "mail/feed.h"
#include "gen/text.h"
#include "model/feed.h"

enum { HOUR = 3600 };

struct events {
	struct ics_event *items;
	size_t n, cap;
};

/* The entries of one enrollment, as in its mails; days that were declined are not in the calendar. */
static void put_enrollment(struct ctx *c, const struct mail_sender *s, int64_t enrollment, struct events *out)
{
	struct letters entries;
	enum text_locale reader = c->text.locale;
	outbox_entries(c, enrollment, &entries);
	for (size_t i = 0; i < entries.n; i++) {
		struct ics_event e = mail_event(c->arena, s, &entries.items[i]);
		/* A change that no mail has said yet has no time of its own; one an hour keeps the bytes. */
		if (entries.items[i].unsaid)
			e.dtstamp -= e.dtstamp % HOUR;
		if (e.partstat != ICS_DECLINED)
			*VEC_PUSH(c->arena, out->items, out->n, out->cap) = e;
	}
	c->text.locale = reader;
}

static void put_taught(struct ctx *c, const struct mail_sender *s, const struct feed_day *d, struct events *out)
{
	*VEC_PUSH(c->arena, out->items, out->n, out->cap) = (struct ics_event){
		.uid = mail_taught_uid(c->arena, s, d->day),
		.sequence = d->version - 1,
		.dtstamp = d->changed_at,
		.summary = t_feed_teaches(&c->text, outbox_summary(&c->text, d->title, d->session_title, d->position, d->days)),
		.description = d->description,
		.location = str_is_empty(d->location) ? d->url : d->location,
		.url = d->url,
		.start_at = d->start_at,
		.end_at = d->end_at,
		.time_zone = d->time_zone,
	};
}

struct str mail_feed(struct ctx *c, const struct mail_sender *s, int64_t user, struct str zone)
{
	struct feed_ids enrolled;
	struct feed_days taught;
	struct events events = { 0 };
	feed_enrolled(c, user, &enrolled);
	feed_teaches(c, user, &taught);
	for (size_t i = 0; i < enrolled.n; i++)
		put_enrollment(c, s, enrolled.items[i], &events);
	for (size_t i = 0; i < taught.n; i++)
		put_taught(c, s, &taught.items[i], &events);
	struct ics_feed head = { .name = t_feed_name(&c->text), .time_zone = zone };
	return ics_write(c->arena, ICS_FEED, events.items, events.n, &head);
}
