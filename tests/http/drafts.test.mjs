// Drafts of enrollments: whatever a form names, a draft stays readable; and a big one enrolls once, however often the button is pressed.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSeats, assertSound, newTraining, newUsers } from '../lib/organization.mjs';

const people = 6000;
let muster, admin, web, root, department;

before(async () => {
	muster = await startMuster({ demo: true, seed: { users: people, departments: 10, trainings: 2, enrollments: 0, seed: 5 } });
	[admin, web] = [await apiOf(muster, 'admin'), await signedIn(muster, 'admin')];
	const all = await admin.all('/departments', 1000);
	root = all.find((d) => d.parent === null).id;
	department = all.find((d) => d.name === 'Support').id;
});

// A new draft: { path, page(stage), post(stage, fields) }.
async function newDraft(visitor, fields = {}) {
	const { csrf } = await visitor.get('/enroll');
	const made = await visitor.post('/enroll', { csrf, ...fields });
	assert.equal(made.status, 303);
	const path = made.headers.get('location').replace(/\/\w+$/, '');
	return { path, page: (stage) => visitor.get(`${path}/${stage}`), post: (stage, more) => visitor.post(`${path}/${stage}`, { csrf, ...more }) };
}

test('a form that names more than a draft can hold is refused, and the draft stays as it was', async () => {
	const draft = await newDraft(web, { user: '1' });
	const too_much = [
		{ department: Array.from({ length: 1500 }, (_, i) => String(i + 1)) },
		{ f1: 'login', op1: 'is', v1: 'x'.repeat(1500) },
		{ f1: 'x'.repeat(150), op1: 'is', v1: 'x' },
		{ f1: 'no_such_field', op1: 'is', v1: 'x' },
		{ f1: 'login', op1: 'no_such_operator', v1: 'x' },
		{ f1: 'hire_date', op1: 'before', v1: 'yesterday' },
	];
	for (const fields of too_much) {
		const answer = await draft.post('users', { add_rule: '1', ...fields });
		assert.equal(answer.status, 422, JSON.stringify(fields).slice(0, 80));
		for (const stage of ['users', 'trainings', 'parameters']) assert.equal((await draft.page(stage)).status, 200);
	}
	assert.equal((await web.get('/enroll')).status, 200);
	assert.equal((await draft.post('users', { add_rule: '1', f1: 'login', op1: 'starts_with', v1: 'user1' })).status, 303);
});

test('a pasted list is in the order of its lines, each person once', async () => {
	const draft = await newDraft(web);
	const lines = Array.from({ length: 3000 }, (_, i) => `user${3000 - i}`);
	assert.equal((await draft.post('users', { add_paste: '1', paste: [...lines, ...lines].join('\n') })).status, 303);
	assert.equal((await draft.post('users', { add_paste: '1', paste: lines.slice(0, 10).join('\n') })).status, 303);
	assert.match((await draft.page('users')).words, /3,000 users/);
});

test('the name of a group with nobody in scope does not show, whatever the form says (R3)', async () => {
	const manager = await signedIn(muster, 'dept.admin');
	const [stranger] = await newUsers(admin, department, 1);
	const seen = await (await apiOf(muster, 'dept.admin')).get(`/users/${stranger.id}`);
	assert.equal(seen.status, 404, 'out of scope');
	const group = await admin.expect(201, 'POST', '/groups', { name: 'Succession plan', members: [stranger.id] });
	const draft = await newDraft(manager);
	await draft.post('users', { add_rule: '1', group: group.id });
	assert.ok(!(await draft.page('users')).text.includes('Succession plan'));
});

test('undo says of each person what there was (R10)', async () => {
	const users = await newUsers(admin, department, 2);
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const { batch } = await admin.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) }, trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	assert.equal((await admin.expect(200, 'POST', `/batches/${batch}/undo`)).undone, 2);
	const trail = (await admin.expect(200, 'GET', '/audit?limit=50')).items.filter((e) => e.action === 'enrollment.cancel').slice(0, 2);
	assert.deepEqual(trail.map((e) => e.before.status).sort(), ['enrolled', 'waiting']);
});

test('a big enrollment is one batch, though the button is pressed twice at once', async () => {
	const t = await newTraining(muster, admin);
	const draft = await newDraft(web, { training: t.id });
	assert.equal((await draft.post('users', { add_rule: '1', department: root, nested: '1' })).status, 303);
	const page = await draft.page('parameters');
	const [, version] = /name="version" value="(\d+)"/.exec(page.text);
	const set = await draft.post('parameters', { version, go: 'check', [`session-${t.id}`]: t.sessions[0].id, message: '', access_date: '', access_time: '' });
	assert.equal(set.status, 303);
	const check = await draft.page('check');
	const [, plan] = /name="plan" value="([^"]+)"/.exec(check.text);
	const answers = await Promise.all([1, 2, 3].map(() => draft.post('check', { go: 'enroll', plan })));
	for (const answer of answers) {
		assert.equal(answer.status, 303);
		assert.equal(answer.headers.get('location').replace(muster.url, ''), `${draft.path}/done`);
	}
	await eventually(async () => (await web.get(`${draft.path}/done`)).words.includes('Undo'), { what: 'the batch is done' });
	const made = (await admin.expect(200, 'GET', '/audit?object=batch&limit=50')).items.filter((e) => e.action === 'batch.create');
	assert.equal(made.filter((e) => e.after.trainings[0] === t.id).length, 1);
	await assertSeats(admin, t.sessions[0].id);
	assert.equal((await draft.page('check')).words, (await web.get(`${draft.path}/done`)).words, 'a used draft is its result');
});

test('a move over the capacity happens in the background too, in the name of who asked for it', async () => {
	const [mover] = await newUsers(admin, department, 1);
	const t = await newTraining(muster, admin, [{}, { capacity: 1 }]);
	const [from, to] = t.sessions;
	const into = (users, session) => admin.expect(201, 'POST', '/enrollments', { audience: { users }, trainings: [{ training: t.id, session: session.id }] });
	await into([mover.id], from);
	await into([(await newUsers(admin, department, 1))[0].id], to);
	const { batch } = await admin.expect(202, 'POST', '/enrollments', {
		audience: { users: [mover.id], departments: [{ id: root }] },
		trainings: [{ training: t.id, session: to.id }],
		when_full: 'over',
		decisions: [{ user: mover.id, training: t.id, do: 'move' }],
	});
	await eventually(async () => (await admin.expect(200, 'GET', `/batches/${batch}`)).status === 'done', { what: 'the batch is done' });
	assert.equal((await admin.expect(200, 'GET', `/batches/${batch}?limit=1`)).moved, 1);
	const [now] = (await admin.all(`/users/${mover.id}/enrollments`)).filter((e) => e.training === t.id);
	assert.equal(now.session, to.id);
	const trail = (await admin.expect(200, 'GET', `/audit?object=enrollment:${now.id}`)).items;
	assert.equal(trail.find((e) => e.action === 'enrollment.edit').actor, (await admin.expect(200, 'GET', '/me')).id);
});

test('after all this every invariant holds', () => assertSound(muster));
