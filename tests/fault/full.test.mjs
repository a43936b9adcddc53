// A full disk, during an enrollment of many, an import, an export and a backup: what writes is refused in clear words and
// does nothing by half, reading goes on for whoever is signed in, and when there is room again everything goes on by
// itself. The disk is a small file system of its own where this may be mounted; else every write to a file fails as if.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	closeSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	rmSync,
	statfsSync,
	writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { emptyDatabase, on_postgres, psql } from '../lib/database.mjs';
import { Faults } from '../lib/faults.mjs';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { assertSeats, assertSound, newTraining } from '../lib/organization.mjs';

const people = 6000,
	megabytes = on_postgres ? 128 : 40,
	room_again_ms = 5000;
const run = promisify(execFile);
let muster, api, web, root, everybody, rooms = 0;

// ---- a disk that can be filled

class SmallDisk {
	constructor(folder) {
		this.folder = folder;
		this.filler = join(folder, 'filler');
	}
	// But for so many bytes.
	fill(left = 0) {
		const block = Buffer.alloc(65536);
		const file = openSync(this.filler, 'a');
		const free = () => statfsSync(this.folder).bavail * statfsSync(this.folder).bsize;
		try {
			for (let n = block.length; n >= 512; n /= 2) {
				try {
					while (!left || free() > left) writeSync(file, block, 0, n);
				} catch (error) {
					if (error.code !== 'ENOSPC') throw error;
				}
			}
		} finally {
			closeSync(file);
		}
	}
	empty() {
		rmSync(this.filler, { force: true });
	}
}

class BrokenDisk {
	constructor(folder) {
		this.folder = folder;
		this.faults = new Faults();
		this.env = this.faults.env;
	}
	fill(left = 0) {
		this.faults.arm('write', 'ENOSPC', 1 + left / 4096, { for_good: true });
	}
	empty() {
		this.faults.disarm();
	}
}

// Behind the hook that ends the program.
let mounted = null;
const place = mkdtempSync(join(tmpdir(), 'muster-disk-'));
after(() => {
	if (mounted) execFileSync('umount', ['-l', mounted]);
	rmSync(place, { recursive: true, force: true });
});

async function newDisk() {
	const folder = join(place, 'disk');
	mkdirSync(folder);
	try {
		await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder]);
	} catch (error) {
		if (on_postgres) throw error;
		return new BrokenDisk(folder);
	}
	mounted = folder;
	return new SmallDisk(folder);
}

const disk = await newDisk();
// What stdio writes does not fail as if: exports and copies want a disk that is full.
const is_real = disk instanceof SmallDisk;

// PostgreSQL keeps the tables there, and its log elsewhere: what is full is what it can say so about.
async function newDatabase(folder) {
	if (!on_postgres) return `sqlite:${join(folder, 'muster.db')}`;
	const data = join(folder, 'tables');
	mkdirSync(data);
	for (let up = data; up !== '/tmp' && up !== '/'; up = join(up, '..')) chmodSync(up, 0o755);
	const { stdout } = await run('id', ['-u', 'postgres']);
	chownSync(data, Number(stdout), Number(stdout));
	chmodSync(data, 0o700);
	const address = await emptyDatabase(folder);
	const name = /\/(\w+)\?/.exec(address)[1];
	await psql(process.env.MUSTER_TEST_PG, `CREATE TABLESPACE ${name}_small LOCATION '${data}'`);
	await psql(process.env.MUSTER_TEST_PG, `ALTER DATABASE ${name} SET TABLESPACE ${name}_small`);
	return address;
}

before(async () => {
	const db = await newDatabase(disk.folder);
	const options = ['--users', String(people), '--departments', '20', '--trainings', '1', '--enrollments', '0'];
	for (const command of [['migrate'], ['demo'], ['seed', ...options]]) {
		const done = await runMuster([...command, '--db', db]);
		assert.equal(done.code, 0, done.err);
	}
	muster = await startMuster({ db, args: ['--threads', '2'], server_env: { ...disk.env, TMPDIR: disk.folder } });
	api = await apiOf(muster, 'owner');
	web = await signedIn(muster, 'owner');
	// PostgreSQL has no room for one more connection on a full disk: each thread, also of what is slow, has its own by then.
	for (const path of ['/users', '/users/export?format=csv']) {
		const pages = await Promise.all(Array.from({ length: 40 }, () => web.get(path)));
		assert.deepEqual([...new Set(pages.map((p) => p.status))], [200]);
	}
	root = (await api.all('/departments')).find((d) => d.parent === null).id;
	everybody = (await api.all('/users', 1000)).map((u) => u.id);
});

// ---- what is refused and what goes on

async function assertRefused(method, path, body, options) {
	const answer = await api.call(method, path, body, options);
	assert.ok([503, 507].includes(answer.status), `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
	assert.match(answer.headers.get('content-type'), /problem\+json/);
	assert.ok(answer.body.detail.length > 20, 'in words');
}

async function assertReads() {
	for (const path of ['/users', '/trainings', '/calendar', '/outbox'])
		assert.equal((await web.get(path, { follow: false })).status, 200, path);
	assert.equal((await api.get('/users?limit=50')).status, 200);
	assert.equal((await fetch(`${muster.url}/healthz`)).status, 200);
}

const department = (name) => ['POST', '/departments', { name, parent: root }];
// Much in one request: a log that has grown has room for small ones.
const crowd = (name) => ['POST', '/groups', { name, members: everybody }];

async function whileFull(body) {
	disk.fill();
	try {
		let n = 0;
		await eventually(async () => [503, 507].includes((await api.call(...crowd(`Until full ${++n}`))).status), {
			timeout: 60_000,
			what: 'the disk is full',
		});
		await body();
	} finally {
		disk.empty();
	}
	await eventually(async () => (await api.call(...department(`Room ${++rooms}`))).status === 201, {
		timeout: room_again_ms,
		what: 'writing works again',
	});
	assert.equal(muster.process.exitCode, null, 'the program is the same one');
	await assertSound(muster);
}

// ----

test('each write is refused in words, and pages go on', () =>
	whileFull(async () => {
		await assertReads();
		await assertRefused(...crowd('Nowhere to be'));
		assert.ok(!(await api.all('/groups', 1000)).some((g) => g.name === 'Nowhere to be'));
		const page = await web.get('/trainings/new');
		const form = await web.submit(page, { field: 'Title' }, { Title: 'Nowhere to be', Description: 'x'.repeat(9000) });
		assert.ok([303, 503, 507].includes(form.status), `${form.status}`);
		assert.ok(form.status === 303 || form.words.length > 50);
		await assertReads();
	}));

test('a large enrollment stops, and goes on when there is room', async () => {
	const training = await newTraining(muster, api);
	const body = {
		audience: { departments: [{ id: root, nested: true }], except: [training.organizer] },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
	};
	// Room for what is asked, but not for all that follows from it; SQLite's log is one that begins anew.
	if (!on_postgres) {
		await muster.restart();
		api.base = web.base = muster.url;
	}
	disk.fill((on_postgres ? 4 : 1) * 2 ** 20);
	const { batch } = await api.expect(202, 'POST', '/enrollments', body);
	const at = () => api.expect(200, 'GET', `/batches/${batch}?limit=1`);
	const tries = () => muster.log.split('jobs: batch: database error').length;
	let stopped;
	await whileFull(async () => {
		await assertReads();
		// The next slice is tried twice and changes nothing.
		const before = await eventually(
			async () => {
				const b = await at(), from = tries();
				await eventually(() => tries() >= from + 2, { what: 'two more tries' });
				return (await at()).done === b.done && b;
			},
			{ timeout: 60_000, what: 'the batch stands still' },
		);
		assert.equal(before.status, 'running');
		stopped = before.done;
	});
	const done = await eventually(
		async () => {
			const b = await at();
			return b.status === 'done' && b;
		},
		{ timeout: 60_000, what: 'the batch goes on' },
	);
	assert.ok(stopped < done.total, `${stopped} of ${done.total}`);
	assert.equal(done.enrolled, done.total);
	await assertSeats(api, training.sessions[0].id);
	await assertSound(muster);
});

test('an import does nothing, and does it all the next time', async () => {
	const rows = Array.from({ length: 1500 }, (_, i) => `full${i},Company / Support,Import`);
	const file = ['login,department,last_name', ...rows].join('\n');
	const options = { raw: true, headers: { 'content-type': 'text/csv' } };
	await whileFull(async () => {
		await assertRefused('POST', '/users/import', file, options);
		assert.equal((await api.all('/users?q=full')).length, 0);
	});
	assert.equal((await api.expect(200, 'POST', '/users/import', file, options)).created, rows.length);
});

if (is_real)
	test('an export without room for it is refused, never half of one', async () => {
		await whileFull(async () => {
			const answer = await web.get('/users/export?format=csv');
			assert.ok([503, 507].includes(answer.status), `${answer.status}`);
			await assertReads();
		});
		assert.ok((await web.get('/users/export?format=csv')).text.split('\n').length > people);
	});

if (is_real && !on_postgres)
	test('a backup without room leaves nothing behind', async () => {
		const path = join(disk.folder, 'copy.db');
		await whileFull(async () => {
			const { code, err } = await muster.cli(['backup', path]);
			assert.notEqual(code, 0);
			assert.match(err, /full|space/);
			assert.deepEqual(
				readdirSync(disk.folder).filter((f) => f.startsWith('copy')),
				[],
			);
		});
		assert.equal((await muster.cli(['backup', path])).code, 0);
		assert.ok(existsSync(path));
		assert.equal((await runMuster(['fsck', '--db', `sqlite:${path}`])).code, 0);
		rmSync(path);
	});
