// Many at once: whatever the order, everybody is in one session of a training, and seats are what enrollments hold.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSeats, assertSound, newTraining } from '../lib/organization.mjs';

const people = 1000,
	hold = 60;
const logins = Array.from({ length: people }, (_, i) => `user${i + 1}`);
let muster, owner, admin;
const id_of = {}; // by login

const chunks = (list, n) =>
	Array.from({ length: Math.ceil(list.length / n) }, (_, i) => list.slice(i * n, (i + 1) * n));
const body = (audience, training, session, more = {}) => ({
	audience,
	trainings: [{ training: training.id, session: session.id }],
	...more,
});
const sum = (answers, name) => answers.reduce((n, a) => n + (Array.isArray(a[name]) ? a[name].length : a[name]), 0);

// A deterministic shuffle, so that a failure can be seen again.
function shuffled(list, seed) {
	const out = [...list];
	for (let i = out.length - 1; i > 0; i--) {
		seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
		const k = seed % (i + 1);
		[out[i], out[k]] = [out[k], out[i]];
	}
	return out;
}

before(async () => {
	muster = await startMuster({
		demo: true,
		seed: { users: people, departments: 10, trainings: 2, enrollments: 0, seed: 7 },
	});
	[owner, admin] = await Promise.all(['owner', 'admin'].map((login) => apiOf(muster, login)));
	for (const user of await owner.all('/users', 1000)) id_of[user.login] = user.id;
	assert.ok(logins.every((l) => id_of[l]));
});

async function assertEachOnce(training, expected) {
	const all = await owner.all(`/trainings/${training.id}/participants`, 1000);
	assert.equal(all.length, expected);
	assert.equal(new Set(all.map((e) => e.user)).size, expected, 'R1');
	return all;
}

test('two administrators enroll the same thousand people into two sessions at the same moment', async () => {
	const t = await newTraining(muster, owner, [{}, {}]);
	const answers = await Promise.all(
		[owner, admin].map((api, i) => api.expect(201, 'POST', '/enrollments', body({ logins }, t, t.sessions[i]))),
	);
	assert.equal(sum(answers, 'enrolled'), people);
	assert.equal(sum(answers, 'skipped'), people);
	assert.ok(answers.flatMap((a) => a.skipped).every((s) => s.code === 'E02'));
	await assertEachOnce(t, people);
	for (const s of t.sessions) await assertSeats(owner, s.id);
	await assertSound(muster);
});

test('the same in many small requests, in another order each', async () => {
	const t = await newTraining(muster, owner, [{ capacity: 400 }, { capacity: 400 }]);
	const requests = [owner, admin].flatMap((api, i) =>
		chunks(shuffled(logins, i + 1), 25).map(
			(some) => () => api.expect(201, 'POST', '/enrollments', body({ logins: some }, t, t.sessions[i])),
		),
	);
	const answers = await Promise.all(shuffled(requests, 3).map((run) => run()));
	assert.equal(sum(answers, 'enrolled') + sum(answers, 'waitlisted'), people);
	assert.equal(sum(answers, 'enrolled') + sum(answers, 'waitlisted') + sum(answers, 'skipped'), 2 * people);
	await assertEachOnce(t, people);
	let seated = 0;
	for (const s of t.sessions) {
		const now = await assertSeats(owner, s.id);
		assert.ok(now.seated.length <= 400);
		seated += now.seated.length;
	}
	assert.equal(seated, sum(answers, 'enrolled'));
	await assertSound(muster);
});

test('two hundred ask for five seats, and exactly five have one', async () => {
	const t = await newTraining(muster, owner, [{ capacity: 5 }]);
	const answers = await Promise.all(
		logins
			.slice(0, 200)
			.map((login, i) =>
				(i % 2 ? owner : admin).expect(
					201,
					'POST',
					'/enrollments',
					body({ users: [id_of[login]] }, t, t.sessions[0], { when_full: 'refuse' }),
				),
			),
	);
	assert.equal(sum(answers, 'enrolled'), 5);
	assert.equal(sum(answers, 'waitlisted'), 0);
	assert.ok(answers.flatMap((a) => a.skipped).every((s) => s.code === 'E04'));
	const { session, seated } = await assertSeats(owner, t.sessions[0].id);
	assert.deepEqual([session.seats_taken, session.waiting, seated.length], [5, 0, 5]);
	await assertSound(muster);
});

test('with a waiting list the other 195 wait, each at a place of its own', async () => {
	const t = await newTraining(muster, owner, [{ capacity: 5 }]);
	await Promise.all(
		logins
			.slice(0, 200)
			.map((login) => owner.expect(201, 'POST', '/enrollments', body({ logins: [login] }, t, t.sessions[0]))),
	);
	const { session, waiting } = await assertSeats(owner, t.sessions[0].id);
	assert.deepEqual([session.seats_taken, session.waiting], [5, 195]);
	assert.equal(new Set(waiting.map((e) => e.position)).size, 195);
});

test('answers, cancellations, moves and a growing session, all at once', async () => {
	const t = await newTraining(muster, owner, [{ capacity: 20 }, { capacity: 10 }]);
	const [session, other] = t.sessions;
	await owner.expect(201, 'POST', '/enrollments', body({ logins: logins.slice(0, 60) }, t, session));
	muster.setClock(muster.clock + hold + 5);
	const all = await eventually(
		async () => {
			const now = await owner.all(`/trainings/${t.id}/participants`, 1000);
			return now.every((e) => e.announced_at) && now;
		},
		{ what: 'everybody is told' },
	);
	const seated = all.filter((e) => e.status === 'enrolled'),
		waiting = all.filter((e) => e.status === 'waiting');
	assert.deepEqual([seated.length, waiting.length], [20, 40]);
	const calls = [
		...seated.map((e) => () => owner.post(`/enrollments/${e.id}/answer`, { answer: 'declined' })),
		...seated.map(
			(e, i) => () => admin.post(`/enrollments/${e.id}/answer`, { answer: i % 2 ? 'accepted' : 'tentative' }),
		),
		...waiting.slice(0, 8).map((e) => () => admin.delete(`/enrollments/${e.id}`)),
		...seated.slice(0, 6).map((e) => () => owner.delete(`/enrollments/${e.id}`)),
		...all
			.slice(10, 30)
			.map((e) => () => admin.patch(`/enrollments/${e.id}`, { session: other.id, when_full: 'refuse' })),
		...[22, 25, 23, 30].map((capacity) => () => owner.patch(`/sessions/${session.id}`, { capacity })),
	];
	const answers = await Promise.all(shuffled(calls, 11).map((run) => run()));
	for (const a of answers)
		assert.ok([200, 204, 409, 422].includes(a.status), `${a.status} ${JSON.stringify(a.body)}`);
	await assertSeats(owner, session.id);
	const { session: moved } = await assertSeats(owner, other.id);
	assert.ok(moved.seats_taken <= 10);
	await assertSound(muster);
});

test('a batch is undone once, whoever asks', async () => {
	const t = await newTraining(muster, owner, [{ capacity: 30 }]);
	const { batch } = await owner.expect(
		201,
		'POST',
		'/enrollments',
		body({ logins: logins.slice(0, 100) }, t, t.sessions[0]),
	);
	const answers = await Promise.all(
		Array.from({ length: 8 }, (_, i) => (i % 2 ? owner : admin).post(`/batches/${batch}/undo`)),
	);
	assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409, 409, 409, 409, 409, 409, 409]);
	assert.equal(answers.find((a) => a.status === 200).body.undone, 100);
	assert.deepEqual((await assertSeats(owner, t.sessions[0].id)).session.seats_taken, 0);
	await assertSound(muster);
});

test('a form that is sent many times enrolls once', async () => {
	const t = await newTraining(muster, owner, [{}]);
	const web = await signedIn(muster, 'admin');
	const first = await web.get('/enroll');
	const made = await web.post('/enroll', {
		csrf: first.csrf,
		id: logins.slice(0, 7).map((l) => id_of[l]),
		training: t.id,
	});
	assert.equal(made.status, 303);
	const draft = /^\/enroll\/(\d+)\//.exec(made.location)[1];
	const parameters = await web.get(`/enroll/${draft}/parameters`);
	const sent = {
		csrf: parameters.csrf,
		version: parameters.form({ button: 'Enroll' }).fields.find((f) => f.name === 'version').value,
		go: 'check',
	};
	assert.equal(
		(await web.post(`/enroll/${draft}/parameters`, { ...sent, [`session-${t.id}`]: t.sessions[0].id })).status,
		303,
	);
	const check = await web.get(`/enroll/${draft}/check`);
	const form = check.form({ button: 'Enroll 7 users' });
	const fields = Object.fromEntries(form.fields.filter((f) => f.type === 'hidden').map((f) => [f.name, f.value]));
	const answers = await Promise.all(
		Array.from({ length: 10 }, () => web.post(`/enroll/${draft}/check`, { ...fields, go: 'enroll' })),
	);
	for (const a of answers) {
		assert.equal(a.status, 303, a.words.slice(0, 300));
		assert.equal(a.location, `/enroll/${draft}/done`);
	}
	const all = await assertEachOnce(t, 7);
	assert.equal(new Set(all.map((e) => e.batch)).size, 1, 'one batch');
	assert.equal(
		(await web.get(`/enroll/${draft}/users`, { follow: false })).status,
		303,
		'a used draft shows its result',
	);
	assert.equal(
		(await web.post(`/enroll/${draft}/check`, { ...fields, go: 'enroll' })).location,
		`/enroll/${draft}/done`,
	);
	await assertSound(muster);
});

test('one draft, two tabs: whoever comes second is told, and nothing is lost', async () => {
	const web = await signedIn(muster, 'admin');
	const page = await web.get('/enroll');
	const t = await newTraining(muster, owner, [{}]);
	const made = await web.post('/enroll', { csrf: page.csrf, id: [id_of.user1, id_of.user2], training: t.id });
	const draft = /^\/enroll\/(\d+)\//.exec(made.location)[1];
	const tab = await web.get(`/enroll/${draft}/parameters`);
	const version = tab.form({ button: 'Enroll' }).fields.find((f) => f.name === 'version').value;
	const send = (message) =>
		web.post(`/enroll/${draft}/parameters`, { csrf: tab.csrf, version, go: 'check', message });
	const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => send(`words of tab ${i}`)));
	const statuses = answers.map((a) => a.status).sort();
	assert.deepEqual(statuses, [303, 409, 409, 409, 409, 409]);
	answers.forEach((a, i) => {
		if (a.status === 409) assert.ok(a.text.includes(`words of tab ${i}`), 'what was typed is still there');
	});
	const kept = answers.findIndex((a) => a.status === 303);
	assert.ok((await web.get(`/enroll/${draft}/parameters`)).text.includes(`words of tab ${kept}`));
});

test('a user is made once, however many ask for the login', async () => {
	const department = (await owner.all('/departments'))[0].id;
	const answers = await Promise.all(
		Array.from({ length: 20 }, () => owner.post('/users', { login: 'only.one', department })),
	);
	assert.equal(answers.filter((a) => a.status === 201).length, 1);
	for (const a of answers.filter((x) => x.status !== 201)) assert.equal(a.body.errors[0].code, 'duplicate');
});

test('readers see one state: seats and the list agree while others write', async () => {
	const t = await newTraining(muster, owner, [{ capacity: 1000 }]);
	let writing = true;
	const writers = Promise.all(
		chunks(logins.slice(0, 400), 10).map((some) =>
			owner.expect(201, 'POST', '/enrollments', body({ logins: some }, t, t.sessions[0])),
		),
	).finally(() => {
		writing = false;
	});
	let looks = 0;
	while (writing) {
		const item = await admin.expect(200, 'GET', `/trainings/${t.id}`);
		assert.equal(item.sessions[0].seats_taken % 10, 0, 'a request is there whole or not at all');
		looks++;
	}
	await writers;
	assert.ok(looks > 0);
	assert.equal((await assertSeats(owner, t.sessions[0].id)).seated.length, 400);
	await assertSound(muster);
});
