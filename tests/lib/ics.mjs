// Calendar objects as another implementation (ical.js) reads them, and checks of their form that a lenient parser
// would not make.
import assert from 'node:assert/strict';
import ICAL from 'ical.js';

// { method, events: [{ uid, sequence, recurrenceId, start, end, startZone, summary, location, url, description, status,
// organizer, attendees: [{ address, name, partstat, rsvp, role }], component }], component }; start and end are Dates.
export function readCalendar(text) {
	assertWellFormed(text);
	const component = new ICAL.Component(ICAL.parse(text));
	assert.equal(component.name, 'vcalendar');
	// The object's own zones, not those that ical.js might know: it has to be complete.
	ICAL.TimezoneService.reset();
	for (const zone of component.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
	const events = component.getAllSubcomponents('vevent').map(readEvent);
	return { method: component.getFirstPropertyValue('method'), events, component };
}

function readEvent(component) {
	const event = new ICAL.Event(component);
	const value = (name) => component.getFirstPropertyValue(name);
	const zone = component.getFirstProperty('dtstart').getParameter('tzid') ?? null;
	if (zone) assert.ok(ICAL.TimezoneService.has(zone), `TZID ${zone} has no VTIMEZONE`);
	return {
		component,
		uid: event.uid,
		sequence: event.sequence ?? 0,
		recurrenceId: value('recurrence-id')?.toString() ?? null,
		start: event.startDate.toJSDate(),
		end: event.endDate.toJSDate(),
		startZone: zone,
		summary: event.summary,
		location: event.location,
		description: event.description,
		url: value('url'),
		status: value('status'),
		stamp: value('dtstamp')?.toJSDate(),
		organizer: person(component.getFirstProperty('organizer')),
		attendees: component.getAllProperties('attendee').map(person),
	};
}

function person(property) {
	if (!property) return null;
	return {
		address: property.getFirstValue().replace(/^mailto:/i, ''),
		name: property.getParameter('cn') ?? null,
		partstat: property.getParameter('partstat') ?? null,
		rsvp: property.getParameter('rsvp') ?? null,
		role: property.getParameter('role') ?? null,
	};
}

// RFC 5545 3.1: CRLF, at most 75 bytes a line, no character cut in two by folding, no control characters.
export function assertWellFormed(text) {
	assert.ok(text.endsWith('\r\n'), `ends with CRLF, not ${JSON.stringify(text.slice(-60))}`);
	assert.ok(!/(^|[^\r])\n/.test(text), 'every line ends with CRLF');
	assert.ok(!/\r(?!\n)/.test(text), 'no CR by itself');
	assert.ok(!/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text), 'no control characters');
	for (const line of text.split('\r\n')) {
		assert.ok(Buffer.byteLength(line) <= 75, `a line of ${Buffer.byteLength(line)} bytes: ${line}`);
		assert.ok(!line.includes('\ufffd'), `a character is cut in two: ${line}`);
	}
}
