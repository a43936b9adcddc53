// Guessing tokens: wrong API tokens and wrong links of answers are counted by address; who has a right one is heard.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { holdWrites, sql } from '../lib/database.mjs';
import { Api, apiOf } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';

const tries = 30;
let muster;

before(async () => {
	muster = await startMuster({ demo: true, args: ['--limits', 'on'] });
});

// Answers the first status that is not `wrong`. What is counted is written beside the request, so a few more may pass.
async function guess(wrong, ask) {
	for (let i = 0; i < 3 * tries; i++) {
		const answer = await ask(i);
		if (answer.status !== wrong) return answer;
		if (i === tries - 5) assert.equal((await ask(i)).status, wrong, 'a few mistakes are nobody’s harm');
	}
	return { status: wrong };
}

function assertSlow(answer) {
	assert.equal(answer.status, 429);
	const wait = Number(answer.headers.get('retry-after'));
	assert.ok(wait > 0 && wait <= 300, `Retry-After: ${answer.headers.get('retry-after')}`);
}

const withToken = (token) => fetch(`${muster.url}/api/v1/me`, { headers: token ? { authorization: `Bearer ${token}` } : {} });

test('wrong API tokens are slowed down, right ones and none at all are not', async () => {
	const api = await apiOf(muster, 'admin');
	const answer = await guess(401, (i) => withToken(`guess-${i}`));
	assertSlow(answer);
	assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
	await api.expect(200, 'GET', '/me');
	assert.equal((await withToken('')).status, 401, 'no guess at all');
	// A write route counts too, though its transaction is rolled back.
	const post = await fetch(`${muster.url}/api/v1/groups`, { method: 'POST', headers: { authorization: 'Bearer another' } });
	assertSlow(post);
	muster.setClock(muster.clock + 400);
	await eventually(async () => (await withToken('guess')).status === 401, { what: 'the limit ends' });
});

test('wrong links of answers are slowed down', async () => {
	muster.setClock(muster.clock + 400);
	const answer = await guess(404, (i) => fetch(`${muster.url}/rsvp/${i}.${'x'.repeat(32)}`));
	assertSlow(answer);
	assert.equal(answer.headers.get('cache-control'), 'no-store');
	assertSlow(await withToken('guess'));
});

test('guesses that are not written down yet count as well', async () => {
	muster.setClock(muster.clock + 800);
	assert.equal((await withToken('guess')).status, 401);
	const release = await holdWrites(muster.db, 'throttle');
	try {
		for (let i = 1; i < tries; i++) assert.equal((await withToken(`guess-${i}`)).status, 401);
		assertSlow(await withToken('guess'));
	} finally {
		await release();
	}
	await eventually(async () => (await sql(muster.db, 'SELECT max(count) FROM throttle')) === String(tries), { what: 'they are written down' });
	assertSlow(await withToken('guess'));
});

test('without limits nothing is counted', async () => {
	const free = await startMuster({ demo: true });
	const api = new Api(free, 'wrong');
	for (let i = 0; i < 2 * tries; i++) assert.equal((await api.get('/me')).status, 401);
});
