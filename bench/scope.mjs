// Ten thousand departments: what a list costs somebody who sees some of them, beside somebody who sees everything; and how long
// half of the tree takes to move.
import { test } from 'node:test';
import { median, ms, ratio, report, table } from './lib/bench.mjs';
import { costOf, managers, million } from './lib/scopes.mjs';
import { apiOf } from '../tests/lib/http.mjs';

const rounds = 15,
	moves = 4;

test('a list in scope, and a move', { timeout: 1_800_000 }, async () => {
	const muster = await million('scope');
	const { pid } = muster.process;
	const { api, all, managers: some } = await managers(muster, [10_000, 5000, 1000, 100, 10, 1]);
	const rows = [];
	let within = true;
	for (const actor of some) {
		const mine = await apiOf(muster, actor.login);
		const scoped = [],
			whole = [];
		for (let i = 0; i < rounds; i++) {
			whole.push((await costOf(pid, () => api.expect(200, 'GET', '/users?limit=50'))).cpu);
			scoped.push((await costOf(pid, () => mine.expect(200, 'GET', '/users?limit=50'))).cpu);
		}
		const share = median(scoped) / median(whole);
		within &&= share <= 1.2;
		rows.push([actor.departments, ms(median(whole)), ms(median(scoped)), ratio(share)]);
	}
	const lines = table(['departments in scope', 'list of everybody, CPU ms', 'list in scope', 'ratio'], rows);

	const half = some[1].department,
		home = all.find((d) => d.id === half).parent,
		other = all.find((d) => d.parent === home && d.id !== half).id;
	const times = [];
	for (let i = 0; i < moves; i++) {
		const begun = performance.now();
		await api.expect(200, 'PATCH', `/departments/${half}`, { parent: i % 2 ? home : other });
		times.push(performance.now() - begun);
	}
	within &&= median(times) <= 100;
	report('Scope over 10,000 departments, 1,000,000 users', [...lines, '', `Moving ${some[1].departments.toLocaleString('en-US')} departments: ${ms(median(times))} ms. Ratios at most 1.2, a move at most 100 ms: ${within ? 'yes' : 'no'}.`]);
	await muster.stop();
	if (!within) process.exitCode = 1;
});
