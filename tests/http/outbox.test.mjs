// The outbox without a relay, with one, in scope, and trying again.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { startRelay } from '../lib/smtp.mjs';

let muster, relay, admin, training;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	training = (await admin.all('/trainings')).find((t) => t.title === 'Time management');
});

const enroll = (login) => admin.expect(201, 'POST', '/enrollments', { audience: { logins: [login] }, trainings: [{ training: training.id, session: training.sessions[0].id }] });
const message = (to, state) => eventually(async () => (await admin.all(`/outbox${state ? `?state=${state}` : ''}`)).find((o) => o.to === to));

test('a failed message is listed with its reason and can be tried again', async () => {
	relay.modes['maria@example.org'] = 'rcpt-5xx';
	await enroll('maria');
	const failed = await message('maria@example.org', 'failed');
	assert.match(failed.last_error, /^550/);
	assert.equal(failed.kind, 'invite');
	const web = await signedIn(muster, 'admin');
	assert.match((await web.get('/')).words, /1 mail could not be delivered/);
	const page = await web.get('/outbox?state=failed');
	assert.match(page.words, /maria@example\.org/);
	assert.match(page.words, /550/);
	relay.modes = {};
	const done = await web.submit(page, { action: `/outbox/${failed.id}/retry` });
	assert.equal(done.status, 303);
	await relay.waitFor((m) => m.to.includes('maria@example.org'));
	await message('maria@example.org', 'sent');
	assert.equal((await web.post(`/outbox/${failed.id}/retry`, { csrf: page.csrf })).status, 409);
});

test('messages to users out of scope are not there', async () => {
	await enroll('omar');
	const omars = await message('omar@example.org');
	const scoped = await apiOf(muster, 'dept.admin'), web = await signedIn(muster, 'dept.admin');
	const seen = await scoped.all('/outbox');
	assert.ok(seen.some((o) => o.to === 'maria@example.org'));
	assert.ok(!seen.some((o) => o.id === omars.id));
	const page = await web.get('/outbox');
	assert.doesNotMatch(page.words, /omar@example\.org/);
	assert.match(page.words, new RegExp(`\\b${seen.length} messages?\\b`));
	assert.equal((await web.post(`/outbox/${omars.id}/retry`, { csrf: (await web.get('/enroll')).csrf })).status, 404);
	const learner = await apiOf(muster, 'maria');
	assert.equal((await learner.get('/outbox')).status, 403);
});

test('states filter, columns sort, nonsense is refused', async () => {
	const web = await signedIn(muster, 'admin');
	for (const state of ['waiting', 'sent', 'failed', 'dropped'])
		assert.ok((await admin.all(`/outbox?state=${state}`)).every((o) => o.state === state));
	assert.equal((await admin.get('/outbox?state=lost')).body.errors[0].code, 'invalid');
	for (const sort of ['due', 'to', 'training', 'kind', 'state', 'attempts'])
		for (const sign of ['', '-']) assert.equal((await web.get(`/outbox?sort=${sign}${sort}`)).status, 200, sort);
	assert.equal((await web.get('/outbox?sort=secret')).status, 422);
	assert.match((await web.get('/outbox?state=dropped')).words, /No messages here|message/);
	assert.equal((await admin.all('/outbox', 1)).length, (await admin.all('/outbox')).length);
});

test('without a relay mail waits, and the page says why', async () => {
	const alone = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	const api = await apiOf(alone, 'admin');
	const t = (await api.all('/trainings')).find((x) => x.title === 'Time management');
	await api.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria'] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const waiting = await eventually(async () => (await api.all('/outbox?state=waiting'))[0]);
	assert.deepEqual([waiting.to, waiting.attempts, waiting.last_error], ['maria@example.org', 0, null]);
	assert.match((await (await signedIn(alone, 'admin')).get('/outbox')).words, /no mail relay/);
});

test('a stop in the middle of a silent relay is clean, and the mail leaves after the start', async () => {
	relay.mode = 'stall';
	await enroll('sven');
	await message('sven@example.org');
	await eventually(() => relay.connections > 0);
	await muster.stop();
	relay.mode = 'accept';
	await muster.start();
	admin = await apiOf(muster, 'admin');
	muster.setClock(muster.clock + 120);
	await relay.waitFor((m) => m.to.includes('sven@example.org'));
	const sent = await message('sven@example.org', 'sent');
	assert.equal(sent.last_error, null);
	assert.equal(relay.to('sven@example.org').length, 1);
});

test('a crash while mail leaves loses none, and repeats only the same message', async () => {
	const people = (await admin.all('/users?status=active')).filter((u) => u.email);
	const t = await admin.expect(201, 'POST', '/trainings', { title: 'Crash course', sessions: [{ title: 'One', days: [
		{ start: new Date((muster.now() + 9 * 86400) * 1000).toISOString().slice(0, 16), duration: 3600, time_zone: 'Europe/Berlin' }] }] });
	const mails = () => relay.messages.filter((m) => /Crash course/.test(m.subject));
	// No more than these are answered before the crash.
	const held = [];
	relay.hold = () => mails().length >= 5 && new Promise((release) => held.push(release));
	const { enrolled } = await admin.expect(201, 'POST', '/enrollments',
		{ audience: { users: people.map((u) => u.id) }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	await eventually(() => mails().length >= 5);
	await muster.kill9();
	assert.ok(mails().length < enrolled, 'the crash came too late to say anything');
	relay.hold = null;
	for (const release of held) release();
	await muster.start();
	admin = await apiOf(muster, 'admin');
	await eventually(() => new Set(mails().map((m) => m.to[0])).size === enrolled, { timeout: 30_000 });
	const ids = new Map();
	for (const m of mails()) ids.set(m.to[0], (ids.get(m.to[0]) ?? new Set()).add(m.messageId));
	assert.ok([...ids.values()].every((s) => s.size === 1));
	await eventually(async () => (await admin.all('/outbox?state=waiting')).length === 0);
});
