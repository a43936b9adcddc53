// Reports are summed up in memory, and stay exact whatever happens to enrollments, people, departments and sessions: after
// each of many random acts, what somebody is told equals tests/oracle/attendance.sql, one plain statement over all rows.
// The seed of a failure is in its message; MUSTER_SEED repeats it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { copyDatabase, emptyDatabase, on_postgres, sql } from '../lib/database.mjs';
import { Api, apiOf, signedIn, Web } from '../lib/http.mjs';
import { eventually, runMuster, startMuster, temporaryFolder } from '../lib/muster.mjs';
import { assertSound, dayAt, newUser } from '../lib/organization.mjs';
import { Oracle } from '../lib/oracle.mjs';
import { newMember, newRole } from '../lib/people.mjs';
import { Chance } from '../lib/random.mjs';

const seed = Number(process.env.MUSTER_SEED ?? 20261130),
	acts_wanted = Number(process.env.MUSTER_ACTS ?? 150);
const chance = new Chance(seed);
const folder = temporaryFolder();
let muster, owner, oracle, departments, users, trainings;
const actors = []; // { name, id, api, all }
const log = [];

before(async () => {
	muster = await startMuster({ demo: true, seed: { users: 200, departments: 20, trainings: 5, enrollments: 600, seed }, args: ['--undo-hold', '0'], env: { MUSTER_FIGURES_FROM: '1' } });
	owner = await apiOf(muster, 'owner');
	oracle = new Oracle(muster.db);
	departments = await owner.all('/departments');
	users = (await owner.all('/users')).filter((u) => /^user\d/.test(u.login));
	trainings = await owner.all('/trainings');
	await makeActors();
});
after(() => oracle?.stop());

// ---- who asks
async function makeActors() {
	const some = (n) => chance.some(departments.filter((d) => d.parent), n).map((d) => d.id);
	const role = await newRole(owner, ['users.view', 'trainings.view', 'reports']);
	const add = (name, { user, api }, more = {}) => actors.push({ name, id: user.id, api, all: false, ...more });
	const give = (boss) =>
		Promise.all(chance.some(users, 12).map((u) => owner.expect(200, 'PATCH', `/users/${u.id}`, { supervisor: boss.id })));
	const teach = async (member) => {
		const sessions = trainings.flatMap((t) => t.sessions).filter((s) => Date.parse(s.days[0].start_at) > muster.now() * 1000);
		for (const s of chance.some(sessions, 3)) await owner.expect(200, 'PATCH', `/sessions/${s.id}`, { instructor_user: member.user.id });
	};
	const organize = (member, n) =>
		Promise.all(chance.some(trainings, n).map((t) => owner.expect(200, 'PATCH', `/trainings/${t.id}`, { organizer: member.user.id })));
	const member = (roles) => newMember(muster, owner, chance.one(departments).id, roles);

	const all = await owner.all('/users');
	for (const login of ['owner', 'admin']) add(login, { user: all.find((u) => u.login === login), api: await apiOf(muster, login) }, { all: true });
	add('department administrator', await member([['department_admin', some(1)]]));
	add('custom role', await member([[role, some(3)]]));
	const [boss, organizer, instructor, everything] = [await member([]), await member([]), await member([]), await member([['department_admin', some(2)]])];
	await give(boss.user);
	// Somebody below somebody below.
	await owner.expect(200, 'PATCH', `/users/${chance.one(users).id}`, { supervisor: chance.one(users.slice(0, 5)).id }).catch(() => {});
	await organize(everything, 1);
	await organize(organizer, 2);
	await teach(instructor);
	await teach(everything);
	await give(everything.user);
	add('supervisor', boss);
	add('organizer', organizer);
	add('instructor', instructor);
	add('all of it', everything);
}

// ---- what happens
const person = () => chance.one(users);
const training = () => chance.one(trainings);
// Refusals are answers, too: rules that other tests are about.
async function ask(method, path, body) {
	const { status } = await owner.call(method, path, body);
	assert.ok(status < 500, `${method} ${path}: ${status}`);
	log.push(`${method} ${path} ${JSON.stringify(body ?? '')} → ${status}`);
}
async function enrollment() {
	const t = training();
	const all = await owner.all(`/trainings/${t.id}/participants`, 1000);
	return all.length ? { ...chance.one(all), of: t } : enrollment();
}
async function enroll(more = {}) {
	const t = training();
	return owner.call('POST', '/enrollments', {
		audience: { users: chance.some(users, 1 + chance.below(20)).map((u) => u.id) },
		trainings: [{ training: t.id, session: chance.holds(0.9) ? chance.one(t.sessions).id : null }],
		when_full: chance.one(['wait', 'refuse', 'over']),
		...more,
	});
}
const soon = () => new Date((muster.now() + 3600) * 1000).toISOString();

const acts = {
	enroll: () => enroll(),
	announce: async () => {
		await enroll({ access_at: soon() });
		if (chance.holds(0.5)) muster.setClock((clock += 3700));
	},
	undo: async () => {
		const { body } = await enroll({ access_at: soon() });
		if (body.batch) await ask('POST', `/batches/${body.batch}/undo`);
	},
	cancel: async () => ask('DELETE', `/enrollments/${(await enrollment()).id}`),
	move: async () => {
		const e = await enrollment();
		await ask('PATCH', `/enrollments/${e.id}`, { session: chance.holds(0.9) ? chance.one(e.of.sessions).id : null, when_full: chance.one(['wait', 'over', 'refuse']) });
	},
	answer: async () => ask('POST', `/enrollments/${(await enrollment()).id}/answer`, { answer: chance.one(['accepted', 'declined', 'tentative']) }),
	result: async () => {
		const e = await enrollment();
		if (e.session) await ask('PUT', `/sessions/${e.session}/results`, { results: [{ user: e.user, result: chance.one(['attended', 'absent', 'none']) }] });
	},
	user: async () => ask('PATCH', `/users/${person().id}`, { department: chance.one(departments).id }),
	leave: async () => ask('PATCH', `/users/${person().id}`, { status: chance.one(['active', 'active', 'inactive']) }),
	supervisor: async () => ask('PATCH', `/users/${person().id}`, { supervisor: chance.holds(0.5) ? person().id : chance.one(actors).id }),
	department: async () => ask('PATCH', `/departments/${chance.one(departments.filter((d) => d.parent)).id}`, { parent: chance.one(departments).id }),
	seats: async () => ask('PATCH', `/sessions/${chance.one(training().sessions).id}`, { capacity: chance.one([null, 5, 30, 60]) }),
	session: async () => {
		const t = training();
		t.sessions.push(await owner.expect(201, 'POST', `/trainings/${t.id}/sessions`, { title: 'One more', days: [dayAt(muster, 1 + chance.below(200))] }));
	},
	end: async () => {
		const s = chance.one(training().sessions);
		if (chance.holds(0.3)) await ask('DELETE', `/sessions/${s.id}`);
	},
	import: async () => {
		const path = join(folder, 'people.csv');
		const names = new Map((await owner.all('/departments')).map((d) => [d.id, d]));
		const full = (d) => (d.parent ? `${full(names.get(d.parent))} / ${d.name}` : d.name);
		const rows = chance.some(users, 10).map((u) => `${u.login},${full(names.get(chance.one(departments).id))},${u.last_name}`);
		writeFileSync(path, ['login,department,last_name', ...rows].join('\n'));
		const { code, err } = await muster.cli(['import', 'users', path, '--skip-errors']);
		assert.ok(code < 2, err);
	},
};
let clock = 0;

// ---- what is asked
function filter() {
	const f = {};
	const day = () => new Date((muster.now() + (chance.below(600) - 370) * 86400) * 1000).toISOString().slice(0, 19) + 'Z';
	if (chance.holds(0.3)) f.department = chance.one(departments).id;
	if (f.department && chance.holds(0.5)) f.nested = '0';
	if (chance.holds(0.3)) f.result = chance.one(['none', 'attended', 'absent']);
	if (chance.holds(0.25)) f.trainings = chance.some(trainings, 1 + chance.below(3)).map((t) => t.id).join(',');
	if (chance.holds(0.15)) f.sessions = chance.some(training().sessions, 2).map((s) => s.id).join(',');
	if (chance.holds(0.3)) f.from = day();
	if (chance.holds(0.3)) f.to = day();
	if (f.from && f.to && f.from >= f.to) delete f.to;
	return f;
}

async function compare(actor, by, f) {
	const query = new URLSearchParams({ group_by: by, ...f });
	let told, expected;
	// The worker announces in between, so both may come before or after it.
	await eventually(async () => {
		told = (await actor.api.all(`/reports/attendance?${query}`, 1000)).map((r) => [r.key, r.enrolled, r.attended, r.absent]);
		expected = await oracle.figures(actor, by, f);
		return JSON.stringify(told) === JSON.stringify(expected);
	}, { timeout: 2000 }).catch(() => {});
	assert.deepEqual(told, expected, `seed ${seed}, ${actor.name}, ${query}, after\n${log.slice(-12).join('\n')}`);
	return expected.length;
}

test('whatever happens, the figures are those of the rows', { timeout: 600_000 }, async () => {
	let found = 0;
	for (const a of actors) for (const by of ['training', 'session', 'department']) found += await compare(a, by, {}) > 0;
	assert.ok(found > actors.length * 2, 'most of them have something to look at');
	for (let i = 0; i < acts_wanted; i++) {
		const name = chance.one(Object.keys(acts));
		log.push(`${i} ${name}`);
		await acts[name]();
		// Everything is in memory now: what is not noticed is told wrong.
		for (const a of [actors[0], ...chance.some(actors, 2)]) await compare(a, chance.one(['training', 'session', 'department']), chance.holds(0.3) ? {} : filter());
	}
	for (const a of actors) for (const by of ['training', 'session', 'department']) await compare(a, by, {});
	await assertSound(muster);
});

test('a session that gets the number of one that is gone is not taken for it', async () => {
	const t = await owner.expect(201, 'POST', '/trainings', { title: 'Numbers', sessions: [0, 1].map((i) => ({ title: `Run ${i}`, days: [dayAt(muster, 40 + i)] })) });
	const enrolled = async (who, session) =>
		(await owner.expect(201, 'POST', '/enrollments', { audience: { users: who.map((u) => u.id) }, trainings: [{ training: t.id, session }] })).batch;
	const who = [await newUser(owner, departments[0].id), await newUser(owner, departments[0].id), await newUser(owner, departments[0].id)];
	const last = t.sessions[1].id;
	await enrolled([who[0]], last);
	const rows = () => owner.all(`/reports/attendance?group_by=session&trainings=${t.id}`);
	await eventually(async () => (await rows())[0]?.enrolled === 1);
	const [e] = await owner.all(`/trainings/${t.id}/participants`);
	await owner.expect(200, 'PATCH', `/enrollments/${e.id}`, { session: t.sessions[0].id });
	await owner.expect(204, 'DELETE', `/sessions/${last}`);
	const again = await owner.expect(201, 'POST', `/trainings/${t.id}/sessions`, { title: 'Again', days: [dayAt(muster, 50)] });
	await enrolled(who.slice(1), again.id);
	await eventually(async () => (await rows()).find((r) => r.key === again.id)?.enrolled === 2);
	assert.deepEqual((await rows()).map((r) => [r.name, r.enrolled]), [['Run 0', 1], ['Again', 2]]);
});

// ---- marks. A copy of a database that goes on by itself (a server that another replaced, a change that was rolled back) must
// not come to the mark that stands for other people in memory.
async function marksOf(db) {
	const rows = (await sql(db, 'SELECT id, figures FROM session')).split('\n').map((line) => line.split('|'));
	assert.ok(rows.length > 1);
	return new Map(rows.map(([id, mark]) => [id, Number(mark)]));
}

test('the mark of a figure is drawn: copies of a database never agree by chance, nor does any come next', async () => {
	const options = { args: ['--undo-hold', '0'] };
	const origin = await startMuster({ demo: true, ...options });
	let api = await apiOf(origin, 'owner');
	const places = (await api.all('/departments')).filter((d) => d.parent).map((d) => d.id);
	const people = [];
	for (let i = 0; i < 5; i++) people.push((await newUser(api, places[0])).id);
	const t = await api.expect(201, 'POST', '/trainings', { title: 'Marks', sessions: [{ title: 'One', days: [dayAt(origin, 40)] }] });
	const session = t.sessions[0].id;
	const enroll = (one, users) => one.expect(201, 'POST', '/enrollments', { audience: { users }, trainings: [{ training: t.id, session }] });
	const participants = (one) => one.all(`/trainings/${t.id}/participants`);
	const announced = (one, n) =>
		eventually(async () => (await participants(one)).filter((e) => e.announced_at).length === n, { what: `${n} are announced` });
	await enroll(api, people.slice(0, 3));
	await announced(api, 3);
	await origin.stop();

	// As many changes of each kind on both sides, and never the same one: [what, on one side, on the other].
	const result = (one, user, what) => one.expect(200, 'PUT', `/sessions/${session}/results`, { results: [{ user, result: what }] });
	const cancel = async (one, user) => one.expect(204, 'DELETE', `/enrollments/${(await participants(one)).find((e) => e.user === user).id}`);
	const changes = [
		['a result', (one) => result(one, people[0], 'attended'), (one) => result(one, people[0], 'absent')],
		...[1, 2].map((i) => ['a department', (one) => one.expect(200, 'PATCH', `/users/${people[i]}`, { department: places[1] }),
			(one) => one.expect(200, 'PATCH', `/users/${people[i]}`, { department: places[2] })]),
		...[3, 4].map((n) => ['somebody is announced', async (one) => (await enroll(one, [people[n]]), announced(one, n + 1)),
			async (one) => (await enroll(one, [people[7 - n]]), announced(one, n + 1))]),
		...[0, 1].map((i) => ['somebody leaves', async (one) => cancel(one, people[i]), async (one) => cancel(one, people[i + 2])]),
	];
	const drawn = [];
	for (const side of [0, 1]) {
		const one = await startMuster({ db: await copyDatabase(origin.db, folder, `side_${side}.db`), ...options });
		api = await apiOf(one, 'owner');
		let before = (await marksOf(one.db)).get(session);
		for (const [what, ...act] of changes) {
			await act[side](api);
			const mark = (await marksOf(one.db)).get(session);
			assert.notEqual(mark, before, `${what} is another mark`);
			assert.notEqual(mark, before + 1, `${what} is not the next mark`);
			drawn.push((before = mark));
		}
		await one.stop();
	}
	assert.equal(new Set(drawn).size, 2 * changes.length, `no mark twice: ${drawn}`);
});

test('two demo organizations have no mark in common', async () => {
	const seen = [];
	for (const name of ['demo_1.db', 'demo_2.db']) {
		const db = await emptyDatabase(folder, name);
		for (const command of ['migrate', 'demo']) assert.equal((await runMuster([command, '--db', db])).code, 0);
		seen.push(...(await marksOf(db)).values());
	}
	assert.equal(new Set(seen).size, seen.length, `${seen}`);
});

test('a report that is not there yet after a start says so and comes by itself; then it is what it was', async () => {
	const one = await startMuster({ demo: true, seed: { users: 100, departments: 5, trainings: 5, enrollments: 400, seed: 3 } });
	const paths = ['/reports?from=&to=', '/reports/participants?from=&to='];
	let web = await signedIn(one, 'owner'),
		api = await apiOf(one, 'owner');
	const figures = (page) => ['Enrolled', 'Attended', 'Absent', 'No result'].map((name) => new RegExp(`${name} (\\d+)`).exec(page.words)[1]);
	const before = await Promise.all(paths.map(async (path) => figures(await web.get(path))));
	const rows = await api.all('/reports/attendance');
	const csv = (await web.get('/reports/export?from=&to=')).text;
	assert.ok(rows.length > 3);
	await one.stop();
	// So many people that nobody reads them on the way, and a gap in the numbers that takes some time to get over.
	await sql(
		one.db,
		'UPDATE session SET capacity = NULL, seats_taken = seats_taken + 200000',
		`UPDATE enrollment SET id = ${on_postgres ? 1_600_000_000 : 24_000_000_000} WHERE id = (SELECT max(id) FROM enrollment e WHERE NOT EXISTS (SELECT 1 FROM enrollment_day d WHERE d.enrollment_id = e.id))`,
	);

	const two = await startMuster({ db: one.db, env: { MUSTER_FIGURES_FROM: '1' } });
	web = Object.assign(new Web(two.url), { cookies: web.cookies });
	api = new Api(two, api.token);
	const waiting = await Promise.all(paths.map((path) => web.get(path)));
	for (const page of waiting) {
		assert.equal(page.status, 503);
		assert.equal(page.headers.get('refresh'), '1');
		assert.equal(page.headers.get('retry-after'), '1');
		assert.match(page.words, /The figures are being put together after a start: \d+ %\. They come by themselves\./);
		assert.match(page.text, /<progress[^>]* value="\d+"/);
	}
	const asked = await api.call('GET', '/reports/attendance');
	assert.equal(asked.status, 503);
	assert.equal(asked.headers.get('retry-after'), '1');
	assert.equal((await web.get('/reports/export?from=&to=')).text, csv, 'an export waits');

	const after = await Promise.all(paths.map((path) => web.get(path)));
	assert.deepEqual(after.map((page) => page.status), [200, 200]);
	assert.deepEqual(after.map((page) => page.headers.get('refresh')), [null, null]);
	assert.deepEqual(after.map(figures), before);
	assert.deepEqual(await api.all('/reports/attendance'), rows);
	await two.stop();
});
