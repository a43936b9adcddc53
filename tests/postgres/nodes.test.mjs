// Two nodes on one database: what one does the other knows of, races have one outcome, and either may die at any time.
import assert from 'node:assert/strict';
import { createServer, connect } from 'node:net';
import { after, before, test } from 'node:test';
import { psql } from '../lib/database.mjs';
import { Api, apiOf, signedIn, Web } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSeats, assertSound, dayAt, newTraining } from '../lib/organization.mjs';
import { startRelay } from '../lib/smtp.mjs';

const people = 1000;
const logins = Array.from({ length: people }, (_, i) => `user${i + 1}`);
let relay, one, two, on_one, on_two;

const body = (audience, training, session, more = {}) => ({
	audience,
	trainings: [{ training: training.id, session: session.id }],
	...more,
});
const sum = (answers, name) => answers.reduce((n, a) => n + (Array.isArray(a[name]) ? a[name].length : a[name]), 0);
const chunks = (list, n) => Array.from({ length: Math.ceil(list.length / n) }, (_, i) => list.slice(i * n, (i + 1) * n));

before(async () => {
	relay = await startRelay();
	const args = ['--smtp', relay.url, '--undo-hold', '1'];
	one = await startMuster({ demo: true, seed: { users: people, departments: 10, trainings: 2, enrollments: 0 }, args });
	two = await startMuster({ db: one.db, args });
	on_one = await apiOf(one, 'owner');
	on_two = new Api(two, on_one.token);
});

// Company is no trouble: what it costs is run again, and nobody hears of it.
function assertQuiet() {
	for (const node of [one, two]) assert.doesNotMatch(node.log, /^.*database.*$/m);
}

// The first of them: after a clash writers go one at a time for a while, and nothing could clash.
test('a batch is applied by one node at a time, and nothing of it in vain', async () => {
	const trainings = [];
	for (let i = 0; i < 10; i++) {
		const x = await newTraining(one, on_one, [{ days: [dayAt(one, 200 + i)] }]);
		trainings.push({ training: x.id, session: x.sessions[0].id });
	}
	const retries = async () => (await one.metrics()).muster_db_retries_total + (await two.metrics()).muster_db_retries_total;
	const before = await retries();
	const writes = async () => [(await one.metrics()).muster_db_writes_total, (await two.metrics()).muster_db_writes_total];
	const written = await writes();
	const access_at = new Date((one.now() + 86400) * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	const { batch } = await on_one.expect(202, 'POST', '/enrollments', { audience: { logins }, trainings, access_at });
	await eventually(async () => (await on_two.expect(200, 'GET', `/batches/${batch}?limit=1`)).status === 'done', { timeout: 120_000, what: 'the batch' });
	assert.equal(await retries(), before);
	(await writes()).forEach((n, i) => assert.ok(n > written[i], `node ${i + 1} looked and claimed`));
	await on_one.expect(200, 'POST', `/batches/${batch}/undo`);
});

test('a sign-in on one node is one on the other, and so is a sign-out', async () => {
	const web = await signedIn(one, 'maria');
	const other = new Web(two);
	other.cookies = web.cookies;
	assert.equal((await other.get('/')).status, 200);
	assert.match((await other.get('/')).words, /Maria/);
	const home = await other.get('/');
	await other.submit(home, { action: '/logout' });
	const again = new Web(one);
	again.cookies = new Map(web.cookies);
	assert.equal((await again.get('/', { follow: false })).status, 303);
});

test('a draft begun on one node is finished on the other', async () => {
	const web = await signedIn(one, 'admin');
	const { csrf } = await web.get('/enroll');
	const made = await web.post('/enroll', { csrf });
	const path = made.headers.get('location').replace(/\/\w+$/, '');
	const pasted = await web.post(`${path}/users`, { csrf, add_paste: '1', paste: 'user1\nuser2\nuser3' });
	assert.equal(pasted.status, 303);
	const other = new Web(two);
	other.cookies = web.cookies;
	assert.match((await other.get(`${path}/users`)).words, /3 users/);
});

test('a thousand people into two sessions by both nodes at once: each is in exactly one', async () => {
	const t = await newTraining(one, on_one, [{}, {}]);
	const requests = [on_one, on_two].flatMap((api, i) =>
		chunks(i ? [...logins].reverse() : logins, 25).map((some) =>
			api.expect(201, 'POST', '/enrollments', body({ logins: some }, t, t.sessions[i])),
		),
	);
	const answers = await Promise.all(requests).finally(assertQuiet);
	assert.equal(sum(answers, 'enrolled'), people);
	assert.equal(sum(answers, 'skipped'), people);
	const all = await on_two.all(`/trainings/${t.id}/participants`, 1000);
	assert.equal(all.length, people);
	assert.equal(new Set(all.map((e) => e.user)).size, people, 'R1');
	for (const s of t.sessions) await assertSeats(on_one, s.id);
	await assertSound(two);
	assertQuiet();
});

test('two hundred ask both nodes for five seats, and exactly five have one', async () => {
	const t = await newTraining(one, on_one, [{ capacity: 5 }]);
	const answers = await Promise.all(
		logins.slice(0, 200).map((login, i) =>
			(i % 2 ? on_one : on_two).expect(201, 'POST', '/enrollments', body({ logins: [login] }, t, t.sessions[0], { when_full: 'refuse' })),
		),
	);
	assert.equal(sum(answers, 'enrolled'), 5);
	const { session, seated } = await assertSeats(on_two, t.sessions[0].id);
	assert.deepEqual([session.seats_taken, session.waiting, seated.length], [5, 0, 5]);
	await assertSound(one);
	assertQuiet();
});

test('the same idempotency key on both nodes is one effect and one answer', async () => {
	const t = await newTraining(one, on_one, [{}]);
	for (let i = 0; i < 5; i++) {
		const key = { headers: { 'idempotency-key': `both-${i}` } };
		const [a, b] = await Promise.all(
			[on_one, on_two].map((api) => api.post('/enrollments', body({ logins: [`user${900 + i}`] }, t, t.sessions[0]), key)),
		);
		assert.deepEqual([a.status, b.status], [201, 201]);
		assert.deepEqual(a.body, b.body);
		assert.equal(a.body.enrolled.length ?? a.body.enrolled, 1);
	}
});

test('every message of what both nodes did leaves once', async () => {
	await eventually(async () => (await on_one.expect(200, 'GET', '/outbox?state=waiting&limit=1')).items.length === 0, {
		timeout: 120_000,
		what: 'the outbox is empty',
	});
	const ids = relay.messages.map((m) => m.messageId);
	assert.ok(ids.length >= 980, `${ids.length} messages: one in fifty has no address`);
	assert.equal(new Set(ids).size, ids.length);
});

test('what one node commits wakes the other, whose own poll would come much later', async () => {
	const mail = relay.messages.length;
	const t = await newTraining(one, on_one, [{ days: [dayAt(one, 50)] }]);
	await on_one.expect(201, 'POST', '/enrollments', body({ logins: ['user7'] }, t, t.sessions[0]));
	await eventually(() => relay.messages.length > mail, { timeout: 20_000, what: 'the invitation' });
	assert.ok((await psql(one.db, "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN muster_commit' OR query = 'NOTIFY muster_commit'")) >= 2);
});

test('a node that is killed in the middle of a batch: the other finishes it, and everybody is told', async () => {
	const trainings = [];
	// More pairs than one request does itself.
	for (let i = 0; i < 6; i++) {
		const x = await newTraining(one, on_one, [{ days: [dayAt(one, 100 + i)] }]);
		trainings.push({ training: x.id, session: x.sessions[0].id });
	}
	const { batch } = await on_one.expect(202, 'POST', '/enrollments', { audience: { logins }, trainings });
	await one.kill9();
	const done = await eventually(
		async () => {
			const b = await on_two.expect(200, 'GET', `/batches/${batch}?limit=1`);
			return b.status === 'done' && b;
		},
		{ timeout: 120_000, what: 'the batch' },
	);
	assert.equal(done.enrolled, people * trainings.length);
	await assertSound(two);
	await one.start();
	on_one.base = one.url;
	assert.equal((await on_one.expect(200, 'GET', `/batches/${batch}?limit=1`)).status, 'done');
});

test('a node whose connections are cut serves on, and loses nothing that it acknowledged', async () => {
	const root = (await on_two.all('/departments')).find((d) => d.parent === null);
	const acknowledged = [];
	const statuses = new Set();
	for (let i = 0; i < 60; i++) {
		if (i % 10 === 5)
			await psql(two.db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster' AND datname = current_database()");
		const made = await on_two.post('/departments', { name: `Cut ${i}`, parent: root.id });
		statuses.add(made.status);
		if (made.status === 201) acknowledged.push(made.body.id);
	}
	assert.ok([...statuses].every((s) => s === 201 || s === 503), [...statuses].join());
	assert.ok(acknowledged.length > 50, `${acknowledged.length} of 60`);
	const there = new Set((await on_two.all('/departments', 1000)).map((d) => d.id));
	assert.ok(acknowledged.every((id) => there.has(id)));
});

// A way to the server that can be closed.
async function startGate(address) {
	const url = new URL(address.replace('postgres:///', 'postgres://x/'));
	const pairs = new Set();
	let open = true;
	const server = createServer((client) => {
		if (!open) return void client.destroy();
		const inner = connect(`${url.searchParams.get('host')}/.s.PGSQL.5432`);
		const pair = [client, inner];
		pairs.add(pair);
		for (const socket of pair)
			socket
				.on('error', () => {
					/* cut */
				})
				.on('close', () => {
					for (const one of pair) one.destroy();
					pairs.delete(pair);
				});
		client.pipe(inner).pipe(client);
	});
	await new Promise((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	after(() => server.close());
	return {
		address: `postgres://postgres@127.0.0.1:${server.address().port}${url.pathname}?sslmode=disable`,
		close() {
			open = false;
			for (const pair of pairs) for (const socket of pair) socket.destroy();
		},
		open() {
			open = true;
		},
	};
}

test('a database that is gone is 503 and a word on the page; when it is back, so is everything', async () => {
	const gate = await startGate(two.db);
	const three = await startMuster({ db: gate.address });
	const api = new Api(three, on_two.token);
	const root = (await api.all('/departments')).find((d) => d.parent === null);
	await api.expect(201, 'POST', '/departments', { name: 'Before the cut', parent: root.id });
	gate.close();
	await eventually(async () => (await api.get('/departments')).status === 503, { what: '503' });
	assert.equal((await api.post('/departments', { name: 'In the cut', parent: root.id })).status, 503);
	assert.equal((await fetch(three.url)).status, 503);
	gate.open();
	await eventually(async () => (await api.get('/departments')).status === 200, { what: 'reading again' });
	await eventually(async () => (await api.post('/departments', { name: 'After the cut', parent: root.id })).status === 201, { what: 'writing again' });
	const names = (await api.all('/departments', 1000)).map((d) => d.name);
	assert.ok(names.includes('Before the cut') && names.includes('After the cut') && !names.includes('In the cut'), names.join());
	await three.stop();
});

test('an older program refuses a newer schema and says so, also while it runs', async () => {
	// What a migration of a later program leaves.
	await psql(two.db, "INSERT INTO schema_version (version, name, checksum, applied_at) VALUES (4711, 'later', 'x', 0)");
	const { code, err } = await two.cli(['migrate']);
	assert.equal(code, 3);
	assert.match(err, /version 4711 .*newer program/);
	await psql(two.db, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster' AND datname = current_database()");
	const health = async () => (await fetch(`${two.url}/healthz`)).status;
	await eventually(async () => (await health()) === 503, { what: '503' });
	assert.equal((await on_two.post('/departments', { name: 'By an older program', parent: '1' })).status, 503);
	assert.match(two.log, /version 4711 .*newer program/);
	await psql(two.db, 'DELETE FROM schema_version WHERE version = 4711');
	await eventually(async () => (await health()) === 200, { what: '200' });
});
