// The index of users in memory follows every change at once, whoever makes it, and never shows whom SQL would not. That it
// finds what SQL finds, in the same order, is the subject of tests/unit/test_user_index.c.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

const people = 1500;
let muster, admin, web, his, draft;

const indexed = () => eventually(async () => (await muster.metrics()).muster_user_index_users > people, { what: 'the index' });
const open = async () => {
	admin = await apiOf(muster, 'admin');
	web = await signedIn(muster, 'admin');
	his = await signedIn(muster, 'dept.admin');
};
before(async () => {
	muster = await startMuster({ demo: true, seed: { users: people, departments: 30, trainings: 0, enrollments: 0, seed: 5 }, env: { MUSTER_INDEX_FROM: '1000' } });
	await open();
	await indexed();
	const somebody = (await admin.expect(200, 'GET', '/users?limit=1')).items[0].id;
	draft = /^\/enroll\/(\d+)/.exec((await web.post('/enroll', { csrf: (await web.get('/enroll')).csrf, user: somebody })).location)[1];
});

const words = (html) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();
const options = async (desk, path, option) => [...(await desk.get(path)).text.matchAll(option)].map(([, html]) => words(html));
const suggested = (q) => options(web, `/enroll/${draft}/suggest?q=${encodeURIComponent(q)}`, /role="option"[^>]*data-value[^>]*>(.*?)<\/(?:div|li)>/gs);
const found = (desk, q) => options(desk, `/find/suggest?q=${encodeURIComponent(q)}`, /role="option"[^>]*data-href="\/users\/[^>]*>(.*?)<\/div>/gs);
const department = async (name) => (await admin.all('/departments', 1000)).find((d) => d.name === name);

test('who was made, renamed or deactivated a moment ago is found as they are now', async () => {
	const sales = await department('Sales');
	for (let i = 0; i < 20; i++) {
		const login = `quartz${i}`;
		const user = await admin.expect(201, 'POST', '/users', { login, first_name: 'Zebulon', last_name: `Feldspar${i}x`, department: sales.id });
		assert.equal((await suggested(`feldspar${i}x`)).length, 1, 'by the name');
		assert.equal((await found(web, login))[0].includes(login), true, 'by the login');
		await admin.expect(200, 'PATCH', `/users/${user.id}`, { last_name: `Gneis${i}x` });
		assert.deepEqual(await suggested(`feldspar${i}x`), []);
		assert.equal((await suggested(`gneis${i}x`)).length, 1);
		await admin.expect(200, 'PATCH', `/users/${user.id}`, { status: 'inactive' });
		assert.match((await suggested(`gneis${i}x`))[0], /Zebulon Gneis\d+x not active/);
	}
	const all = await admin.all('/users?q=zebulon', 7);
	assert.deepEqual(all.map((u) => u.login).sort(), Array.from({ length: 20 }, (_, i) => `quartz${i}`).sort(), 'page after page');
});

test('who moves out of somebody\'s scope is not shown to them any more, nor whose department moves', async () => {
	const inside = (await admin.all('/departments', 1000)).find((d) => d.name === 'Sales EMEA'), company = (await admin.all('/departments')).find((d) => d.parent === null);
	const branch = await admin.expect(201, 'POST', '/departments', { name: 'Mica', parent: inside.id });
	const user = await admin.expect(201, 'POST', '/users', { login: 'moonstone', first_name: 'Moon', last_name: 'Stone', department: branch.id });
	const seen = async () => (await found(his, 'moonstone')).length;
	assert.equal(await seen(), 1);
	await admin.expect(200, 'PATCH', `/users/${user.id}`, { department: company.id });
	assert.equal(await seen(), 0);
	await admin.expect(200, 'PATCH', `/users/${user.id}`, { department: branch.id });
	assert.equal(await seen(), 1);
	await admin.expect(200, 'PATCH', `/departments/${branch.id}`, { parent: company.id });
	assert.equal(await seen(), 0);
	await admin.expect(200, 'PATCH', `/departments/${branch.id}`, { parent: inside.id });
	assert.equal(await seen(), 1);
});

test('a command\'s changes are seen by the server that runs beside it', async () => {
	const { code, err } = await muster.cli(['user', 'add', 'obsidian', '--email', 'obsidian@example.org', '--role', 'learner'], { input: 'a long enough password\n' });
	assert.equal(code, 0, err);
	assert.match((await suggested('obsidian'))[0], /obsidian@example\.org/);
	await eventually(async () => (await suggested('obsid')).length === 1);
});

test('after a start SQL answers until the index is there', async () => {
	await muster.restart();
	await open();
	assert.equal((await suggested('obsidian')).length, 1);
	await indexed();
	assert.equal((await suggested('obsidian')).length, 1);
});
