// kill -9 in the middle of twenty thousand enrollments and their messages. After each restart the batch goes on by
// itself, what was acknowledged is there, every message leaves, and every invariant holds. $MUSTER_RELEASE is the
// program, where there is one; else the one under test.
import assert from 'node:assert/strict';
import { test } from 'node:test';

if (process.env.MUSTER_RELEASE) process.env.MUSTER_BIN = process.env.MUSTER_RELEASE;
const { apiOf } = await import('../lib/http.mjs');
const { eventually, startMuster } = await import('../lib/muster.mjs');
const { assertSound, dayAt } = await import('../lib/organization.mjs');
const { Chance } = await import('../lib/random.mjs');
const { Sink, assertFewTwice } = await import('../lib/sink.mjs');

const people = 20_000,
	people_undisturbed = process.env.MUSTER_LONG ? people : 6_000, // more than one request does itself
	kills = process.env.MUSTER_LONG ? 30 : 3;
const patience = { timeout: 240_000 }; // until it goes on

async function organization(users) {
	const sink = await new Sink().start();
	const seed = { users, departments: 40, trainings: 1, enrollments: 0, seed: 20 };
	const muster = await startMuster({ demo: true, seed, args: ['--smtp', sink.url, '--undo-hold', '1'] });
	const api = await apiOf(muster, 'owner');
	const root = (await api.all('/departments')).find((d) => d.parent === null);
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'For everybody',
		sessions: [{ title: 'All of us', days: [dayAt(muster, 40)] }],
	});
	const [session] = training.sessions;
	// Who organizes it is asked about (E15), and stays out.
	const audience = { departments: [{ id: root.id, nested: true }], except: [training.organizer] };
	const body = { audience, trainings: [{ training: training.id, session: session.id }] };
	return { sink, muster, api, root, training, session, body };
}

// What has to be there in the end: everybody once, everybody with an address told.
async function expectations({ api, root, training }) {
	const all = await api.all(`/users?status=active&department=${root.id}`, 1000);
	const users = all.filter((u) => u.id !== training.organizer);
	return { users: users.length, mails: new Set(users.filter((u) => u.email).map((u) => u.email)) };
}

// Waits until count() is there, however long it takes on this machine, as long as it goes on.
async function reaches(count, goal, what) {
	for (let n = await count(); n < goal; ) {
		const before = n;
		n = await eventually(
			async () => {
				const now = await count();
				return now > before && now;
			},
			{ ...patience, what: `${what}: ${before} of ${goal}` },
		);
	}
}

const batchOf = (o, id) => o.api.expect(200, 'GET', `/batches/${id}?limit=1`);

async function assertFinished(o, id, expected) {
	await reaches(async () => (await batchOf(o, id)).done, expected.users, 'the batch goes on by itself');
	const batch = await eventually(
		async () => {
			const b = await batchOf(o, id);
			return b.status === 'done' && b;
		},
		{ ...patience, what: 'the batch ends' },
	);
	assert.deepEqual(
		[batch.enrolled, batch.done, batch.total, batch.waitlisted, batch.moved],
		[expected.users, expected.users, expected.users, 0, 0],
	);
	assert.equal((await o.api.expect(200, 'GET', `/sessions/${o.session.id}`)).seats_taken, expected.users);
	await reaches(() => new Set(o.sink.received.map((m) => m.to)).size, expected.mails.size, 'every message leaves');
	await eventually(
		async () => (await o.api.expect(200, 'GET', '/outbox?state=waiting&limit=1')).items.length === 0,
		{ ...patience, what: 'the outbox is empty' },
	);
	assert.deepEqual(new Set(o.sink.received.map((m) => m.to)), expected.mails);
	const ids_of = new Map();
	for (const m of o.sink.received) ids_of.set(m.to, (ids_of.get(m.to) ?? new Set()).add(m.id));
	for (const [to, ids] of ids_of) assert.equal(ids.size, 1, `${to}: a repetition is the same message`);
	assert.equal(new Set(o.sink.received.map((m) => m.id)).size, expected.mails.size);
	await assertSound(o.muster);
}

test('thousands in one batch: everybody is told, and nobody twice', async () => {
	const o = await organization(people_undisturbed);
	const expected = await expectations(o);
	const { batch, status_url } = await o.api.expect(202, 'POST', '/enrollments', o.body);
	assert.equal(status_url, `/api/v1/batches/${batch}`);
	await assertFinished(o, batch, expected);
	assert.equal(o.sink.received.length, expected.mails.size, 'none twice');
});

test(`killed ${kills} times on the way of twenty thousand`, async () => {
	const o = await organization(people);
	const expected = await expectations(o);
	const chance = new Chance(4711);
	const acknowledged = new Map(); // what small writes between the kills were told
	const killed_at = []; // how many messages had arrived by then
	const departments = [];

	// Before anything is acknowledged: a request that is cut off does nothing, or all of it, and the same again does it.
	const key = { headers: { 'idempotency-key': 'the-one-batch' } };
	const cut = o.api.post('/enrollments', o.body, key).catch(() => null);
	await eventually(async () => (await o.muster.metrics()).muster_db_commits_total > 5 + chance.below(6), {
		what: 'it has begun',
	});
	await crash();
	await cut;
	const { batch } = await o.api.expect(202, 'POST', '/enrollments', o.body, key);

	async function crash() {
		await o.muster.kill9();
		killed_at.push(o.sink.received.length);
		await assertSound(o.muster);
		await o.muster.start();
		o.api.base = o.muster.url;
		const there = new Map((await o.api.all('/departments', 1000)).map((d) => [d.id, d.name]));
		for (const [id, name] of acknowledged) assert.equal(there.get(id), name, 'what was acknowledged is there');
	}

	for (let i = 1; i < kills; i++) {
		// A third of the moments lies in the batch, the others among the messages.
		const goal = (i + chance.next()) / kills;
		await eventually(
			async () => {
				const b = await batchOf(o, batch);
				const made = await o.api.post('/departments', {
					name: `Between ${acknowledged.size}`,
					parent: o.root.id,
				});
				if (made.status === 201) acknowledged.set(made.body.id, made.body.name);
				departments.push(made.status);
				return b.status === 'done'
					? o.sink.received.length / expected.mails.size >= (goal - 1 / 3) * 1.5
					: b.done / b.total >= Math.min(goal * 3, 0.95);
			},
			{ ...patience, what: `the moment of kill ${i}` },
		);
		await crash();
	}
	assert.ok(acknowledged.size > 0 && departments.every((s) => s === 201));
	await assertFinished(o, batch, expected);

	assertFewTwice(o.sink, killed_at);
});
