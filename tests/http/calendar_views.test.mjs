// The calendar's views, filters and scope: each filter against a count by hand, each role against R11, weeks in which the
// clocks change, and places whose day is another one.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { attributes, textOf } from '../lib/html.mjs';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, admin, web, departments;
const year = new Date().getUTCFullYear() + 1;
const made = [];
const day = (start, more = {}) => ({ start: `${year}-${start}`, duration: 3600, time_zone: 'Europe/Berlin', ...more });

async function make(title, days, session = {}, by = admin) {
	const t = await by.expect(201, 'POST', '/trainings', { title, sessions: [{ title: 'One', days, ...session }] });
	made.push({ id: t.id, session: t.sessions[0].id, title, days, ...session });
	return t;
}
// What stands in a view: titles by day.
function entries(page) {
	const found = [];
	const cells = page.text.split(/<(?:td|div class="col)[^>]*data-date="/).slice(1);
	for (const cell of cells)
		for (const [, tag, inner] of cell.split('</td>')[0].matchAll(/(<a class="ev[^>]*>)([\s\S]*?)<\/a>/g)) {
			const title = /<b><bdi>([^<]*)/.exec(inner)?.[1];
			if (title) found.push({ date: cell.slice(0, 10), title, words: textOf(inner), ...attributes(tag) });
		}
	return found;
}
const titles = (page) => entries(page).map((e) => e.title).sort();
const agendaTitles = (page) =>
	[...page.text.matchAll(/<h2 class="h3"><a [^>]*><bdi>([^<]*)/g)].map((m) => m[1]).sort();

before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	web = await signedIn(muster, 'admin');
	departments = await admin.all('/departments');
	const rooms = ['Room 4', 'Room 5', 'Café & Co'],
		teachers = ['M. Okafor', 'K. Sato', 'Ü. "Quote" O’Neil'];
	for (let i = 0; i < 24; i++)
		await make(
			`Course ${i % 5} of many`,
			[
				day(`09-${String(1 + i).padStart(2, '0')}T${String(8 + (i % 9)).padStart(2, '0')}:00`, {
					location: i % 4 === 3 ? null : rooms[i % 3],
					url: i % 4 === 3 ? 'https://meet.example.org/room' : null,
				}),
			],
			{ instructor: teachers[i % 2 === 0 ? 0 : 1 + (i % 3 === 0)] },
		);
});

test('each filter shows what a count by hand finds, in every view', async () => {
	const filters = [
		['training', made[3].id, (m) => m.id === made[3].id],
		['instructor', 'K. Sato', (m) => m.instructor === 'K. Sato'],
		['instructor', 'Ü. "Quote" O’Neil', (m) => m.instructor === 'Ü. "Quote" O’Neil'],
		['place', 'Café & Co', (m) => m.days[0].location === 'Café & Co'],
		['place', '@online', (m) => !m.days[0].location && m.days[0].url],
	];
	for (const [name, value, wanted] of filters) {
		const query = new URLSearchParams({ [name]: value });
		const expected = made.filter(wanted);
		assert.ok(expected.length > 0 && expected.length < made.length);
		const names = expected.map((m) => m.title).sort();
		assert.deepEqual(titles(await web.get(`/calendar?view=month&month=${year}-09&${query}`)), names, `${name} month`);
		assert.deepEqual(agendaTitles(await web.get(`/calendar?view=agenda&month=${year}-09&${query}`)), names, name);
		const week = await web.get(`/calendar?view=week&day=${year}-09-15&${query}`);
		const first = week.text.match(/data-date="([^"]*)"/)[1];
		const last = new Date(Date.parse(first) + 6 * 86400e3).toISOString().slice(0, 10);
		const inside = (m) => m.days[0].start.slice(0, 10) >= first && m.days[0].start.slice(0, 10) <= last;
		assert.deepEqual(titles(week), expected.filter(inside).map((m) => m.title).sort(), `${name} week`);
	}
});

test('two filters hold together, and every link keeps them', async () => {
	const form = await web.get(`/calendar?view=agenda&month=${year}-09`);
	const page = await web.submit(form, { action: '/calendar', field: 'Instructor' }, { Instructor: 'M. Okafor', Place: 'Room 4' });
	const expected = made.filter((m) => m.instructor === 'M. Okafor' && m.days[0].location === 'Room 4');
	assert.deepEqual(agendaTitles(page), expected.map((m) => m.title).sort());
	for (const text of ['Previous month', 'Next month', 'Today', 'Month', 'Week', 'Agenda', 'Mine']) {
		const query = new URL(page.link(text).href, page.url).searchParams;
		assert.deepEqual([query.get('instructor'), query.get('place')], ['M. Okafor', 'Room 4'], text);
	}
	const one = await web.get(page.links.find((l) => l['aria-label'] === 'Remove the filter Place').href);
	assert.deepEqual(agendaTitles(one), made.filter((m) => m.instructor === 'M. Okafor').map((m) => m.title).sort());
	assert.equal(agendaTitles(await web.get(page.link('Clear filters').href)).length, made.length);
	const none = await web.get(`/calendar?view=agenda&month=${year}-11&place=Room+4`);
	assert.match(none.words, /Nothing on these days matches the filters/);
});

test('a filter offers only what the reader sees', async () => {
	const secret = await make('Not for everybody', [day('09-10T09:00', { location: 'Vault' })], { instructor: 'X. Hidden' });
	const mine = await make('For Maria', [day('09-11T09:00', { location: 'Open room' })], { instructor: 'Y. Seen' });
	await make('Also for Maria', [day('09-12T09:00', { location: 'Other room' })], { instructor: 'Z. Seen' });
	for (const t of made.slice(-2))
		await admin.expect(201, 'POST', '/enrollments', {
			audience: { logins: ['maria'] },
			trainings: [{ training: t.id, session: t.session }],
		});
	const maria = await signedIn(muster, 'maria');
	const page = await eventually(async () => {
		const p = await maria.get(`/calendar?view=agenda&month=${year}-09`);
		return agendaTitles(p).length === 2 && p;
	});
	assert.match(page.words, /For Maria.*Y\. Seen|Y\. Seen/);
	assert.doesNotMatch(page.text, /Vault|X\. Hidden|Not for everybody|Room 4/);
	// Asked by hand, what is not seen is the same as what is not there.
	const asked = await maria.get(`/calendar?view=agenda&month=${year}-09&training=${secret.id}`);
	const nothing = await maria.get(`/calendar?view=agenda&month=${year}-09&training=987654321`);
	assert.equal(asked.words, nothing.words);
	assert.deepEqual(agendaTitles(await maria.get(`/calendar?view=agenda&month=${year}-09&training=${mine.id}`)), ['For Maria']);
	assert.deepEqual(agendaTitles(await maria.get(`/calendar?view=agenda&month=${year}-09&place=Vault`)), []);
	made.splice(-3);
});

test('learners see their own from the access date on, in every view', async () => {
	const t = await make('Kept for later', [day('09-24T09:00')]);
	made.pop();
	const access_at = new Date((muster.now() + 3600) * 1000).toISOString();
	await admin.expect(201, 'POST', '/enrollments', {
		audience: { logins: ['omar'] },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
		access_at,
	});
	const omar = await signedIn(muster, 'omar');
	const views = [`view=month&month=${year}-09`, `view=week&day=${year}-09-24`, `view=agenda&month=${year}-09`];
	for (const view of views) assert.doesNotMatch((await omar.get(`/calendar?${view}&show=all`)).text, /Kept for later/);
	muster.setClock(muster.clock + 3601);
	for (const view of views) {
		const page = await eventually(async () => {
			const p = await omar.get(`/calendar?${view}`);
			return /Kept for later/.test(p.text) && p;
		});
		assert.match(page.words, /No answer/);
		assert.doesNotMatch(page.text, /data-move|\/sessions\/\d+\/move|New session/);
	}
	assert.match((await omar.get(`/calendar?${views[2]}`)).link('Kept for later').href, /^\/me\/trainings#e\d+$/);
});

test('R11: who sees all, who may move what', async () => {
	const dept = await apiOf(muster, 'dept.admin');
	await make('By the department', [day('10-06T09:00')], {}, dept);
	const own = made.at(-1);
	const users = await admin.all('/users');
	const id = (login) => users.find((u) => u.login === login).id;
	await make('By the account', [day('10-07T09:00')], { instructor_user: id('omar') });
	const others = made.at(-1);
	// By R11 one may organize without any role.
	const by_sven = await admin.expect(201, 'POST', '/trainings', {
		title: 'By a learner',
		organizer: id('sven'),
		sessions: [{ title: 'One', days: [day('10-08T09:00')] }],
	});
	const at = `/calendar?view=agenda&month=${year}-10`;
	const moves = (page) => page.links.filter((l) => l.text === 'Move').map((l) => /\/sessions\/(\d+)/.exec(l.href)[1]).sort();

	const by_admin = await web.get(at);
	assert.deepEqual(moves(by_admin), [own.session, others.session, by_sven.sessions[0].id].sort());
	const manager = await signedIn(muster, 'dept.admin');
	const by_manager = await manager.get(at);
	assert.deepEqual(agendaTitles(by_manager), ['By a learner', 'By the account', 'By the department']);
	const editable = [own.session, by_sven.sessions[0].id].sort();
	assert.deepEqual(moves(by_manager), editable, 'where the organizer is in scope, or the caller');
	assert.equal((await manager.get(`/sessions/${own.session}/move`)).status, 200);
	assert.equal((await manager.get(`/sessions/${others.session}/move`)).status, 404);
	assert.match(by_manager.link('By the account').href, /^\/sessions\/\d+\?back=/);

	const omar = await signedIn(muster, 'omar');
	const teaches = await omar.get(at);
	assert.deepEqual(agendaTitles(teaches), ['By the account'], 'an instructor sees what they teach');
	assert.deepEqual(moves(teaches), []);
	assert.equal((await omar.get('/calendar/new')).status, 403);
	assert.equal((await omar.get(`/sessions/${others.session}/move`)).status, 404);
	const sven = await signedIn(muster, 'sven');
	const organizes = await sven.get(`${at}&show=all`);
	assert.deepEqual(agendaTitles(organizes), ['By a learner'], 'a supervisor sees what they are in, teach or organize');
	assert.deepEqual(agendaTitles(await (await signedIn(muster, 'maria')).get(`${at}&show=all`)), []);
	await admin.expect(201, 'POST', '/enrollments', {
		audience: { logins: ['sven'] },
		trainings: [{ training: by_sven.id, session: by_sven.sessions[0].id }],
		decisions: [{ user: id('sven'), training: by_sven.id, do: 'enroll' }],
	});
	const both = await eventually(async () => {
		const page = await sven.get(at);
		return /\/me\/trainings#e/.test(page.text) && page;
	});
	assert.deepEqual(agendaTitles(both), ['By a learner'], 'once, also for who is in what they organize');
	made.splice(-2);
});

test('a week has its entries at their quarter, side by side where they overlap', async () => {
	await make('A', [day('11-09T09:00', { duration: 7200 })]);
	await make('B', [day('11-09T10:00', { duration: 7200 })]);
	await make('C', [day('11-09T12:00')]);
	await make('Early', [day('11-10T04:30', { duration: 900 })]);
	await make('Late', [day('11-11T23:45', { duration: 3600 })]);
	made.splice(-5);
	const page = await web.get(`/calendar?view=week&day=${year}-11-10`);
	const place = (title) => new RegExp(`<li class="([^"]*)"><a [^>]*>(?:(?!</a>)[\\s\\S])*<b><bdi>${title}<`).exec(page.text)[1];
	assert.match(page.text, /data-first="4"/, 'the grid begins where it is needed');
	const row = (clock) => { const [h, m] = clock.split(':').map(Number); return ((h - 4) * 60 + m) / 15 + 1; };
	assert.equal(place('A'), `r-${row('09:00')} e-${row('11:00')} l-1-2`);
	assert.equal(place('B'), `r-${row('10:00')} e-${row('12:00')} l-2-2`);
	assert.equal(place('C'), `r-${row('12:00')} e-${row('13:00')} l-1-1`);
	assert.equal(place('Early'), `r-${row('04:30')} e-${row('05:00')} l-1-1`, 'nothing is too short to be hit');
	assert.equal(place('Late'), `r-${row('23:30')} e-${row('24:00')} l-1-1`, 'what is late stays on the grid');
	assert.match((await web.get(page.link('Next week').href)).text, new RegExp(`data-date="${nextMonday(`${year}-11-10`)}"`));
	assert.match(page.text, new RegExp(`class="col w-2 " data-date="${year}-11-09"`), 'a day is as wide as what is parallel in it');
	for (let i = 0; i < 5; i++) { await make(`Crowd ${i}`, [day('11-12T15:00')]); made.pop(); }
	const crowded = await web.get(`/calendar?view=week&day=${year}-11-12`);
	const more = crowded.links.find((l) => /^2 more/.test(l.text));
	assert.equal(agendaTitles(await web.get(more.href)).filter((x) => x.startsWith('Crowd')).length, 5);
});

test('a week between two months leads back to the one that the reader came from', async () => {
	// The first of a month that is no Monday: its week begins in the month before.
	const month = [5, 6, 7, 8].find((m) => new Date(Date.UTC(year, m - 1, 1)).getUTCDay() !== 1);
	const name = `${year}-0${month}`;
	const week = await web.get((await web.get(`/calendar?view=month&month=${name}`)).link('Week').href);
	assert.equal(week.text.match(/data-date="([^"]*)"/)[1].slice(0, 7), `${year}-0${month - 1}`);
	for (const view of ['Month', 'Agenda']) assert.match(week.link(view).href, new RegExp(`&(amp;)?month=${name}`), view);
	const later = await web.get(week.link('Next week').href);
	assert.match((await web.get(later.link('Previous week').href)).link('Month').href, new RegExp(`month=${name}`));
	// A month whose page also shows today, which is in the one before, is left for its own weeks.
	const now = new Date(muster.now() * 1000), next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString().slice(0, 7);
	const own = await web.get((await web.get(`/calendar?view=month&month=${next}`)).link('Week').href);
	assert.match(own.link('Month').href, new RegExp(`month=${next}`));
	const today = await web.get((await web.get('/calendar?view=month')).link('Week').href);
	assert.match(today.text, /aria-current="date"/, 'the month of today leads to the week of today');
});

test('a week says whose clock its hours are', async () => {
	const note = async (date, who = web) => /<p class="note">([^<]*)/.exec((await who.get(`/calendar?view=week&day=${date}`)).text)?.[1];
	const [monday, one] = [nextMonday(`${year}-06-01`), nextMonday(`${year}-06-10`)];
	assert.equal(await note(monday), 'Hours are in Berlin time.', 'also where there is nothing');
	await make('In Tokyo', [{ start: `${one}T09:00`, duration: 3600, time_zone: 'Asia/Tokyo' }]);
	assert.equal(await note(one), 'Hours are in Tokyo time, as at the place. Each entry also shows your own time (Berlin time).');
	await make('In Berlin', [{ start: `${one}T09:00`, duration: 3600, time_zone: 'Europe/Berlin' }]);
	assert.equal(await note(one), 'Each entry stands at the hour of its own place (Tokyo time, Berlin time). Where your own time (Berlin time) differs, the entry shows it.');
	made.splice(-2);
});

test('on a phone a month says of each day how much there is, and leads to it', async () => {
	const page = await web.get(`/calendar?view=month&month=${year}-09`);
	const on = (date) => page.links.find((l) => l.href === `#d-${year}-09-${date}`);
	assert.match(on('15')['aria-label'], /^\w+ 15 Sep, 1 entry$/);
	assert.ok(page.text.includes(`<td id="d-${year}-09-15"`));
	assert.equal(on('30'), undefined, 'nothing there, nowhere to go');
});

function nextMonday(date) {
	const d = new Date(`${date}T00:00:00Z`);
	return new Date(d.getTime() + (7 - ((d.getUTCDay() + 6) % 7)) * 86400e3).toISOString().slice(0, 10);
}
const lastSunday = (month) => {
	const d = new Date(Date.UTC(year, month, 0));
	return `${year}-${String(month).padStart(2, '0')}-${String(d.getUTCDate() - d.getUTCDay()).padStart(2, '0')}`;
};

test('weeks in which the clocks change have seven days, and entries at the time of their clock', async () => {
	for (const [month, clock] of [[3, '04:00'], [10, '04:00']]) {
		const sunday = lastSunday(month);
		await make(`Change ${month}`, [{ start: `${sunday}T${clock}`, duration: 3600, time_zone: 'Europe/Berlin' }]);
		made.pop();
		const page = await web.get(`/calendar?view=week&day=${sunday}`);
		const dates = [...page.text.matchAll(/<div class="col[^"]*" data-date="([^"]*)"/g)].map((m) => m[1]);
		assert.equal(new Set(dates).size, 7);
		assert.equal(dates[6], sunday);
		const entry = entries(page).find((e) => e.title === `Change ${month}`);
		assert.equal(entry.date, sunday);
		assert.match(entry.words, /04:00 Berlin time/);
		assert.match(page.text, /class="r-1 e-5 l-1-1"/);
	}
	// From 02:30 the second time to 02:45: on the clock it ends before one that began at the first 02:30.
	const sunday = lastSunday(10);
	await make('Twice', [{ start: `${sunday}T02:45`, duration: 3600, time_zone: 'Europe/Berlin', fold: 0 }]);
	made.pop();
	const page = await web.get(`/calendar?view=week&day=${sunday}`);
	assert.ok(entries(page).some((e) => e.title === 'Twice' && /02:45 Berlin time/.test(e.words)));
});

test('an entry stands on the day of its place, and says the reader’s own', async () => {
	await make('Monday in Tokyo', [day('12-07T07:00', { time_zone: 'Asia/Tokyo' })]);
	await make('Late in New York', [day('12-31T23:00', { time_zone: 'America/New_York' })]);
	made.splice(-2);
	const month = await web.get(`/calendar?view=month&month=${year}-12`);
	const tokyo = entries(month).find((e) => e.title === 'Monday in Tokyo');
	assert.equal(tokyo.date, `${year}-12-07`);
	assert.match(tokyo.words, /07:00 Tokyo time/);
	assert.match(tokyo.words, /your time [^,]*6 Dec[^,]*, 23:00/);
	assert.match(month.words, /Entries stand on the day of their place\. .* \(Berlin time\)/);
	const york = entries(month).find((e) => e.title === 'Late in New York');
	assert.equal(york.date, `${year}-12-31`);
	const agenda = await web.get(`/calendar?view=agenda&month=${year + 1}-01`);
	assert.doesNotMatch(agenda.text, /Late in New York/, 'it is not on the reader’s day as well');
	assert.doesNotMatch((await web.get(`/calendar?view=agenda&month=${year}-08`)).words, /Entries stand on the day/);
});

test('a phone gets the list, and whoever asks for a month gets that', async () => {
	const phone = await signedIn(muster, 'admin');
	phone.headers = { 'user-agent': 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36' };
	assert.match((await phone.get('/calendar')).text, /aria-current="true">Agenda/);
	assert.match((await phone.get('/calendar?view=month')).text, /aria-current="true">Month/);
	assert.match((await web.get('/calendar')).text, /aria-current="true">Month/);
});

test('a session edited from the calendar leads back to it, filters and all', async () => {
	const week = `/calendar?view=week&day=${year}-09-01&training=${made[0].id}`;
	for (const view of [week, `/calendar?month=${year}-09&instructor=K.+Sato`, `/calendar?view=agenda&month=${year}-09`]) {
		const page = await web.get(view);
		const href = page.links.find((l) => /^\/sessions\/\d+\?back=/.test(l.href)).href;
		const saved = await web.submit(await web.get(href), { field: 'day0_date' });
		assert.equal(saved.location, view);
		assert.equal(saved.status, 303);
	}
	const other = await web.get(`/sessions/${made[0].session}?back=/calendarium`);
	assert.equal(other.form({ field: 'day0_date' }).fields.find((f) => f.name === 'back')?.value, undefined);
});

test('a new session from the calendar has its date', async () => {
	const list = await web.get(`/calendar?view=agenda&day=${year}-09-15`);
	const choose = await web.get(list.link('New session').href);
	assert.match(choose.heading, /^New session on Wed 15 Sep|^New session on \w+ 15 Sep/);
	const found = await web.submit(choose, { action: '/calendar/new' }, { q: 'course 3' });
	assert.ok(found.links.filter((l) => /^Course/.test(l.text)).every((l) => l.text === 'Course 3 of many'));
	const form = await web.get(found.link('Course 3 of many').href);
	assert.equal(form.form({ field: 'day0_date' }).fields.find((f) => f.name === 'day0_date').value, `${year}-09-15`);
	// Filtered by a training, there is nothing to choose.
	const filtered = await web.get(`/calendar?view=week&day=${year}-09-15&training=${made[0].id}`);
	assert.match(filtered.link('New session').href, new RegExp(`^/trainings/${made[0].id}/sessions/new\\?date=${year}-09-`));
	const manager = await signedIn(muster, 'dept.admin');
	assert.doesNotMatch((await manager.get('/calendar/new?q=course')).text, /Course 3 of many/, 'only trainings they may edit');
});

// The last: the clock goes on.
test('what is over is not offered to be moved, in no view', async () => {
	const start = new Date(muster.now() * 1000 + 3600e3).toISOString().slice(0, 16);
	const t = await admin.expect(201, 'POST', '/trainings', { title: 'Over soon', sessions: [{ title: 'One', days: [{ start, duration: 3600, time_zone: 'UTC' }] }] });
	const move = new RegExp(`/sessions/${t.sessions[0].id}/move`);
	const views = ['month', 'week', 'agenda'].map((view) => `/calendar?view=${view}&day=${start.slice(0, 10)}&month=${start.slice(0, 7)}&training=${t.id}`);
	for (const path of views) assert.match((await web.get(path)).text, move, path);
	muster.setClock(muster.clock + 3 * 3600);
	for (const path of views) {
		const page = await web.get(path);
		assert.match(page.words, /Over soon/, path);
		assert.doesNotMatch(page.text, move, path);
	}
});
