// The people behind the numbers of a report, where there are so many that a page must not sort all of them: in each order,
// from both ends, whoever asks for whatever, pages and files say what tests/oracle/attendance.sql says of all rows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { demo_password, startMuster } from '../lib/muster.mjs';
import { Oracle } from '../lib/oracle.mjs';
import { newMember } from '../lib/people.mjs';
import { Chance } from '../lib/random.mjs';
import { readCsv } from '../lib/sheet.mjs';

const seed = Number(process.env.MUSTER_SEED ?? 20261130);
const chance = new Chance(seed);
const sorts = ['name', 'department', 'training', 'session', 'answer', 'result', 'score'];
let muster, oracle, departments, trainings;
const actors = [];
const all = new Map(); // id of an enrollment: [login, training]

before(async () => {
	muster = await startMuster({ demo: true, seed: { users: 600, departments: 60, trainings: 120, enrollments: 36_000, seed } });
	oracle = new Oracle(muster.db);
	const owner = await apiOf(muster, 'owner');
	departments = await owner.all('/departments', 1000);
	trainings = (await owner.all('/trainings', 1000)).filter((t) => t.sessions.length);
	for (const t of trainings)
		for (const e of await owner.all(`/trainings/${t.id}/participants`, 1000)) all.set(e.id, [e.user, t.title]);
	const users = new Map((await owner.all('/users', 1000)).map((u) => [u.id, u]));
	for (const value of all.values()) value[0] = users.get(value[0]).login;
	const add = async (name, user, everything) =>
		actors.push({ name, id: user.id, all: everything, web: await signedIn(muster, user.login, demo_password) });
	await add('owner', [...users.values()].find((u) => u.login === 'owner'), true);
	const some = chance.some(departments.filter((d) => d.parent && departments.some((x) => x.parent === d.id)), 4).map((d) => d.id);
	const members = { 'department administrator': [['department_admin', some]], 'administrator of all': [['department_admin', [departments.find((d) => !d.parent).id]]] };
	for (const [name, roles] of Object.entries(members)) {
		const { user } = await newMember(muster, owner, departments[0].id, roles, { signs_in: true });
		await add(name, user, false);
		if (name !== 'administrator of all')
			for (const t of chance.some(trainings, 3)) await owner.expect(200, 'PATCH', `/trainings/${t.id}`, { organizer: user.id });
	}
});
after(() => oracle?.stop());

const instant = (days) => new Date((muster.now() + days * 86400) * 1000).toISOString().slice(0, 19) + 'Z';
const filters = () => [
	{},
	{ from: instant(-60), to: instant(30) },
	{ department: departments.find((d) => !departments.some((x) => x.parent === d.id)).id },
	{ department: chance.one(departments).id, nested: '0', result: 'none' },
	{ result: 'absent' },
	{ trainings: chance.some(trainings, 2).map((t) => t.id).join(',') },
];
const ids = (page) => [...page.text.matchAll(/<input type="hidden" name="e" value="(\d+)"/g)].map((m) => Number(m[1]));

async function assertPages(a, what, path, expected) {
	const first = await a.web.get(path);
	const look = (page, from, which) => assert.deepEqual(ids(page), expected.slice(from, from + 50), `${what}: ${which}`);
	look(first, 0, 'first page');
	if (expected.length <= 50) return;
	const second = await a.web.get(first.link('Next').href);
	look(second, 50, 'second page');
	look(await a.web.get(second.link('Previous').href), 0, 'back');
	const last = await a.web.get(first.link('Last').href);
	const begins = Math.floor((expected.length - 1) / 50) * 50;
	look(last, begins, 'last page');
	look(await a.web.get(last.link('Previous').href), begins - 50, 'the one before');
}

test('pages, in each order', { timeout: 600_000 }, async () => {
	for (const sort of sorts.flatMap((s) => [s, `-${s}`]))
		for (const [a, f] of [[chance.one([actors[0], actors[2]]), {}], [chance.one(actors), chance.one(filters())]]) {
			const expected = await oracle.ask(a, sort, f);
			const query = new URLSearchParams({ from: '', to: '', ...f, sort });
			await assertPages(a, `seed ${seed}, ${a.name}, ${query}`, `/reports/participants?${query}`, expected);
		}
});

test('files, in each order', { timeout: 600_000 }, async () => {
	for (const a of actors)
		for (const sort of chance.some(sorts, 3)) {
			const f = chance.one(filters()), way = chance.one(['', '-']);
			const expected = await oracle.ask(a, way + sort, f);
			const query = new URLSearchParams({ from: '', to: '', ...f, sort: way + sort });
			const file = await a.web.request('GET', `/reports/participants/export?${query}`);
			const rows = readCsv(Buffer.from(`\ufeff${file.text}`)).slice(1);
			const told = rows.map((r) => [r[1], r[3]]);
			const wanted = expected.map((id) => all.get(String(id)));
			assert.equal(told.length, wanted.length, `seed ${seed}, ${a.name}, ${query}`);
			told.forEach((r, i) => assert.ok(r[1] === wanted[i][1] && (r[0] === wanted[i][0] || r[0] === ''), `seed ${seed}, ${a.name}, ${query}: row ${i}`));
		}
});

test('a form records for no more people than a page has', async () => {
	const { web } = actors[0];
	const page = await web.get('/reports/participants?from=&to=');
	const e = ids(page)[0];
	assert.equal((await web.post('/reports/participants?from=&to=', { csrf: page.csrf, e: Array(200).fill(e) })).status, 303);
	assert.equal((await web.post('/reports/participants?from=&to=', { csrf: page.csrf, e: Array(5000).fill(e) })).status, 404);
});
