// Many messages over several connections: all of them are used, what somebody waits for overtakes the rest, each message
// leaves once and in its order, and the database is asked a constant number of things for a whole batch.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound, dayAt, newTraining, newUsers } from '../lib/organization.mjs';
import { Chance } from '../lib/random.mjs';
import { invitationOf, startRelay } from '../lib/smtp.mjs';

const connections = 3,
	patience = { timeout: 60_000 },
	chance = new Chance(20261130);
let relay, muster, admin, department, number = 0;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({
		demo: true,
		seed: { users: 400, departments: 5, trainings: 1, enrollments: 0, seed: 9 },
		args: ['--smtp', relay.url, '--smtp-connections', String(connections), '--undo-hold', '0'],
	});
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});

// Everybody of the seed is enrolled: some 390 invitations, all of them in the outbox.
async function inviteAll() {
	const training = await newTraining(muster, admin, [{ days: [dayAt(muster, 40 + number++)] }]);
	await admin.expect(201, 'POST', '/enrollments', {
		audience: { logins: Array.from({ length: 400 }, (_, i) => `user${i + 1}`) },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
	});
	const told = async () => (await admin.all(`/trainings/${training.id}/participants`, 1000)).every((e) => e.announced_at);
	await eventually(told, { ...patience, what: 'everybody is announced' });
	return training;
}

const waiting = async () => (await admin.all('/outbox?state=waiting', 1000)).length;
const left = () => eventually(async () => (await waiting()) === 0, { ...patience, what: 'everything leaves' });
const about = (training, messages = relay.messages) => messages.filter((m) => m.subject.includes(training.sessions[0].title));

async function testMail() {
	const web = await signedIn(muster, 'admin');
	assert.equal((await web.submit(await web.get('/settings'), { action: '/settings/test-mail' })).status, 303);
}

// The relay answers nobody until the function that comes back is called; whoever `passes` is let through.
function holdAll(passes = () => false) {
	let release;
	const free = new Promise((resolve) => {
		release = resolve;
	});
	relay.hold = (to) => (passes(to) ? undefined : free);
	return () => {
		relay.hold = null;
		release();
	};
}

// The relay answers each message when it is released. Answers those that came, in their order: { to, release }.
function holdEach() {
	const held = [];
	relay.hold = (to) => new Promise((release) => held.push({ to, release }));
	return held;
}
function releaseAll(held) {
	relay.hold = null;
	for (const { release } of held) release();
}

test('as many connections as were asked for are busy at once, and no more; nobody is told twice', async () => {
	relay.busiest = 0;
	const release = holdAll();
	const training = await inviteAll();
	await eventually(() => relay.receiving === connections, { ...patience, what: 'every connection is busy' });
	release();
	await left();
	assert.equal(relay.busiest, connections);
	const told = about(training);
	assert.ok(told.length > 350, `${told.length} messages`);
	assert.equal(new Set(told.map((m) => m.messageId)).size, told.length);
	assert.equal(new Set(told.map((m) => m.to[0])).size, told.length);
	await assertSound(muster);
});

test('what somebody waits for overtakes the rest', async () => {
	const held = holdEach();
	await inviteAll();
	await eventually(() => held.length === connections, { ...patience, what: 'every connection is busy' });
	const last = Math.max(...(await admin.all('/outbox', 1000)).map((m) => Number(m.id)));
	await testMail();
	const leased = async () => (await admin.all('/outbox?state=waiting', 1000)).some((m) => Number(m.id) > last && m.attempts > 0);
	await eventually(leased, { ...patience, what: 'the test message is leased' });
	// One after the other from here on, so that it can be seen who comes when: a connection that becomes free takes it next.
	const arrived = () => held.some((h) => h.to === 'admin@example.org');
	for (let freed = 1; !arrived(); freed++) {
		assert.ok(freed <= connections, `${held.map((h) => h.to)} came first`);
		const before = held.length;
		held[freed - 1].release();
		await eventually(() => held.length > before, { ...patience, what: 'the next message' });
	}
	assert.ok((await waiting()) > 100);
	releaseAll(held);
	await left();
});

test('… also when every connection is stuck', async () => {
	const sofar = relay.to('admin@example.org').length;
	const release = holdAll((to) => to === 'admin@example.org');
	await inviteAll();
	await eventually(() => relay.receiving === connections, { ...patience, what: 'every connection is stuck' });
	await testMail();
	await eventually(() => relay.to('admin@example.org').length > sofar, { ...patience, what: 'the test message' });
	assert.equal(relay.receiving, connections);
	release();
	await left();
});

test('one person’s messages about one day leave in their order, whatever changes meanwhile', async () => {
	const users = await newUsers(admin, department, 25), emails = users.map((u) => u.email);
	const training = await newTraining(muster, admin, [{ days: [dayAt(muster, 90)] }]);
	const [session] = training.sessions;
	const held = holdEach();
	await admin.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) },
		trainings: [{ training: training.id, session: session.id }],
	});
	const busy = [];
	for (let i = 1; i <= 4; i++) {
		// Some leave, in any order; more than one connection is in the middle of one while the day changes.
		for (let k = 0; k < 6; k++) {
			await eventually(() => (busy.push(...held.splice(0)), busy.length === connections), { ...patience, what: 'every connection is busy' });
			busy.splice(chance.below(connections), 1)[0].release();
		}
		await admin.expect(200, 'PATCH', `/sessions/${session.id}`, { days: [{ id: session.days[0].id, ...dayAt(muster, 90 + i) }] });
	}
	releaseAll([...busy, ...held]);
	await left();
	assert.ok(emails.flatMap((email) => relay.to(email)).length > emails.length, 'changes were told, too');
	for (const email of emails) {
		const said = relay.to(email).map((m) => Number(/^SEQUENCE:(\d+)/m.exec(invitationOf(m).text)[1]));
		assert.ok(said.length >= 1 && said.length <= 5, `${said}`);
		assert.deepEqual(said, [...new Set(said)].sort((a, b) => a - b), `${email}: ${said}`);
	}
	await assertSound(muster);
});

// A message once cost a dozen statements and as many steps of the writer; now a batch costs that.
test('what the database is asked does not grow with the messages', async () => {
	const release = holdAll(), from = relay.messages.length;
	await inviteAll();
	const n = await waiting(), before = await muster.metrics();
	assert.ok(n > 350, `${n} messages`);
	release();
	// Looked for at the relay, so that looking costs no statements.
	await eventually(() => relay.messages.length === from + n, { ...patience, what: 'everything arrives' });
	await left();
	const then = await muster.metrics();
	const writes = then.muster_db_writes_total - before.muster_db_writes_total;
	const statements = then.muster_db_statements_total - before.muster_db_statements_total;
	assert.ok(writes < n / 4, `${writes} writes for ${n} messages`);
	assert.ok(statements < n * 2, `${statements} statements for ${n} messages`);
});
