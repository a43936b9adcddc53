// Enrolling through REST: what is refused, and what is only listed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { body, codes, effects, plan, startEnrolling } from '../lib/enrolling.mjs';
import { apiOf } from '../lib/http.mjs';
import { assertSound, newTraining } from '../lib/organization.mjs';

const { admin, by, enroll, enrollment_of, manager, muster } = await startEnrolling();

test('what is unknown or out of scope is listed alike, as it was sent, and the rest goes on', async () => {
	const far = await admin.expect(201, 'POST', '/groups', { name: 'Far away', members: [by.omar.id] });
	const t = await newTraining(muster, admin);
	const ask = (unknown) => ({
		audience: {
			users: [by.maria.id, unknown.user],
			logins: ['sven', unknown.login],
			emails: [by.maria.email, unknown.email],
			departments: [{ id: unknown.department, nested: true }],
			groups: [unknown.group],
		},
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	const outside = {
		user: by.omar.id,
		login: 'Omar',
		email: 'Omar@example.org',
		department: by['/Engineering'].id,
		group: far.id,
	};
	const nowhere = {
		user: '987654321',
		login: 'Nobody',
		email: 'Nobody@example.org',
		department: '987654321',
		group: '987654321',
	};
	for (const unknown of [outside, nowhere]) {
		const planned = await plan(manager, ask(unknown));
		assert.deepEqual(planned.unknown, {
			users: [unknown.user],
			logins: [unknown.login],
			emails: [unknown.email],
			departments: [unknown.department],
			groups: [unknown.group],
		});
		assert.deepEqual(new Set(planned.items.map((i) => i.user)), new Set([by.maria.id, by.sven.id]));
	}
	const result = await enroll(manager, ask(outside));
	assert.equal(result.enrolled, 2);
	assert.equal(await enrollment_of(by.omar, t), null);
});

test('a department or a group is cut to the scope of who asks', async () => {
	const t = await newTraining(muster, admin);
	const mixed = await admin.expect(201, 'POST', '/groups', { name: 'Mixed', members: [by.omar.id, by.maria.id] });
	const planned = await plan(manager, {
		audience: { groups: [mixed.id], filter: [{ field: 'status', op: 'is', value: 'active' }] },
		trainings: [{ training: t.id, session: null }],
	});
	const seen = new Set((await manager.all('/users')).map((u) => u.id));
	assert.ok(planned.items.length > 5 && planned.items.every((i) => seen.has(i.user)));
	assert.deepEqual(
		effects(
			await plan(manager, { audience: { groups: [mixed.id] }, trainings: [{ training: t.id, session: null }] }),
		),
		{ [by.maria.id]: 'enroll -' },
	);
});

test('unknown members are refused, wherever they stand', async () => {
	const t = await newTraining(muster, admin);
	const good = body([by.sven], t, t.sessions[0]);
	const bad = {
		'': { ...good, mood: 1 },
		'audience.': { ...good, audience: { ...good.audience, mood: 1 } },
		'trainings[0].': { ...good, trainings: [{ ...good.trainings[0], mood: 1 }] },
		'audience.departments[0].': { ...good, audience: { departments: [{ id: by['/Sales'].id, mood: 1 }] } },
		'audience.filter[0].': {
			...good,
			audience: { filter: [{ field: 'status', op: 'is', value: 'active', mood: 1 }] },
		},
		'decisions[0].': { ...good, decisions: [{ user: by.sven.id, training: t.id, do: 'enroll', mood: 1 }] },
	};
	for (const [path, what] of Object.entries(bad))
		for (const to of ['/enrollments/plan', '/enrollments']) {
			const answer = await admin.post(to, what);
			assert.equal(answer.status, 422, path);
			assert.deepEqual(codes(answer), { [`${path}mood`]: 'unknown_member' });
		}
	assert.equal(await enrollment_of(by.sven, t), null);
	assert.deepEqual(
		codes(await admin.post('/enrollments/plan', { ...good, plan: 'x' })),
		{ plan: 'unknown_member' },
		'a plan needs no digest',
	);
});

test('what is wrong with the whole is said at its field', async () => {
	const t = await newTraining(muster, admin),
		other = await newTraining(muster, admin);
	const good = body([by.sven], t, t.sessions[0]);
	const gone = t.sessions[0].id;
	const cases = [
		[{ ...good, audience: {} }, { audience: 'required' }],
		[{ ...good, audience: undefined }, { audience: 'required' }],
		[{ ...good, audience: { users: [] } }, { audience: 'required' }],
		[{ ...good, trainings: [] }, { trainings: 'required' }],
		[{ ...good, trainings: undefined }, { trainings: 'required' }],
		[
			{ ...good, trainings: [{ training: '987654321', session: null }] },
			{ 'trainings[0].training': 'not_found' },
		],
		[{ ...good, trainings: [{ training: t.id, session: '987654321' }] }, { 'trainings[0].session': 'not_found' }],
		[
			{ ...good, trainings: [{ training: t.id, session: other.sessions[0].id }] },
			{ 'trainings[0].session': 'not_found' },
		],
		[
			{ ...good, trainings: [good.trainings[0], { training: t.id, session: null }] },
			{ 'trainings[1].training': 'duplicate' },
		],
		[{ ...good, trainings: [{ session: gone }] }, { 'trainings[0].training': 'required' }],
		[{ ...good, when_full: 'push' }, { when_full: 'invalid' }],
		[{ ...good, on_clash: 'fight' }, { on_clash: 'invalid' }],
		[{ ...good, access_at: '2030-01-01T09:00:00' }, { access_at: 'invalid' }],
		[{ ...good, access_at: 'tomorrow' }, { access_at: 'invalid' }],
		[{ ...good, access_at: 5 }, { access_at: 'invalid' }],
		[{ ...good, message: 'x'.repeat(2001) }, { message: 'too_long' }],
		[
			{ ...good, decisions: [{ user: by.sven.id, training: t.id, do: 'dance' }] },
			{ 'decisions[0].do': 'invalid' },
		],
		[{ ...good, decisions: [{ training: t.id, do: 'skip' }] }, { 'decisions[0].user': 'required' }],
		[{ ...good, decisions: [{ user: by.sven.id, training: t.id }] }, { 'decisions[0].do': 'required' }],
		[{ ...good, audience: { departments: [{}, {}] } }, { 'audience.departments[0].id': 'required', 'audience.departments[1].id': 'required' }],
		[{ ...good, audience: { users: 'sven' } }, { 'audience.users': 'invalid' }],
		[
			{ ...good, audience: { filter: [{ field: 'shoe_size', op: 'is', value: '43' }] } },
			{ 'audience.filter[0].field': 'not_found' },
		],
	];
	for (const [what, expected] of cases)
		for (const to of ['/enrollments/plan', '/enrollments']) {
			const answer = await admin.post(to, what);
			assert.equal(answer.status, 422, `${to} ${JSON.stringify(what)}: ${JSON.stringify(answer.body)}`);
			assert.deepEqual(codes(answer), expected, JSON.stringify(what));
			assert.ok(answer.body.errors.every((e) => e.message.length > 3));
		}
	assert.equal(await enrollment_of(by.sven, t), null);
});

test('nobody is enrolled in a cancelled session', async () => {
	const t = await newTraining(muster, admin, [{}, {}]);
	await enroll(admin, body([by.omar], t, t.sessions[0]));
	await admin.expect(204, 'DELETE', `/sessions/${t.sessions[0].id}`);
	const answer = await admin.post('/enrollments', body([by.sven], t, t.sessions[0]));
	assert.deepEqual(codes(answer), { 'trainings[0].session': 'invalid' });
});

test('who may not enroll is told so', async () => {
	const maria = await apiOf(muster, 'maria');
	const t = await newTraining(muster, admin);
	for (const path of ['/enrollments/plan', '/enrollments'])
		assert.equal((await maria.post(path, body([by.maria], t, t.sessions[0]))).status, 403);
});

test('after all this every invariant holds', () => assertSound(muster));
