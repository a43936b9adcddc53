// Home of those who manage: what needs them, what comes, what they just did; scoped, and short however much there is.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

let muster, admin, users;
const webs = {};
before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '600'] });
	admin = await apiOf(muster, 'admin');
	users = Object.fromEntries((await admin.all('/users')).map((u) => [u.login, u]));
	for (const login of ['admin', 'dept.admin', 'maria', 'omar', 'sven']) webs[login] = await signedIn(muster, login);
});
const home = (login, query = '') => webs[login].get(`/${query}`);
const wall = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().slice(0, 16);
const day = (seconds) => ({ start: wall(seconds), duration: 7200, time_zone: 'UTC', location: 'Room 1' });
const past = () => new Date((muster.now() - 60) * 1000).toISOString();
const hour = 3600, week = 7 * 86400;
async function training(title, sessions, more = {}) {
	return admin.expect(201, 'POST', '/trainings', { title, sessions, ...more });
}
const enrollment = async (login, t) => (await admin.all(`/users/${users[login].id}/enrollments`)).find((e) => e.training === t.id);
async function enroll(login, t, s = 0) {
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: [login] }, trainings: [{ training: t.id, session: t.sessions[s].id }], access_at: past() });
	muster.setClock(muster.clock + 601);
	return eventually(async () => { const e = await enrollment(login, t); return e.announced_at && e; });
}
const section = (page, title) => new RegExp(`<section[^>]*>(?:(?!</section>)[\\s\\S])*?<h2[^>]*>${title}</h2>[\\s\\S]*?</section>`).exec(page.text)?.[0] ?? '';

test('sessions of the next days stand there with their seats; whose are out of scope are not', async () => {
	const sales = await training('Soon in Sales', [{ title: 'First', capacity: 4, days: [day(2 * 86400)] }]);
	const far = await training('Far away', [{ title: 'Later', days: [day(2 * week)] }]);
	const other = await training('Soon elsewhere', [{ title: 'Second', days: [day(3 * 86400)] }]);
	await enroll('maria', sales);
	await enroll('omar', other);
	const all = section(await home('admin'), 'Under way and in the next 7 days');
	assert.match(all, /Soon in Sales – First/);
	assert.match(all, /1 of 4 seats taken/);
	assert.match(all, /Soon elsewhere – Second/);
	assert.doesNotMatch(all, /Far away/);
	const scoped = section(await home('dept.admin'), 'Under way and in the next 7 days');
	assert.match(scoped, /Soon in Sales/);
	assert.doesNotMatch(scoped, /Soon elsewhere/);
	assert.equal(section(await home('maria'), 'Under way and in the next 7 days'), '', 'who takes part has no such list');
	await admin.expect(204, 'DELETE', `/trainings/${far.id}`);
});

test('answers declined, waiting lists and missing results need who may do something about them', async () => {
	const t = await training('Needed', [{ title: 'Full', capacity: 1, days: [day(week + 86400)] }]);
	const held = await enroll('maria', t);
	await enroll('sven', t);
	const missing = await training('Held', [{ title: 'Group', days: [day(24 * hour)] }]);
	await enroll('maria', missing);
	const his = await enroll('omar', missing);
	await (await apiOf(muster, 'omar')).expect(200, 'POST', `/enrollments/${his.id}/answer`, { answer: 'declined' });
	let page = await home('dept.admin');
	assert.match(page.words, /1 person waits for a seat in Needed – Full/);
	assert.match((await webs['dept.admin'].get(page.links.find((l) => l.text === 'See the waiting list').href)).words, /Sven Okafor/);
	await (await apiOf(muster, 'maria')).expect(200, 'POST', `/enrollments/${held.id}/answer`, { answer: 'declined' });
	page = await home('dept.admin');
	assert.match(page.words, /1 person declined Needed/);
	assert.doesNotMatch(page.words, /waits for a seat in Needed/, 'the seat went to who waited');
	assert.doesNotMatch(page.words, /no result in Held/, 'it is not over');
	muster.setClock(muster.clock + 30 * hour);
	for (const login of Object.keys(webs)) webs[login] = await signedIn(muster, login);
	page = await home('dept.admin');
	assert.match(page.words, /1 person has no result in Held – Group/);
	assert.match((await home('admin')).words, /2 people have no result in Held – Group/);
	const list = await webs['dept.admin'].get(page.links.find((l) => l.text === 'Record results').href);
	assert.match(list.words, /1 participant .*Maria Lindqvist/);
	// Who declined was to come, too: as the reports count it.
	const over = `sessions=${missing.sessions[0].id}`, link = new RegExp(`session=${missing.sessions[0].id}&.*result=none`);
	assert.deepEqual((await admin.expect(200, 'GET', `/reports/attendance?${over}`)).items.map((i) => i.no_result), [2]);
	const without = async () => (await webs.admin.get((await home('admin')).links.find((l) => l.text === 'Record results' && link.test(l.href)).href)).words;
	assert.match(await without(), /2 participants .*Result No result/);
	await admin.expect(200, 'PUT', `/sessions/${missing.sessions[0].id}/results`, { results: [{ user: users.maria.id, result: 'attended' }] });
	assert.doesNotMatch((await home('dept.admin')).words, /no result in Held/);
	assert.match((await home('admin')).words, /1 person has no result in Held – Group/);
	assert.deepEqual((await admin.expect(200, 'GET', `/reports/attendance?${over}`)).items.map((i) => i.no_result), [1]);
	assert.doesNotMatch(await without(), /Maria/, 'only who has none');
});

test('how many wait is a fact of the session; Home counts whom the reader can do something for', async () => {
	const t = await training('Crowded', [{ title: 'Only', capacity: 1, days: [day(week)] }]);
	for (const login of ['maria', 'sven', 'omar']) await enroll(login, t);
	const manager = await apiOf(muster, 'dept.admin'), path = `/sessions/${t.sessions[0].id}`;
	const session = await manager.expect(200, 'GET', path);
	assert.deepEqual([session.seats_taken, session.waiting], [1, 2]);
	assert.match((await webs['dept.admin'].get(path)).words, /Full 2 waiting/);
	assert.match((await home('admin')).words, /2 people wait for a seat in Crowded/);
	const page = await home('dept.admin');
	assert.match(page.words, /1 person waits for a seat in Crowded/);
	const list = await webs['dept.admin'].get(page.links.find((l) => l.text === 'See the waiting list' && l.href.includes(`session=${session.id}`)).href);
	assert.match(list.words, /1 participant /);
	assert.match(list.words, /Sven Okafor/);
	await admin.expect(204, 'DELETE', path);
});

test('drafts go on or away, and what was just done is undone from here', async () => {
	const web = webs['dept.admin'], t = await training('Undone', [{ title: 'One', days: [day(2 * week)] }]);
	const draft = (await web.post('/enroll', { csrf: (await home('dept.admin')).csrf, id: users.maria.id })).location;
	let page = await home('dept.admin');
	assert.match(page.words, /Enrollment draft of/);
	assert.equal((await web.get(page.links.find((l) => l.text === 'Continue').href)).path.split('/')[2], draft.split('/')[2]);
	assert.equal((await web.submit(page, { action: /^\/enroll\/\d+\/delete$/ })).status, 303);
	const by = await apiOf(muster, 'dept.admin');
	await by.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria'] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	page = await home('dept.admin');
	assert.doesNotMatch(page.words, /Enrollment draft of/);
	assert.match(page.words, /Undo until/);
	assert.equal((await web.submit(page, { action: /^\/batches\/\d+\/undo$/ })).status, 303);
	assert.match((await home('dept.admin')).words, /An enrollment that was undone/);
	assert.equal(await enrollment('maria', t), undefined);
	assert.doesNotMatch((await home('admin')).words, /An enrollment that was undone/, 'one’s own only');
});

test('who manages and takes part has both, and an invitation is not hidden', async () => {
	const t = await training('For managers too', [{ title: 'Morning', days: [day(2 * week)] }]);
	const e = await enroll('dept.admin', t);
	const page = await home('dept.admin');
	assert.match(page.words, /Manage My learning 1/);
	assert.match(section(page, 'Needs you'), /Needs you/);
	assert.match(section(page, 'Waiting for your answer'), /For managers too/);
	assert.equal((await webs['dept.admin'].submit(page, { action: `/me/enrollments/${e.id}/answer` }, {}, { button: 'Accept' })).status, 303);
	assert.equal(section(await home('dept.admin'), 'Coming up'), '');
	const learning = await home('dept.admin', '?view=learning');
	assert.match(section(learning, 'Coming up'), /For managers too/);
	assert.equal(section(learning, 'Needs you'), '');
});

test('a participant sees the year so far; an instructor without a role what to record', async () => {
	assert.match((await home('maria')).words, /This year Attended 1 of \d sessions? Hours 2/);
	const t = await training('Taught', [{ title: 'By Omar', instructor_user: users.omar.id, days: [day(20 * hour)] }]);
	await enroll('maria', t);
	assert.match(section(await home('omar'), 'Under way and in the next 7 days'), /Taught – By Omar/);
	muster.setClock(muster.clock + 23 * hour);
	webs.omar = await signedIn(muster, 'omar');
	const page = await home('omar');
	assert.match(page.words, /1 person has no result in Taught – By Omar/);
	assert.match((await webs.omar.get(page.links.find((l) => l.text === 'Record results').href)).words, /Maria Lindqvist/);
	assert.doesNotMatch(page.words, /Recently enrolled|Enroll users/);
});

test('however much there is, it takes the same number of statements', async () => {
	const cost = async () => {
		await home('admin');
		const before = (await muster.metrics()).muster_db_statements_total;
		await home('admin');
		return (await muster.metrics()).muster_db_statements_total - before;
	};
	webs.admin = await signedIn(muster, 'admin');
	const few = await cost();
	for (let i = 0; i < 12; i++) {
		const t = await training(`Many ${i}`, [0, 1, 2].map((n) => ({ title: `Group ${n}`, capacity: 1, days: [day((n + 2) * 86400)] })));
		await admin.expect(201, 'POST', '/enrollments', { audience: { logins: ['maria', 'sven', 'omar'] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	}
	const many = await cost();
	// Five recent acts are looked at one by one.
	assert.ok(many <= few + 5 * 4, `${few} statements became ${many}`);
	assert.ok(many < 60, `${many} statements`);
});

test('a new account begins with a list of first steps', async () => {
	const fresh = await startMuster();
	const owner = { input: 'a long enough password\n' };
	const made = await fresh.cli(['user', 'add', 'boss', '--email', 'boss@example.org', '--role', 'owner'], owner);
	assert.equal(made.code, 0, made.err);
	const web = await signedIn(fresh, 'boss', 'a long enough password');
	const steps = async () => section(await web.get('/'), 'Set up the account').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
	assert.match(await steps(), /Add departments.*Add users.*Make the first training.*Check the mail/);
	const page = await web.get('/');
	for (const label of ['Add departments', 'Add users', 'Make the first training', 'Check the mail'])
		assert.equal((await web.get(page.link(label).href)).status, 200, label);
	const api = await apiOf(fresh, 'boss');
	const [root] = await api.all('/departments');
	const sales = await api.expect(201, 'POST', '/departments', { name: 'Sales', parent: root.id });
	assert.match(await steps(), /They decide who manages whom\. Done/);
	await api.expect(201, 'POST', '/users', { login: 'first', department: sales.id });
	await api.expect(201, 'POST', '/trainings', { title: 'First training' });
	assert.equal(await steps(), '');
});

test('Enrollments stand in the navigation of who may enroll, and beside what was just done', async () => {
	const entry = (page) => page.links.find((l) => l.href === '/enroll' && l.text === 'Enrollments');
	for (const login of Object.keys(webs)) webs[login] = await signedIn(muster, login);
	const page = await home('dept.admin');
	assert.ok(entry(page), 'in the navigation');
	for (const login of ['sven', 'maria']) assert.ok(!entry(await home(login)), login);
	assert.match(section(await home('admin'), 'Recently enrolled'), /<a href="\/enroll">All enrollments<\/a>/);
	const hub = await webs['dept.admin'].get('/enroll');
	assert.equal(entry(hub)['aria-current'], 'page');
	const { batch } = await enrollment('maria', (await admin.all('/trainings')).find((t) => t.title === 'Soon in Sales'));
	assert.equal(entry(await webs.admin.get(`/batches/${batch}`))['aria-current'], 'page', 'also on what belongs to them');
});
