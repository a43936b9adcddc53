// A million users in ten thousand departments, and people who manage more or fewer of them; what a request costs, in
// nanoseconds of the processor.
import { apiOf } from '../../tests/lib/http.mjs';
import { eventually, startMuster } from './muster.mjs';
import { copyOf, cpuOf, seeded } from './bench.mjs';

export async function million(name) {
	const database = seeded({ users: 1_000_000, departments: 10_000, trainings: 20, enrollments: 1000, seed: 3 });
	const muster = await startMuster({ db: copyOf(database, name) });
	await eventually(async () => (await muster.metrics()).muster_user_index_users > 0, { timeout: 120_000, what: 'the index of users' });
	return muster;
}

// The least of some tries: work in the background only adds.
export async function costOf(pid, work, tries = 3) {
	let least = Infinity,
		took = Infinity;
	for (let i = 0; i < tries; i++) {
		const before = cpuOf(pid),
			begun = performance.now();
		await work();
		took = Math.min(took, performance.now() - begun);
		least = Math.min(least, cpuOf(pid) - before);
	}
	return { cpu: least / 1e6, took };
}

// Administrators of about so many people each, in departments that lie together: [{ login, department, departments }].
export async function managers(muster, sizes) {
	const api = await apiOf(muster, 'owner');
	const all = await api.all('/departments', 1000);
	const children = new Map(all.map((d) => [d.id, []]));
	for (const d of all) children.get(d.parent)?.push(d);
	const below = new Map();
	const count = (d) => {
		let n = 1;
		for (const child of children.get(d.id)) n += count(child);
		below.set(d.id, n);
		return n;
	};
	count(all.find((d) => d.parent === null));
	const users = (await api.expect(200, 'GET', `/users?limit=${sizes.length}&q=user5000`)).items;
	const out = [];
	for (const [i, wanted] of sizes.entries()) {
		const off = (n) => Math.abs(Math.log(n / wanted));
		const [department, departments] = [...below].reduce((best, x) => (off(x[1]) < off(best[1]) ? x : best));
		await api.expect(200, 'PATCH', `/users/${users[i].id}`, { roles: [{ role: 'department_admin', departments: [department] }] });
		out.push({ login: users[i].login, department, departments });
	}
	return { api, all, managers: out };
}
