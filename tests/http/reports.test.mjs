// Attendance: counted from enrollments that were announced, of people in scope, on the pages, by REST and as files; and
// results recorded in the report.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { attributes } from '../lib/html.mjs';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { dayAt, newTraining, newUser } from '../lib/organization.mjs';

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
const everything = 'from=&to=';

test('by training and session: the numbers are those of the participants', async () => {
	const [row] = await report(admin, `trainings=${past.id}`);
	assert.deepEqual(row, { key: past.id, name: past.title, ...counts(people), rate: counts(people).attended / people.length });
	const [session] = await report(admin, `group_by=session&sessions=${past.sessions[0].id}`);
	assert.deepEqual(session, { ...row, key: past.sessions[0].id, name: past.sessions[0].title });
	const all = await report(admin, '');
	assert.equal(all.length, 4);
	assert.deepEqual(all.map((r) => r.name), all.map((r) => r.name).toSorted());
	assert.deepEqual(await admin.all('/reports/attendance', 1), all);
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
	const enrolled = async (api) => (await report(api, '')).reduce((sum, r) => sum + r.enrolled, 0);
	const [own, all] = [await enrolled(manager), await enrolled(admin)];
	assert.ok(own > 0 && own < all, `${own} of ${all}`);
	const departments = await report(manager, 'group_by=department');
	assert.ok(departments.length > 0);
	for (const r of departments) assert.match(r.name, /^Sales/);
	const fire = (await admin.all('/trainings')).find((t) => t.title === 'Fire safety');
	assert.deepEqual(await report(manager, `trainings=${fire.id}&group_by=department`), [], 'nobody of theirs');
	const desk = await signedIn(muster, 'dept.admin');
	assert.match((await desk.get(`/reports?trainings=${fire.id}`)).words, /Nobody was enrolled/);
	assert.match((await desk.get(`/reports/participants?trainings=${fire.id}`)).words, /Nobody was enrolled/);
	assert.match((await desk.get(`/reports?${everything}`)).words, /departments you manage who were enrolled in Muster: Sales and below/);
	assert.equal((await desk.get(`/reports/participants/export?trainings=${fire.id}`)).text.trim().split('\r\n').length, 1);
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

test('what makes no sense is refused, and what was typed stays', async () => {
	const bad = [['group_by=color', 'group_by'], ['trainings=x', 'trainings'], ['sessions=1,,2', 'sessions'], ['limit=0', 'limit'],
		['from=soon', 'from'], ['from=2026-03-02&to=2026-03-01', 'to'], ['department=x', 'department'], ['result=late', 'result'], ['nested=2', 'nested'], ['format=pdf', 'format']];
	for (const [query, field] of bad) {
		const answer = await admin.get(`/reports/attendance?${query}`);
		assert.equal(answer.status, 422, query);
		assert.ok(answer.body.errors.some((e) => e.field === field), query);
	}
	assert.deepEqual(await report(admin, 'trainings=999999'), []);
	for (const query of ['from=soon', 'from=2026-03-02&to=2026-03-01', 'group_by=color', 'result=late', 'trainings=%27', 'sort=x'])
		assert.equal((await web.get(`/reports?${query}`)).status, 422, query);
	for (const query of ['from=soon', 'sort=x']) assert.equal((await web.get(`/reports/participants?${query}`)).status, 422, query);
	assert.equal((await web.get('/reports/export?format=pdf')).status, 422);
	assert.equal((await web.get('/reports?trainings=999999')).status, 200);
	const typed = await web.get('/reports?from=soon&to=2026-05-01');
	assert.equal(typed.form({ field: 'from' }).fields.find((f) => f.name === 'from').value, 'soon');
	assert.match(typed.text, /<a href="#from">/);
});

test('the page shows the last quarter, and what is chosen', async () => {
	const page = await web.get('/reports');
	assert.equal(page.heading, 'Attendance');
	const table = (p) => p.text.slice(p.text.indexOf('<table'), p.text.indexOf('</table>'));
	assert.match(table(page), /Giving feedback/);
	assert.doesNotMatch(table(page), /Fire safety/);
	assert.match(table(await web.get(`/reports?${everything}`)), /Fire safety/, 'without days: all');
	const one = await web.get(`/reports?trainings=${past.id}&${everything}`);
	assert.doesNotMatch(table(one), /Fire safety/);
	assert.equal(one.form({ field: 'from' }).fields.find((f) => f.name === 'trainings').value, past.id);
	const two = await web.get(`/reports?trainings=${past.id},999999&${everything}`);
	assert.equal(two.form({ field: 'from' }).fields.find((f) => f.name === 'trainings').value, `${past.id},999999`, 'several stay chosen');
});

test('training, sessions, participants: each level is a link that keeps the filters', async () => {
	const top = await web.get(`/reports?${everything}&result=attended`);
	const sessions = await web.get(top.link('Giving feedback').href);
	assert.equal(sessions.heading, 'Giving feedback');
	const sheet = await web.get(sessions.link(past.sessions[0].title).href);
	assert.ok(sheet.words.includes('12 participants'), 'those who attended');
	assert.equal(new URL(sheet.url).searchParams.get('result'), 'attended');
	assert.deepEqual(sheet.links.filter((l) => /^\/reports\?/.test(l.href ?? '')).map((l) => l.text).slice(0, 2), ['Attendance', 'Giving feedback'], 'and back');
	const departments = await web.get(`/reports?group_by=department&trainings=${past.id}&${everything}`);
	const emea = people.filter((e) => departments.text.includes('Sales EMEA') && e);
	const link = departments.link('Sales EMEA').href;
	const rows = await report(admin, `group_by=department&trainings=${past.id}`);
	assert.ok(emea.length);
	assert.ok((await web.get(link)).words.includes(`${rows.find((r) => r.name === 'Sales EMEA').enrolled} participants`));
});

// What the picture shows, from what it draws: per row the numbers in its words.
test('the numbers of the chart are the rows of the table, and the table’s sum is the tiles', async () => {
	for (const by of ['training', 'session', 'department']) {
		const page = await web.get(`/reports?group_by=${by}&${everything}&sort=-attended`);
		const svg = /<svg width="100%"[^>]*>[\s\S]*?<\/svg>/.exec(page.text)[0];
		const drawn = [...attributes(svg.slice(0, svg.indexOf('>')))['aria-label'].matchAll(/: (\d+) of (\d+) attended, (\d+) absent, (\d+) without a result/g)].map((m) => m.slice(1).map(Number));
		const rows = [...page.text.matchAll(/<tr><td>[\s\S]*?<\/tr>/g)].map((m) => [...m[0].matchAll(/class="r"[^>]*>(\d+)</g)].map((x) => Number(x[1])));
		const total = rows.pop();
		assert.deepEqual(drawn, rows.slice(0, drawn.length).map(([enrolled, attended, absent, none]) => [attended, enrolled, absent, none]), by);
		assert.deepEqual(total, rows.reduce((sum, r) => sum.map((n, i) => n + r[i])), by);
		assert.deepEqual([...page.text.matchAll(/<dd>(\d+)<\/dd>/g)].map((m) => Number(m[1])), total, by);
		// Lengths: the parts of a bar fill it, but for the lines between them.
		const widths = svg.split('class="l"').slice(1).map((bar) => [...bar.matchAll(/ width="([\d.]+)%"/g)].reduce((sum, m) => sum + Number(m[1]), 0));
		for (const width of widths) assert.ok(width > 99 && width <= 100, `${by}: ${width}`);
	}
});

/* ---- results */
async function sheetOf(web, training) {
	return web.get(`/reports/participants?trainings=${training.id}&sessions=${training.sessions[0].id}&${everything}`);
}
async function enroll(training, users) {
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: users.map((u) => u.id) }, trainings: [{ training: training.id, session: training.sessions[0].id }] });
	muster.setClock(muster.clock + 120);
	return eventually(async () => {
		const list = await admin.all(`/trainings/${training.id}/participants`);
		return list.length === users.length && list.every((e) => e.announced_at) && list;
	}, { what: 'everybody is announced' });
}
const root = async () => (await admin.all('/departments')).find((d) => d.parent === null).id;
const results = async (training) => Object.fromEntries((await admin.all(`/trainings/${training.id}/participants`)).map((e) => [e.user, e]));

test('results are entered in the report, several at once, and the rest attended', async () => {
	const home = await root();
	const users = [await newUser(admin, home), await newUser(admin, home), await newUser(admin, home)];
	const training = await newTraining(muster, admin, [{ days: [dayAt(muster, 3), dayAt(muster, 4)] }]);
	const list = await enroll(training, users);
	const page = await sheetOf(web, training);
	const name = (user, day) => `r-${list.find((e) => e.user === user.id).id}-${training.sessions[0].days[day].id}`;
	const saved = await web.submit(page, { button: 'Save results' }, { [name(users[0], 0)]: 'absent', [name(users[1], 0)]: 'attended' }, { button: 'Save results' });
	assert.equal(saved.status, 303);
	assert.match((await web.get(saved.location)).words, /2 results saved/);
	let now = await results(training);
	assert.deepEqual(now[users[0].id].days.map((d) => d.result), ['absent', 'none']);
	assert.equal(now[users[0].id].result, 'none', 'a day is open');
	await web.submit(await sheetOf(web, training), { button: 'Save results' }, {}, { button: 'Save, and set the rest to attended' });
	now = await results(training);
	assert.deepEqual(users.map((u) => now[u.id].result), ['absent', 'attended', 'attended']);
	const audit = await admin.all('/audit?object=enrollment');
	assert.ok(audit.filter((a) => a.action === 'enrollment.result').length >= 6, 'each leaves its entry');
});

test('what is no result is refused with everything kept, and what somebody changed meanwhile is not run over', async () => {
	const home = await root();
	const users = [await newUser(admin, home), await newUser(admin, home)];
	const training = await newTraining(muster, admin, [{ days: [dayAt(muster, 3)] }]);
	const list = await enroll(training, users);
	const page = await sheetOf(web, training);
	const day = training.sessions[0].days[0].id;
	const name = (user) => `r-${list.find((e) => e.user === user.id).id}-${day}`;
	const bad = await web.submit(page, { button: 'Save results' }, { [name(users[0])]: 'late', [name(users[1])]: 'absent' }, { button: 'Save results' });
	assert.equal(bad.status, 422);
	assert.match(bad.text, new RegExp(`<a href="#${name(users[0])}">`));
	assert.equal(bad.form({ button: 'Save results' }).fields.find((f) => f.name === name(users[1])).value, 'absent', 'typed values stay');
	assert.deepEqual(Object.values(await results(training)).map((e) => e.result), ['none', 'none'], 'nothing half done');

	await admin.expect(200, 'PUT', `/sessions/${training.sessions[0].id}/results`, { results: [{ user: users[0].id, result: 'absent' }] });
	const late = await web.submit(page, { button: 'Save results' }, { [name(users[0])]: 'attended', [name(users[1])]: 'attended' }, { button: 'Save results' });
	assert.equal(late.status, 409);
	assert.match(late.words, /was changed meanwhile, to: Absent/);
	assert.deepEqual(Object.values(await results(training)).map((e) => e.result).sort(), ['absent', 'none']);
	const again = await web.submit(late, { button: 'Save results' }, {}, { button: 'Save results' });
	assert.equal(again.status, 303, 'now it is meant');
	assert.deepEqual(Object.values(await results(training)).map((e) => e.result), ['attended', 'attended'], 'also over what was set by hand');
});

test('results are recorded by who may, for whom they may', async () => {
	const home = await root();
	const teacher = await newUser(admin, home), user = await newUser(admin, home);
	const training = await newTraining(muster, admin, [{ days: [dayAt(muster, 3)], instructor_user: teacher.id }]);
	const [e] = await enroll(training, [user]);
	const manager_desk = await signedIn(muster, 'dept.admin');
	const fields = (page) => ({ csrf: page.csrf, e: e.id, [`r-${e.id}-${training.sessions[0].days[0].id}`]: 'attended' });
	const answer = await manager_desk.post('/reports/participants', fields(await manager_desk.get('/reports')));
	assert.equal(answer.status, 404, 'out of scope is not there');
	assert.equal((await results(training))[user.id].result, 'none');
	const api = await apiOf(muster, teacher.login);
	assert.deepEqual((await report(api, 'group_by=session')).map((r) => r.key), [training.sessions[0].id], 'instructors see their session (R11)');
	await api.expect(200, 'PUT', `/sessions/${training.sessions[0].id}/results`, { results: [{ user: user.id, result: 'attended' }] });
	assert.equal((await report(api, ''))[0].attended, 1);
});

test('a supervisor reports on the people below', async () => {
	const users = await admin.all('/users');
	const [maria, omar] = ['maria', 'omar'].map((login) => users.find((u) => u.login === login));
	const training = await newTraining(muster, admin, [{ days: [dayAt(muster, 3)] }]);
	await enroll(training, [maria, omar]);
	const sven = await apiOf(muster, 'sven');
	assert.deepEqual((await sven.all('/users')).map((u) => u.login), ['maria']);
	const asked = `${everything}&trainings=${training.id}`;
	assert.deepEqual((await report(admin, asked)).map((r) => r.enrolled), [2]);
	assert.deepEqual((await report(sven, asked)).map((r) => r.enrolled), [1]);
	assert.deepEqual((await report(sven, `${asked}&group_by=department`)).map((r) => [r.key, r.enrolled]), [[maria.department, 1]]);
	const { words } = await (await signedIn(muster, 'sven')).get(`/reports/participants?${asked}`);
	assert.match(words, new RegExp(maria.last_name));
	assert.doesNotMatch(words, new RegExp(omar.last_name));
});

test('only who has somebody to report on', async () => {
	const maria = await signedIn(muster, 'maria');
	for (const path of ['/reports', '/reports/export', '/reports/participants', '/reports/participants/export']) assert.equal((await maria.get(path)).status, 403, path);
	assert.equal((await (await apiOf(muster, 'maria')).get('/reports/attendance')).status, 403);
});

test('who comes from a report is led back to it, filters and all, and nowhere else', async () => {
	const t = past, path = `/reports/participants?trainings=${t.id}&sort=-name&${everything}`;
	const shown = await web.get(path);
	const edit = shown.links.find((l) => /^\/enrollments\/\d+\/result\?/.test(l.href)).href;
	const e = { id: /\d+/.exec(edit)[0] };
	const form = await web.get(edit);
	assert.equal(form.links.find((l) => l.text === 'Cancel').href, path);
	const wrong = await web.submit(form, { button: 'Save result' }, { score: 'x' });
	assert.equal(wrong.status, 422);
	const done = await web.submit(wrong, { button: 'Save result' }, { score: '7' });
	assert.equal(done.location, path);
	assert.match((await web.get(done.location)).words, /1 result saved\./);

	const session = await web.get(shown.links.find((l) => /^\/sessions\/\d+\?/.test(l.href)).href);
	const session_id = /sessions\/(\d+)/.exec(session.path ?? session.url)[1];
	assert.equal((await web.submit(session, { button: 'Save' }, { Title: '' })).status, 422);
	const saved = await web.submit(session, { button: 'Save' }, { Title: 'Renamed' });
	assert.equal(saved.location, path);
	for (const back of ['//evil.example', 'https://evil.example/reports', '/reports.evil.example', '/reports\\evil', '/login', '/reports/%0d%0ax: y', '/users//evil.example']) {
		const page = await web.get(`/sessions/${session_id}?back=${encodeURIComponent(back)}`);
		assert.equal((await web.submit(page, { button: 'Save' })).location, `/trainings/${t.id}/sessions`, back);
		const other = await web.get(`/enrollments/${e.id}/result?back=${encodeURIComponent(back)}`);
		assert.equal((await web.submit(other, { button: 'Save result' })).location, `/trainings/${t.id}/participants`, back);
	}
	const raw = await web.get(`/sessions/${session_id}?back=/reports%0d%0aX-Bad:%20y`);
	assert.equal((await web.submit(raw, { button: 'Save' })).location, `/trainings/${t.id}/sessions`);
});
