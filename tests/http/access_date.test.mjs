// What happens at the access date, and what never happens before it; changes, withdrawals, and a relay that fails.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { readCalendar } from '../lib/ics.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound } from '../lib/organization.mjs';
import { invitationOf, startRelay } from '../lib/smtp.mjs';

let muster, relay, admin, department, n = 0;
const from = 'training@example.org';

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--mail-from', `Academy <${from}>`, '--undo-hold', '0', '--base-url', 'https://muster.example.org'] });
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});
beforeEach(async () => {
	relay.mode = 'accept';
	relay.modes = {};
	if (!relay.listening && relay.refused) { await relay.listen(); relay.refused = false; }
});

const later = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
const wall = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().slice(0, 16);

async function person(extra = {}) {
	const login = `p${++n}`;
	return admin.expect(201, 'POST', '/users', { login, department, first_name: 'Ann', last_name: `Other ${n}`, email: `${login}@example.org`, ...extra });
}
// A training with one session of `days` days, a month ahead.
async function training(days = 1, more = {}) {
	const list = Array.from({ length: days }, (_, i) => ({ start: wall((30 + i) * 86400), duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4' }));
	const made = await admin.expect(201, 'POST', '/trainings', { title: `Course ${++n}`, sessions: [{ title: 'Morning', instructor: 'M. Okafor', days: list, ...more }] });
	return { ...made, session: made.sessions[0] };
}
const enroll = (users, t, more = {}) =>
	admin.expect(201, 'POST', '/enrollments', { audience: { users: users.map((u) => u.id) }, trainings: [{ training: t.id, session: t.session?.id ?? null }], ...more });
const enrollment = async (user, t) => (await admin.all(`/users/${user.id}/enrollments`)).find((e) => e.training === t.id);
const outbox = async (id) => (await admin.all('/outbox')).filter((o) => o.enrollment === id);
const settled = (id) => eventually(async () => { const all = await outbox(id); return all.length && all.every((o) => o.state !== 'waiting') && all; });
const event = (mail) => readCalendar(invitationOf(mail).text).events[0];
const count = (user) => relay.to(user.email).length;

test('before the access date nothing can be seen; at it everything is there', async () => {
	const u = await person(), t = await training(2);
	await muster.cli(['token', u.login]);
	const me = await apiOf(muster, u.login);
	await enroll([u], t, { access_at: later(3600) });
	const e = await enrollment(u, t);
	assert.equal(e.status, 'scheduled');
	assert.deepEqual((await me.expect(200, 'GET', '/me/calendar')).items, []);
	assert.deepEqual((await me.expect(200, 'GET', '/me/notifications')).items, []);
	assert.equal((await me.post(`/enrollments/${e.id}/answer`, { answer: 'accepted' })).status, 404);
	assert.deepEqual(await outbox(e.id), []);
	assert.equal(count(u), 0);

	muster.setClock(muster.clock + 3601);
	const mails = await eventually(() => count(u) >= 2 && relay.to(u.email));
	await settled(e.id);
	assert.equal(mails.length, 2, 'one mail a day');
	const notices = (await me.expect(200, 'GET', '/me/notifications')).items;
	assert.deepEqual(notices.map((x) => x.kind), ['invited']);
	assert.match(notices[0].text, new RegExp(t.title));
	assert.equal((await me.expect(200, 'GET', '/me/calendar')).items.length, 2);
	assert.equal((await enrollment(u, t)).status, 'enrolled');
});

test('an invitation is the tree that mail programs understand', async () => {
	const u = await person({ last_name: 'Ünal' }), t = await training();
	await enroll([u], t, { message: 'Bring a pen.' });
	const mail = await relay.waitFor((m) => m.to.includes(u.email));
	const types = [...mail.raw.matchAll(/^Content-Type: ([^;\r\n]+)/gim)].map((m) => m[1].toLowerCase());
	assert.deepEqual(types, ['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'text/calendar', 'application/ics']);
	assert.match(mail.raw, /Content-Type: text\/calendar[^\n]*(\r\n[ \t][^\n]*)*method=REQUEST/i);
	assert.equal(invitationOf(mail).text, invitationOf(mail, 'attachment').text);
	assert.equal(mail.from, from);
	assert.equal(mail.parsed.from.value[0].address, from);
	assert.equal(mail.parsed.to.value.length, 1);
	assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
	const calendar = readCalendar(invitationOf(mail).text), e = calendar.events[0];
	assert.equal(calendar.method, 'REQUEST');
	assert.equal(calendar.events.length, 1);
	assert.equal(e.sequence, 0);
	assert.equal(e.organizer.address, from);
	assert.deepEqual(e.attendees.map((a) => [a.address, a.partstat]), [[u.email, 'NEEDS-ACTION']]);
	assert.equal(e.start.toISOString(), new Date(t.session.days[0].start_at).toISOString());
	assert.match(e.uid, /^[\w-]{26}@example\.org$/);
	for (const words of [mail.text, mail.html])
		for (const what of [t.title, 'Berlin time', 'UTC+', 'Room 4', 'M. Okafor', 'Bring a pen.', '/rsvp/', '/me/trainings'])
			assert.ok(words.includes(what), what);
	assert.doesNotMatch(mail.html, /<script|<style|src=/);
});

test('somebody without an address gets the notification only', async () => {
	const u = await person({ email: null }), t = await training();
	await enroll([u], t);
	const me = await apiOf(muster, u.login);
	await eventually(async () => (await me.expect(200, 'GET', '/me/notifications')).items.length === 1);
	assert.deepEqual(await outbox((await enrollment(u, t)).id), []);
});

test('a change is the same entry with a higher SEQUENCE, in the same conversation', async () => {
	const u = await person(), t = await training();
	await enroll([u], t);
	const first = await relay.waitFor((m) => m.to.includes(u.email));
	const e = await enrollment(u, t);
	await settled(e.id);
	await admin.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: 'accepted' });
	const day = t.session.days[0], moved = wall(40 * 86400);
	await admin.expect(200, 'PATCH', `/sessions/${t.session.id}`, { days: [{ id: day.id, start: moved, duration: 3600, time_zone: 'America/New_York', location: 'Room 9' }] });
	const second = await relay.waitFor((m) => m.to.includes(u.email) && m !== first);
	assert.match(second.subject, /^Changed: /);
	assert.equal(event(second).uid, event(first).uid);
	assert.equal(event(second).sequence, 1);
	assert.equal(invitationOf(second).method, 'REQUEST');
	assert.equal(event(second).attendees[0].partstat, 'NEEDS-ACTION');
	assert.equal(event(second).location, 'Room 9');
	assert.notEqual(second.messageId, first.messageId);
	assert.equal(second.parsed.inReplyTo, first.messageId);
	assert.match(second.text, /Before: when: .*Berlin time/);
	assert.match(second.text, /New York time \(UTC-0[45]:00\)/);
	assert.match(second.text, /Before: where: Room 4/);
});

test('cancelling withdraws the entry; what has not left is never sent', async () => {
	const u = await person(), t = await training();
	await enroll([u], t);
	const first = await relay.waitFor((m) => m.to.includes(u.email));
	const e = await enrollment(u, t);
	await settled(e.id);
	await admin.expect(204, 'DELETE', `/enrollments/${e.id}`);
	const second = await relay.waitFor((m) => m.to.includes(u.email) && m !== first);
	assert.equal(invitationOf(second).method, 'CANCEL');
	assert.match(second.raw, /method=CANCEL/i);
	assert.match(second.subject, /^Cancelled: /);
	assert.equal(event(second).uid, event(first).uid);
	assert.ok(event(second).sequence > event(first).sequence);
	assert.equal(event(second).status, 'CANCELLED');
	assert.equal(event(second).start.getTime(), event(first).start.getTime());

	// Enrolled anew it is another entry.
	await enroll([u], t);
	const third = await relay.waitFor((m) => m.to.includes(u.email) && m !== first && m !== second);
	assert.equal(invitationOf(third).method, 'REQUEST');
	assert.notEqual(event(third).uid, event(first).uid);

	const v = await person();
	relay.refused = true;
	await relay.refuse();
	await enroll([v], t);
	// It has been tried, or a try would end behind the jump of the clock and the next be due a minute later.
	const waiting = await eventually(async () => (await outbox((await enrollment(v, t)).id)).find((o) => o.last_error));
	assert.equal(waiting.state, 'waiting');
	const id = waiting.enrollment;
	await admin.expect(204, 'DELETE', `/enrollments/${id}`);
	await relay.listen();
	relay.refused = false;
	muster.setClock(muster.clock + 3600);
	await eventually(async () => (await outbox(id)).every((o) => o.state !== 'waiting'));
	assert.deepEqual([...new Set((await outbox(id)).map((o) => o.state))], ['dropped']);
	assert.equal(count(v), 0);
});

test('who is not told yet is not moved to where it would be too late', async () => {
	const u = await person(), day = (n) => [{ start: wall(n * 86400), duration: 7200, time_zone: 'Europe/Berlin' }];
	const made = await admin.expect(201, 'POST', '/trainings', { title: `Course ${++n}`, sessions: [{ title: 'Late', days: day(30) }, { title: 'Soon', days: day(10) }] });
	const [late, soon] = ['Late', 'Soon'].map((title) => made.sessions.find((s) => s.title === title)), t = { ...made, session: late };
	await enroll([u], t, { access_at: later(20 * 86400) });
	const e = await enrollment(u, t);
	const refused = await admin.expect(422, 'PATCH', `/enrollments/${e.id}`, { session: soon.id });
	assert.equal(refused.errors[0].field, 'access_at');
	await admin.expect(200, 'PATCH', `/enrollments/${e.id}`, { session: soon.id, access_at: later(5 * 86400) });
	await admin.expect(200, 'PATCH', `/enrollments/${e.id}`, { session: late.id, access_at: later(20 * 86400) });
	// Moved by an enrollment, they are told when the others are.
	const told = later(5 * 86400);
	await admin.expect(201, 'POST', '/enrollments', {
		audience: { users: [u.id] },
		trainings: [{ training: t.id, session: soon.id }],
		decisions: [{ user: u.id, training: t.id, do: 'move' }],
		access_at: told,
	});
	const moved = await admin.expect(200, 'GET', `/enrollments/${e.id}`);
	assert.deepEqual([moved.session, moved.access_at], [soon.id, told]);
	await admin.expect(204, 'DELETE', `/enrollments/${e.id}`);
});

test('cancelled before it left means no mail at all', async () => {
	const u = await person(), t = await training();
	await enroll([u], t, { access_at: later(3600) });
	const e = await enrollment(u, t);
	await admin.expect(204, 'DELETE', `/enrollments/${e.id}`);
	muster.setClock(muster.clock + 3700);
	const w = await person();
	await enroll([w], t);
	await relay.waitFor((m) => m.to.includes(w.email));
	assert.equal(count(u), 0);
	assert.deepEqual(await outbox(e.id), []);
});

test('a session that loses a day withdraws that day, and a new one is invited', async () => {
	const u = await person(), t = await training(2);
	await enroll([u], t);
	await eventually(() => count(u) === 2);
	const e = await enrollment(u, t);
	await settled(e.id);
	const [one] = t.session.days;
	const keep = { id: one.id, start: one.start, duration: one.duration, time_zone: one.time_zone, location: one.location };
	await admin.expect(200, 'PATCH', `/sessions/${t.session.id}`, { days: [keep] });
	const cancel = await relay.waitFor((m) => m.to.includes(u.email) && invitationOf(m).method === 'CANCEL');
	const second = relay.to(u.email).find((m) => /day 2/.test(m.subject));
	assert.equal(event(cancel).uid, event(second).uid);
});

test('moving to another session updates the entry', async () => {
	const u = await person(), t = await training();
	const other = await admin.expect(201, 'POST', `/trainings/${t.id}/sessions`,
		{ title: 'Evening', days: [{ start: wall(50 * 86400), duration: 3600, time_zone: 'Europe/Berlin', location: 'Hall' }] });
	await enroll([u], t);
	const first = await relay.waitFor((m) => m.to.includes(u.email));
	const e = await enrollment(u, t);
	await settled(e.id);
	await admin.expect(200, 'PATCH', `/enrollments/${e.id}`, { session: other.id });
	const second = await relay.waitFor((m) => m.to.includes(u.email) && m !== first);
	assert.equal(event(second).uid, event(first).uid);
	assert.equal(event(second).sequence, 1);
	assert.match(second.subject, /Evening/);
	assert.equal(event(second).start.toISOString(), new Date(other.days[0].start_at).toISOString());
});

test('a full session says so; who gets the seat is invited', async () => {
	const a = await person(), b = await person(), t = await training(1, { capacity: 1 });
	await enroll([a, b], t);
	const note = await relay.waitFor((m) => m.to.includes(b.email));
	assert.match(note.subject, /^Waiting list: /);
	assert.equal(invitationOf(note), null);
	for (const words of [note.text, note.html])
		for (const what of ['When', 'Berlin time', 'UTC+', 'Room 4', 'M. Okafor']) assert.ok(words.includes(what), what);
	await relay.waitFor((m) => m.to.includes(a.email));
	await settled((await enrollment(a, t)).id);
	await admin.expect(204, 'DELETE', `/enrollments/${(await enrollment(a, t)).id}`);
	const seat = await relay.waitFor((m) => m.to.includes(b.email) && m !== note);
	assert.equal(invitationOf(seat).method, 'REQUEST');
	assert.match(seat.text, /a seat is free for you/);
	assert.doesNotMatch(relay.to(a.email)[0].text, /seat is free/);
	const me = await apiOf(muster, b.login);
	assert.ok((await me.expect(200, 'GET', '/me/notifications')).items.some((x) => x.kind === 'seat'));
});

test('who chooses a session is asked to, without an entry until then', async () => {
	const u = await person(), t = await training();
	await enroll([u], { id: t.id });
	const note = await relay.waitFor((m) => m.to.includes(u.email));
	assert.match(note.subject, /^Choose a session: /);
	assert.equal(invitationOf(note), null);
	assert.match(note.text, new RegExp(`/me/trainings/${(await enrollment(u, t)).id}/choose`));
});

test('a new address gets the entry, the old one loses it', async () => {
	const u = await person(), t = await training();
	await enroll([u], t);
	const first = await relay.waitFor((m) => m.to.includes(u.email));
	const e = await enrollment(u, t);
	await settled(e.id);
	const fresh = `new.${u.login}@example.org`;
	await admin.expect(200, 'PATCH', `/users/${u.id}`, { email: fresh });
	const day = t.session.days[0];
	await admin.expect(200, 'PATCH', `/sessions/${t.session.id}`, { days: [{ id: day.id, start: day.start, duration: 3600, time_zone: day.time_zone, location: day.location }] });
	const there = await relay.waitFor((m) => m.to.includes(fresh));
	const gone = await relay.waitFor((m) => m.to.includes(u.email) && m !== first);
	assert.equal(invitationOf(there).method, 'REQUEST');
	assert.equal(invitationOf(gone).method, 'CANCEL');
	assert.ok(!gone.raw.includes(fresh) && !there.raw.includes(`<${u.email}>`));
});

test('an address that comes back before the other was reached keeps its entry', async () => {
	const u = await person(), t = await training();
	await enroll([u], t);
	await relay.waitFor((m) => m.to.includes(u.email));
	const e = await enrollment(u, t);
	await settled(e.id);
	const fresh = `never.${u.login}@example.org`, day = t.session.days[0];
	relay.modes = { [fresh]: 'rcpt-4xx' };
	const change = async (email, duration) => {
		await admin.expect(200, 'PATCH', `/users/${u.id}`, { email });
		await admin.expect(200, 'PATCH', `/sessions/${t.session.id}`, { days: [{ id: day.id, start: day.start, duration, time_zone: day.time_zone, location: day.location }] });
	};
	await change(fresh, 3600);
	await eventually(async () => (await outbox(e.id)).some((o) => o.state === 'waiting' && o.last_error));
	await change(u.email, 1800);
	await eventually(async () => { muster.setClock(muster.clock + 60); return (await outbox(e.id)).every((o) => o.state !== 'waiting'); });
	const last = event(relay.to(u.email).at(-1));
	assert.equal(invitationOf(relay.to(u.email).at(-1)).method, 'REQUEST');
	assert.equal(last.end - last.start, 1_800_000);
	assert.equal(relay.to(fresh).length, 0);
	assert.ok(relay.to(u.email).every((m) => invitationOf(m).method === 'REQUEST'));
	await assertSound(muster);
});

test('a relay that is down stops no page; mail waits and leaves when it is back', async () => {
	const u = await person(), t = await training();
	relay.refused = true;
	await relay.refuse();
	await enroll([u], t);
	const e = await enrollment(u, t);
	const tried = await eventually(async () => (await outbox(e.id)).find((o) => o.attempts === 1 && o.last_error));
	assert.equal(tried.state, 'waiting');
	const web = await signedIn(muster, 'admin'), begun = Date.now();
	for (let i = 0; i < 5; i++) assert.equal((await web.get('/outbox')).status, 200);
	assert.ok(Date.now() - begun < 5000);
	await relay.listen();
	relay.refused = false;
	muster.setClock(muster.clock + 60);
	await relay.waitFor((m) => m.to.includes(u.email));
	const [sent] = await settled(e.id);
	assert.deepEqual([sent.state, sent.attempts, sent.last_error], ['sent', 2, null]);
	assert.equal(count(u), 1);
});

test('a lost answer is repeated as the same message', async () => {
	const u = await person(), t = await training();
	relay.modes[u.email] = 'drop';
	await enroll([u], t);
	const first = await relay.waitFor((m) => m.to.includes(u.email));
	const e = await enrollment(u, t);
	await eventually(async () => (await outbox(e.id)).find((o) => o.last_error));
	relay.modes[u.email] = 'accept';
	muster.setClock(muster.clock + 60);
	await eventually(() => count(u) === 2);
	assert.equal(relay.to(u.email)[1].raw, first.raw);
});

test('what a relay refuses for now is tried again, what it refuses for good is failed', async () => {
	const a = await person(), b = await person(), c = await person(), t = await training();
	relay.modes[a.email] = 'rcpt-4xx';
	relay.modes[b.email] = 'rcpt-5xx';
	await enroll([a, b, c], t);
	await relay.waitFor((m) => m.to.includes(c.email));
	const of = async (u) => (await outbox((await enrollment(u, t)).id))[0];
	const waits = await eventually(async () => { const o = await of(a); return o.last_error && o; });
	assert.equal(waits.state, 'waiting');
	assert.match(waits.last_error, /^451/);
	const failed = await eventually(async () => { const o = await of(b); return o.state === 'failed' && o; });
	assert.match(failed.last_error, /^550/);
	delete relay.modes[a.email];
	muster.setClock(muster.clock + 60);
	await relay.waitFor((m) => m.to.includes(a.email));
	assert.equal(count(b), 0);
});

test('a session that is over before its access date invites nobody', async () => {
	const u = await person(), t = await training();
	await enroll([u], t, { access_at: later(86400) });
	const e = await enrollment(u, t);
	muster.setClock(muster.clock + 60 * 86400);
	const w = await person(), other = await training();
	await enroll([w], other);
	await relay.waitFor((m) => m.to.includes(w.email));
	assert.equal(count(u), 0);
	assert.deepEqual(await outbox(e.id), []);
});

test('who waits or chooses hears nothing of a session that was cancelled before the access date', async () => {
	const users = [await person(), await person()], t = await training(1, { capacity: 1 });
	await enroll(users, t, { access_at: later(3600) });
	const [seated, waiting] = [await enrollment(users[0], t), await enrollment(users[1], t)];
	assert.equal(waiting.position, 1);
	await admin.expect(204, 'DELETE', `/sessions/${t.session.id}`);
	muster.setClock(muster.clock + 3601);
	await eventually(async () => (await enrollment(users[1], t)).announced_at, { what: 'the access date' });
	for (const [user, e] of [[users[0], seated], [users[1], waiting]]) {
		await muster.cli(['token', user.login]);
		const me = await apiOf(muster, user.login);
		assert.deepEqual((await me.expect(200, 'GET', '/me/notifications')).items, []);
		assert.deepEqual(await outbox(e.id), []);
	}
});

const theDay = (t) => { const { start_at, end_at, ...day } = t.session.days[0]; return day; };

test('who was told of waiting is told that the session has moved, and that it is cancelled', async () => {
	const users = [await person(), await person(), await person({ email: null })], t = await training(1, { capacity: 1 });
	await enroll(users, t);
	const [seated, waits, silent] = users, path = `/sessions/${t.session.id}`;
	const note = await relay.waitFor((m) => m.to.includes(waits.email));
	const e = await enrollment(waits, t);
	await settled(e.id);
	await admin.expect(200, 'PATCH', path, { days: [{ ...theDay(t), start: wall(40 * 86400), location: 'Room 9' }] });
	const moved = await relay.waitFor((m) => m.to.includes(waits.email) && m !== note);
	assert.match(moved.subject, /^Changed: /);
	assert.equal(invitationOf(moved), null);
	assert.match(moved.text, /still on its waiting list/);
	const when = /^When: .* Berlin time \(UTC[+]0[12]:00\)$/m;
	assert.match(moved.text, when);
	assert.notEqual(when.exec(moved.text)[0], when.exec(note.text)[0]);
	assert.match(moved.text, /^Where: Room 9$/m);
	assert.ok(moved.html.includes('Room 9'));
	await settled(e.id);

	await admin.expect(204, 'DELETE', path);
	const gone = await relay.waitFor((m) => m.to.includes(waits.email) && m !== note && m !== moved);
	assert.match(gone.subject, /^Cancelled: /);
	assert.equal(invitationOf(gone), null);
	assert.match(gone.text, /this session is cancelled/);
	assert.equal(when.exec(gone.text)[0], when.exec(moved.text)[0]);
	await settled(e.id);
	assert.deepEqual((await outbox(e.id)).map((o) => [o.kind, o.state]).sort(),
		[['waiting', 'sent'], ['waiting_cancelled', 'sent'], ['waiting_changed', 'sent']]);
	await settled((await enrollment(seated, t)).id);
	assert.deepEqual(await outbox((await enrollment(silent, t)).id), []);
	assert.match((await (await signedIn(muster, 'admin')).get('/outbox')).words, /Waiting list: cancellation/);
	await assertSound(muster);
});

test('who chose a session that is full is told by mail when it moves or is cancelled', async () => {
	const maria = (await admin.all('/users?q=maria')).find((u) => u.login === 'maria'), u = await person(), t = await training(1, { capacity: 1 });
	const path = `/sessions/${t.session.id}`, web = await signedIn(muster, 'maria');
	await enroll([u], t);
	await enroll([maria], { id: t.id });
	const { id } = await enrollment(maria, t), choose = `/me/trainings/${id}/choose`;
	await settled(id);
	await web.submit(await web.get(choose), { action: choose }, { session: t.session.id });
	assert.equal((await enrollment(maria, t)).status, 'waiting');
	await admin.expect(200, 'PATCH', path, { days: [{ ...theDay(t), start: wall(40 * 86400) }] });
	await settled(id);
	await admin.expect(204, 'DELETE', path);
	await settled(id);
	assert.deepEqual((await outbox(id)).map((o) => [o.kind, o.state]).sort(), [['choose', 'sent'], ['waiting_cancelled', 'sent'], ['waiting_changed', 'sent']]);
});

test('of a waiting list, what has not left says the latest, and is dropped when there is nothing to say', async () => {
	const users = [await person(), await person(), await person()], t = await training(1, { capacity: 1 });
	const [, late, told] = users, path = `/sessions/${t.session.id}`;
	const kinds = async (u) => (await outbox((await enrollment(u, t)).id)).map((o) => [o.kind, o.state]).sort();
	const days = (ahead) => ({ days: [{ ...theDay(t), start: wall(ahead * 86400) }] });
	relay.modes[late.email] = 'rcpt-4xx';
	await enroll(users, t);
	await relay.waitFor((m) => m.to.includes(told.email));
	await eventually(async () => (await outbox((await enrollment(late, t)).id))[0]?.last_error);
	await settled((await enrollment(told, t)).id);

	// Two changes, and none of them leaves before the second.
	relay.modes[told.email] = 'rcpt-4xx';
	await admin.expect(200, 'PATCH', path, days(40));
	await eventually(async () => (await outbox((await enrollment(told, t)).id)).some((o) => o.last_error));
	await admin.expect(200, 'PATCH', path, days(50));
	assert.deepEqual(await kinds(late), [['waiting', 'waiting']], 'who was not told yet is told the latest at once');
	assert.deepEqual(await kinds(told), [['waiting', 'sent'], ['waiting_changed', 'waiting']]);

	// The one is no longer enrolled, and hears just that; the other never heard of it.
	await admin.expect(204, 'DELETE', path);
	assert.deepEqual(await kinds(late), [['waiting', 'dropped']]);
	assert.deepEqual((await kinds(told)).map(([kind]) => kind), ['waiting', 'waiting_cancelled', 'waiting_changed']);
	const e = await eventually(async () => {
		const id = (await enrollment(told, t)).id, found = (await outbox(id)).find((o) => o.kind === 'waiting_cancelled');
		return found.last_error && id;
	});
	await admin.expect(204, 'DELETE', `/enrollments/${e}`);
	relay.modes = {};
	muster.setClock(muster.clock + 60);
	const last = await relay.waitFor((m) => m.to.includes(told.email) && /^Cancelled: /.test(m.subject));
	assert.match(last.text, /you are no longer enrolled/);
	await settled(e);
	assert.deepEqual((await outbox(e)).map((o) => [o.kind, o.state]).sort(),
		[['cancelled', 'sent'], ['waiting', 'sent'], ['waiting_cancelled', 'dropped'], ['waiting_changed', 'dropped']]);
	assert.deepEqual([count(late), count(told)], [0, 2]);
	await assertSound(muster);
});
