// Where the program under test keeps its data: a SQLite file, or ($MUSTER_TEST_ENGINE is "postgres") a database of the
// PostgreSQL that tests/run.mjs started, whose address is $MUSTER_TEST_PG.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';

export const on_postgres = process.env.MUSTER_TEST_ENGINE === 'postgres';
const server = process.env.MUSTER_TEST_PG ?? '';
const made = [];
const clients = new Map(); // by address
let count = 0;

if (on_postgres && !server) throw new Error('MUSTER_TEST_PG is not set; tests/with_postgres.sh sets it');
after(async () => {
	for (const client of clients.values()) client.end();
	for (const name of made) await psql(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
});

const addressOf = (name) => server.replace('/postgres?', `/${name}?`);

// Runs statements on PostgreSQL; answers rows as text, columns apart by |.
export async function psql(address, ...statements) {
	const commands = statements.flatMap((text) => ['-c', text]);
	const options = ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', address];
	const { stdout } = await promisify(execFile)('psql', [...options, ...commands]);
	return stdout.trim();
}

// Everything that the database holds, as bytes.
export async function allBytes(address) {
	if (!on_postgres) {
		const path = address.replace(/^sqlite:/, '');
		return Buffer.concat([path, `${path}-wal`].filter(existsSync).map((file) => readFileSync(file)));
	}
	const { stdout } = await promisify(execFile)('pg_dump', ['--inserts', '-d', address], { maxBuffer: 1 << 28 });
	return Buffer.from(stdout);
}

// Runs statements on the file, or on PostgreSQL; answers rows as text, columns apart by |.
export async function sql(address, ...statements) {
	if (on_postgres) return psql(address, ...statements);
	const file = address.replace(/^sqlite:/, '');
	const { stdout } = await promisify(execFile)('sqlite3', ['-bail', file, '.timeout 5000', ...statements]);
	return stdout.trim();
}

// Keeps others from writing to the table until release() is called; readers go on.
export async function holdWrites(address, table) {
	const [program, args, begin] = on_postgres
		? ['psql', ['-XAtq', '-d', address], `BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE; SELECT 'held';\n`]
		: ['sqlite3', ['-batch', address.replace(/^sqlite:/, '')], `.timeout 5000\nBEGIN IMMEDIATE; SELECT 'held';\n`];
	const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
	child.stdin.write(begin);
	await once(child.stdout, 'data');
	return async function release() {
		child.stdin.end('COMMIT;\n');
		await once(child, 'close');
	};
}

// A client that stays, for who asks thousands of times: starting one takes longer than most answers.
class Client {
	#child;
	#said = '';
	#wrong = '';
	#heard = () => {};
	#ended = false;

	// Opens SQLite's file anew for each question: nobody holds it when the program under test ends.
	constructor(address) {
		const file = address.replace(/^sqlite:/, '');
		this.question = on_postgres
			? (text) => `${text};\n\\echo ${end_of_answer}\n`
			: (text) => `.open '${file}'\n.timeout 5000\n${text};\n.open :memory:\n.print ${end_of_answer}\n`;
		this.#child = on_postgres
			? spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', address])
			: spawn('sqlite3', ['-batch', '-bail', ':memory:']);
		this.#child.stdin.on('error', () => {
			/* it has ended, and says why */
		});
		this.#child.stdout.setEncoding('utf8').on('data', (text) => {
			this.#said += text;
			this.#heard();
		});
		this.#child.stderr.setEncoding('utf8').on('data', (text) => {
			this.#wrong += text;
		});
		this.#child.on('close', () => {
			this.#ended = true;
			this.#heard();
		});
	}

	// Rows as text, columns apart by |. One question at a time.
	async ask(text) {
		this.#said = '';
		this.#child.stdin.write(this.question(text));
		await new Promise((resolve) => {
			this.#heard = () => (this.#ended || this.#said.endsWith(`${end_of_answer}\n`)) && resolve();
			this.#heard();
		});
		if (this.#ended) throw new Error(`the database's client ended: ${this.#wrong}`);
		return this.#said.slice(0, -end_of_answer.length - 1).trim();
	}

	end() {
		this.#child.stdin.end();
	}
}
const end_of_answer = '-- that was all --';

function clientOf(address) {
	if (!clients.has(address)) clients.set(address, new Client(address));
	return clients.get(address);
}

// How many rows each table holds: { users: 12, … }.
export async function rowCounts(address) {
	const client = clientOf(address);
	client.tables ??= (
		await client.ask(
			on_postgres
				? "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
				: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
		)
	).split('\n');
	const each = client.tables.map((name) => `SELECT '${name}', count(*) FROM ${name}`);
	const rows = (await client.ask(each.join(' UNION ALL '))).split('\n').map((line) => line.split('|'));
	return Object.fromEntries(rows.map(([name, n]) => [name, Number(n)]));
}

// The address of a new, empty database. For SQLite the file is `folder`/`name`.
export async function emptyDatabase(folder, name = 'muster.db') {
	if (!on_postgres) return `sqlite:${join(folder, name)}`;
	const own = `m_${process.pid}_${count++}`;
	await psql(server, `CREATE DATABASE ${own}`);
	made.push(own);
	return addressOf(own);
}

// The address of a copy that nobody else has; `address` is in nobody's use.
export async function copyDatabase(address, folder, name) {
	if (!on_postgres) {
		const path = join(folder, name);
		for (const ending of ['-wal', '-shm']) rmSync(`${path}${ending}`, { force: true });
		copyFileSync(address.replace(/^sqlite:/, ''), path);
		return `sqlite:${path}`;
	}
	const own = `m_${process.pid}_${count++}`;
	await psql(server, `CREATE DATABASE ${own} TEMPLATE ${/\/(\w+)\?/.exec(address)[1]}`);
	made.push(own);
	return addressOf(own);
}

// The same, filled by `fill(address)`. What takes a while to make is kept under `key` for all files of a run, which get
// copies of it.
export async function filledDatabase(folder, program, key, fill) {
	const { mtimeMs, size } = statSync(program);
	const day = new Date().toISOString().slice(0, 10);
	const all = JSON.stringify([program, mtimeMs, size, day, key]);
	const hash = createHash('sha256').update(all).digest('hex').slice(0, 16);
	return on_postgres ? copyOnPostgres(`kept_${hash}`, fill) : copyOfFile(join(folder, 'muster.db'), hash, fill);
}

async function copyOfFile(path, hash, fill) {
	const store = join(tmpdir(), 'muster-test-store');
	const kept = join(store, `${hash}.db`);
	if (!existsSync(kept)) {
		mkdirSync(store, { recursive: true });
		const fresh = join(store, `${hash}.${process.pid}.new`);
		await fill(`sqlite:${fresh}`);
		if (existsSync(`${fresh}-wal`)) throw new Error(`a command ended and left its journal: ${fresh}-wal`);
		renameSync(fresh, kept);
	}
	copyFileSync(kept, path);
	return `sqlite:${path}`;
}

async function copyOnPostgres(kept, fill) {
	const there = async () => (await psql(server, `SELECT 1 FROM pg_database WHERE datname = '${kept}'`)) === '1';
	if (!(await there())) {
		const fresh = `new_${process.pid}_${count++}`;
		await psql(server, `CREATE DATABASE ${fresh}`);
		await fill(addressOf(fresh));
		// What the server would do by itself within a minute.
		await psql(addressOf(fresh), 'ANALYZE');
		try {
			await psql(server, `ALTER DATABASE ${fresh} RENAME TO ${kept}`);
		} catch (error) {
			// Another file was quicker.
			await psql(server, `DROP DATABASE ${fresh} WITH (FORCE)`);
			if (!(await there())) throw error;
		}
	}
	return copyDatabase(addressOf(kept));
}
