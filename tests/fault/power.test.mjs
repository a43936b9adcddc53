// The power cut: what the kernel had not yet written is gone. The database lies on a file system in a file; at some moment
// the program is stopped, the file is copied as it is on disk, and what the copy holds must be all that was acknowledged.
// That needs root (a name space of its own and loop devices); without it the test says so, and looks at the same from the
// other side: nothing is acknowledged without an fsync before it.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

if (process.env.MUSTER_RELEASE) process.env.MUSTER_BIN = process.env.MUSTER_RELEASE;
const { eventually, runMuster, startMuster, temporaryFolder } = await import('../lib/muster.mjs');
const { apiOf } = await import('../lib/http.mjs');
const { Chance } = await import('../lib/random.mjs');

const cuts = Number(process.env.MUSTER_CUTS ?? (process.env.MUSTER_LONG ? 100 : 3));
const clients = 4,
	most = 60; // acknowledged before a cut
const run = promisify(execFile);
const mounted = [];

after(() => {
	for (const folder of mounted) {
		try {
			execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
		} catch {
			/* it is not there any more */
		}
	}
});

async function mount(image, folder) {
	mkdirSync(folder, { recursive: true });
	await run('mount', ['-o', 'loop', image, folder]);
	mounted.push(folder);
}

async function unmount(folder) {
	await run('umount', [folder]);
	mounted.splice(mounted.indexOf(folder), 1);
}

// Whether we may; else why not.
async function whyNot() {
	if (process.getuid() !== 0) return 'not root';
	const folder = temporaryFolder(),
		image = join(folder, 'try.img');
	try {
		await newImage(image, 8);
		await mount(image, join(folder, 'try'));
		await unmount(join(folder, 'try'));
		return null;
	} catch (error) {
		return error.message.split('\n').slice(0, 2).join(' ');
	}
}

async function newImage(image, megabytes) {
	writeFileSync(image, '');
	await run('truncate', ['-s', `${megabytes}M`, image]);
	await run('mkfs.ext4', ['-q', '-F', image]);
}

// Departments one after the other; told() hears the names that were acknowledged.
async function write(api, parent, told, name) {
	for (let i = 0; ; i++) {
		try {
			const made = await api.post('/departments', { name: `${name}.${i}`, parent });
			if (made.status === 201) told(`${name}.${i}`);
		} catch {
			return;
		}
	}
}

async function cut(folder, demo, chance, n) {
	const image = join(folder, 'disk.img'),
		disk = join(folder, 'disk'),
		copy = join(folder, 'copy.img'),
		found = join(folder, 'found');
	await newImage(image, 64);
	await mount(image, disk);
	copyFileSync(demo, join(disk, 'muster.db'));
	await run('sync', ['-f', disk]);

	const muster = await startMuster({ db: join(disk, 'muster.db') });
	const api = await apiOf(muster, 'owner');
	const parent = (await api.all('/departments')).find((d) => d.parent === null).id;
	// At once when so many were acknowledged: others are on their way. Answers that have left and not arrived yet would only
	// make the test easier.
	const acknowledged = new Set(),
		goal = 1 + chance.below(most);
	const told = (name) => {
		if (acknowledged.size === goal) return;
		acknowledged.add(name);
		if (acknowledged.size === goal) muster.process.kill('SIGSTOP');
	};
	const working = Array.from({ length: clients }, (_, i) => write(api, parent, told, `Cut ${n}.${i}`));
	await eventually(() => acknowledged.size === goal, { what: `${goal} are acknowledged` });
	await run('cp', ['--sparse=always', image, copy]);
	await muster.kill9();
	await Promise.all(working);
	await unmount(disk);

	await mount(copy, found);
	const db = ['--db', `sqlite:${join(found, 'muster.db')}`];
	const sound = await runMuster(['fsck', ...db]);
	assert.equal(sound.code, 0, sound.out + sound.err);
	const again = await startMuster({ db: join(found, 'muster.db') });
	const there = new Set((await (await apiOf(again, 'owner')).all('/departments', 1000)).map((d) => d.name));
	await again.stop();
	const lost = [...acknowledged].filter((name) => !there.has(name));
	assert.deepEqual(lost, [], `cut ${n}: acknowledged and lost`);
	await unmount(found);
	return acknowledged.size;
}

const why_not = await whyNot();

if (!why_not)
	test(`the power is cut ${cuts} times: everything acknowledged is on disk`, async (t) => {
		const folder = temporaryFolder(),
			demo = join(folder, 'demo.db');
		const db = ['--db', `sqlite:${demo}`];
		for (const command of ['migrate', 'demo']) assert.equal((await runMuster([command, ...db])).code, 0);
		const chance = new Chance(Number(process.env.MUSTER_SEED ?? 1));
		let sum = 0;
		for (let n = 1; n <= cuts; n++) sum += await cut(folder, demo, chance, n);
		t.diagnostic(`${sum} acknowledged in ${cuts} cuts, none lost`);
		assert.ok(sum > cuts, 'something was at stake');
	});
else
	test(`nothing is acknowledged before an fsync (no power cuts here: ${why_not})`, async () => {
		const muster = await startMuster({ demo: true });
		const api = await apiOf(muster, 'owner');
		const parent = (await api.all('/departments')).find((d) => d.parent === null).id;
		for (let i = 0; i < 20; i++) {
			const before = (await muster.metrics()).muster_db_fsyncs_total;
			await api.expect(201, 'POST', '/departments', { name: `Synced ${i}`, parent });
			assert.ok((await muster.metrics()).muster_db_fsyncs_total > before);
		}
	});
