// Starts that cannot go well: each says exactly what is wrong, ends with a status, and leaves everything as it was.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	closeSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	openSync,
	readFileSync,
	readdirSync,
	statSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { emptyDatabase, on_postgres, psql, sql } from '../lib/database.mjs';
import { apiOf } from '../lib/http.mjs';
import { eventually, runMuster, startMuster, temporaryFolder } from '../lib/muster.mjs';
import { assertSound } from '../lib/organization.mjs';

const run = promisify(execFile);
const program = process.env.MUSTER_BIN;
const serve = ['serve', '--listen', '127.0.0.1:0', '--limits', 'off', '--db'];
const folder = temporaryFolder();
let sample; // a database with something in it

before(async () => {
	sample = await emptyDatabase(folder, 'sample.db');
	for (const command of ['migrate', 'demo']) assert.equal((await runMuster([command, '--db', sample])).code, 0);
});

// What a start says on standard error, for which it ends with status 3.
async function refusal(address, options) {
	const { code, signal, out, err } = await runMuster([...serve, address], { timeout: 20_000, ...options });
	assert.deepEqual([code, signal], [3, null], `${out}${err}`);
	assert.equal(out, '');
	assert.match(err, /^muster: [^\n]+\n$/, 'one line');
	return err;
}

const addresses = {
	nonsense: /no database address/,
	'sqlite:': /no database address/,
	'mysql://somewhere/else': /no database address/,
	'sqlite:/no/such/folder/muster.db': /\/no\/such\/folder\/muster\.db cannot be made: No such file or directory/,
	'postgres://nobody:secret@127.0.0.1:1/muster': /port 1 failed: Connection refused/,
	'postgres:///muster?host=/no/such/folder': /No such file or directory/,
};
for (const [address, words] of Object.entries(addresses))
	test(`no database: ${address}`, async () => {
		const said = await refusal(address);
		assert.match(said, words);
		assert.doesNotMatch(said, /secret/);
	});

test('a schema that is newer than the program', async () => {
	const newer =
		"INSERT INTO schema_version (version, name, checksum, applied_at) SELECT max(version) + 1, 'later', 'x', 0 FROM schema_version";
	await sql(sample, newer);
	const before = on_postgres ? null : readFileSync(sample.slice(7));
	for (const command of [[...serve, sample], ...['migrate', 'fsck'].map((c) => [c, '--db', sample])]) {
		const { code, err } = await runMuster(command, { timeout: 20_000 });
		assert.equal(code, 3, err);
		assert.match(err, /schema is version (\d+) and this program knows up to \d+: it needs a newer program/);
	}
	if (before) assert.ok(before.equals(readFileSync(sample.slice(7))), 'nothing is overwritten');
	await sql(sample, 'DELETE FROM schema_version WHERE version = (SELECT max(version) FROM schema_version)');
});

if (on_postgres) {
	test('a database that is not there', async () => {
		assert.match(await refusal(sample.replace(/\/m_\w+\?/, '/no_such_database?')), /"no_such_database" does not exist/);
	});

	test('a database of somebody else', async () => {
		const other = await emptyDatabase();
		await psql(other, 'CREATE TABLE somebody (id int)');
		assert.match(await refusal(other), /tables, but not Muster's/);
		assert.equal(await psql(other, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), '1');
	});

	test('a user who may only read', async () => {
		// Roles are those of the whole server, which other files use, too.
		const onlooker = `onlooker_${process.pid}`;
		await psql(sample, `CREATE ROLE ${onlooker} LOGIN`, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${onlooker}`);
		const said = await refusal(sample.replace('user=postgres', `user=${onlooker}`));
		assert.match(said, /permission denied|refused/);
	});

	test('connections that the server ends come back by themselves', async () => {
		const muster = await startMuster({ db: sample });
		const api = await apiOf(muster, 'owner');
		const cut = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
		const ended = await psql(sample, cut);
		assert.match(ended, /^t/, 'there were some');
		await eventually(async () => (await api.get('/users')).status === 200, { what: 'it is back' });
		await assertSound(muster);
	});
}

// ---- files

const copyOf = (name) => {
	const path = join(folder, name);
	copyFileSync(sample.slice(7), path);
	return path;
};

// The same refusal, and not a byte of the file has changed, nor is there a new one beside it.
async function refusesFile(path, words, options) {
	const bytes = statSync(path).isFile() ? readFileSync(path) : null;
	const beside = readdirSync(dirname(path));
	const said = await refusal(`sqlite:${path}`, options);
	assert.match(said, words);
	assert.ok(said.includes(path), 'which file');
	if (bytes) assert.ok(bytes.equals(readFileSync(path)), 'nothing is overwritten');
	assert.deepEqual(readdirSync(dirname(path)), beside, 'and nothing is left');
}

function overwrite(path, at, bytes) {
	const file = openSync(path, 'r+');
	writeSync(file, bytes, 0, bytes.length, at);
	closeSync(file);
}

// As somebody who may not write everywhere, whoever runs this.
function asNobody(args) {
	const command = process.getuid() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups', program] : [program];
	return run(command[0], [...command.slice(1), ...args], { timeout: 20_000 }).then(
		() => assert.fail('it started'),
		(error) => error,
	);
}

if (!on_postgres) {
	test('a folder instead of a file', async () => {
		const path = join(folder, 'folder.db');
		mkdirSync(path);
		await refusesFile(path, /is a directory/i);
	});

	test('no database at all', async () => {
		const path = join(folder, 'letter.db');
		writeFileSync(path, 'Dear administrator,\n'.repeat(500));
		await refusesFile(path, /file is not a database/);
	});

	test('a database of somebody else', async () => {
		const path = join(folder, 'other.db');
		await sql(`sqlite:${path}`, 'CREATE TABLE somebody (id INTEGER)');
		await refusesFile(path, /tables, but not Muster's/);
	});

	test('a file that has been cut off', async () => {
		const path = copyOf('short.db');
		truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096);
		await refusesFile(path, /damaged|malformed/);
	});

	for (const [name, table] of [
		['the users', 'users'],
		['an index', 'enrollment_one'],
		['the schema', 'sqlite_schema'],
	])
		test(`a damaged page: ${name}`, async () => {
			const path = copyOf(`page_${table}.db`);
			const root = Number(
				table === 'sqlite_schema' ? 1 : await sql(`sqlite:${path}`, `SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`),
			);
			// The first page begins with the head of the file.
			overwrite(path, (root - 1) * 4096 + (root === 1 ? 100 : 0), Buffer.alloc(200, 'X'));
			await refusesFile(path, /damaged|malformed/);
		});

	test('a file that may only be read', async () => {
		const path = copyOf('readonly.db');
		chmodSync(folder, 0o755);
		if (process.getuid() === 0) chownSync(path, 65534, 65534);
		chmodSync(path, 0o400);
		const bytes = readFileSync(path);
		const { code, stderr } = await asNobody([...serve, `sqlite:${path}`]);
		assert.equal(code, 3, stderr);
		assert.match(stderr, /readonly\.db: .*permission denied/i);
		assert.ok(bytes.equals(readFileSync(path)));
	});

	test('a folder that may only be read', async () => {
		const inside = join(folder, 'closed');
		mkdirSync(inside);
		const path = join(inside, 'muster.db');
		copyFileSync(sample.slice(7), path);
		if (process.getuid() === 0) for (const p of [path, inside]) chownSync(p, 65534, 65534);
		chmodSync(inside, 0o500);
		const { code, stderr } = await asNobody([...serve, `sqlite:${path}`]);
		chmodSync(inside, 0o700);
		assert.equal(code, 3, stderr);
		assert.match(stderr, /muster\.db: .*(permission denied|readonly)/i);
	});

	test('a file system that may only be read', async (t) => {
		const inside = join(folder, 'system');
		mkdirSync(inside);
		copyFileSync(sample.slice(7), join(inside, 'muster.db'));
		const script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"';
		const args = ['-m', 'sh', '-c', script, 'sh', inside, program, ...serve, `sqlite:${join(inside, 'muster.db')}`];
		const ended = await run('unshare', args, { timeout: 20_000 }).then(
			() => assert.fail('it started'),
			(error) => error,
		);
		if (ended.code !== 3) {
			t.diagnostic(`nothing can be mounted here: ${ended.stderr}`);
			assert.match(ended.stderr, /unshare|mount/);
			return;
		}
		assert.match(ended.stderr, /muster\.db: Read-only file system/);
	});

	// The end of the log is where a power cut may have left it: what stands before is whole.
	test('a log that has been cut off is read as far as it goes', async () => {
		const path = copyOf('log.db');
		const muster = await startMuster({ db: path });
		const api = await apiOf(muster, 'owner');
		const parent = (await api.all('/departments')).find((d) => d.parent === null).id;
		for (let i = 0; i < 10; i++) await api.expect(201, 'POST', '/departments', { name: `Log ${i}`, parent });
		await muster.kill9();
		assert.ok(existsSync(`${path}-wal`));
		truncateSync(`${path}-wal`, Math.floor(statSync(`${path}-wal`).size / 2) + 100);
		await muster.start();
		api.base = muster.url;
		await assertSound(muster);
		const found = (await api.all('/departments', 1000)).map((d) => d.name).filter((n) => n.startsWith('Log '));
		assert.deepEqual(found.sort(), Array.from({ length: found.length }, (_, i) => `Log ${i}`));
		assert.ok(found.length < 10);
	});
}
