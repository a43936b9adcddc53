// What a request costs, counted and not timed: statements of a page, syncs of a write. And what is remembered about
// who asks ends with the commit that ends it.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, owner;
const onPostgres = () => muster.db.startsWith('postgres');

before(async () => {
	muster = await startMuster({
		demo: true,
		seed: { users: 200, departments: 5, trainings: 1, enrollments: 0, seed: 5 },
		// With a clock that jumps the background looks ten times a second; nothing here needs one.
		clock: null,
	});
	owner = await apiOf(muster, 'owner');
});

// Work in the background asks and writes now and then: the least of some tries is the request's own. Reading the
// figures has a cost, too, which is taken away.
async function cost(work) {
	const counted = ['statements', 'fsyncs', 'commits'];
	const least = (tries, name) => Math.min(...tries.map(([from, to]) => to[`muster_db_${name}_total`] - from[`muster_db_${name}_total`]));
	const reading = [],
		both = [];
	for (let i = 0; i < 6; i++) {
		const a = await muster.metrics(),
			b = await muster.metrics();
		await work();
		reading.push([a, b]);
		both.push([b, await muster.metrics()]);
	}
	return Object.fromEntries(counted.map((name) => [name, least(both, name) - least(reading, name)]));
}

test('a page asks for what it shows: who looks is known while nothing changes', async () => {
	const web = await signedIn(muster, 'maria');
	// On PostgreSQL nobody can tell whether something has changed.
	const shell = onPostgres() ? 4 : 0;
	const look = () => Promise.all(Array.from({ length: 8 }, () => web.get('/notifications')));
	await look();
	const { statements } = await cost(look);
	assert.ok(statements <= 8 * (shell + 4), `${statements} statements for 8 pages`);
});

async function styleSheet(web) {
	return /\/a\/app\.\w+\.css/.exec((await web.get('/')).text)[0];
}

test('an asset asks nothing', async () => {
	const web = await signedIn(muster, 'maria');
	const path = await styleSheet(web);
	const { statements } = await cost(async () => assert.equal((await web.get(path)).status, 200));
	assert.equal(statements, 0);
	assert.equal((await web.get('/a/none.css')).status, 404);
});

test('connections that say nothing ask nothing', async () => {
	const web = await signedIn(muster, 'maria');
	const path = await styleSheet(web);
	const { port } = new URL(muster.url);
	const sockets = await Promise.all(
		Array.from({ length: 300 }, () => new Promise((resolve, reject) => {
			const socket = connect(port, '127.0.0.1', () => socket.write('GET /a/none HTTP/1.1\r\nHost: a\r\n\r\n'));
			socket.on('error', reject).once('data', () => resolve(socket));
		})),
	);
	// As long as others take for much that asks nothing itself.
	const { statements } = await cost(async () => {
		const pages = await Promise.all(Array.from({ length: 100 }, () => web.get(path)));
		assert.ok(pages.every((p) => p.status === 200));
	});
	assert.equal(statements, 0);
	for (const socket of sockets) socket.destroy();
});

test('whoever may no longer is refused at once, wherever he was known', async () => {
	const [user] = (await owner.get('/users?q=dept.admin')).body.items;
	const { roles } = await owner.expect(200, 'GET', `/users/${user.id}`);
	const web = await signedIn(muster, 'dept.admin');
	// Often enough that each thread has seen him.
	const everywhere = async (path, status) => {
		const pages = await Promise.all(Array.from({ length: 40 }, () => web.request('GET', path)));
		assert.deepEqual([...new Set(pages.map((p) => p.status))], [status], path);
	};
	await everywhere('/users', 200);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, { roles: [] });
	await everywhere('/users', 403);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, { roles });
	await everywhere('/users', 200);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, { status: 'inactive' });
	await everywhere('/users', 303);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, { status: 'active' });
	const again = await signedIn(muster, 'dept.admin');
	const { csrf } = await again.get('/settings');
	const cookies = new Map(again.cookies);
	assert.equal((await again.post('/logout', { csrf })).status, 303);
	again.cookies = cookies;
	assert.equal((await again.request('GET', '/users')).status, 303);
});

test('a write alone is synced at once, many share a sync', async () => {
	const people = (await owner.all('/users', 200)).filter((u) => u.login.startsWith('user')).slice(0, 150);
	assert.equal(people.length, 150);
	let n = 0;
	const change = (u) => owner.expect(200, 'PATCH', `/users/${u.id}`, { first_name: `Change ${n++}` });
	const alone = await cost(() => change(people[0]));
	assert.equal(alone.commits, 1);
	const many = await cost(() => Promise.all(people.map(change)));
	if (onPostgres()) return;
	assert.equal(alone.fsyncs, 1);
	assert.ok(many.fsyncs <= people.length / 3, `${many.fsyncs} syncs for ${people.length} writes`);
});

test('who finds a lane full is told at once to come back, in the shape of every page', async () => {
	const web = await signedIn(muster, 'admin');
	const [usual, ...answers] = await Promise.all([web.get('/login'), ...Array.from({ length: 300 }, () => web.get('/users/export?format=xlsx'))]);
	const refused = answers.filter((a) => a.status === 503);
	assert.ok(refused.length > 0 && refused.length < 300, `${refused.length} of 300 are refused`);
	assert.ok(answers.every((a) => a.status === 200 || a.status === 503));
	for (const a of refused) {
		assert.equal(a.headers.get('retry-after'), '1');
		for (const name of ['content-type', 'content-security-policy', 'x-content-type-options', 'cache-control', 'vary', 'referrer-policy'])
			assert.equal(a.headers.get(name), usual.headers.get(name), name);
		assert.equal(a.headers.get('set-cookie'), null);
		assert.match(a.text, /<h1>/);
		assert.doesNotMatch(a.text, /Sign out/);
	}
	// Still who they were.
	assert.equal((await web.get('/users')).status, 200);
});

// What the front answers to a head alone, or null when it waits for the body.
function headOnly(lines, bytes) {
	const { port } = new URL(muster.url);
	return new Promise((resolve, reject) => {
		let heard = '';
		const socket = connect(port, '127.0.0.1', () =>
			socket.write([...lines, 'Host: localhost', `Content-Length: ${bytes}`, 'Expect: 100-continue', '', ''].join('\r\n')));
		socket.on('error', reject).on('data', (data) => {
			heard += data;
			const status = Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1]);
			if (!heard.includes('\r\n\r\n')) return;
			resolve({ socket, status, heard });
		});
	});
}

test('a large body is taken from nobody but who is known by the head', async () => {
	const web = await signedIn(muster, 'owner');
	const large = 15 << 20;
	const cookie = `Cookie: muster=${'x'.repeat(40)}`, form = 'Content-Type: application/x-www-form-urlencoded';
	const strangers = [
		['POST /enroll/1/users HTTP/1.1', form],
		['POST /enroll/1/users HTTP/1.1', form, cookie],
		['POST /users/import HTTP/1.1', 'Content-Type: multipart/form-data; boundary=b', cookie],
		['POST /login HTTP/1.1', form],
		['POST /nowhere HTTP/1.1', form],
		['POST /api/v1/users/import HTTP/1.1', 'Content-Type: text/csv'],
		['POST /api/v1/enrollments HTTP/1.1', 'Content-Type: application/json', `Authorization: Bearer ${'x'.repeat(40)}`],
		['POST /api/v1/nowhere HTTP/1.1', 'Content-Type: application/json'],
	];
	const answers = await Promise.all(strangers.map((lines) => headOnly(lines, /login|nowhere/.test(lines[0]) ? 100_000 : large)));
	assert.deepEqual(answers.map((a) => a.status), [303, 303, 303, 413, 413, 401, 401, 401]);
	assert.match(answers[0].heard, /Location: \/login\?next=\S*&lost=1/i);
	for (const a of answers) assert.match(a.heard, /^Connection: close/im);
	// A form is read, whoever sends it.
	const small = await headOnly(['POST /login HTTP/1.1', form], 60_000);
	assert.equal(small.status, 100);
	// Who is known uploads all the same.
	const rows = Array.from({ length: 5000 }, (_, i) => `upload${i},Support,${'x'.repeat(30)}`).join('\n');
	const answer = await owner.call('POST', '/users/import?dry_run=1', `login,department,last_name\n${rows}\n`, { raw: true, headers: { 'content-type': 'text/csv' } });
	assert.equal(answer.status, 200);
	const page = await web.get('/enroll');
	const path = (await web.post('/enroll', { csrf: page.csrf })).location.replace(/\/\w+$/, '/users');
	const pasted = await web.post(path, { csrf: (await web.get(path)).csrf, paste: Array.from({ length: 20_000 }, (_, i) => `user${i}`).join('\n'), go: 'paste' });
	assert.ok([200, 303, 422].includes(pasted.status), `${pasted.status}`);
	for (const a of [...answers, small]) a.socket.destroy();
});
