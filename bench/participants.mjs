// The list of participants: a training with a hundred thousand beside one with a hundred, among as many users. Every order,
// both ways; first, middle and last page; CPU of the server per page. The four take turns, and each is compared within its round.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { copyOf, median, ms, ratio, report, seeded, table, usage } from './lib/bench.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { eventually, startMuster } from './lib/muster.mjs';

const rounds = 9,
	pages = 10,
	orders = ['name', 'department', 'session', 'status', 'answer', 'access', 'result'].flatMap((s) => [s, `-${s}`]);

// The one training of a database of its own.
async function organization(enrollments) {
	const database = seeded({ users: 100_000, departments: 500, trainings: 1, enrollments, seed: 3 });
	const muster = await startMuster({ db: copyOf(database, `participants-${enrollments}`) });
	const api = await apiOf(muster, 'owner');
	// What is made in memory after the start is no page's.
	await eventually(async () => (await muster.metrics()).muster_user_index_users >= 100_000, { timeout: 60_000 });
	const last = Math.max(...(await api.all('/trainings', 1000)).map((t) => Number(t.id)));
	return { muster, api, web: await signedIn(muster, 'admin'), path: `/trainings/${last}/participants`, n: enrollments };
}

// CPU milliseconds a page.
async function cost([o, path]) {
	const before = usage(o.muster.process.pid).cpu;
	for (let i = 0; i < pages; i++) assert.equal((await o.web.get(path)).status, 200);
	return (usage(o.muster.process.pid).cpu - before) / pages;
}

// The page in the middle, found by walking there.
async function middle(o, sort) {
	let after = '';
	for (let at = 0; at + 1000 <= o.n / 2; at += 1000)
		after = `&after=${(await o.api.expect(200, 'GET', `${o.path}?sort=${sort}&limit=1000${after}`)).next}`;
	return `${o.path}?sort=${sort}${after}`;
}

const figures = [];
test('participants', async () => {
	const many = await organization(100_000),
		few = await organization(100);
	for (const sort of orders) {
		const first = `${many.path}?sort=${sort}`;
		const subjects = [
			[few, `${few.path}?sort=${sort}`],
			[many, first],
			[many, await middle(many, sort)],
			[many, (await many.web.get(first)).link('Last').href],
		];
		const costs = [];
		for (let r = 0; r < rounds; r++) {
			costs.push([]);
			for (const subject of subjects) costs[r].push(await cost(subject));
		}
		const times = [1, 2, 3].map((i) => median(costs.map((c) => c[i] / c[0])));
		figures.push([
			sort,
			...subjects.map((_, i) => ms(median(costs.map((c) => c[i])))),
			ratio(Math.max(...times)),
			ratio(median(costs.map((c) => c[3] / c[1]))),
		]);
	}
	await many.muster.stop();
	await few.muster.stop();
});

after(() =>
	report(
		'Participants: 100,000 of one training beside 100',
		table(['sorted by', '100: CPU ms', '100,000: first', 'middle', 'last', 'dearest / 100', 'last / first'], figures),
	),
);
