// Everybody at once, under the thread sanitizer (`./dev test --long`): writes of every kind, pages, lists, exports,
// messages leaving, metrics, and a stop in the middle. It fails when the sanitizer has seen a race (tests/lib/muster.mjs).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { assertSound } from '../lib/organization.mjs';
import { Chance } from '../lib/random.mjs';
import { Sink } from '../lib/sink.mjs';
import { follow, kinds, writeStage } from '../lib/writes.mjs';

const seconds = Number(process.env.MUSTER_SECONDS ?? 60),
	rounds = 3;
const paths = ['/', '/users', '/trainings', '/outbox', '/audit', '/reports', '/calendar', '/users/export?format=xlsx', '/metrics'];

async function write(stage, chance, until) {
	let n = 0;
	for (; Date.now() < until; n++) {
		const kind = chance.one(Object.keys(kinds));
		const w = await kinds[kind](stage);
		const answer = await w.send();
		assert.ok(w.ok.includes(answer.status), `${kind}: ${answer.status}`);
	}
	return n;
}

async function read(web, chance, until) {
	let n = 0;
	for (; Date.now() < until; n++) {
		const path = chance.one(paths);
		assert.ok([200, 403].includes((await web.get(path)).status), path);
	}
	return n;
}

test('no two threads touch the same without a word', { timeout: 1_200_000 }, async (t) => {
	const sink = await new Sink().start();
	const muster = await startMuster({ demo: true, args: ['--smtp', sink.url, '--undo-hold', '1', '--threads', '4'] });
	const stages = [];
	for (let i = 0; i < 3; i++) stages.push(await writeStage(muster, 1));
	const readers = await Promise.all(['owner', 'admin', 'dept.admin'].map((login) => signedIn(muster, login)));
	let written = 0,
		seen = 0;
	for (let round = 1; round <= rounds; round++) {
		const until = Date.now() + (seconds * 1000) / rounds;
		const all = await Promise.all([
			...stages.map((stage, i) => write(stage, new Chance(round * 10 + i), until)),
			...readers.map((web, i) => read(web, new Chance(round * 100 + i), until)),
		]);
		written += all.slice(0, 3).reduce((a, b) => a + b);
		seen += all.slice(3).reduce((a, b) => a + b);
		await muster.restart();
		for (const stage of stages) follow(stage);
		for (const web of readers) web.base = muster.url;
	}
	await assertSound(muster);
	t.diagnostic(`${written} writes, ${seen} pages, ${sink.received.length} messages`);
});
