// What a calendar answers, as a message: made from the invitation that came.
import { invitationOf } from './smtp.mjs';

export const server = 'mx.example.org'; // the name under which our own mail server speaks

function one(text, name) {
	const unfolded = text.replace(/\r\n[ \t]/g, '');
	return new RegExp(`^${name}[^:\r\n]*:(.*)$`, 'm').exec(unfolded)?.[1].trim();
}
const stamp = (seconds) => new Date(seconds * 1000).toISOString().replace(/[-:]|\.000/g, '');

// What the invitation says, for an answer to it.
export function asked(mail) {
	const { text } = invitationOf(mail);
	return {
		uid: one(text, 'UID'),
		sequence: Number(one(text, 'SEQUENCE') ?? 0),
		stamp: Date.parse(one(text, 'DTSTAMP').replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')) / 1000,
		attendee: one(text, 'ATTENDEE').replace(/^mailto:/i, ''),
		organizer: one(text, 'ORGANIZER').replace(/^mailto:/i, ''),
	};
}

let n = 0;

// A message of a mail program. `to` is what asked() gave. What else may be said: attendee, attendees (lines), params
// (of the one), from, method, sequence, at (DTSTAMP, Unix seconds), proven (our server says that From is who it says),
// head and events (lines), comment, id.
export function reply(to, partstat, more = {}) {
	const from = more.from ?? to.attendee;
	const person = `mailto:${more.attendee ?? to.attendee}`;
	const attendees = more.attendees ?? [`ATTENDEE;PARTSTAT=${partstat}${more.params ?? ''}:${person}`];
	const event = [
		'BEGIN:VEVENT',
		`UID:${to.uid}`,
		`SEQUENCE:${more.sequence ?? to.sequence}`,
		`DTSTAMP:${stamp(more.at ?? to.stamp + 60)}`,
		...attendees,
		...(more.comment ? [`COMMENT:${more.comment}`] : []),
		'END:VEVENT',
	];
	const method = more.method ?? 'REPLY';
	const passed = `Authentication-Results: ${server}; dmarc=pass header.from=${from.split('@')[1]}`;
	return [
		...(more.proven ? [passed] : []),
		...(more.head ?? []),
		`From: Somebody <${from}>`,
		`To: ${to.organizer}`,
		`Message-ID: <${more.id ?? `answer-${++n}`}@peer.example>`,
		'MIME-Version: 1.0',
		`Content-Type: text/calendar; charset=utf-8; method=${method}`,
		'',
		'BEGIN:VCALENDAR',
		'VERSION:2.0',
		'PRODID:-//Peer//EN',
		`METHOD:${method}`,
		...event,
		...(more.events ?? []),
		'END:VCALENDAR',
		'',
	].join('\r\n');
}
