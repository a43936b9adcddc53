/* What the mails say: subject, both bodies, calendar object, and what makes a repetition the same message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "base/crypt.h"
#include "base/tz.h"
#include "mail/render.h"

static struct arena *arena;
static const unsigned char key[CRYPT_KEY_BYTES] = { 1, 2, 3 };
static struct mail_sender sender;

static int64_t at(const char *rfc3339)
{
	int64_t instant;
	assert_true(tz_rfc3339_parse(str_from(rfc3339), &instant));
	return instant;
}

static struct letter_day days[2];
static struct letter letter;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	assert_true(crypt_init());
	tz_init(NULL);
	sender = (struct mail_sender){ .base_url = STR("https://m.example.org"), .key = key };
	assert_true(mail_sender_parse(arena, STR("\"The Academy\" <training@example.org>"), &sender));
	days[0] = (struct letter_day){ 1, at("2026-12-03T08:00:00Z"), at("2026-12-03T11:00:00Z"), STR("Europe/Berlin"),
		STR("Room 4"), STR("") };
	days[1] = (struct letter_day){ 2, at("2026-12-04T08:00:00Z"), at("2026-12-04T11:00:00Z"), STR("Europe/Berlin"),
		STR(""), STR("https://meet.example.org/x") };
	letter = (struct letter){
		.id = 17,
		.kind = LETTER_INVITE,
		.enrollment = 5,
		.generation = 1,
		.position = 1,
		.sequence = 0,
		.stamped_at = at("2026-11-01T10:00:00Z"),
		.thread = 17,
		.address = STR("ann@example.org"),
		.user_name = STR("Ann Other"),
		.zone = STR("America/New_York"),
		.locale = LOCALE_EN,
		.title = STR("Negotiation basics"),
		.session_title = STR("Morning"),
		.summary = STR("Negotiation basics – Morning"),
		.description = STR("What it is.\n\nWhat it is not."),
		.instructor = STR("M. Okafor"),
		.organizer = STR("Maria L"),
		.message = STR("Bring <b>a pen</b>."),
		.token = STR("5.tok"),
		.starts_at = days[0].start_at,
		.day = days[0],
		.days = days,
		.days_n = 1,
		.answer = STR("none"),
		.mail_name = STR(""),
	};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct mail rendered(void)
{
	struct mail m;
	assert_true(mail_render(arena, &sender, &letter, &m));
	return m;
}

static void a_long_title_leaves_room_for_the_time(void **state)
{
	(void)state;
	char title[600];
	memset(title, 'x', sizeof title);
	letter.summary = (struct str){ title, sizeof title };
	struct mail m = rendered();
	assert_true(m.subject.n < 300);
	assert_true(str_find(m.subject, STR("x…, Thu 3 Dec 2026, 09:00–12:00 Berlin time"), NULL));
	assert_true(str_find(m.text_plain, letter.summary, NULL));
	letter.kind = LETTER_CHOOSE;
	letter.title = letter.summary;
	assert_true(rendered().subject.n < 300);
}

static void has(struct str s, const char *what)
{
	if (!str_find(s, str_from(what), NULL))
		fail_msg("\"%s\" is not in:\n" STR_FMT, what, STR_ARG(s));
}

static void lacks(struct str s, const char *what)
{
	if (str_find(s, str_from(what), NULL))
		fail_msg("\"%s\" is in:\n" STR_FMT, what, STR_ARG(s));
}

static void senders(void **state)
{
	(void)state;
	struct mail_sender s = { .base_url = STR("x") };
	assert_true(str_eq(sender.name, STR("The Academy")) && str_eq(sender.email, STR("training@example.org")));
	assert_true(mail_sender_parse(arena, STR("muster@localhost"), &s));
	assert_true(str_is_empty(s.name) && str_eq(s.email, STR("muster@localhost")) && str_eq(s.base_url, STR("x")));
	const char *bad[] = { "", "Academy", "A <b", "A <>", "A <a b@c>", "A <a@b> x", "A <a@b@c>" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(mail_sender_parse(arena, str_from(bad[i]), &s));
}

static void an_invitation_says_who_what_when_where(void **state)
{
	(void)state;
	struct mail m = rendered();
	assert_true(
		str_eq(m.subject, STR("Invitation: Negotiation basics – Morning, Thu 3 Dec 2026, 09:00–12:00 Berlin time")));
	assert_true(str_eq(m.from_name, STR("The Academy")) && str_eq(m.to_email, STR("ann@example.org")));
	has(m.text_plain, "Hello Ann Other,");
	has(m.text_plain, "When: Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00)\n");
	has(m.text_plain, "Your time: Thu 3 Dec 2026, 03:00–06:00 New York time (UTC-05:00)\n");
	has(m.text_plain, "Where: Room 4\n");
	has(m.text_plain, "Instructor: M. Okafor\n");
	has(m.text_plain, "> Bring <b>a pen</b>.\n");
	has(m.text_plain, "Accept: https://m.example.org/rsvp/5.tok?a=accept&was=");
	has(m.text_plain, "Decline: https://m.example.org/rsvp/5.tok?a=decline&was=");
	has(m.text_plain, "Add to calendar: https://m.example.org/rsvp/5.tok/invite.ics\n");
	has(m.text_plain, "My trainings: https://m.example.org/me/trainings#e5\n");
	has(m.text_html, "Bring &lt;b&gt;a pen&lt;/b&gt;.");
	has(m.text_html, "href=\"https://m.example.org/rsvp/5.tok?a=maybe&amp;was=");
	lacks(m.text_html, "<script");
	lacks(m.text_html, "<style");
	/* Only what is readable on both is declared: a reader that is dark shows the mail as it is. */
	has(m.text_html, "<meta name=\"color-scheme\" content=\"light\">");
	has(m.text_html, "<body bgcolor=\"#ffffff\"");
	has(m.calendar, "METHOD:REQUEST");
	has(m.calendar, "SEQUENCE:0");
	has(m.calendar, "DTSTART;TZID=Europe/Berlin:20261203T090000");
	/* Whoever sees the calendar must not be able to answer. */
	lacks(m.calendar, "5.tok");
	assert_true(str_eq(m.calendar_method, STR("REQUEST")));
}

static void the_first_day_carries_the_programme(void **state)
{
	(void)state;
	letter.days_n = 2;
	struct mail first = rendered();
	has(first.text_plain,
		"Programme\nDay 1: Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00), Room 4\nDay 2: Fri 4 Dec 2026");
	has(first.text_plain, "https://meet.example.org/x\n");
	letter.position = 2;
	letter.day = days[1];
	struct mail second = rendered();
	has(second.text_plain, "this is day 2 of 2");
	lacks(second.text_plain, "Programme");
	lacks(second.text_plain, "/rsvp/");
	has(second.text_plain, "/me/trainings#e5");
	has(second.text_html, "href=\"https://meet.example.org/x\"");
	assert_false(str_eq(mail_event(arena, &sender, &letter).uid, STR("")));
}

static void an_update_says_what_was_before(void **state)
{
	(void)state;
	letter.kind = LETTER_UPDATE;
	letter.sequence = 3;
	letter.has_previous = true;
	letter.previous = (struct letter_day){ .start_at = at("2026-12-01T08:00:00Z"),
		.end_at = at("2026-12-01T11:00:00Z"),
		.time_zone = STR("Europe/Berlin"),
		.location = STR("Room 1") };
	letter.thread = 12;
	letter.answer = STR("accepted");
	struct mail m = rendered();
	has(m.subject, "Changed: ");
	has(m.text_plain, "Before: when: Tue 1 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00)\n");
	has(m.text_plain, "Before: where: Room 1\n");
	has(m.calendar, "SEQUENCE:3");
	struct ics_event event = mail_event(arena, &sender, &letter);
	assert_true(event.partstat == ICS_ACCEPTED && !event.rsvp);
	assert_true(str_starts(m.in_reply_to, STR("o.12.")) && str_eq(m.in_reply_to, m.references));
	/* What stayed is not said to have been different. */
	letter.previous.location = STR("Room 4");
	lacks(rendered().text_plain, "Before: where");
}

static void a_withdrawal_takes_the_entry_out(void **state)
{
	(void)state;
	struct str uid = mail_event(arena, &sender, &letter).uid;
	letter.kind = LETTER_CANCEL;
	letter.sequence = 1;
	struct mail m = rendered();
	has(m.subject, "Cancelled: ");
	has(m.calendar, "METHOD:CANCEL");
	has(m.calendar, "STATUS:CANCELLED");
	has(m.calendar, "SEQUENCE:1");
	has(m.calendar, str_c(arena, uid));
	lacks(m.text_plain, "/rsvp/");
}

static void notes_have_no_calendar(void **state)
{
	(void)state;
	const enum letter_kind kinds[] = { LETTER_CANCELLED, LETTER_WAITING, LETTER_WAITING_CHANGED,
		LETTER_WAITING_CANCELLED, LETTER_CHOOSE };
	const char *subjects[] = { "Cancelled: Negotiation", "Waiting list: Negotiation", "Changed: Negotiation",
		"Cancelled: Negotiation", "Choose a session: Negotiation" };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		letter.kind = kinds[i];
		letter.position = 0;
		struct mail m = rendered();
		has(m.subject, subjects[i]);
		assert_true(str_is_empty(m.calendar) && str_is_empty(m.calendar_method));
	}
	has(rendered().text_plain, "Choose a session: https://m.example.org/me/trainings/5/choose\n");
}

static void a_reminder_says_how_soon_and_how_to_leave(void **state)
{
	(void)state;
	letter.kind = LETTER_REMINDER;
	letter.position = 0;
	letter.day = (struct letter_day){ 0 };
	const struct {
		int64_t before;
		const char *subject;
	} times[] = { { 3600, "Today: " }, { 9 * 3600 + 60, "Tomorrow: " }, { 86400, "Tomorrow: " },
		{ 3 * 86400, "In 3 days: " } };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		letter.stamped_at = letter.days[0].start_at - times[i].before;
		has(rendered().subject, times[i].subject);
	}
	struct mail m = rendered();
	has(m.subject, "Negotiation basics – Morning, Thu 3 Dec 2026, 09:00–12:00 Berlin time");
	has(m.text_plain, "When: Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00)\n");
	has(m.text_plain, "Where: Room 4\n");
	has(m.text_plain, "You have not answered yet");
	has(m.text_plain, "Accept: https://m.example.org/rsvp/");
	assert_true(str_is_empty(m.calendar));
	letter.answer = STR("accepted");
	m = rendered();
	lacks(m.text_plain, "Accept: ");
	has(m.text_plain, "Decline: https://m.example.org/rsvp/");
	has(m.text_plain, "press Decline");
	letter.days_n = 2;
	has(rendered().text_plain, "Day 2: ");
}

static void who_waits_is_told_when_and_where(void **state)
{
	(void)state;
	letter.kind = LETTER_WAITING;
	letter.position = 0;
	letter.day = (struct letter_day){ 0 };
	struct mail m = rendered();
	has(m.text_plain, "When: Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00)\n");
	has(m.text_plain, "Your time: Thu 3 Dec 2026, 03:00–06:00 New York time (UTC-05:00)\n");
	has(m.text_plain, "Where: Room 4\n");
	has(m.text_html, "Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00)");
	has(m.text_html, "Room 4");
	letter.days_n = 2;
	struct str two = rendered().text_plain;
	lacks(two, "When: ");
	has(two, "Day 1: Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00), Room 4\n");
	has(two, "Day 2: ");
	letter.days_n = 1;
	letter.kind = LETTER_WAITING_CHANGED;
	has(rendered().text_plain, "You are still on its waiting list");
	has(rendered().text_plain, "When: Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00)\n");
	letter.kind = LETTER_WAITING_CANCELLED;
	has(rendered().text_plain, "this session is cancelled");
	has(rendered().text_plain, "When: Thu 3 Dec 2026, 09:00–12:00 Berlin time (UTC+01:00)\n");
}

static void who_waited_reads_that_a_seat_is_free(void **state)
{
	(void)state;
	lacks(rendered().text_plain, "waiting list");
	letter.waited = true;
	has(rendered().text_plain, "a seat is free for you");
	has(rendered().text_html, "a seat is free for you");
	letter.days_n = 2;
	letter.position = 2;
	has(rendered().text_plain, "this is day 2 of 2");
}

static void the_same_letter_is_the_same_message(void **state)
{
	(void)state;
	struct str one, two;
	struct mail a = rendered(), b = rendered();
	assert_true(mail_build(arena, &a, &one) && mail_build(arena, &b, &two));
	assert_true(str_eq(one, two));
	letter.sequence++;
	assert_false(str_eq(rendered().message_id, a.message_id));
	struct str uid = mail_event(arena, &sender, &letter).uid;
	letter.sequence++;
	letter.id++;
	letter.address = STR("other@example.org");
	assert_true(str_eq(mail_event(arena, &sender, &letter).uid, uid));
	letter.position = 2;
	assert_false(str_eq(mail_event(arena, &sender, &letter).uid, uid));
	letter.position = 1;
	letter.generation++;
	assert_false(str_eq(mail_event(arena, &sender, &letter).uid, uid));
}

static void the_file_is_the_entry_of_the_mail(void **state)
{
	(void)state;
	struct letters one = { &letter, 1 };
	assert_true(str_eq(mail_file(arena, &sender, &one), rendered().calendar));
	struct letter both[2] = { letter, letter };
	both[1].position = 2;
	both[1].day = days[1];
	struct str file = mail_file(arena, &sender, &(struct letters){ both, 2 });
	lacks(file, "METHOD");
	lacks(file, "ATTENDEE");
	assert_true(str_is_empty(mail_file(arena, &sender, &(struct letters){ NULL, 0 })));
}

static void no_address_is_no_mail(void **state)
{
	(void)state;
	struct mail m;
	letter.address = STR("");
	assert_false(mail_render(arena, &sender, &letter, &m));
	letter.address = STR("a b@example.org");
	assert_false(mail_render(arena, &sender, &letter, &m));
}

static void every_language_has_its_words(void **state)
{
	(void)state;
	for (int l = 0; l < LOCALE_COUNT; l++) {
		letter.locale = (enum text_locale)l;
		struct mail m = rendered();
		struct str bytes;
		assert_true(mail_build(arena, &m, &bytes));
		has(m.text_html, l == LOCALE_AR_XB ? "dir=\"rtl\"" : "dir=\"ltr\"");
	}
}

static void retries_come_less_and_less_often(void **state)
{
	(void)state;
	assert_int_equal(outbox_backoff(1, 0), 30);
	assert_int_equal(outbox_backoff(2, 0), 120);
	assert_int_equal(outbox_backoff(3, 0), 600);
	assert_int_equal(outbox_backoff(4, 0), 3600);
	assert_int_equal(outbox_backoff(5, 0), 14400);
	assert_int_equal(outbox_backoff(50, 0), 14400);
	for (int64_t id = 0; id < 64; id++)
		assert_true(
			outbox_backoff(1, id) >= 30 && outbox_backoff(1, id) <= 34 && outbox_backoff(5, id) <= 14400 * 9 / 8);
}

int main(void)
{
	mail_init();
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_long_title_leaves_room_for_the_time),
		TEST(senders),
		TEST(an_invitation_says_who_what_when_where),
		TEST(the_first_day_carries_the_programme),
		TEST(an_update_says_what_was_before),
		TEST(a_withdrawal_takes_the_entry_out),
		TEST(notes_have_no_calendar),
		TEST(a_reminder_says_how_soon_and_how_to_leave),
		TEST(who_waits_is_told_when_and_where),
		TEST(who_waited_reads_that_a_seat_is_free),
		TEST(the_same_letter_is_the_same_message),
		TEST(the_file_is_the_entry_of_the_mail),
		TEST(no_address_is_no_mail),
		TEST(every_language_has_its_words),
		TEST(retries_come_less_and_less_often),
	};
	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
