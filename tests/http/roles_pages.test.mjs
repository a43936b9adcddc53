// The pages of roles, roles on the page of a user, and the page that says what somebody sees and does, and why.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { newTraining, newUser } from '../lib/organization.mjs';
import * as people from '../lib/people.mjs';
import { coordinator, setPassword } from '../lib/people.mjs';

let muster, owner, admin, web;
const by = {}; // users by login, departments by "/name"

const id = (name) => by[`/${name}`].id;

const newRole = (permissions, more) => people.newRole(owner, permissions, more);
// `roles`: [[role, names of departments], …].
const member = (roles, home = 'Sales EMEA') =>
	people.newMember(
		muster,
		owner,
		id(home),
		roles.map(([role, names]) => [role, names.map(id)]),
	);

before(async () => {
	muster = await startMuster({ demo: true });
	[owner, admin] = await Promise.all(['owner', 'admin'].map((login) => apiOf(muster, login)));
	web = await signedIn(muster, 'admin');
	for (const d of await owner.all('/departments')) by[`/${d.name}`] = d;
	for (const u of await owner.all('/users')) by[u.login] = u;
});

// ---- roles

test('a role is made and changed on its page, where what was typed comes back', async () => {
	const list = await web.get('/roles');
	assert.match(list.words, /Department administrator Built in/);
	const form = await web.get(list.link('New role').href);
	const refused = await web.submit(form, { button: 'Add role' }, { name: 'Learner', permissions: ['enroll'] });
	assert.equal(refused.status, 422);
	assert.ok(refused.links.some((l) => l.href === '#name'));
	const kept = refused.form({ button: 'Add role' }).fields;
	assert.equal(kept.find((f) => f.name === 'name').value, 'Learner');
	assert.deepEqual(
		kept.filter((f) => f.name === 'permissions' && f.checked).map((f) => f.value),
		['enroll'],
	);
	const empty = await web.submit(form, { button: 'Add role' }, { name: 'Desk lead', permissions: null });
	assert.equal(empty.status, 422);
	assert.ok(empty.links.some((l) => l.href === '#permissions'));
	const made = await web.submit(
		form,
		{ button: 'Add role' },
		{ name: 'Desk lead', permissions: ['enroll', 'results'] },
		{ follow: true },
	);
	assert.equal(made.heading, 'Desk lead');
	assert.deepEqual(
		made
			.form({ button: 'Save' })
			.fields.filter((f) => f.name === 'permissions' && f.checked)
			.map((f) => f.value)
			.toSorted(),
		['enroll', 'results', 'trainings.view', 'users.view'],
	);
	// Two at a time: the second is told.
	const again = await web.get(made.path);
	await web.submit(made, { button: 'Save' }, { name: 'Desk leads' });
	assert.equal((await web.submit(again, { button: 'Save' }, { name: 'Leads of desks' })).status, 409);
	const gone = await web.submit(await web.get(made.path), { button: 'Delete role' }, {}, { follow: true });
	assert.match(gone.words, /The role Desk leads was deleted/);
	assert.doesNotMatch(gone.words, /Desk lead .*View users/);
});

test('the page of a role says who holds it, and a held one cannot be deleted there', async () => {
	const role = await newRole(coordinator);
	const { user } = await member([[role, ['Support', 'Sales EMEA']]]);
	const page = await web.get(`/roles/${role.id}`);
	assert.match(page.words, new RegExp(`1 user holds this role[^]*${user.last_name}[^]*Sales EMEA, Support`));
	assert.ok(!page.forms.some((f) => f.buttons.some((b) => b.text === 'Delete role')));
	const answer = await web.post(`/roles/${role.id}/delete`, { csrf: page.csrf });
	assert.equal(answer.status, 409);
	assert.match(answer.words, new RegExp(`held by ${user.first_name} ${user.last_name}`));
	assert.match(
		(await web.get('/roles')).words,
		new RegExp(`${role.name}[^]*View users, View trainings, Create trainings, Enroll 1`),
	);
});

test('several roles are given on the page of a user, each with its departments', async () => {
	const [one, two] = [await newRole(coordinator), await newRole(['reports'])];
	const user = await newUser(owner, id('Support'));
	const page = await web.get(`/users/${user.id}`);
	const given = await web.submit(
		page,
		{ field: 'login' },
		{
			roles: [one.id, two.id],
			[`departments_${one.id}`]: [id('Support'), id('Sales EMEA')],
			[`departments_${two.id}`]: [id('Sales')],
		},
	);
	assert.equal(given.status, 303);
	const { roles } = await owner.expect(200, 'GET', `/users/${user.id}`);
	assert.deepEqual(
		roles.map((r) => [r.role, new Set(r.departments)]),
		[
			[one.id, new Set([id('Support'), id('Sales EMEA')])],
			[two.id, new Set([id('Sales')])],
		],
	);
	// The same form again changes nothing; one box less takes one department away.
	const now = await web.get(`/users/${user.id}`);
	await web.submit(now, { field: 'login' });
	assert.deepEqual((await owner.expect(200, 'GET', `/users/${user.id}`)).roles, roles);
	const none = await web.submit(
		await web.get(`/users/${user.id}`),
		{ field: 'login' },
		{ [`departments_${two.id}`]: null },
	);
	assert.equal(none.status, 422);
	assert.ok(none.links.some((l) => l.href === `#departments_${two.id}`));
	assert.equal(
		none.form({ field: 'login' }).fields.filter((f) => f.name === `departments_${one.id}` && f.checked).length,
		2,
	);
});

test('who gives roles in some departments is offered only what can be given', async () => {
	const giver = await newRole(['roles.edit', 'enroll']);
	const [desk, above] = [await newRole(['enroll']), await newRole(['settings'])];
	const { user } = await member([[giver, ['Sales EMEA']]]);
	await setPassword(muster, user);
	const reader = await signedIn(muster, user.login);
	const page = await reader.get(`/users/${by.maria.id}`);
	const { fields } = page.form({ field: 'login' });
	const offered = fields.filter((f) => f.name === 'roles').map((f) => f.value);
	assert.ok(offered.includes(desk.id) && offered.includes(giver.id));
	for (const not of [above.id, 'owner', 'account_admin', 'department_admin'])
		assert.ok(!offered.includes(not), not);
	assert.deepEqual(
		fields.filter((f) => f.name === `departments_${desk.id}`).map((f) => f.value),
		[id('Sales EMEA')],
	);
	// They read roles, and do not make them.
	const roles = await reader.get('/roles');
	assert.ok(!roles.links.some((l) => l.text === 'New role'));
	assert.equal((await reader.get('/roles/new')).status, 403);
	assert.ok(!(await reader.get(`/roles/${desk.id}`)).forms.some((f) => f.buttons.some((b) => b.text === 'Save')));
	const csrf = roles.csrf;
	assert.equal((await reader.post('/roles', { csrf, name: 'Mine', permissions: 'enroll' })).status, 403);
	assert.equal(
		(await reader.post(`/roles/${giver.id}`, { csrf, name: 'Mine', permissions: 'enroll' })).status,
		403,
	);
});

// ---- what somebody sees and does, and why

test('Access says what, where, by which role, and how many', async () => {
	const [one, two] = [
		await newRole(coordinator, { name: 'Coordinator of two' }),
		await newRole(['results', 'over'], { name: 'Recorder' }),
	];
	const { user } = await member([
		[one, ['Sales EMEA', 'Support']],
		[two, ['Sales']],
	]);
	const page = await web.get(`/users/${user.id}/access`);
	assert.equal(page.heading, 'Edit user');
	const below = async (name) => (await owner.all(`/users?department=${id(name)}`, 1000)).length;
	const [emea, support, sales] = [await below('Sales EMEA'), await below('Support'), await below('Sales')];
	const two_places = 'Company / Sales / Sales EMEA and below Company / Support and below Coordinator of two';
	const says = (line) => assert.match(page.words, new RegExp(line));
	says(`Enroll Enroll users[^.]*\\. ${two_places} Company / Sales and below Recorder ${sales + support}\\b`);
	says(`Create trainings Create[^.]*\\. ${two_places} ${emea + support}\\b`);
	assert.match(page.words, /Exceed capacity[^.]*\. The whole account Recorder/);
	assert.match(page.words, /View trainings[^.]*\. The whole account Coordinator of two The whole account Recorder/);
	assert.doesNotMatch(page.words, /Account settings|Edit users/);
});

test('Access names what follows from other things than roles', async () => {
	const sven = await web.get(`/users/${by.sven.id}/access`);
	assert.match(sven.words, /Sees enrollments and results of 1 person below, as supervisor/);
	assert.match(sven.words, /No permissions/);
	const t = await newTraining(muster, admin, [{ instructor_user: by.omar.id }], {
		organizer: by.sven.id,
		title: 'By Sven',
	});
	assert.match(
		(await web.get(`/users/${by.sven.id}/access`)).words,
		new RegExp(`${t.title} · Organizer: sees all participants`),
	);
	assert.match(
		(await web.get(`/users/${by.omar.id}/access`)).words,
		new RegExp(`${t.title} · Instructor of 1 session`),
	);
	assert.match((await web.get(`/users/${by.owner.id}/access`)).words, /Metrics[^.]*\. The whole account Owner/);
	assert.match((await web.get(`/users/${by.inactive.id}/access`)).words, /is not active and cannot sign in/);
});

test('Access is for the user and for who gives roles there, and shows no more than these see', async () => {
	const own = await signedIn(muster, 'maria');
	const settings = await own.get('/settings');
	const page = await own.get(settings.link('What you can see and do').href);
	assert.equal(page.status, 200);
	assert.equal(page.heading, 'What you can see and do');
	assert.equal((await own.get(`/users/${by.sven.id}/access`)).status, 404);
	const manager = await signedIn(muster, 'dept.admin');
	assert.equal((await manager.get(`/users/${by.maria.id}/access`)).status, 404, 'gives no roles');
	assert.equal((await manager.get(`/users/${by['dept.admin'].id}/access`)).heading, 'Edit user');

	const giver = await newRole(['roles.edit']);
	const { user: target } = await member([
		[await newRole(['users.view'], { name: 'Two places' }), ['Sales EMEA', 'Engineering']],
	]);
	const { user } = await member([[giver, ['Sales EMEA']]]);
	await setPassword(muster, user);
	const reader = await signedIn(muster, user.login);
	const seen = await reader.get(`/users/${target.id}/access`);
	const count = (await owner.all(`/users?department=${id('Sales EMEA')}`, 1000)).length;
	assert.match(seen.words, new RegExp(`Sales EMEA and below Two places ${count}\\b`));
	assert.doesNotMatch(seen.words, /Engineering|Company/);
	assert.equal((await reader.get(`/users/${by.omar.id}/access`)).status, 404);
});

// ---- the shell

test('the navigation shows what the role opens, and the menu says its name', async () => {
	const items = (page) => page.links.map((l) => l.text);
	const visit = async (role) => {
		const { user } = await member([[role, ['Support']]]);
		await setPassword(muster, user);
		return (await signedIn(muster, user.login)).get('/');
	};
	const home = await visit(await newRole(coordinator, { name: 'Regional coordinator' }));
	for (const item of ['Home', 'Users', 'Trainings', 'Calendar', 'Settings', 'Notifications'])
		assert.ok(items(home).includes(item), item);
	for (const item of ['Departments', 'Groups', 'Roles', 'Reports', 'Outbox', 'Audit'])
		assert.ok(!items(home).includes(item), item);
	assert.match(home.words, /Regional coordinator/);
	const office = await visit(
		await newRole(['departments.edit', 'groups.edit', 'audit', 'outbox', 'reports', 'roles.edit']),
	);
	for (const item of ['Departments', 'Groups', 'Roles', 'Reports', 'Outbox', 'Audit'])
		assert.ok(items(office).includes(item), item);
	const reader = await signedIn(muster, 'admin');
	assert.ok(items(await reader.get('/')).includes('Roles'));
});
