// Custom roles: made, changed, deleted, held; nobody gives what they do not hold; R11 for their members.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { assertSound, dayAt, newTraining, newUser } from '../lib/organization.mjs';
import * as people from '../lib/people.mjs';
import { coordinator } from '../lib/people.mjs';

let muster, owner, admin;
const by = {}; // users by login, departments by "/name"

const codes = (answer) => Object.fromEntries(answer.body.errors.map((e) => [e.field, e.code]));
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
	for (const d of await owner.all('/departments')) by[`/${d.name}`] = d;
	for (const u of await owner.all('/users')) by[u.login] = u;
});

// ---- the role itself

test('a role is made, read, changed and deleted, and every change leaves its entry', async () => {
	const made = await admin.expect(201, 'POST', '/roles', {
		name: '  Training desk ',
		permissions: ['enroll', 'users.view', 'trainings.view'],
	});
	assert.deepEqual(made, {
		id: made.id,
		name: 'Training desk',
		permissions: ['users.view', 'trainings.view', 'enroll'],
	});
	assert.deepEqual(await admin.expect(200, 'GET', `/roles/${made.id}`), made);
	assert.ok((await admin.all('/roles')).some((r) => r.id === made.id));
	const renamed = await admin.expect(200, 'PATCH', `/roles/${made.id}`, { name: 'Help desk' });
	assert.deepEqual(renamed, { ...made, name: 'Help desk' });
	const wider = await admin.expect(200, 'PATCH', `/roles/${made.id}`, { permissions: ['reports'] });
	assert.deepEqual(wider.permissions, ['users.view', 'trainings.view', 'reports']);
	assert.equal((await admin.delete(`/roles/${made.id}`)).status, 204);
	assert.equal((await admin.get(`/roles/${made.id}`)).status, 404);
	const trail = (await admin.all('/audit')).filter((e) => e.object === `role/${made.id}`);
	assert.deepEqual(trail.map((e) => e.action).sort(), ['role.create', 'role.delete', 'role.update', 'role.update']);
	assert.match(
		JSON.stringify(trail.find((e) => e.action === 'role.create').after),
		/users\.view trainings\.view enroll/,
	);
});

test('what a permission cannot do without comes with it', async () => {
	assert.deepEqual((await newRole(['roles.edit'])).permissions, ['users.view', 'users.edit', 'roles.edit']);
	assert.deepEqual((await newRole(['over'])).permissions, ['users.view', 'trainings.view', 'enroll', 'over']);
	assert.deepEqual((await newRole(['metrics'])).permissions, ['metrics']);
});

test('a role has a name of its own and at least one permission that there is', async () => {
	const bad = (body) => admin.post('/roles', body);
	assert.deepEqual(codes(await bad({})), { name: 'required', permissions: 'required' });
	assert.deepEqual(codes(await bad({ name: ' ', permissions: [] })), {
		name: 'required',
		permissions: 'required',
	});
	assert.deepEqual(codes(await bad({ name: 'x'.repeat(101), permissions: ['fly', 'enroll'] })), {
		name: 'too_long',
		'permissions[0]': 'invalid',
	});
	assert.deepEqual(codes(await bad({ name: 'x', permissions: ['enroll'], scoped: false })), {
		scoped: 'unknown_member',
	});
	const { name } = await newRole(['reports']);
	for (const taken of [name.toUpperCase(), 'department ADMINISTRATOR', 'Owner'])
		assert.deepEqual(codes(await bad({ name: taken, permissions: ['reports'] })), { name: 'duplicate' }, taken);
});

test('built-in roles stay as they are', async () => {
	for (const role of ['owner', 'account_admin', 'department_admin', 'supervisor', 'learner']) {
		const there = await owner.expect(200, 'GET', `/roles/${role}`);
		assert.equal((await owner.patch(`/roles/${role}`, { permissions: ['enroll'] })).status, 409, role);
		assert.equal((await owner.delete(`/roles/${role}`)).status, 409, role);
		assert.deepEqual(await owner.expect(200, 'GET', `/roles/${role}`), there);
	}
	assert.equal((await owner.get('/roles/3')).status, 404, 'a role has one id');
	assert.equal((await owner.patch('/roles/987654', { name: 'x' })).status, 404);
});

test('a role that somebody holds is not deleted, and the answer names them', async () => {
	const role = await newRole(['users.view']);
	const { user } = await member([[role, ['Support']]]);
	const answer = await admin.delete(`/roles/${role.id}`);
	assert.equal(answer.status, 409);
	assert.equal(answer.body.errors[0].code, 'locked');
	assert.match(answer.body.errors[0].message, new RegExp(user.last_name));
	await owner.expect(200, 'PATCH', `/users/${user.id}`, { roles: [] });
	assert.equal((await admin.delete(`/roles/${role.id}`)).status, 204);
});

test('a change of a role counts at once for those who hold it', async () => {
	const role = await newRole(['users.view']);
	const { api } = await member([[role, ['Support']]]);
	assert.equal((await api.post('/trainings', { title: 'Too early' })).status, 403);
	assert.equal((await api.get('/reports/attendance?group_by=training')).status, 403);
	await owner.expect(200, 'PATCH', `/roles/${role.id}`, { permissions: ['trainings.create', 'reports'] });
	assert.equal((await api.post('/trainings', { title: 'In time' })).status, 201);
	assert.equal((await api.get('/reports/attendance?group_by=training')).status, 200);
	await owner.expect(200, 'PATCH', `/roles/${role.id}`, { permissions: ['users.view'] });
	assert.equal((await api.post('/trainings', { title: 'Too late' })).status, 403);
	await assertSound(muster);
});

// ---- several roles a user

test('each of several roles counts for its own departments', async () => {
	const [looks, enrolls] = [await newRole(['users.view']), await newRole(['enroll'])];
	const roles = [
		[looks, ['Sales']],
		[enrolls, ['Support', 'Sales Americas']],
		['department_admin', ['Engineering']],
	];
	const { user, api } = await member(roles);
	assert.deepEqual(
		new Set((await api.expect(200, 'GET', '/me')).roles.map((r) => `${r.role} ${r.departments.toSorted()}`)),
		new Set(roles.map(([r, names]) => `${r.id ?? r} ${names.map(id).toSorted()}`)),
	);
	const t = await newTraining(muster, admin, [{}]);
	const enroll = async (login) => {
		const answer = await api.post('/enrollments', {
			audience: { logins: [login] },
			trainings: [{ training: t.id, session: t.sessions[0].id }],
		});
		return answer.status === 201 ? answer.body.enrolled : answer.status;
	};
	const of = async (name) =>
		(await owner.all(`/users?department=${id(name)}&status=active`)).find((u) => u.department === id(name)).login;
	const [in_sales, in_americas, in_support] = [
		await of('Sales EMEA'),
		await of('Sales Americas'),
		await of('Support'),
	];
	assert.equal((await api.get(`/users/${by[in_sales]?.id ?? by.maria.id}`)).status, 200, 'sees');
	assert.notEqual(await enroll(in_sales), 1, 'sees, and does not enroll');
	assert.equal(await enroll(in_americas), 1);
	assert.equal(await enroll(in_support), 1);
	assert.equal(await enroll('omar'), 1, 'by the built-in role');
	assert.equal((await api.patch(`/users/${by.omar.id}`, { first_name: 'Omar' })).status, 200);
	assert.equal(
		(await api.patch(`/users/${by.maria.id}`, { first_name: 'Maria' })).status,
		404,
		'edits nobody of Sales',
	);
	// The trail of users is read where the trail is held.
	const trail = await newRole(['audit']);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, {
		roles: [
			{ role: looks.id, departments: [id('Sales')] },
			{ role: trail.id, departments: [id('Support')] },
		],
	});
	await owner.expect(200, 'PATCH', `/users/${by.maria.id}`, { first_name: 'Mariae' });
	await owner.expect(200, 'PATCH', `/users/${by.maria.id}`, { first_name: 'Maria' });
	assert.ok((await owner.all('/audit', 1000)).some((e) => e.object === `user/${by.maria.id}`));
	assert.ok(!(await api.all('/audit', 1000)).some((e) => e.object === `user/${by.maria.id}`));
});

test('a custom role is held with departments', async () => {
	const role = await newRole(['users.view']);
	const user = await newUser(owner, id('Support'));
	const give = (departments) => owner.patch(`/users/${user.id}`, { roles: [{ role: role.id, departments }] });
	assert.deepEqual(codes(await give([])), { 'roles[0].departments': 'required' });
	assert.deepEqual(codes(await give(['424242'])), { 'roles[0].departments': 'not_found' });
	assert.equal((await give([id('Support')])).status, 200);
	assert.deepEqual(
		(await owner.all(`/groups`)).filter((g) => g.name === role.name),
		[],
	);
	const smart = await owner.expect(201, 'POST', '/groups', {
		name: `All ${role.name}`,
		rule: [{ field: 'role', op: 'is', value: role.id }],
	});
	assert.equal((await owner.get(`/groups/${smart.id}`)).status, 200);
});

// ---- nobody gives what they do not hold, where they give it

test('who gives roles in some departments gives what they hold there, and only there', async () => {
	const giver = await newRole(['roles.edit', 'enroll', 'trainings.create']);
	const [desk, results] = [await newRole(coordinator), await newRole(['results'])];
	const extra = await newRole(['results']);
	const { api, user: me } = await member([
		[giver, ['Sales']],
		[extra, ['Support']],
	]);
	const { user: target } = await member([], 'Sales Americas');
	const give = (roles) => api.patch(`/users/${target.id}`, { roles });
	assert.equal((await give([{ role: desk.id, departments: [id('Sales EMEA')] }])).status, 200);
	assert.equal(
		(await give([{ role: desk.id, departments: [id('Support')] }])).status,
		422,
		'no role is given in Support',
	);
	assert.equal((await give([{ role: desk.id, departments: [id('Company')] }])).status, 422);
	// Held, but in Support, where the actor gives none: not in Sales either.
	assert.equal((await give([{ role: results.id, departments: [id('Sales EMEA')] }])).status, 403);
	assert.equal((await give([{ role: 'department_admin', departments: [id('Sales EMEA')] }])).status, 403);
	for (const role of ['owner', 'account_admin'])
		assert.equal((await give([{ role, departments: [] }])).status, 403, role);
	assert.deepEqual((await owner.expect(200, 'GET', `/users/${target.id}`)).roles, [
		{ role: desk.id, departments: [id('Sales EMEA')] },
	]);
	// Nor to themselves.
	const mine = (await api.expect(200, 'GET', '/me')).roles;
	for (const more of [
		{ role: results.id, departments: [id('Sales')] },
		{ role: 'account_admin', departments: [] },
	])
		assert.equal((await api.patch(`/users/${me.id}`, { roles: [...mine, more] })).status, 403);
	const wider = mine.map((r) => ({ ...r, departments: [...r.departments, id('Engineering')] }));
	assert.equal((await api.patch(`/users/${me.id}`, { roles: wider })).status, 422);
	// What they could not give, they do not take by leaving it out.
	assert.equal(
		(await api.patch(`/users/${me.id}`, { roles: mine.filter((r) => r.role === giver.id) })).status,
		200,
	);
	assert.ok((await owner.expect(200, 'GET', `/users/${me.id}`)).roles.some((r) => r.role === extra.id));
	// And what was there already may be sent back.
	assert.equal((await api.patch(`/users/${me.id}`, { roles: mine, first_name: 'Same' })).status, 200);
});

test('making and changing roles is for those who give them in the whole account, out of what they hold there', async () => {
	const giver = await newRole(['roles.edit', 'enroll']);
	const [some, all] = [await member([[giver, ['Sales']]]), await member([[giver, ['Company']]])];
	assert.equal((await some.api.post('/roles', { name: 'Mine', permissions: ['enroll'] })).status, 403);
	assert.equal((await some.api.patch(`/roles/${giver.id}`, { permissions: ['enroll', 'settings'] })).status, 403);
	assert.equal((await some.api.delete(`/roles/${giver.id}`)).status, 403);
	const escalate = [
		await all.api.post('/roles', { name: 'Mine', permissions: ['enroll', 'settings'] }),
		await all.api.patch(`/roles/${giver.id}`, { permissions: [...giver.permissions, 'results'] }),
		await all.api.patch(`/roles/${(await newRole(['reports'])).id}`, { name: 'Taken over' }),
		await all.api.patch(`/roles/${(await newRole(['reports'])).id}`, { permissions: ['enroll'] }),
		await all.api.delete(`/roles/${(await newRole(['reports'])).id}`),
	];
	assert.deepEqual(
		escalate.map((a) => a.status),
		[403, 403, 403, 403, 403],
	);
	assert.deepEqual(codes(escalate[0]), { 'permissions[1]': 'locked' });
	assert.equal((await all.api.post('/roles', { name: 'Enrollers', permissions: ['enroll'] })).status, 201);
	assert.deepEqual((await owner.expect(200, 'GET', `/roles/${giver.id}`)).permissions, giver.permissions);
	// Who may not give roles at all.
	const manager = await apiOf(muster, 'dept.admin');
	assert.equal((await manager.post('/roles', { name: 'Mine', permissions: ['enroll'] })).status, 403);
	assert.equal((await manager.get('/roles')).status, 200, 'names of roles are read by every manager');
});

test('nobody moves a department to where they would hold more in it', async () => {
	const [moves, manages] = [await newRole(['departments.edit']), await newRole(['users.edit', 'enroll'])];
	const { api } = await member([
		[moves, ['Company']],
		[manages, ['Sales']],
	]);
	const lab = await owner.expect(201, 'POST', '/departments', { name: 'Laboratory', parent: id('Engineering') });
	const answer = await api.patch(`/departments/${lab.id}`, { parent: id('Sales') });
	assert.equal(answer.status, 403);
	assert.deepEqual(codes(answer), { parent: 'locked' });
	assert.equal((await api.patch(`/departments/${lab.id}`, { parent: id('Support') })).status, 200);
	assert.equal((await owner.patch(`/departments/${lab.id}`, { parent: id('Sales') })).status, 200);
});

test('who may more is not changed by who may less', async () => {
	const edits = await newRole(['users.edit']);
	const { api } = await member([[edits, ['Sales']]]);
	const { user: above } = await member([[await newRole(['enroll']), ['Sales EMEA']]], 'Sales EMEA');
	const { user: elsewhere } = await member([[edits, ['Support']]], 'Sales EMEA');
	for (const user of [above, elsewhere])
		assert.equal((await api.patch(`/users/${user.id}`, { email: 'me@example.org' })).status, 403);
	assert.equal((await api.patch(`/users/${by.maria.id}`, { first_name: 'Maria' })).status, 200);
});

// ---- R11

test('a member of a role with trainings edits those of the own departments, and sees of the others what everybody sees', async () => {
	const role = await newRole(coordinator);
	const [one, other, far] = [
		await member([[role, ['Sales EMEA']]]),
		await member([[role, ['Sales EMEA']]], 'Sales EMEA'),
		await member([[role, ['Engineering']]], 'Engineering'),
	];
	const mine = await newTraining(muster, one.api, [{ capacity: 5 }]);
	assert.equal(mine.organizer, one.user.id);
	const theirs = await newTraining(muster, far.api, [{ capacity: 7 }]);
	const edit = (who, t) => who.api.patch(`/trainings/${t.id}`, { description: `By ${who.user.login}` });
	assert.equal((await edit(one, mine)).status, 200, 'the own');
	assert.equal((await edit(other, mine)).status, 200, 'of an organizer in scope');
	assert.equal((await edit(far, mine)).status, 404);
	assert.equal((await edit(one, theirs)).status, 404);
	const move = { title: 'Taken', days: [dayAt(muster, 50)] };
	assert.equal((await one.api.post(`/trainings/${theirs.id}/sessions`, move)).status, 404);
	assert.equal((await one.api.patch(`/sessions/${theirs.sessions[0].id}`, { capacity: 1 })).status, 404);
	assert.equal((await one.api.post(`/trainings/${mine.id}/sessions`, move)).status, 201);

	// Both enroll their own users in both; the seats are a fact of the session.
	const enroll = (who, user, t) =>
		who.api.expect(201, 'POST', '/enrollments', {
			audience: { users: [user] },
			trainings: [{ training: t.id, session: t.sessions[0].id }],
		});
	assert.equal((await enroll(one, by.maria.id, theirs)).enrolled, 1);
	assert.equal((await enroll(far, by.omar.id, theirs)).enrolled, 1);
	const seen = await one.api.expect(200, 'GET', `/trainings/${theirs.id}`);
	assert.equal(seen.sessions[0].seats_taken, 2);
	assert.deepEqual([seen.title, seen.sessions[0].capacity], [theirs.title, 7]);
	assert.deepEqual(
		(await one.api.all(`/trainings/${theirs.id}/participants`)).map((e) => e.user),
		[by.maria.id],
	);
	assert.equal((await far.api.all(`/trainings/${theirs.id}/participants`)).length, 2, 'the organizer sees all');

	// Editing alone makes no trainings, and reaches as far.
	const editor = await member([[await newRole(['trainings.edit']), ['Engineering']]]);
	assert.equal((await edit(editor, theirs)).status, 200);
	assert.equal((await edit(editor, mine)).status, 404);
	assert.equal((await editor.api.post('/trainings', { title: 'New' })).status, 403);
});
