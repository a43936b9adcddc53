// kill -9 at any moment of everyday work: enrollments, answers, edits, results, imports, sign-ins, and the messages that
// follow. After each one every invariant holds, all that was acknowledged is there, what was under way is there as a whole
// or not at all, and the program answers again within a second. $MUSTER_RELEASE is the program, where there is one.
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { test } from 'node:test';

if (process.env.MUSTER_RELEASE) process.env.MUSTER_BIN = process.env.MUSTER_RELEASE;
const { eventually, startMuster } = await import('../lib/muster.mjs');
const { assertSound } = await import('../lib/organization.mjs');
const { Chance } = await import('../lib/random.mjs');
const { Sink, assertFewTwice } = await import('../lib/sink.mjs');
const { follow, kinds, writeStage } = await import('../lib/writes.mjs');

const kills = Number(process.env.MUSTER_KILLS ?? (process.env.MUSTER_LONG ? 1000 : 30));
const kills_a_database = 100,
	clients = 3,
	hold = 1,
	most_between = 40,
	ready_ms = 1000;
const seed = Number(process.env.MUSTER_SEED ?? 1);
// Other dates ask everybody anew.
const undoes = { 'edit a session': ['answer'] };
// A person keeps the last twenty drafts.
const passes = ['start a draft', 'change a draft'];

// Somebody at work, with people and a training of their own: one request after the other, of any kind.
class Client {
	told = new Map(); // by kind, the last that was acknowledged
	open = null; // { kind, w }: sent, and nothing heard
	done = 0;
	onDone = () => {};

	constructor(stage, chance) {
		this.stage = stage;
		this.chance = chance;
	}

	async work() {
		for (;;) {
			const kind = this.chance.one(Object.keys(kinds));
			let w = null;
			try {
				w = await kinds[kind](this.stage);
				for (const other of undoes[kind] ?? []) this.told.delete(other);
				this.open = { kind, w };
				const answer = await w.send();
				const done = w.ok.includes(answer.status);
				assert.ok(done || answer.status === 503, `${kind}: ${answer.status} ${JSON.stringify(answer.body)}`);
				this.open = null;
				// Others were in the way: nothing has been promised.
				if (!done) continue;
				this.told.set(kind, w);
				this.done++;
				this.onDone();
			} catch (e) {
				if (!(e instanceof TypeError)) throw e;
				return; // it was killed
			}
		}
	}

	// What was under way may have made the last of its kind untrue, if it happened.
	async check(kill) {
		const { open } = this;
		this.open = null;
		const happened = open && (await open.w.there());
		if (happened) this.told.delete(open.kind);
		for (const [kind, w] of this.told)
			assert.ok(await w.there(), `kill ${kill}: ${kind}: acknowledged, and not there`);
		for (const kind of passes) this.told.delete(kind);
	}
}

async function killed(t, times, seed) {
	const sink = await new Sink().start();
	const muster = await startMuster({ demo: true, args: ['--smtp', sink.url, '--undo-hold', String(hold)] });
	const chance = new Chance(seed);
	const crew = [];
	for (let i = 0; i < clients; i++)
		crew.push(new Client(await writeStage(muster, hold), new Chance(seed * 100 + i)));
	const killed_at = [],
		took = [];

	for (let i = 0; i < times; i++) {
		// At the moment when so many were acknowledged, the others of the crew are in the middle of something.
		let left = 1 + chance.below(most_between);
		const reached = new Promise((resolve) => {
			for (const c of crew) c.onDone = () => --left || resolve();
		});
		const working = crew.map((c) => c.work());
		await Promise.race([reached, Promise.all(working)]);
		await muster.kill9();
		killed_at.push(sink.received.length);
		await Promise.all(working);
		await assertSound(muster);
		const from = performance.now();
		await muster.start();
		took.push(performance.now() - from);
		for (const c of crew) {
			follow(c.stage);
			await c.check(i + 1);
		}
	}
	// The median, and more where others keep the machine busy.
	const median = took.sort((a, b) => a - b)[Math.floor(took.length / 2)];
	const crowd = Math.max(1, loadavg()[0] / availableParallelism());
	assert.ok(median <= ready_ms * crowd, `ready after ${Math.round(median)} ms`);

	const { api } = crew[0].stage;
	muster.setClock(muster.clock + 3600);
	await eventually(
		async () => (await api.expect(200, 'GET', '/outbox?state=waiting&limit=1')).items.length === 0,
		{ timeout: 120_000, what: 'every message leaves' },
	);
	await assertSound(muster);
	const sent = await api.all('/outbox?state=sent', 1000);
	const arrived = new Set(sink.received.map((m) => m.id));
	// One that was in flight when the program died may have been dropped after it.
	assert.ok(arrived.size >= sent.length, `${sent.length} say that they were sent, ${arrived.size} have arrived`);
	const twice = assertFewTwice(sink, killed_at);
	t.diagnostic(
		`seed ${seed}: ${crew.reduce((n, c) => n + c.done, 0)} acknowledged, ${sent.length} messages, ${twice} of them ` +
			`twice, ready after ${Math.round(median)} ms (at most ${Math.round(took.at(-1))})`,
	);
	await muster.stop();
}

// A database is gone through after each kill: when it has grown, another one is begun.
for (let done = 0; done < kills; done += kills_a_database) {
	const times = Math.min(kills - done, kills_a_database), first = done + 1;
	test(`killed ${times} times in the middle of everything, from number ${first} on`, (t) => killed(t, times, seed + done / kills_a_database));
}
