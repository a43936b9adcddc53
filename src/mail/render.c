#include "mail/render.h"
#include "base/crypt.h"
#include "base/scrub.h"
#include "base/tz.h"
#include "gen/templates.h"
#include "gen/text.h"
#include "mail/view_mail.h"
#include "model/invitation.h"
#include "model/when.h"

enum {
	ID_CHARS = 22,
	LINES_MAX = 10,
	LABELS_MAX = 3,
	SUBJECT_TITLE_BYTES = 160,
	HTML_BYTES = 8 * 1024,
	DAY_SECONDS = 86400
};

bool mail_sender_parse(struct arena *a, struct str mail_from, struct mail_sender *out)
{
	struct str s = str_trim(mail_from);
	size_t at;
	out->name = STR("");
	out->email = s;
	if (str_ends(s, STR(">")) && str_find(s, STR("<"), &at)) {
		out->name = str_trim(str_sub(s, 0, at));
		out->email = str_trim(str_sub(s, at + 1, s.n - at - 2));
	}
	if (out->name.n >= 2 && str_starts(out->name, STR("\"")) && str_ends(out->name, STR("\"")))
		out->name = str_sub(out->name, 1, out->name.n - 2);
	out->name = str_dup(a, out->name);
	out->email = str_dup(a, out->email);
	return mail_address_ok(out->email);
}

static struct str domain_of(const struct mail_sender *s)
{
	struct str rest = s->email, local;
	str_split(&rest, '@', &local);
	return rest;
}

/* ---- ids: derived, so that nothing has to be kept and a repetition has the same */
static struct str with_domain(struct arena *a, const struct mail_sender *s, struct str local)
{
	return str_fmt(a, STR_FMT "@" STR_FMT, STR_ARG(local), STR_ARG(domain_of(s)));
}

static struct str uid_of(struct arena *a, const struct mail_sender *s, const struct letter *l)
{
	return with_domain(a, s, invitation_uid(a, s->key, l->enrollment, l->position, l->generation));
}

struct str mail_taught_uid(struct arena *a, const struct mail_sender *s, int64_t day)
{
	return with_domain(a, s, invitation_taught_uid(a, s->key, day));
}

static struct str message_id(struct arena *a, const struct mail_sender *s, int64_t id, int64_t sequence)
{
	/* Another SEQUENCE says something else, so it is another message. */
	struct str text = str_fmt(a, "%lld:%lld", (long long)id, (long long)sequence);
	return str_fmt(a, "o.%lld." STR_FMT "@" STR_FMT, (long long)id,
		STR_ARG(crypt_keyed(a, s->key, "message", text, ID_CHARS)), STR_ARG(domain_of(s)));
}

static struct str sender_name(const struct mail_sender *s, const struct letter *l)
{
	return str_is_empty(l->mail_name) ? s->name : l->mail_name;
}

/* ---- links */
static struct str mine_url(struct arena *a, const struct mail_sender *s, const struct letter *l)
{
	return str_fmt(a, STR_FMT "/me/trainings#e%lld", STR_ARG(s->base_url), (long long)l->enrollment);
}

/* The link knows for which start it was sent, so that the page can say that the session has moved since. */
static struct str answer_url(struct arena *a, const struct mail_sender *s, const struct letter *l, const char *answer)
{
	return str_fmt(a, STR_FMT "/rsvp/" STR_FMT "?a=%s&was=%lld", STR_ARG(s->base_url), STR_ARG(l->token), answer,
		(long long)l->starts_at);
}

/* ---- the calendar entry */
static struct str place_of(const struct letter_day *d)
{
	return str_is_empty(d->location) ? d->url : d->location;
}

static enum ics_answer partstat(struct str answer)
{
	if (str_eq(answer, STR("accepted")))
		return ICS_ACCEPTED;
	if (str_eq(answer, STR("tentative")))
		return ICS_TENTATIVE;
	return str_eq(answer, STR("declined")) ? ICS_DECLINED : ICS_NEEDS_ACTION;
}

static struct str event_words(
	struct arena *a, const struct text *t, const struct mail_sender *s, const struct letter *l)
{
	struct buf b = buf_new(a);
	if (!str_is_empty(l->instructor)) {
		buf_put(&b, t_mail_line(t, t_mail_instructor(t), l->instructor));
		buf_char(&b, '\n');
	}
	if (!str_is_empty(l->day.url)) {
		buf_put(&b, t_mail_line(t, t_mail_link(t), l->day.url));
		buf_char(&b, '\n');
	}
	buf_put(&b, t_mail_line(t, t_mail_mine(t), mine_url(a, s, l)));
	if (!str_is_empty(l->description)) {
		BUF_LIT(&b, "\n\n");
		buf_put(&b, l->description);
	}
	return buf_str(&b);
}

struct ics_event mail_event(struct arena *a, const struct mail_sender *s, const struct letter *l)
{
	struct text text = { a, l->locale };
	return (struct ics_event){
		.uid = uid_of(a, s, l),
		.sequence = l->sequence,
		.dtstamp = l->stamped_at,
		.summary = l->summary,
		.description = event_words(a, &text, s, l),
		.location = place_of(&l->day),
		.url = l->day.url,
		.start_at = l->day.start_at,
		.end_at = l->day.end_at,
		.time_zone = l->day.time_zone,
		.organizer_name = sender_name(s, l),
		.organizer_email = s->email,
		.attendee_name = l->user_name,
		.attendee_email = l->address,
		.partstat = partstat(l->answer),
		.rsvp = partstat(l->answer) == ICS_NEEDS_ACTION,
	};
}

struct str mail_file(struct arena *a, const struct mail_sender *s, const struct letters *l)
{
	if (!l->n)
		return STR("");
	struct ics_event *events = ARENA_ARRAY(a, struct ics_event, l->n);
	for (size_t i = 0; i < l->n; i++)
		events[i] = mail_event(a, s, &l->items[i]);
	return ics_write(a, ICS_FILE, events, l->n, NULL);
}

/* ---- words */
static struct str offset_words(struct arena *a, struct str zone, int64_t at)
{
	const struct tz *z = tz_get(zone);
	int minutes = z ? tz_offset(z, at) / 60 : 0, size = minutes < 0 ? -minutes : minutes;
	return str_fmt(a, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

static struct str when_words(const struct text *t, const struct letter_day *d, struct str zone)
{
	return t_mail_when_offset(
		t, when_day_range(t, d->start_at, d->end_at, zone, WHEN_YEAR), offset_words(t->arena, zone, d->start_at));
}

static void line(struct mail_view *v, struct str label, struct str value, struct str href, bool struck)
{
	if (!str_is_empty(value))
		v->lines[v->lines_n++] = (struct mail_line){ label, value, href, struck };
}

static struct str link_of(struct str url)
{
	return str_starts(url, STR("https://")) || str_starts(url, STR("http://")) ? url : STR("");
}

/* These have no calendar entry, and say all the same what it is about. Several days have a programme. */
static bool has_one_day(const struct letter *l)
{
	return l->days_n == 1 &&
		(l->kind == LETTER_WAITING || l->kind == LETTER_WAITING_CHANGED || l->kind == LETTER_WAITING_CANCELLED ||
			l->kind == LETTER_REMINDER || l->kind == LETTER_CONFIRM);
}

static void fill_time(const struct text *t, const struct letter *l, const struct letter_day *d, struct mail_view *v)
{
	struct str now = when_words(t, d, d->time_zone);
	struct when_tile tile = when_tile(t, d->start_at, d->time_zone);
	v->month = tile.month;
	v->day = tile.day;
	v->weekday = tile.weekday;
	if (l->has_previous) {
		struct str before = when_words(t, &l->previous, l->previous.time_zone);
		line(v, t_mail_before_when(t), str_eq(before, now) ? STR("") : before, STR(""), true);
	}
	line(v, t_mail_when(t), now, STR(""), false);
	if (!str_is_empty(when_your_time(t, d->start_at, d->end_at, d->time_zone, l->zone)))
		line(v, t_mail_your_time(t), when_words(t, d, l->zone), STR(""), false);
	if (l->has_previous)
		line(v, t_mail_before_where(t), str_eq(place_of(&l->previous), place_of(d)) ? STR("") : place_of(&l->previous),
			STR(""), true);
	line(v, t_mail_where(t), d->location, STR(""), false);
	line(v, t_mail_link(t), d->url, link_of(d->url), false);
}

static void fill_programme(const struct text *t, const struct letter *l, struct mail_view *v)
{
	v->programme = t_mail_programme(t);
	v->days = ARENA_ARRAY(t->arena, struct mail_line, l->days_n);
	for (size_t i = 0; i < l->days_n; i++) {
		const struct letter_day *d = &l->days[i];
		struct str when = when_words(t, d, d->time_zone), place = place_of(d);
		v->days[v->days_n++] = (struct mail_line){ .label = t_mail_programme_day(t, d->position),
			.value = str_is_empty(place) ? when : t_mail_programme_line(t, when, place) };
	}
}

static size_t paragraphs(struct arena *a, struct str words, struct str **out)
{
	size_t n = 0, cap = 0;
	struct str part;
	*out = NULL;
	while (str_split(&words, '\n', &part))
		if (!str_is_empty(str_trim(part)))
			*VEC_PUSH(a, *out, n, cap) = str_trim(part);
	return n;
}

static bool has_event(const struct letter *l)
{
	return l->kind == LETTER_INVITE || l->kind == LETTER_UPDATE || l->kind == LETTER_CANCEL;
}

static struct str intro(const struct text *t, const struct letter *l)
{
	switch (l->kind) {
	case LETTER_INVITE:
		if (l->days_n > 1 && l->position > 1)
			return t_mail_intro_invite_day(t, l->position, (int64_t)l->days_n);
		return l->waited ? t_mail_intro_seat(t) : t_mail_intro_invite(t);
	case LETTER_UPDATE: return str_eq(l->answer, STR("none")) ? t_mail_intro_update_asks(t) : t_mail_intro_update(t);
	case LETTER_CANCEL: return t_mail_intro_cancel(t);
	case LETTER_CANCELLED: return t_mail_intro_cancelled(t);
	case LETTER_WAITING: return t_mail_intro_waiting(t);
	case LETTER_WAITING_CHANGED: return t_mail_intro_waiting_changed(t);
	case LETTER_WAITING_CANCELLED: return t_mail_intro_waiting_cancelled(t);
	case LETTER_CHOOSE: return t_mail_intro_choose(t);
	case LETTER_REMINDER:
		return str_eq(l->answer, STR("accepted")) ? t_mail_intro_reminder(t)
			: str_eq(l->answer, STR("tentative")) ? t_mail_intro_reminder_maybe(t)
												  : t_mail_intro_reminder_asks(t);
	case LETTER_CONFIRM: return t_mail_intro_confirm(t);
	case LETTER_TEST: return t_mail_intro_test(t);
	case LETTER_PASSWORD_FORGOTTEN: return t_mail_intro_password_forgotten(t);
	case LETTER_PASSWORD_GIVEN: return t_mail_intro_password_given(t);
	case LETTER_PASSWORD_CHANGED: return t_mail_intro_password_changed(t);
	}
	return STR("");
}

/* A subject says when as well, so a title that would push it out ends early. */
static struct str short_title(struct arena *a, struct str title)
{
	if (title.n <= SUBJECT_TITLE_BYTES)
		return title;
	return str_fmt(a, STR_FMT "…", STR_ARG(scrub_line(a, title, SUBJECT_TITLE_BYTES)));
}

/* Tomorrow is another date where it takes place, however many hours that is. */
static struct str reminder_subject(const struct text *t, const struct letter *l, struct str what)
{
	if (!l->days_n)
		return what;
	const struct letter_day *d = &l->days[0];
	const struct tz *z = tz_get(d->time_zone);
	int64_t offset_now = z ? tz_offset(z, l->stamped_at) : 0, offset_then = z ? tz_offset(z, d->start_at) : 0;
	int64_t days = (d->start_at + offset_then) / DAY_SECONDS - (l->stamped_at + offset_now) / DAY_SECONDS;
	struct str when = when_day_range(t, d->start_at, d->end_at, d->time_zone, WHEN_YEAR);
	return days <= 0 ? t_mail_subject_reminder_today(t, what, when)
		: days == 1  ? t_mail_subject_reminder_tomorrow(t, what, when)
					 : t_mail_subject_reminder(t, days, what, when);
}

static struct str subject(const struct text *t, const struct letter *l)
{
	struct str what = short_title(t->arena, l->summary);
	struct str when =
		has_event(l) ? when_day_range(t, l->day.start_at, l->day.end_at, l->day.time_zone, WHEN_YEAR) : STR("");
	switch (l->kind) {
	case LETTER_INVITE: return t_mail_subject_invite(t, what, when);
	case LETTER_UPDATE: return t_mail_subject_update(t, what, when);
	case LETTER_CANCEL: return t_mail_subject_cancel(t, what, when);
	case LETTER_CANCELLED: return t_mail_subject_cancelled(t, what);
	case LETTER_WAITING: return t_mail_subject_waiting(t, what);
	case LETTER_WAITING_CHANGED: return t_mail_subject_waiting_changed(t, what);
	case LETTER_WAITING_CANCELLED: return t_mail_subject_cancelled(t, what);
	case LETTER_CHOOSE: return t_mail_subject_choose(t, short_title(t->arena, l->title));
	case LETTER_REMINDER: return reminder_subject(t, l, what);
	case LETTER_CONFIRM: return t_mail_subject_confirm(t, what);
	case LETTER_TEST: return t_mail_subject_test(t, l->title);
	case LETTER_PASSWORD_FORGOTTEN: return t_mail_subject_password_forgotten(t, short_title(t->arena, l->title));
	case LETTER_PASSWORD_GIVEN: return t_mail_subject_password_given(t, short_title(t->arena, l->title));
	case LETTER_PASSWORD_CHANGED: return t_mail_subject_password_changed(t, short_title(t->arena, l->title));
	}
	return STR("");
}

/* Which ways to answer there are. */
static struct str footer(const struct text *t, const struct mail_sender *s, const struct letter *l, bool asks)
{
	struct str name = sender_name(s, l);
	bool whole = l->days_n <= 1;
	if (l->kind == LETTER_CONFIRM || l->kind == LETTER_REMINDER || (!asks && l->kind != LETTER_INVITE))
		return t_mail_footer_plain(t, name);
	if (!s->reads_replies)
		return asks ? t_mail_footer(t, name) : t_mail_footer_plain(t, name);
	return whole ? t_mail_footer_replies(t, name)
		: asks   ? t_mail_footer_replies_days(t, name)
				 : t_mail_footer_replies_day(t, name);
}

static bool is_about_account(const struct letter *l)
{
	return l->kind >= LETTER_TEST;
}

/* About no enrollment: the test message, and passwords. */
static void fill_account(const struct text *t, const struct mail_sender *s, const struct letter *l, struct mail_view *v)
{
	struct arena *a = t->arena;
	struct str at = t_mail_when_offset(t, when_instant(t, l->at, l->zone, WHEN_YEAR), offset_words(a, l->zone, l->at));
	v->footer = t_mail_footer_plain(t, sender_name(s, l));
	if (l->kind == LETTER_TEST) {
		v->links[v->links_n++] = (struct mail_button){ t_mail_settings(t),
			str_fmt(a, STR_FMT "/settings#mail-title", STR_ARG(s->base_url)), false };
	} else if (l->kind == LETTER_PASSWORD_CHANGED) {
		line(v, t_mail_when(t), at, STR(""), false);
		v->links[v->links_n++] =
			(struct mail_button){ t_mail_password_ask(t), str_fmt(a, STR_FMT "/forgot", STR_ARG(s->base_url)), false };
		v->footer = t_mail_footer_password_changed(t, sender_name(s, l));
	} else {
		line(v, t_mail_password_login(t), l->login, STR(""), false);
		line(v, t_mail_password_until(t), at, STR(""), false);
		v->buttons[v->buttons_n++] = (struct mail_button){ t_mail_password_set(t),
			str_fmt(a, STR_FMT "/password/" STR_FMT, STR_ARG(s->base_url), STR_ARG(l->token)), true };
		if (l->kind == LETTER_PASSWORD_FORGOTTEN)
			v->footer = t_mail_footer_password_forgotten(t, sender_name(s, l));
	}
}

static void fill_buttons(const struct text *t, const struct mail_sender *s, const struct letter *l, struct mail_view *v)
{
	struct arena *a = t->arena;
	bool confirms = l->kind == LETTER_CONFIRM;
	bool reminds = l->kind == LETTER_REMINDER, leaves = reminds && str_eq(l->answer, STR("accepted"));
	bool asks = (l->kind == LETTER_INVITE && l->position == 1) || l->kind == LETTER_UPDATE || confirms || reminds;
	if (leaves) {
		v->buttons[v->buttons_n++] = (struct mail_button){ t_mail_decline(t), answer_url(a, s, l, "decline"), false };
	} else if (asks) {
		v->buttons[v->buttons_n++] = (struct mail_button){ t_mail_accept(t), answer_url(a, s, l, "accept"), !confirms };
		v->buttons[v->buttons_n++] = (struct mail_button){ t_mail_maybe(t), answer_url(a, s, l, "maybe"), false };
		v->buttons[v->buttons_n++] =
			(struct mail_button){ t_mail_decline(t), answer_url(a, s, l, "decline"), confirms };
	}
	if (asks)
		v->links[v->links_n++] = (struct mail_button){ t_mail_add(t),
			str_fmt(a, STR_FMT "/rsvp/" STR_FMT "/invite.ics", STR_ARG(s->base_url), STR_ARG(l->token)), false };
	if (l->kind == LETTER_CHOOSE)
		v->buttons[v->buttons_n++] = (struct mail_button){ t_mail_choose(t),
			str_fmt(a, STR_FMT "/me/trainings/%lld/choose", STR_ARG(s->base_url), (long long)l->enrollment), true };
	v->links[v->links_n++] = (struct mail_button){ t_mail_mine(t), mine_url(a, s, l), false };
	v->footer = footer(t, s, l, asks);
}

static void fill(const struct text *t, const struct mail_sender *s, const struct letter *l, struct mail_view *v)
{
	bool whole =
		(l->kind == LETTER_INVITE && l->position == 1) || l->kind == LETTER_CHOOSE || l->kind == LETTER_WAITING;
	*v = (struct mail_view){
		.lang = str_from(text_locale_tag(l->locale)),
		.dir = text_locale_is_rtl(l->locale) ? STR("rtl") : STR("ltr"),
		.title = subject(t, l),
		.hello = t_mail_hello(t, l->user_name),
		.intro = intro(t, l),
		.what = l->kind == LETTER_CHOOSE ? l->title : l->summary,
		.lines = ARENA_ARRAY(t->arena, struct mail_line, LINES_MAX),
		.buttons = ARENA_ARRAY(t->arena, struct mail_button, LABELS_MAX),
		.links = ARENA_ARRAY(t->arena, struct mail_button, LABELS_MAX),
	};
	if (is_about_account(l)) {
		fill_account(t, s, l, v);
		return;
	}
	if (has_event(l))
		fill_time(t, l, &l->day, v);
	else if (has_one_day(l))
		fill_time(t, l, &l->days[0], v);
	if (l->kind != LETTER_CANCEL && l->kind != LETTER_CANCELLED) {
		if (l->kind != LETTER_WAITING_CANCELLED)
			line(v, t_mail_instructor(t), l->instructor, STR(""), false);
		line(v, t_mail_organizer(t), l->organizer, STR(""), false);
		if (l->days_n > 1 && l->position <= 1)
			fill_programme(t, l, v);
		if (!str_is_empty(l->message)) {
			v->quote_head = t_mail_from_organizer(t, l->organizer);
			v->quote_n = paragraphs(t->arena, l->message, &v->quote);
		}
	}
	if (whole && !str_is_empty(l->description)) {
		v->about_head = t_mail_about(t);
		v->about_n = paragraphs(t->arena, l->description, &v->about);
	}
	fill_buttons(t, s, l, v);
}

/* ---- the plain twin */
static void put_line(struct buf *b, struct str s)
{
	buf_put(b, s);
	buf_char(b, '\n');
}

static void put_lines(struct buf *b, const struct text *t, const struct mail_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_line(b, t_mail_line(t, lines[i].label, lines[i].value));
}

static void put_buttons(struct buf *b, const struct text *t, const struct mail_button *buttons, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_line(b, t_mail_line(t, buttons[i].label, buttons[i].href));
}

static struct str plain(const struct text *t, const struct mail_view *v)
{
	struct buf b = buf_new(t->arena);
	put_line(&b, v->hello);
	put_line(&b, v->intro);
	BUF_LIT(&b, "\n");
	put_line(&b, v->what);
	put_lines(&b, t, v->lines, v->lines_n);
	if (v->days_n) {
		BUF_LIT(&b, "\n");
		put_line(&b, v->programme);
		put_lines(&b, t, v->days, v->days_n);
	}
	if (v->quote_n) {
		BUF_LIT(&b, "\n");
		put_line(&b, v->quote_head);
		for (size_t i = 0; i < v->quote_n; i++) {
			BUF_LIT(&b, "> ");
			put_line(&b, v->quote[i]);
		}
	}
	if (v->about_n) {
		BUF_LIT(&b, "\n");
		put_line(&b, v->about_head);
		for (size_t i = 0; i < v->about_n; i++)
			put_line(&b, v->about[i]);
	}
	BUF_LIT(&b, "\n");
	put_buttons(&b, t, v->buttons, v->buttons_n);
	put_buttons(&b, t, v->links, v->links_n);
	BUF_LIT(&b, "\n-- \n");
	put_line(&b, v->footer);
	return buf_str(&b);
}

bool mail_render(struct arena *a, const struct mail_sender *s, const struct letter *l, struct mail *out)
{
	struct text text = { a, l->locale };
	struct mail_view v;
	struct buf html = buf_new(a);
	if (!mail_address_ok(l->address))
		return false;
	fill(&text, s, l, &v);
	buf_reserve(&html, HTML_BYTES);
	tpl_mail_message(&html, &text, &v);
	*out = (struct mail){
		.from_name = sender_name(s, l),
		.from_email = s->email,
		.to_name = l->user_name,
		.to_email = l->address,
		.subject = v.title,
		.message_id = message_id(a, s, l->id, l->sequence),
		.in_reply_to = STR(""),
		.references = STR(""),
		.date = l->stamped_at,
		.text_plain = plain(&text, &v),
		.text_html = buf_str(&html),
		.calendar = STR(""),
		.calendar_method = STR(""),
	};
	if (l->thread != l->id)
		out->in_reply_to = out->references = message_id(a, s, l->thread, l->thread_sequence);
	if (has_event(l)) {
		enum ics_method method = l->kind == LETTER_CANCEL ? ICS_CANCEL : ICS_REQUEST;
		struct ics_event event = mail_event(a, s, l);
		out->calendar = ics_write(a, method, &event, 1, NULL);
		out->calendar_method = ics_method_name(method, &event, 1);
	}
	return true;
}
