// What the program weighs when nothing is in it, and how soon it answers after it was started.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { copyOf, median, ms, program, report, seeded, settled, table, usage } from './lib/bench.mjs';
import { startMuster } from './lib/muster.mjs';
import { freePort } from '../tests/lib/port.mjs';

const rounds = 9;
const rows = [];
const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);

// The first bytes of an answer, asked for again and again from the start on.
async function firstAnswer(port) {
	for (;;) {
		const got = await new Promise((resolve) => {
			const socket = connect(port, '127.0.0.1', () => {
				socket.write('GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
			});
			socket.once('data', (bytes) => resolve(bytes.toString().startsWith('HTTP/1.1 200')));
			socket.once('error', () => resolve(false));
		});
		if (got) return;
		await pause(1);
	}
}

async function starts(db) {
	const times = [],
		cpu = [],
		dirty = [];
	for (let k = 0; k < rounds; k++) {
		const port = await freePort();
		const begun = performance.now();
		const child = spawn(program, ['serve', '--db', db, '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
		const ended = new Promise((resolve) => child.on('close', resolve));
		await firstAnswer(port);
		times.push(performance.now() - begun);
		cpu.push(usage(child.pid).cpu);
		await settled(child.pid);
		dirty.push(usage(child.pid).dirty);
		child.kill('SIGTERM');
		await ended;
	}
	return { times: median(times), cpu: median(cpu), dirty: median(dirty) };
}

test('start', async () => {
	// Migrated, and nothing else.
	const empty = await startMuster();
	const { db } = empty;
	await empty.stop();
	const full = copyOf(seeded({ users: 10_000, departments: 100, trainings: 100, enrollments: 100_000, seed: 6 }), 'start');
	for (const [what, address] of [
		['An empty database', db],
		['10,000 users, 100,000 enrollments', `sqlite:${full}`],
	]) {
		const got = await starts(address);
		const within = got.times <= 100 && got.dirty <= 16 * 2 ** 20;
		rows.push([what, ms(got.times), '100', ms(got.cpu), mb(got.dirty), '16.0', within ? '' : 'over']);
	}
});

after(() => {
	const head = ['database', 'first answer, ms', 'budget', 'CPU until then, ms', 'private memory, MB', 'budget', ''];
	report('Start', table(head, rows));
});
