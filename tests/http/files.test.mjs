// A SQLite database as a file: damaged, copied, put back.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiOf } from '../lib/http.mjs';
import { runMuster, startMuster, temporaryFolder } from '../lib/muster.mjs';

const folder = temporaryFolder();
const path = (name) => join(folder, name);
const path_of = (muster) => muster.db.replace(/^sqlite:/, '');
const run = (command, name, ...rest) => runMuster([command, ...rest, '--db', `sqlite:${path(name)}`]);
const ok = async (...args) => {
	const done = await run(...args);
	assert.equal(done.code, 0, `${args.join(' ')}: ${done.err}${done.out}`);
	return done;
};

test('fsck says what does not hold and ends with 1', async () => {
	await ok('demo', 'broken.db');
	const bytes = readFileSync(path('broken.db'));
	writeFileSync(path('torn.db'), bytes.subarray(0, bytes.length / 2));
	const torn = await run('fsck', 'torn.db');
	assert.notEqual(torn.code, 0);
	writeFileSync(path('words.db'), 'These are words.\n'.repeat(1000));
	assert.equal((await run('fsck', 'words.db')).code, 3);
	assert.equal((await run('fsck', 'missing.db')).code, 3);
	assert.ok(!existsSync(path('missing.db')), 'it makes no database');
});

test('a copy of a live server comes back, and only onto one that is not running', async () => {
	const live = await startMuster({ demo: true });
	const api = await apiOf(live, 'admin');
	const company = (await api.all('/departments')).find((d) => d.parent === null);
	await api.expect(201, 'POST', '/departments', { name: 'Before', parent: company.id });
	const copy = path('copy.db');
	const made = await runMuster(['backup', copy, '--db', live.db]);
	assert.equal(made.code, 0, made.err);
	await api.expect(201, 'POST', '/departments', { name: 'After', parent: company.id });

	const refused = await runMuster(['restore', copy, '--db', live.db]);
	assert.equal(refused.code, 1);
	assert.match(refused.err, /in use/);
	assert.ok((await api.all('/departments')).some((d) => d.name === 'After'), 'nothing changed');

	// A crash leaves a log behind, which must not be read into the copy.
	await live.kill9();
	const done = await runMuster(['restore', copy, '--db', live.db]);
	assert.equal(done.code, 0, done.err);
	assert.ok(!existsSync(`${path_of(live)}-wal`));
	await live.start();
	const again = await apiOf(live, 'admin');
	const names = (await again.all('/departments')).map((d) => d.name);
	assert.ok(names.includes('Before') && !names.includes('After'), names.join());
	await live.stop();
	assert.match((await runMuster(['fsck', '--db', live.db])).out, /^ok/);
	assert.equal((await runMuster(['backup', copy, '--db', live.db])).code, 1, 'a copy is never overwritten');
});

test('restore refuses what is no copy, and leaves the database alone', async () => {
	await ok('demo', 'kept.db');
	const was = readFileSync(path('kept.db'));
	writeFileSync(path('words'), 'These are words.\n'.repeat(1000));
	writeFileSync(path('half'), was.subarray(0, 40000));
	copyFileSync(path('kept.db'), path('used'));
	writeFileSync(path('used-wal'), 'log');
	for (const [file, code] of [['words', 1], ['half', 1], ['nowhere', 1], ['used', 2]]) {
		const done = await run('restore', 'kept.db', path(file));
		assert.equal(done.code, code, file);
		assert.match(done.err, /^muster: /, file);
	}
	assert.ok(readFileSync(path('kept.db')).equals(was));
	assert.equal((await run('restore', 'kept.db')).code, 2);
	// Where there is no database yet, the copy becomes it.
	await ok('restore', 'fresh.db', path('kept.db'));
	assert.match((await ok('fsck', 'fresh.db')).out, /^ok/);
});
