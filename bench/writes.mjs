// Durable writes: participants answer by the link of their mail, each answer on the disk before it is acknowledged. And
// ten thousand who want a thousand seats at once.
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { copyOf, floor, median, ms, report, scratch, seeded, table, usage } from './lib/bench.mjs';
import { load, writeAnswers } from './lib/http.mjs';
import { apiOf } from '../tests/lib/http.mjs';
import { eventually, startMuster } from './lib/muster.mjs';

const people = 10_000,
	seats = 1000,
	rounds = 3,
	seconds = 3,
	// Writes a second where an fsync takes a quarter of a millisecond.
	budgets = { 1: null, 16: 25_000, 64: 45_000 };
const database = seeded({ users: people, departments: 100, trainings: 1, enrollments: 0, seed: 9 });
const rows = [],
	race = [];
const whole = (n) => Math.round(n).toLocaleString('en-US');

// Everybody is enrolled in one session and has been told.
async function enrolled() {
	const muster = await startMuster({ db: copyOf(database, 'writes'), args: ['--undo-hold', '0'] });
	const api = await apiOf(muster, 'owner');
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'For everybody',
		sessions: [{ title: 'All', days: [{ start: '2030-03-01T09:00', duration: 3600, time_zone: 'Europe/Berlin' }] }],
	});
	const top = (await api.all('/departments')).find((d) => d.parent === null);
	const { batch } = await api.expect(202, 'POST', '/enrollments', {
		audience: { departments: [{ id: top.id, nested: true }] },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
	});
	await eventually(async () => (await api.get(`/batches/${batch}`)).body.status === 'done', { timeout: 60_000 });
	const all = await api.all(`/trainings/${training.id}/participants`, 1000);
	const ids = all.map((e) => Number(e.id));
	await eventually(
		async () => (await api.get(`/enrollments/${Math.max(...ids)}`)).body.announced_at,
		{ timeout: 60_000, what: 'everybody has been told' },
	);
	return {
		muster,
		api,
		training: training.id,
		session: training.sessions[0].id,
		port: new URL(muster.url).port,
		range: { first: Math.min(...ids), last: Math.max(...ids) },
		n: all.length,
	};
}

async function counted(o, work) {
	const before = { ...(await o.muster.metrics()), ...usage(o.muster.process.pid) };
	const answer = await work();
	const then = { ...(await o.muster.metrics()), ...usage(o.muster.process.pid) };
	return { ...answer, fsyncs: then.muster_db_fsyncs_total - before.muster_db_fsyncs_total, cpu: then.cpu - before.cpu };
}

test('answers', async () => {
	const o = await enrolled();
	const disk = dirname(database);
	// Each changes something: whoever accepted says maybe the next time.
	const yes = writeAnswers(scratch('yes'), o.muster, { ...o.range, answers: ['accepted', 'tentative'] });
	const no = writeAnswers(scratch('no'), o.muster, { ...o.range, answers: ['tentative', 'accepted'] });
	const found = new Map(Object.keys(budgets).map((connections) => [connections, []]));
	for (let k = 0; k < rounds; k++)
		for (const [connections, list] of found) {
			const fsync = floor('fsync', disk);
			const file = list.length % 2 ? no : yes;
			const got = await counted(o, () => load(o.port, { connections, seconds, file }));
			assert.deepEqual(Object.keys(got.statuses), ['303']);
			list.push({ ...got, fsync, rate: got.done / got.seconds });
		}
	for (const [connections, list] of found) {
		const fsync = median(list.map((g) => g.fsync));
		const budget = budgets[connections] && budgets[connections] * Math.min(1, 0.25 / fsync);
		const rate = median(list.map((g) => g.rate));
		rows.push([
			connections,
			whole(rate),
			budget ? whole(budget) : '',
			ms(median(list.map((g) => g.answered.p50)) / 1000),
			ms(median(list.map((g) => g.answered.p99)) / 1000),
			ms(fsync),
			(1 / median(list.map((g) => g.fsyncs / g.done))).toFixed(1),
			(1000 * median(list.map((g) => g.cpu / g.done))).toFixed(0),
			budget && rate < budget ? 'under' : '',
		]);
	}
	await o.muster.stop();
});

test('ten thousand answers for a thousand seats', async () => {
	const o = await enrolled();
	const once = async (answer) => {
		const file = writeAnswers(scratch('once'), o.muster, { ...o.range, answers: [answer] });
		const got = await counted(o, () => load(o.port, { connections: 1000, file }));
		assert.deepEqual(got.statuses, { 303: o.n });
		return got;
	};
	await once('declined');
	await o.api.expect(200, 'PATCH', `/sessions/${o.session}`, { capacity: seats });
	const got = await once('accepted');
	// Each answer was acknowledged: whoever gave it has a seat or waits for one.
	const all = await o.api.all(`/trainings/${o.training}/participants`, 1000);
	const seated = all.filter((e) => e.status === 'enrolled' && e.answer === 'accepted').length;
	const queued = all.filter((e) => e.status === 'waiting').length;
	const oversold = Math.max(0, seated - seats),
		lost = o.n - seated - queued;
	race.push([
		whole(o.n),
		whole(seats),
		whole(oversold),
		whole(lost),
		ms(got.seconds * 1000),
		String(got.fsyncs),
		whole(o.n / 32),
		got.fsyncs <= o.n / 32 ? '' : 'over',
	]);
	assert.deepEqual({ oversold, lost }, { oversold: 0, lost: 0 });
	const session = await o.api.expect(200, 'GET', `/sessions/${o.session}`);
	assert.deepEqual([session.seats_taken, session.waiting], [seats, o.n - seats]);
	await o.muster.stop();
});

after(() => {
	report('Durable writes', [
		`Answers by link, ${rounds} rounds in turn. The budget is what the disk allows: 25,000 and 45,000 a second where an`,
		'fsync takes 0.25 ms, else in proportion.',
		'',
		...table(
			['connections', 'writes a second', 'budget', 'p50, ms', 'p99, ms', 'fsync, ms', 'writes an fsync', 'µs of CPU', ''],
			rows,
		),
		'',
		'Everybody wants a seat at once, 1,000 connections:',
		'',
		...table(['answers', 'seats', 'oversold', 'lost', 'ms', 'fsyncs', 'at most', ''], race),
	]);
});
