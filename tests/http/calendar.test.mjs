// The calendar: what stands in it for whom, as a month, as a list, and over REST.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

const muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
const admin = await apiOf(muster, 'admin');
const maria = await apiOf(muster, 'maria');
const year = new Date().getUTCFullYear() + 1;
const from = `${year}-05-01T00:00:00Z`,
	to = `${year}-08-01T00:00:00Z`;
const day = (start, more = {}) => ({ start: `${year}-${start}`, duration: 3600, time_zone: 'Europe/Berlin', ...more });
const make = (title, days, more = {}) => admin.expect(201, 'POST', '/trainings', { title, sessions: [{ title: 'One', days, ...more }] });
const enroll = (training, logins, more = {}) =>
	admin.expect(201, 'POST', '/enrollments', {
		audience: { logins },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
		...more,
	});
const calendar = async (api) => (await api.all(`/me/calendar?from=${from}&to=${to}`)).map((e) => e.title);

test('an enrollment is in the calendar from its access date on', async () => {
	const training = await make('Seen at once', [day('06-03T09:00', { location: 'Room 4' }), day('06-04T09:00')]);
	await enroll(training, ['maria']);
	const later = await make('Seen later', [day('06-05T09:00')]);
	await enroll(later, ['maria'], { access_at: `${year}-06-01T00:00:00Z` });
	await eventually(async () => (await calendar(maria)).length === 2, { what: 'the announcement' });
	const items = await maria.all(`/me/calendar?from=${from}&to=${to}`);
	assert.deepEqual(items.map((e) => e.title), ['Seen at once', 'Seen at once']);
	const [first] = items;
	assert.deepEqual(
		{ ...first, enrollment: null },
		{
			enrollment: null,
			training: training.id,
			title: 'Seen at once',
			session: training.sessions[0].id,
			session_title: 'One',
			day: training.sessions[0].days[0].id,
			start_at: `${year}-06-03T07:00:00Z`,
			end_at: `${year}-06-03T08:00:00Z`,
			time_zone: 'Europe/Berlin',
			location: 'Room 4',
			url: null,
			status: 'enrolled',
			answer: 'none',
		},
	);
	assert.deepEqual(await maria.all(`/me/calendar?from=${year}-06-03T08:00:00Z&to=${year}-06-04T07:00:00Z`), [], 'what only touches the ends is not in between');
	assert.deepEqual(await (await apiOf(muster, 'omar')).all(`/me/calendar?from=${from}&to=${to}`), []);
});

test('who waits and what is cancelled', async () => {
	const full = await make('One seat', [day('06-10T09:00')], { capacity: 1 });
	await enroll(full, ['omar', 'maria']);
	const waiting = await eventually(async () => (await maria.all(`/me/calendar?from=${from}&to=${to}`)).find((e) => e.title === 'One seat'));
	assert.equal(waiting.status, 'waiting');
	await admin.expect(204, 'DELETE', `/sessions/${full.sessions[0].id}`);
	assert.ok(!(await calendar(maria)).includes('One seat'));
});

test('instants need an offset', async () => {
	const answer = await maria.get('/me/calendar?from=2027-06-01T00:00:00');
	assert.equal(answer.status, 422);
	assert.equal(answer.body.errors[0].field, 'from');
});

test('the month is a table with the days where they are', async () => {
	await make('In the table', [day('07-14T09:00')]);
	const web = await signedIn(muster, 'admin');
	const page = await web.get(`/calendar?month=${year}-07`);
	assert.equal(page.heading, `July ${year}`);
	assert.match(page.text, /<table class="month">/);
	assert.match(page.text, new RegExp(`datetime="${year}-07-14"[^<]*</time>|datetime="${year}-07-14"`));
	assert.match(page.words, /09:00 Berlin time In the table/);
	assert.match((await web.get(page.link('Next month').href)).heading, new RegExp(`August ${year}`));
	assert.match((await web.get(page.link('Previous month').href)).heading, new RegExp(`June ${year}`));
});

test('a full day leads to its list', async () => {
	for (let i = 0; i < 6; i++) await make(`Crowd ${i}`, [day(`07-20T${10 + i}:00`)]);
	const web = await signedIn(muster, 'admin');
	const page = await web.get(`/calendar?month=${year}-07`);
	const more = page.links.find((l) => /^2 more/.test(l.text));
	assert.ok(more);
	const list = await web.get(more.href);
	for (let i = 0; i < 6; i++) assert.match(list.words, new RegExp(`Crowd ${i}`));
});

test('learners see their own, managers choose', async () => {
	await make('Nobody is in it', [day('07-15T09:00')]);
	const mine = await (await signedIn(muster, 'maria')).get(`/calendar?month=${year}-07`);
	assert.doesNotMatch(mine.words, /Nobody is in it|All sessions/);
	const web = await signedIn(muster, 'dept.admin');
	const all = await web.get(`/calendar?view=agenda&month=${year}-07`);
	assert.match(all.words, /Nobody is in it/);
	assert.doesNotMatch((await web.get(all.link('Mine').href)).words, /Nobody is in it/);
	// Asking for all does not give it.
	assert.doesNotMatch((await (await signedIn(muster, 'maria')).get(`/calendar?month=${year}-07&show=all`)).words, /Nobody is in it/);
});

test('an entry leads to what the reader may see', async () => {
	const page = await (await signedIn(muster, 'maria')).get(`/calendar?view=agenda&month=${year}-06`);
	assert.match(page.link('Seen at once').href, /^\/me\/trainings#e\d+$/);
	const manager = await (await signedIn(muster, 'admin')).get(`/calendar?view=agenda&month=${year}-06`);
	assert.match(manager.link('Seen at once').href, /^\/sessions\/\d+\?back=/);
});

test('an empty month says why', async () => {
	const page = await (await signedIn(muster, 'nomail')).get(`/calendar?view=agenda&month=${year}-02`);
	assert.match(page.words, /Nothing in February/);
});

test('nonsense in the address shows the current month', async () => {
	const web = await signedIn(muster, 'admin');
	const now = (await web.get('/calendar')).heading;
	for (const query of ['month=2026-13', 'month=x', 'view=agenda&day=2026-02-30', 'view=nothing'])
		assert.equal((await web.get(`/calendar?${query}`)).heading, now, query);
});
