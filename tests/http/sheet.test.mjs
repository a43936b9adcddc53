// The sign-in sheet of a session: who holds a seat and nobody else, in the reader's scope, with times that say where.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, owner, web, training;
const day = (start, rest = {}) => ({ start, duration: 10800, time_zone: 'Europe/Berlin', location: 'Room 4', ...rest });

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	owner = await apiOf(muster, 'owner');
	web = await signedIn(muster, 'owner');
	const maria = await (await apiOf(muster, 'maria')).expect(200, 'GET', '/me');
	training = await owner.expect(201, 'POST', '/trainings', {
		title: 'Signed <for>',
		sessions: [
			{ title: 'Taught by Maria', capacity: 3, instructor: 'M. Lindqvist', instructor_user: maria.id, days: [day('2031-03-04T09:00')] },
			{ title: 'Two days', days: [day('2031-03-05T09:00'), day('2031-03-06T09:00', { location: '', url: 'https://example.org/room' })] },
			{ title: 'A week', days: [1, 2, 3, 4, 5].map((n) => day(`2031-04-0${n}T09:00`)) },
		],
	});
	const enroll = (logins, at, rest = {}) =>
		owner.expect(201, 'POST', '/enrollments', { audience: { logins }, trainings: [{ training: training.id, session: training.sessions[at].id }], ...rest });
	await enroll(['sven', 'omar'], 0);
	// Told later, but the seat is held.
	await enroll(['nomail'], 0, { access_at: '2031-01-01T00:00:00Z' });
	await enroll(['grace.kim'], 0); // waits: there are three seats
	await enroll(['aiko.tanaka', 'lars.eriksson'], 1);
});

const sheet = (at, query = '', who = web) => who.get(`/sessions/${training.sessions[at].id}/sheet${query}`);
// What stands in the column of names, one list for each table.
const names = (page) => page.text.split('<table').slice(1).map((t) => [...t.matchAll(/<tr><td class="r">(\d+)<\/td><td><bdi>([^<]*)</g)].map((m) => `${m[1]} ${m[2]}`));
const columns = (page) => page.text.split('<table').slice(1).map((t) => (t.match(/<th[^>]*class="sign"/g) ?? []).length);

test('who holds a seat, by name and with a number; who waits, declined or was cancelled is not on it', async () => {
	const session = training.sessions[0].id;
	const listed = await owner.all(`/trainings/${training.id}/participants?session=${session}`);
	const of = (text) => listed.find((e) => e.user_name.includes(text));
	const told = (e) => eventually(async () => (await owner.expect(200, 'GET', `/enrollments/${e.id}`)).announced_at);
	const page = await sheet(0);
	assert.equal(page.status, 200);
	const seated = listed.filter((e) => e.position === null).map((e) => e.user_name);
	assert.equal(seated.length, 3);
	assert.deepEqual(names(page)[0].map((n) => n.replace(/^\d+ /, '')).toSorted(), seated.toSorted());
	assert.deepEqual(names(page)[0].map((n) => parseInt(n, 10)), [1, 2, 3]);
	for (const words of [/Signed <for>/, /Taught by Maria/, /Tue 4 Mar 2031, 09:00–12:00 Berlin time · Room 4/, /Instructor: M\. Lindqvist/, /3 people/])
		assert.match(page.words, words);
	assert.match(page.text, /<button[^>]* data-print/);
	assert.equal((page.text.match(/<tr class="blank">/g) ?? []).length, 5);

	// Grace moves up when Omar declines; Sven is cancelled, and nobody is left to move up.
	await told(of('Omar'));
	await owner.expect(200, 'POST', `/enrollments/${of('Omar').id}/answer`, { answer: 'declined' });
	await owner.expect(204, 'DELETE', `/enrollments/${of('Sven').id}`);
	const then = names(await sheet(0))[0].join();
	assert.match(then, /Grace Kim/);
	assert.doesNotMatch(then, /Omar|Sven/);
});

test('a column a day; of many days a sheet each, or one alone', async () => {
	assert.deepEqual(columns(await sheet(0)), [1]);
	const two = await sheet(1);
	assert.deepEqual(columns(two), [2]);
	assert.match(two.words, /Thu 6 Mar 2031, 09:00–12:00 Berlin time · Online/);
	const week = await sheet(2);
	assert.deepEqual(columns(week), [1, 1, 1, 1, 1]);
	const third = await sheet(2, '?day=3');
	assert.deepEqual(columns(third), [1]);
	assert.match(third.words, /Thu 3 Apr 2031/);
	assert.doesNotMatch(third.words, /2 Apr 2031/);
	assert.deepEqual(columns(await sheet(2, '?day=99')), [1, 1, 1, 1, 1]);
});

test('R3, R11: whoever manages departments has theirs on it, who teaches has all, without departments, others nothing', async () => {
	const all = names(await sheet(1))[0];
	assert.equal(all.length, 2);
	const manager = await signedIn(muster, 'dept.admin');
	const visible = (await (await apiOf(muster, 'dept.admin')).all(`/trainings/${training.id}/participants?session=${training.sessions[1].id}`)).map((e) => e.user_name);
	assert.ok(visible.length < 2);
	assert.deepEqual(names(await sheet(1, '', manager))[0].map((n) => n.replace(/^\d+ /, '')), visible);
	const teacher = await signedIn(muster, 'maria');
	const hers = await sheet(0, '', teacher);
	assert.deepEqual(names(hers), names(await sheet(0)));
	assert.match((await sheet(0)).words, /Support|Engineering|Sales/);
	assert.doesNotMatch(hers.words, /Engineering/);
	assert.deepEqual(names(await sheet(1, '', teacher)), [[]]);
	assert.ok([403, 404].includes((await sheet(0, '', await signedIn(muster, 'lars.eriksson'))).status));
});

test('a page links to it where there is one session to print; a cancelled one has none', async () => {
	const at = (n) => `/sessions/${training.sessions[n].id}/sheet`;
	assert.equal((await web.get(`/sessions/${training.sessions[0].id}`)).link('Sign-in sheet').href, at(0));
	assert.doesNotMatch((await web.get(`/trainings/${training.id}/participants`)).words, /Sign-in sheet/);
	assert.equal((await web.get(`/trainings/${training.id}/participants?session=${training.sessions[1].id}`)).link('Sign-in sheet').href, at(1));
	await owner.expect(204, 'DELETE', `/sessions/${training.sessions[1].id}`);
	const gone = await web.get(at(1), { follow: false });
	assert.equal(gone.status, 303);
	assert.doesNotMatch((await web.get(`/sessions/${training.sessions[1].id}`)).words, /Sign-in sheet/);
});

test('a large session comes in parts whose numbers go on, with what a page costs', async () => {
	const many = await startMuster({ demo: true, seed: { users: 700, departments: 10, trainings: 1, enrollments: 0, seed: 3 } });
	const api = await apiOf(many, 'owner'), reader = await signedIn(many, 'owner');
	const t = await api.expect(201, 'POST', '/trainings', { title: 'Everybody', sessions: [{ title: 'All', days: [day('2031-03-04T09:00')] }] });
	const top = (await api.all('/departments')).find((d) => d.parent === null);
	await api.expect(201, 'POST', '/enrollments', { audience: { departments: [{ id: top.id, nested: true }] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const { seats_taken } = await api.expect(200, 'GET', `/sessions/${t.sessions[0].id}`);
	const path = `/sessions/${t.sessions[0].id}/sheet`, seen = [];
	let page = await reader.get(path);
	for (;;) {
		seen.push(...names(page)[0]);
		assert.equal(page.text.includes('class="blank"'), !page.words.includes('Next'));
		if (!page.words.includes('Next')) break;
		page = await reader.get(page.link('Next').href);
	}
	assert.equal(seen.length, seats_taken);
	assert.deepEqual(seen.map((n) => parseInt(n, 10)), seen.map((_, i) => i + 1));
	assert.equal(new Set(seen).size, seats_taken);
	const costs = [];
	for (let i = 0; i < 6; i++) {
		const before = (await many.metrics()).muster_db_statements_total;
		await reader.get(path);
		costs.push((await many.metrics()).muster_db_statements_total - before);
	}
	// The shell of every page, the session with its days, and one page of the list.
	assert.ok(Math.min(...costs) <= 15, `${costs} statements`);
});
