// Every list, filter, sort and export equals what a naive computation makes of the same data: a random organization, read
// as owner, and several people who look at it. The seed of a failure is in its message; MUSTER_SEED repeats it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { decode } from '../lib/html.mjs';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { dayAt } from '../lib/organization.mjs';
import { Chance } from '../lib/random.mjs';
import { readCsv } from '../lib/sheet.mjs';

const seed = Number(process.env.MUSTER_SEED ?? 20261203);
const chance = new Chance(seed);
const people = 150,
	password = 'a long enough password';
let muster, owner;
const data = {}; // departments, users, trainings, enrollments, messages, trail: all there is, as the owner reads it
const actors = []; // { name, web, api, id, grants: departments, everything }

// ---- the organization
const first = ['Ana', 'Zoë', 'émile', 'Łukasz', 'ana', 'Björn', '=Sum', 'Øystein', 'Mary Jane', 'Ira'];
const last = ['Novák', 'novak', "O'Neil", 'Zhang', 'van Dijk', 'Åkerman', '-Minus', 'Ünal', 'García', 'Ng'];

async function makeDepartments() {
	const all = await owner.all('/departments');
	for (let i = 0; i < 14; i++)
		all.push(await owner.expect(201, 'POST', '/departments', { name: `${chance.one(['Sales', 'Élan', 'Ops', 'zeta'])} ${i}`, parent: chance.one(all.slice(-6)).id }));
	return all;
}

async function makeUsers(departments) {
	const made = [];
	for (let i = 0; i < people; i++) {
		const login = `${chance.one(['u', 'Q', 'm_'])}${i}`;
		made.push(await owner.expect(201, 'POST', '/users', {
			login,
			email: chance.holds(0.9) ? `${login}@example.org` : null,
			first_name: chance.one(first),
			last_name: chance.one(last),
			department: chance.one(departments).id,
			supervisor: made.length > 10 && chance.holds(0.5) ? chance.one(made.slice(0, 12)).id : null,
		}));
	}
	return made;
}

async function makeTrainings(users) {
	const made = [];
	for (let i = 0; i < 5; i++) {
		made.push(await owner.expect(201, 'POST', '/trainings', {
			title: `${chance.one(['Basics', 'élan vital', 'Zero', '+Plus'])} ${i}`,
			organizer: chance.one(users.slice(0, 30)).id,
			sessions: Array.from({ length: 1 + chance.below(3) }, (_, k) => ({
				title: `Run ${k}`,
				capacity: chance.holds(0.3) ? 12 : null,
				instructor_user: chance.holds(0.6) ? chance.one(users.slice(0, 30)).id : null,
				days: Array.from({ length: 1 + chance.below(3) }, (_, d) => dayAt(muster, 5 + i * 4 + k + d)),
			})),
		}));
	}
	return made;
}

async function enrollSome(users, trainings) {
	for (const training of trainings)
		for (const session of [...training.sessions, null])
			await owner.expect(201, 'POST', '/enrollments', {
				audience: { users: chance.some(users, session ? 25 : 4).map((u) => u.id) },
				trainings: [{ training: training.id, session: session?.id ?? null }],
				...(chance.holds(0.2) ? { access_at: new Date((muster.now() + 86400 * 2) * 1000).toISOString() } : {}),
			});
	await eventually(async () => !(await Promise.all(trainings.map((t) => owner.all(`/trainings/${t.id}/participants`)))).flat().some((e) => !e.announced_at && Date.parse(e.access_at) < muster.now() * 1000));
}

async function liveOn(trainings) {
	for (const training of trainings) {
		const all = (await owner.all(`/trainings/${training.id}/participants`)).filter((e) => e.session);
		for (const e of chance.some(all.filter((x) => x.status === 'enrolled'), 12))
			await owner.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: chance.one(['accepted', 'tentative', 'declined']) });
		for (const e of chance.some(all, 4)) await owner.expect(204, 'DELETE', `/enrollments/${e.id}`);
		for (const session of training.sessions) {
			const there = (await owner.all(`/trainings/${training.id}/participants?session=${session.id}`)).filter((e) => e.status === 'enrolled');
			await owner.expect(200, 'PUT', `/sessions/${session.id}/results`, {
				results: chance.some(there, 10).map((e) => ({
					user: e.user,
					result: chance.one(['attended', 'attended', 'absent']),
					...(chance.holds(0.5) ? { day: chance.one(session.days).id } : {}),
					...(chance.holds(0.3) ? { score: chance.below(100) } : {}),
				})),
			});
		}
	}
}

async function actor(name, user, grants = []) {
	if (user.login !== 'root') {
		if (grants.length) await owner.expect(200, 'PATCH', `/users/${user.id}`, { roles: [{ role: 'department_admin', departments: grants.map((d) => d.id) }] });
		const desk = await signedIn(muster, 'root', password);
		const page = await desk.get(`/users/${user.id}`);
		assert.ok((await desk.post(`/users/${user.id}/password`, { csrf: page.csrf, password })).status < 400);
	}
	actors.push({ name, id: user.id, grants: grants.map((d) => d.id), everything: user.login === 'root', api: await apiOf(muster, user.login), web: await signedIn(muster, user.login, password) });
}

before(async () => {
	muster = await startMuster({ args: ['--undo-hold', '0'] });
	assert.equal((await muster.cli(['user', 'add', 'root', '--email', 'root@example.org', '--role', 'owner'], { input: `${password}\n` })).code, 0);
	owner = await apiOf(muster, 'root');
	const departments = await makeDepartments();
	const users = await makeUsers(departments);
	const trainings = await makeTrainings(users);
	await enrollSome(users, trainings);
	await liveOn(trainings);
	const boss = users.slice(0, 12).find((u) => users.filter((x) => x.supervisor === u.id).length > 2);
	const free = users.filter((u) => u !== boss && !users.some((x) => x.supervisor === u.id));
	const organizer = users.find((u) => u.id === trainings[0].organizer);
	for (const u of chance.some(free.filter((x) => x !== organizer).slice(20), 20)) await owner.expect(200, 'PATCH', `/users/${u.id}`, { status: chance.one(['inactive', 'ended']) });
	const admins = (await owner.all('/users', 1000)).filter((u) => free.some((x) => x.id === u.id) && u.status === 'active' && u.id !== organizer.id);
	await actor('owner', (await owner.all('/users')).find((u) => u.login === 'root'));
	await actor('department administrator', admins[3], chance.some(departments.filter((d) => d.parent), 2));
	await actor('supervisor', boss);
	await actor('organizer', organizer);

	data.departments = await owner.all('/departments', 1000);
	data.users = (await owner.all('/users', 1000)).map((u) => ({ ...u, first_name: u.first_name ?? '', last_name: u.last_name ?? '' })).map((u) => ({ ...u, name: `${u.first_name} ${u.last_name}`.trim() || u.login }));
	data.trainings = await owner.all('/trainings', 1000);
	data.sessions = data.trainings.flatMap((t) => t.sessions.map((s) => ({ ...s, training: t.id, organizer: t.organizer })));
	data.enrollments = (await Promise.all(data.trainings.flatMap((t) => ['', '?status=cancelled'].map((q) => owner.all(`/trainings/${t.id}/participants${q}`, 1000))))).flat();
	data.messages = await owner.all('/outbox', 1000);
	assert.ok(data.enrollments.some((e) => e.status === 'waiting') && data.enrollments.some((e) => e.status === 'scheduled') && data.enrollments.some((e) => e.result === 'absent'), `seed ${seed} makes a lively organization`);
});

// ---- the naive side
const by = (list, id) => list.find((x) => x.id === id);
const parents = (id) => (id ? [id, ...parents(by(data.departments, id).parent)] : []);
const inside = (user, department) => parents(user.department).includes(department);
function isBelow(user, boss, seen = new Set()) {
	if (!user.supervisor || seen.has(user.id)) return false;
	seen.add(user.id);
	return user.supervisor === boss || isBelow(by(data.users, user.supervisor), boss, seen);
}
const managed = (a, user) => a.everything || a.grants.some((d) => inside(user, d));
const seen = (a, user) => managed(a, user) || isBelow(user, a.id);
const teaches = (a, e) => by(data.trainings, e.training).organizer === a.id || (e.session !== null && by(data.sessions, e.session).instructor_user === a.id);
const seesEnrollment = (a, e) => seen(a, by(data.users, e.user)) || teaches(a, e);

// ICU's root order, as the program has it; equal keys by id.
const collator = new Intl.Collator('und');
const bytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const orders = { name: (a, b) => collator.compare(a, b), text: bytes, number: (a, b) => a - b };
// By several keys, one after the other: [[value, order], …].
orders.keys = (a, b) => a.reduce((way, [x, order], i) => way || orders[order](x, b[i][0]), 0);
// Nothing sorts before everything.
function sorted(list, key, order, desc, id = (x) => x.id) {
	const compare = (a, b) => {
		const x = key(a), y = key(b);
		const way = x === null || y === null ? (x !== null) - (y !== null) : orders[order](x, y);
		return way || Number(id(a)) - Number(id(b));
	};
	const out = list.toSorted(compare);
	return desc ? out.reverse() : out;
}

const folded = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const safe = (text) => (/^\s*[=+\-@＝＋－＠]/u.test(text) ? `'${text}` : text);

// ---- the program's side
// Walks a list's pages to the end and back again; `read` finds the rows of a page.
async function walk(web, path, read, limit) {
	const limited = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;
	const find = (page, text) => page.links.find((l) => l.text === text && l.href)?.href;
	const forward = [], backward = [];
	let at = limited, end = limited;
	for (let guard = 0; at && guard < 100; guard++) {
		const page = await web.get(at);
		assert.equal(page.status, 200, at);
		forward.push(...read(page));
		end = find(page, 'Last') ?? end;
		at = find(page, 'Next');
	}
	for (at = end; at;) {
		const page = await web.get(at);
		backward.unshift(...read(page));
		at = find(page, 'Previous');
	}
	return { forward, backward };
}

async function assertList(a, what, path, read, expected, limit = 20) {
	const { forward, backward } = await walk(a.web, path, read, limit);
	const where = `seed ${seed}, ${a.name}, ${what}: ${path}`;
	assert.deepEqual(forward, expected, where);
	assert.deepEqual(backward, expected, `${where}, backward`);
}

async function assertFile(a, path, columns, expected) {
	const answer = await a.web.request('GET', path);
	assert.equal(answer.status, 200, path);
	const [head, ...rows] = readCsv(Buffer.from(`\ufeff${answer.text}`));
	const where = columns.map((c) => head.findIndex((h) => h === c || h.startsWith(`${c} (`)));
	assert.ok(!where.includes(-1), `${head} has ${columns}`);
	assert.deepEqual(rows.map((r) => where.map((i) => r[i])), expected.map((r) => r.map((x) => safe(String(x)))), `seed ${seed}, ${a.name}: ${path}`);
}

const query = (filters, sort, desc) => {
	const q = new URLSearchParams(Object.entries(filters).filter(([, v]) => v !== undefined));
	if (sort) q.set('sort', (desc ? '-' : '') + sort);
	return q.size ? `?${q}` : '';
};
// Every order both ways without a filter; every filter in some order.
const cases = (sorts, filters) => [
	...Object.keys(sorts).flatMap((s) => [[{}, s, false], [{}, s, true]]),
	...filters.map((f) => [f, chance.one(Object.keys(sorts)), chance.holds(0.5)]),
];

const cell = (label) => (page) => [...page.text.matchAll(new RegExp(`data-label="${label}"><bdi dir="ltr">([^<]*)</bdi>`, 'g'))].map((m) => decode(m[1]));
// Names, and logins where they are shown: of those in scope (R11).
const persons = (page) => [...page.text.matchAll(/<div class="who"><span class="ava"[^>]*>[^<]*<\/span><span>(?:<a[^>]*>)?<bdi>([^<]*)<\/bdi>(?:<\/a>)?(?:<small><bdi dir="ltr">([^<]*)<\/bdi><\/small>)?<\/span><\/div>/g)].map((m) => [decode(m[1]), decode(m[2] ?? '')]);
const loginOf = (a, e, known) => (known(a, user(e)) ? user(e).login : '');

// ---- the lists
test('users', async () => {
	const department = (u) => by(data.departments, u.department).name;
	// From the topmost department in scope; its own name where that is outside.
	const path = (a, u) => parents(u.department).filter((d) => managed(a, { department: d })).map((d) => by(data.departments, d).name).reverse().join(' / ') || department(u);
	const sorts = { name: [(u) => u.name, 'name'], login: [(u) => folded(u.login), 'text'], email: [(u) => u.email && folded(u.email), 'text'], department: [department, 'name'], status: [(u) => u.status, 'text'] };
	const filters = [{ q: 'ana' }, { q: 'nov a' }, { q: 'example.org' }, { q: 'zzz' }, { status: 'active' }, { status: 'ended' }, ...chance.some(data.departments, 3).map((d) => ({ department: d.id })), { department: data.departments[0].id, status: 'inactive', q: 'n' }];
	for (const a of actors.filter((x) => x.name !== 'organizer')) {
		for (const [f, s, desc] of cases(sorts, filters)) {
			const parts = (u) => ` ${folded([u.first_name, u.last_name, u.login, u.email ?? ''].join(' '))} `;
			const found = data.users.filter((u) => seen(a, u) && (!f.status || u.status === f.status) && (!f.department || inside(u, f.department)) &&
				(f.q ?? '').split(' ').every((word) => !word || parts(u).includes(folded(word))));
			const expected = sorted(found, ...sorts[s], desc);
			await assertList(a, 'users', `/users${query(f, s, desc)}`, cell('Login'), expected.map((u) => u.login));
			assert.deepEqual((await a.api.all(`/users${query(f, s, desc)}`, 33)).map((u) => u.id), expected.map((u) => u.id), `seed ${seed}, ${a.name}, REST ${query(f, s, desc)}`);
			await assertFile(a, `/users/export${query(f, s, desc)}`, ['Last name', 'First name', 'Login', 'E-mail', 'Department', 'Status'],
				expected.map((u) => [u.last_name, u.first_name, u.login, u.email ?? '', path(a, u), { active: 'Active', inactive: 'Inactive', ended: 'Employment ended' }[u.status]]));
		}
	}
});

const starts = (e) => (e.session ? Math.floor(Date.parse(by(data.sessions, e.session).days[0].start_at) / 1000) * 2 ** 20 + (Number(e.session) % 2 ** 20) : 0);
const user = (e) => by(data.users, e.user);
const enrollment_sorts = { name: [(e) => user(e).name, 'name'], department: [(e) => by(data.departments, user(e).department).name, 'name'], session: [starts, 'number'], status: [(e) => e.status, 'text'], answer: [(e) => e.answer, 'text'], access: [(e) => Date.parse(e.access_at), 'number'], result: [(e) => e.result, 'text'] };
const answers = { none: 'No answer', accepted: 'Accepted', tentative: 'Tentative', declined: 'Declined' };
// Who waits was not asked.
const answerOf = (e) => (e.position === null ? answers[e.answer] : '–');
const results = { none: '', attended: 'Attended', absent: 'Absent' };

// Beside the first key: people of a department by name (whose department is not told stands before all others, R11), a session's waiting list behind its seats, and who is not announced yet
// behind the others, by access date.
const unannounced = (e) => [e.status === 'scheduled' ? Date.parse(e.access_at) : 0, 'number'];
const participant_sorts = {
	...enrollment_sorts,
	department: [(e, a) => [[managed(a, user(e)) ? by(data.departments, user(e).department).name : '', 'name'], [managed(a, user(e)) ? Number(user(e).department) : 0, 'number'], [user(e).name, 'name']], 'keys'],
	session: [(e) => [[starts(e), 'number'], [e.position === null ? 0 : 1, 'number']], 'keys'],
	status: [(e) => [[e.status, 'text'], unannounced(e)], 'keys'],
	answer: [(e) => [[e.answer, 'text'], e.answer === 'none' ? unannounced(e) : [0, 'number']], 'keys'],
	result: [(e) => [[e.result, 'text'], e.result === 'none' ? unannounced(e) : [0, 'number']], 'keys'],
};

test('participants', async () => {
	const training = data.trainings.find((t) => t.organizer === actors.find((a) => a.name === 'organizer').id);
	const filters = [{ status: 'cancelled' }, { status: 'scheduled' }, { status: 'waiting' }, { status: 'enrolled' }, { answer: 'declined' }, { q: 'ana' }, ...training.sessions.map((s) => ({ session: s.id })), { session: training.sessions[0].id, answer: 'none', status: 'enrolled' }];
	for (const a of actors) {
		for (const [f, s, desc] of cases(participant_sorts, filters)) {
			const found = data.enrollments.filter((e) => e.training === training.id && seesEnrollment(a, e) && (f.status ? e.status === f.status : e.status !== 'cancelled') &&
				(!f.session || e.session === f.session) && (!f.answer || e.answer === f.answer) && (!f.q || folded(` ${user(e).name} ${managed(a, user(e)) ? user(e).login : ''}`).includes(` ${f.q}`)));
			const [key, order] = participant_sorts[s];
			const expected = sorted(found, (e) => key(e, a), order, desc);
			const q = query(f, s, desc);
			if (!a.everything && !a.grants.length && training.organizer !== a.id && !training.sessions.some((x) => x.instructor_user === a.id)) {
				assert.equal((await a.web.get(`/trainings/${training.id}/participants${q}`)).status, 404, 'no manager and no teacher of it');
				continue;
			}
			await assertList(a, 'participants', `/trainings/${training.id}/participants${q}`, persons, expected.map((e) => [user(e).name, loginOf(a, e, managed)]));
			await assertFile(a, `/trainings/${training.id}/participants/export${q}`, ['Login', 'Answer', 'Result', 'Score'], expected.map((e) => [loginOf(a, e, managed), answerOf(e), results[e.result], e.score ?? '']));
			if (!f.q && !f.answer) assert.deepEqual((await a.api.all(`/trainings/${training.id}/participants${q}`, 17)).map((e) => e.id), expected.map((e) => e.id), `seed ${seed}, ${a.name}: ${q}`);
		}
	}
});

test('enrolled learning', async () => {
	const sorts = Object.fromEntries(Object.entries(enrollment_sorts).filter(([s]) => s !== 'name' && s !== 'department'));
	sorts.training = [(e) => by(data.trainings, e.training).title, 'name'];
	for (const a of actors.slice(0, 3)) {
		const visible = data.users.filter((u) => seen(a, u) && data.enrollments.some((e) => e.user === u.id));
		for (const u of chance.some(visible, 4)) {
			for (const [f, s, desc] of cases(sorts, [{ status: 'cancelled' }, { status: 'enrolled' }])) {
				const found = data.enrollments.filter((e) => e.user === u.id && (f.status ? e.status === f.status : e.status !== 'cancelled'));
				const expected = sorted(found, ...sorts[s], desc);
				const q = query(f, s, desc);
				assert.deepEqual((await a.api.all(`/users/${u.id}/enrollments${q}`, 2)).map((e) => e.id), expected.map((e) => e.id), `seed ${seed}, ${a.name}, ${s} ${u.login}`);
				await assertFile(a, `/users/${u.id}/learning/export${q}`, ['Name', 'Login', 'Training', 'Answer', 'Result', 'Score'], expected.map((e) => [u.name, u.login, by(data.trainings, e.training).title, answerOf(e), results[e.result], e.score ?? '']));
			}
		}
	}
});

test('the outbox', async () => {
	const of = (m) => by(data.enrollments, m.enrollment);
	const states = { waiting: 'Waiting', sent: 'Sent', failed: 'Failed', dropped: 'Dropped' };
	for (const a of actors.slice(0, 2)) {
		for (const f of [{}, { state: 'waiting' }, { state: 'dropped' }, { state: 'sent' }]) {
			for (const desc of [false, true]) {
				const found = data.messages.filter((m) => managed(a, user(of(m))) && (!f.state || m.state === f.state));
				for (const [s, key] of [['id', (m) => Number(m.id)], ['due', (m) => Date.parse(m.due_at)], ['attempts', (m) => m.attempts]]) {
					const expected = sorted(found, key, 'number', desc);
					const q = query(f, s, desc);
					assert.deepEqual((await a.api.all(`/outbox${q}`, 50)).map((m) => m.id), expected.map((m) => m.id), `seed ${seed}, ${a.name} ${q}`);
					await assertFile(a, `/outbox/export${q}`, ['To', 'Training', 'Attempts'], expected.map((m) => [user(of(m)).name, by(data.trainings, of(m).training).title, m.attempts]));
					assert.ok(expected.every((m) => states[m.state]));
				}
			}
		}
	}
});

test('the trail', async () => {
	const trail = await owner.all('/audit', 1000);
	for (const [q, holds] of [['?object=enrollment', (e) => e.object.startsWith('enrollment')], ['?object=user&action=user.create', (e) => e.action === 'user.create']]) {
		const expected = trail.filter(holds).toSorted((x, y) => Number(y.id) - Number(x.id));
		const answer = await actors[0].web.request('GET', `/audit/export${q}`);
		const rows = readCsv(Buffer.from(`\ufeff${answer.text}`)).slice(1);
		assert.equal(rows.length, expected.length, q);
		const number = expected.map((e) => JSON.stringify([e.before, e.after]));
		rows.forEach((r, i) => assert.equal(JSON.stringify([r[6] === '' ? null : JSON.parse(r[6]), r[7] === '' ? null : JSON.parse(r[7])]), number[i], `seed ${seed} ${q} row ${i}`));
	}
});

// ---- reports
const session_of = (e) => by(data.sessions, e.session);
function counted(a, f) {
	const edge = (text, later) => Date.parse(`${text}T00:00:00Z`) + later * 86400e3;
	return data.enrollments.filter((e) => {
		if (e.status !== 'enrolled' || !e.session || !(seen(a, user(e)) || (!f.department && teaches(a, e)))) return false;
		const days = session_of(e).days;
		if (f.from && Math.max(...days.map((d) => Date.parse(d.end_at))) <= edge(f.from, 0)) return false;
		if (f.to && Math.min(...days.map((d) => Date.parse(d.start_at))) >= edge(f.to, 1)) return false;
		if (f.trainings && !f.trainings.split(',').includes(e.training)) return false;
		if (f.sessions && !f.sessions.split(',').includes(e.session)) return false;
		if (f.department && !(f.nested === '0' ? user(e).department === f.department : inside(user(e), f.department))) return false;
		return !f.result || e.result === f.result;
	});
}
function grouped(list, group) {
	const keys = { training: (e) => e.training, session: (e) => e.session, department: (e) => user(e).department };
	const groups = new Map();
	for (const e of list) groups.set(keys[group](e), [...(groups.get(keys[group](e)) ?? []), e]);
	const rows = [...groups].map(([key, of]) => {
		const n = (r) => of.filter((e) => e.result === r).length;
		const name = { training: () => by(data.trainings, key).title, session: () => by(data.sessions, key).title, department: () => by(data.departments, key).name }[group]();
		return { key, name, enrolled: of.length, attended: n('attended'), absent: n('absent'), no_result: n('none'), rate: n('attended') / of.length };
	});
	const training = (r) => (group === 'session' ? by(data.sessions, r.key).training : r.key);
	const title = (r) => (group === 'department' ? r.name : by(data.trainings, training(r)).title);
	const start = (r) => (group === 'session' ? Date.parse(by(data.sessions, r.key).days[0].start_at) : 0);
	return rows.sort((x, y) => collator.compare(title(x), title(y)) || Number(training(x)) - Number(training(y)) || start(x) - start(y) || Number(x.key) - Number(y.key));
}
const report_filters = () => {
	const [early, late] = [1, 3].map((i) => data.sessions[i].days[0].start.slice(0, 10)).toSorted();
	return [
		{},
		...['attended', 'absent', 'none'].map((result) => ({ result })),
		{ trainings: data.trainings[1].id },
		{ trainings: `${data.trainings[0].id},${data.trainings[2].id},999999` },
		{ sessions: data.sessions[1].id },
		{ trainings: data.trainings[0].id, sessions: `${data.trainings[0].sessions[0].id},${data.sessions.at(-1).id}` },
		...chance.some(data.departments, 3).flatMap((d) => [{ department: d.id }, { department: d.id, nested: '0' }]),
		{ from: data.sessions[2].days[0].start.slice(0, 10) },
		{ to: data.sessions[2].days[0].start.slice(0, 10) },
		{ from: early, to: late, result: 'none' },
		{ department: '999999' },
	];
};

test('attendance by training, session and department', async () => {
	const columns = ['enrolled', 'attended', 'absent', 'no_result', 'rate'];
	for (const a of actors) {
		for (const f of report_filters()) {
			for (const group of ['training', 'session', 'department']) {
				const expected = grouped(counted(a, f).filter((e) => group !== 'department' || seen(a, user(e))), group);
				const where = `seed ${seed}, ${a.name}, by ${group}: ${JSON.stringify(f)}`;
				assert.deepEqual(await a.api.all(`/reports/attendance${query({ ...f, group_by: group })}`, 3), expected, where);
				const s = chance.one(['name', ...columns]), desc = chance.holds(0.5);
				const way = desc ? -1 : 1;
				const order = s === 'name' ? (desc ? expected.toReversed() : expected) : expected.toSorted((x, y) => way * (x[s] - y[s]));
				const q = query({ ...f, group_by: group, from: f.from ?? '', to: f.to ?? '' }, s, desc);
				const read = (page) => [...page.text.matchAll(/<tr><td>[\s\S]*?<\/tr>/g)].map((m) => m[0]).filter((m) => m.includes('<a href'))
					.map((m) => [decode(/<bdi>([^<]*)/.exec(m)[1]), ...[...m.matchAll(/class="r"[^>]*>(\d+)</g)].map((x) => Number(x[1]))]);
				await assertList(a, group, `/reports${q}`, read, order.map((r) => [r.name, ...columns.slice(0, 4).map((c) => r[c])]), 4);
				await assertFile(a, `/reports/export${q}`, [group === 'session' ? 'Session' : group === 'training' ? 'Training' : 'Department', 'Enrolled', 'Attended', 'Absent', 'No result', 'Rate'],
					order.map((r) => [r.name, r.enrolled, r.attended, r.absent, r.no_result, r.rate.toFixed(4)]));
			}
		}
	}
});

test('the people behind the numbers', async () => {
	const sorts = { ...enrollment_sorts, training: [(e) => by(data.trainings, e.training).title, 'name'], score: [(e) => e.score, 'number'] };
	sorts.department = [(e, a) => (seen(a, user(e)) ? by(data.departments, user(e).department).name : null), 'name'];
	delete sorts.status;
	delete sorts.access;
	for (const a of actors) {
		for (const [f, s, desc] of cases(sorts, report_filters())) {
			const [key, order] = sorts[s];
			const expected = sorted(counted(a, f), (e) => key(e, a), order, desc);
			const q = query({ ...f, from: f.from ?? '', to: f.to ?? '' }, s, desc);
			await assertList(a, 'people', `/reports/participants${q}`, persons, expected.map((e) => [user(e).name, loginOf(a, e, seen)]));
			await assertFile(a, `/reports/participants/export${q}`, ['Login', 'Training', 'Session', 'Answer', 'Result', 'Score'],
				expected.map((e) => [loginOf(a, e, seen), by(data.trainings, e.training).title, session_of(e).title, answers[e.answer], results[e.result], e.score ?? '']));
		}
	}
});
