// Taking back more than one request does itself: in slices of the worker, beside others, through kill -9.
import assert from 'node:assert/strict';
import { test } from 'node:test';

if (process.env.MUSTER_RELEASE) process.env.MUSTER_BIN = process.env.MUSTER_RELEASE;
const { sql } = await import('../lib/database.mjs');
const { apiOf, signedIn } = await import('../lib/http.mjs');
const { eventually, startMuster } = await import('../lib/muster.mjs');
const { assertSound, dayAt } = await import('../lib/organization.mjs');

test('a big batch is undone as a whole', async () => {
	const muster = await startMuster({ demo: true, seed: { users: 6000, departments: 20, trainings: 1, enrollments: 0, seed: 21 }, args: ['--undo-hold', '3600'] });
	let api = await apiOf(muster, 'owner');
	const root = (await api.all('/departments')).find((d) => d.parent === null);
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'For everybody',
		sessions: [{ title: 'All of us', capacity: 5500, days: [dayAt(muster, 40)] }],
	});
	const session = training.sessions[0].id;
	const { batch } = await api.expect(202, 'POST', '/enrollments', {
		audience: { departments: [{ id: root.id, nested: true }], except: [training.organizer] },
		trainings: [{ training: training.id, session }],
	});
	const reached = (status) =>
		eventually(async () => { const b = await api.expect(200, 'GET', `/batches/${batch}?limit=1`); return b.status === status && b; },
			{ timeout: 240_000, what: `the batch is ${status}` });
	const done = await reached('done');
	assert.equal(done.enrolled, 5500);

	// Somebody whose enrollment was changed since stays, and gets no message for it.
	const [changed] = (await api.expect(200, 'GET', `/trainings/${training.id}/participants?limit=1&status=waiting`)).items;
	await api.expect(200, 'PATCH', `/enrollments/${changed.id}`, { access_at: new Date(Date.parse(done.access_at) + 3_600_000).toISOString() });
	const { undone, kept } = await api.expect(200, 'POST', `/batches/${batch}/undo`);
	await muster.kill9();
	assert.equal(undone, done.total - 1);
	assert.deepEqual(kept.map((k) => k.enrollment), [changed.id]);
	const stay = "SELECT count(*) FROM enrollment WHERE status <> 'cancelled' AND batch_id = b.id";
	const [status, midway] = (await sql(muster.db, `SELECT b.status, (${stay}) FROM batch b WHERE b.id = ${batch}`)).split('|');
	assert.equal(status, 'undoing');
	assert.ok(Number(midway) > 1, 'killed in the middle of it');
	await muster.start();
	api = await apiOf(muster, 'owner');
	assert.equal((await api.post(`/batches/${batch}/undo`)).status, 409, 'once is enough');
	const end = await reached('undone');
	assert.equal(end.done, end.total);
	assert.match((await (await signedIn(muster, 'owner')).get(`/batches/${batch}`)).words, /Undone/);

	// Who stays was waiting, and has a seat now.
	const left = await api.all(`/trainings/${training.id}/participants`);
	assert.deepEqual(left.map((e) => e.id), [changed.id]);
	const { seats_taken, waiting } = await api.expect(200, 'GET', `/sessions/${session}`);
	assert.deepEqual([seats_taken, waiting], [1, 0]);
	assert.equal((await api.expect(200, 'GET', '/outbox?limit=1')).items.length, 0, 'nobody was told');
	await assertSound(muster);
	await muster.stop();
});
