// A tree of hundreds of departments: no page lists them all. A department is named by typing it, is looked at a level at
// a time, and who manages some of them is never told of another.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const plants = 520; // more than a page lists, and than a condition has values
let muster, api, web, manager;
const by = {};
const option = (name, path) => `<bdi>${name}</bdi><small><bdi>${path}</bdi></small>`;
const suggested = async (who, q, permission = 'users.view') => {
	const answer = await who.get(`/departments/suggest?permission=${permission}&q=${encodeURIComponent(q)}`);
	assert.equal(answer.status, 200);
	return [...answer.text.matchAll(/data-value="([^"]*)"/g)].map((m) => m[1]);
};
const logins = (page) => [...page.text.matchAll(/<td data-label="Login"><bdi dir="ltr">([^<]*)/g)].map((m) => m[1]);
const usersOf = async (who, department) => logins(await who.get(`/users?department=${encodeURIComponent(department)}`));
const field = (page, which, name) => page.form(which).fields.find((f) => f.name === name);

before(async () => {
	muster = await startMuster({ demo: true });
	api = await apiOf(muster, 'owner');
	for (const d of await api.all('/departments')) by[d.name] = d.id;
	const make = async (name, parent) => (await api.expect(201, 'POST', '/departments', { name, parent })).id;
	by.Plants = await make('Plants', by.Company);
	for (let i = 1; i <= plants; i++) by[`Plant ${i}`] = await make(`Plant ${i}`, by.Plants);
	for (const n of [1, 2]) by[`Night shift ${n}`] = await make('Night shift', by[`Plant ${n}`]);
	by['Day shift'] = await make('Day shift', by['Plant 7']);
	for (const [login, department] of [['night.one', 'Night shift 1'], ['night.two', 'Night shift 2'], ['day', 'Day shift'], ['seven', 'Plant 7'], ['boss', 'Sales']])
		await api.expect(201, 'POST', '/users', { login, first_name: login, last_name: 'Tester', department: by[department] });
	const boss = (await api.all('/users?q=boss'))[0];
	await api.expect(200, 'PATCH', `/users/${boss.id}`, { roles: [{ role: 'department_admin', departments: [by.Plants] }] });
	web = await signedIn(muster, 'owner');
	await web.submit(await web.get(`/users/${boss.id}`), { field: 'password' }, { password: 'a-long-password' });
	manager = await signedIn(muster, 'boss', 'a-long-password');
});

test('no page lists them all', async () => {
	const draft = (await web.post('/enroll', { csrf: (await web.get('/users')).csrf })).location.split('?')[0].replace(/\/users$/, '');
	for (const path of ['/users', '/users/new', '/reports', '/departments', `/departments/${by['Plant 9']}`, `${draft}/users?advanced=1`]) {
		const page = await web.get(path);
		assert.equal(page.status, 200, path);
		assert.ok(page.text.length < 60_000, `${path} has ${page.text.length} characters`);
		assert.doesNotMatch(page.text, /Plant 150/, path);
	}
});

test('a filter takes the path, or a name that only one has; and the number, as links do', async () => {
	assert.deepEqual(await usersOf(web, 'Company / Plants / Plant 1 / Night shift'), ['night.one']);
	assert.deepEqual(await usersOf(web, 'company/PLANTS/plant 2/night shift'), ['night.two']);
	assert.deepEqual(await usersOf(web, 'Plant 7'), ['day', 'seven']);
	assert.deepEqual(await usersOf(web, by['Day shift']), ['day']);
	for (const nobody of ['Night shift', 'No such place', 'Plant 1 / Night shift', '999999', '-1', '/', '%', '_lant 7'])
		assert.deepEqual(await usersOf(web, nobody), [], nobody);
	const page = await web.get(`/users?department=${by['Day shift']}`);
	assert.equal(field(page, { field: 'q' }, 'department').value, 'Company / Plants / Plant 7 / Day shift');
	assert.equal(field(await web.get('/users?department=Night+shift'), { field: 'q' }, 'department').value, 'Night shift', 'what was typed stays');
});

test('suggestions begin with what was typed, then have it inside; nothing out of scope, nothing without the permission', async () => {
	assert.deepEqual(await suggested(web, 'shift'), ['Company / Plants / Plant 7 / Day shift', 'Company / Plants / Plant 1 / Night shift', 'Company / Plants / Plant 2 / Night shift']);
	assert.equal((await suggested(web, 'sales'))[0], 'Company / Sales');
	assert.deepEqual(await suggested(web, 'Company / Plants / Plant 20'), ['Company / Plants / Plant 20', ...[200, 201, 202, 203, 204, 205, 206, 207, 208].map((n) => `Company / Plants / Plant ${n}`)]);
	assert.equal((await suggested(web, 'plant')).length, 10);
	for (const nothing of ['', ' ', '/', '%', '_', 'xyz']) assert.deepEqual(await suggested(web, nothing), [], nothing);
	assert.match((await web.get('/departments/suggest?permission=users.view&q=day')).text, new RegExp(option('Day shift', 'Company / Plants / Plant 7 / Day shift')));
	assert.deepEqual(await suggested(manager, 'sales'), []);
	assert.deepEqual(await suggested(manager, 'day'), ['Plants / Plant 7 / Day shift'], 'the path begins where the scope does');
	assert.deepEqual(await suggested(manager, 'day', 'settings'), []);
	assert.deepEqual(await suggested(manager, 'day', 'nonsense'), []);
	assert.deepEqual(await suggested(await signedIn(muster, 'maria'), 'day'), []);
});

test('out of scope is not there, whatever is typed', async () => {
	for (const stranger of ['Company / Sales', 'Sales', 'Company', by.Sales]) assert.deepEqual(await usersOf(manager, stranger), [], stranger);
	assert.deepEqual(await usersOf(manager, 'Plants / Plant 7 / Day shift'), ['day']);
	assert.equal((await manager.get(`/departments?in=${by.Sales}`)).status, 404);
	assert.equal((await manager.get('/departments?in=999999')).status, 404);
});

test('a user gets a department by its path; one that is not there is said so, and stays as typed', async () => {
	const fresh = { login: 'typed', first_name: 'Typed', last_name: 'Tester' };
	const wrong = await web.submit(await web.get('/users/new'), { field: 'department' }, { ...fresh, department: 'Night shift' });
	assert.equal(wrong.status, 422);
	assert.match(wrong.words, /Choose one of your departments/);
	assert.equal(field(wrong, { field: 'department' }, 'department').value, 'Night shift');
	const empty = await web.submit(await web.get('/users/new'), { field: 'department' }, { ...fresh, department: ' ' });
	assert.equal(empty.status, 422);
	const made = await web.submit(wrong, { field: 'department' }, { department: 'Company / Plants / Plant 2 / Night shift' });
	assert.equal(made.status, 303);
	assert.equal((await api.expect(200, 'GET', `/users/${made.location.split('/').at(-1)}`)).department, by['Night shift 2']);
	const edit = await web.get(made.location);
	assert.equal(field(edit, { field: 'department' }, 'department').value, 'Company / Plants / Plant 2 / Night shift');
	assert.equal((await web.submit(edit, { field: 'department' }, { department: 'Day shift' })).status, 303);
	assert.deepEqual(await usersOf(web, 'Day shift'), ['day', 'typed']);
});

test('who saves a user and does not touch the department leaves it', async () => {
	const [seven] = await api.all('/users?q=seven');
	const page = await manager.get(`/users/${seven.id}`);
	assert.equal(field(page, { field: 'department' }, 'department').value, 'Plants / Plant 7');
	const saved = await manager.submit(page, { field: 'department' }, { first_name: 'Seventh' });
	assert.equal(saved.status, 303, saved.words.slice(0, 300));
	const after = await api.expect(200, 'GET', `/users/${seven.id}`);
	assert.deepEqual([after.department, after.first_name], [by['Plant 7'], 'Seventh']);
});

test('the tree is looked at a level at a time', async () => {
	const top = await web.get('/departments');
	assert.match(top.words, /Company \d+ users? Edit/);
	assert.match(top.words, new RegExp(`Plants no users ${plants + 3} departments below Edit`));
	assert.doesNotMatch(top.words, /Plant 1 /);
	const inside = await web.get(top.link(`${plants + 3} departments below`).href);
	assert.match(inside.words, /Company \/ Plants Plant 1 no users 1 department below Edit Plant 10 no users Edit/);
	assert.equal(inside.link('Company').href, `/departments?in=${by.Company}`);
	assert.equal(field(inside, { field: 'parent' }, 'parent').value, 'Company / Plants', 'what is added goes here');
	const leaf = await web.get(`/departments?in=${by['Day shift']}`);
	assert.match(leaf.words, /There is no department below it/);
	const own = await manager.get('/departments');
	assert.match(own.words, /Plants no users Plant 1 no users 1 department below/);
	assert.doesNotMatch(own.words, /Sales|Company/, 'and nothing of the rest');
});

test('a department is added and moved by a path, and never below itself', async () => {
	const added = await web.submit(await web.get('/departments'), { field: 'parent' }, { name: 'Late shift', parent: 'Plant 7' });
	assert.equal(added.status, 303);
	const late = (await api.all('/departments', 1000)).find((d) => d.name === 'Late shift');
	assert.equal(late.parent, by['Plant 7']);
	const page = await web.get(`/departments/${late.id}`);
	assert.equal(field(page, { field: 'parent' }, 'parent').value, 'Company / Plants / Plant 7');
	for (const wrong of ['Late shift', 'nowhere']) {
		const refused = await web.submit(page, { field: 'parent' }, { parent: wrong });
		assert.equal(refused.status, 422, wrong);
		assert.match(refused.text, /id="parent-error"/);
	}
	assert.equal((await web.submit(page, { field: 'parent' }, { parent: 'Plant 8' })).status, 303);
	assert.equal((await api.expect(200, 'GET', `/departments/${late.id}`)).parent, by['Plant 8']);
});

test('a role counts for the departments that are typed, one after the other', async () => {
	const [day] = await api.all('/users?q=day');
	const names = async () => {
		const { roles } = await api.expect(200, 'GET', `/users/${day.id}`);
		return roles.flatMap((r) => r.departments ?? []).map(String).sort();
	};
	const path = `/users/${day.id}`, box = 'departments_department_admin';
	const wrong = await web.submit(await web.get(path), { field: 'department' }, { roles: 'department_admin', [box]: 'Night shift' });
	assert.equal(wrong.status, 422);
	assert.match(wrong.words, /Choose from your departments/);
	for (const more of ['Plant 3', 'Company / Plants / Plant 1 / Night shift']) {
		const page = await web.get(path);
		const held = page.form({ field: 'department' }).fields.filter((f) => f.name === box && f.checked).map((f) => f.value);
		const saved = await web.submit(page, { field: 'department' }, { roles: 'department_admin', [box]: [...held, more] });
		assert.equal(saved.status, 303, saved.words.slice(0, 300));
	}
	assert.deepEqual(await names(), [by['Plant 3'], by['Night shift 1']].map(String).sort());
	const page = await web.get(path);
	assert.match(page.words, /Company \/ Plants \/ Plant 3/);
	assert.equal((await web.submit(page, { field: 'department' }, { [box]: [by['Plant 3'], 'Plant 3', ''] })).status, 303);
	assert.deepEqual(await names(), [String(by['Plant 3'])], 'what is not ticked is gone, and nothing is there twice');
});

test('reports take a path, and say when there is none of it', async () => {
	const page = await web.get('/reports?department=Plant+7');
	assert.equal(page.status, 200);
	assert.equal(field(page, { action: '/reports' }, 'department').value, 'Company / Plants / Plant 7');
	const wrong = await web.get('/reports?department=Night+shift');
	assert.equal(wrong.status, 422);
	assert.match(wrong.text, /id="department-error"/);
	assert.equal(field(wrong, { action: '/reports' }, 'department').value, 'Night shift');
});

test('Advanced Search takes a path; one that is not there finds nobody, whatever the other conditions are', async () => {
	const draft = (await web.post('/enroll', { csrf: (await web.get('/users')).csrf })).location.split('?')[0].replace(/\/users$/, '');
	const search = (words) => web.get(`${draft}/users?advanced=1&find=1&nested=1&${new URLSearchParams(words)}`);
	const found = await search({ department: 'Plant 7' });
	assert.match(found.words, /Add 3 users/);
	const narrowed = await search({ department: 'Plant 7', f1: 'login', op1: 'is', v1: 'seven' });
	assert.match(narrowed.words, /Add 1 user/);
	const wide = await search({ department: 'Company', f1: 'login', op1: 'is', v1: 'seven' });
	assert.match(wide.words, /Add 1 user/, 'everything below is more than a list of values can be');
	for (const more of [{}, { f1: 'login', op1: 'is', v1: 'seven' }]) {
		const none = await search({ department: 'Night shift', ...more });
		assert.match(none.text, /id="department-error"/);
		assert.doesNotMatch(none.words, /Add \d+ user/);
	}
	assert.equal((await web.submit(found, { button: 'Add 3 users' }, {}, { button: 'Add 3 users' })).status, 303);
	assert.match((await web.get(`${draft}/users`)).words, /Plant 7 and below/);
});
