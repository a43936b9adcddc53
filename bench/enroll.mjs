// Enrolling a hundred thousand users in one training, from the request to `done`, beside a plain C program that writes
// like rows in one transaction; what others notice of it meanwhile; and kill -9 right after the answer.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { copyOf, floor, median, ms, percentile, ratio, report, scratch, seeded, settled, table, usage } from './lib/bench.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { eventually, startMuster } from './lib/muster.mjs';

const users = 100_000,
	rounds = 5;
const database = seeded({ users, departments: 500, trainings: 50, enrollments: 200_000, seed: 1 });

async function organization(name) {
	const muster = await startMuster({ db: copyOf(database, name) });
	await settled(muster.process.pid);
	const api = await apiOf(muster, 'owner');
	const top = (await api.all('/departments', 1000)).find((d) => d.parent === null);
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'For everybody',
		sessions: [
			{
				title: 'All of us',
				days: [{ start: '2027-03-01T09:00', duration: 3600, time_zone: 'Europe/Berlin' }],
			},
		],
	});
	const body = {
		audience: { departments: [{ id: top.id, nested: true }], except: [training.organizer] },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
		access_at: '2027-01-01T00:00:00Z',
	};
	return { muster, api, training, body };
}

async function finished(o, batch) {
	return eventually(
		async () => {
			const b = await o.api.expect(200, 'GET', `/batches/${batch}?limit=1`);
			return b.status === 'done' && b;
		},
		{ timeout: 300_000, what: 'the batch is done' },
	);
}

async function enroll(o) {
	const before = usage(o.muster.process.pid);
	const begun = performance.now();
	const { batch } = await o.api.expect(202, 'POST', '/enrollments', o.body);
	const done = await finished(o, batch);
	const took = performance.now() - begun;
	const then = usage(o.muster.process.pid);
	assert.ok(done.enrolled >= users);
	return { took, cpu: then.cpu - before.cpu, growth: then.dirty - before.dirty };
}

// Asks again and again until told to stop; answers how long each took.
function repeat(work) {
	const times = [];
	let on = true;
	const running = (async () => {
		while (on) {
			const begun = performance.now();
			await work();
			times.push(performance.now() - begun);
		}
	})();
	return async () => {
		on = false;
		await running;
		return times;
	};
}

const figures = [];

test('a hundred thousand users beside the floor', async () => {
	const ours = [],
		floors = [],
		cpus = [],
		growths = [];
	for (let i = 0; i < rounds; i++) {
		floors.push(floor('enroll', scratch('floor.db'), users));
		const o = await organization('enroll');
		const { took, cpu, growth } = await enroll(o);
		await o.muster.stop();
		ours.push(took);
		cpus.push(cpu);
		growths.push(growth);
	}
	figures.push(
		['request to done, ms', ms(median(ours)), ms(median(floors)), ratio(median(ours) / median(floors))],
		['CPU, ms', ms(median(cpus)), '', ''],
		['memory growth, MB', ms(median(growths) / 1e6), '', ''],
	);
});

test('others meanwhile', async () => {
	const o = await organization('enroll-others');
	const web = await signedIn(o.muster, 'admin');
	const [someone] = (await o.api.expect(200, 'GET', '/users?limit=1&q=user77')).items;
	let n = 0,
		m = 0;
	const pages = ['/users', '/trainings', `/users/${someone.id}/learning`, '/calendar', '/notifications'];
	const reading = repeat(() => web.get(pages[m++ % pages.length]));
	const writing = repeat(() =>
		o.api.expect(200, 'PATCH', `/users/${someone.id}`, { fields: { job_title: `Buyer ${n++}` } }),
	);
	await enroll(o);
	const [reads, writes] = [await reading(), await writing()];
	figures.push(
		['page reads of others, p99 ms', ms(percentile(reads, 99)), '', ''],
		['single writes of others, p99 ms', ms(percentile(writes, 99)), '', ''],
		['single writes of others, worst ms', ms(Math.max(...writes)), '', ''],
	);
	await o.muster.stop();
});

test('killed right after the answer', async () => {
	const o = await organization('enroll-killed');
	const { batch } = await o.api.expect(202, 'POST', '/enrollments', o.body);
	await o.muster.kill9();
	await o.muster.start();
	const api = await apiOf(o.muster, 'owner');
	const done = await finished({ api }, batch);
	assert.ok(done.enrolled >= users);
	const { code, out, err } = await o.muster.cli(['fsck'], { timeout: 300_000 });
	assert.equal(code, 0, out + err);
	figures.push(['complete after kill -9', 'yes', '', '']);
	await o.muster.stop();
});

after(() => report('Enrolling 100,000 users', table(['', 'Muster', 'floor', 'ratio'], figures)));
