// Departments, as pages and as REST: one tree, everything below included, nothing outside of it shown.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

let muster, admin, manager, web;
const by = {};
const codes = (answer) => Object.fromEntries(answer.body.errors.map((e) => [e.field, e.code]));
const make = (name, parent) => admin.expect(201, 'POST', '/departments', { name, parent });

before(async () => {
	muster = await startMuster({ demo: true });
	[admin, manager] = await Promise.all([apiOf(muster, 'admin'), apiOf(muster, 'dept.admin')]);
	web = await signedIn(muster, 'admin');
	for (const d of await admin.all('/departments')) by[d.name] = d;
});

test('the tree has one root, and each department its parent', async () => {
	assert.deepEqual(Object.values(by).filter((d) => d.parent === null), [by.Company]);
	assert.equal(by['Sales EMEA'].parent, by.Sales.id);
	assert.deepEqual(Object.keys(by.Sales), ['id', 'name', 'parent']);
	const paged = await admin.all('/departments', 2);
	assert.deepEqual(paged.map((d) => d.id), (await admin.all('/departments')).map((d) => d.id));
});

test('names are there, not too long, without slashes, and once among siblings', async () => {
	const parent = by.Support.id;
	for (const [name, code] of [['', 'required'], ['  ', 'required'], ['x'.repeat(256), 'too_long'], ['a/b', 'invalid']])
		assert.deepEqual(codes(await admin.post('/departments', { name, parent })), { name: code }, name);
	assert.deepEqual(codes(await admin.post('/departments', { name: 'SALES', parent: by.Company.id })), { name: 'duplicate' });
	assert.deepEqual(codes(await admin.post('/departments', { name: 'Sales' })), { parent: 'required' });
	assert.deepEqual(codes(await admin.post('/departments', { name: 'Sales', parent: '99999' })), { parent: 'not_found' });
	assert.deepEqual(codes(await admin.post('/departments', { name: 'Sales', parent, boss: 1 })), { boss: 'unknown_member' });
	assert.equal((await make('Sales', parent)).name, 'Sales', 'elsewhere the name is free');
});

test('what moves takes everything below along, also in who manages it', async () => {
	const team = await make('Moving team', by.Engineering.id), desk = await make('Moving desk', team.id);
	const user = await admin.expect(201, 'POST', '/users', { login: 'mover', department: desk.id });
	assert.equal((await manager.get(`/users/${user.id}`)).status, 404);
	assert.equal((await admin.expect(200, 'PATCH', `/departments/${team.id}`, { parent: by['Sales EMEA'].id })).parent, by['Sales EMEA'].id);
	assert.equal((await manager.get(`/users/${user.id}`)).status, 200);
	assert.ok((await manager.all(`/users?department=${by.Sales.id}`)).some((u) => u.id === user.id));
	await admin.expect(200, 'PATCH', `/departments/${team.id}`, { parent: by.Support.id, name: 'Moved team' });
	assert.equal((await manager.get(`/users/${user.id}`)).status, 404);
	assert.match((await web.get(`/users/${user.id}`)).words, /Company \/ Support \/ Moved team \/ Moving desk/);
});

test('no rings, and the root stays', async () => {
	assert.deepEqual(codes(await admin.patch(`/departments/${by.Sales.id}`, { parent: by['Sales EMEA'].id })), { parent: 'invalid' });
	assert.deepEqual(codes(await admin.patch(`/departments/${by.Sales.id}`, { parent: by.Sales.id })), { parent: 'invalid' });
	assert.deepEqual(codes(await admin.patch(`/departments/${by.Company.id}`, { parent: by.Sales.id })), { parent: 'invalid' });
	assert.deepEqual(codes(await admin.patch(`/departments/${by.Sales.id}`, { parent: null })), { parent: 'required' });
	assert.equal((await admin.patch(`/departments/${by.Company.id}`, { name: 'Company' })).status, 200);
});

test('only what is empty can be deleted', async () => {
	assert.equal((await admin.delete(`/departments/${by.Sales.id}`)).status, 409);
	assert.equal((await admin.delete(`/departments/${by.Company.id}`)).status, 409);
	const empty = await make('Short-lived', by.Support.id);
	assert.equal((await admin.delete(`/departments/${empty.id}`)).status, 204);
	assert.equal((await admin.delete(`/departments/${empty.id}`)).status, 404);
});

test('who manages a branch sees that branch, and cannot change the tree', async () => {
	const seen = await manager.all('/departments');
	assert.deepEqual(seen.map((d) => d.name).sort(), ['Sales', 'Sales Americas', 'Sales EMEA']);
	assert.equal(seen.find((d) => d.name === 'Sales').parent, null, 'what lies above is not there');
	assert.equal((await manager.get(`/departments/${by.Support.id}`)).status, 404);
	assert.equal((await manager.patch(`/departments/${by.Sales.id}`, { name: 'Mine' })).status, 403);
	assert.equal((await manager.post('/departments', { name: 'Mine', parent: by.Sales.id })).status, 403);
	const page = await (await signedIn(muster, 'dept.admin')).get('/departments');
	assert.equal(page.heading, 'Departments');
	assert.ok(page.words.includes('Sales EMEA') && !page.words.includes('Engineering') && !page.words.includes('Company'));
});

test('a long chain of departments keeps its order', async () => {
	let parent = by.Engineering.id;
	for (let depth = 0; depth < 30; depth++) parent = (await make(`Level ${depth}`, parent)).id;
	const user = await admin.expect(201, 'POST', '/users', { login: 'deep', department: parent });
	assert.ok((await admin.all(`/users?department=${by.Engineering.id}`)).some((u) => u.id === user.id));
	assert.ok(!(await admin.all(`/users?department=${by.Support.id}`)).some((u) => u.id === user.id));
	assert.ok((await manager.all('/users')).every((u) => u.id !== user.id));
});

test('the pages add, rename, move and delete', async () => {
	const page = await web.get('/departments');
	const refused = await web.submit(page, { action: '/departments' }, { name: 'Support', parent: by.Company.id });
	assert.equal(refused.status, 422);
	assert.ok(refused.links.some((l) => l.href === '#name'));
	assert.equal(refused.form({ action: '/departments' }).fields.find((f) => f.name === 'name').value, 'Support');
	const added = await web.submit(refused, { action: '/departments' }, { name: 'Paper works' }, { follow: true });
	assert.match(added.words, /Paper works was added/);
	const edit = await web.get(added.links.find((l) => l['aria-label'] === 'Edit Paper works').href);
	assert.equal(edit.heading, 'Edit department');
	const saved = await web.submit(edit, { field: 'name' }, { name: 'Paper', parent: by.Support.id }, { follow: true });
	assert.match(saved.words, /Saved/);
	const found = (await admin.all('/departments')).find((d) => d.name === 'Paper');
	assert.equal(found.parent, by.Support.id);
	const gone = await web.submit(await web.get(`/departments/${found.id}`), { button: 'Delete this department' }, {}, { follow: true });
	assert.match(gone.words, /Paper was deleted/);
	assert.match((await web.get(`/departments/${by.Sales.id}`)).words, /Move them first/);
});
