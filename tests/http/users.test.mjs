// Users, as pages and as REST: what is accepted, what is refused, who sees whom.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, admin, owner, manager, web;
const by = {};                        // demo users by login

const codes = (answer) => Object.fromEntries(answer.body.errors.map((e) => [e.field, e.code]));
const named = async (api, login) => (await api.all(`/users?q=${encodeURIComponent(login)}`)).find((u) => u.login === login);

before(async () => {
	muster = await startMuster({ demo: true });
	[admin, owner, manager] = await Promise.all(['admin', 'owner', 'dept.admin'].map((login) => apiOf(muster, login)));
	web = await signedIn(muster, 'admin');
	for (const user of await admin.all('/users')) by[user.login] = user;
	for (const d of await admin.all('/departments')) by[`/${d.name}`] = d;
});

// ---- REST

test('a new user is active, a learner and without a password', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'Fresh.One', department: by['/Support'].id });
	assert.deepEqual(made, {
		id: made.id, login: 'Fresh.One', email: null, first_name: null, last_name: null, department: by['/Support'].id, status: 'active', supervisor: null,
		fields: made.fields, roles: [{ role: 'learner', departments: [] }],
	});
	assert.equal(typeof made.id, 'string');
	assert.deepEqual(await admin.expect(200, 'GET', `/users/${made.id}`), made);
});

test('login and department are required, and everything wrong is said at once', async () => {
	const answer = await admin.post('/users', { email: 'nowhere', status: 'sleeping', supervisor: '999999' });
	assert.equal(answer.status, 422);
	assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
	assert.deepEqual(codes(answer), { login: 'required', department: 'required', email: 'invalid', status: 'invalid', supervisor: 'not_found' });
});

test('logins are one whatever their case, without spaces, and at most 100 characters', async () => {
	const department = by['/Support'].id;
	for (const [login, code] of [['MARIA', 'duplicate'], ['two words', 'invalid'], ['a\u0007b', 'invalid'], ['x'.repeat(101), 'too_long'], ['', 'required']])
		assert.deepEqual(codes(await admin.post('/users', { login, department })), { login: code }, login);
	const made = await admin.expect(201, 'POST', '/users', { login: 'x'.repeat(100), department });
	assert.equal(made.login.length, 100);
});

test('an address is plausible, and nobody else has it', async () => {
	const department = by['/Support'].id;
	for (const email of ['maria', '@example.org', 'a@', 'a@b@c', 'a b@example.org', 'a@example..org', 'a@example.org,b@example.org', `a@${'b'.repeat(250)}.org`]) {
		const answer = await admin.post('/users', { login: 'mail.test', department, email });
		assert.equal(answer.status, 422, email);
		assert.ok(['invalid', 'too_long'].includes(codes(answer).email), email);
	}
	assert.deepEqual(codes(await admin.post('/users', { login: 'mail.test', department, email: by.maria.email.toUpperCase() })), { email: 'duplicate' });
	const made = await admin.expect(201, 'POST', '/users', { login: 'mail.test', department, email: '' });
	assert.equal(made.email, null);
});

test('a change touches the members given, and unknown members are refused', async () => {
	const made = await admin.expect(201, 'POST', '/users', {
		login: 'patch.me', department: by['/Support'].id, email: 'patch.me@example.org', first_name: 'Pat', fields: { job_title: 'Clerk', hire_date: '2024-02-29' },
	});
	const changed = await admin.expect(200, 'PATCH', `/users/${made.id}`, { last_name: '  Chüng\tLee ', fields: { job_title: null } });
	assert.deepEqual(changed, { ...made, last_name: 'Chüng Lee', fields: { ...made.fields, job_title: null } });
	assert.equal(changed.fields.hire_date, '2024-02-29');
	const answer = await admin.patch(`/users/${made.id}`, { name: 'x', fields: { shoe_size: '43' } });
	assert.deepEqual(codes(answer), { name: 'unknown_member', 'fields.shoe_size': 'unknown_member' });
	assert.deepEqual(codes(await admin.patch(`/users/${made.id}`, { fields: { hire_date: '2023-02-29' } })), { 'fields.hire_date': 'invalid' });
	assert.equal((await admin.patch(`/users/${made.id}`, { email: null })).body.email, null);
});

test('nobody supervises himself, near or far', async () => {
	assert.equal(by.maria.supervisor, by.sven.id);
	assert.deepEqual(codes(await admin.patch(`/users/${by.sven.id}`, { supervisor: by.maria.id })), { supervisor: 'invalid' });
	assert.deepEqual(codes(await admin.patch(`/users/${by.sven.id}`, { supervisor: by.sven.id })), { supervisor: 'invalid' });
});

test('the list is searched, filtered, sorted and paged', async () => {
	const emea = await admin.all(`/users?department=${by['/Sales'].id}`);
	assert.ok(emea.some((u) => u.login === 'maria'), 'a department stands for everything below it');
	assert.ok(!emea.some((u) => u.login === 'omar'));
	assert.deepEqual((await admin.all('/users?q=lindqvist%20MARIA')).map((u) => u.login), ['maria']);
	assert.deepEqual((await admin.all('/users?q=m%25ria')).map((u) => u.login), [], 'a wildcard is a letter');
	assert.ok((await admin.all('/users?status=inactive')).every((u) => u.status === 'inactive'));
	assert.equal((await admin.get('/users?status=asleep')).status, 422);
	assert.equal((await admin.get('/users?sort=shoe')).status, 422);
	for (const sort of ['name', '-name', 'login', '-login', 'email', 'department', '-status']) {
		const whole = (await admin.expect(200, 'GET', `/users?sort=${sort}&limit=1000`)).items.map((u) => u.id);
		const pages = [];
		for (let after = null; ;) {
			const page = await admin.expect(200, 'GET', `/users?sort=${sort}&limit=7${after ? `&after=${after}` : ''}`);
			pages.push(...page.items.map((u) => u.id));
			if (!(after = page.next)) break;
		}
		assert.deepEqual(pages, whole, sort);
	}
	const logins = (await admin.all('/users?sort=login')).map((u) => u.login.toLowerCase());
	assert.deepEqual(logins, logins.toSorted());
});

test('who manages a department sees and changes nobody else', async () => {
	const seen = await manager.all('/users');
	assert.ok(seen.length > 2 && seen.every((u) => ['Sales', 'Sales EMEA', 'Sales Americas'].some((d) => by[`/${d}`].id === u.department)));
	assert.equal((await manager.get(`/users/${by.omar.id}`)).status, 404);
	assert.equal((await manager.patch(`/users/${by.omar.id}`, { first_name: 'X' })).status, 404);
	assert.equal((await manager.get('/users/987654321')).status, 404);
	assert.deepEqual((await manager.all('/users?q=omar')), []);
	assert.deepEqual((await manager.all(`/users?department=${by['/Engineering'].id}`)), []);
	assert.deepEqual(codes(await manager.patch(`/users/${by.maria.id}`, { department: by['/Engineering'].id })), { department: 'not_found' });
	assert.deepEqual(codes(await manager.patch(`/users/${by.maria.id}`, { supervisor: by.omar.id })), { supervisor: 'not_found' });
	assert.deepEqual(codes(await manager.post('/users', { login: 'elsewhere', department: by['/Support'].id })), { department: 'not_found' });
	await manager.expect(200, 'PATCH', `/users/${by.maria.id}`, { department: by['/Sales Americas'].id });
	await manager.expect(200, 'PATCH', `/users/${by.maria.id}`, { department: by['/Sales EMEA'].id });
});

test('a supervisor out of scope is not shown, and stays', async () => {
	const far = await admin.expect(201, 'POST', '/users', { login: 'far.led', department: by['/Sales EMEA'].id, supervisor: by.omar.id });
	assert.equal((await manager.expect(200, 'GET', `/users/${far.id}`)).supervisor, null);
	await manager.expect(200, 'PATCH', `/users/${far.id}`, { supervisor: null, first_name: 'Faye' });
	assert.equal((await admin.expect(200, 'GET', `/users/${far.id}`)).supervisor, by.omar.id);
	await admin.expect(200, 'PATCH', `/users/${far.id}`, { supervisor: null });
	assert.equal((await admin.expect(200, 'GET', `/users/${far.id}`)).supervisor, null);
});

test('nobody becomes the supervisor of people out of scope through somebody who leads them', async () => {
	const lead = await admin.expect(201, 'POST', '/users', { login: 'lead.emea', department: by['/Sales EMEA'].id });
	const led = await admin.expect(201, 'POST', '/users', {
		login: 'led.engineer',
		department: by['/Engineering'].id,
		supervisor: lead.id,
	});
	const me = by['dept.admin'].id;
	assert.deepEqual(codes(await manager.patch(`/users/${lead.id}`, { supervisor: me })), { supervisor: 'invalid' });
	assert.equal((await manager.get(`/users/${led.id}`)).status, 404);
	await admin.expect(200, 'PATCH', `/users/${led.id}`, { supervisor: null });
	await manager.expect(200, 'PATCH', `/users/${lead.id}`, { supervisor: me });
	await admin.expect(200, 'PATCH', `/users/${lead.id}`, { supervisor: null });
});

test('supervisors see those below them, learners nobody, nobody without a token', async () => {
	const sven = await apiOf(muster, 'sven'), maria = await apiOf(muster, 'maria');
	assert.ok((await sven.all('/users')).some((u) => u.login === 'maria'));
	assert.ok(!(await sven.all('/users')).some((u) => u.login === 'omar'));
	assert.equal((await sven.get(`/users/${by.maria.id}`)).status, 200);
	assert.equal((await sven.patch(`/users/${by.maria.id}`, { first_name: 'X' })).status, 403);
	assert.equal((await maria.get('/users')).status, 403);
	assert.equal((await maria.get('/me')).body.login, 'maria');
	assert.equal((await fetch(`${muster.url}/api/v1/users`)).status, 401);
});

test('roles are given up to one’s own, by those who may give them', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'role.test', department: by['/Sales'].id });
	const give = (api, roles) => api.patch(`/users/${made.id}`, { roles });
	assert.equal((await give(manager, [{ role: 'department_admin', departments: [by['/Sales'].id] }])).status, 403);
	assert.equal((await give(manager, [{ role: 'learner', departments: [] }])).status, 200, 'what is there already may be sent back');
	assert.equal((await give(admin, [{ role: 'owner' }])).status, 403);
	assert.deepEqual(codes(await give(admin, [{ role: 'department_admin' }])), { 'roles[0].departments': 'required' });
	assert.deepEqual(codes(await give(admin, [{ role: 'wizard' }])), { 'roles[0].role': 'not_found' });
	assert.deepEqual(codes(await give(admin, [{ role: 'department_admin', departments: ['424242'] }])), { 'roles[0].departments': 'not_found' });
	const scoped = [{ role: 'department_admin', departments: [by['/Support'].id] }];
	assert.deepEqual((await give(admin, scoped)).body.roles, scoped);
	const theirs = await apiOf(muster, 'role.test');
	assert.ok((await theirs.all('/users')).every((u) => u.department === by['/Support'].id));
	assert.equal((await give(owner, [{ role: 'owner', departments: [] }])).status, 200);
	assert.equal((await give(owner, [])).status, 200);
	assert.equal((await theirs.get('/users')).status, 403);
});

test('an address is nobody else’s login, and a login nobody else’s address', async () => {
	const a = await admin.expect(201, 'POST', '/users', { login: 'both', email: 'both@example.org', department: by['/Support'].id });
	const taken = { login: 'Both@Example.org', department: by['/Sales'].id };
	assert.deepEqual(codes(await manager.post('/users', taken)), { login: 'duplicate' });
	const other = await manager.expect(201, 'POST', '/users', { login: 'mail@like.example', department: by['/Sales'].id });
	assert.deepEqual(codes(await manager.patch(`/users/${other.id}`, { login: 'both@example.org' })), { login: 'duplicate' });
	assert.deepEqual(codes(await admin.patch(`/users/${a.id}`, { email: 'MAIL@like.example' })), { email: 'duplicate' });
	await manager.expect(200, 'PATCH', `/users/${other.id}`, { email: 'mail@like.example' });
	await manager.expect(200, 'PATCH', `/users/${other.id}`, { first_name: 'Mail' });
	await admin.expect(200, 'PATCH', `/users/${a.id}`, { login: 'both@example.org' });
	const file = ['login,email,department', 'mail@like.example,mail@like.example,Company / Sales', 'new.one,both@example.org,Company / Sales'];
	const sent = (rows) => admin.call('POST', '/users/import?dry_run=1', rows.join('\n'), { raw: true, headers: { 'content-type': 'text/csv' } });
	assert.deepEqual((await sent(file)).body.errors.map((e) => [e.row, e.column]), [[3, 'email']]);
	await admin.expect(200, 'PATCH', `/users/${a.id}`, { login: 'both' });
	assert.deepEqual((await sent([file[0], 'both@example.org,,Company / Sales'])).body.errors.map((e) => [e.row, e.column]), [[2, 'login']]);
});

test('who holds all permissions is no account administrator', async () => {
	const everything = (await admin.all('/roles')).find((r) => r.id === 'account_admin').permissions;
	const role = await owner.expect(201, 'POST', '/roles', { name: 'Everything', permissions: everything });
	const held = [{ role: role.id, departments: [by['/Company'].id] }];
	const made = await owner.expect(201, 'POST', '/users', { login: 'every.thing', department: by['/Company'].id, roles: held });
	const theirs = await apiOf(muster, 'every.thing');
	assert.equal((await theirs.patch(`/users/${by.admin.id}`, { email: 'mine@example.org' })).status, 403);
	assert.equal((await theirs.patch(`/users/${by.maria.id}`, { first_name: 'Maria' })).status, 200);
	assert.equal((await admin.patch(`/users/${made.id}`, { first_name: 'Every' })).status, 200);
	await owner.expect(200, 'PATCH', `/users/${made.id}`, { roles: [] });
	await owner.expect(204, 'DELETE', `/roles/${role.id}`);
});

test('a role that is held elsewhere only is not there', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'held.elsewhere', department: by['/Sales'].id });
	const held = [{ role: 'department_admin', departments: [by['/Engineering'].id] }];
	await owner.expect(200, 'PATCH', `/users/${made.id}`, { roles: held });
	const seen = [await manager.expect(200, 'GET', `/users/${made.id}`), await named(manager, 'held.elsewhere')];
	for (const user of seen) assert.deepEqual(user.roles, [{ role: 'learner', departments: [] }]);
	await owner.expect(200, 'PATCH', `/users/${made.id}`, { roles: [...held, ...seen[0].roles] });
	assert.deepEqual((await admin.expect(200, 'GET', `/users/${made.id}`)).roles, held);
	assert.deepEqual((await (await apiOf(muster, 'held.elsewhere')).expect(200, 'GET', '/me')).roles, held, 'one’s own are');
	await owner.expect(200, 'PATCH', `/users/${made.id}`, { roles: [] });
});

test('a form with more roles than there are is answered like any other', async () => {
	const web = await signedIn(muster, 'dept.admin');
	const { csrf } = await web.get('/users/new');
	const began = Date.now();
	const answer = await web.post('/users', { csrf, login: 'of.many', department: by['/Sales'].id, has_roles: '1', roles: Array(15_000).fill('9') });
	assert.equal(answer.status, 403);
	assert.ok(Date.now() - began < 5000, 'not each of them with the whole form');
});

test('nobody changes somebody who may do more', async () => {
	const boss = await admin.expect(201, 'POST', '/users', { login: 'boss.below', department: by['/Sales EMEA'].id });
	await owner.expect(200, 'PATCH', `/users/${boss.id}`, { roles: [{ role: 'account_admin', departments: [] }] });
	assert.equal((await manager.patch(`/users/${boss.id}`, { email: 'mine@example.org' })).status, 403);
	assert.equal((await admin.patch(`/users/${by.owner.id}`, { email: 'mine@example.org' })).status, 403);
	const page = await (await signedIn(muster, 'dept.admin')).get(`/users/${boss.id}`);
	assert.equal(page.status, 200);
	assert.ok(!page.forms.some((f) => f.fields.some((x) => x.name === 'password')), 'no password for somebody above');
});

test('the last active owner stays one', async () => {
	for (const change of [{ status: 'inactive' }, { roles: [] }, { roles: [{ role: 'account_admin', departments: [] }] }]) {
		const answer = await owner.patch(`/users/${by.owner.id}`, change);
		assert.equal(answer.status, 409, JSON.stringify(change));
		assert.equal(answer.body.errors[0].code, 'locked');
	}
});

test('who stops being active is out at once', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'leaver', department: by['/Sales'].id, roles: [{ role: 'account_admin', departments: [] }] });
	const theirs = await apiOf(muster, 'leaver');
	await theirs.expect(200, 'GET', '/me');
	await admin.expect(200, 'PATCH', `/users/${made.id}`, { status: 'ended' });
	assert.equal((await theirs.get('/me')).status, 401);
});

test('roles and their permissions are listed', async () => {
	const roles = await admin.all('/roles');
	assert.deepEqual(roles.map((r) => r.id), ['owner', 'account_admin', 'department_admin', 'supervisor', 'learner']);
	assert.ok(roles[2].permissions.includes('enroll') && !roles[2].permissions.includes('roles.edit'));
});

// ---- pages

test('the list of users finds, sorts and offers to enroll who is ticked', async () => {
	const page = await web.get('/users');
	assert.equal(page.heading, 'Users');
	const found = await web.submit(page, { field: 'Search users' }, { 'Search users': 'lindq' });
	assert.ok(found.link('Maria Lindqvist'));
	assert.match(found.words, /1 user\b/);
	const form = found.form({ action: '/enroll' });
	assert.deepEqual(form.fields.filter((f) => f.name === 'id').map((f) => [f.value, f.label]), [[by.maria.id, 'Select Maria Lindqvist']]);
	assert.ok(form.buttons.some((b) => b.text === 'Enroll in training'));
	const none = await web.get('/users?q=nobody.at.all');
	assert.match(none.words, /No user matches/);
	const sorted = await web.get('/users?sort=-login&limit=25');
	assert.match(sorted.text, /aria-sort="descending"/);
	const next = await web.get(sorted.link('Next').href);
	assert.match(next.path, /sort=-login.*limit=25.*after=/);
	assert.ok(next.link('Previous'));
	const back = await web.get(next.link('Previous').href);
	assert.deepEqual(back.form({ action: '/enroll' }).fields.filter((f) => f.name === 'id').map((f) => f.value),
		sorted.form({ action: '/enroll' }).fields.filter((f) => f.name === 'id').map((f) => f.value));
});

test('a user’s page has the tabs, the menu and what is known', async () => {
	const page = await web.get(`/users/${by.maria.id}`);
	assert.equal(page.heading, 'Edit user');
	assert.match(page.words, /Maria Lindqvist .*maria .*Company \/ Sales \/ Sales EMEA/);
	assert.equal(page.link('Personal information').href, `/users/${by.maria.id}`);
	assert.equal(page.link('Enrolled Learning').href, `/users/${by.maria.id}/learning`);
	const enroll = page.form({ button: 'Enroll Training' });
	assert.equal(enroll.action, '/enroll');
	assert.equal(enroll.fields.find((f) => f.name === 'user').value, by.maria.id);
	const supervisor = page.form({ field: 'login' }).fields.find((f) => f.name === 'supervisor');
	assert.match(supervisor.label, /^Supervisor \(login\)/);
	assert.equal(supervisor.value, 'sven');
});

test('a refused form keeps what was typed and says what is wrong', async () => {
	const page = await web.get('/users/new');
	const answer = await web.submit(page, { field: 'login' }, { First: '', first_name: 'Ünal', login: 'has space', email: 'nope', department: by['/Support'].id });
	assert.equal(answer.status, 422);
	assert.match(answer.text, /<title>Error: /);
	assert.deepEqual(answer.links.filter((l) => l.href?.startsWith('#') && l.href !== '#main').map((l) => l.href), ['#login', '#email']);
	const form = answer.form({ field: 'login' });
	assert.equal(form.fields.find((f) => f.name === 'first_name').value, 'Ünal');
	assert.equal(form.fields.find((f) => f.name === 'login').value, 'has space');
	assert.equal(form.fields.find((f) => f.name === 'department').value, by['/Support'].id);
	const done = await web.submit(answer, { field: 'login' }, { login: 'unal', email: '' }, { follow: true });
	assert.equal(done.heading, 'Edit user');
	assert.match(done.words, /Ünal was added/);
});

test('two at the same user: the later one is told', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'twice', department: by['/Support'].id });
	const first = await web.get(`/users/${made.id}`);
	await admin.expect(200, 'PATCH', `/users/${made.id}`, { first_name: 'Meanwhile' });
	const answer = await web.submit(first, { field: 'login' }, { last_name: 'Later' });
	assert.equal(answer.status, 409);
	assert.match(answer.words, /Somebody else changed this user/);
	assert.equal((await admin.expect(200, 'GET', `/users/${made.id}`)).last_name, null);
});

test('deactivating asks first, in numbers, and loses nothing of the form', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'goes', first_name: 'Gwen', department: by['/Support'].id });
	const page = await web.get(`/users/${made.id}`);
	const asked = await web.submit(page, { field: 'login' }, { status: 'inactive', last_name: 'Typed' });
	assert.equal(asked.status, 200);
	assert.match(asked.heading, /Gwen .*not be active/);
	assert.match(asked.words, /No enrollment is affected/);
	assert.equal((await admin.expect(200, 'GET', `/users/${made.id}`)).status, 'active');
	const done = await web.submit(asked, { button: 'Make inactive' }, {}, { follow: true });
	assert.equal(done.heading, 'Edit user');
	const now = await admin.expect(200, 'GET', `/users/${made.id}`);
	assert.deepEqual([now.status, now.last_name], ['inactive', 'Typed']);
	await web.submit(done, { button: 'Make active' }, {}, { follow: true });
	assert.equal((await admin.expect(200, 'GET', `/users/${made.id}`)).status, 'active');
});

test('two tabs: the later one is told what stands there now, at each field', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'two.tabs', department: by['/Support'].id, fields: { job_title: 'Clerk' } });
	const late = await web.get(`/users/${made.id}`);
	assert.equal((await web.submit(await web.get(`/users/${made.id}`), { field: 'login' }, { 'fields.job_title': 'Head' })).status, 303);
	const told = await web.submit(late, { field: 'login' }, { first_name: 'Ann' });
	assert.equal(told.status, 409);
	assert.match(told.text, /id="fields\.job_title-error"[^]{0,80}Now “Head”/);
	assert.match(told.text, /id="first_name-error"[^]{0,80}Empty now/);
	assert.doesNotMatch(told.text, /id="last_name-error"|id="department-error"|id="status-error"/);
	assert.equal((await web.submit(told, { field: 'login' }, { 'fields.job_title': 'Head' })).status, 303);
	const now = await admin.expect(200, 'GET', `/users/${made.id}`);
	assert.deepEqual([now.first_name, now.fields.job_title], ['Ann', 'Head']);
});

test('a temporary password lets somebody in, and the old one no longer', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'pass.word', department: by['/Support'].id });
	const page = await web.get(`/users/${made.id}`);
	const short = await web.submit(page, { action: /\/password$/ }, { password: 'short' });
	assert.equal(short.status, 422);
	assert.ok(short.links.some((l) => l.href === '#password'));
	await web.submit(page, { action: /\/password$/ }, { password: 'a first pass phrase' }, { follow: true });
	const theirs = await signedIn(muster, 'pass.word', 'a first pass phrase');
	await web.submit(page, { action: /\/password$/ }, { password: 'a second pass phrase' }, { follow: true });
	assert.match((await theirs.get('/users')).path, /^\/login/, 'signed out everywhere');
	await signedIn(muster, 'pass.word', 'a second pass phrase');
});

test('a temporary password ends API tokens, and is not set to see through the eyes of others', async () => {
	const dana = await signedIn(muster, 'dept.admin');
	const field = async (id) => (await dana.get(`/users/${id}`)).forms.some((f) => /\/password$/.test(f.action));
	const set = async (id) => dana.post(`/users/${id}/password`, { csrf: (await dana.get('/users')).csrf, password: 'to look around with' });
	const sales = by.maria.department;
	const one = await admin.expect(201, 'POST', '/users', { login: 'with.token', department: sales });
	const theirs = await apiOf(muster, 'with.token');
	assert.ok(await field(one.id));
	assert.equal((await set(one.id)).status, 303);
	assert.equal((await theirs.get('/me')).status, 401, 'the token has ended');
	// Who leads somebody elsewhere.
	const boss = await admin.expect(201, 'POST', '/users', { login: 'leads.elsewhere', department: sales });
	assert.ok(await field(boss.id));
	const led = await admin.expect(201, 'POST', '/users', { login: 'is.led', department: by['/Support'].id, supervisor: boss.id });
	assert.ok(!(await field(boss.id)));
	assert.equal((await set(boss.id)).status, 403);
});

// Few whom the administrator does not see are asked otherwise than many.
for (const crowd of [0, 2500])
	test(`nor where somebody else is taught: ${crowd} more people`, async () => {
		const there = crowd ? await startMuster({ demo: true, seed: { users: crowd, departments: 20, trainings: 0, enrollments: 0, seed: 3 } }) : muster;
		const api = await apiOf(there, 'admin'), dana = await signedIn(there, 'dept.admin');
		const field = async (id) => (await dana.get(`/users/${id}`)).forms.some((f) => /\/password$/.test(f.action));
		const [maria, omar] = await Promise.all(['maria', 'omar'].map(async (q) => (await api.expect(200, 'GET', `/users?q=${q}`)).items[0]));
		for (const role of ['instructor', 'organizer']) {
			const teacher = await api.expect(201, 'POST', '/users', { login: `is.${role}`, department: maria.department });
			const t = await api.expect(201, 'POST', '/trainings', {
				title: `By the ${role}`,
				...(role === 'organizer' ? { organizer: teacher.id } : {}),
				sessions: [{ title: 'One', instructor_user: role === 'instructor' ? teacher.id : null, days: [{ start: '2031-03-01T09:00', duration: 3600, time_zone: 'Europe/Berlin' }] }],
			});
			const enroll = (user) => api.expect(201, 'POST', '/enrollments', { audience: { users: [user.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
			await enroll(maria);
			assert.ok(await field(teacher.id));
			await enroll(omar);
			assert.ok(!(await field(teacher.id)), role);
			const refused = await dana.post(`/users/${teacher.id}/password`, { csrf: (await dana.get('/users')).csrf, password: 'to look around with' });
			assert.equal(refused.status, 403);
			assert.match(refused.words, /an account administrator sets the password/);
		}
	});

test('out of scope is not there, and a supervisor only looks', async () => {
	const dana = await signedIn(muster, 'dept.admin'), sven = await signedIn(muster, 'sven');
	assert.equal((await dana.get(`/users/${by.omar.id}`)).status, 404);
	assert.ok(!(await dana.get('/users')).words.includes('Engineering'));
	assert.ok(!(await dana.get(`/users/${by.maria.id}`)).text.includes('Company'), 'not even the name of what lies above');
	const looked = await sven.get(`/users/${by.maria.id}`);
	assert.equal(looked.status, 200);
	assert.ok(!looked.forms.some((f) => f.fields.some((x) => x.name === 'login')));
	assert.equal((await sven.post(`/users/${by.maria.id}`, { csrf: looked.csrf, first_name: 'X' })).status, 403);
	assert.equal((await web.post(`/users/${by.maria.id}`, { first_name: 'X' })).status, 403, 'without the token of the form');
});

test('roles are given on the page', async () => {
	const made = await admin.expect(201, 'POST', '/users', { login: 'page.role', department: by['/Support'].id });
	const page = await web.get(`/users/${made.id}`);
	assert.ok(!page.form({ field: 'login' }).fields.some((f) => f.name === 'roles' && f.value === 'owner'), 'an administrator makes no owners');
	const without = await web.submit(page, { field: 'login' }, { roles: 'department_admin' });
	assert.equal(without.status, 422);
	assert.ok(without.links.some((l) => l.href === '#departments_department_admin'));
	await web.submit(page, { field: 'login' }, { roles: 'department_admin', departments_department_admin: [by['/Support'].id] });
	const now = await admin.expect(200, 'GET', `/users/${made.id}`);
	assert.deepEqual(now.roles, [{ role: 'department_admin', departments: [by['/Support'].id] }]);
});

test('profile fields of one’s own', async () => {
	const page = await web.get('/users/fields');
	assert.equal((await web.submit(page, { button: 'Add field' }, { label: 'job title' })).status, 422);
	const added = await web.submit(page, { button: 'Add field' }, { label: 'Cost center' }, { follow: true });
	assert.match(added.words, /Cost center cost_center · Nobody has a value/);
	const made = await admin.expect(201, 'POST', '/users', { login: 'costs', department: by['/Support'].id, fields: { cost_center: '4711' } });
	assert.equal(made.fields.cost_center, '4711');
	const list = await web.get('/users/fields');
	const row = list.forms.find((f) => f.fields.some((x) => x.value === 'Cost center'));
	const field = row.fields.find((f) => f.name === 'field').value;
	const renamed = await web.post('/users/fields', { csrf: list.csrf, field, [`label_${field}`]: 'Cost unit', do: 'rename' }, { follow: true });
	assert.match(renamed.words, /Cost unit cost_center · 1 user has a value/);
	await web.post('/users/fields', { csrf: list.csrf, field, do: 'delete' });
	assert.ok(!('cost_center' in (await admin.expect(200, 'GET', `/users/${made.id}`)).fields));
	assert.equal((await web.post('/users/fields', { csrf: list.csrf, field: '1', do: 'delete' })).status, 404, 'built-in ones stay');
	assert.equal((await (await signedIn(muster, 'dept.admin')).get('/users/fields')).status, 403);
});

test('every change left its entry', async () => {
	const made = await named(admin, 'patch.me');
	const items = (await admin.all('/audit')).filter((i) => i.action.startsWith('user.'));
	assert.ok(items.some((i) => i.action === 'user.create' && JSON.stringify(i.after).includes('patch.me')));
	const update = items.find((i) => i.action === 'user.update' && JSON.stringify(i.after).includes('Chüng'));
	assert.ok(update && JSON.stringify(update.object).includes(made.id));
	assert.ok(!JSON.stringify(update.after).includes('patch.me'), 'only what changed');
});
