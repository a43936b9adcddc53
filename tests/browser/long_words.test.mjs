// Names of one word as long as a name can be, and names that run the other way: no page grows wider than its window.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assertNoSidewaysScroll, withPage } from '../lib/browser.mjs';
import { signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { dayAt } from '../lib/organization.mjs';
import { demoIds } from './steps.mjs';

const muster = await startMuster({ demo: true });
let pages;

before(async () => {
	const { api } = await demoIds(muster);
	const root = (await api.all('/departments')).find((d) => d.parent === null);
	const department = await api.expect(201, 'POST', '/departments', { name: 'D'.repeat(255), parent: root.id });
	const people = await Promise.all(
		[
			['x'.repeat(100), 'y'.repeat(100)],
			['مرحبا'.repeat(20), 'بالعالم'],
		].map(([first_name, last_name], i) =>
			api.expect(201, 'POST', '/users', {
				login: `${'l'.repeat(60)}${i}`,
				email: `${'e'.repeat(60)}${i}@${'d'.repeat(60)}.example.org`,
				first_name,
				last_name,
				department: department.id,
			}),
		),
	);
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'T'.repeat(255),
		description: 'd'.repeat(400),
		sessions: [
			{
				title: 'S'.repeat(255),
				instructor: 'I'.repeat(255),
				capacity: 1,
				days: [
					dayAt(muster, 30, '09:00', {
						location: 'L'.repeat(255),
						url: `https://example.org/${'u'.repeat(300)}`,
					}),
				],
			},
		],
	});
	const { batch } = await api.expect(201, 'POST', '/enrollments', {
		audience: { users: people.map((p) => p.id) },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
		access_at: new Date((muster.now() + 86400) * 1000).toISOString(),
	});
	const [enrollment] = await api.all(`/trainings/${training.id}/participants`);
	const web = await signedIn(muster, 'owner');
	const { csrf } = await web.get('/users');
	const draft = /\d+/.exec((await web.post('/enroll', { csrf, id: people.map((p) => p.id), training: training.id })).location);
	pages = [
		'/users?q=lll',
		`/users/${people[0].id}`,
		`/users/${people[0].id}/learning`,
		`/enroll/${draft}/users?q=lll`,
		`/enroll/${draft}/users?advanced=1&find=1&department=${department.id}`,
		`/enroll/${draft}/trainings`,
		`/enroll/${draft}/parameters`,
		`/batches/${batch}`,
		'/trainings',
		`/trainings/${training.id}`,
		`/trainings/${training.id}/sessions`,
		`/trainings/${training.id}/participants`,
		`/sessions/${training.sessions[0].id}`,
		`/enrollments/${enrollment.id}/edit`,
		`/enrollments/${enrollment.id}/cancel`,
		`/enrollments/${enrollment.id}/result`,
	];
});

for (const width of [1360, 390, 320])
	test(
		`${width} pixels hold every name`,
		withPage(muster, { login: 'owner', viewport: { width, height: 800 } }, async (page) => {
			for (const path of pages) {
				assert.equal((await page.goto(path)).status(), 200, path);
				await assertNoSidewaysScroll(page);
			}
		}),
	);
