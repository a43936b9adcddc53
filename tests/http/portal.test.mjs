// Home, My trainings, choosing a session, notifications: what a participant sees and does, and what nobody else does.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { readCalendar } from '../lib/ics.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, admin, maria, web, other;

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	maria = await apiOf(muster, 'maria');
	web = await signedIn(muster, 'maria');
	other = await signedIn(muster, 'omar');
});

const wall = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().slice(0, 16);
const later = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString();
const day = (days, more = {}) => ({ start: wall(days * 86400), duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 7', ...more });
let n = 0;
async function training(sessions = [{ title: 'Morning', days: [day(20)] }], more = {}) {
	return admin.expect(201, 'POST', '/trainings', { title: `Portal ${++n}`, sessions, ...more });
}
const notices = async () => (await maria.expect(200, 'GET', '/me/notifications')).items;
async function enroll(login, t, session, more = {}) {
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: [login] }, trainings: [{ training: t.id, session }], ...more });
	const user = (await admin.all(`/users?q=${login}`)).find((u) => u.login === login);
	const of = async () => (await admin.all(`/users/${user.id}/enrollments`)).find((e) => e.training === t.id);
	if (!more.access_at) await eventually(async () => (await of()).announced_at);
	return of();
}

test('an invitation waits on Home from the access date on, and moves when it is answered', async () => {
	const t = await training(), e = await enroll('maria', t, t.sessions[0].id, { access_at: later(3600) });
	for (const path of ['/', '/me/trainings', '/notifications', '/calendar']) assert.doesNotMatch((await web.get(path)).words, new RegExp(`${t.title}\\b`));
	assert.equal((await web.request('GET', `/enrollments/${e.id}/invite.ics`)).status, 404);
	muster.setClock(muster.clock + 3601);
	const page = await eventually(async () => { const p = await web.get('/'); return p.words.includes(t.title) && p; });
	assert.match(page.heading ?? page.words, /Good (morning|afternoon|evening), Maria/);
	assert.match(page.words, /Waiting for your answer/);
	const answered = await web.submit(page, { action: `/me/enrollments/${e.id}/answer` }, {}, { button: 'Accept', follow: true });
	assert.equal(answered.path, '/');
	assert.match(answered.words, /You have accepted/);
	assert.match(answered.words, /Coming up/);
	assert.doesNotMatch(answered.words, /Waiting for your answer/);
	const mine = await web.get('/me/trainings');
	assert.match(mine.text, new RegExp(`id="e${e.id}"`));
	assert.match(mine.words, /Accepted/);
});

test('nobody answers for somebody else, or before the access date', async () => {
	const t = await training(), e = await enroll('maria', t, t.sessions[0].id), csrf = (await other.get('/me/trainings')).csrf;
	assert.equal((await other.post(`/me/enrollments/${e.id}/answer`, { answer: 'declined', csrf })).status, 404);
	assert.equal((await other.request('GET', `/me/trainings/${e.id}/choose`)).status, 404);
	assert.equal((await other.request('GET', `/enrollments/${e.id}/invite.ics`)).status, 404);
	const later_one = await enroll('maria', await training(), null, { access_at: later(7200) });
	const mine = (await web.get('/')).csrf;
	assert.equal((await web.post(`/me/enrollments/${later_one.id}/answer`, { answer: 'accepted', csrf: mine })).status, 404);
	assert.equal((await web.post(`/me/enrollments/${e.id}/answer`, { answer: 'perhaps', csrf: mine })).status, 422);
	assert.equal((await web.post(`/me/enrollments/${e.id}/answer`, { answer: 'accepted' })).status, 403);
});

test('the calendar file of one\'s own', async () => {
	const t = await training([{ title: 'Two', days: [day(20), day(21)] }]), e = await enroll('maria', t, t.sessions[0].id);
	const page = await web.get('/me/trainings');
	const link = page.links.find((l) => l.href.endsWith(`/enrollments/${e.id}/invite.ics`));
	assert.equal(link.text, 'Add to calendar');
	const file = await web.request('GET', link.href);
	assert.match(file.headers.get('content-type'), /^text\/calendar/);
	assert.equal(readCalendar(file.text).events.length, 2);
	const manager = await signedIn(muster, 'admin');
	assert.equal((await manager.request('GET', `/enrollments/${e.id}/invite.ics`)).status, 200);
});

test('who chooses sees sessions with their seats; the choice is an acceptance', async () => {
	const t = await training([
		{ title: 'Small', capacity: 1, days: [day(20)] }, { title: 'Large', capacity: 3, days: [day(22)] }, { title: 'Open', days: [day(24)] },
	]);
	await enroll('omar', t, t.sessions[0].id);
	const e = await enroll('maria', t, null);
	assert.match((await web.get('/')).words, /Choose a session/);
	const page = await web.get(`/me/trainings/${e.id}/choose`);
	assert.match(page.words, /Full – waiting list/);
	assert.match(page.words, /3 seats left/);
	assert.match(page.words, /Seats for everybody/);
	const none = await web.submit(page, { action: `/me/trainings/${e.id}/choose` });
	assert.equal(none.status, 422);
	assert.match(none.words, /Choose one of the sessions/);
	const session = t.sessions.find((s) => s.title === 'Large');
	const done = await web.submit(page, { action: `/me/trainings/${e.id}/choose` }, { session: session.id });
	assert.equal(done.status, 303);
	const now = (await admin.expect(200, 'GET', `/enrollments/${e.id}`));
	assert.deepEqual([now.session, now.answer, now.status], [session.id, 'accepted', 'enrolled']);

	// As long as no session was preselected, another one can be chosen: the old seat is free then.
	const small = t.sessions.find((s) => s.title === 'Small');
	await web.submit(await web.get(`/me/trainings/${e.id}/choose`), { action: `/me/trainings/${e.id}/choose` }, { session: small.id });
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${e.id}`)).status, 'waiting');
	assert.equal((await admin.expect(200, 'GET', `/sessions/${session.id}`)).seats_taken, 0);
	assert.match((await web.get('/me/trainings')).words, /You are next for a seat/);
	const told = (await (await apiOf(muster, 'sven')).expect(200, 'GET', '/me/notifications')).items.filter((x) => x.enrollment === e.id);
	assert.deepEqual(told.map((x) => x.kind), ['changed_session'], 'R9: her supervisor, of the second choice alone');
	assert.match(told[0].text, new RegExp(`^Maria Lindqvist chose another session of ${t.title}: .*Berlin time`));
	const [last] = (await admin.expect(200, 'GET', '/audit?object=enrollment&limit=50')).items.filter((x) => x.action === 'enrollment.choose');
	assert.deepEqual(
		[last.before, last.after],
		[{ session: Number(session.id), status: 'enrolled', answer: 'accepted' }, { session: Number(small.id), status: 'waiting', answer: 'none' }],
	);
	const foreign = (await training()).sessions[0].id;
	assert.equal((await web.submit(await web.get(`/me/trainings/${e.id}/choose`), { action: `/me/trainings/${e.id}/choose` }, { session: foreign })).status, 422);
});

test('what is cancelled overlaps nothing', async () => {
	const far = () => training([{ title: 'Far', days: [day(60)] }]), other = await far(), t = await far(), e = await enroll('maria', t, null), choose = `/me/trainings/${e.id}/choose`;
	await enroll('maria', other, other.sessions[0].id);
	assert.match((await web.get(choose)).words, new RegExp(other.title));
	await admin.expect(204, 'DELETE', `/sessions/${other.sessions[0].id}`);
	assert.doesNotMatch((await web.get(choose)).words, new RegExp(other.title));
});

test('a preselected session cannot be changed by the participant', async () => {
	const t = await training([{ title: 'A', days: [day(20)] }, { title: 'B', days: [day(21)] }]), e = await enroll('maria', t, t.sessions[0].id);
	assert.equal((await web.request('GET', `/me/trainings/${e.id}/choose`)).status, 409);
	assert.doesNotMatch((await web.get('/me/trainings')).text, new RegExp(`/me/trainings/${e.id}/choose`));
});

test('notifications: unread until opened, own ones only', async () => {
	const t = await training(), e = await enroll('maria', t, t.sessions[0].id);
	const notice = await eventually(async () => (await notices()).find((x) => x.enrollment === e.id));
	assert.equal(notice.read_at, null);
	await web.get('/notifications');
	assert.equal((await notices()).find((x) => x.id === notice.id).read_at, null, 'seeing is not reading');
	const page = await web.get('/notifications');
	const form = page.form({ action: `/notifications/${notice.id}/open` });
	assert.match(form.buttons[0].text, new RegExp(t.title));
	const foreign = (await other.get('/me/trainings')).csrf;
	assert.equal((await other.post(`/notifications/${notice.id}/open`, { csrf: foreign })).status, 404);
	const opened = await web.submit(page, { action: `/notifications/${notice.id}/open` });
	assert.equal(opened.status, 303);
	assert.equal(opened.location, `/me/trainings#e${e.id}`);
	assert.ok((await notices()).find((x) => x.id === notice.id).read_at);
	await web.submit(await web.get('/notifications'), { button: 'Mark all read' });
	assert.ok((await notices()).every((x) => x.read_at));
	assert.doesNotMatch((await web.get('/notifications')).words, /Mark all read/);
	await admin.expect(204, 'DELETE', `/enrollments/${e.id}`);
	assert.equal((await notices())[0].kind, 'cancelled');
});

test('notifications come page by page, newest first', async () => {
	const all = await maria.all('/me/notifications', 2);
	assert.ok(all.length > 3);
	assert.deepEqual(all.map((x) => Number(x.id)), all.map((x) => Number(x.id)).sort((a, b) => b - a));
	assert.equal(new Set(all.map((x) => x.id)).size, all.length);
	const page = await web.get('/notifications?limit=2');
	assert.ok(page.links.some((l) => l.text === 'Next'));
});

test('managers see what needs them: drafts, declines, what can be undone', async () => {
	const manager = await signedIn(muster, 'admin');
	const t = await training(), e = await enroll('maria', t, t.sessions[0].id);
	await maria.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: 'declined' });
	await manager.post('/enroll', { csrf: (await manager.get('/')).csrf });
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['omar'] }, trainings: [{ training: t.id, session: t.sessions[0].id }], access_at: later(9000) });
	const page = await manager.get('/');
	assert.match(page.words, new RegExp(`1 person declined ${t.title}`));
	assert.match(page.words, /Enrollment draft of/);
	assert.match(page.words, /Undo until/);
	const undone = await manager.submit(page, { button: 'Undo' }, {}, { button: 'Undo' });
	assert.equal(undone.status, 303);
	assert.equal((await admin.all(`/trainings/${t.id}/participants`)).filter((p) => p.user_name.includes('Omar')).length, 0);
	assert.doesNotMatch((await web.get('/')).words, /Needs you/);
});

test('every page has one heading of the first level', async () => {
	for (const path of ['/', '/me/trainings', '/notifications']) {
		const page = await web.get(path);
		assert.equal(page.status, 200);
		assert.equal((page.text.match(/<h1\b/g) ?? []).length, 1, path);
	}
});

test('who waits leaves the list, whoever chose the session; the others move up, organizer and supervisor are told', async () => {
	const t = await training([{ title: 'Small', capacity: 1, days: [day(25)] }]);
	const first = await enroll('omar', t, t.sessions[0].id);
	const e = await enroll('maria', t, t.sessions[0].id), behind = await enroll('nomail', t, t.sessions[0].id);
	assert.deepEqual([first.status, e.status, e.position, behind.position], ['enrolled', 'waiting', 1, 2]);
	const page = await web.get('/me/trainings');
	const action = `/me/enrollments/${e.id}/leave`;
	assert.match(page.words, /Leave the waiting list Your place goes to whoever is next/);
	assert.equal((await other.post(action, { csrf: (await other.get('/me/trainings')).csrf })).status, 404, 'nobody for somebody else');
	assert.equal((await maria.post(`/enrollments/${e.id}/answer`, { answer: 'declined' })).status, 409, 'an answer is no way out');
	const left = await web.submit(page, { action }, {}, { follow: true });
	assert.match(left.words, new RegExp(`You have left the waiting list of ${t.title}`));
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${e.id}`)).status, 'cancelled');
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${behind.id}`)).position, 1);
	const session = await admin.expect(200, 'GET', `/sessions/${t.sessions[0].id}`);
	assert.deepEqual([session.seats_taken, session.waiting], [1, 1]);
	const told = async (login) => (await (await signedIn(muster, login)).get('/notifications')).words;
	for (const login of ['admin', 'sven']) assert.match(await told(login), new RegExp(`Maria Lindqvist left the waiting list of ${t.title}`), login);
	const own = (await notices()).filter((x) => x.enrollment === e.id);
	assert.ok(own.length > 0 && own.every((x) => x.read_at), 'nothing unread of it for her');
	const [entry] = (await admin.expect(200, 'GET', `/audit?object=enrollment/${e.id}&limit=1`)).items;
	assert.deepEqual([entry.action, entry.actor, entry.before, entry.after], ['enrollment.leave', (await maria.get('/me')).body.id, { status: 'waiting' }, { status: 'cancelled' }]);
	assert.equal((await web.post(action, { csrf: page.csrf })).status, 409, 'once');
	assert.equal((await muster.cli(['fsck'])).code, 0);
});

test('over REST too, until the session starts', async () => {
	const t = await training([{ title: 'Small', capacity: 1, days: [day(3)] }]);
	await enroll('omar', t, t.sessions[0].id);
	const e = await enroll('maria', t, t.sessions[0].id);
	assert.equal((await admin.post(`/enrollments/${e.id}/leave`)).status, 404, 'not by an administrator');
	const clock = muster.clock;
	muster.setClock(clock + 4 * 86400);
	assert.equal((await maria.expect(409, 'POST', `/enrollments/${e.id}/leave`)).errors[0].code, 'not_open');
	assert.doesNotMatch((await web.get('/me/trainings')).text, new RegExp(`/me/enrollments/${e.id}/leave`));
	muster.setClock(clock);
	assert.equal((await maria.expect(200, 'POST', `/enrollments/${e.id}/leave`)).status, 'cancelled');
	const seated = await enroll('maria', await training(), null);
	assert.equal((await maria.post(`/enrollments/${seated.id}/leave`)).status, 409, 'who does not wait leaves no list');
});
