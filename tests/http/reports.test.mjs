// Attendance: counted from enrollments that were announced, of people in scope, on the page and by REST.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, admin, manager, web, past, people;
before(async () => {
	muster = await startMuster({ demo: true });
	[admin, manager] = await Promise.all([apiOf(muster, 'admin'), apiOf(muster, 'dept.admin')]);
	web = await signedIn(muster, 'admin');
	past = (await admin.all('/trainings')).find((t) => t.title === 'Giving feedback');
	people = await admin.all(`/trainings/${past.id}/participants`);
});
const report = (api, query) => api.all(`/reports/attendance?${query}`);
const counts = (list) => {
	const n = (result) => list.filter((e) => e.result === result).length;
	return { enrolled: list.length, attended: n('attended'), absent: n('absent'), no_result: n('none') };
};

test('by training and session: the numbers are those of the participants', async () => {
	const [row] = await report(admin, `trainings=${past.id}`);
	assert.deepEqual(row, { key: past.id, name: past.title, ...counts(people), rate: counts(people).attended / people.length });
	const [session] = await report(admin, `group_by=session&sessions=${past.sessions[0].id}`);
	assert.deepEqual(session, { ...row, key: past.sessions[0].id, name: past.sessions[0].title });
	const all = await report(admin, '');
	assert.equal(all.length, 4);
	assert.deepEqual(all.map((r) => r.name), all.map((r) => r.name).toSorted());
	assert.deepEqual(await report(admin, 'limit=1').catch(() => admin.all('/reports/attendance', 1)), all);
});

test('by department: the sums are the same', async () => {
	const rows = await report(admin, `group_by=department&trainings=${past.id}`);
	assert.equal(rows.reduce((sum, r) => sum + r.enrolled, 0), people.length);
	assert.ok(rows.some((r) => r.name === 'Sales EMEA'));
});

test('a manager’s report is about the own people only', async () => {
	const theirs = await manager.all(`/trainings/${past.id}/participants`);
	const [row] = await report(manager, `trainings=${past.id}`);
	assert.deepEqual(row, { key: past.id, name: past.title, ...counts(theirs), rate: counts(theirs).attended / theirs.length });
	assert.ok(theirs.length < people.length || people.every((e) => theirs.some((x) => x.id === e.id)));
	for (const r of await report(manager, 'group_by=department')) assert.match(r.name, /^Sales/);
	const fire = (await admin.all('/trainings')).find((t) => t.title === 'Fire safety');
	assert.deepEqual(await report(manager, `trainings=${fire.id}&group_by=department`), [], 'nobody of theirs');
	const page = await (await signedIn(muster, 'dept.admin')).get(`/reports?training=${fire.id}`);
	assert.match(page.words, /Nobody was enrolled/);
});

test('who is not announced, waits or has left is not counted', async () => {
	const talks = (await admin.all('/trainings')).find((t) => t.title === 'Negotiation basics');
	const full = talks.sessions.find((s) => s.waiting > 0);
	const enrolled = async () => (await report(admin, `group_by=session&sessions=${full.id}`))[0].enrolled;
	const listed = (await admin.all(`/trainings/${talks.id}/participants?session=${full.id}`)).filter((e) => e.status === 'enrolled');
	assert.equal(await enrolled(), listed.length);
	const time = (await admin.all('/trainings')).find((t) => t.title === 'Time management');
	const maria = (await admin.all('/users?q=lindqvist')).find((u) => u.login === 'maria');
	const before = (await report(admin, `trainings=${time.id}`))[0].enrolled;
	const later = new Date(Date.now() + 86400e3).toISOString();
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [maria.id] }, trainings: [{ training: time.id, session: time.sessions[0].id }], access_at: later });
	assert.equal((await report(admin, `trainings=${time.id}`))[0].enrolled, before, 'not before the access date');
	await admin.expect(204, 'DELETE', `/enrollments/${listed.find((e) => e.answer === 'declined').id}`);
	assert.equal(await enrolled(), listed.length - 1);
});

test('what makes no sense is refused', async () => {
	for (const [query, field] of [['group_by=color', 'group_by'], ['trainings=x', 'trainings'], ['sessions=1,,2', 'sessions'], ['limit=0', 'limit']]) {
		const answer = await admin.get(`/reports/attendance?${query}`);
		assert.equal(answer.status, 422, query);
		assert.equal(answer.body.errors[0].field, field);
	}
	assert.deepEqual(await report(admin, 'trainings=999999'), []);
	for (const query of ['from=soon', 'from=2026-03-02&to=2026-03-01']) assert.equal((await web.get(`/reports?${query}`)).status, 422, query);
	assert.equal((await web.get('/reports?training=%27')).status, 200);
});

test('the page shows the last quarter, and what is chosen', async () => {
	const page = await web.get('/reports');
	assert.equal(page.heading, 'Attendance');
	const n = counts(people);
	assert.match(page.words, /Giving feedback/);
	assert.doesNotMatch(page.words, /Head office/);
	assert.match(page.text, new RegExp(`aria-label="${n.attended} of ${n.enrolled} attended, ${n.absent} absent"`));
	assert.match((await web.get('/reports?from=&to=')).words, /Head office/, 'without days: all');
	const one = await web.get(`/reports?training=${past.id}&from=&to=`);
	assert.doesNotMatch(one.words, /Head office/);
	assert.equal(one.forms.flatMap((f) => f.fields).find((f) => f.name === 'training').value, past.id);
});

test('only who reports', async () => {
	assert.equal((await (await signedIn(muster, 'maria')).get('/reports')).status, 403);
	assert.equal((await (await apiOf(muster, 'maria')).get('/reports/attendance')).status, 403);
});
