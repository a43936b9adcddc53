// Enrolling a hundred thousand users in one training, from the request to `done`, beside a floor that writes the same
// rows into the same tables in one transaction: on SQLite a plain C program, on PostgreSQL set-based statements. What
// others notice of it meanwhile; and kill -9 right after the answer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { floor, median, ms, percentile, ratio, report, root, settled, table, usage } from './lib/bench.mjs';
import { copyDatabase, on_postgres, psql } from '../tests/lib/database.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { eventually, startMuster, temporaryFolder } from './lib/muster.mjs';

const users = 100_000,
	rounds = 5,
	folder = temporaryFolder();

// An organization with a training for everybody: its database, which is in nobody's use, and the request.
const base = await (async () => {
	const muster = await startMuster({ demo: true, seed: { users, departments: 500, trainings: 50, enrollments: 200_000, seed: 1 } });
	const api = await apiOf(muster, 'owner');
	const top = (await api.all('/departments', 1000)).find((d) => d.parent === null);
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'For everybody',
		sessions: [{ title: 'All of us', days: [{ start: '2027-03-01T09:00', duration: 3600, time_zone: 'Europe/Berlin' }] }],
	});
	await muster.stop();
	// As it is after a minute of nobody doing anything.
	if (on_postgres) await psql(muster.db, 'VACUUM ANALYZE');
	return {
		db: muster.db,
		ids: [training.id, training.sessions[0].id],
		body: {
			audience: { departments: [{ id: top.id, nested: true }], except: [training.organizer] },
			trainings: [{ training: training.id, session: training.sessions[0].id }],
			access_at: '2027-01-01T00:00:00Z',
		},
	};
})();

async function organization() {
	const muster = await startMuster({ db: await copyDatabase(base.db, folder, 'enroll.db') });
	await settled(muster.process.pid);
	return { muster, api: await apiOf(muster, 'owner'), body: base.body };
}

// Milliseconds from the first row to the durable end.
async function floorOf() {
	const copy = await copyDatabase(base.db, folder, 'floor.db');
	if (!on_postgres) return floor('enroll', copy.replace('sqlite:', ''), ...base.ids);
	const [training, session] = base.ids;
	// A page is written whole when it is first changed behind a checkpoint: both begin behind one.
	await psql(copy, 'CHECKPOINT');
	const begun = performance.now();
	await psql(
		copy,
		`BEGIN;
		INSERT INTO batch (actor_id, status, access_at, when_full, message, origin, created_at)
			VALUES (1, 'done', 1800000000, 'wait', '', '', 1790000000);
		INSERT INTO enrollment (user_id, training_id, session_id, status, access_at, source, preselected, batch_id, created_at)
			SELECT u.id, ${training}, ${session}, 'enrolled', 1800000000, 'admin', 1, (SELECT max(id) FROM batch), 1790000000
			FROM users u JOIN training t ON t.id = ${training} WHERE u.status = 'active' AND u.id <> t.organizer_id ORDER BY u.id;
		INSERT INTO audit (at, actor_id, action, object, object_id, user_id, training_id, batch_id, after)
			SELECT 1790000000, 1, 'enrollment.create', 'enrollment', id, user_id, training_id, 1, '{"session":"' || session_id || '","status":"' || status || '"}'
			FROM enrollment WHERE training_id = ${training} ORDER BY id;
		COMMIT`,
	);
	return performance.now() - begun;
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
	if (on_postgres) await psql(o.muster.db, 'CHECKPOINT');
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
		floors.push(await floorOf());
		const o = await organization();
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
	const o = await organization();
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
	const o = await organization();
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

after(() => {
	const floor_is = on_postgres ? 'set-based statements in psql' : 'a plain C program';
	report(`Enrolling 100,000 users${on_postgres ? ' on PostgreSQL' : ''}`, [
		`The floor is ${floor_is}: the same rows into the same tables of a copy, in one transaction.`,
		'',
		...table(['', 'Muster', 'floor', 'ratio'], figures),
	]);
	if (on_postgres) return;
	const self = fileURLToPath(import.meta.url);
	const env = { ...process.env, MUSTER_TEST_ENGINE: 'postgres', MUSTER_PG_DURABLE: '1' };
	process.exitCode ||= spawnSync(`${root}/tests/with_postgres.sh`, ['node', self], { env, stdio: 'inherit' }).status;
});
