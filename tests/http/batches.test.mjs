// What an enrollment leaves: its plan page by page, the batch and its undo, the enrollment itself and the trail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { body, plan, startEnrolling } from '../lib/enrolling.mjs';
import { assertSeats, assertSound, dayAt, newTraining, newUsers } from '../lib/organization.mjs';

const { admin, announce, by, enroll, enrollment_of, muster } = await startEnrolling();

test('the plan is read page by page', async () => {
	const t = await newTraining(muster, admin);
	const what = {
		audience: { departments: [{ id: by['/Sales'].id }] },
		trainings: [{ training: t.id, session: null }],
	};
	const whole = await plan(admin, what);
	const pages = [];
	for (let after = '0'; after !== null;) {
		const page = await admin.expect(200, 'POST', `/enrollments/plan?limit=7&after=${after}`, what);
		assert.equal(page.plan, whole.plan);
		assert.ok(page.items.length <= 7);
		pages.push(...page.items);
		after = page.next;
	}
	assert.deepEqual(pages, whole.items);
	assert.equal((await admin.post('/enrollments/plan?limit=0', what)).status, 422);
	assert.equal((await admin.post('/enrollments/plan?limit=1001', what)).status, 422);
});

test('undo takes the whole batch back until it is announced, and not afterwards', async () => {
	const users = await newUsers(admin, by['/Support'].id, 3);
	const t = await newTraining(muster, admin, [{ capacity: 2 }]);
	const { batch } = await enroll(admin, body(users, t, t.sessions[0]));
	const state = await admin.expect(200, 'GET', `/batches/${batch}`);
	assert.deepEqual(
		[state.status, state.done, state.total, state.enrolled, state.waitlisted, state.moved],
		['done', 3, 3, 2, 1, 0],
	);
	assert.deepEqual(await admin.expect(200, 'POST', `/batches/${batch}/undo`), { undone: 3, kept: [] });
	const { session, seated, waiting } = await assertSeats(admin, t.sessions[0].id);
	assert.deepEqual([session.seats_taken, seated.length, waiting.length], [0, 0, 0]);
	assert.equal((await admin.expect(200, 'GET', `/batches/${batch}`)).status, 'undone');

	const again = await enroll(admin, body(users, t, t.sessions[0]));
	await announce(await enrollment_of(users[0], t));
	const late = await admin.post(`/batches/${again.batch}/undo`);
	assert.equal(late.status, 409);
	assert.equal(late.body.errors[0].code, 'announced');
	assert.equal((await admin.expect(200, 'GET', `/batches/${again.batch}`)).undo_until, null);
});

test('undo takes back who waited and was given a seat since', async () => {
	const users = await newUsers(admin, by['/Support'].id, 4);
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const [session] = t.sessions;
	const { batch } = await enroll(admin, body(users, t, session));
	await admin.expect(200, 'PATCH', `/sessions/${session.id}`, { capacity: 3 });
	assert.equal((await assertSeats(admin, session.id)).seated.length, 3);
	// Somebody decided about this one.
	const [changed] = (await assertSeats(admin, session.id)).seated.filter((e) => e.version > 1);
	await admin.expect(200, 'PATCH', `/enrollments/${changed.id}`, { access_at: new Date((muster.now() + 86400) * 1000).toISOString() });
	const undone = await admin.expect(200, 'POST', `/batches/${batch}/undo`);
	assert.deepEqual([undone.undone, undone.kept.map((k) => k.enrollment)], [3, [changed.id]]);
	assert.deepEqual((await assertSeats(admin, session.id)).seated.map((e) => e.id), [changed.id]);
	await assertSound(muster);
});

test('undo brings back who was moved, and keeps what somebody changed since', async () => {
	const [a, b] = await newUsers(admin, by['/Support'].id, 2);
	const t = await newTraining(muster, admin, [{}, {}]);
	await enroll(admin, body([a], t, t.sessions[0]));
	const decisions = [{ user: a.id, training: t.id, do: 'move' }];
	const { batch } = await enroll(admin, body([a, b], t, t.sessions[1], { decisions }));
	const changed = await enrollment_of(b, t);
	await admin.expect(200, 'PATCH', `/enrollments/${changed.id}`, { session: t.sessions[0].id });
	const undone = await admin.expect(200, 'POST', `/batches/${batch}/undo`);
	assert.equal(undone.undone, 1);
	assert.deepEqual(
		undone.kept.map((k) => k.enrollment),
		[changed.id],
	);
	assert.equal((await enrollment_of(a, t)).session, t.sessions[0].id);
	assert.equal((await enrollment_of(b, t)).session, t.sessions[0].id);
});

// The invitation of a session in two months leaves in one; moved to a session before that, it leaves with the batch (E10).
test('undo brings back the access date that moving to an earlier session changed, unless somebody changed it since', async () => {
	const [a, b] = await newUsers(admin, by['/Support'].id, 2);
	const t = await newTraining(muster, admin, [{ days: [dayAt(muster, 10)] }, { days: [dayAt(muster, 60)] }]);
	const [earlier, later] = t.sessions;
	const in_days = (days) => new Date((muster.now() + days * 86400) * 1000).toISOString().replace('.000Z', 'Z');
	const [then, soon, sooner] = [in_days(30), in_days(5), in_days(4)];
	await enroll(admin, body([a, b], t, later, { access_at: then }));
	const decisions = [a, b].map((user) => ({ user: user.id, training: t.id, do: 'move' }));
	const { batch, moved } = await enroll(admin, body([a, b], t, earlier, { access_at: soon, decisions }));
	assert.equal(moved, 2);
	assert.equal((await enrollment_of(a, t)).access_at, soon);
	await admin.expect(200, 'PATCH', `/enrollments/${(await enrollment_of(b, t)).id}`, { access_at: sooner });
	await admin.expect(200, 'POST', `/batches/${batch}/undo`);
	const state = async (user) => (({ session, access_at }) => ({ session, access_at }))(await enrollment_of(user, t));
	assert.deepEqual(await state(a), { session: later.id, access_at: then });
	assert.deepEqual(await state(b), { session: later.id, access_at: sooner });
});

test('an enrollment has every member, null where there is nothing', async () => {
	const [user] = await newUsers(admin, by['/Support'].id, 1);
	const t = await newTraining(muster, admin);
	const { batch } = await enroll(admin, body([user], t, null));
	const made = await enrollment_of(user, t);
	assert.deepEqual(made, {
		id: made.id,
		user: user.id,
		user_name: made.user_name,
		training: t.id,
		session: null,
		access_at: made.access_at,
		announced_at: null,
		status: 'scheduled',
		position: null,
		answer: 'none',
		answered_at: null,
		result: 'none',
		score: null,
		comment: null,
		days: [],
		source: 'admin',
		batch,
		version: 1,
	});
	assert.match(made.access_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('the trail holds one entry for the act and one for each person (R10)', async () => {
	const users = await newUsers(admin, by['/Support'].id, 3);
	const t = await newTraining(muster, admin);
	const { batch } = await enroll(admin, body(users, t, t.sessions[0]));
	const trail = await admin.expect(200, 'GET', '/audit?limit=50');
	const of_batch = trail.items.filter((e) => e.action === 'batch.create' && e.object.includes(batch));
	assert.equal(of_batch.length, 1);
	const actor = (await admin.expect(200, 'GET', '/me')).id;
	for (const user of users) {
		const made = await enrollment_of(user, t);
		const entries = trail.items.filter((e) => e.action === 'enrollment.create' && e.object.includes(made.id));
		assert.equal(entries.length, 1);
		assert.equal(entries[0].actor, actor);
	}
});

test('after all this every invariant holds', () => assertSound(muster));
