// A key pressed in the wizard's first box, at a million users: beginnings, insides, what all have and what nobody has, by people
// who may enroll everybody, some thousands or a hundred. The floor is a page with nothing on it, asked for in turn.
import { test } from 'node:test';
import { median, ms, percentile, ratio, report, sorted, table } from './lib/bench.mjs';
import { costOf, managers, million } from './lib/scopes.mjs';
import { signedIn } from '../tests/lib/http.mjs';

const names = ['anna', 'björn', 'katarzyna', 'hye-jin', 'lindqvist', 'müller', 'nguyễn', 'fernández gutiérrez', 'van der berg', 'o’brien', 'user123456', 'user777@exa'];
const words = [
	...names.flatMap((name) => [1, 2, 3, 4, 6, 9].map((n) => name.slice(0, n))),
	...['indq', 'utié', 'ndez g', 'er77', '99', '999', '9999', '999999', 'xample', '.org', '@', 'ser', 'e', 'qvist', 'a'],
	...['nobody', 'zz', 'qx', 'user9999999', '9999999', 'annalind', 'lindqvist anna', 'anna lindqvist', 'xyz', '%', '_'],
];

test('a key pressed, at a million users', { timeout: 1_800_000 }, async () => {
	const muster = await million('typeahead');
	const { pid } = muster.process;
	const { managers: some } = await managers(muster, [5000, 500, 50, 1]);
	const figures = await muster.metrics();
	const rows = [];
	let within = true;
	for (const actor of [{ login: 'admin', departments: 'all' }, ...some]) {
		const web = await signedIn(muster, actor.login);
		const made = await web.post('/enroll', { csrf: (await web.get('/enroll')).csrf });
		const draft = /^\/enroll\/(\d+)/.exec(made.location)[1];
		const floor = [],
			cost = [],
			took = [];
		for (const q of new Set(words)) {
			floor.push((await costOf(pid, () => web.get('/notifications'))).cpu);
			const one = await costOf(pid, () => web.get(`/enroll/${draft}/suggest?q=${encodeURIComponent(q)}`));
			cost.push(one.cpu);
			took.push(one.took);
		}
		const p50 = median(cost) / median(floor);
		within &&= p50 <= 2 && percentile(cost, 99) <= 2 && sorted(cost).at(-1) <= 10;
		rows.push([actor.departments, ms(median(floor)), ms(median(cost)), ratio(p50), ms(percentile(cost, 95)), ms(percentile(cost, 99)), ms(sorted(cost).at(-1)), ms(percentile(took, 99))]);
	}
	const lines = table(['departments in scope', 'empty page, CPU ms', 'key, p50', 'ratio', 'p95', 'p99', 'worst', 'time, p99'], rows);
	const bytes = figures.muster_user_index_bytes / figures.muster_user_index_users;
	report('A key pressed, at 1,000,000 users', [...lines, '', `Ratio at most 2, p99 at most 2 ms, worst at most 10 ms: ${within ? 'yes' : 'no'}. The index takes ${bytes.toFixed(0)} bytes a user.`]);
	await muster.stop();
	if (!within) process.exitCode = 1;
});
