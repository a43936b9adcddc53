// The main job through REST: every reason of the plan, every decision, seats; and that the result is what the plan said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { body, codes, effects, hold, plan, startEnrolling } from '../lib/enrolling.mjs';
import { assertSeats, assertSound, dayAt, newTraining, newUser, newUsers } from '../lib/organization.mjs';

const { admin, announce, by, enroll, enrollment_of, manager, muster } = await startEnrolling();

// ---- the reasons

test('who is in the session already is skipped (E01), in another one too (E02), unless the decision says move', async () => {
	const t = await newTraining(muster, admin, [{ capacity: 5 }, { capacity: 5 }]);
	const [one, other] = t.sessions;
	await enroll(admin, body([by.maria], t, one));
	assert.deepEqual(effects(await plan(admin, body([by.maria], t, one))), { [by.maria.id]: 'skip E01' });
	assert.deepEqual(
		effects(await plan(admin, body([by.maria], t, null))),
		{ [by.maria.id]: 'skip E01' },
		'the participant would choose',
	);
	assert.deepEqual(effects(await plan(admin, body([by.maria, by.omar], t, other))), {
		[by.maria.id]: 'skip E02',
		[by.omar.id]: 'enroll -',
	});
	const decisions = [{ user: by.maria.id, training: t.id, do: 'move' }];
	const moved = await enroll(admin, body([by.maria], t, other, { decisions }));
	assert.equal(moved.moved, 1);
	assert.equal((await enrollment_of(by.maria, t)).session, other.id);
	await assertSeats(admin, one.id);
	assert.equal((await assertSeats(admin, other.id)).seated.length, 1);
});

test('a decision may name the session to move to', async () => {
	const t = await newTraining(muster, admin, [{}, {}, {}]);
	await enroll(admin, body([by.maria], t, t.sessions[0]));
	const decisions = [{ user: by.maria.id, training: t.id, do: 'move', session: t.sessions[2].id }];
	await enroll(admin, body([by.maria], t, t.sessions[1], { decisions }));
	assert.equal((await enrollment_of(by.maria, t)).session, t.sessions[2].id);
	const elsewhere = await newTraining(muster, admin);
	const wrong = [{ user: by.maria.id, training: t.id, do: 'move', session: elsewhere.sessions[0].id }];
	assert.deepEqual(
		codes(await admin.post('/enrollments/plan', body([by.maria], t, t.sessions[1], { decisions: wrong }))),
		{ 'decisions[0].session': 'not_found' },
	);
});

test('who is not active is named and skipped (E03); rules do not find them', async () => {
	const t = await newTraining(muster, admin);
	assert.deepEqual(effects(await plan(admin, body([by.inactive], t, t.sessions[0]))), {
		[by.inactive.id]: 'skip E03',
	});
	const all = await plan(admin, {
		audience: { departments: [{ id: by['/Support'].id, nested: true }] },
		trainings: [{ training: t.id, session: null }],
	});
	assert.ok(!all.items.some((i) => i.user === by.inactive.id));
	const result = await enroll(admin, body([by.inactive], t, t.sessions[0]));
	assert.equal(result.enrolled, 0, 'all skipped is a result, too');
});

test('a full session: wait, refuse, or over with the permission (E04)', async () => {
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const [session] = t.sessions;
	const [a, b, c, d] = await newUsers(admin, by['/Sales EMEA'].id, 4);
	await enroll(manager, body([a], t, session));
	assert.deepEqual(
		effects(await plan(manager, body([b], t, session))),
		{ [b.id]: 'wait E04' },
		'waiting is the rule',
	);
	assert.deepEqual(effects(await plan(manager, body([b], t, session, { when_full: 'refuse' }))), {
		[b.id]: 'skip E04',
	});
	for (const path of ['/enrollments/plan', '/enrollments']) {
		assert.equal(
			(await manager.post(path, body([b], t, session, { when_full: 'over' }))).status,
			403,
			'a department administrator seats nobody over',
		);
		const decisions = [{ user: b.id, training: t.id, do: 'over' }];
		assert.equal((await manager.post(path, body([b], t, session, { decisions }))).status, 403);
	}
	assert.equal((await enroll(manager, body([b], t, session, { when_full: 'refuse' }))).enrolled, 0);
	assert.equal((await enroll(manager, body([c], t, session))).waitlisted, 1);
	assert.equal((await enroll(admin, body([d], t, session, { when_full: 'over' }))).enrolled, 1);
	const { session: now, waiting } = await assertSeats(admin, session.id);
	assert.deepEqual([now.seats_taken, now.waiting, now.capacity], [2, 1, 1]);
	assert.deepEqual(
		waiting.map((e) => e.user),
		[c.id],
	);
});

test('decisions seat one over, let one wait and leave one out', async () => {
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const [a, b, c, d] = await newUsers(admin, by['/Support'].id, 4);
	const decide = (user, choice) => ({ user: user.id, training: t.id, do: choice });
	const what = body([a, b, c, d], t, t.sessions[0], {
		when_full: 'refuse',
		decisions: [decide(b, 'over'), decide(c, 'wait'), decide(d, 'skip')],
	});
	assert.deepEqual(effects(await plan(admin, what)), {
		[a.id]: 'enroll -',
		[b.id]: 'enroll E04',
		[c.id]: 'wait E04',
		[d.id]: 'skip -',
	});
	await enroll(admin, what);
	const { seated, waiting } = await assertSeats(admin, t.sessions[0].id);
	assert.deepEqual(new Set(seated.map((e) => e.user)), new Set([a.id, b.id]));
	assert.deepEqual(
		waiting.map((e) => e.user),
		[c.id],
	);
});

test('who is to wait where a seat is free has that seat, and the plan says so', async () => {
	const t = await newTraining(muster, admin, [{ capacity: 2 }]);
	const [a, b] = await newUsers(admin, by['/Support'].id, 2);
	const what = body([a, b], t, t.sessions[0], { decisions: [{ user: a.id, training: t.id, do: 'wait' }] });
	assert.equal((await enroll(admin, what)).enrolled, 2);
	await assertSeats(admin, t.sessions[0].id);
});

test('two trainings at the same time are worth a word (E05); skipped when the account or the call says so', async () => {
	const days = [dayAt(muster, 50, '09:00')];
	const first = await newTraining(muster, admin, [{ days }]);
	const touching = await newTraining(muster, admin, [{ days: [dayAt(muster, 50, '12:00')] }]);
	const second = await newTraining(muster, admin, [{ days: [dayAt(muster, 50, '11:59')] }]);
	const [user] = await newUsers(admin, by['/Support'].id, 1);
	await enroll(admin, body([user], first, first.sessions[0]));
	assert.deepEqual(
		effects(await plan(admin, body([user], touching, touching.sessions[0]))),
		{ [user.id]: 'enroll -' },
		'back to back is no clash',
	);
	assert.deepEqual(effects(await plan(admin, body([user], second, second.sessions[0]))), {
		[user.id]: 'enroll E05',
	});
	const skip = body([user], second, second.sessions[0], { on_clash: 'skip' });
	assert.deepEqual(effects(await plan(admin, skip)), { [user.id]: 'skip E05' });
	const decisions = [{ user: user.id, training: second.id, do: 'enroll' }];
	assert.deepEqual(effects(await plan(admin, { ...skip, decisions })), { [user.id]: 'enroll E05' });
	assert.equal((await enroll(admin, body([user], second, second.sessions[0]))).enrolled, 1);
});

test('two trainings of one enrollment can clash with each other', async () => {
	const [a, b] = await Promise.all([0, 1].map(() => newTraining(muster, admin, [{ days: [dayAt(muster, 51)] }])));
	const [user] = await newUsers(admin, by['/Support'].id, 1);
	const trainings = [a, b].map((t) => ({ training: t.id, session: t.sessions[0].id }));
	const planned = await plan(admin, { audience: { users: [user.id] }, trainings });
	assert.deepEqual(
		planned.items.map((i) => i.code),
		['E05', 'E05'],
	);
	assert.equal(
		(await enroll(admin, { audience: { users: [user.id] }, trainings })).enrolled,
		2,
		'R2: nobody is kept from both',
	);
});

test('who has no address is enrolled and said (E09)', async () => {
	const t = await newTraining(muster, admin);
	const planned = await plan(admin, body([by.nomail, by.omar], t, t.sessions[0]));
	assert.deepEqual(effects(planned), { [by.nomail.id]: 'enroll E09', [by.omar.id]: 'enroll -' });
	assert.equal(planned.no_email, 1);
	await enroll(admin, body([by.nomail], t, t.sessions[0]));
	const announced = await announce(await enrollment_of(by.nomail, t));
	assert.equal(announced.status, 'enrolled');
	assert.ok(!(await admin.all('/outbox')).some((m) => m.enrollment === announced.id), 'no mail');
});

test('an access date behind the start must be changed (E10)', async () => {
	const t = await newTraining(muster, admin, [{ days: [dayAt(muster, 10)] }]);
	const late = new Date((muster.now() + 11 * 86400) * 1000).toISOString();
	for (const path of ['/enrollments/plan', '/enrollments'])
		assert.deepEqual(codes(await admin.post(path, body([by.sven], t, t.sessions[0], { access_at: late }))), {
			access_at: 'out_of_range',
		});
	assert.equal(await enrollment_of(by.sven, t), null);
	assert.equal(
		(await plan(admin, body([by.sven], t, null, { access_at: late }))).enroll,
		1,
		'who chooses has no start yet',
	);
});

test('no access date, or one in the past, is now plus the hold (E11); a date that was given is kept to the second', async () => {
	const given = new Date((muster.now() + 2 * 86400) * 1000).toISOString().replace(/\.\d+/, '');
	const past = new Date((muster.now() - 86400) * 1000).toISOString();
	for (const [access_at, expected] of [
		[undefined, null],
		[null, null],
		[past, null],
		[given, given],
		[given.replace('Z', '+00:00'), given],
	]) {
		const t = await newTraining(muster, admin);
		const from = muster.now();
		const { batch } = await enroll(admin, body([by.omar], t, t.sessions[0], { access_at }));
		const made = await enrollment_of(by.omar, t);
		const at = Date.parse(made.access_at) / 1000;
		if (expected) assert.equal(made.access_at, expected);
		else assert.ok(at >= from + hold && at <= muster.now() + hold, `${made.access_at} is now plus the hold`);
		assert.equal(made.status, 'scheduled');
		assert.equal(made.announced_at, null);
		assert.equal((await admin.expect(200, 'GET', `/batches/${batch}`)).undo_until, made.access_at);
	}
});

test('a session that has begun needs a decision (E12), and history is recorded without an invitation', async () => {
	const t = await newTraining(muster, admin, [{ days: [dayAt(muster, -3)] }]);
	assert.deepEqual(effects(await plan(admin, body([by.sven], t, t.sessions[0]))), { [by.sven.id]: 'decide E12' });
	assert.equal((await enroll(admin, body([by.sven], t, t.sessions[0]))).enrolled, 0, 'without one it is left out');
	const decisions = [{ user: by.sven.id, training: t.id, do: 'enroll' }];
	assert.equal((await enroll(admin, body([by.sven], t, t.sessions[0], { decisions }))).enrolled, 1);
	const announced = await announce(await enrollment_of(by.sven, t));
	assert.ok(
		!(await admin.all('/outbox')).some((m) => m.enrollment === announced.id),
		'nobody is invited to the past',
	);
});

test('a closed registration is for the participants; a manager is told (E13)', async () => {
	const t = await newTraining(muster, admin, [{ days: [dayAt(muster, 4)] }, { days: [dayAt(muster, 20)] }], {
		closes_before: 5 * 86400,
	});
	assert.deepEqual(effects(await plan(admin, body([by.sven], t, t.sessions[0]))), { [by.sven.id]: 'enroll E13' });
	assert.deepEqual(effects(await plan(admin, body([by.sven], t, t.sessions[1]))), { [by.sven.id]: 'enroll -' });
	assert.equal((await enroll(admin, body([by.sven], t, t.sessions[0]))).enrolled, 1);
});

test('the same person twice is one (E14)', async () => {
	const t = await newTraining(muster, admin);
	const what = {
		audience: {
			users: [by.maria.id, by.maria.id],
			logins: ['maria', 'MARIA'],
			emails: ['Maria@Example.org'],
			departments: [{ id: by['/Sales EMEA'].id, nested: false }],
		},
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	};
	const planned = await plan(admin, what);
	assert.equal(planned.items.filter((i) => i.user === by.maria.id).length, 1);
	assert.deepEqual(planned.unknown, { users: [], logins: [], emails: [], departments: [], groups: [] });
	await enroll(admin, what);
	assert.equal((await admin.all(`/users/${by.maria.id}/enrollments`)).filter((e) => e.training === t.id).length, 1);
});

test('who teaches or organizes needs a decision (E15)', async () => {
	const [trainer, organizer, other] = await newUsers(admin, by['/Support'].id, 3);
	const t = await newTraining(muster, admin, [{ instructor_user: trainer.id }, {}], { organizer: organizer.id });
	const what = body([trainer, organizer, other], t, t.sessions[0]);
	assert.deepEqual(effects(await plan(admin, what)), {
		[trainer.id]: 'decide E15',
		[organizer.id]: 'decide E15',
		[other.id]: 'enroll -',
	});
	assert.equal(
		effects(await plan(admin, body([trainer], t, t.sessions[1])))[trainer.id],
		'enroll -',
		'of another session they may be participants',
	);
	const decisions = [
		{ user: trainer.id, training: t.id, do: 'enroll' },
		{ user: organizer.id, training: t.id, do: 'skip' },
	];
	assert.equal((await enroll(admin, { ...what, decisions })).enrolled, 2);
});

test('who declined this session before needs a decision (E16), and enrolling again makes a new enrollment', async () => {
	const [user] = await newUsers(admin, by['/Support'].id, 1);
	const t = await newTraining(muster, admin);
	await enroll(admin, body([user], t, t.sessions[0]));
	const first = await announce(await enrollment_of(user, t));
	await admin.expect(200, 'POST', `/enrollments/${first.id}/answer`, { answer: 'declined' });
	assert.equal(
		(await admin.expect(200, 'GET', `/sessions/${t.sessions[0].id}`)).seats_taken,
		0,
		'declining frees the seat',
	);
	assert.deepEqual(
		effects(await plan(admin, body([user], t, t.sessions[0]))),
		{ [user.id]: 'skip E01' },
		'the enrollment stays',
	);
	await admin.expect(204, 'DELETE', `/enrollments/${first.id}`);
	assert.deepEqual(effects(await plan(admin, body([user], t, t.sessions[0]))), { [user.id]: 'decide E16' });
	const decisions = [{ user: user.id, training: t.id, do: 'enroll' }];
	await enroll(admin, body([user], t, t.sessions[0], { decisions }));
	const second = await enrollment_of(user, t);
	assert.notEqual(second.id, first.id);
	assert.equal(second.answer, 'none');
	assert.equal(
		(await admin.expect(200, 'GET', `/enrollments/${first.id}`)).status,
		'cancelled',
		'a cancelled one is never revived',
	);
});

test('another outcome than the one shown is refused, and nothing is done (E18)', async () => {
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const [a, b] = await newUsers(admin, by['/Support'].id, 2);
	const what = body([a], t, t.sessions[0]);
	const stale = await plan(admin, what);
	assert.equal((await plan(admin, what)).plan, stale.plan, 'the same plan has the same digest');
	await enroll(admin, body([b], t, t.sessions[0]));
	const answer = await admin.post('/enrollments', { ...what, plan: stale.plan });
	assert.equal(answer.status, 409);
	assert.deepEqual(codes(answer), { plan: 'outcome_changed' });
	assert.equal(await enrollment_of(a, t), null);
	assert.equal((await admin.post('/enrollments', { ...what, plan: 'x'.repeat(32) })).status, 409);
});

// ---- seats

test('seats go to persons in the order given, then to the rest by name', async () => {
	const place = await admin.expect(201, 'POST', '/departments', { name: 'Seats', parent: by['/Company'].id });
	const make = (login, last_name) =>
		newUser(admin, place.id, { login, email: `${login}@example.org`, first_name: 'X', last_name });
	const zoe = await make('seat.z', 'Zander'),
		bea = await make('seat.b', 'Bauer'),
		ada = await make('seat.a', 'Ärmel'),
		cid = await make('seat.c', 'Cole');
	const t = await newTraining(muster, admin, [{ capacity: 3 }]);
	const what = {
		audience: { users: [zoe.id], logins: ['seat.c'], departments: [{ id: place.id, nested: true }] },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	};
	const planned = await plan(admin, what);
	assert.deepEqual(
		planned.items.map((i) => [i.user, i.effect]),
		[
			[zoe.id, 'enroll'],
			[cid.id, 'enroll'],
			[ada.id, 'enroll'],
			[bea.id, 'wait'],
		],
	);
	assert.deepEqual(planned.sessions, [{ session: t.sessions[0].id, before: 0, after: 3, capacity: 3 }]);
	await enroll(admin, what);
	assert.deepEqual(
		(await assertSeats(admin, t.sessions[0].id)).waiting.map((e) => e.user),
		[bea.id],
	);
	// Whoever is first in the list gets the seat that frees.
	await admin.expect(204, 'DELETE', `/enrollments/${(await enrollment_of(zoe, t)).id}`);
	const { seated, waiting } = await assertSeats(admin, t.sessions[0].id);
	assert.equal(waiting.length, 0);
	assert.ok(seated.some((e) => e.user === bea.id));
});

test('capacity cannot go below the seats held without the permission; a bigger one seats who waits', async () => {
	const [a, b, c] = await newUsers(admin, by['/Sales EMEA'].id, 3);
	const t = await newTraining(muster, manager, [{ capacity: 2 }]);
	await enroll(manager, body([a, b, c], t, t.sessions[0]));
	assert.deepEqual(codes(await manager.patch(`/sessions/${t.sessions[0].id}`, { capacity: 1 })), {
		capacity: 'out_of_range',
	});
	await manager.expect(200, 'PATCH', `/sessions/${t.sessions[0].id}`, { capacity: 3 });
	assert.equal((await assertSeats(admin, t.sessions[0].id)).seated.length, 3);
	await admin.expect(200, 'PATCH', `/sessions/${t.sessions[0].id}`, { capacity: 1 });
	assert.equal((await assertSeats(admin, t.sessions[0].id)).session.seats_taken, 3);
});

test('who stops being active leaves the sessions to come, and the seat goes on (R7)', async () => {
	const [a, b] = await newUsers(admin, by['/Support'].id, 2);
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	await enroll(admin, body([a, b], t, t.sessions[0]));
	await admin.expect(200, 'PATCH', `/users/${a.id}`, { status: 'ended' });
	assert.equal(await enrollment_of(a, t), null);
	assert.deepEqual(
		(await assertSeats(admin, t.sessions[0].id)).seated.map((e) => e.user),
		[b.id],
	);
});

test('a seat that frees when the session is over goes to nobody', async () => {
	const [a, b, c] = await newUsers(admin, by['/Support'].id, 3);
	const t = await newTraining(muster, admin, [{ capacity: 1 }]);
	const [session] = t.sessions;
	await enroll(admin, body([a, b, c], t, session));
	await announce(await enrollment_of(b, t));
	const clock = muster.clock;
	muster.setClock(clock + Date.parse(session.days[0].end_at) / 1000 - muster.now() + 60);
	await admin.expect(204, 'DELETE', `/enrollments/${(await enrollment_of(a, t)).id}`);
	assert.deepEqual((await assertSeats(admin, session.id)).seated, []);
	await admin.expect(200, 'PATCH', `/sessions/${session.id}`, { capacity: 3 });
	const { seated, waiting } = await assertSeats(admin, session.id);
	assert.deepEqual([seated.length, waiting.map((e) => e.user)], [0, [b.id, c.id]]);
	await assertSound(muster);
	// What is held once more has seats to give.
	const [{ id, duration, time_zone }] = session.days;
	await admin.expect(200, 'PATCH', `/sessions/${session.id}`, { days: [{ id, duration, time_zone, start: dayAt(muster, 30).start }] });
	assert.deepEqual((await assertSeats(admin, session.id)).seated.map((e) => e.user), [b.id, c.id]);
	muster.setClock(clock);
});

test('after all this every invariant holds', () => assertSound(muster));
