/* Reading calendar objects: what ours says about them, libical says too; and what is none is refused. */
#include <libical/ical.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "calendar/ics.h"
#include "calendar/ics_read.h"

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static struct str reply(struct arena *a, const char *lines)
{
	return str_fmt(a,
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n%s"
		"END:VEVENT\r\nEND:VCALENDAR\r\n",
		lines);
}

static struct reply_said one(struct arena *a, const char *lines)
{
	struct ics_object o;
	assert_true(ics_read(a, reply(a, lines), &o));
	assert_true(str_eq(o.method, STR("REPLY")));
	assert_int_equal(o.said_n, 1);
	return o.said[0];
}

static const char *partstat_word(icalparameter_partstat p)
{
	switch (p) {
	case ICAL_PARTSTAT_ACCEPTED: return "ACCEPTED";
	case ICAL_PARTSTAT_DECLINED: return "DECLINED";
	case ICAL_PARTSTAT_TENTATIVE: return "TENTATIVE";
	case ICAL_PARTSTAT_DELEGATED: return "DELEGATED";
	default: return "NEEDS-ACTION";
	}
}

static void test_as_libical_reads_it(void **state)
{
	static const char *const all[] = {
		"UID:a\r\nDTSTAMP:20261123T213244Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x.example\r\n",
		"UID:abc\r\n def\r\n\tghi\r\nSEQUENCE:12\r\nATTENDEE;CN=\"a;b:c,d\";PARTSTAT=DECLINED:mailto:a@x.example\r\n",
		"uid:a\r\nsequence:7\r\nattendee;partstat=TENTATIVE:mailto:a@x.example\r\n",
		"UID:a\r\nATTENDEE;CN=Mar\xc3\r\n \xad"
		"a;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:b@x.example\":mailto:a@x.example\r\n",
		"UID:a\r\nBEGIN:VALARM\r\nUID:b\r\nATTENDEE;PARTSTAT=DECLINED:mailto:b@x.example\r\nEND:VALARM\r\n"
		"ATTENDEE:mailto:a@x.example\r\n",
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct reply_said ours = one(*state, all[i]);
		icalcomponent *theirs = icalparser_parse_string(reply(*state, all[i]).p);
		assert_non_null(theirs);
		icalcomponent *event = icalcomponent_get_first_component(theirs, ICAL_VEVENT_COMPONENT);
		icalproperty *attendee = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
		icalparameter *partstat = icalproperty_get_first_parameter(attendee, ICAL_PARTSTAT_PARAMETER);
		icalproperty *stamp = icalcomponent_get_first_property(event, ICAL_DTSTAMP_PROPERTY);
		assert_true(str_eq(ours.uid, str_from(icalcomponent_get_uid(event))));
		assert_int_equal(ours.sequence, icalcomponent_get_sequence(event));
		assert_int_equal(ours.dtstamp, stamp ? icaltime_as_timet(icalproperty_get_dtstamp(stamp)) : 0);
		assert_true(str_eq(ours.partstat,
			str_from(partstat_word(partstat ? icalparameter_get_partstat(partstat) : ICAL_PARTSTAT_NONE))));
		assert_true(
			str_eq(str_cat(*state, STR("mailto:"), ours.attendee), str_from(icalproperty_get_attendee(attendee))));
		icalcomponent_free(theirs);
	}
}

static void test_text(void **state)
{
	assert_true(
		str_eq(one(*state, "UID:a\r\nCOMMENT:a\\, b\\; c\\\\d\\nnext\\\r\n").comment, STR("a, b; c\\d\nnext\\")));
	/* Bidi overrides and control characters do not come through. */
	assert_true(str_eq(one(*state, "UID:a\r\nCOMMENT:x\xe2\x80\xaey\x01z\r\n").comment, STR("xy z")));
	assert_true(str_eq(one(*state, "UID:a\r\nATTENDEE:MAILTO:A%2BB@X.example\r\n").attendee, STR("a+b@x.example")));
	assert_true(str_eq(one(*state, "UID:a\r\nATTENDEE:urn:uuid:1\r\n").attendee, STR("")));
	struct buf b = buf_new(*state);
	BUF_LIT(&b, "UID:a\r\nCOMMENT:");
	for (int i = 0; i < 3000; i++)
		BUF_LIT(&b, "\xc3\xa4");
	BUF_LIT(&b, "\r\n");
	buf_char(&b, 0);
	struct str comment = one(*state, buf_str(&b).p).comment;
	assert_true(comment.n <= REPLY_COMMENT_BYTES && comment.n >= REPLY_COMMENT_BYTES - 4 && str_is_utf8(comment));
}

static void test_numbers(void **state)
{
	assert_int_equal(one(*state, "SEQUENCE:-3\r\n").sequence, 0);
	assert_int_equal(one(*state, "SEQUENCE:99999999999999999999\r\n").sequence, 0);
	assert_int_equal(one(*state, "SEQUENCE:x\r\n").sequence, 0);
	assert_int_equal(one(*state, "DTSTAMP:20270230T000000Z\r\n").dtstamp, 0);
	assert_int_equal(one(*state, "DTSTAMP:2027-02-03T00:00:00Z\r\n").dtstamp, 0);
	assert_int_equal(one(*state, "DTSTAMP;X=\"a:b\":19700102T000001\r\n").dtstamp, 86401);
}

static void test_what_is_none(void **state)
{
	static const char *const all[] = { "", "BEGIN:VCALENDAR\r\n", "BEGIN:VCARD\r\nEND:VCARD\r\n", "hello",
		"BEGIN:VCALENDAR\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nEND:VCALENDAR\n" };
	struct ics_object o;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_false(ics_read(*state, str_from(all[i]), &o));
	/* One object a message: what stands behind it is not read. */
	assert_true(ics_read(*state, str_cat(*state, reply(*state, "UID:a\r\n"), reply(*state, "UID:b\r\n")), &o));
	assert_int_equal(o.said_n, 1);
}

/* What we ask is what comes back: the id, the number and the person. */
static void test_our_own_request(void **state)
{
	struct ics_event e = { .uid = STR("k3v9q2m7x1t8d4c6b5n0a7w2e9@train.example"),
		.sequence = 3,
		.dtstamp = 1795464000,
		.summary = STR("A title; with: signs, and so long that its line has to be folded somewhere in the middle"),
		.start_at = 1805356800,
		.end_at = 1805383800,
		.time_zone = STR("Europe/Berlin"),
		.organizer_email = STR("training@train.example"),
		.attendee_name = STR("Ana \"Dr.\" Garc\xc3\xad"
							 "a; PARTSTAT=X:"),
		.attendee_email = STR("ana@customer.example") };
	struct ics_object o;
	assert_true(ics_read(*state, ics_write(*state, ICS_REQUEST, &e, 1, NULL), &o));
	assert_true(str_eq(o.method, STR("REQUEST")));
	assert_true(str_eq(o.said[0].uid, e.uid) && str_eq(o.said[0].attendee, e.attendee_email));
	assert_int_equal(o.said[0].sequence, 3);
	assert_int_equal(o.said[0].dtstamp, 1795464000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_as_libical_reads_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_our_own_request, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
