// Enrolled Learning of a user (R6): what is shown, by whom, and what is done from there.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, owner, web, maria, hidden;
const year = new Date().getUTCFullYear() + 1;
const enroll = (api, training, session, users) =>
	api.expect(201, 'POST', '/enrollments', { audience: { users }, trainings: [{ training, session }], access_at: `${year}-01-01T00:00:00Z` });
const sessions = {};

before(async () => {
	muster = await startMuster({ demo: true });
	owner = await apiOf(muster, 'owner');
	web = await signedIn(muster, 'owner');
	maria = (await owner.all('/users?q=maria')).find((u) => u.login === 'maria');
	hidden = (await owner.all('/users?q=omar')).find((u) => u.login === 'omar');
	for (const [title, hour] of [['Alpha learning', 9], ['Beta learning', 14]]) {
		const t = await owner.expect(201, 'POST', '/trainings', {
			title,
			sessions: [{
				title: `Group of ${title}`,
				days: [{ start: `${year}-05-0${hour === 9 ? 3 : 4}T${String(hour).padStart(2, '0')}:00`, duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 9' }],
			}],
		});
		sessions[title] = t;
		await enroll(owner, t.id, t.sessions[0].id, [maria.id, hidden.id]);
	}
});

test('every enrollment with training, session, day, time, place, access date, status, answer, result and who did it', async () => {
	const page = await web.get(`/users/${maria.id}/learning`);
	assert.equal(page.heading, 'Edit user');
	assert.equal(page.links.find((l) => l.text === 'Enrolled Learning')['aria-current'], 'page');
	assert.ok(page.forms.some((f) => f.buttons.some((b) => b.text === 'Enroll Training')));
	assert.match(page.words, new RegExp(`Group of Alpha learning Mon 3 May ${year}, 09:00–11:00 Berlin time Room 9 Scheduled No answer Fri 1 Jan ${year} 01:00 Berlin time`));
	const me = await owner.expect(200, 'GET', '/me');
	assert.ok(page.words.includes(`${me.first_name} ${me.last_name}`));
	for (const column of ['Training', 'Session', 'Status', 'Answer', 'Access date', 'Result']) assert.ok(page.link(column), column);
	for (const action of ['Edit enrollment', 'Cancel enrollment', 'Add result']) assert.ok(page.words.includes(action), action);
});

test('sorted and paged', async () => {
	const all = await owner.all(`/users/${maria.id}/enrollments?sort=session`, 1);
	assert.ok(all.length >= 2);
	for (const sort of ['session', 'training', 'status', 'answer', 'access', 'result']) {
		const up = await owner.all(`/users/${maria.id}/enrollments?sort=${sort}`, 1);
		const down = await owner.all(`/users/${maria.id}/enrollments?sort=-${sort}`, 1);
		assert.deepEqual(down.map((e) => e.id), up.map((e) => e.id).reverse(), sort);
	}
	const page = await web.get(`/users/${maria.id}/learning?sort=training&limit=1`);
	assert.ok(page.links.some((l) => l.rel === 'next'));
	assert.equal((await web.get(`/users/${maria.id}/learning?status=nonsense`)).status, 422);
});

test('edit, cancel and add results from here, and back here', async () => {
	const path = `/users/${maria.id}/learning`;
	const e = (await owner.all(`/users/${maria.id}/enrollments`)).find((x) => x.training === sessions['Alpha learning'].id);
	const list = await web.get(path);
	const edit = list.links.find((l) => l.text === 'Edit enrollment' && l.href.startsWith(`/enrollments/${e.id}/`));
	const page = await web.get(edit.href);
	assert.match(page.words, /Maria Lindqvist/);
	const done = await web.submit(page, { button: 'Save changes' }, { 'Access date': `${year}-02-01`, 'Access time': '08:00' });
	assert.equal(done.location, path);
	assert.match((await web.get(done.location)).words, /1 enrollment changed\./);

	const ids = (await owner.all(`/users/${maria.id}/enrollments`)).filter((x) => Object.values(sessions).some((t) => t.id === x.training)).map((x) => x.id);
	const both = await web.submit(await web.get(path), { button: 'Edit enrollment' }, { id: ids }, { button: 'Edit enrollment' });
	assert.match((await web.get(both.location)).words, /a session cannot be chosen for all of them/);
	const go = await web.submit(await web.get(path), { button: 'Cancel enrollment' }, { id: ids }, { button: 'Cancel enrollment' });
	const cancelled = await web.submit(await web.get(go.location), { button: 'Cancel 2 enrollments' });
	assert.equal(cancelled.location, path);
	assert.match((await web.get(path)).words, /2 enrollments cancelled\./);
	const cancelledOnes = await owner.all(`/users/${maria.id}/enrollments?status=cancelled`);
	assert.ok(ids.every((id) => cancelledOnes.some((x) => x.id === id)));
	const shown = await web.get(`${path}?status=cancelled`);
	assert.match(shown.words, /Alpha learning/);
	assert.doesNotMatch(shown.words, /Edit enrollment/);
});

test('R3 and R11: a department administrator, a supervisor, and nobody else', async () => {
	await enroll(owner, sessions['Alpha learning'].id, sessions['Alpha learning'].sessions[0].id, [maria.id]);
	const manager = await signedIn(muster, 'dept.admin');
	assert.equal((await manager.get(`/users/${maria.id}/learning`)).status, 200);
	assert.equal((await manager.get(`/users/${hidden.id}/learning`)).status, 404);
	const owners = await owner.expect(200, 'GET', '/me');
	assert.ok(!(await manager.get(`/users/${maria.id}/learning`)).words.includes(owners.last_name), 'who enrolled is out of scope');

	const supervisor = await signedIn(muster, 'sven');
	const page = await supervisor.get(`/users/${maria.id}/learning`);
	assert.equal(page.status, 200);
	assert.match(page.words, /Alpha learning/);
	assert.doesNotMatch(page.words, /Edit enrollment|Add result|Cancel enrollment/);
	assert.equal((await supervisor.get(`/users/${hidden.id}/learning`)).status, 404);
	assert.equal((await (await signedIn(muster, 'omar')).get(`/users/${maria.id}/learning`)).status, 403);
});
