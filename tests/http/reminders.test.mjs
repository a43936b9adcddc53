// Reminders before a session: who hears of it, when and how often; what stops one; the setting.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound } from '../lib/organization.mjs';
import { startRelay } from '../lib/smtp.mjs';
import { contents } from '../lib/versions.mjs';

const minute = 60, hour = 3600, day = 24 * hour;
let muster, relay, admin, department, n = 0;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--mail-from', 'Academy <training@example.org>', '--undo-hold', '0', '--base-url', 'https://muster.example.org'] });
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});
beforeEach(() => { relay.mode = 'accept'; relay.modes = {}; });

const instant = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
const wall = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().slice(0, 16);
const days = (...starts) => starts.map((s) => ({ start: wall(s), duration: 7200, time_zone: 'UTC', location: 'Room 4', url: 'https://example.org/room' }));
async function person(extra = {}) {
	const login = `p${++n}`;
	return admin.expect(201, 'POST', '/users', { login, department, first_name: 'Ann', last_name: `Other ${n}`, email: `${login}@example.org`, ...extra });
}
// A session that starts so many seconds from now.
async function training(start = 2 * day, more = {}) {
	const made = await admin.expect(201, 'POST', '/trainings', { title: `Course ${++n}`, sessions: [{ title: 'Morning', days: days(start), ...more }] });
	return { ...made, session: made.sessions[0] };
}
const startOf = (session) => Date.parse(session.days[0].start_at) / 1000;
const enrollment = async (user, t) => (await admin.all(`/users/${user.id}/enrollments`)).find((e) => e.training === t.id);
const announced = (e) => eventually(async () => (await admin.expect(200, 'GET', `/enrollments/${e.id}`)).announced_at, { what: 'the announcement' });
// Enrolls and waits until each has been told; with the mails of the invitation, too.
async function enroll(users, t, more = {}) {
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: users.map((u) => u.id) }, trainings: [{ training: t.id, session: t.session?.id ?? null }], ...more });
	const all = [];
	for (const u of users) all.push(await enrollment(u, t));
	if (!more.access_at) for (const e of all) await announced(e);
	return all;
}
const answer = (e, said) => admin.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: said });
// The clock stands so many seconds before the session starts. What is on its way has arrived first: beside it nobody is reminded by mail.
async function before_start(session, seconds) {
	if (relay.mode === 'accept') await eventually(async () => (await admin.expect(200, 'GET', '/outbox?state=waiting&limit=1')).items.length === 0, { what: 'an empty outbox' });
	muster.setClock(muster.clock + startOf(session) - seconds - muster.now());
}
const rows = async (kind) => (await contents(muster.db, { notification: ['kind', 'enrollment_id', 'due_at'] })).rows.notification.map((r) => JSON.parse(r)).filter((r) => r.kind === kind);
const reminded = async (e) => (await rows('reminder')).filter((r) => String(r.enrollment_id) === e.id).length;
const outbox = async (e, kind = 'reminder') => (await admin.all('/outbox')).filter((o) => o.enrollment === e.id && o.kind === kind);
const mails = (user) => relay.to(user.email).filter((m) => /^(Today|Tomorrow|In \d)/.test(m.subject));
// The clock goes on to when somebody else's session is due, at least so many seconds from now. When they have heard, the worker has looked.
async function looked(seconds = minute) {
	const t = await training(day + seconds + minute), u = await person();
	const [e] = await enroll([u], t);
	await before_start(t.session, day - 1);
	await eventually(() => reminded(e), { what: 'the reminder of somebody else' });
}
async function setting(...ahead) {
	const web = await signedIn(muster, 'admin'), page = await web.get('/settings');
	const form = page.form({ action: '/settings' });
	const fields = Object.fromEntries(form.fields.filter((f) => f.name && f.name !== 'remind' && (f.type !== 'radio' || f.checked)).map((f) => [f.name, f.value ?? '']));
	return web.post('/settings', { ...fields, csrf: page.csrf, remind: ahead.map(String) });
}

test('a day before, whoever has a seat hears of it once; whoever declined, waits, was cancelled or is not told yet does not', async () => {
	const t = await training(2 * day, { capacity: 7 });
	const names = ['none', 'accepted', 'tentative', 'declined', 'cancelled', 'silent', 'later', 'inactive', 'waiting'];
	const who = {};
	for (const name of names) who[name] = await person(name === 'silent' ? { email: null } : {});
	const of = {};
	for (const name of names) [of[name]] = await enroll([who[name]], t, name === 'later' ? { access_at: instant(1.5 * day) } : {});
	for (const said of ['accepted', 'tentative']) await answer(of[said], said);
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${of.waiting.id}`)).status, 'waiting');
	// Two seats become free for two of those who wait; then the capacity is that of who has one.
	await admin.expect(200, 'PATCH', `/sessions/${t.session.id}`, { capacity: null });
	await eventually(async () => (await admin.expect(200, 'GET', `/enrollments/${of.inactive.id}`)).announced_at);
	await answer(of.declined, 'declined');
	await admin.expect(204, 'DELETE', `/enrollments/${of.cancelled.id}`);
	await admin.expect(200, 'PATCH', `/sessions/${t.session.id}`, { capacity: (await admin.expect(200, 'GET', `/sessions/${t.session.id}`)).seats_taken });
	const queued = await person(), [waits] = await enroll([queued], t);
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${waits.id}`)).status, 'waiting');
	await eventually(() => relay.to(who.none.email).length, { what: 'the invitation' });

	await before_start(t.session, day + 10 * minute);
	await looked();
	assert.equal(await reminded(of.none), 0, 'not before it is due');
	await before_start(t.session, day - 1);
	for (const name of ['none', 'accepted', 'tentative', 'silent', 'waiting']) await eventually(() => reminded(of[name]), { what: `the reminder of ${name}` });
	await looked();
	for (const e of [of.declined, of.cancelled, of.later, waits]) assert.equal(await reminded(e), 0);
	for (const name of ['none', 'accepted', 'tentative']) await eventually(() => mails(who[name]).length === 1, { what: `the mail to ${name}` });
	assert.deepEqual(await outbox(of.silent), [], 'without an address, in the account only');
	await muster.cli(['token', who.silent.login]);
	const notes = (await (await apiOf(muster, who.silent.login)).expect(200, 'GET', '/me/notifications')).items;
	assert.equal(notes.filter((x) => x.kind === 'reminder').length, 1);

	const [asked] = mails(who.none), [sure] = mails(who.accepted), [maybe] = mails(who.tentative);
	assert.match(asked.subject, /^Tomorrow: Course \d+ – Morning, .* UTC$/);
	for (const words of [/You have not answered yet/, /^When: .*UTC/m, /^Where: Room 4$/m, /^Link: https:\/\/example\.org\/room$/m, /^Accept: https:\/\/muster\.example\.org\/rsvp\//m, /^Decline: /m])
		assert.match(asked.text, words);
	assert.match(sure.text, /you said that you will come\. If you cannot, press Decline/);
	assert.doesNotMatch(sure.text, /^Accept: /m);
	assert.match(sure.text, /^Decline: https:/m);
	assert.match(maybe.text, /You answered Maybe/);
	for (const m of [asked, sure, maybe]) assert.equal(m.parsed.attachments.length, 0, 'no calendar entry: it is there already');

	// Time goes on, and nothing is said again; also after a start.
	await muster.restart();
	admin = await apiOf(muster, 'admin');
	await looked();
	for (const name of ['none', 'accepted', 'silent']) assert.equal(await reminded(of[name]), 1);
	assert.equal(mails(who.none).length, 1);
	await assertSound(muster);
});

test('whoever comes in after it was due is not reminded; a session made too late reminds nobody', async () => {
	const t = await training(2 * day), early = await person(), late = await person();
	const [first] = await enroll([early], t);
	await before_start(t.session, day - 10);
	await eventually(() => reminded(first));
	const [second] = await enroll([late], t);
	const soon = await training(day - hour), [third] = await enroll([await person()], soon);
	await looked();
	for (const e of [second, third]) assert.equal(await reminded(e), 0);
	assert.equal(await reminded(first), 1);
});

test('moved, a session reminds again before its new start; moved to within the day, and cancelled, it does not', async () => {
	const [t, near, gone] = [await training(3 * day), await training(3 * day), await training(3 * day)];
	const u = await person(), v = await person(), w = await person();
	const [e] = await enroll([u], t), [f] = await enroll([v], near), [g] = await enroll([w], gone);
	// The last one: the others start in the same minute, or one earlier.
	await before_start(gone.session, day - 10);
	for (const x of [e, f, g]) await eventually(() => reminded(x));
	await eventually(() => mails(u).length === 1);
	const moved = await admin.expect(200, 'PATCH', `/sessions/${t.session.id}`, { days: days(4 * day).map((d) => ({ ...d, id: t.session.days[0].id })) });
	const nearer = await training(5 * day), [x] = await enroll([await person()], nearer);
	await admin.expect(200, 'PATCH', `/sessions/${nearer.session.id}`, { days: days(hour * 5).map((d) => ({ ...d, id: nearer.session.days[0].id })) });
	const never = await training(4 * day), [y] = await enroll([await person()], never);
	await admin.expect(204, 'DELETE', `/sessions/${never.session.id}`);
	await before_start(moved, day - 10);
	await eventually(async () => (await reminded(e)) === 2, { what: 'the second reminder' });
	await eventually(() => mails(u).length === 2, { what: 'the second mail' });
	assert.equal(await reminded(f), 1);
	await looked();
	for (const z of [x, y]) assert.equal(await reminded(z), 0);
	await assertSound(muster);
});

test('what has not left is said in one message', async () => {
	const u = await person(), v = await person(), t = await training(2 * day), s = await training(2 * day);
	relay.mode = 'rcpt-4xx';
	const [e] = await enroll([u], t);
	// The invitation has yet to leave: it says everything.
	await before_start(t.session, day - 10);
	await eventually(() => reminded(e));
	assert.deepEqual(await outbox(e), []);
	assert.equal((await outbox(e, 'invite'))[0].state, 'waiting');

	relay.mode = 'accept';
	const later = await training(3 * day), [f] = await enroll([v], later);
	await eventually(() => relay.to(v.email).length === 1, { what: 'the invitation' });
	relay.mode = 'rcpt-4xx';
	await before_start(later.session, day - 10);
	await eventually(async () => (await outbox(f)).length === 1, { what: 'the reminder in the outbox' });
	// The session moves before it leaves: what changed is all that is said.
	await admin.expect(200, 'PATCH', `/sessions/${later.session.id}`, { days: days(6 * day).map((d) => ({ ...d, id: later.session.days[0].id })) });
	relay.mode = 'accept';
	muster.setClock(muster.clock + 10 * minute);
	await eventually(() => relay.to(v.email).some((m) => m.subject.startsWith('Changed: ')), { what: 'the change' });
	// What was just being tried comes to its turn later.
	const settled = async () => (await outbox(f)).every((o) => o.state === 'dropped') && (await admin.expect(200, 'GET', '/outbox?state=waiting&limit=1')).items.length === 0;
	await eventually(async () => (await settled()) || muster.setClock(muster.clock + minute), { what: 'the reminder is dropped' });
	assert.equal(mails(v).length, 0);
	assert.ok(s);
});

test('the setting: none, several, too many, and its entry in the trail', async () => {
	assert.equal((await setting()).status, 303);
	let [entry] = (await admin.expect(200, 'GET', '/audit?object=account')).items;
	assert.deepEqual([entry.action, entry.before.remind, entry.after.remind], ['account.edit', '86400', '']);
	const t = await training(9 * day), u = await person(), [e] = await enroll([u], t);
	await before_start(t.session, 8 * day);
	assert.equal((await setting(7 * day, 2 * hour)).status, 303);
	[entry] = (await admin.expect(200, 'GET', '/audit?object=account')).items;
	assert.equal(entry.after.remind, '604800, 7200');
	const words = (await (await signedIn(muster, 'admin')).get('/audit')).words;
	assert.match(words, /Reminders .*7 days before, 2 hours before/);
	await before_start(t.session, 7 * day - 10);
	await eventually(() => reminded(e));
	await eventually(() => mails(u).length === 1);
	assert.match(mails(u)[0].subject, /^In 7 days: /);
	await before_start(t.session, day - 10);
	// Asked for when it was due already.
	assert.equal((await setting(7 * day, day, 2 * hour)).status, 303);
	await before_start(t.session, 2 * hour - 10);
	await eventually(async () => (await reminded(e)) === 2);
	await eventually(() => mails(u).length === 2);
	assert.match(mails(u)[1].subject, /^(Today|Tomorrow): /);
	for (const bad of [[7 * day, 3 * day, 2 * day, day], [5], ['soon']]) {
		const page = await setting(...bad);
		assert.equal(page.status, 422, bad.join());
		assert.match(page.text, /<a href="#remind">/);
	}
	assert.equal((await setting(day, day)).status, 303, 'twice is once');
	await assertSound(muster);
});

test('after a long absence the nearest reminder alone is sent, and none of what has begun', async () => {
	assert.equal((await setting(3 * day, day)).status, 303);
	const [t, over] = [await training(5 * day), await training(4 * day)];
	const u = await person(), [e] = await enroll([u], t), [f] = await enroll([await person()], over);
	await eventually(() => relay.to(u.email).length === 1);
	await before_start(t.session, 4.5 * day);
	await muster.stop();
	muster.setClock(muster.clock + 4 * day);
	await muster.start();
	admin = await apiOf(muster, 'admin');
	await eventually(() => reminded(e));
	await eventually(() => mails(u).length === 1);
	await looked();
	assert.equal(await reminded(e), 1);
	assert.equal(await reminded(f), 0);
	await assertSound(muster);
});

test('a clock that was wrong for a while keeps nobody from being reminded', async () => {
	const far = await training(400 * day), t = await training(3 * day), clock = muster.clock;
	const [x] = await enroll([await person()], far), [e] = await enroll([await person()], t);
	await before_start(far.session, day - 10);
	await eventually(() => reminded(x), { what: 'a reminder out of time' });
	muster.setClock(clock);
	await muster.restart();
	admin = await apiOf(muster, 'admin');
	await before_start(t.session, day - 10);
	await eventually(() => reminded(e), { what: 'the reminder' });
	assert.equal(await reminded(x), 1);
});

test('killed in between, nobody is left out and nobody is told twice', async () => {
	const sink = await startRelay();
	const many = await startMuster({ demo: true, seed: { users: 3000, departments: 10, trainings: 1, enrollments: 0, seed: 7 }, args: ['--smtp', sink.url, '--undo-hold', '0'] });
	let api = await apiOf(many, 'owner');
	const start = new Date((many.now() + 2 * day) * 1000).toISOString().slice(0, 16);
	const made = await api.expect(201, 'POST', '/trainings', { title: 'Everybody', sessions: [{ title: 'All', days: [{ start, duration: 3600, time_zone: 'UTC' }] }] });
	const top = (await api.all('/departments')).find((d) => d.parent === null);
	await api.expect(201, 'POST', '/enrollments', { audience: { departments: [{ id: top.id, nested: true }], except: [made.organizer] }, trainings: [{ training: made.id, session: made.sessions[0].id }] });
	const { seats_taken } = await api.expect(200, 'GET', `/sessions/${made.sessions[0].id}`);
	const rowsOf = async (kind) => (await contents(many.db, { notification: ['kind', 'enrollment_id'] })).rows.notification.map((r) => JSON.parse(r)).filter((r) => r.kind === kind);
	const all = () => rowsOf('reminder');
	await eventually(async () => (await rowsOf('invited')).length >= seats_taken, { timeout: 120_000, what: 'everybody is invited' });
	await eventually(async () => (await api.expect(200, 'GET', '/outbox?state=waiting&limit=1')).items.length === 0, { timeout: 240_000, what: 'the invitations have left' });
	many.setClock(many.clock + Date.parse(made.sessions[0].days[0].start_at) / 1000 - day + 5 - many.now());
	const seen = [];
	for (let i = 0; i < 4; i++) {
		await eventually(async () => (await all()).length > (seen.at(-1) ?? 0), { what: 'some reminders' });
		await many.kill9();
		seen.push((await all()).length);
		await many.start();
		if (seen.at(-1) >= seats_taken) break;
	}
	await eventually(async () => (await all()).length >= seats_taken, { timeout: 120_000, what: `all reminders, after ${seen}` });
	const ids = (await all()).map((r) => r.enrollment_id);
	assert.equal(ids.length, seats_taken);
	assert.equal(new Set(ids).size, seats_taken);
	api = await apiOf(many, 'owner');
	const kinds = (await api.all('/outbox', 1000)).filter((o) => o.kind === 'reminder');
	assert.equal(new Set(kinds.map((o) => o.enrollment)).size, kinds.length);
	await assertSound(many);
});
