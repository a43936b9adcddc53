// Two nodes behind HAProxy, on a primary with a synchronous standby: a node dies, the primary dies, the standby takes
// over, the old primary comes back. Whatever was acknowledged is there, and nobody writes to the old one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inStep, startPair, startProxy } from '../lib/cluster.mjs';
import { Api } from '../lib/http.mjs';
import { eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { assertSound, newTraining } from '../lib/organization.mjs';
import { freePort } from '../lib/port.mjs';

const database = 'muster';
const back_ms = 5000; // from the promotion to the first acknowledged write
let pair, address, nodes, proxy, api, load;

before(async () => {
	pair = await startPair();
	await pair.primary.ask(`CREATE DATABASE ${database}`);
	address = pair.address(database);
	for (const command of ['migrate', 'demo'])
		assert.equal((await runMuster([command, '--db', address])).code, 0, command);
	const ports = [await freePort(), await freePort()];
	nodes = [];
	for (const port of ports)
		nodes.push(await startMuster({ db: address, args: ['--listen', `127.0.0.1:${port}`, '--proxy', '127.0.0.1'] }));
	proxy = await startProxy(ports);
	api = new Api(proxy, await nodes[0].token('owner'));
	load = await startLoad();
});
after(() => load?.stop());

// People who write without pause, through the proxy, and note what they were told: new departments, sent again with the
// same key until there is an answer; job titles; enrollments. Anything else than done, "later" and no answer is a fault.
async function startLoad() {
	const users = (await api.all('/users')).filter((u) => u.status === 'active').slice(0, 40);
	const root = (await api.all('/departments')).find((d) => d.parent === null).id;
	const training = await newTraining(nodes[0], api, [{}]);
	const told = { departments: new Map(), titles: new Map(), enrolled: new Set() };
	const tried = new Map(); // titles that nobody answered to, by user
	const counts = { acknowledged: 0, later: 0, silence: 0, latest_at: 0 };
	const faults = [];
	let on = true;

	async function send(method, path, body, headers = {}) {
		let answer;
		try {
			const response = await fetch(`${proxy.url}/api/v1${path}`, {
				method,
				headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json', ...headers },
				body: JSON.stringify(body),
				signal: AbortSignal.timeout(30_000),
			});
			answer = { status: response.status, body: await response.text() };
		} catch {
			counts.silence++;
			return null;
		}
		if (answer.status < 300) {
			counts.acknowledged++;
			counts.latest_at = performance.now();
			return JSON.parse(answer.body);
		}
		if ([502, 503, 504].includes(answer.status)) counts.later++;
		else faults.push(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
		return null;
	}
	const again = () => pause(50); // as a client should, when told "later"

	async function department(worker, n) {
		const key = { 'idempotency-key': `${worker}-${n}` };
		for (let made = null; !made && on; made ?? (await again())) {
			made = await send('POST', '/departments', { name: `Made ${worker}-${n}`, parent: root }, key);
			if (made) told.departments.set(made.id, made.name);
		}
	}
	async function title(user, n) {
		const value = `Title ${n}`;
		tried.set(user.id, [...(tried.get(user.id) ?? []), value]);
		if (!(await send('PATCH', `/users/${user.id}`, { fields: { job_title: value } }))) return again();
		told.titles.set(user.id, value);
		tried.set(user.id, []);
	}
	async function enroll(user) {
		if (told.enrolled.has(user.id)) return;
		const body = { audience: { users: [user.id] }, trainings: [{ training: training.id, session: training.sessions[0].id }] };
		if (await send('POST', '/enrollments', body)) told.enrolled.add(user.id);
		else await again();
	}

	const workers = Array.from({ length: 6 }, async (_, worker) => {
		const own = users.filter((_, i) => i % 6 === worker);
		for (let n = 0; on; n++) {
			const user = own[n % own.length];
			if (n % 4 === 0) await department(worker, n);
			else if (n % 4 === 1) await enroll(user);
			else await title(user, n);
		}
	});
	return {
		counts,
		faults,
		// Waits until so many more were acknowledged.
		more: (n) => {
			const goal = counts.acknowledged + n;
			return eventually(() => counts.acknowledged >= goal, { timeout: 90_000, what: `${n} more writes` });
		},
		async stop() {
			on = false;
			await Promise.all(workers);
		},
		async verify() {
			const there = new Map((await api.all('/departments', 1000)).map((d) => [d.id, d.name]));
			for (const [id, name] of told.departments) assert.equal(there.get(id), name, 'an acknowledged department is there');
			const made = [...there.values()].filter((name) => name.startsWith('Made '));
			assert.equal(new Set(made).size, made.length, 'sent again with its key, a request is done once');
			for (const [id, value] of told.titles) {
				const now = (await api.expect(200, 'GET', `/users/${id}`)).fields.job_title;
				assert.ok([value, ...tried.get(id)].includes(now), `${now} is what was acknowledged last, or tried after that`);
			}
			const enrolled = new Set((await api.all(`/trainings/${training.id}/participants`, 1000)).map((e) => e.user));
			for (const id of told.enrolled) assert.ok(enrolled.has(id), 'an acknowledged enrollment is there');
			return told.departments.size + told.titles.size + told.enrolled.size;
		},
	};
}

test('a standby alone is no database', async () => {
	const { code, err } = await runMuster(['fsck', '--db', `postgres://postgres@127.0.0.1:${pair.standby.port}/${database}`]);
	assert.equal(code, 3);
	assert.match(err, /read-only|standby/);
});

test('a commit that somebody did not let wait for the standby is not acknowledged', async () => {
	await load.more(50);
	await pair.standby.stop('SIGINT');
	const waiting = () => pair.primary.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' LIMIT 1");
	const [pid, count] = [await eventually(waiting, { what: 'a commit that waits' }), load.counts.later];
	// Each of both nodes has four writers, and all of them wait now: nobody is told that anything is kept.
	await pair.primary.ask(`SELECT pg_cancel_backend(${pid})`);
	await eventually(() => load.counts.later > count, { what: '503' });
	assert.match(nodes.map((n) => n.log).join(''), /commit: it was not waited for the standby/);
	for (const node of nodes) assert.equal((await new Api(node, api.token).get('/trainings')).status, 200, 'reading goes on');
	await pair.primary.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%training%' AND wait_event = 'ClientRead'`);
	for (const node of nodes) assert.equal((await new Api(node, api.token).get('/trainings')).status, 200, 'on new connections, too');
	await pair.standby.start();
	await inStep(pair.primary);
	await load.more(50);
	assert.deepEqual(load.faults, []);
});

test('a node that is killed: the others serve on', async () => {
	await load.more(100);
	await nodes[0].kill9();
	await load.more(100);
	const before = { ...load.counts };
	await load.more(100);
	assert.deepEqual([load.counts.later - before.later, load.counts.silence - before.silence], [0, 0], 'the proxy knows');
	await nodes[0].start();
	await load.more(50);
});

test('a node that is stopped: nobody notices', async () => {
	const before = { ...load.counts };
	await nodes[1].stop();
	await load.more(100);
	await nodes[1].start();
	await load.more(100);
	assert.deepEqual([load.counts.later - before.later, load.counts.silence - before.silence], [0, 0]);
	assert.deepEqual(load.faults, []);
});

test(`the primary is killed and the standby promoted: nothing acknowledged is lost, and ${back_ms / 1000} seconds later all is well`, async (t) => {
	await load.more(100);
	await pair.primary.stop('SIGKILL');
	await eventually(async () => (await fetch(`${proxy.url}/healthz`)).status === 503, { what: '503' });
	const acknowledged = load.counts.acknowledged;
	await pair.standby.run('pg_ctl', 'promote', '-w', '-D', pair.standby.data);
	const promoted = performance.now();
	await eventually(() => load.counts.acknowledged > acknowledged, { timeout: 30_000, what: 'a write' });
	const took = load.counts.latest_at - promoted;
	t.diagnostic(`the first write ${Math.round(took)} ms after the promotion`);
	assert.ok(took <= back_ms, `${Math.round(took)} ms`);
	await load.more(300);
	for (const node of nodes) assert.equal((await fetch(`${node.url}/healthz`)).status, 200);
	await eventually(
		async () => (await pair.standby.ask("SELECT count(*) FROM pg_stat_activity WHERE query IN ('LISTEN muster_commit', 'NOTIFY muster_commit')", database)) === '2',
		{ what: 'both listen to each other again' },
	);
	assert.deepEqual(load.faults, []);
});

test('the old primary comes back by mistake: no node that saw the new one writes there', async () => {
	await pair.primary.start();
	const rows = () => pair.primary.ask('SELECT count(*), max(id) FROM audit', database);
	const before = await rows();
	// New connections go to the first server of the address.
	await pair.standby.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster'", database);
	await eventually(() => nodes.every((node) => /replaced by another/.test(node.log)), { timeout: 30_000, what: 'both say why' });
	assert.equal(await rows(), before, 'nothing was written to it');
	await pair.primary.stop('SIGKILL');
	await load.more(100);
});

test('in the end everything acknowledged is there, and every rule holds', async () => {
	await load.stop();
	assert.deepEqual(load.faults, []);
	const verified = await load.verify();
	assert.ok(verified > 100, `${verified} things to look for`);
	await assertSound(nodes[0]);
});
