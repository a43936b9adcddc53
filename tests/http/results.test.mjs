// Results: attended or absent by day and by session, points, comments; who may record them; as pages and as REST.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, owner, manager, web, sven, ana, eva;
const codes = (answer) => Object.fromEntries(answer.body.errors.map((e) => [e.field, e.code]));
const year = new Date().getUTCFullYear() + 1;
const day = (start) => ({ start, duration: 3600, time_zone: 'Europe/Berlin', location: 'Room 4' });

// Two days in the first session, one in the second; ana (Sales) and eva (Engineering) are in the first.
async function training(title, rest = {}) {
	const t = await owner.expect(201, 'POST', '/trainings', {
		title,
		sessions: [
			{ title: 'Two days', days: [day(`${year}-03-04T09:00`), day(`${year}-03-05T09:00`)], ...rest },
			{ title: 'One day', capacity: 1, days: [day(`${year}-03-06T09:00`)] },
		],
	});
	const [two, one] = t.sessions;
	await owner.expect(201, 'POST', '/enrollments', {
		audience: { users: [ana.id, eva.id] },
		trainings: [{ training: t.id, session: two.id }],
		access_at: `${year}-01-01T00:00:00Z`,
	});
	return { id: t.id, two: two.id, one: one.id, days: two.days.map((d) => d.id) };
}
const put = (api, session, ...results) => api.put(`/sessions/${session}/results`, { results });
const of = async (t, user) => (await owner.all(`/trainings/${t.id}/participants`)).find((e) => e.user === user.id);
async function set(session, ...results) {
	const answer = await put(owner, session, ...results);
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
	assert.deepEqual(answer.body, { updated: results.length });
}

before(async () => {
	muster = await startMuster({ demo: true });
	[owner, manager, sven] = await Promise.all([apiOf(muster, 'owner'), apiOf(muster, 'dept.admin'), apiOf(muster, 'sven')]);
	web = await signedIn(muster, 'owner');
	const departments = Object.fromEntries((await owner.all('/departments')).map((d) => [d.name, d.id]));
	const make = (login, department) => owner.expect(201, 'POST', '/users', { login, first_name: login, last_name: 'Result', department });
	ana = await make('res.ana', departments.Sales);
	eva = await make('res.eva', departments.Engineering);
});

test('days make the session: attended when every day is, absent when all are said and one is not', async () => {
	const t = await training('By days');
	await set(t.two, { user: ana.id, day: t.days[0], result: 'attended' });
	assert.equal((await of(t, ana)).result, 'none', 'one day is still open');
	await set(t.two, { user: ana.id, day: t.days[1], result: 'attended' });
	assert.equal((await of(t, ana)).result, 'attended');
	assert.deepEqual((await of(t, ana)).days.map((d) => d.result), ['attended', 'attended']);
	await set(t.two, { user: ana.id, day: t.days[1], result: 'absent' });
	assert.equal((await of(t, ana)).result, 'absent');
	await set(t.two, { user: ana.id, day: t.days[0], result: 'none' });
	assert.equal((await of(t, ana)).result, 'none');
	assert.equal((await of(t, eva)).result, 'none', 'nobody else is touched');
});

test('a day that goes or comes leaves the session with what its days say', async () => {
	const t = await training('Other days');
	await set(t.two, { user: ana.id, day: t.days[0], result: 'attended' }, { user: eva.id, day: t.days[0], result: 'absent' });
	await set(t.two, { user: ana.id, day: t.days[1], result: 'absent' }, { user: eva.id, result: 'attended' });
	assert.deepEqual([(await of(t, ana)).result, (await of(t, eva)).result], ['absent', 'attended']);
	const session = await owner.expect(200, 'GET', `/sessions/${t.two}`);
	const days = session.days.map(({ id, start, duration, time_zone, location }) => ({ id, start, duration, time_zone, location }));
	await owner.expect(200, 'PATCH', `/sessions/${t.two}`, { days: [days[0]] });
	assert.deepEqual([(await of(t, ana)).result, (await of(t, eva)).result], ['attended', 'attended'], 'set by hand stays');
	const rate = async () => (await owner.expect(200, 'GET', `/reports/attendance?trainings=${t.id}`)).items.map((i) => [i.enrolled, i.attended, i.absent]);
	const told = (await of(t, ana)).announced_at !== null;
	if (told) assert.deepEqual(await rate(), [[2, 2, 0]]);
	await owner.expect(200, 'PATCH', `/sessions/${t.two}`, { days: [days[0], day(`${year}-03-07T09:00`)] });
	assert.deepEqual([(await of(t, ana)).result, (await of(t, eva)).result], ['none', 'attended'], 'the new day is open');
});

test('what is set by hand for the session wins until it is taken back', async () => {
	const t = await training('By hand');
	await set(t.two, { user: ana.id, result: 'attended', score: 12, comment: '  Well done  ' });
	await set(t.two, { user: ana.id, day: t.days[0], result: 'absent' }, { user: ana.id, day: t.days[1], result: 'absent' });
	let e = await of(t, ana);
	assert.deepEqual([e.result, e.score, e.comment], ['attended', 12, 'Well done']);
	await set(t.two, { user: ana.id, result: 'none' });
	e = await of(t, ana);
	assert.deepEqual([e.result, e.score, e.comment], ['absent', 12, 'Well done'], 'what is not given stays');
	await set(t.two, { user: ana.id, result: 'none', score: null, comment: null });
	e = await of(t, ana);
	assert.deepEqual([e.score, e.comment], [null, null]);
});

test('all or nothing, and every wrong value is named', async () => {
	const t = await training('Wrong');
	const other = await training('Other');
	const answer = await put(
		owner, t.two, { user: ana.id, result: 'attended' }, { user: ana.id, result: 'asleep' }, { user: '999999', result: 'absent' },
		{ user: eva.id, result: 'absent', score: -1 }, { user: eva.id, result: 'absent', day: other.days[0] },
		{ user: eva.id, result: 'absent', comment: 'x'.repeat(2001) },
	);
	assert.equal(answer.status, 422);
	assert.deepEqual(codes(answer), {
		'results[1].result': 'invalid', 'results[2].user': 'not_found', 'results[3].score': 'out_of_range', 'results[4].day': 'not_found',
		'results[5].comment': 'too_long',
	});
	assert.equal((await of(t, ana)).result, 'none');
	assert.deepEqual(codes(await owner.put(`/sessions/${t.two}/results`, {})), { results: 'required' });
	assert.deepEqual(codes(await owner.put(`/sessions/${t.two}/results`, { results: [{}] })), { 'results[0].user': 'required', 'results[0].result': 'required' });
	assert.deepEqual(codes(await owner.put(`/sessions/${t.two}/results`, { results: [], shoe: 1 })), { shoe: 'unknown_member' });
	assert.deepEqual(codes(await put(owner, t.one, { user: ana.id, result: 'attended' })), { 'results[0].user': 'not_found' }, 'of another session');
	assert.equal((await put(owner, '999999', { user: ana.id, result: 'attended' })).status, 404);
});

test('who waits or has no session has no result', async () => {
	const t = await training('Waiting');
	const a = await of(t, ana), e = await of(t, eva);
	await owner.expect(200, 'PATCH', `/enrollments/${a.id}`, { session: t.one });
	await owner.expect(200, 'PATCH', `/enrollments/${e.id}`, { session: t.one });
	assert.deepEqual(codes(await put(owner, t.one, { user: eva.id, result: 'attended' })), { 'results[0].user': 'not_found' });
	assert.match((await web.get(`/enrollments/${e.id}/result`)).words, /participants who have a seat in a session/);
	const page = await web.get(`/enrollments/result?id=${a.id}&id=${e.id}`);
	const done = await web.submit(page, { button: 'Save result' }, { result: 'attended' });
	assert.match((await web.get(done.location)).words, /1 result saved\. 1 without a seat was left out\./);
	assert.equal((await of(t, ana)).result, 'attended');
	assert.deepEqual((await of(t, ana)).days.map((d) => d.result), ['attended'], 'of one day, day and session are the same');
});

test('R3 and R11: managers for their people, organizer and instructor for all of theirs, others not at all', async () => {
	const me = await sven.expect(200, 'GET', '/me');
	const t = await training('Whose', { instructor_user: me.id });
	const plain = await training('Not his');
	assert.equal((await put(manager, t.two, { user: ana.id, result: 'attended' })).status, 200);
	const outside = await put(manager, t.two, { user: ana.id, result: 'absent' }, { user: eva.id, result: 'attended' });
	assert.equal(outside.status, 422);
	assert.deepEqual(codes(outside), { 'results[1].user': 'not_found' });
	assert.equal((await of(t, ana)).result, 'attended', 'all or nothing');
	assert.deepEqual((await put(sven, t.two, { user: ana.id, result: 'absent' }, { user: eva.id, result: 'attended' })).body, { updated: 2 });
	assert.equal((await put(sven, plain.two, { user: ana.id, result: 'absent' })).status, 404);
	assert.equal((await put(sven, t.one, { user: ana.id, result: 'absent' })).status, 404, 'another session of the training');
	assert.equal((await put(await apiOf(muster, 'omar'), t.two, { user: ana.id, result: 'absent' })).status, 404);

	const his = await signedIn(muster, 'sven');
	const page = await his.get(`/trainings/${t.id}/participants`);
	assert.equal(page.status, 200);
	assert.match(page.words, /res\.ana.*res\.eva/);
	assert.doesNotMatch(page.words, /Edit enrollment|Cancel enrollment|Edit user/);
	const e = await of(t, eva);
	assert.equal((await his.get(`/enrollments/${e.id}/result`)).status, 200);
	assert.equal((await his.get(`/enrollments/result?id=${e.id}`)).status, 200);
	assert.equal((await his.get(`/enrollments/${(await of(plain, eva)).id}/result`)).status, 404);
	assert.deepEqual((await sven.all(`/trainings/${t.id}/participants`)).map((x) => x.user).sort(), [ana.id, eva.id].sort());
	await owner.expect(200, 'PATCH', `/enrollments/${e.id}`, { session: t.one });
	assert.deepEqual((await sven.all(`/trainings/${t.id}/participants`)).map((x) => x.user), [ana.id], 'only those of his session');
});

test('the page: days, whole session, points and a comment; wrong input is kept', async () => {
	const t = await training('Page');
	const e = await of(t, ana);
	let page = await web.get(`/enrollments/${e.id}/result?back=/users/${ana.id}/learning`);
	assert.equal(page.heading, 'Add result');
	const wrong = await web.submit(page, { button: 'Save result' }, { score: '12.5', comment: 'Kept' });
	assert.equal(wrong.status, 422);
	assert.ok(wrong.links.some((l) => l.href === '#score'));
	assert.match(wrong.text, /value="12\.5"/);
	assert.match(wrong.text, /Kept<\/textarea>/);
	const done = await web.submit(page, { button: 'Save result' }, { [`day-${t.days[0]}`]: 'attended', [`day-${t.days[1]}`]: 'attended', score: '12', comment: 'Fine' });
	assert.equal(done.location, `/users/${ana.id}/learning`);
	const back = await web.get(done.location);
	assert.match(back.words, /1 result saved\./);
	assert.match(back.words, /Attended 2\/2 12 points/);
	let now = await of(t, ana);
	assert.deepEqual([now.result, now.score, now.comment], ['attended', 12, 'Fine']);
	page = await web.get(`/enrollments/${e.id}/result`);
	const same = await web.submit(page, { button: 'Save result' });
	assert.match((await web.get(same.location)).words, /Nothing was changed\./);
	await web.submit(page, { button: 'Save result' }, { result: 'absent', score: '' });
	now = await of(t, ana);
	assert.deepEqual([now.result, now.score, now.days[0].result], ['absent', null, 'attended']);
});

test('the page of several changes only what was said', async () => {
	const t = await training('Several');
	await set(t.two, { user: ana.id, day: t.days[0], result: 'absent', score: 3, comment: 'Late' });
	const ids = (await owner.all(`/trainings/${t.id}/participants`)).map((e) => e.id);
	const page = await web.get(`/enrollments/result?id=${ids[0]}&id=${ids[1]}`);
	const done = await web.submit(page, { button: 'Save result' }, { [`day-${t.days[1]}`]: 'attended' });
	assert.equal(done.location, `/trainings/${t.id}/participants`);
	const a = await of(t, ana), e = await of(t, eva);
	assert.deepEqual(a.days.map((d) => d.result), ['absent', 'attended']);
	assert.deepEqual([a.result, a.score, a.comment], ['absent', 3, 'Late']);
	assert.deepEqual(e.days.map((d) => d.result), ['none', 'attended']);
	assert.equal((await web.post('/enrollments/result', { csrf: page.csrf, id: [ids[0], '999999'], result: 'attended' })).status, 404);
});
