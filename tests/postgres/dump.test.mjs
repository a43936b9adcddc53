// A dump of an account while it is used, put back into another database as docs/operations.md says, is a working Muster.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { emptyDatabase } from '../lib/database.mjs';
import { Api, apiOf, signedIn } from '../lib/http.mjs';
import { eventually, runMuster, startMuster, temporaryFolder } from '../lib/muster.mjs';
import { assertSeats, assertSound, newTraining } from '../lib/organization.mjs';

const run = promisify(execFile);
const much = { maxBuffer: 1 << 28 };
const seed = { users: 2000, departments: 20, trainings: 10, enrollments: 4000 };

// Calls `work` while people go on enrolling; answers the training that they are enrolled in.
async function whilePeopleWrite(muster, api, work) {
	const training = await newTraining(muster, api, [{}]);
	let on = true,
		n = 0,
		kept = 0;
	const writing = (async () => {
		while (on) {
			const body = { audience: { logins: [`user${++n}`] }, trainings: [{ training: training.id, session: training.sessions[0].id }] };
			await api.expect(201, 'POST', '/enrollments', body);
			kept++;
		}
	})();
	await eventually(() => kept > 0, { what: 'the first of them' });
	const before = kept;
	await work();
	on = false;
	await writing;
	assert.ok(kept > before, 'somebody wrote meanwhile');
	return training;
}

async function assertWorks(address, token, training) {
	const copy = await startMuster({ db: address });
	await assertSound(copy);
	const api = new Api(copy, token);
	const { seated } = await assertSeats(api, training.sessions[0].id);
	assert.ok(seated.length > 0 && seated.length < seed.users);
	assert.match((await (await signedIn(copy, 'maria')).get('/')).words, /Maria/);
	// New rows get numbers that nobody has.
	const next = await newTraining(copy, api, [{}]);
	await api.expect(201, 'POST', '/enrollments', { audience: { logins: ['user1', 'user2'] }, trainings: [{ training: next.id, session: next.sessions[0].id }] });
	await assertSound(copy);
	await copy.stop();
}

test('pg_dump | psql, and pg_restore, while people write', async () => {
	const folder = temporaryFolder();
	const muster = await startMuster({ demo: true, seed });
	const api = await apiOf(muster, 'owner');
	const [piped, restored] = [await emptyDatabase(folder), await emptyDatabase(folder)];
	const file = join(folder, 'muster.dump');
	const training = await whilePeopleWrite(muster, api, async () => {
		await run('bash', ['-c', 'set -o pipefail; pg_dump "$0" | psql -Xq -v ON_ERROR_STOP=1 --single-transaction "$1"', muster.db, piped], much);
		await run('pg_dump', ['--format=custom', `--file=${file}`, muster.db]);
	});
	await run('pg_restore', ['--exit-on-error', '--single-transaction', '--no-owner', `--dbname=${restored}`, file], much);
	for (const address of [piped, restored]) await assertWorks(address, api.token, training);
});

test('backup and restore say that PostgreSQL has its own', async () => {
	const address = await emptyDatabase(temporaryFolder());
	for (const [command, words] of [['backup', /pg_dump/], ['restore', /pg_restore/]]) {
		const { code, err } = await runMuster([command, '/tmp/none', '--db', address]);
		assert.equal(code, 2);
		assert.match(err, words);
	}
});
