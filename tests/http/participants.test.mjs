// Participants of a training and what is done to them: lists, filters, editing, cancelling, the waiting list, scope; as pages and as REST.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Api, apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, owner, manager, web, people, sales;
const codes = (answer) => Object.fromEntries(answer.body.errors.map((e) => [e.field, e.code]));
const names = (items) => items.map((e) => e.user_name);
const day = (start, rest = {}) => ({ start, duration: 3600, time_zone: 'Europe/Berlin', location: 'Room 4', ...rest });
const nextYear = new Date().getUTCFullYear() + 1;
const far = `${nextYear}-01-02T08:00:00Z`;

// A training with two sessions: the first has `capacity` seats, the second two days and no limit.
async function training(title, capacity = 2) {
	const t = await owner.expect(201, 'POST', '/trainings', {
		title,
		sessions: [
			{ title: 'Small', capacity, days: [day(`${nextYear}-03-04T09:00`)] },
			{ title: 'Large', capacity: null, days: [day(`${nextYear}-03-05T09:00`), day(`${nextYear}-03-06T09:00`)] },
		],
	});
	return { id: t.id, small: t.sessions[0].id, large: t.sessions[1].id, days: t.sessions[1].days.map((d) => d.id) };
}
const enroll = (t, session, users, rest = {}) =>
	owner.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) },
		trainings: [{ training: t.id, session }],
		access_at: far,
		...rest,
	});
const listed = (t, query = '', api = owner) => api.all(`/trainings/${t.id}/participants${query}`);
const of = async (t, user) => (await listed(t)).find((e) => e.user === user.id);
const seats = async (session) => {
	const { seats_taken, waiting } = await owner.expect(200, 'GET', `/sessions/${session}`);
	return [seats_taken, waiting];
};
// The session's numbers are what its enrollments add up to.
async function sums(t, session) {
	const items = (await listed(t)).filter((e) => e.session === session);
	const waiting = items.filter((e) => e.position !== null);
	assert.deepEqual(await seats(session), [items.filter((e) => e.position === null && e.answer !== 'declined').length, waiting.length]);
	return items;
}
const announced = (e) =>
	eventually(async () => {
		const now = await owner.expect(200, 'GET', `/enrollments/${e.id}`);
		return now.announced_at && now;
	}, { what: 'the announcement' });

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	[owner, manager] = await Promise.all([apiOf(muster, 'owner'), apiOf(muster, 'dept.admin')]);
	web = await signedIn(muster, 'owner');
	const root = (await owner.all('/departments')).find((d) => d.name === 'Company').id;
	sales = (await owner.all('/departments')).find((d) => d.name === 'Sales').id;
	people = [];
	for (const [i, name] of ['Ada', 'Bela', 'Cleo', 'Dora', 'Egon'].entries())
		people.push(
			await owner.expect(201, 'POST', '/users', {
				login: `part.${name.toLowerCase()}`,
				email: `part.${name.toLowerCase()}@example.org`,
				first_name: name,
				last_name: 'Partaker',
				department: i < 3 ? sales : root,
			}),
		);
});

test('an enrollment says everything about itself', async () => {
	const t = await training('Everything');
	await enroll(t, t.large, [people[0]]);
	const [e] = await listed(t);
	assert.deepEqual(Object.keys(e), [
		'id', 'user', 'user_name', 'training', 'session', 'access_at', 'announced_at', 'status', 'position', 'answer', 'answered_at', 'result', 'score',
		'comment', 'days', 'source', 'batch', 'version',
	]);
	assert.equal(e.user_name, 'Ada Partaker');
	assert.equal(e.access_at, far);
	assert.equal(e.status, 'scheduled');
	assert.equal(e.source, 'admin');
	assert.deepEqual(e.days, t.days.map((d) => ({ day: d, answer: 'none', result: 'none' })));
	for (const none of ['announced_at', 'position', 'answered_at', 'score', 'comment']) assert.equal(e[none], null, none);
	assert.deepEqual(await owner.expect(200, 'GET', `/enrollments/${e.id}`), e);
	assert.deepEqual((await owner.all(`/users/${people[0].id}/enrollments`)).find((x) => x.id === e.id), e);
});

test('sorted by every column, both ways, page by page', async () => {
	const t = await training('Sorting', 10);
	await enroll(t, t.large, [people[0], people[3]]);
	await enroll(t, t.small, [people[1], people[2]]);
	await enroll(t, null, [people[4]], { access_at: `${nextYear}-01-01T08:00:00Z` });
	for (const sort of ['name', 'department', 'session', 'status', 'answer', 'access', 'result']) {
		const up = await owner.all(`/trainings/${t.id}/participants?sort=${sort}`, 2);
		const down = await owner.all(`/trainings/${t.id}/participants?sort=-${sort}`, 2);
		assert.equal(new Set(up.map((e) => e.id)).size, 5, sort);
		assert.deepEqual(down.map((e) => e.id), up.map((e) => e.id).reverse(), sort);
	}
	assert.deepEqual(names(await listed(t, '?sort=name')).map((n) => n[0]).join(''), 'ABCDE');
	assert.deepEqual((await listed(t, '?sort=session')).map((e) => e.session), [null, t.small, t.small, t.large, t.large]);
	assert.deepEqual(codes(await owner.get(`/trainings/${t.id}/participants?sort=shoe`)), { sort: 'invalid' });
});

test('filters by session, status, answer and search', async () => {
	const t = await training('Filters', 1);
	await enroll(t, t.small, [people[0], people[1]]);
	await enroll(t, t.large, [people[2]], { access_at: undefined });
	const [gone] = await listed(t, `?session=${t.large}`);
	await announced(gone);
	assert.deepEqual(names(await listed(t, `?session=${t.small}`)), ['Ada Partaker', 'Bela Partaker']);
	assert.deepEqual(names(await listed(t, '?status=scheduled')), ['Ada Partaker', 'Bela Partaker']);
	assert.deepEqual(names(await listed(t, '?status=enrolled')), ['Cleo Partaker']);
	assert.deepEqual(names(await listed(t, '?status=waiting')), ['Bela Partaker']);
	assert.deepEqual(names(await listed(t, '?q=part.cl')), ['Cleo Partaker']);
	assert.deepEqual(names(await listed(t, '?q=%25')), []);
	assert.deepEqual(await listed(t, '?answer=accepted'), []);
	await owner.expect(200, 'PUT', `/sessions/${t.large}/results`, { results: [{ user: gone.user, result: 'absent' }] });
	for (const [result, found] of [['none', ['Ada Partaker', 'Bela Partaker']], ['absent', ['Cleo Partaker']], ['attended', []]]) {
		assert.deepEqual(names(await listed(t, `?result=${result}`)), found, result);
		assert.match((await web.get(`/trainings/${t.id}/participants?result=${result}`)).words, found.length ? new RegExp(`${found.length} participants? Result `) : /No participant/i);
	}
	assert.deepEqual(await listed(t, '?session=999999'), []);
	assert.deepEqual(await listed(t, '?session=x'), []);
	assert.deepEqual(codes(await owner.get(`/trainings/${t.id}/participants?status=asleep&answer=shrug&result=maybe`)), { status: 'invalid', answer: 'invalid', result: 'invalid' });
	await owner.expect(204, 'DELETE', `/enrollments/${gone.id}`);
	assert.equal((await listed(t)).length, 2);
	assert.deepEqual((await listed(t, '?status=cancelled')).map((e) => [e.id, e.status]), [[gone.id, 'cancelled']]);
	const page = await web.get(`/trainings/${t.id}/participants?session=${t.small}`);
	assert.match(page.words, /1–2 of 2/);
	assert.ok(page.links.some((l) => l['aria-label']?.startsWith('Remove filter Session') && l.href === `/trainings/${t.id}/participants`));
});

test('R3: whoever is out of scope is neither listed nor counted, found or changed', async () => {
	const t = await training('Scope', 1);
	await enroll(t, t.small, people);
	assert.deepEqual(names(await listed(t, '', manager)), ['Ada Partaker', 'Bela Partaker', 'Cleo Partaker']);
	const outside = await of(t, people[4]);
	for (const [method, path, body] of [
		['GET', `/enrollments/${outside.id}`], ['PATCH', `/enrollments/${outside.id}`, {}], ['DELETE', `/enrollments/${outside.id}`],
		['GET', `/users/${people[4].id}/enrollments`], ['GET', '/enrollments/999999'],
	])
		assert.equal((await manager.call(method, path, body)).status, 404, `${method} ${path}`);
	assert.deepEqual(await seats(t.small), [1, 4]);

	const page = await (await signedIn(muster, 'dept.admin')).get(`/trainings/${t.id}/participants`);
	assert.match(page.words, /1–3 of 3/);
	assert.doesNotMatch(page.text, /Egon|part\.egon/);
	const other = await signedIn(muster, 'dept.admin');
	for (const what of ['edit', 'cancel', 'result']) {
		assert.equal((await other.get(`/enrollments/${outside.id}/${what}`)).status, 404);
		const inside = await of(t, people[0]);
		assert.equal((await other.get(`/enrollments/${what}?id=${inside.id}&id=${outside.id}`)).status, 404, what);
		assert.equal((await other.get(`/enrollments/${what}`)).status, 404, 'nothing chosen');
	}
	assert.equal((await (await signedIn(muster, 'omar')).get(`/trainings/${t.id}/participants`)).status, 404);
	assert.equal((await new Api(muster.url).get(`/trainings/${t.id}/participants`)).status, 401);
});

test('the access date moves until it has come', async () => {
	const t = await training('Access');
	await enroll(t, t.small, [people[0]]);
	const e = await of(t, people[0]);
	const moved = await owner.expect(200, 'PATCH', `/enrollments/${e.id}`, { access_at: `${nextYear}-02-01T10:00:05+01:00` });
	assert.equal(moved.access_at, `${nextYear}-02-01T09:00:05Z`);
	assert.equal(moved.version, e.version + 1);
	const late = await owner.patch(`/enrollments/${e.id}`, { access_at: `${nextYear}-03-05T10:00:00Z` });
	assert.equal(late.status, 422);
	assert.deepEqual(codes(late), { access_at: 'out_of_range' });
	assert.deepEqual(codes(await owner.patch(`/enrollments/${e.id}`, { access_at: 'soon', shoe: 1 })), { access_at: 'invalid', shoe: 'unknown_member' });
	await owner.expect(200, 'PATCH', `/enrollments/${e.id}`, { access_at: '2001-01-01T00:00:00Z' });
	assert.equal((await announced(e)).status, 'enrolled');
	const refused = await owner.patch(`/enrollments/${e.id}`, { access_at: far });
	assert.equal(refused.status, 409);
	assert.deepEqual(codes(refused), { access_at: 'announced' });
	assert.match((await web.get(`/enrollments/${e.id}/edit`)).words, /The access date cannot change any more/);
});

test('R1 and seats: moving, waiting, refusing, over the capacity, first come', async () => {
	const t = await training('Seats', 1);
	const [a, b, c, d] = people;
	await enroll(t, t.small, [a]);
	await enroll(t, t.large, [b, c, d]);
	const id = {};
	for (const u of [a, b, c, d]) id[u.login] = (await of(t, u)).id;
	const again = await enroll(t, t.large, [a]);
	assert.deepEqual([again.enrolled, again.moved], [0, 0], 'one session of a training at a time');

	const full = await owner.patch(`/enrollments/${id[b.login]}`, { session: t.small, when_full: 'refuse' });
	assert.equal(full.status, 409);
	assert.deepEqual(codes(full), { session: 'full' });
	assert.equal((await of(t, b)).session, t.large, 'refused keeps the old seat');
	for (const [u, place] of [[b, 1], [c, 2]]) {
		const waits = await owner.expect(200, 'PATCH', `/enrollments/${id[u.login]}`, { session: t.small });
		assert.deepEqual([waits.session, waits.position], [t.small, place]);
	}
	await sums(t, t.small);
	await sums(t, t.large);
	const over = await owner.expect(200, 'PATCH', `/enrollments/${id[d.login]}`, { session: t.small, when_full: 'over' });
	assert.deepEqual([over.session, over.position], [t.small, null]);
	assert.deepEqual(await seats(t.small), [2, 2]);
	assert.equal((await manager.patch(`/enrollments/${id[a.login]}`, { session: t.large, when_full: 'over' })).status, 403);
	assert.deepEqual(codes(await owner.patch(`/enrollments/${id[a.login]}`, { session: t.large, when_full: 'maybe' })), { when_full: 'invalid' });
	assert.deepEqual(codes(await owner.patch(`/enrollments/${id[a.login]}`, { session: '999999' })), { session: 'not_found' });

	await owner.expect(204, 'DELETE', `/enrollments/${id[d.login]}`);
	assert.deepEqual(await seats(t.small), [1, 2], 'a seat over the capacity is not given on');
	await owner.expect(200, 'PATCH', `/enrollments/${id[a.login]}`, { session: null });
	const items = await sums(t, t.small);
	assert.deepEqual(items.map((e) => [e.user, e.position]), [[b.id, null], [c.id, 1]], 'first come, first seated');
	const seated = await owner.expect(200, 'PATCH', `/enrollments/${id[c.login]}`, { session: t.small, when_full: 'over' });
	assert.equal(seated.position, null, 'who waits can be seated over the capacity');
	await sums(t, t.small);
	assert.equal((await muster.cli(['fsck'])).code, 0);
});

test('a place in the waiting list is how many are before, also when others have left it', async () => {
	const t = await training('Places', 1);
	const [a, b, c, d, e] = people;
	await enroll(t, t.small, [a, b, c, d, e]);
	const waiting = (await listed(t, '?sort=session')).filter((x) => x.position !== null);
	assert.deepEqual(waiting.map((x) => x.position).sort(), [1, 2, 3, 4]);
	const [first, second, third, last] = waiting.toSorted((x, y) => x.position - y.position);
	await owner.expect(204, 'DELETE', `/enrollments/${first.id}`);
	await owner.expect(204, 'DELETE', `/enrollments/${third.id}`);
	const places = [[second.id, 1], [last.id, 2]];
	const now = (items) => items.filter((x) => x.position !== null).map((x) => [x.id, x.position]).sort((x, y) => x[1] - y[1]);
	for (const query of ['', '?sort=-session', '?sort=-name', '?sort=access']) assert.deepEqual(now(await listed(t, query)), places, query);
	assert.deepEqual(now(await owner.all(`/trainings/${t.id}/participants?sort=session`, 1)), places, 'one on each page');
	for (const [id, place] of places) assert.equal((await owner.expect(200, 'GET', `/enrollments/${id}`)).position, place);
	assert.deepEqual(now(await owner.all(`/users/${last.user}/enrollments`)).filter(([id]) => id === last.id), [[last.id, 2]]);
	const page = await web.get(`/trainings/${t.id}/participants?session=${t.small}`);
	assert.deepEqual([...page.words.matchAll(/Waiting list, place (\d+)/g)].map((m) => m[1]).sort(), ['1', '2']);
	const [again] = (await enroll(t, t.small, [people.find((p) => p.id === first.user)]), (await listed(t)).filter((x) => x.user === first.user));
	assert.equal(again.position, 3);
});

test('declining frees the seat for whoever is first; accepting again waits', async () => {
	const t = await training('Declining', 1);
	const [a, b] = people;
	await enroll(t, t.small, [a, b], { access_at: undefined });
	const first = await announced(await of(t, a)), second = await announced(await of(t, b));
	assert.equal(second.status, 'waiting');
	await owner.expect(200, 'POST', `/enrollments/${first.id}/answer`, { answer: 'declined' });
	assert.equal((await of(t, b)).status, 'enrolled');
	assert.deepEqual(await seats(t.small), [1, 0]);
	await owner.expect(200, 'POST', `/enrollments/${first.id}/answer`, { answer: 'accepted' });
	assert.deepEqual([(await of(t, a)).status, (await of(t, a)).position], ['waiting', 1]);
	assert.deepEqual(await seats(t.small), [1, 1]);
	const moved = await owner.expect(200, 'PATCH', `/enrollments/${second.id}`, { session: t.large });
	assert.equal(moved.answer, 'none', 'another time is asked again');
	assert.equal((await of(t, a)).status, 'enrolled');
	await sums(t, t.small);
	await sums(t, t.large);
});

test('R8: points lock the session', async () => {
	const t = await training('Locked', 5);
	await enroll(t, t.small, [people[0], people[1]]);
	const e = await of(t, people[0]);
	await owner.expect(200, 'PUT', `/sessions/${t.small}/results`, { results: [{ user: people[0].id, result: 'attended', score: 7 }] });
	const locked = await owner.patch(`/enrollments/${e.id}`, { session: t.large, access_at: `${nextYear}-02-01T00:00:00Z` });
	assert.equal(locked.status, 409);
	assert.deepEqual(codes(locked), { session: 'locked' });
	assert.equal((await of(t, people[0])).access_at, far, 'all or nothing');
	assert.match((await web.get(`/enrollments/${e.id}/edit`)).words, /the session cannot change any more/);

	const both = await listed(t);
	const page = await web.get(`/enrollments/edit?id=${both[0].id}&id=${both[1].id}`);
	const answer = await web.submit(page, { button: 'Save changes' }, { session: t.large });
	assert.equal(answer.status, 303);
	assert.match((await web.get(answer.location)).words, /1 enrollment changed\. 1 not changed: A result with points/);
	assert.deepEqual((await listed(t)).map((x) => x.session), [t.small, t.large]);
});

test('the page: ticked rows lead to a page for all of them, and back with what happened', async () => {
	const t = await training('Pages', 1);
	await enroll(t, t.small, people.slice(0, 3));
	const path = `/trainings/${t.id}/participants?sort=-session`;
	let list = await web.get(path);
	for (const action of ['Edit enrollment', 'Add result', 'Cancel enrollment', 'Edit user']) assert.ok(list.words.includes(action), action);
	for (const column of ['Name', 'Department', 'Session', 'Status', 'Answer', 'Access date', 'Result']) assert.ok(list.link(column), column);
	assert.equal(list.link('Session').role, 'button');
	assert.match(list.text, /aria-sort="descending"/);
	assert.match(list.words, /Waiting list, place 2/);
	const ids = (await listed(t)).map((e) => e.id);

	let go = await web.submit(list, { button: 'Edit enrollment' }, { id: ids.slice(0, 2) }, { button: 'Edit enrollment' });
	assert.equal(go.status, 303);
	assert.ok(go.location.startsWith(`/enrollments/edit?id=${ids[0]}.${ids[1]}&back=`), go.location);
	let page = await web.get(go.location);
	assert.equal(page.heading, 'Edit enrollment');
	assert.match(page.words, /2 participants of Pages/);
	let done = await web.submit(page, { button: 'Save changes' }, { 'Access date': `${nextYear}-01-20`, 'Access time': '10:30' });
	assert.equal(done.location, path);
	assert.match((await web.get(done.location)).words, /2 enrollments changed\./);
	assert.deepEqual((await listed(t)).map((e) => e.access_at), [`${nextYear}-01-20T09:30:00Z`, `${nextYear}-01-20T09:30:00Z`, far]);

	go = await web.submit(await web.get(path), { button: 'Cancel enrollment' }, { id: ids.slice(0, 1) }, { button: 'Cancel enrollment' });
	page = await web.get(go.location);
	assert.match(page.words, /Nobody has been told yet, so nothing is sent\./);
	assert.match(page.words, /The seat goes to whoever is first on the waiting list\./);
	done = await web.submit(page, { button: 'Cancel enrollment' }, {}, { button: 'Cancel enrollment' });
	assert.match((await web.get(done.location)).words, /1 enrollment cancelled\. Nobody was told before, so nothing is sent\./);
	assert.deepEqual((await sums(t, t.small)).map((e) => e.position), [null, 1]);

	const chosen = (answer) => new URL(answer.location, muster.url).searchParams.get('id').split('.');
	list = await web.get(`${path}&limit=1&status=scheduled`);
	go = await web.submit(list, { button: 'Edit enrollment' }, { all: '1' }, { button: 'Edit enrollment' });
	assert.deepEqual(chosen(go).sort(), ids.slice(1).sort(), 'all that match, also on other pages');
	go = await web.submit(list, { button: 'Edit enrollment' }, { all: '1', except: ids[1] }, { button: 'Edit enrollment' });
	assert.deepEqual(chosen(go), [ids[2]]);

	list = await web.get(`${path}&pad=${'x'.repeat(4050)}`);
	go = await web.submit(list, { button: 'Edit enrollment' }, { id: ids.slice(1) }, { button: 'Edit enrollment' });
	assert.equal(go.location, `/enrollments/edit?id=${ids[1]}.${ids[2]}`, 'rows come before the way back');
	assert.match((await web.get(go.location)).words, /2 participants of Pages/);

	const none = await web.submit(await web.get(path), { button: 'Edit enrollment' }, {}, { button: 'Edit enrollment' });
	assert.match((await web.get(none.location)).words, /Tick at least one row first\./);
});

test('the page of one: wrong input keeps what was typed, and nothing leads away', async () => {
	const t = await training('Typing', 1);
	await enroll(t, t.small, [people[0], people[1]]);
	const e = await of(t, people[0]);
	let page = await web.get(`/enrollments/${e.id}/edit?back=//evil.example`);
	for (const [fields, link] of [
		[{ 'Access date': `${nextYear}-02-30`, 'Access time': '10:00' }, '#access_date'],
		[{ 'Access date': `${nextYear}-04-01`, 'Access time': '10:00' }, '#access_date'],
		[{ 'Access date': `${nextYear}-01-20`, 'Access time': '' }, '#access_time'],
	]) {
		const wrong = await web.submit(page, { button: 'Save changes' }, fields);
		assert.equal(wrong.status, 422, JSON.stringify(fields));
		assert.ok(wrong.links.some((l) => l.href === link), link);
		const form = wrong.form({ button: 'Save changes' });
		assert.equal(form.fields.find((f) => f.name === 'access_date').value, fields['Access date']);
	}
	const same = await web.submit(page, { button: 'Save changes' });
	assert.equal(same.location, `/trainings/${t.id}/participants`);
	assert.match((await web.get(same.location)).words, /Nothing was changed\./);
	assert.equal((await of(t, people[0])).version, e.version);
	await owner.expect(200, 'PATCH', `/enrollments/${e.id}`, { session: t.large });
	const stale = await web.submit(page, { button: 'Save changes' }, { session: '0' });
	assert.equal(stale.status, 409);
	assert.equal((await of(t, people[0])).session, t.large);
	page = await web.get(`/enrollments/${e.id}/edit`);
	const waits = await web.submit(page, { button: 'Save changes' }, { session: t.small });
	assert.match((await web.get(waits.location)).words, /1 enrollment changed\. 1 of them is on the waiting list\./);
	assert.equal((await web.post(`/enrollments/${e.id}/cancel`, {})).status, 403, 'without the token of the form');
});

test('cancelled once is cancelled; enrolling again makes a new one', async () => {
	const t = await training('Again');
	await enroll(t, t.small, [people[0]], { access_at: undefined });
	const e = await announced(await of(t, people[0]));
	assert.match((await web.get(`/enrollments/${e.id}/cancel`)).words, /Ada Partaker is told, and the entry leaves the calendar\./);
	await owner.expect(204, 'DELETE', `/enrollments/${e.id}`);
	await owner.expect(204, 'DELETE', `/enrollments/${e.id}`);
	assert.equal((await owner.patch(`/enrollments/${e.id}`, { session: t.large })).status, 409);
	assert.deepEqual(await seats(t.small), [0, 0]);
	await enroll(t, t.large, [people[0]]);
	assert.notEqual((await of(t, people[0])).id, e.id);
	assert.match((await web.get(`/enrollments/${e.id}/edit`)).words, /This enrollment is cancelled/);
	const trail = (await web.get(`/trainings/${t.id}/history`)).words;
	assert.equal(trail.match(/Enrollment cancelled/g)?.length, 1, 'R10: one entry, for the one time that it changed');
});

test('the last page has the rows that the others leave: nobody is on two of them', async () => {
	const everybody = (await owner.all('/users')).filter((u) => u.status === 'active').map((u) => u.id);
	const t = await training('For everybody', 200);
	await enroll(t, t.small, everybody.slice(0, 23).map((id) => ({ id })));
	const rows = (page) => /<table[\s\S]*<\/table>/.exec(page.text)[0].replace(/[?&]after=[^"&]*|back=[^"]*|csrf[^>]*/g, '');
	for (const path of [`/trainings/${t.id}/participants?limit=10`, `/trainings/${t.id}/participants?limit=10&sort=-name`, '/users?limit=7', '/users?limit=9&sort=-login&q=a',
		'/trainings?limit=4', '/outbox?limit=6', '/roles/2?limit=1']) {
		const pages = [await web.get(path)];
		assert.equal(pages[0].status, 200, path);
		if (!pages[0].links.some((l) => l.text === 'Last')) { assert.match(path, /roles|outbox|trainings\?/); continue; }
		const last = await web.get(pages[0].link('Last').href);
		while (pages.at(-1).links.some((l) => l.text === 'Next')) pages.push(await web.get(pages.at(-1).link('Next').href));
		assert.ok(pages.length > 1);
		assert.equal(rows(last), rows(pages.at(-1)), path);
		assert.equal(rows(await web.get(last.link('Previous').href)), rows(pages.at(-2)), `${path}: the one before`);
	}
	assert.match((await web.get(`/trainings/${t.id}/participants?limit=10&after=last`)).words, /21–23 of 23/);
});

test('an answer and a missing one have one word each: lists, overview, history, export, move', async () => {
	const t = await training('Words', 5);
	await enroll(t, t.small, [people[0], people[1]], { access_at: undefined });
	for (const e of await listed(t)) await announced(e);
	const first = (await of(t, people[0])).id;
	await owner.expect(200, 'POST', `/enrollments/${first}/answer`, { answer: 'tentative' });
	const pages = ['/participants', '', '/history', '/participants/export?format=csv'].map((path) => `/trainings/${t.id}${path}`);
	for (const path of [...pages, `/sessions/${t.small}/move`, `/users/${people[0].id}/learning`]) {
		const page = await web.get(path);
		assert.equal(page.status, 200, path);
		assert.doesNotMatch(page.words ?? page.text, /Maybe|Not set|Not answered|\bNone\b/, path);
	}
	const list = await web.get(pages[0]);
	assert.match(list.words, /Any answer No answer Accepted Tentative Declined/);
	assert.match(list.words, /Any result No result Attended Absent/);
	assert.match((await web.get(pages[1])).words, /Tentative 1 Declined 0 No answer 1/i);
	assert.match((await web.get(`/enrollments/${first}/result`)).words, /No result/);
	assert.match((await web.get(pages[2])).words, /No answer Tentative/);
});

test('of a cancelled session it is said beside each participant, and nobody counts among those expected', async () => {
	const t = await training('Given up', 1);
	await enroll(t, t.small, people.slice(0, 3), { access_at: undefined });
	await enroll(t, t.large, people.slice(3, 5), { access_at: undefined });
	for (const e of await listed(t)) await announced(e);
	const overview = `/trainings/${t.id}`, list = `${overview}/participants`;
	assert.doesNotMatch((await web.get(list)).words, /Session cancelled/);
	assert.match((await web.get(overview)).words, /Participants 5 Accepted 0 Tentative 0 Declined 0 No answer 3 Waiting 2\b/);
	await owner.expect(204, 'DELETE', `/sessions/${t.small}`);
	const page = await web.get(list);
	assert.equal(page.words.match(/Small Session cancelled/g).length, 3);
	assert.doesNotMatch(page.words, /Large Session cancelled/);
	const file = (await web.get(`${list}/export?format=csv`)).text;
	assert.equal(file.match(/Small \(session cancelled\)/g).length, 3);
	assert.doesNotMatch(file, /Large \(/);
	const after = await web.get(overview);
	assert.match(after.words, /Participants 2 Accepted 0 Tentative 0 Declined 0 No answer 2 In cancelled sessions 3\b/);
	// The tab says what the list has.
	for (const shown of [after, page]) assert.match(shown.words, /Sessions \d Participants 5 History/);
});

test('who waits was not asked: a dash stands where the answer would, on pages and in files', async () => {
	const t = await training('Not asked', 1);
	await enroll(t, t.small, people.slice(0, 2), { access_at: undefined });
	for (const e of await listed(t)) await announced(e);
	const list = await web.get(`/trainings/${t.id}/participants?sort=name`);
	assert.match(list.words, /Enrolled No answer/);
	assert.match(list.words, /Waiting Place 1 – Not asked yet/);
	assert.match((await web.get(`/users/${people[1].id}/learning`)).words, /Not asked Small.*Waiting Place 1 – Not asked yet/);
	const file = (await web.get(`/trainings/${t.id}/participants/export?format=csv`)).text;
	assert.match(file, /Enrolled[,;]"?No answer/);
	assert.match(file, /Waiting[,;]"?–/);
});
