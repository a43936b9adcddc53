// Idempotency-Key: the same POST twice is one act and one answer, whether it runs in the writer or beside it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { assertSound, newTraining } from '../lib/organization.mjs';

let muster, admin, owner, departments;
const day = 86_400;
const keyed = (key) => ({ headers: { 'idempotency-key': key } });

before(async () => {
	muster = await startMuster({ demo: true });
	[admin, owner] = await Promise.all(['admin', 'owner'].map((login) => apiOf(muster, login)));
	departments = await admin.all('/departments');
});

async function enrollBody(sessions = [{}]) {
	const t = await newTraining(muster, admin, sessions);
	return {
		t,
		body: {
			audience: { departments: [{ id: departments[0].id, nested: true }] },
			trainings: [{ training: t.id, session: t.sessions[0].id }],
		},
	};
}

test('the same key and body give the same answer, and the act happens once', async () => {
	const { t, body } = await enrollBody();
	const first = await admin.post('/enrollments', body, keyed('enroll-1'));
	const second = await admin.post('/enrollments', body, keyed('enroll-1'));
	assert.equal(first.status, 201);
	assert.ok(first.body.enrolled > 50);
	assert.deepEqual([second.status, second.body], [first.status, first.body]);
	const all = await admin.all(`/trainings/${t.id}/participants`, 1000);
	assert.equal(new Set(all.map((e) => e.batch)).size, 1);

	const user = { login: 'once.only', department: departments[0].id };
	const made = await admin.post('/users', user, keyed('user-1'));
	const again = await admin.post('/users', user, keyed('user-1'));
	assert.equal(made.status, 201);
	assert.deepEqual([again.status, again.body], [made.status, made.body], 'without the key it would be a duplicate');
	assert.equal((await admin.post('/users', user)).status, 422);
});

test('another body with the key is refused, and so is another address', async () => {
	const user = { login: 'key.body', department: departments[0].id };
	assert.equal((await admin.post('/users', user, keyed('body-1'))).status, 201);
	assert.equal((await admin.post('/users', { ...user, login: 'key.body2' }, keyed('body-1'))).status, 409);
	assert.equal((await admin.post('/groups', user, keyed('body-1'))).status, 409);
	assert.ok(!(await admin.all('/users?q=key.body2')).length, 'nothing was done');
});

test('keys belong to a token', async () => {
	const department = departments[0].id;
	const one = await admin.post('/users', { login: 'token.one', department }, keyed('shared'));
	const two = await owner.post('/users', { login: 'token.two', department }, keyed('shared'));
	assert.deepEqual([one.status, two.status], [201, 201]);
	assert.notEqual(one.body.id, two.body.id);
});

test('many at the same moment: one runs, the others wait for its answer', async () => {
	const { t, body } = await enrollBody();
	const answers = await Promise.all(
		Array.from({ length: 12 }, () => admin.post('/enrollments', body, keyed('storm'))),
	);
	for (const a of answers) assert.deepEqual([a.status, a.body], [201, answers[0].body]);
	const all = await admin.all(`/trainings/${t.id}/participants`, 1000);
	assert.equal(new Set(all.map((e) => e.batch)).size, 1);
	assert.equal(all.length, answers[0].body.enrolled);

	const user = { login: 'storm.user', department: departments[0].id };
	const made = await Promise.all(Array.from({ length: 12 }, () => admin.post('/users', user, keyed('storm-user'))));
	for (const a of made) assert.deepEqual([a.status, a.body], [201, made[0].body]);
	await assertSound(muster);
});

test("many keys at once do not stand in each other's way", async () => {
	const department = departments[0].id;
	const answers = await Promise.all(
		Array.from({ length: 40 }, (_, i) =>
			admin.post('/users', { login: `many.${i % 20}`, department }, keyed(`many-${i % 20}`)),
		),
	);
	for (const a of answers) assert.equal(a.status, 201, JSON.stringify(a.body));
	assert.equal(new Set(answers.map((a) => a.body.id)).size, 20);
});

test('a refusal is a refusal again, and does nothing', async () => {
	const bad = { login: '', department: departments[0].id };
	for (let i = 0; i < 2; i++) assert.equal((await admin.post('/users', bad, keyed('refused'))).status, 422);
	const { t, body } = await enrollBody();
	for (let i = 0; i < 2; i++)
		assert.equal((await admin.post('/enrollments', { ...body, plan: 'stale' }, keyed('refused-2'))).status, 409);
	assert.deepEqual(await admin.all(`/trainings/${t.id}/participants`), []);
});

test('a key has one to 255 bytes of text', async () => {
	const user = (login) => ({ login, department: departments[0].id });
	assert.equal((await admin.post('/users', user('key.long'), keyed('k'.repeat(256)))).status, 422);
	assert.equal((await admin.post('/users', user('key.bytes'), keyed('\xff'))).status, 422);
	assert.equal((await admin.post('/users', user('key.long'), keyed('k'.repeat(255)))).status, 201);
});

test('after a day a key is forgotten', async () => {
	const user = (login) => ({ login, department: departments[0].id });
	assert.equal((await admin.post('/users', user('day.one'), keyed('daily'))).status, 201);
	muster.setClock(muster.clock + day - 600);
	assert.equal((await admin.post('/users', user('day.two'), keyed('daily'))).status, 409, 'not before');
	muster.setClock(muster.clock + 1200);
	assert.equal((await admin.post('/users', user('day.two'), keyed('daily'))).status, 201, 'to the second');
	assert.equal((await admin.post('/users', user('day.two'), keyed('daily'))).status, 201, 'and kept anew');
	const { body } = await enrollBody();
	assert.equal((await admin.post('/enrollments', body, keyed('daily-2'))).status, 201);
	muster.setClock(muster.clock + day + 60);
	assert.equal((await admin.post('/enrollments', { ...body, message: 'Again.' }, keyed('daily-2'))).status, 201);
});

test('a key survives a restart', async () => {
	const user = { login: 'restart.user', department: departments[0].id };
	const first = await admin.post('/users', user, keyed('restart'));
	await muster.restart();
	admin.base = muster.url;
	const second = await admin.post('/users', user, keyed('restart'));
	assert.deepEqual([second.status, second.body], [201, first.body]);
});
