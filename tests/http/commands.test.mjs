// Commands that make and check data: demo, seed, fsck, user, token.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { emptyDatabase, on_postgres } from '../lib/database.mjs';
import { apiOf, signedIn } from '../lib/http.mjs';
import { runMuster, startMuster, temporaryFolder } from '../lib/muster.mjs';

const folder = temporaryFolder();
const addresses = new Map();
const address = async (name) => {
	if (!addresses.has(name)) addresses.set(name, await emptyDatabase(folder, name));
	return addresses.get(name);
};
const run = async (command, name, ...rest) => runMuster([command, ...rest, '--db', await address(name)]);
const ok = async (...args) => {
	const done = await run(...args);
	assert.equal(done.code, 0, `${args.join(' ')}: ${done.err}${done.out}`);
	return done;
};

let muster, admin;
before(async () => {
	muster = await startMuster({ demo: true });
	admin = await apiOf(muster, 'admin');
});

test('the demo organization is the one that is promised', async () => {
	const users = await admin.all('/users');
	const by = Object.fromEntries(users.map((u) => [u.login, u]));
	const departments = await admin.all('/departments');
	const department = Object.fromEntries(departments.map((d) => [d.name, d]));
	assert.ok(users.filter((u) => u.email?.endsWith('@example.org')).length >= 60);
	for (const login of ['owner', 'admin', 'dept.admin', 'maria', 'sven', 'omar', 'nomail', 'inactive']) assert.ok(by[login], login);
	assert.equal(by.nomail.email, null);
	assert.equal(by.inactive.status, 'inactive');
	assert.equal(by.maria.supervisor, by.sven.id);
	assert.equal(by.maria.department, department['Sales EMEA'].id);
	assert.equal(by.omar.department, department.Engineering.id);
	assert.deepEqual(by['dept.admin'].roles, [{ role: 'department_admin', departments: [department.Sales.id] }]);
	assert.equal(department['Sales Americas'].parent, department.Sales.id);
	assert.equal(department.Sales.parent, department.Company.id);
	assert.deepEqual((await admin.all('/groups')).map((g) => g.name).sort(), ['First aid', 'New managers']);
});

test('its trainings are to come, full, at the same hour, without limit, over the sea, and over', async () => {
	const trainings = Object.fromEntries((await admin.all('/trainings')).map((t) => [t.title, t]));
	const { 'Negotiation basics': talks, 'Fire safety': fire, 'Time management': time, 'Giving feedback': past } = trainings;
	const starts = (t) => t.sessions.map((s) => s.days[0].start_at);
	assert.equal(talks.sessions.length, 3);
	assert.ok([talks, fire, time].every((t) => t.sessions.every((s) => s.status === 'planned')));
	assert.ok(talks.sessions.some((s) => s.seats_taken === s.capacity && s.waiting > 0), 'one is full');
	assert.ok(talks.sessions.some((s) => s.days.length === 2), 'one takes two days');
	assert.ok(starts(fire).some((at) => starts(talks).includes(at)), 'one is at the same hour');
	assert.ok(time.sessions.every((s) => s.capacity === null));
	assert.ok(time.sessions.some((s) => s.days[0].time_zone === 'America/New_York'));
	assert.deepEqual(past.sessions.map((s) => s.status), ['completed']);
	for (const t of Object.values(trainings))
		for (const s of t.sessions) for (const d of s.days) assert.ok(![0, 6].includes(new Date(`${d.start}Z`).getUTCDay()), `${t.title}: ${d.start} is a working day`);
	const results = new Set((await admin.all(`/trainings/${past.id}/participants`)).map((e) => e.result));
	assert.ok(results.has('attended') && results.has('absent'));
	const outbox = await admin.get('/outbox');
	if (outbox.status === 200) assert.deepEqual(outbox.body.items, [], 'nobody is written to');
	const named = new Set((await admin.all('/users')).filter((u) => ['maria', 'sven', 'omar'].includes(u.login)).map((u) => u.id));
	for (const t of [talks, fire, time]) assert.ok(!(await admin.all(`/trainings/${t.id}/participants`)).some((e) => named.has(e.user)), t.title);
});

test('everybody of the demo signs in with the one password', async () => {
	for (const login of ['owner', 'dept.admin', 'nomail', 'layla.haddad']) await signedIn(muster, login);
});

test('demo wants an empty database, and leaves a sound one', async () => {
	await ok('demo', 'demo.db');
	const again = await run('demo', 'demo.db');
	assert.equal(again.code, 1);
	assert.match(again.err, /has users already/);
	assert.match((await ok('fsck', 'demo.db')).out, /^ok/);
});

test('serve keeps to loopback while demo passwords are there', async () => {
	await ok('demo', 'open.db');
	const served = await run('serve', 'open.db', '--listen', '0.0.0.0:0');
	assert.equal(served.code, 2);
	assert.match(served.err, /loopback/);
});

const size = ['--users', '300', '--departments', '30', '--trainings', '6', '--enrollments', '900'];

test('seed makes the same from the same seed, and another from another', async () => {
	const dump = async (name, seed) => {
		await ok('seed', name, ...size, '--seed', seed);
		await runMuster(['user', 'add', 'root', '--role', 'owner', '--db', await address(name)], { input: 'correct horse battery\n' });
		const token = (await ok('token', name, 'root')).out.trim();
		const server = await startMuster({ db: await address(name) });
		const get = async (address) => (await fetch(`${server.url}/api/v1${address}`, { headers: { authorization: `Bearer ${token}` } })).json();
		const users = (await get('/users?limit=1000')).items.filter((u) => u.login !== 'root');
		const trainings = (await get('/trainings?limit=100')).items;
		const participants = [];
		for (const t of trainings) participants.push(...(await get(`/trainings/${t.id}/participants?limit=1000`)).items);
		await server.stop();
		return { users, trainings, participants };
	};
	const [one, two, other] = [await dump('one.db', '7'), await dump('two.db', '7'), await dump('three.db', '8')];
	assert.deepEqual(one, two);
	assert.notDeepEqual(one.users, other.users);
	assert.equal(one.users.length, 300);
	assert.equal(one.users.filter((u) => u.email === null).length, 6, 'one in 50 has no address');
	assert.ok(one.users.every((u) => u.email === null || u.email === `${u.login}@example.org`));
	assert.equal(one.participants.length, 900);
	assert.ok(one.participants.every((e) => e.announced_at !== null && Date.parse(e.access_at) < Date.now()));
	const sessions = one.trainings.flatMap((t) => t.sessions);
	for (const s of sessions) assert.equal(s.seats_taken, one.participants.filter((e) => e.session === s.id && e.answer !== 'declined').length);
	assert.ok(sessions.some((s) => s.status === 'completed') && sessions.some((s) => s.status === 'planned'));
	assert.match((await ok('fsck', 'one.db')).out, /^ok/);
});

test('seed adds to a demo database, once', async () => {
	await ok('demo', 'both.db');
	await ok('seed', 'both.db', ...size);
	assert.match((await ok('fsck', 'both.db')).out, /^ok/);
	const again = await run('seed', 'both.db', ...size);
	assert.equal(again.code, 1);
	assert.match(again.err, /already/);
});

test('seed says what it cannot do', async () => {
	for (const args of [['--users', 'many'], ['--users', '-1'], ['--users', '10', '--trainings', '2', '--enrollments', '21'], ['--users', '0', '--enrollments', '1'], ['word']]) {
		const done = await run('seed', 'nothing.db', ...args);
		assert.equal(done.code, 2, args.join(' '));
		assert.match(done.err, /^muster: /);
	}
});

test('an address that leads nowhere is told, with status 3', async () => {
	for (const db of on_postgres ? ['postgres://nobody@127.0.0.1:1/none', muster.db.replace('/m_', '/none_')] : ['sqlite:/nowhere/at/all.db']) {
		for (const command of ['migrate', 'serve', 'fsck', 'demo']) {
			const done = await runMuster([command, '--db', db], { timeout: 30_000 });
			assert.equal(done.code, 3, `${command} ${db}: ${done.err}`);
			assert.match(done.err, /^muster: .*(refused|does not exist|\/nowhere\/at\/all\.db)/);
		}
	}
	assert.equal((await runMuster(['migrate', '--db', 'mysql://secret@localhost/x'])).code, 3);
	assert.doesNotMatch((await runMuster(['migrate', '--db', 'mysql://secret@localhost/x'])).err, /secret/);
});

test('accounts and tokens from the command line', async () => {
	const add = async (input, ...args) => runMuster(['user', 'add', ...args, '--db', await address('users.db')], { input });
	for (const short of ['short', 'ä'.repeat(11)])
		assert.equal((await add(`${short}\n`, 'boss', '--role', 'owner')).code, 2);
	assert.equal((await add('correct horse battery\n', 'boss', '--role', 'king')).code, 2);
	assert.equal((await add('correct horse battery\n', 'boss', '--role', 'owner', '--email', 'boss@example.org')).code, 0);
	const twice = await add('correct horse battery\n', 'BOSS', '--email', 'boss@example.org');
	assert.equal(twice.code, 1);
	assert.match(twice.err, /login: .+\n.*email: /);
	const token = await ok('token', 'users.db', 'boss');
	assert.match(token.out, /^[\w-]{43}\n$/);
	assert.equal((await run('token', 'users.db', 'nobody')).code, 1);
	const server = await startMuster({ db: await address('users.db') });
	const me = await (await fetch(`${server.url}/api/v1/me`, { headers: { authorization: `Bearer ${token.out.trim()}` } })).json();
	assert.equal(me.login, 'boss');
	assert.ok(!server.out.includes('/setup'), 'nobody is asked to set it up');
});
