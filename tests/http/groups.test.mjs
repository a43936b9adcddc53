// Groups, as pages and as REST: listed and smart ones, and what of them somebody sees who manages a part.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, admin, manager, web;
const by = {};
const codes = (answer) => Object.fromEntries(answer.body.errors.map((e) => [e.field, e.code]));
const found = async (rule) => {
	const made = await admin.expect(201, 'POST', '/groups', { name: `rule ${JSON.stringify(rule)}`.slice(0, 250), rule });
	const { id, members } = made;
	assert.deepEqual(made.rule, rule);
	await admin.expect(204, 'DELETE', `/groups/${id}`);
	return members;
};

before(async () => {
	muster = await startMuster({ demo: true });
	[admin, manager] = await Promise.all([apiOf(muster, 'admin'), apiOf(muster, 'dept.admin')]);
	web = await signedIn(muster, 'admin');
	for (const user of await admin.all('/users')) by[user.login] = user;
	for (const d of await admin.all('/departments')) by[`/${d.name}`] = d;
});

test('a listed group is made, changed and deleted', async () => {
	const made = await admin.expect(201, 'POST', '/groups', { name: 'Drivers', members: [by.omar.id, by.maria.id, by.maria.id] });
	assert.deepEqual(made, { id: made.id, name: 'Drivers', members: [by.maria.id, by.omar.id], rule: null }, 'by name, each once');
	const changed = await admin.expect(200, 'PATCH', `/groups/${made.id}`, { members: [by.sven.id] });
	assert.deepEqual(changed, { ...made, members: [by.sven.id] });
	assert.deepEqual((await admin.expect(200, 'PATCH', `/groups/${made.id}`, { name: 'Chauffeurs' })).members, [by.sven.id]);
	await admin.expect(204, 'DELETE', `/groups/${made.id}`);
	assert.equal((await admin.patch(`/groups/${made.id}`, { name: 'x' })).status, 404);
});

test('what is wrong is said', async () => {
	assert.deepEqual(codes(await admin.post('/groups', {})), { name: 'required' });
	assert.deepEqual(codes(await admin.post('/groups', { name: 'FIRST AID' })), { name: 'duplicate' });
	assert.deepEqual(codes(await admin.post('/groups', { name: 'x'.repeat(256) })), { name: 'too_long' });
	assert.deepEqual(codes(await admin.post('/groups', { name: 'Ghosts', members: [by.omar.id, '99999'] })), { 'members[1]': 'not_found' });
	assert.deepEqual(codes(await admin.post('/groups', { name: 'Both', members: [by.omar.id], rule: [{ field: 'status', op: 'is', value: 'active' }] })), { members: 'invalid' });
	const bad = (rule) => admin.post('/groups', { name: 'Bad rule', rule: [rule] }).then(codes);
	assert.deepEqual(await bad({ field: 'shoe_size', op: 'is', value: '43' }), { 'rule[0].field': 'not_found' });
	assert.deepEqual(await bad({ field: 'login', op: 'before', value: 'a' }), { 'rule[0].op': 'invalid' });
	assert.deepEqual(await bad({ field: 'login', op: 'is' }), { 'rule[0].value': 'invalid' });
	assert.deepEqual(await bad({ field: 'department', op: 'is', value: '99999' }), { 'rule[0].value': 'not_found' });
	assert.deepEqual(await bad({ field: 'status', op: 'is', value: 'asleep' }), { 'rule[0].value': 'not_found' });
	assert.deepEqual(await bad({ op: 'is', value: 'x', mood: 1 }), { 'rule[0].field': 'required', 'rule[0].mood': 'unknown_member' });
	assert.ok(!(await admin.all('/groups')).some((g) => g.name === 'Bad rule'));
});

test('a smart group is always up to date', async () => {
	const rule = [{ field: 'job_title', op: 'contains', value: 'ASTRO' }, { field: 'status', op: 'is', value: 'active' }];
	const made = await admin.expect(201, 'POST', '/groups', { name: 'Space', rule });
	assert.deepEqual(made.members, []);
	await admin.expect(200, 'PATCH', `/users/${by.omar.id}`, { fields: { job_title: 'Chief astronaut' } });
	const now = async () => (await admin.all('/groups')).find((g) => g.id === made.id);
	assert.deepEqual((await now()).members, [by.omar.id]);
	await admin.expect(200, 'PATCH', `/users/${by.omar.id}`, { fields: { job_title: null } });
	assert.deepEqual((await now()).members, []);
	const listed = await admin.expect(200, 'PATCH', `/groups/${made.id}`, { rule: null, members: [by.sven.id] });
	assert.deepEqual([listed.rule, listed.members], [null, [by.sven.id]]);
});

test('each comparison finds whom it should', async () => {
	const all = await admin.all('/users');
	const ids = (fits) => all.filter(fits).map((u) => u.id).sort();
	const same = async (rule, fits, words) => assert.deepEqual((await found(rule)).sort(), ids(fits), words ?? JSON.stringify(rule));
	const sales = ['/Sales', '/Sales EMEA', '/Sales Americas'].map((d) => by[d].id);
	await same([{ field: 'login', op: 'is', value: 'MARIA' }], (u) => u.login === 'maria');
	await same([{ field: 'login', op: 'is_not', value: 'maria' }], (u) => u.login !== 'maria');
	await same([{ field: 'login', op: 'in', value: ['maria', 'omar'] }], (u) => ['maria', 'omar'].includes(u.login));
	await same([{ field: 'login', op: 'starts_with', value: 'ma' }], (u) => u.login.startsWith('ma'));
	await same([{ field: 'last_name', op: 'contains', value: 'dqv' }], (u) => u.last_name?.includes('dqv'));
	await same([{ field: 'first_name', op: 'is', value: 'Omár' }], (u) => u.first_name === 'Omar', 'accents do not matter');
	await same([{ field: 'email', op: 'empty', value: null }], (u) => u.email === null);
	await same([{ field: 'email', op: 'contains', value: 'm_ria' }], () => false, 'a wildcard is a letter');
	await same([{ field: 'status', op: 'in', value: ['inactive', 'ended'] }], (u) => u.status !== 'active');
	await same([{ field: 'department', op: 'is', value: by['/Sales'].id }], (u) => u.department === by['/Sales'].id);
	await same([{ field: 'department', op: 'starts_with', value: by['/Sales'].id }], (u) => sales.includes(u.department));
	await same([{ field: 'department', op: 'is_not', value: by['/Sales'].id }], (u) => u.department !== by['/Sales'].id);
	await same([{ field: 'role', op: 'is', value: 'department_admin' }], (u) => u.roles.some((r) => r.role === 'department_admin'));
	await same([{ field: 'role', op: 'is', value: 'supervisor' }], (u) => u.roles.some((r) => r.role === 'supervisor'));
	const aid = (await admin.all('/groups')).find((g) => g.name === 'First aid');
	await same([{ field: 'group', op: 'is', value: aid.id }], (u) => aid.members.includes(u.id));
	await same([{ field: 'group', op: 'is_not', value: aid.id }, { field: 'status', op: 'is', value: 'active' }], (u) => !aid.members.includes(u.id) && u.status === 'active');
	await admin.expect(200, 'PATCH', `/users/${by.maria.id}`, { fields: { hire_date: '2020-05-01' } });
	assert.ok((await found([{ field: 'hire_date', op: 'before', value: '2020-05-02' }, { field: 'login', op: 'is', value: 'maria' }])).includes(by.maria.id));
	assert.deepEqual(await found([{ field: 'hire_date', op: 'after', value: '2020-05-01' }, { field: 'login', op: 'is', value: 'maria' }]), []);
});

test('the page takes and shows departments, groups, roles and statuses by their names', async () => {
	const group = await web.submit(await web.get('/groups'), { button: 'Add group' }, { name: 'By names' }, { follow: true });
	const typed = { field_0: 'department', op_0: 'starts_with', value_0: 'company / SALES', field_1: 'role', op_1: 'is', value_1: 'learner' };
	const saved = await web.submit(group, { field: 'field_0' }, { kind: 'rule', ...typed }, { follow: true });
	const more = await web.submit(saved, { field: 'field_0' }, { field_2: 'status', op_2: 'is', value_2: 'Active', field_3: 'group', op_3: 'is', value_3: 'first aid' }, { follow: true });
	const sales = by.maria.department && (await admin.all('/departments')).find((d) => d.name === 'Sales').id;
	const aid = (await admin.all('/groups')).find((g) => g.name === 'First aid').id;
	const made = (await admin.all('/groups')).find((g) => g.name === 'By names');
	assert.deepEqual(made.rule.map((c) => c.value), [sales, 'learner', 'active', aid]);
	const shown = more.form({ field: 'field_0' }).fields.filter((f) => /^value_/.test(f.name)).map((f) => f.value);
	assert.deepEqual(shown.slice(0, 4), ['Company / Sales', 'Learner', 'Active', 'First aid']);
	const wrong = await web.submit(more, { field: 'field_0' }, { value_0: 'Company / Nowhere' });
	assert.equal(wrong.status, 422);
	assert.equal(wrong.form({ field: 'field_0' }).fields.find((f) => f.name === 'value_0').value, 'Company / Nowhere');
	await admin.expect(204, 'DELETE', `/groups/${made.id}`);
});

test('a manager sees the groups of the own people, and of them only those', async () => {
	const mixed = await admin.expect(201, 'POST', '/groups', { name: 'Mixed', members: [by.maria.id, by.omar.id] });
	const foreign = await admin.expect(201, 'POST', '/groups', { name: 'Foreign', members: [by.omar.id] });
	const smart = await admin.expect(201, 'POST', '/groups', { name: 'Everybody', rule: [{ field: 'login', op: 'in', value: ['maria', 'omar'] }] });
	const seen = Object.fromEntries((await manager.all('/groups')).map((g) => [g.id, g]));
	assert.deepEqual(seen[mixed.id].members, [by.maria.id]);
	assert.equal(seen[foreign.id], undefined);
	assert.deepEqual([seen[smart.id].members, seen[smart.id].rule], [[by.maria.id], null]);
	assert.equal((await manager.patch(`/groups/${mixed.id}`, { name: 'Mine' })).status, 403);
	const dana = await signedIn(muster, 'dept.admin');
	assert.equal((await dana.get(`/groups/${foreign.id}`)).status, 404);
	const page = await dana.get(`/groups/${mixed.id}`);
	assert.ok(page.words.includes('Maria Lindqvist') && !page.words.includes('Omar'));
	assert.match(page.words, /1 member\b/);
	assert.ok(!(await dana.get('/groups')).words.includes('Foreign'));
});

test('the pages make groups, add and remove members, and set rules', async () => {
	const refused = await web.submit(await web.get('/groups'), { button: 'Add group' }, { name: ' ' });
	assert.equal(refused.status, 422);
	const group = await web.submit(refused, { button: 'Add group' }, { name: 'Choir' }, { follow: true });
	assert.equal(group.heading, 'Choir');
	const unknown = await web.submit(group, { button: 'Add member' }, { member: 'no.such.login' });
	assert.equal(unknown.status, 422);
	assert.equal(unknown.form({ button: 'Add member' }).fields.find((f) => f.name === 'member').value, 'no.such.login');
	const added = await web.submit(unknown, { button: 'Add member' }, { member: by.maria.email.toUpperCase() }, { follow: true });
	assert.match(added.words, /Maria Lindqvist was added/);
	assert.ok(added.link('Maria Lindqvist'));
	const removed = await web.submit(added, { button: 'Remove' }, {}, { follow: true });
	assert.match(removed.words, /Maria Lindqvist was removed.*No members/);
	const words = Object.fromEntries(removed.form({ field: 'field_0' }).fields.find((f) => f.name === 'field_0').options.map((o) => [o.value, o.text]));
	assert.deepEqual([words.group, words.role, words.job_title], ['Group', 'Role', 'Job title']);
	const bad = await web.submit(removed, { field: 'field_0' }, { kind: 'rule', field_0: 'status', op_0: 'is', value_0: 'asleep' });
	assert.equal(bad.status, 422);
	assert.ok(bad.links.some((l) => l.href === '#value_0'));
	const ruled = await web.submit(bad, { field: 'field_0' }, { value_0: 'active', field_1: 'login', op_1: 'in', value_1: 'maria, omar' }, { follow: true });
	assert.match(ruled.words, /2 members Smart group/);
	assert.ok(ruled.link('Omar Haddad'));
	const gone = await web.submit(ruled, { button: 'Delete this group' }, {}, { follow: true });
	assert.match(gone.words, /Choir was deleted/);
});
