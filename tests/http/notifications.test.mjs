// Notifications: the filter, answering in place, words and a way on for every kind.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, admin, web, maria;
before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	maria = await apiOf(muster, 'maria');
	web = await signedIn(muster, 'maria');
});
const wall = (days) => new Date((muster.now() + days * 86400) * 1000).toISOString().slice(0, 16);
const session = (title, days, more = {}) => ({ title, days: [{ start: wall(days), duration: 3600, time_zone: 'UTC' }], ...more });
let n = 0;
const training = (sessions) => admin.expect(201, 'POST', '/trainings', { title: `Notice ${++n}`, sessions });
const latest = async (kind, api = maria) => eventually(async () => (await api.all('/me/notifications')).find((x) => x.kind === kind && x.text.includes(`Notice ${n}`)), { what: kind });
const enroll = (t, s, login = 'maria') => admin.expect(201, 'POST', '/enrollments', { audience: { logins: [login] }, trainings: [{ training: t.id, session: s }] });
const open = async (by, notice) => by.submit(await by.get('/notifications'), { action: `/notifications/${notice.id}/open` }, {}, { follow: true });

test('an invitation is answered in place, and that has read it', async () => {
	const t = await training([session('One', 9)]);
	await enroll(t, t.sessions[0].id);
	const notice = await latest('invited');
	const page = await web.get('/notifications?show=unread');
	const action = `/me/enrollments/${notice.enrollment}/answer`;
	assert.equal(page.forms.filter((f) => f.action === action).length, 1);
	const done = await web.submit(page, { action }, {}, { button: 'Decline', follow: true });
	assert.equal(done.path, '/notifications');
	assert.match(done.words, /You have declined Notice 1/);
	assert.ok(!done.forms.some((f) => f.action === action), 'it is answered');
	assert.ok((await maria.all('/me/notifications')).find((x) => x.id === notice.id).read_at);
	assert.doesNotMatch((await web.get('/notifications?show=unread')).words, /Notice 1:/);
});

test('unread ones by themselves, page by page', async () => {
	const t = await training([session('A', 11), session('B', 12)]);
	await enroll(t, t.sessions[0].id);
	await latest('invited');
	await open(web, (await maria.all('/me/notifications')).find((x) => x.kind === 'invited' && x.text.includes(`Notice ${n}`)));
	await admin.expect(200, 'PATCH', `/sessions/${t.sessions[0].id}`, { days: session('A', 13).days });
	await latest('changed');
	const unread = await web.get('/notifications?show=unread&limit=1');
	assert.match(unread.words, /All Unread \d+/);
	assert.match(unread.words, /has changed/);
	assert.doesNotMatch(unread.words, /invited to Notice 2/);
	const all = await web.get('/notifications?limit=1');
	const next = await web.get(all.link('Next').href);
	assert.notEqual(next.words, all.words);
	assert.equal(all.forms.filter((f) => /\/answer$/.test(f.action)).length, 1);
	await web.submit(await web.get('/notifications'), { button: 'Mark all read' });
	const none = await web.get('/notifications?show=unread');
	assert.match(none.words, /You are up to date There is nothing unread/);
	assert.doesNotMatch(none.words, /unread Notifications|\d unread/);
});

test('every kind has words, and leads where the reader may go', async () => {
	const t = await training([session('Full', 20, { capacity: 1 }), session('Other', 21)]);
	await enroll(t, t.sessions[0].id, 'omar');
	await enroll(t, t.sessions[0].id);
	assert.match((await open(web, await latest('waiting'))).path, /^\/me\/trainings/);
	const omar = await apiOf(muster, 'omar');
	const [his] = (await omar.all('/me/notifications')).filter((x) => x.training === t.id);
	await omar.expect(200, 'POST', `/enrollments/${his.enrollment}/answer`, { answer: 'declined' });
	assert.match((await latest('seat')).text, /A seat in Notice 3 is yours/);
	assert.match((await open(web, await latest('seat'))).path, /^\/me\/trainings/);
	const organizer = await signedIn(muster, 'admin');
	const declined = await latest('declined', admin);
	assert.match(declined.text, /Omar Haddad declined Notice 3/);
	assert.equal((await open(organizer, declined)).path, `/trainings/${t.id}/participants`);
	const mine = (await maria.all('/me/notifications')).find((x) => x.training === t.id).enrollment;
	await admin.expect(200, 'PATCH', `/enrollments/${mine}`, { session: t.sessions[1].id });
	assert.match((await open(web, await latest('moved'))).path, /^\/me\/trainings/);
	await admin.expect(204, 'DELETE', `/enrollments/${mine}`);
	assert.match((await open(web, await latest('cancelled'))).path, /^\/me\/trainings/);

	const choose = await training([session('X', 30), session('Y', 31)]);
	await enroll(choose, null);
	const asked = await latest('choose');
	assert.match((await open(web, asked)).path, /\/choose$/);
	const id = asked.enrollment;
	await admin.expect(200, 'PATCH', `/enrollments/${id}`, { session: choose.sessions[0].id });
	const after = await open(web, asked);
	assert.equal(after.status, 200);
	assert.match(after.path, /^\/me\/trainings/, 'there is nothing to choose any more');
});

test('who is organizer no longer is not led to a page that is not there', async () => {
	const omar = await signedIn(muster, 'omar'), by = await apiOf(muster, 'omar');
	const { id } = await by.expect(200, 'GET', '/me');
	const t = await admin.expect(201, 'POST', '/trainings', { title: `Notice ${++n}`, organizer: id, sessions: [session('O', 14)] });
	await enroll(t, t.sessions[0].id);
	const { enrollment } = await latest('invited');
	await maria.expect(200, 'POST', `/enrollments/${enrollment}/answer`, { answer: 'declined' });
	const told = await latest('declined', by);
	assert.match(told.text, /Maria Lindqvist declined/);
	assert.equal((await open(omar, told)).path, `/trainings/${t.id}/participants`);
	await admin.expect(200, 'PATCH', `/trainings/${t.id}`, { organizer: (await admin.expect(200, 'GET', '/me')).id });
	const page = await omar.get('/notifications');
	assert.match(page.words, /Somebody declined/);
	const led = await open(omar, told);
	assert.equal(led.path, '/notifications');
	assert.match(led.words, /not there for you any more/);
});
