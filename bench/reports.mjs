// Exports of a hundred thousand rows and more: memory must not grow with them. Beside them, the same users read by REST in
// pages of 1,000, which an export has to beat; and the people of a report beside a C program that prints the same bytes.
// Then reports over ten million enrollments ($MUSTER_BENCH_ENROLLMENTS says how many).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { copyOf, floor, median, ms, percentile, ratio, report, scratch, seeded, table, usage } from './lib/bench.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { startMuster } from './lib/muster.mjs';

const many = Number(process.env.MUSTER_BENCH_ENROLLMENTS ?? 10_000_000);
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
	let bytes = 0,
		head = '';
	const hash = createHash('sha256');
	for await (const chunk of response.body) {
		head ||= Buffer.from(chunk).toString().split('\r\n')[0];
		bytes += chunk.length;
		hash.update(chunk);
	}
	clearInterval(timer);
	const then = usage(muster.process.pid);
	return {
		took: performance.now() - begun,
		cpu: then.cpu - before.cpu,
		growth: Math.max(most, then.dirty) - before.dirty,
		bytes,
		head,
		hash: hash.digest('hex'),
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

async function hashOf(path) {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(path)) hash.update(chunk);
	return hash.digest('hex');
}

// What a request costs: the time until its last byte, some hundred times.
async function times(n, work) {
	const all = [];
	for (let i = 0; i <= n; i++) {
		const begun = performance.now();
		await work(i);
		if (i) all.push(performance.now() - begun);
	}
	return all;
}

test('reports over many enrollments', { timeout: 7_200_000 }, async () => {
	const big = copyOf(seeded({ users, departments: 1000, trainings: 2000, enrollments: many, seed: 2 }), 'reports-many');
	const begun = performance.now();
	const muster = await startMuster({ db: big });
	const web = await signedIn(muster, 'owner');
	// What is counted is read once, from the start on; until then the page says how far it is, and comes again.
	let said;
	while ((await web.get('/reports?group_by=department&from=&to=')).status !== 200) {
		said ??= performance.now() - begun;
		await pause(100);
	}
	const cold = performance.now() - begun;
	const kept = usage(muster.process.pid).dirty;
	const api = await apiOf(muster, 'owner'),
		own = await signedIn(muster, 'dept.admin');
	const cookie = [...web.cookies].map(([k, v]) => `${k}=${v}`).join('; ');

	const rows = [];
	let late = 0;
	const line = (what, all, p, budget) => {
		const took = percentile(all, p);
		if (took > budget) late++;
		rows.push([what, ms(percentile(all, 50)), `${ms(took)} (p${p})`, budget, took > budget ? 'over' : '']);
	};
	const attendance = (query) => () => api.expect(200, 'GET', `/reports/attendance?limit=1&${query}`);
	line('figures of the last quarter', await times(300, attendance(`from=${new Date(Date.now() - 92 * 86400e3).toISOString()}`)), 99, 20);
	line('figures of all', await times(300, attendance('')), 99, 20);

	const trainings = await api.expect(200, 'GET', '/trainings?limit=20'),
		departments = (await api.all('/departments', 1000)).filter((d) => d.parent);
	const combinations = [];
	for (const group of ['training', 'session', 'department'])
		for (const narrowed of ['', `trainings=${trainings.items.map((t) => t.id).join(',')}`, `sessions=${trainings.items[1].sessions[0].id}`])
			for (const dates of ['', `from=${new Date(Date.now() - 200 * 86400e3).toISOString()}&to=${new Date().toISOString()}`])
				for (const department of ['', `department=${departments[3].id}`, `department=${departments[700].id}&nested=0`])
					for (const result of ['', 'result=absent'])
						combinations.push([`group_by=${group}`, narrowed, dates, department, result].filter(Boolean).join('&'));
	line(`${combinations.length} combinations of filters`, await times(combinations.length * 3, (i) => attendance(combinations[i % combinations.length])()), 100, 100);

	for (const [what, path, budget, who] of [
		['page: attendance', '/reports', 150],
		['page: attendance of all, by session', '/reports?group_by=session&from=&to=', 150],
		['page: attendance of all, a department’s administrator', '/reports?from=&to=', 150, own],
		...['name', '-name', 'department', 'training', 'session', '-session', 'answer', 'result'].map((sort) => [
			`page: the people by ${sort}`, `/reports/participants?from=&to=&sort=${sort}`, 150,
		]),
		['page: the people, last quarter', '/reports/participants', 150],
		['page: the people of a department', `/reports/participants?from=&to=&department=${departments[700].id}`, 150],
		['page: the people of a session', `/reports/participants?from=&to=&sessions=${trainings.items[1].sessions[0].id}`, 150],
		['page: the people by score (sorts all of them)', '/reports/participants?from=&to=&sort=-score', Infinity],
	])
		line(what, await times(budget === Infinity ? 3 : 20, () => (who ?? web).get(path)), 95, budget);

	// The people as a file, of the sessions that end later than half a year ago.
	const from = Math.floor(Date.now() / 1000) - 180 * 86400;
	const path = `/reports/participants/export?from=${new Date(from * 1000).toISOString().slice(0, 19)}Z&to=&format=csv`;
	const out = scratch('floor-report.csv');
	await download(muster, '/reports/participants/export?from=&to=&department=700&format=csv', cookie);
	const file = await download(muster, path, cookie);
	const least = floor('report', big, out, from, file.head);
	assert.equal(await hashOf(out), file.hash, 'the floor prints the same bytes');
	assert.ok(file.growth <= allowed, `memory grows by ${mb(file.growth)} MB`);
	await muster.stop();

	report(`Reports over ${many.toLocaleString('en-US')} enrollments`, [
		`${users.toLocaleString('en-US')} users, 1,000 departments, 2,000 trainings. The first report after a start: ${ms(cold)} ms${said ? `, after ${ms(said)} ms a page that says how far it is` : ''}; from then on the process holds ` +
			`${mb(kept)} MB of its own.`,
		'',
		...table(['', 'median, ms', 'ms', 'budget', ''], rows),
		'',
		`All people as CSV, ${mb(file.bytes)} MB: ${ms(file.cpu)} ms of CPU, of which a program that steps one statement and prints the same bytes takes ` +
			`${ms(least)} ms: ${ratio(least / file.cpu)} of its speed, of at least 0.50. Memory +${mb(file.growth)} MB, of at most ${mb(allowed)} MB.`,
	]);
	if (late || least / file.cpu < 0.5) process.exitCode = 1;
});
