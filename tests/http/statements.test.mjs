// What a page asks of the database is counted, not timed: however many participants there are, a page of them takes few
// statements, and none that goes through a big table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

const people = 2000,
	most = 8,
	// The shell of every page: the account, who is signed in with which roles, and the badge. And looking at the figures
	// reads the account as well.
	shell = 5 + 1;

// Work in the background looks now and then whether something is due: the least of some tries is the page's own.
async function asked(muster, work) {
	const tries = [];
	for (let i = 0; i < 4 || (i < 40 && !tries.some((t) => t.statements <= shell + most)); i++) tries.push(await once(muster, work));
	return tries.sort((a, b) => a.statements - b.statements)[0];
}

async function once(muster, work) {
	const before = await muster.metrics();
	const answer = await work();
	const then = await muster.metrics();
	return {
		answer,
		statements: then.muster_db_statements_total - before.muster_db_statements_total,
		scanned: then.muster_db_full_scan_steps_total - before.muster_db_full_scan_steps_total,
		steps: then.muster_db_steps_total - before.muster_db_steps_total,
	};
}

test('participants: every sort, first, middle and last page', async () => {
	const muster = await startMuster({ demo: true, seed: { users: people, departments: 40, trainings: 1, enrollments: 0, seed: 3 } });
	const api = await apiOf(muster, 'owner');
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'For everybody',
		sessions: [{ title: 'All', days: [{ start: '2030-03-01T09:00', duration: 3600, time_zone: 'Europe/Berlin' }] }],
	});
	const top = (await api.all('/departments')).find((d) => d.parent === null);
	await api.expect(201, 'POST', '/enrollments', {
		audience: { departments: [{ id: top.id, nested: true }], except: [training.organizer] },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
	});
	const web = await signedIn(muster, 'admin');
	for (const sort of ['name', 'department', 'session', 'status', 'answer', 'access', 'result'])
		for (const way of ['', '-']) {
			const first = `/trainings/${training.id}/participants?sort=${way}${sort}`;
			const pages = { first, middle: null, last: null };
			const page = await web.get(first);
			pages.middle = page.link('Next').href;
			pages.last = page.link('Last').href;
			const costs = [];
			for (const [name, path] of Object.entries(pages)) {
				const { answer, statements, scanned, steps } = await asked(muster, () => web.get(path));
				costs.push(steps);
				assert.equal(answer.status, 200);
				const what = `${way}${sort}, ${name} page`;
				assert.ok(statements <= shell + most, `${what}: ${statements} statements`);
				// Rows of staging tables and of small tables count as well.
				assert.ok(scanned < 300, `${what}: went through ${scanned} rows`);
			}
			// What SQLite did for each of them: nobody is sorted who is not shown. (PostgreSQL does not say.)
			// The last page has what the others left, and may be short.
			assert.ok(Math.max(...costs) <= 1.5 * Math.min(...costs.slice(0, 2)), `${way}${sort}: ${costs} steps`);
			assert.ok(Math.max(...costs) < people * 20, `${way}${sort}: ${costs} steps`);
		}
});

test('users: a search, and lists of few among many, go through nobody else', async () => {
	const muster = await startMuster({ demo: true, seed: { users: people, departments: 40, trainings: 1, enrollments: 0, seed: 3 }, env: { MUSTER_INDEX_FROM: '1000' } });
	await eventually(async () => (await muster.metrics()).muster_user_index_users > people);
	const admin = await signedIn(muster, 'admin'), his = await signedIn(muster, 'dept.admin');
	const api = await apiOf(muster, 'owner');
	const [somebody] = (await api.expect(200, 'GET', '/users?limit=1&q=user777')).items;
	const draft = /^\/enroll\/(\d+)/.exec((await admin.post('/enroll', { csrf: (await admin.get('/enroll')).csrf, user: somebody.id })).location)[1];
	const asks = [];
	for (const q of ['user77', 'lindqvist', 'nobody at all', 'a', 'ana user1'])
		for (const path of [`/enroll/${draft}/suggest?`, '/find/suggest?', '/find?', '/users?', '/users?sort=-login&'])
			asks.push([admin, `${path}q=${encodeURIComponent(q)}`], [his, `/users?q=${encodeURIComponent(q)}`]);
	for (const sort of ['name', 'login', 'email', 'department', 'status'])
		for (const way of ['', '-'])
			asks.push([admin, `/users?department=${somebody.department}&sort=${way}${sort}`], [his, `/users?sort=${way}${sort}`]);
	for (const [web, path] of asks) {
		const { answer, scanned } = await asked(muster, () => web.get(path));
		assert.equal(answer.status, 200);
		// What many have is still walked in the order of another column.
		const most = /sort=-login&q=(a|user77|lindqvist)$/.test(path) ? 2 * people : /sort=-?email/.test(path) ? 2 * people : 400;
		assert.ok(scanned < most, `${path}: went through ${scanned} rows`);
	}
});

// SQLite alone says what a statement takes.
test('a small department is enrolled without going through everybody, and an answer writes only what it changes', async () => {
	const muster = await startMuster({ demo: true, seed: { users: people, departments: 40, trainings: 1, enrollments: 0, seed: 3 }, args: ['--undo-hold', '0'] });
	const api = await apiOf(muster, 'owner');
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'For one department',
		sessions: [{ title: 'All', days: [{ start: '2030-03-01T09:00', duration: 3600, time_zone: 'Europe/Berlin' }] }],
	});
	const place = (await api.all('/departments', 1000)).find((d) => d.name === 'Support');
	const body = { audience: { departments: [{ id: place.id, nested: true }] }, trainings: [{ training: training.id, session: training.sessions[0].id }] };
	const checked = await asked(muster, () => api.expect(200, 'POST', '/enrollments/plan', body));
	assert.ok(checked.steps < 5 * people, `${checked.steps} steps`);

	await api.expect(201, 'POST', '/enrollments', body);
	const [somebody] = await api.all(`/trainings/${training.id}/participants`);
	await eventually(async () => (await api.expect(200, 'GET', `/enrollments/${somebody.id}`)).announced_at);
	let answer = 'tentative';
	const answered = await asked(muster, () => {
		answer = answer === 'accepted' ? 'tentative' : 'accepted';
		return api.expect(200, 'POST', `/enrollments/${somebody.id}/answer`, { answer });
	});
	assert.ok(answered.steps < 750, `${answered.steps} steps`);
});

test('the pages of an enrollment, its batch and the list of trainings take no more for many trainings than for two', async () => {
	const muster = await startMuster({ demo: true, args: ['--undo-hold', '3600'] });
	const api = await apiOf(muster, 'owner');
	const [somebody, another] = await Promise.all(['maria', 'omar'].map(async (q) => (await api.expect(200, 'GET', `/users?q=${q}`)).items[0]));
	const trainings = [];
	for (let i = 0; i < 19; i++)
		trainings.push(await api.expect(201, 'POST', '/trainings', {
			title: `Counted ${String(i).padStart(2, '0')}`,
			sessions: [1, 2].map((n) => ({ title: `Run ${n}`, capacity: 1, days: [{ start: `2031-03-${String(i + 1).padStart(2, '0')}T09:00`, duration: 3600, time_zone: 'Europe/Berlin' }] })),
		}));
	const web = await signedIn(muster, 'admin');

	// Somebody is enrolled in n of them, the other one waits: each stage with what it takes.
	const costs = async (n, from) => {
		const chosen = trainings.slice(from, from + n);
		const path = (await web.post('/enroll', { csrf: (await web.get('/enroll')).csrf, user: somebody.id })).location.replace(/\/\w+$/, '');
		for (const t of chosen) await web.post(`${path}/trainings`, { csrf: (await web.get(`${path}/trainings`)).csrf, add: t.id });
		const parameters = await web.get(`${path}/parameters`);
		await web.post(`${path}/parameters`, {
			csrf: parameters.csrf, go: 'check', access_date: '', access_time: '', message: '',
			...Object.fromEntries(chosen.map((t) => [`session-${t.id}`, t.sessions[1].id])),
		});
		const body = { audience: { users: [somebody.id, another.id] }, trainings: chosen.map((t) => ({ training: t.id, session: t.sessions[0].id })) };
		const { batch } = await api.expect(201, 'POST', '/enrollments', body);
		const found = {};
		for (const [name, work] of Object.entries({
			trainings: () => web.get(`${path}/trainings`),
			parameters: () => web.get(`${path}/parameters`),
			check: () => web.get(`${path}/check`),
			batch: () => web.get(`/batches/${batch}`),
			plan: () => api.expect(200, 'POST', '/enrollments/plan', body),
			list: () => api.expect(200, 'GET', `/trainings?limit=${n}&q=Counted`),
		})) {
			const { answer, statements } = await asked(muster, work);
			if (answer.words)
				for (const t of chosen) assert.ok(answer.words.includes(t.title), `${name} of ${n} shows ${t.title}`);
			if (answer.items && name === 'list') assert.deepEqual(answer.items.map((t) => t.sessions.length), chosen.map(() => 2));
			found[name] = statements;
		}
		return found;
	};
	const few = await costs(2, 0), many = await costs(17, 2);
	assert.deepEqual(many, few);
});
