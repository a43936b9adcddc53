// What a page keeps for the next one holds until somebody commits: in this program or another, whatever it was.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { runMuster, startMuster } from '../lib/muster.mjs';

let muster, owner, web;

const users = async () => {
	const page = await web.get('/users');
	const [, n] = /id="users-found" data-status="(\d+) users"/.exec(page.text);
	const [, options] = /<select id="department"[^>]*>(.*?)<\/select>/s.exec(page.text);
	return { n: Number(n), departments: [...options.matchAll(/<option[^>]*>([^<]*)</g)].map((o) => o[1]) };
};
// More often than there are threads that answer.
const often = async () => {
	const first = await users();
	for (let i = 0; i < 8; i++) assert.deepEqual(await users(), first);
	return first;
};

before(async () => {
	muster = await startMuster({ demo: true });
	owner = await apiOf(muster, 'owner');
	web = await signedIn(muster, 'dept.admin');
});

test('a user, a department and a move that somebody else makes are in the next page', async () => {
	const before = await often();
	const [department] = (await owner.all('/departments')).filter((d) => d.name === 'Sales');
	const made = await owner.expect(201, 'POST', '/users', { login: 'just.now', department: department.id });
	assert.equal((await often()).n, before.n + 1);
	await owner.expect(201, 'POST', '/departments', { name: 'Just opened', parent: department.id });
	assert.deepEqual(
		(await often()).departments.filter((d) => !before.departments.includes(d)).length, 1);
	const [elsewhere] = (await owner.all('/departments')).filter((d) => d.name === 'Support');
	await owner.expect(200, 'PATCH', `/users/${made.id}`, { department: elsewhere.id });
	assert.equal((await often()).n, before.n);
});

test('so is what a command adds beside the server', async () => {
	const admin = await signedIn(muster, 'admin');
	const n = async () => Number(/data-status="(\d+) users"/.exec((await admin.get('/users')).text)[1]);
	const before = await n();
	await n();
	const added = await runMuster(['user', 'add', 'from.outside', '--db', muster.db], { input: 'a long enough password\n' });
	assert.equal(added.code, 0, added.err);
	for (let i = 0; i < 8; i++) assert.equal(await n(), before + 1);
});
