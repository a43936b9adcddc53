// Exports of a hundred thousand rows and more: memory must not grow with them. Beside them, the same users read by REST in
// pages of 1,000, which an export has to beat; and the report pages over all enrollments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyOf, median, ms, ratio, report, seeded, table, usage } from './lib/bench.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { startMuster } from '../tests/lib/muster.mjs';

const users = 100_000,
	enrollments = 200_000,
	allowed = 32 * 2 ** 20,
	rounds = 3;
const database = seeded({ users, departments: 500, trainings: 50, enrollments, seed: 1 });
const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);

async function download(muster, path, cookie) {
	const before = usage(muster.process.pid);
	let most = before.dirty;
	const timer = setInterval(() => {
		most = Math.max(most, usage(muster.process.pid).dirty);
	}, 20);
	const begun = performance.now();
	const response = await fetch(muster.url + path, { headers: { cookie } });
	assert.equal(response.status, 200, path);
	let bytes = 0;
	for await (const chunk of response.body) bytes += chunk.length;
	clearInterval(timer);
	const then = usage(muster.process.pid);
	return {
		took: performance.now() - begun,
		cpu: then.cpu - before.cpu,
		growth: Math.max(most, then.dirty) - before.dirty,
		bytes,
	};
}

async function timed(work) {
	const times = [];
	for (let i = 0; i < rounds; i++) {
		const begun = performance.now();
		await work();
		times.push(performance.now() - begun);
	}
	return median(times);
}

test('exports and reports', { timeout: 1_800_000 }, async () => {
	const muster = await startMuster({ db: copyOf(database, 'reports') });
	const web = await signedIn(muster, 'owner'),
		api = await apiOf(muster, 'owner');
	const cookie = [...web.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
	// What is kept for good, such as pages of the database, is there before anything is measured.
	for (const path of ['/users/export?q=user99', '/reports/participants/export?department=2&from=&to='])
		await download(muster, path, cookie);

	const before = usage(muster.process.pid);
	const begun = performance.now();
	await api.all('/users', 1000);
	const floor = { took: performance.now() - begun, cpu: usage(muster.process.pid).cpu - before.cpu };

	const rows = [];
	for (const [what, path] of [
		['users by name', '/users/export?'],
		['users by department', '/users/export?sort=-department&'],
		['report: people by name', '/reports/participants/export?from=&to=&'],
		['report: people by session', '/reports/participants/export?from=&to=&sort=-session&'],
		['report: sessions', '/reports/export?group_by=session&from=&to=&'],
	])
		for (const format of ['csv', 'xlsx']) {
			const got = await download(muster, `${path}format=${format}`, cookie);
			rows.push([`${what}, ${format}`, ms(got.took), ms(got.cpu), ratio(got.cpu / floor.cpu), mb(got.bytes), mb(got.growth)]);
			assert.ok(got.growth < allowed, `${path}${format}: memory grows by ${mb(got.growth)} MB`);
		}
	const pages = [];
	for (const [what, path] of [
		['attendance by training', '/reports?from=&to='],
		['attendance by session', '/reports?group_by=session&from=&to='],
		['the people, first page', '/reports/participants?from=&to='],
		['the people, last page by result', '/reports/participants?from=&to=&sort=-result&after=last'],
	])
		pages.push([what, ms(await timed(() => web.get(path)))]);

	report('Exports and reports', [
		`${users.toLocaleString('en-US')} users, ${enrollments.toLocaleString('en-US')} enrollments, as owner. The floor is all users by REST in pages of ` +
			`1,000: ${ms(floor.took)} ms, ${ms(floor.cpu)} ms of CPU. Memory is what the process holds more at its highest, of at most ${mb(allowed)} MB.`,
		'',
		...table(['export', 'ms', 'CPU ms', 'CPU ÷ floor', 'MB', 'memory +MB'], rows),
		'',
		...table(['page', 'ms'], pages),
	]);
});
