// Copying a training: weekdays and times on the clock stay, nobody comes along, and what is made is what was shown.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { assertSound, newUser } from '../lib/organization.mjs';

let muster, admin, web, departments, n = 0;
const year = new Date().getUTCFullYear() + 1;
const day = (start, more = {}) => ({ start, duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4', url: 'https://meet.example/a', ...more });
const make = (sessions, more = {}) => admin.expect(201, 'POST', '/trainings', { title: `Original ${++n}`, description: 'Two\nlines.', closes_before: 7200, sessions, ...more });
const starts = (t) => t.sessions.flatMap((s) => s.days.map((d) => d.start));
const weekday = (start) => new Date(`${start.slice(0, 10)}T12:00Z`).getUTCDay();

before(async () => {
	muster = await startMuster({ demo: true });
	admin = await apiOf(muster, 'admin');
	web = await signedIn(muster, 'admin');
	departments = await admin.all('/departments');
});

test('a button on the training, the dates before anything is made, and then exactly those', async () => {
	const t = await make([
		{ title: 'Morning', instructor: 'K. Sato', capacity: 12, days: [day('2027-03-16T09:00'), day('2027-03-30T09:00')] },
		{ title: 'Evening', days: [day('2027-03-18T18:00', { time_zone: 'America/New_York' })] },
	]);
	const someone = await newUser(admin, departments[0].id);
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [someone.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const trainings = (await admin.all('/trainings')).length;
	const form = await web.get((await web.get(`/trainings/${t.id}`)).link('Copy').href);
	assert.equal(form.heading, 'Copy training');
	assert.doesNotMatch(form.text, /value="copy"/, 'first the dates are shown');
	// 13 October is a Wednesday: the first Tuesday from then on is the 19th. Berlin changes its clocks on 31 October.
	const shown = await web.submit(form, { field: 'title' }, { title: 'Autumn', first_day: '2027-10-13' }, { button: 'Show the dates' });
	assert.equal(shown.status, 200);
	assert.match(shown.words, /It begins on Tuesday 19 October 2027/);
	assert.match(shown.words, /Morning Tue 19 Oct 2027, 09:00–11:00 Berlin time Tue 2 Nov 2027, 09:00–11:00 Berlin time/);
	assert.match(shown.words, /Evening Thu 21 Oct 2027, 18:00–20:00 New York time/);
	assert.equal((await admin.all('/trainings')).length, trainings, 'nothing is made yet');
	// Another day than was shown is shown first.
	const other = await web.submit(shown, { field: 'title' }, { first_day: '2027-11-01' }, { button: 'Copy training' });
	assert.equal(other.status, 200);
	assert.match(other.words, /It begins on Tuesday 2 November 2027/);
	assert.equal((await admin.all('/trainings')).length, trainings);
	const made = await web.submit(shown, { field: 'title' }, {}, { button: 'Copy training' });
	assert.equal(made.status, 303);
	assert.match((await web.get(made.location)).words, /Copied, with 2 sessions\. Nobody is enrolled yet/);
	const copy = await admin.expect(200, 'GET', `/trainings/${/\d+/.exec(made.location)[0]}`);
	assert.deepEqual([copy.title, copy.description, copy.closes_before, copy.organizer], ['Autumn', t.description, 7200, t.organizer]);
	assert.deepEqual(starts(copy), ['2027-10-19T09:00', '2027-11-02T09:00', '2027-10-21T18:00']);
	const [morning] = copy.sessions;
	assert.deepEqual([morning.title, morning.instructor, morning.capacity, morning.seats_taken, morning.waiting], ['Morning', 'K. Sato', 12, 0, 0]);
	assert.deepEqual([morning.days[0].location, morning.days[0].url, morning.days[0].duration], ['Room 4', 'https://meet.example/a', 7200]);
	assert.equal((await admin.all(`/trainings/${copy.id}/participants`)).length, 0);
	assert.ok((await admin.all(`/audit?object=training/${copy.id}`)).some((e) => e.action === 'training.create'));
	await assertSound(muster);
});

test('weekdays stay over years, and are let go where somebody says so', async () => {
	const t = await make([{ title: 'One', days: [day(`${year}-02-01T09:00`), day(`${year}-02-04T09:00`)] }]);
	for (let i = 0; i < 14; i++) {
		const first = new Date(Date.UTC(year + 1, 1, 20 + i * 13)).toISOString().slice(0, 10);
		const kept = await admin.expect(201, 'POST', `/trainings/${t.id}/copy`, { first_day: first });
		const [a, b] = starts(kept);
		assert.deepEqual([weekday(a), weekday(b)], starts(t).map(weekday), first);
		const late = (Date.parse(a.slice(0, 10)) - Date.parse(first)) / 86_400_000;
		assert.ok(late >= 0 && late < 7, `${first} becomes ${a}`);
		assert.deepEqual([a.slice(11), b.slice(11)], ['09:00', '09:00']);
	}
	const exact = await admin.expect(201, 'POST', `/trainings/${t.id}/copy`, { first_day: `${year + 1}-05-05`, keep_weekdays: false, title: 'Exact' });
	assert.deepEqual([exact.title, ...starts(exact)], ['Exact', `${year + 1}-05-05T09:00`, `${year + 1}-05-08T09:00`]);
});

test('some sessions, none, and cancelled ones never', async () => {
	const t = await make([{ title: 'One', days: [day(`${year}-03-01T09:00`)] }, { title: 'Two', days: [day(`${year}-03-08T09:00`)] }, { title: 'Gone', days: [day(`${year}-03-02T09:00`)] }]);
	const [one, gone, two] = t.sessions;
	assert.deepEqual([one.title, gone.title, two.title], ['One', 'Gone', 'Two']);
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria'] }, trainings: [{ training: t.id, session: gone.id }] });
	await admin.expect(204, 'DELETE', `/sessions/${gone.id}`);
	const copy = (body) => admin.expect(201, 'POST', `/trainings/${t.id}/copy`, body);
	assert.deepEqual((await copy({ first_day: `${year + 1}-01-01` })).sessions.map((s) => s.title), ['One', 'Two']);
	assert.deepEqual((await copy({ first_day: `${year + 1}-01-01`, sessions: [two.id] })).sessions.map((s) => s.title), ['Two']);
	assert.deepEqual((await copy({ sessions: [] })).sessions, []);
	for (const id of [gone.id, '999999']) {
		const refused = await admin.expect(422, 'POST', `/trainings/${t.id}/copy`, { first_day: `${year + 1}-01-01`, sessions: [id] });
		assert.deepEqual(refused.errors.map((e) => [e.field, e.code]), [['sessions', 'not_found']]);
	}
	const form = await web.get(`/trainings/${t.id}/copy`);
	const none = await web.submit(form, { field: 'title' }, { sessions: null, first_day: '' }, { button: 'Show the dates' });
	assert.match(none.words, /only title, text and settings are copied/);
});

test('what cannot be is said, and everything typed is kept', async () => {
	const t = await make([{ title: 'Night', days: [day('2027-03-21T02:30')] }]);
	const form = await web.get(`/trainings/${t.id}/copy`);
	for (const [first_day, words] of [['', /Choose the first day/], ['someday', /no day that can be used/], ['2299-01-01', /no day that can be used/], ['2027-03-28', /On 2027-03-28 the clocks in Berlin skip 02:30/]]) {
		const page = await web.submit(form, { field: 'title' }, { title: 'Kept', first_day }, { button: 'Show the dates' });
		assert.equal(page.status, 422, first_day);
		assert.match(page.text, /<a href="#first_day">/);
		assert.match(page.words, words);
		const value = (name) => page.form({ field: 'title' }).fields.find((f) => f.name === name).value;
		assert.deepEqual([value('title'), value('first_day')], ['Kept', first_day]);
	}
	const skipped = await admin.expect(422, 'POST', `/trainings/${t.id}/copy`, { first_day: '2027-03-28' });
	assert.deepEqual(skipped.errors.map((e) => e.code), ['time_skipped']);
	const shown = await web.submit(form, { field: 'title' }, { first_day: '2027-04-01' }, { button: 'Show the dates' });
	const untitled = await web.submit(shown, { field: 'title' }, { title: ' ' }, { button: 'Copy training' });
	assert.equal(untitled.status, 422);
	assert.match(untitled.text, /<a href="#title">/);
});

test('who may make trainings copies what they see, and becomes the organizer where they may not name the other', async () => {
	const t = await make([{ title: 'One', instructor_user: (await admin.get('/me')).body.id, days: [day(`${year}-04-01T09:00`)] }]);
	const manager = await apiOf(muster, 'dept.admin'), me = (await manager.get('/me')).body.id;
	const copy = await manager.expect(201, 'POST', `/trainings/${t.id}/copy`, { first_day: `${year + 1}-04-01` });
	assert.equal(copy.organizer, me);
	assert.equal(copy.sessions[0].instructor_user, null);
	assert.equal(copy.sessions[0].instructor, t.sessions[0].instructor, 'the name stays');
	const maria = await apiOf(muster, 'maria'), her = await signedIn(muster, 'maria');
	assert.ok([403, 404].includes((await maria.post(`/trainings/${t.id}/copy`, { first_day: `${year + 1}-04-01` })).status));
	assert.ok([403, 404].includes((await her.get(`/trainings/${t.id}/copy`)).status));
});
