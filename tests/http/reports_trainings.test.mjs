// Reports of one training among hundreds: it is typed, not looked for in a list.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, api, web;
const ids = {};
const suggested = async (who, q) => {
	const answer = await who.get(`/reports/trainings/suggest?q=${encodeURIComponent(q)}`);
	assert.equal(answer.status, 200);
	return [...answer.text.matchAll(/data-value="([^"]*)"/g)].map((m) => m[1]);
};
const box = (page) => page.form({ action: '/reports' }).fields.find((f) => f.name === 'trainings');
const table = (page) => /<tbody>[\s\S]*<\/tbody>/.exec(page.text)?.[0].match(/href="[^"]*"/g);

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	api = await apiOf(muster, 'owner');
	const sessions = [{ title: 'Morning', days: [{ start: '2031-03-03T09:00', duration: 3600, time_zone: 'Europe/Berlin' }] }];
	for (let i = 1; i <= 200; i++) ids[i] = (await api.expect(201, 'POST', '/trainings', { title: `Course ${i}`, sessions })).id;
	ids.again = (await api.expect(201, 'POST', '/trainings', { title: 'Course 7', sessions })).id;
	const maria = (await api.all('/users?q=maria')).find((u) => u.login === 'maria').id;
	for (const id of [ids[7], ids.again, ids[77]]) {
		const { sessions: all } = await api.expect(200, 'GET', `/trainings/${id}`);
		await api.expect(201, 'POST', '/enrollments', { audience: { users: [maria] }, trainings: [{ training: id, session: all[0].id }] });
	}
	web = await signedIn(muster, 'owner');
	const announced = async (id) => (await api.all(`/reports/attendance?trainings=${id}`))[0]?.enrolled === 1;
	for (const id of [ids[7], ids.again, ids[77]]) await eventually(() => announced(id), { what: 'she is told' });
});

test('the page lists none of them, and says what is typed', async () => {
	const page = await web.get('/reports?from=&to=');
	assert.ok(page.text.length < 60_000);
	assert.equal(box(page).type, 'text');
	assert.equal(box(page).value, '');
	assert.equal(box(await web.get(`/reports?trainings=${ids[77]}`)).value, 'Course 77');
});

test('a title stands for all trainings that have it', async () => {
	const by_title = await web.get('/reports?from=&to=&group_by=session&trainings=course+7');
	assert.equal(by_title.status, 200);
	assert.equal(box(by_title).value, 'course 7');
	const by_id = await web.get(`/reports?from=&to=&group_by=session&trainings=${ids[7]},${ids.again}`);
	assert.equal(table(by_id).length, 2, 'two sessions');
	assert.deepEqual(table(by_title), table(by_id));
	const one = await web.get('/reports?from=&to=&trainings=Course+77');
	assert.equal(box(one).value, 'Course 77');
	assert.ok(one.form({ action: '/reports' }).fields.some((f) => f.name === 'sessions'), 'one training has sessions to choose from');
});

test('what is not there is said to be wrong, and stays', async () => {
	for (const wrong of ['Course', 'no such course', '%']) {
		const page = await web.get(`/reports?trainings=${encodeURIComponent(wrong)}`);
		assert.equal(page.status, 422, wrong);
		assert.match(page.text, /id="trainings-error"/);
		assert.equal(box(page).value, wrong);
	}
});

test('suggestions name each title once, of what the reader may see', async () => {
	assert.deepEqual(await suggested(web, 'course 7'), ['Course 7', ...Array.from({ length: 9 }, (_, i) => `Course 7${i}`)]);
	assert.equal((await suggested(web, '')).length, 10);
	assert.deepEqual(await suggested(web, 'xyz'), []);
	assert.deepEqual(await suggested(await signedIn(muster, 'maria'), 'course'), [], 'who takes part only has no reports of them');
	const supervisor = await signedIn(muster, 'sven');
	assert.deepEqual(await suggested(supervisor, 'course'), ['Course 7', 'Course 77'], 'those of the own people');
});
