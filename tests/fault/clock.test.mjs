// The clock of the machine is wrong for a while: an hour, a day, years, forward or back, and right again. No message
// leaves twice or early, who is signed in stays so or signs in again, and what was promised for a moment of the wrong
// time is done in the right one.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound, dayAt, newTraining, newUsers } from '../lib/organization.mjs';
import { startRelay } from '../lib/smtp.mjs';

const hour = 3600,
	day = 24 * hour,
	year = 365 * day;
let muster, relay, api, department;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url] });
	api = await apiOf(muster, 'owner');
	department = (await api.all('/departments')).find((d) => d.name === 'Support').id;
});

const jump = (seconds) => muster.setClock(muster.clock + seconds);
const copies = (people) => people.map((p) => relay.to(p.email).length);
const told = async (training) =>
	(await api.all(`/trainings/${training.id}/participants`, 1000)).filter((e) => e.announced_at).length;

// People who are told of a training so many seconds from now.
async function invite(n, seconds) {
	const people = await newUsers(api, department, n);
	const days = [dayAt(muster, Math.ceil(Math.max(seconds, 0) / day) + 30)];
	const training = await newTraining(muster, api, [{ days }]);
	const at = new Date((muster.now() + seconds) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	await api.expect(201, 'POST', '/enrollments', {
		audience: { users: people.map((p) => p.id) },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
		access_at: at,
	});
	return { people, training };
}

// The jobs have looked at the time that it is now: something that is due at once has been done.
async function settle() {
	const { people } = await invite(1, -60);
	const from = relay.messages.length;
	jump(65);
	await eventually(() => relay.to(people[0].email).length === 1, { what: 'a message that is due' });
	jump(-65);
	return relay.messages.length - from;
}

for (const [name, there] of Object.entries({
	'an hour back': -hour,
	'a day back': -day,
	'ten years back': -10 * year,
}))
	test(`${name} and right again: nothing early, nothing twice`, async () => {
		const { people, training } = await invite(3, 6 * hour);
		const before_all = await invite(2, 60);
		jump(70);
		await eventually(() => copies(before_all.people).every((n) => n === 1), { what: 'what was due' });
		jump(there);
		await settle();
		assert.equal(await told(training), 0, 'not early');
		assert.deepEqual(copies(before_all.people), [1, 1], 'not again');
		jump(-there);
		await settle();
		assert.equal(await told(training), 0);
		jump(6 * hour + 60);
		await eventually(() => copies(people).every((n) => n === 1), { what: 'at its time' });
		jump(there);
		await settle();
		jump(-there);
		await settle();
		assert.deepEqual([...copies(people), ...copies(before_all.people)], [1, 1, 1, 1, 1]);
		await assertSound(muster);
	});

for (const [name, there] of Object.entries({ 'an hour': hour, 'a day': day, 'ten years': 10 * year }))
	test(`${name} forward and right again: each message once`, async () => {
		const { people, training } = await invite(3, there + 6 * hour);
		const near = await invite(2, there - 60);
		jump(there);
		await settle();
		assert.equal(await told(training), 0, 'not before its own time');
		jump(-there);
		await settle();
		assert.ok(copies(near.people).every((n) => n <= 1));
		assert.equal(await told(training), 0);
		jump(there + 6 * hour + 60);
		await eventually(async () => (await told(training)) === 3, { what: 'told at its time' });
		jump(-there - 6 * hour - 60);
		await settle();
		assert.ok([...copies(people), ...copies(near.people)].every((n) => n <= 1), 'once');
		await assertSound(muster);
	});

test('a message that failed in a wrong year is tried again in the right one', async () => {
	relay.mode = 'rcpt-4xx';
	jump(year);
	const { people } = await invite(1, -60);
	jump(65);
	await eventually(() => relay.attempts.some((a) => a.to.includes(people[0].email)), { what: 'a try' });
	relay.mode = 'accept';
	jump(-year);
	await muster.restart();
	api.base = muster.url;
	await eventually(
		() => {
			jump(hour);
			return relay.to(people[0].email).length === 1;
		},
		{ timeout: 30_000, what: 'it leaves' },
	);
});

test('a message that was in flight when the clock went back leaves', async () => {
	const { people } = await invite(1, -60);
	relay.mode = 'stall';
	await relay.refuse();
	await relay.listen();
	const from = relay.connections;
	jump(65);
	await eventually(() => relay.connections > from, { timeout: 30_000, what: 'it is in flight' });
	await muster.kill9();
	jump(-day);
	relay.mode = 'accept';
	await muster.start();
	api.base = muster.url;
	await eventually(
		() => {
			jump(hour);
			return relay.to(people[0].email).length === 1;
		},
		{ timeout: 60_000, what: 'it leaves' },
	);
	await assertSound(muster);
});

test('who is signed in stays so through a small jump, and signs in again after a large one', async () => {
	const web = await signedIn(muster, 'maria');
	for (const there of [hour, -hour, -2 * hour, 2 * hour]) {
		jump(there);
		assert.equal((await web.get('/me/trainings', { follow: false })).status, 200, `${there} s`);
	}
	jump(10 * year);
	assert.equal((await web.get('/me/trainings', { follow: false })).status, 303, 'it has ended');
	await signedIn(muster, 'maria');
	jump(-10 * year);
	const again = await signedIn(muster, 'maria');
	jump(-10 * year);
	await signedIn(muster, 'maria');
	jump(10 * year);
	assert.equal((await again.get('/me/trainings', { follow: false })).status, 200);
	await assertSound(muster);
});
