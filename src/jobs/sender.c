/* A connection to the relay and the thread that keeps it busy: takes a letter, renders it, sends it, says what came of
 * it. While there are many and the relay is quick it knows the letter after that already (smtp.h, `ahead`). */
#include "base/clock.h"
#include "base/log.h"
#include "jobs/delivery.h"

#include <string.h>

enum {
	SEND_MS = 50 * 1000, /* after its lease, which has to outlast the sending */
	CONNECT_MS = 10 * 1000,
	WHOLE_MS = 30 * 1000,
	STOP_MS = 5 * 1000,
	IDLE_MS = 15 * 1000, /* until a connection is closed */
	RESERVED_MS = 200,   /* that something urgent waits before it gets a connection of its own */
	WAIT_MS = 60 * 1000
};

static bool stop_sending(void *arg)
{
	struct jobs *j = arg;
	return j->stopping && clock_mono_ms() - atomic_load(&j->stop_ms) > STOP_MS;
}

static bool connect_to_relay(struct sender *s)
{
	struct jobs *j = s->delivery->jobs;
	if (!s->smtp && (s->smtp = smtp_open(j->smtp))) {
		smtp_set_timeouts(s->smtp, CONNECT_MS, WHOLE_MS);
		smtp_set_stop(s->smtp, stop_sending, j);
	}
	return s->smtp;
}

/* ---- one message */
static void note(struct parcel *p, enum outbox_outcome outcome, struct str why)
{
	p->outcome = outcome;
	p->why_n = why.n < sizeof p->why ? why.n : sizeof p->why;
	memcpy(p->why, why.p, p->why_n);
}

/* False when the relay is not there. `ahead` may be NULL. */
static bool deliver(struct sender *s, struct parcel *p, const struct parcel *ahead)
{
	const struct letter *l = p->letter;
	const struct mail_sender *sender = &p->bundle->sender;
	struct smtp_message message = { .from = sender->email, .to = l->address };
	struct mail mail;
	struct str why = STR("");
	arena_reset(s->scratch);
	if (clock_mono_ms() - p->bundle->leased_ms >= SEND_MS) {
		note(p, OUTBOX_UNTRIED, why);
		return true;
	}
	if (!connect_to_relay(s)) {
		note(p, OUTBOX_UNTRIED, why);
		return false;
	}
	if (!mail_render(s->scratch, sender, l, &mail) || !mail_build(s->scratch, &mail, &message.bytes)) {
		note(p, OUTBOX_REFUSED, STR("The address cannot stand in a mail."));
		return true;
	}
	switch (smtp_send(s->smtp, s->scratch, &message, ahead ? ahead->letter->address : STR_NULL, &why)) {
	case SMTP_SENT: note(p, OUTBOX_SENT, why); return true;
	case SMTP_REFUSED:
		log_info("mail %lld is refused: " STR_FMT, (long long)l->id, STR_ARG(why));
		note(p, OUTBOX_REFUSED, why);
		return true;
	case SMTP_RETRY: break;
	}
	note(p, smtp_may_have_arrived(s->smtp) ? OUTBOX_LOST : OUTBOX_RETRY, why);
	return smtp_said_later(s->smtp);
}

/* ---- taking and giving back, with the lock held */
static int64_t next_pause(const struct delivery *d, int64_t before)
{
	int64_t pause = before ? before * 2 : PAUSE_FIRST_MS;
	/* Under a clock that jumps, waiting in real time would only be waiting. */
	int64_t most = d->jobs->test_clock ? PAUSE_FIRST_MS : PAUSE_MAX_MS;
	return pause > most ? most : pause;
}

/* Others may fare better with the same relay, which allows a client so many connections: then only this one rests. */
static void trouble(struct sender *s, int64_t begun)
{
	struct delivery *d = s->delivery;
	int64_t now = clock_mono_ms();
	if (d->good_ms >= begun && !d->gone) {
		s->pause_ms = next_pause(d, s->pause_ms);
		s->rest_until_ms = now + s->pause_ms;
	} else if (!d->gone || now >= d->gone_until_ms) {
		d->pause_ms = next_pause(d, d->pause_ms);
		d->gone_until_ms = now + d->pause_ms;
		d->gone = true;
		delivery_give_up(d);
	}
}

static void hand_in(struct delivery *d, struct parcel *p)
{
	d->sending--;
	if (!d->done.n)
		d->done_ms = clock_mono_ms();
	parcels_add(&d->done, p);
}

/* Once for each wait: others sleep there as well. */
static void wake_delivery(struct delivery *d)
{
	if (!d->waits || !delivery_is_due(d))
		return;
	d->waits = false;
	pthread_cond_broadcast(&d->jobs->wake);
}

static void give_back(struct sender *s, struct parcel *p, bool there, int64_t begun)
{
	struct delivery *d = s->delivery;
	int64_t now = clock_mono_ms();
	hand_in(d, p);
	s->quick = there && now - begun < RESERVED_MS;
	if (!there)
		trouble(s, begun);
	else if (p->outcome != OUTBOX_UNTRIED) {
		d->good_ms = now;
		d->gone = false;
		d->pause_ms = s->pause_ms = 0;
	} else {
		d->ahead = AHEAD_MIN; /* too far */
	}
}

static struct parcel *take_from(struct delivery *d, struct parcels *from)
{
	struct parcel *p = parcels_take(from);
	d->sending += p != NULL;
	return p;
}

static struct parcel *take_other(struct delivery *d)
{
	return d->done.n + d->writing < UNWRITTEN_MAX ? take_from(d, &d->others) : NULL;
}

/* What this one may take now; else NULL, and how long to wait unless something comes. */
static struct parcel *look(struct sender *s, int64_t *wait_ms)
{
	struct delivery *d = s->delivery;
	int64_t now = clock_mono_ms();
	*wait_ms = WAIT_MS;
	if (now < s->rest_until_ms) {
		*wait_ms = s->rest_until_ms - now;
		return NULL;
	}
	if (d->urgent.first) {
		int64_t from = d->urgent.first->bundle->leased_ms + (s->reserved ? RESERVED_MS : 0);
		if (now >= from)
			return take_from(d, &d->urgent);
		*wait_ms = from - now;
	}
	if (s->reserved)
		return NULL;
	if (!d->others.first)
		d->hungry = true;
	return take_other(d);
}

/* The letter after the one in hand, which then cannot be passed over any more: only while there is one for everybody,
 * nobody waits for something urgent, and nobody would wait long for it. NULL: none. */
static struct parcel *look_ahead(struct sender *s)
{
	struct delivery *d = s->delivery;
	bool plenty = d->others.n > (size_t)d->jobs->smtp_connections;
	return s->quick && plenty && !d->urgent.first && !d->jobs->stopping ? take_other(d) : NULL;
}

/* NULL: the end. */
static struct parcel *take(struct sender *s)
{
	struct delivery *d = s->delivery;
	struct parcel *p = NULL;
	int64_t wait_ms, idle_at = clock_mono_ms() + IDLE_MS;
	while (!d->jobs->stopping && !(p = look(s, &wait_ms))) {
		s->quick = false; /* no longer known */
		int64_t idle_ms = s->smtp ? idle_at - clock_mono_ms() : WAIT_MS;
		if (idle_ms > 0) {
			jobs_wait(d->jobs, &d->work, wait_ms < idle_ms ? wait_ms : idle_ms);
			continue;
		}
		struct smtp *idle = s->smtp;
		s->smtp = NULL;
		pthread_mutex_unlock(&d->jobs->lock);
		smtp_close(idle);
		pthread_mutex_lock(&d->jobs->lock);
	}
	return p;
}

void *sender_run(void *arg)
{
	struct sender *s = arg;
	struct delivery *d = s->delivery;
	struct parcel *ahead = NULL;
	ARENA_SCOPED scratch = arena_new();
	s->scratch = scratch;
	pthread_mutex_lock(&d->jobs->lock);
	for (struct parcel *p; (p = ahead ? ahead : take(s));) {
		ahead = look_ahead(s);
		pthread_mutex_unlock(&d->jobs->lock);
		int64_t begun = clock_mono_ms();
		bool there = deliver(s, p, ahead);
		pthread_mutex_lock(&d->jobs->lock);
		give_back(s, p, there, begun);
		if (ahead && (!there || d->jobs->stopping)) {
			note(ahead, OUTBOX_UNTRIED, STR(""));
			hand_in(d, ahead);
			ahead = NULL;
		}
		wake_delivery(d);
	}
	pthread_mutex_unlock(&d->jobs->lock);
	smtp_close(s->smtp);
	return NULL;
}
