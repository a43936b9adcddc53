// Mixed load for ten minutes (`./dev bench soak MINUTES`): pages, a search, exports, changes and answers, people who sign
// in and out. Memory, files and the log of the database stay where they are.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { copyOf, median, report, seeded, table, usage } from './lib/bench.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { startMuster } from './lib/muster.mjs';

const minutes = Number(process.argv[2] ?? 10);
// The first part fills caches: connections, statements, arenas.
const warm = 0.3,
	samples_n = 120,
	// Samples vary by a megabyte. What really grows is seen by soaking longer: two megabytes are allowed in all.
	kb_a_minute = 2048 / minutes;
const database = seeded({ users: 2000, departments: 50, trainings: 100, enrollments: 10_000, seed: 4 });
const rows = [];
const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);

const paths = [
	'/', '/users', '/users?q=lindqvist', '/trainings', '/calendar', '/notifications', '/audit', '/outbox', '/reports',
	'/departments', '/groups', '/settings', '/users/export?format=csv', '/users/export?format=xlsx', '/nothing',
];

// Kilobytes a minute: the median of the slopes between any two samples, which a spike does not move.
function slope(samples) {
	const slopes = samples.flatMap((a, i) =>
		samples.slice(i + 1).map((b) => (b.dirty - a.dirty) / 1024 / ((b.at - a.at) / 60_000)),
	);
	return median(slopes);
}

test(`${minutes} minutes of mixed load`, async () => {
	const db = copyOf(database, 'soak');
	const muster = await startMuster({ db });
	const { pid } = muster.process;
	const api = await apiOf(muster, 'owner');
	const people = (await api.all('/users', 1000)).filter((u) => u.login.startsWith('user'));
	let on = true,
		n = 0;
	const forever = async (work) => {
		for (let i = 0; on; i++, n++) await work(i);
	};
	const reads = async (login) => {
		const web = await signedIn(muster, login);
		await forever(async (i) => {
			const page = await web.get(paths[i % paths.length]);
			assert.ok([200, 403, 404].includes(page.status), `${page.path}: ${page.status}`);
		});
	};
	const writes = () =>
		forever(async (i) => {
			const user = people[i % people.length];
			await api.expect(200, 'PATCH', `/users/${user.id}`, { first_name: `Soak ${i}` });
		});
	const comes = () =>
		forever(async () => {
			const web = await signedIn(muster, 'maria');
			await web.post('/logout', { csrf: (await web.get('/settings')).csrf });
			await pause(200);
		});
	const running = [reads('admin'), reads('owner'), reads('maria'), reads('dept.admin'), writes(), comes()];

	const begun = performance.now(),
		samples = [];
	for (let k = 0; k < samples_n; k++) {
		await Promise.race([pause((minutes * 60_000) / samples_n), ...running]);
		samples.push({
			at: performance.now() - begun,
			...usage(pid),
			files: readdirSync(`/proc/${pid}/fd`).length,
			log: statSync(`${db}-wal`).size,
		});
	}
	on = false;
	await Promise.all(running);
	await muster.stop();

	const steady = samples.filter((s) => s.at >= warm * minutes * 60_000);
	const third = (from, name) => median(steady.slice(from, from + Math.floor(steady.length / 3)).map((s) => s[name]));
	const last = steady.length - Math.floor(steady.length / 3);
	const grows = slope(steady);
	rows.push(
		['Requests', String(n), '', ''],
		['Private memory, MB', mb(third(0, 'dirty')), mb(third(last, 'dirty')), ''],
		[`… KB a minute (at most ${kb_a_minute.toFixed(0)})`, '', grows.toFixed(1), grows > kb_a_minute ? 'over' : ''],
		['Open files', String(third(0, 'files')), String(third(last, 'files')), ''],
		['Log of the database, MB', mb(third(0, 'log')), mb(Math.max(...steady.map((s) => s.log))), ''],
	);
	if (grows > kb_a_minute) process.exitCode = 1;
});

after(() => {
	report(`Soak: ${minutes} minutes of mixed load`, [
		`After the first ${100 * warm} %: the first third of the samples and the last.`,
		'',
		...table(['', 'first', 'last', ''], rows),
	]);
});
