// Every page of a big organization against its budgets: bytes as they travel, and the time until the last byte.
// 100,000 users, 2,000 trainings, 1,000,000 enrollments.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { copyOf, ms, percentile, report, seeded, table } from './lib/bench.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { startMuster } from './lib/muster.mjs';

const rounds = 20;
const kb = (n) => (n / 1024).toFixed(1);
const database = seeded({ users: 100_000, departments: 1000, trainings: 2000, enrollments: 1_000_000, seed: 2 });
const rows = [],
	late = [];

test('each page within its budgets', async () => {
	const muster = await startMuster({ db: copyOf(database, 'pages') });
	const api = await apiOf(muster, 'owner');
	const web = await signedIn(muster, 'admin');
	const [training] = (await api.expect(200, 'GET', '/trainings?limit=1&q=negotiation')).items;
	const [user] = (await api.expect(200, 'GET', '/users?limit=1&q=user50000')).items;
	const department = (await api.all('/departments', 1000)).at(-1);
	const made = await web.post('/enroll', { csrf: (await web.get('/enroll')).csrf, user: user.id });
	const draft = /^\/enroll\/(\d+)/.exec(made.location)[1];

	// name, path, milliseconds, KB of HTML (brotli)
	const list = 50,
		count = 150;
	const pages = [
		['Home', '/', list, 20],
		['Users', '/users', list, 20],
		['Users, last by department', '/users?sort=-department', list, 20],
		['Users, a search', '/users?q=lindqvist', count, 20],
		['Users of a department', `/users?department=${department.id}`, list, 20],
		['Edit user', `/users/${user.id}`, list, 20],
		['Enrolled Learning', `/users/${user.id}/learning`, list, 20],
		['Departments', '/departments', list, 30],
		['Groups', '/groups', list, 20],
		['Trainings', '/trainings', list, 20],
		['A training', `/trainings/${training.id}`, list, 20],
		['Sessions', `/trainings/${training.id}/sessions`, list, 20],
		['Participants', `/trainings/${training.id}/participants`, list, 20],
		['History', `/trainings/${training.id}/history`, list, 20],
		['Calendar', '/calendar', list, 30],
		['Agenda', '/calendar?view=agenda', list, 30],
		['Notifications', '/notifications', list, 20],
		['Outbox', '/outbox', list, 20],
		['Audit', '/audit', list, 20],
		['Settings', '/settings', list, 20],
		['Enroll: own drafts', '/enroll', list, 20],
		['Enroll: Users', `/enroll/${draft}/users`, list, 20],
		['Enroll: suggestions', `/enroll/${draft}/suggest?q=user77`, 30, 20],
		['Enroll: Trainings', `/enroll/${draft}/trainings`, list, 20],
		['Reports', '/reports', count, 30],
	];
	for (const [name, path, time, size] of pages) {
		const times = [];
		let page;
		for (let i = 0; i <= rounds; i++) {
			const begun = performance.now();
			page = await web.get(path);
			// The first reads the file into memory.
			if (i) times.push(performance.now() - begun);
			assert.equal(page.status, 200, path);
		}
		const before = await muster.metrics();
		await web.get(path);
		const then = await muster.metrics();
		const took = percentile(times, 95),
			bytes = brotliCompressSync(page.text).length;
		const within = took <= time && bytes <= size * 1024;
		if (!within) late.push(name);
		rows.push([
			name,
			ms(took),
			time,
			kb(bytes),
			size,
			then.muster_db_statements_total - before.muster_db_statements_total,
			within ? '' : 'over',
		]);
	}
	await muster.stop();
});

after(() => {
	const head = ['page', 'p95, ms', 'budget', 'HTML, KB (brotli)', 'budget', 'statements', ''];
	report('Pages at 100,000 users, 2,000 trainings, 1,000,000 enrollments', table(head, rows));
	if (late.length) process.exitCode = 1;
});
