// What calendar/ics.c and mail/message.c write, read by implementations that share no code with them: ical.js and
// mailparser. The samples come from the unit tests' programs, which lie beside the program under test.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { simpleParser } from 'mailparser';
import { readCalendar } from '../lib/ics.mjs';

const program = process.env.MUSTER_BIN ?? new URL('../../build-test/muster', import.meta.url).pathname;

// What the unit test `name` prints as its sample.
function sample(name) {
	return execFileSync(join(dirname(program), name), ['--print-sample'], { timeout: 60_000, maxBuffer: 16 << 20 });
}

test('ical.js reads the instants that were written, in every zone', () => {
	const calendar = readCalendar(sample('test_ics').toString('utf8'));
	assert.equal(calendar.method, null);
	assert.equal(calendar.events.length, 400);
	// The UID of a sample event says its start and end in Unix seconds.
	for (const event of calendar.events) {
		const [start, end] = event.uid.split('-').map(Number);
		const where = `${event.uid} in ${event.startZone ?? 'UTC'}`;
		assert.equal(event.start.getTime() / 1000, start, `start of ${where}`);
		assert.equal(event.end.getTime() / 1000, end, `end of ${where}`);
	}
	const zones = new Set(calendar.events.map((event) => event.startZone));
	for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney'])
		assert.ok(zones.has(zone), `${zone} is written as wall time`);
});

test('a feed describes each zone once and has nobody in it', () => {
	const { component, events } = readCalendar(sample('test_ics').toString('utf8'));
	const ids = component.getAllSubcomponents('vtimezone').map((zone) => zone.getFirstPropertyValue('tzid'));
	assert.equal(new Set(ids).size, ids.length);
	for (const zone of component.getAllSubcomponents('vtimezone')) {
		assert.equal(zone.getAllSubcomponents('standard').length, 1);
		assert.ok(zone.getAllSubcomponents('daylight').length <= 1);
	}
	assert.ok(events.every((event) => event.organizer === null && event.attendees.length === 0));
	assert.equal(component.getFirstPropertyValue('name'), 'Sample – all zones');
	assert.equal(component.getFirstPropertyValue('refresh-interval').toString(), 'PT1H');
});

test('mailparser reads the invitation, its names and its two copies', async () => {
	const raw = sample('test_message');
	const mail = await simpleParser(raw);
	assert.equal(mail.subject, 'Einladung: Erste Hilfe – Grundkurs');
	assert.deepEqual(mail.from.value, [{ address: 'training@train.example', name: 'Example Academy' }]);
	assert.deepEqual(mail.to.value, [{ address: 'ana@customer.example', name: 'Ana García, Dr.' }]);
	assert.equal(mail.messageId, '<i.7f3a9c@train.example>');
	assert.equal(mail.inReplyTo, '<i.first@train.example>');
	assert.deepEqual(mail.references, ['<i.first@train.example>', '<i.second@train.example>']);
	assert.equal(mail.date.toISOString(), '2026-11-23T20:00:00.000Z');
	assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
	assert.equal(mail.text, 'Guten Tag,\n\nbitte früh da sein.\n.\nFrom here on.\n');
	assert.match(mail.html, /bitte früh da sein/);

	const [inline, file] = mail.attachments;
	assert.equal(mail.attachments.length, 2);
	assert.equal(inline.contentType, 'text/calendar');
	assert.notEqual(inline.contentDisposition, 'attachment');
	assert.equal(file.contentType, 'application/ics');
	assert.equal(file.contentDisposition, 'attachment');
	assert.equal(file.filename, 'invite.ics');
	assert.ok(inline.content.equals(file.content), 'both copies have the same bytes');
	// mailparser does not keep the parameters of a part.
	const type = /\r\nContent-Type: text\/calendar; charset=utf-8; method=REQUEST;\s+component=VEVENT\r\n/;
	assert.match(raw.toString('latin1'), type);
});

test('the object in the mail is a request to its one recipient', async () => {
	const mail = await simpleParser(sample('test_message'));
	const { method, events: [event, ...others] } = readCalendar(mail.attachments[0].content.toString('utf8'));
	assert.equal(method, 'REQUEST');
	assert.equal(others.length, 0);
	assert.equal(event.summary, 'Erste Hilfe – Grundkurs');
	assert.equal(event.start.toISOString(), '2027-03-18T08:00:00.000Z');
	assert.equal(event.end.toISOString(), '2027-03-18T15:30:00.000Z');
	assert.equal(event.status, 'CONFIRMED');
	assert.equal(event.organizer.address, mail.from.value[0].address);
	const [{ address }] = mail.to.value;
	assert.deepEqual(event.attendees,
		[{ address, name: 'Ana Garcia', partstat: 'NEEDS-ACTION', rsvp: 'TRUE', role: 'REQ-PARTICIPANT' }]);
});
