// Trainings and sessions through pages and REST: values, times and clocks, who may what (R11), cancelling.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const muster = await startMuster({ demo: true });
const admin = await apiOf(muster, 'admin');
const dept = await apiOf(muster, 'dept.admin');
const maria = await apiOf(muster, 'maria');

const berlin = 'Europe/Berlin';
const year = new Date().getUTCFullYear() + 1;
const day = (start, more = {}) => ({ start: `${year}-${start}`, duration: 3600, time_zone: berlin, ...more });
let titles = 0;
const make = (body = {}) =>
	admin.expect(201, 'POST', '/trainings', {
		title: `Made by a test ${++titles}`,
		sessions: [{ title: 'One', capacity: 5, days: [day('06-03T09:00')] }],
		...body,
	});
const codes = (answer) => Object.fromEntries(answer.body.errors.map((e) => [e.field, e.code]));
const idOf = async (login) => (await admin.all('/users')).find((u) => u.login === login).id;

test('a training is made with its sessions and read back', async () => {
	const made = await make({ description: 'First line\nsecond line' });
	assert.equal(made.description, 'First line\nsecond line');
	assert.equal(made.organizer, await idOf('admin'));
	const [session] = made.sessions;
	assert.equal(session.training, made.id);
	assert.equal(session.instructor, null);
	assert.equal(session.seats_taken, 0);
	assert.equal(session.status, 'planned');
	assert.deepEqual(
		{ ...session.days[0], id: null },
		{
			id: null,
			start: `${year}-06-03T09:00`,
			duration: 3600,
			time_zone: berlin,
			location: null,
			url: null,
			start_at: `${year}-06-03T07:00:00Z`,
			end_at: `${year}-06-03T08:00:00Z`,
		},
	);
	assert.deepEqual(await admin.expect(200, 'GET', `/trainings/${made.id}`), made);
	assert.deepEqual(await admin.expect(200, 'GET', `/sessions/${session.id}`), session);
});

test('everything that is wrong with a body is said at once, by field', async () => {
	const answer = await admin.post('/trainings', {
		title: ' ',
		organizer: '999999',
		sessions: [{ capacity: 0, days: [day('06-03T09:00', { duration: 0, url: 'ftp://example.org', time_zone: 'Mars/Base' })] }],
	});
	assert.equal(answer.status, 422);
	assert.deepEqual(codes(answer), {
		title: 'required',
		organizer: 'not_found',
		'sessions[0].title': 'required',
		'sessions[0].capacity': 'out_of_range',
		'sessions[0].days[0].duration': 'out_of_range',
		'sessions[0].days[0].time_zone': 'invalid',
		'sessions[0].days[0].url': 'invalid',
	});
	assert.deepEqual(codes(await admin.post('/trainings', { title: 'x'.repeat(256) })), { title: 'too_long' });
	assert.deepEqual(codes(await admin.post('/trainings', { title: 'x', colour: 'red' })), { colour: 'unknown_member' });
	assert.deepEqual(codes(await admin.post('/trainings', { title: 'x', sessions: [{ title: 'y' }] })), { 'sessions[0].days': 'required' });
});

test('a refused training leaves nothing behind', async () => {
	const before = (await admin.all('/trainings')).length;
	await admin.expect(422, 'POST', '/trainings', { title: 'Half', sessions: [{ title: '', days: [] }] });
	assert.equal((await admin.all('/trainings')).length, before);
});

test('a skipped time is refused, a doubled one asks which', async () => {
	const { id } = await make();
	const add = (start, more) =>
		admin.post(`/trainings/${id}/sessions`, { title: 'Clocks', days: [{ start, duration: 3600, time_zone: berlin, ...more }] });
	const skipped = await add('2027-03-28T02:30');
	assert.deepEqual(codes(skipped), { 'days[0].start': 'time_skipped' });
	assert.match(skipped.body.errors[0].message, /Berlin/);
	assert.deepEqual(codes(await add('2027-10-31T02:30')), { 'days[0].start': 'time_doubled' });
	const first = await add('2027-10-31T02:30', { fold: 0 });
	assert.equal(first.body.days[0].start_at, '2027-10-31T00:30:00Z');
	const second = await add('2027-10-31T02:30', { fold: 1 });
	assert.equal(second.body.days[0].start_at, '2027-10-31T01:30:00Z');
	assert.deepEqual(codes(await add('2027-10-31T02:30', { fold: 2 })), { 'days[0].fold': 'invalid' });
	// What was decided once stays decided while the day stays the same.
	const [kept] = second.body.days;
	const again = await admin.expect(200, 'PATCH', `/sessions/${second.body.id}`, {
		days: [{ id: kept.id, start: kept.start, duration: 7200, time_zone: berlin }],
	});
	assert.equal(again.days[0].start_at, '2027-10-31T01:30:00Z');
});

test('days stand in order, keep their ids and do not overlap', async () => {
	const made = await make({ sessions: [{ title: 'Two', days: [day('06-05T09:00'), day('06-04T09:00')] }] });
	const session = made.sessions[0];
	assert.deepEqual(session.days.map((d) => d.start), [`${year}-06-04T09:00`, `${year}-06-05T09:00`]);
	const patched = await admin.expect(200, 'PATCH', `/sessions/${session.id}`, {
		days: [day('06-02T09:00'), { ...day('06-06T10:00'), id: session.days[1].id }],
	});
	assert.equal(patched.days.length, 2);
	assert.equal(patched.days[1].id, session.days[1].id);
	assert.ok(!session.days.some((d) => d.id === patched.days[0].id));
	const overlap = await admin.patch(`/sessions/${session.id}`, { days: [day('06-02T09:00'), day('06-02T09:30')] });
	assert.deepEqual(codes(overlap), { 'days[1].start': 'invalid' });
	assert.deepEqual(codes(await admin.patch(`/sessions/${session.id}`, { days: [] })), { days: 'required' });
	assert.deepEqual(codes(await admin.patch(`/sessions/${session.id}`, { days: [{ ...day('06-02T09:00'), id: '999999' }] })), { 'days[0].id': 'not_found' });
	assert.deepEqual((await admin.get(`/sessions/${session.id}`)).body, patched, 'a refused change changes nothing');
});

test('PATCH changes the members given', async () => {
	const { id, sessions } = await make({ description: 'Stays' });
	const renamed = await admin.expect(200, 'PATCH', `/trainings/${id}`, { title: 'Renamed' });
	assert.equal(renamed.title, 'Renamed');
	assert.equal(renamed.description, 'Stays');
	const session = await admin.expect(200, 'PATCH', `/sessions/${sessions[0].id}`, { capacity: null, instructor: 'M. Okafor' });
	assert.equal(session.capacity, null);
	assert.equal(session.instructor, 'M. Okafor');
	assert.equal(session.title, 'One');
	assert.deepEqual(session.days, sessions[0].days);
	const user = await idOf('sven');
	const taught = await admin.expect(200, 'PATCH', `/sessions/${sessions[0].id}`, { instructor_user: user });
	assert.equal(taught.instructor_user, user);
	assert.match(taught.instructor, /Sven Okafor/);
});

test('capacity cannot go below the seats held without the permission for it', async () => {
	const made = await dept.expect(201, 'POST', '/trainings', {
		title: 'Full house',
		sessions: [{ title: 'S', capacity: 2, days: [day('06-03T09:00')] }],
	});
	const session = made.sessions[0];
	const enrolled = await dept.expect(201, 'POST', '/enrollments', {
		audience: { logins: ['maria', 'sven'] },
		trainings: [{ training: made.id, session: session.id }],
	});
	assert.equal(enrolled.enrolled, 2);
	assert.deepEqual(codes(await dept.patch(`/sessions/${session.id}`, { capacity: 1 })), { capacity: 'out_of_range' });
	const over = await admin.expect(200, 'PATCH', `/sessions/${session.id}`, { capacity: 1 });
	assert.equal(over.capacity, 1);
	assert.equal(over.seats_taken, 2);
});

test('R11: department administrators edit what is organized in their scope', async () => {
	const theirs = await make();
	await dept.expect(200, 'GET', `/trainings/${theirs.id}`);
	await dept.expect(404, 'PATCH', `/trainings/${theirs.id}`, { title: 'Taken over' });
	await dept.expect(404, 'DELETE', `/trainings/${theirs.id}`);
	await dept.expect(404, 'POST', `/trainings/${theirs.id}/sessions`, { title: 'x', days: [day('06-03T09:00')] });
	await dept.expect(404, 'PATCH', `/sessions/${theirs.sessions[0].id}`, { title: 'x' });
	const own = await dept.expect(201, 'POST', '/trainings', { title: 'Own', organizer: await idOf('maria') });
	await dept.expect(200, 'PATCH', `/trainings/${own.id}`, { title: 'Own too' });
	// Who is out of scope cannot be named, and is not named.
	const omar = await idOf('omar');
	assert.deepEqual(codes(await dept.post('/trainings', { title: 'x', organizer: omar })), { organizer: 'not_found' });
	const engineering = await make({ organizer: omar });
	assert.equal((await dept.expect(200, 'GET', `/trainings/${engineering.id}`)).organizer, null);
	const web = await signedIn(muster, 'dept.admin');
	assert.doesNotMatch((await web.get(`/trainings/${engineering.id}`)).words, /Haddad/);
	assert.doesNotMatch((await web.get('/trainings?limit=200')).words, /Haddad/);
	assert.equal((await web.get(`/trainings/${engineering.id}/edit`)).status, 404);
	await admin.expect(204, 'DELETE', `/trainings/${engineering.id}`);
});

test('who does not see the instructor leaves them where they are', async () => {
	const { sessions } = await dept.expect(201, 'POST', '/trainings', { title: 'Taught from elsewhere', sessions: [{ title: 'One', days: [day('06-03T09:00')] }] });
	const omar = await idOf('omar'), path = `/sessions/${sessions[0].id}`;
	await admin.expect(200, 'PATCH', path, { instructor_user: omar });
	assert.equal((await dept.expect(200, 'GET', path)).instructor_user, null);
	const web = await signedIn(muster, 'dept.admin');
	assert.equal((await web.submit(await web.get(path), { field: 'instructor_user' }, { title: 'Renamed' })).status, 303);
	await dept.expect(200, 'PATCH', path, { instructor_user: null });
	const now = await admin.expect(200, 'GET', path);
	assert.deepEqual([now.title, now.instructor_user], ['Renamed', omar]);
	assert.equal((await admin.expect(200, 'PATCH', path, { instructor_user: null })).instructor_user, null);
});

test('learners have no trainings here, unless they organize or teach them', async () => {
	const omar = await apiOf(muster, 'omar');
	await omar.expect(403, 'GET', '/trainings');
	await omar.expect(403, 'POST', '/trainings', { title: 'x' });
	const { id, sessions } = await make();
	await omar.expect(404, 'GET', `/trainings/${id}`);
	await omar.expect(404, 'GET', `/sessions/${sessions[0].id}`);
	await admin.expect(200, 'PATCH', `/sessions/${sessions[0].id}`, { instructor_user: await idOf('omar') });
	assert.deepEqual((await omar.all('/trainings')).map((t) => t.id), [id]);
	await omar.expect(200, 'GET', `/sessions/${sessions[0].id}`);
	assert.match((await (await signedIn(muster, 'omar')).get(`/sessions/${sessions[0].id}`)).words, /3 Jun/);
	await omar.expect(404, 'PATCH', `/sessions/${sessions[0].id}`, { title: 'x' });
});

test('deleting: what nobody was enrolled in goes, the rest stays or is cancelled', async () => {
	const empty = await make();
	await admin.expect(204, 'DELETE', `/sessions/${empty.sessions[0].id}`);
	await admin.expect(404, 'GET', `/sessions/${empty.sessions[0].id}`);
	await admin.expect(204, 'DELETE', `/trainings/${empty.id}`);
	await admin.expect(404, 'GET', `/trainings/${empty.id}`);

	const { id, sessions } = await make();
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria'] }, trainings: [{ training: id, session: sessions[0].id }] });
	const locked = await admin.delete(`/trainings/${id}`);
	assert.equal(locked.status, 409);
	assert.equal(locked.body.errors[0].code, 'locked');
	await admin.expect(204, 'DELETE', `/sessions/${sessions[0].id}`);
	assert.equal((await admin.expect(200, 'GET', `/sessions/${sessions[0].id}`)).status, 'cancelled');
	await admin.expect(409, 'DELETE', `/sessions/${sessions[0].id}`);
	await admin.expect(409, 'PATCH', `/sessions/${sessions[0].id}`, { title: 'x' });
});

test('a session that has started stays', async () => {
	const made = await make({ sessions: [{ title: 'Past', days: [{ start: '2020-02-03T09:00', duration: 3600, time_zone: berlin }] }] });
	assert.equal(made.sessions[0].status, 'completed');
	await admin.expect(409, 'DELETE', `/sessions/${made.sessions[0].id}`);
});

test('the list finds titles whatever their case and accents, and sorts', async () => {
	await make({ title: 'Éclair à la crème' });
	const found = await admin.all('/trainings?q=ECLAIR%20creme');
	assert.deepEqual(found.map((t) => t.title), ['Éclair à la crème']);
	assert.deepEqual(await admin.all('/trainings?q=%25'), []);
	await admin.expect(422, 'GET', '/trainings?sort=color');
	// Small pages give what one big page gives.
	assert.deepEqual((await admin.all('/trainings', 3)).map((t) => t.id), (await admin.all('/trainings', 1000)).map((t) => t.id));
	assert.deepEqual((await admin.all('/trainings?sort=-next', 4)).map((t) => t.id), (await admin.all('/trainings?sort=-next', 1000)).map((t) => t.id));
});

test('by the next session: running ones first, then those to come, those without any last', async () => {
	const local = (hours) => new Date(Date.now() + hours * 3600_000).toISOString().slice(0, 16);
	const at = (...hours) => ({ title: 'S', days: hours.map((h) => ({ start: local(h), duration: 3600, time_zone: 'Etc/UTC' })) });
	const named = async (title, ...sessions) => {
		const training = await make({ title, sessions });
		if (title.includes('cancelled')) {
			const [{ id }] = training.sessions;
			await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria'] }, trainings: [{ training: training.id, session: id }] });
			await admin.expect(204, 'DELETE', `/sessions/${id}`);
		}
		return [training.id, title];
	};
	const made = new Map([
		await named('none at all'),
		await named('only past', at(-200)),
		await named('long, running', at(-900, -400, 30)),
		await named('running', at(-0.5), at(40)),
		await named('past, then two at once', at(-300), at(50), at(50)),
		await named('at the same moment', at(50)),
		await named('two', at(90), at(70)),
		await named('cancelled, then later', at(10), at(100)),
		await named('all cancelled', at(20)),
	]);
	const titles = (list) => list.filter((t) => made.has(t.id)).map((t) => made.get(t.id));
	const order = [
		'long, running', 'running', 'past, then two at once', 'at the same moment', 'two', 'cancelled, then later',
		'none at all', 'only past', 'all cancelled',
	];
	// Those that have one are found along the sessions, as far as a page needs it; the others among all.
	for (const limit of [1, 2, 5, 6, 7, 1000]) {
		const list = await admin.all('/trainings?sort=next', limit);
		assert.equal(new Set(list.map((t) => t.id)).size, list.length, `each once, by ${limit}`);
		assert.deepEqual(titles(list), order, `by ${limit}`);
	}
	assert.deepEqual(titles(await admin.all('/trainings?sort=-next', 3)), [...order].reverse());
	assert.deepEqual(titles(await admin.all('/trainings?sort=next&q=none', 3)), ['none at all']);

	// Pages go forth and back over the same trainings.
	const web = await signedIn(muster, 'admin');
	const shown = (page) => [...page.text.matchAll(/<a href="\/trainings\/(\d+)"><bdi>/g)].map((m) => m[1]);
	const link = (page, rel) => page.text.match(new RegExp(`rel="${rel}" href="([^"]+)"`))?.[1].replaceAll('&amp;', '&');
	const there = [];
	let page = await web.get('/trainings?limit=2');
	for (; ;) {
		there.push(shown(page));
		const next = link(page, 'next');
		if (!next) break;
		page = await web.get(next);
	}
	assert.deepEqual(titles(there.flat().map((id) => ({ id }))), order);
	for (let i = there.length - 2; i >= 0; i--) {
		page = await web.get(link(page, 'prev'));
		assert.deepEqual(shown(page), there[i], `back to page ${i}`);
	}
	assert.equal(link(page, 'prev'), undefined);
});

test('pages: a training is made, changed and deleted without scripts', async () => {
	const web = await signedIn(muster, 'admin');
	let page = await web.get('/trainings/new');
	page = await web.submit(page, { field: 'title' }, { Title: '', description: 'Kept', closes_before: 'soon' });
	assert.equal(page.status, 422);
	assert.match(page.words, /There is a problem/);
	assert.match(page.text, /href="#title"/);
	assert.match(page.text, /href="#closes_before"/);
	assert.equal(page.form({ field: 'title' }).fields.find((f) => f.name === 'description').value, 'Kept');
	page = await web.submit(page, { field: 'title' }, { title: 'By hand <b>', closes_before: '24' }, { follow: true });
	assert.equal(page.heading, 'By hand <b>');
	const id = /\/trainings\/(\d+)\//.exec(page.path)[1];
	assert.match((await web.get(`/trainings/${id}`)).words, /Closes 24 h before a session starts/);
	page = await web.get(`/trainings/${id}/edit`);
	assert.equal(page.form({ field: 'title' }).fields.find((f) => f.name === 'closes_before').value, '24');
	page = await web.submit(page, { action: `/trainings/${id}/delete` }, {}, { follow: true });
	assert.equal(page.heading, 'Trainings');
	assert.equal((await web.get(`/trainings/${id}`)).status, 404);
});

test('pages: saving over a change of somebody else says so', async () => {
	const { id } = await make({ title: 'Contested' });
	const web = await signedIn(muster, 'admin');
	const stale = await web.get(`/trainings/${id}/edit`);
	await admin.expect(200, 'PATCH', `/trainings/${id}`, { title: 'Theirs' });
	const page = await web.submit(stale, { field: 'title' }, { title: 'Mine' });
	assert.equal(page.status, 409);
	assert.equal(page.form({ field: 'title' }).fields.find((f) => f.name === 'title').value, 'Mine');
	assert.equal((await admin.get(`/trainings/${id}`)).body.title, 'Theirs');
	assert.equal((await web.submit(page, { field: 'title' })).status, 303);
	assert.equal((await admin.get(`/trainings/${id}`)).body.title, 'Mine');
});

test('pages: days come and go by buttons, and a doubled hour is asked', async () => {
	const { id } = await make();
	const web = await signedIn(muster, 'admin');
	const add = `/trainings/${id}/sessions`;
	let page = await web.get(`${add}/new`);
	page = await web.submit(page, { action: add }, { title: 'By hand', day0_date: '2027-10-31', day0_time: '02:30', day0_place: 'Room 4' }, { button: 'Add another day' });
	assert.equal(page.status, 200);
	const value = (name) => page.form({ action: add }).fields.find((f) => f.name === name)?.value;
	assert.equal(value('day1_date'), '2027-11-01');
	assert.equal(value('day1_place'), 'Room 4');
	page = await web.submit(page, { action: add });
	assert.equal(page.status, 422);
	assert.match(page.words, /comes twice in Berlin/);
	assert.match(page.text, /href="#day0_time"/);
	assert.equal(value('title'), 'By hand');
	page = await web.submit(page, { action: add }, {}, { button: 'Remove day 2' });
	assert.equal(value('day1_date'), undefined);
	page = await web.submit(page, { action: add }, { day0_fold: '1' });
	assert.equal(page.status, 303);
	const made = (await admin.get(`/trainings/${id}`)).body.sessions.find((s) => s.title === 'By hand');
	assert.deepEqual(made.days.map((d) => d.start_at), ['2027-10-31T01:30:00Z']);
});

test('pages: cancelling says who is told', async () => {
	const { id, sessions } = await make();
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria', 'sven'] }, trainings: [{ training: id, session: sessions[0].id }] });
	const web = await signedIn(muster, 'admin');
	let page = await web.get(`/sessions/${sessions[0].id}`);
	page = await web.get(page.link('Cancel session').href);
	assert.match(page.words, /2 people have a seat/);
	page = await web.submit(page, { button: 'Cancel session' }, {}, { button: 'Cancel session', follow: true });
	assert.match(page.words, /The session was cancelled/);
	assert.match(page.words, /Over or cancelled/);
});

test('history tells managers what they may know', async () => {
	const { id, sessions } = await make({ title: 'With a past' });
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria', 'omar'] }, trainings: [{ training: id, session: sessions[0].id }] });
	await admin.expect(200, 'PATCH', `/trainings/${id}`, { title: 'With a longer past' });
	const seen = (await (await signedIn(muster, 'admin')).get(`/trainings/${id}/history`)).words;
	assert.match(seen, /Training changed/);
	assert.match(seen, /Haddad/);
	assert.match(seen, /Lindqvist/);
	const scoped = (await (await signedIn(muster, 'dept.admin')).get(`/trainings/${id}/history`)).words;
	assert.match(scoped, /Lindqvist/);
	assert.doesNotMatch(scoped, /Haddad/);
});

test('counts are of participants in scope', async () => {
	const { id, sessions } = await make();
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria', 'omar'] }, trainings: [{ training: id, session: sessions[0].id }] });
	const count = async (login) => /Participants (\d+) Accepted/.exec((await (await signedIn(muster, login)).get(`/trainings/${id}`)).words)[1];
	assert.equal(await count('admin'), '2');
	assert.equal(await count('dept.admin'), '1');
	// Seats are a fact of the session.
	assert.equal((await dept.get(`/sessions/${sessions[0].id}`)).body.seats_taken, 2);
});

test('a learner may not reach the pages of managers', async () => {
	const { id, sessions } = await make();
	const web = await signedIn(muster, 'maria');
	for (const path of [`/trainings/${id}`, `/trainings/${id}/history`, `/sessions/${sessions[0].id}`, `/sessions/${sessions[0].id}/cancel`])
		assert.equal((await web.get(path)).status, 404, path);
	assert.equal((await web.get('/trainings/new')).status, 403);
	await maria.expect(404, 'DELETE', `/sessions/${sessions[0].id}`);
});

test('two tabs: the later one is told what stands there now, at each field, and then decides', async () => {
	const web = await signedIn(muster, 'admin');
	const wall = (days) => new Date((muster.now() + days * 86400) * 1000).toISOString().slice(0, 10);
	const day = { start: `${wall(30)}T13:30`, duration: 3600, time_zone: 'Europe/Berlin', location: 'Room 1' };
	const made = await admin.expect(201, 'POST', '/trainings', { title: 'In two tabs', sessions: [{ title: 'One', days: [day] }] });
	const path = `/sessions/${made.sessions[0].id}`;
	const late = await web.get(path);
	assert.equal((await web.submit(await web.get(path), { field: 'day0_date' }, { day0_time: '14:00' })).status, 303);
	const told = await web.submit(late, { field: 'day0_date' }, { instructor: 'K. Sato' });
	assert.equal(told.status, 409);
	assert.match(told.text, /id="day0_time-error"[^]{0,80}Now “14:00”/);
	assert.doesNotMatch(told.text, /id="day0_date-error"/);
	assert.equal((await web.submit(told, { field: 'day0_date' }, { day0_time: '14:00' })).status, 303);
	const session = await admin.expect(200, 'GET', `/sessions/${made.sessions[0].id}`);
	assert.deepEqual([session.instructor, session.days[0].start.slice(11)], ['K. Sato', '14:00']);

	const edit = `/trainings/${made.id}/edit`, old = await web.get(edit);
	assert.equal((await web.submit(await web.get(edit), { field: 'title' }, { description: 'By the other' })).status, 303);
	const again = await web.submit(old, { field: 'title' }, { title: 'In two tabs, late' });
	assert.match(again.text, /id="description-error"[^]{0,80}Now “By the other”/);
});
