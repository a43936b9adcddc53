// The trail: who did what, when, before and after; narrowed, page by page, for those who may.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, admin, web, company, made;
before(async () => {
	muster = await startMuster({ demo: true });
	admin = await apiOf(muster, 'admin');
	web = await signedIn(muster, 'admin');
	company = (await admin.all('/departments')).find((d) => d.parent === null);
	made = await admin.expect(201, 'POST', '/users', { login: 'traced', department: company.id, first_name: 'Tra<ced' });
	await admin.expect(200, 'PATCH', `/users/${made.id}`, { first_name: 'Traced' });
});
// The reader's day, which near midnight is another one than that of UTC.
const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' });

test('an entry says who, what, before and after, and from where', async () => {
	for (const object of [`user/${made.id}`, `user:${made.id}`]) {
		const { items } = await admin.expect(200, 'GET', `/audit?object=${object}`);
		assert.deepEqual(items.map((e) => e.action), ['user.update', 'user.create']);
		const [changed] = items;
		assert.deepEqual(Object.keys(changed), ['id', 'at', 'actor', 'action', 'object', 'before', 'after', 'from']);
		assert.equal(changed.object, `user/${made.id}`);
		assert.equal(changed.actor, (await admin.expect(200, 'GET', '/me')).id);
		assert.deepEqual([changed.before, changed.after], [{ first_name: 'Tra<ced' }, { first_name: 'Traced' }]);
		assert.equal(items[1].before, null);
		assert.match(changed.from, /^127\./);
	}
	assert.ok((await admin.all(`/audit?object=${made.id}`)).some((e) => e.object === `user/${made.id}`), 'an id alone');
	assert.ok((await admin.all('/audit?object=training')).every((e) => e.object.startsWith('training/')));
	assert.deepEqual(await admin.all('/audit?object=nothing'), []);
	assert.equal((await admin.get('/audit?object=user/x')).status, 422);
});

test('what happened to a kind, or to one of it, is what the whole trail says of them', async () => {
	const trail = await admin.all('/audit', 1000);
	const kinds = new Set(trail.map((e) => e.object.split('/')[0]));
	assert.ok(kinds.has('enrollment') && kinds.size > 3, [...kinds].join());
	for (const kind of kinds) {
		const entries = trail.filter((e) => e.object.split('/')[0] === kind);
		assert.deepEqual(await admin.all(`/audit?object=${kind}`, 100), entries, kind);
		for (const { object } of entries.filter((e) => e.object !== kind).slice(-2))
			assert.deepEqual(await admin.all(`/audit?object=${object}`, 1), trail.filter((e) => e.object === object), object);
	}
});

test('the trail comes page by page, newest first', async () => {
	const all = await admin.all('/audit', 1000);
	assert.deepEqual(await admin.all('/audit', 37), all);
	const ids = all.map((e) => Number(e.id));
	assert.deepEqual(ids, ids.toSorted((a, b) => b - a));
	const first = await web.get('/audit?limit=10');
	assert.match(first.words, /User changed/);
	const second = await web.get(first.link('Next').href);
	assert.equal((await web.get(second.link('Previous').href)).words, first.words);
});

test('it is narrowed by who, object, action and day', async () => {
	const shown = async (query) => (await web.get(`/audit?${query}`)).words.split('Show everything')[1];
	assert.match(await shown('who=admin&object=user&action=user.update'), /User changed/);
	assert.doesNotMatch(await shown('who=admin&object=user&action=user.update'), /User added/);
	assert.match(await shown('action=user.create&from=2020-01-01&to=' + today), /User added/);
	assert.match(await shown('to=2020-01-01'), /Nothing happened that matches/);
	assert.match(await shown('who=maria'), /Nothing happened that matches/);
	const about = await web.get('/audit?user=traced');
	assert.match(about.words.split('Show everything')[1], /User changed · Traced .* User added · Traced/);
	assert.doesNotMatch(about.words.split('Show everything')[1], /Maria/);
	assert.equal((await web.get(about.links.find((l) => l.text === 'Traced').href)).path, `/users/${made.id}`);
	const page = await web.get('/audit?object=user&limit=10');
	assert.match(page.link('Next').href, /object=user/, 'the next page is narrowed as well');
});

test('every option of a filter has words', async () => {
	const page = await web.get('/audit');
	for (const name of ['object', 'action']) {
		const [, select] = new RegExp(`<select id="${name}"[^>]*>([\\s\\S]*?)</select>`).exec(page.text);
		const options = [...select.matchAll(/<option value="([^"]*)"[^>]*>([^<]*)/g)].map(([, value, label]) => [value, label.trim()]);
		assert.ok(options.length > 10);
		for (const [value, label] of options) assert.ok(/^[A-Z]/.test(label) && label !== value, `${name} ${value}: "${label}"`);
	}
	assert.match(page.text, /<option value="import">Import of users/);
});

test('what makes no sense comes back with what was typed', async () => {
	for (const [query, id] of [['who=nobody', 'who'], ['user=nobody', 'user'], ['from=soon', 'from'], ['to=2026-02-30', 'to'], ['from=2026-03-02&to=2026-03-01', 'to']]) {
		const page = await web.get(`/audit?${query}`);
		assert.equal(page.status, 422, query);
		assert.match(page.text, new RegExp(`<a href="#${id}">`), query);
	}
	assert.match((await web.get('/audit?who=%3Cb%3E')).text, /value="&lt;b&gt;"/);
	assert.equal((await web.get('/audit?after=xyz')).status, 422);
	assert.equal((await web.get('/audit?object=%27;--&action=x')).status, 200);
});

test('only who may read it does', async () => {
	for (const login of ['dept.admin', 'maria']) {
		assert.equal((await (await signedIn(muster, login)).get('/audit')).status, 403, login);
		assert.equal((await (await apiOf(muster, login)).get('/audit')).status, 403, login);
	}
	assert.ok(!(await (await signedIn(muster, 'dept.admin')).get('/users')).links.some((l) => l.href.endsWith('/audit')));
});

test('what was changed is said in words: names for ids, times for instants', async () => {
	const sales = (await admin.all('/departments')).find((d) => d.name === 'Sales');
	await admin.expect(200, 'PATCH', `/users/${made.id}`, { department: sales.id, status: 'inactive' });
	const page = await web.get(`/audit?action=user.update&object=user`);
	assert.match(page.words, /Department Company Sales Status Active Inactive/);
	assert.doesNotMatch(page.words, /first_name/);
});

test('what is stored in a form of its own is said in words', async () => {
	const all = await admin.all('/departments'), id = (name) => all.find((d) => d.name === name).id;
	const shown = async (action) => (await web.get(`/audit?action=${action}&limit=1`)).words.split('Show everything')[1];
	const patch = (path, body) => admin.expect(200, 'PATCH', path, body);

	// A custom role whose name ends in a number, a built-in one, and what they are held for.
	const role = await admin.expect(201, 'POST', '/roles', { name: 'Desk 5', permissions: ['users.view', 'reports'] });
	assert.match(await shown('role.create'), /Permissions View users, View trainings, Reports/);
	assert.doesNotMatch(await shown('role.create'), /users\.view/);
	await patch(`/users/${made.id}`, { status: 'active', roles: [{ role: role.id, departments: [id('Sales'), id('Support')] }, { role: 'department_admin', departments: [id('Support')] }] });
	const roles = await shown('user.update');
	assert.match(roles, /Roles .*Desk 5 \(Sales, Support\)|Roles .*Desk 5 \(Support, Sales\)/);
	assert.match(roles, /Department administrator \(Support\)/);

	const days = [{ start: '2031-05-06T09:00', duration: 10800, time_zone: 'Europe/Berlin', location: 'Room 4; left door' },
		{ start: '2031-05-07T10:00', duration: 3600, time_zone: 'Asia/Tokyo', url: 'https://meet.example.org/a' }];
	await admin.expect(201, 'POST', '/trainings', { title: 'In words', closes_before: 172800, sessions: [{ title: 'One', days }] });
	assert.match(await shown('session.create'),
		/Days Tue 6 May 2031, 09:00–12:00 Berlin time, Room 4; left door; Wed 7 May 2031, 10:00–11:00 Tokyo time, https/);
	assert.match(await shown('training.create'), /48 h/);
	const training = (await admin.all('/trainings')).find((t) => t.title === 'In words');

	const users = await admin.all('/users'), who = (login) => users.find((u) => u.login === login);
	const group = await admin.expect(201, 'POST', '/groups', { name: 'In words', members: [who('maria').id, who('omar').id] });
	await patch(`/groups/${group.id}`, { members: [who('omar').id, who('sven').id] });
	assert.match(await shown('group.update'), /Members Maria Lindqvist Sven Okafor/, 'who went, who came');
	await admin.expect(201, 'POST', '/groups', { name: 'By rule', rule: [{ field: 'job_title', op: 'is', value: 'Trainer' }, { field: 'status', op: 'is', value: 'active' }] });
	assert.match(await shown('group.create'), /Rule Job title is Trainer; Status is Active/);

	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [who('maria').id, who('omar').id] }, trainings: [{ training: training.id, session: training.sessions[0].id }] });
	assert.match(await shown('batch.create'), /Trainings In words Users 2 users: 2 enrolled/);

	const csv = 'login,department,job_title\nwords.a,Support,Trainer\nwords.b,Support,\nmaria,Sales EMEA,Lead\n';
	await admin.call('POST', '/users/import', csv, { raw: true, headers: { 'content-type': 'text/csv' } });
	assert.match(await shown('import.start'), /Import of users started .* Users 2 to add, 1 to change/);
	assert.match(await shown('user.update'), /Job title .*Lead/, 'a profile field is called as its label');
	assert.doesNotMatch((await web.get('/audit?limit=100')).words, /\b(job_title|access_at|closes_before|department_admin|Europe\/Berlin \d+)\b/);
});

test('the history of a user is there for who edits that user, and tells them what they may know', async () => {
	const history = async (login, id) => (await signedIn(muster, login)).get(`/users/${id}/history`);
	const page = await history('admin', made.id);
	assert.equal(page.heading, 'Edit user');
	assert.ok(page.links.some((l) => l.text === 'History' && l['aria-current'] === 'page'));
	assert.match(page.words, /User changed .* User added/);
	const maria_s = (await admin.all('/users?q=maria')).find((u) => u.login === 'maria');
	const time = (await admin.all('/trainings')).find((t) => t.title === 'Time management');
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [maria_s.id] }, trainings: [{ training: time.id, session: time.sessions[0].id }] });
	assert.match((await history('dept.admin', maria_s.id)).words, /Enrolled · Time management/);
	const scoped = await history('dept.admin', made.id);
	assert.equal(scoped.status, 200);
	assert.match(scoped.words, /Somebody outside your departments/, 'who did it is out of scope');
	assert.match(scoped.words, /Department No\. \d+ Sales/, 'so is where the user came from');
	assert.doesNotMatch(scoped.words, /Department Company/);
	const omar = (await admin.all('/users?q=omar')).find((u) => u.login === 'omar'), maria = (await admin.all('/users?q=maria')).find((u) => u.login === 'maria');
	assert.equal((await history('dept.admin', omar.id)).status, 404);
	assert.equal((await history('maria', maria.id)).status, 403);
	const sven = await signedIn(muster, 'sven');
	assert.equal((await sven.get(`/users/${maria.id}/history`)).status, 403, 'a supervisor sees enrollments and results');
	assert.ok(!(await sven.get(`/users/${maria.id}/learning`)).links.some((l) => l.text === 'History'));
});

test('a long history comes page by page', async () => {
	for (let i = 0; i < 4; i++) await admin.expect(200, 'PATCH', `/users/${made.id}`, { last_name: `Name ${i}` });
	const first = await web.get(`/users/${made.id}/history?limit=2`);
	assert.match(first.words, /Last name Name 2 Name 3/);
	const second = await web.get(first.link('Next').href);
	assert.match(second.words, /Last name Name 0 Name 1/);
	assert.equal((await web.get(second.link('Previous').href)).words, first.words);
});
