// The n-th call fails: of our own allocator, of SQLite, libmicrohttpd and libpq, and of the system, for each kind of write
// request. Whatever comes back is a whole answer or a closed connection; the effect is there when that was said, and
// nothing of it when something else was; the next request works. Some failures end the process, which then is started
// again: what was acknowledged is there.
// `--long` tries every n, in parts that run beside each other (MUSTER_PART is "2/4"), else one in twenty is drawn, and no
// more than twenty of a kind (ten on PostgreSQL, where some take two seconds to be noticed).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { on_postgres, rowCounts } from '../lib/database.mjs';
import { Faults } from '../lib/faults.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound } from '../lib/organization.mjs';
import { Chance } from '../lib/random.mjs';
import { follow, kinds, stage_options, writeStage } from '../lib/writes.mjs';

const seed = Number(process.env.MUSTER_SEED ?? 1);
const one_in = process.env.MUSTER_LONG ? 1 : 20;
const [part, parts] = (process.env.MUSTER_PART ?? '1/1').split('/').map(Number);
const most_of_a_kind = on_postgres ? 10 : 20,
	// Lists grow with what is tried: then another database is begun.
	most_on_a_database = 400,
	most_wrong = 10; // of a kind; what is wrong once is often wrong again
const chance = new Chance(seed);

// What can happen to a call, and whether nobody may notice.
const goes_unnoticed = ['EINTR', 'SHORT'];
const errors = {
	open: ['EMFILE', 'EIO'],
	read: ['EIO', 'EINTR', 'SHORT'],
	write: ['EIO', 'ENOSPC', 'EINTR', 'SHORT'],
	sync: ['EIO'],
	truncate: ['EIO', 'ENOSPC'],
	rename: ['EIO'],
	lock: ['ENOLCK'],
	map: ['ENOMEM'],
	// A socket that has nothing to give, or no room, says so again when that changes: the kernel never says it for nothing. Nor
	// does it give or take less than it could: whoever got less waits until there is more, and rightly so.
	accept: ['EMFILE', 'ECONNABORTED', 'EINTR'],
	receive: ['ECONNRESET', 'EINTR'],
	send: ['EPIPE', 'EINTR'],
	wait: ['EINTR'],
	socket: ['EMFILE'],
	connect: ['ECONNREFUSED'],
	memory_ours: ['ENOMEM'],
	memory_sqlite: ['ENOMEM'],
	memory_http: ['ENOMEM'],
	memory_postgres: ['ENOMEM'],
};
// After these the process knows no more what is true, and ends.
const ends_itself = {
	memory_ours: /out of memory/,
	memory_sqlite: /database: commit/,
	memory_postgres: /out of memory/,
	sync: /fsync failed/,
	write: /database: commit/,
	read: /database: (commit|rollback)/,
};

const faults = new Faults();
let muster, stage, left;
const tried = { calls: 0, answered: {}, closed: 0, ended: 0, slowest: { took: 0 } };

async function begin() {
	await muster?.stop();
	muster = await startMuster({ ...stage_options, server_env: faults.env });
	stage = await writeStage(muster);
	left = most_on_a_database;
}

const isCut = (error) => error instanceof TypeError && /fetch failed|terminated/.test(error.message);

async function isGone() {
	try {
		await fetch(`${muster.url}/healthz`, { headers: { connection: 'close' } });
		return false;
	} catch {
		return true;
	}
}

async function startAgain(call) {
	const { signal } = await muster.ended();
	assert.equal(signal, 'SIGABRT', `${call}: ended by itself\n${muster.log.slice(-2000)}`);
	const last = muster.log.trimEnd().split('\n').at(-1);
	assert.match(last, / fatal /, 'says why');
	assert.match(last, ends_itself[call] ?? /nothing/, `${call}: may not end the process`);
	await assertSound(muster);
	await muster.start();
	follow(stage);
	tried.ended++;
}

// Answers what went wrong: which call it was, and what the program had to say. The next one begins anew.
async function attempt(kind, call, error, n) {
	if (left-- === 0) await begin();
	const what = `${kind}: ${call} ${n} ${error}`;
	const from = muster.log.length;
	const began = performance.now();
	try {
		await disturb(kind, call, error, n);
	} catch (e) {
		faults.disarm();
		left = 0;
		const words = `${what}: ${e.stack}\n${muster.log.slice(from).slice(-2000)}`;
		return muster.stop().then(
			() => words,
			(end) => `${words}\n${end.message}`,
		);
	}
	const took = performance.now() - began;
	if (took > tried.slowest.took) tried.slowest = { took: Math.round(took), what };
	return null;
}

async function disturb(kind, call, error, n) {
	const w = await kinds[kind](stage);
	const rows = await rowCounts(muster.db);
	let answer = null;
	const from = muster.log.length;
	faults.arm(call, error, n);
	try {
		answer = await w.send();
	} catch (e) {
		if (!isCut(e)) throw e;
	}
	faults.disarm();
	const gone = answer?.status < 500 ? false : await isGone();
	if (gone) await startAgain(call);
	tried.calls++;
	if (answer) tried.answered[answer.status] = (tried.answered[answer.status] ?? 0) + 1;
	else tried.closed++;

	let there = await w.there();
	const acknowledged = answer && w.ok.includes(answer.status);
	// What PostgreSQL says to COMMIT was lost, or there was no memory for it: 503 does not say that nothing was done.
	const unknown = !answer || (on_postgres && /database: commit/.test(muster.log.slice(from))) || call === 'memory_postgres';
	if (acknowledged) assert.ok(there, 'acknowledged and not there');
	else if (answer) {
		assert.ok(answer.status >= 500, `${answer.status} ${JSON.stringify(answer.body ?? answer.words)}`);
		assert.ok(!there || w.goes_on || unknown, `${answer.status} and there all the same`);
	}
	if (!there && !w.goes_on) {
		const now = await rowCounts(muster.db);
		for (const [table, n] of Object.entries((unknown && w.unseen) || {})) if (now[table] === rows[table] + n) rows[table] += n;
		assert.deepEqual(now, rows, 'something is left');
	}
	// The attempt before may have broken a connection and the one that replaced it: it is tried again in a tenth of a second.
	const pauses = on_postgres && /database: connect: no connection/.test(muster.log.slice(from));
	if (goes_unnoticed.includes(error)) assert.ok(acknowledged || pauses, 'not said to be done');
	if (there || gone) return;
	const again = await eventually(async () => {
		const answer = await w.send();
		return !(pauses && answer.status === 503) && answer;
	});
	assert.ok(w.ok.includes(again.status), `the same again: ${again.status}`);
	there = await w.there();
	assert.ok(there, 'the same again');
}

// How many calls of each kind this request makes, when nothing goes wrong.
async function measure(kind) {
	const w = await kinds[kind](stage);
	faults.count();
	const answer = await w.send();
	const { seen } = faults.disarm();
	assert.ok(w.ok.includes(answer.status), `${kind}: ${answer.status} ${JSON.stringify(answer.body ?? answer.words)}`);
	return seen;
}

// Those that are tried, among 1 … n.
function draw(n) {
	if (one_in === 1) return Array.from({ length: n }, (_, i) => i + 1).filter((i) => i % parts === part - 1);
	const many = Math.min(Math.floor(n / one_in + chance.next()), most_of_a_kind);
	return Array.from({ length: many }, () => 1 + chance.below(n));
}

// To look at one of them: MUSTER_KIND and MUSTER_CALL.
const chosen = (name, list) => list.filter((one) => one.includes(process.env[name] ?? ''));

for (const kind of chosen('MUSTER_KIND', Object.keys(kinds)))
	test(`${kind}: any call may fail`, async (t) => {
		const before = { ...tried };
		tried.answered = {};
		tried.slowest = { took: 0 };
		await begin();
		const seen = await measure(kind);
		const wrong = [];
		for (const call of chosen('MUSTER_CALL', Object.keys(errors)))
			for (const error of errors[call])
				for (const n of draw(seen[call])) {
					const why = await attempt(kind, call, error, n);
					if (why) wrong.push(why);
					if (wrong.length === most_wrong) assert.fail(wrong.join('\n\n'));
				}
		assert.ok(!wrong.length, wrong.join('\n\n'));
		await assertSound(muster);
		t.diagnostic(
			`seed ${seed}: ${tried.calls - before.calls} calls failed: ${JSON.stringify(tried.answered)}, ` +
				`${tried.closed - before.closed} closed, ${tried.ended - before.ended} times the process ended; the slowest: ` +
				JSON.stringify(tried.slowest),
		);
	});
