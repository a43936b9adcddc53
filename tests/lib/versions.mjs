// Databases of earlier versions of the schema, with data in them, and everything that a database holds, table by table.
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { emptyDatabase, on_postgres, psql } from './database.mjs';
import { runMuster } from './muster.mjs';
import { root } from './runners.mjs';

const much = { encoding: 'utf8', maxBuffer: 1 << 28 };
const fixture = (version) => join(root, `tests/data/schema_${version}.sql`);
const pathOf = (address) => address.replace(/^sqlite:/, '');

// The newest that there is.
export const newest = readdirSync(join(root, 'sql/schema')).filter((name) => /^\d{4}_/.test(name)).length;

// Each version is a start. The short run begins with those that have data of their own, and with the last ones: from
// all others the same migrations run, one behind the other.
export const starts = Array.from({ length: newest }, (_, i) => i + 1).filter(
	(version) => process.env.MUSTER_LONG || version >= newest - 1 || existsSync(fixture(version)),
);

export async function migrate(address, to) {
	const done = await runMuster(['migrate', ...(to ? ['--to', String(to)] : []), '--db', address]);
	if (done.code !== 0) throw new Error(`migrate: ${done.err}`);
	return done.out;
}

// A new database of that version: data of the latest earlier one that has some (tests/data/make.mjs), brought there.
export async function databaseOf(version, folder) {
	const address = await emptyDatabase(folder, `version_${version}.db`);
	let from = version;
	while (!existsSync(fixture(from))) from--;
	await migrate(address, from);
	await load(address, await readFile(fixture(from), 'utf8'));
	await migrate(address, version);
	return address;
}

async function load(address, text) {
	if (!on_postgres) return run('sqlite3', ['-bail', pathOf(address)], `BEGIN;\n${text}COMMIT;\n`);
	// A text as it is, but bytes are written in another way.
	const ours = text.replace(/'(?:[^']|'')*'|X'([0-9a-f]*)'/g, (word, bytes) =>
		bytes === undefined ? word : `'\\x${bytes}'`,
	);
	const counters = await psql(
		address,
		`SELECT format('SELECT setval(%L, greatest(100, (SELECT max(%I) + 1 FROM %I)), false);',
			pg_get_serial_sequence(table_name, column_name), column_name, table_name)
		FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'`,
	);
	const whole = `BEGIN; SET session_replication_role = replica;\n${ours}${counters}\nCOMMIT;\n`;
	return run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', address], whole);
}

function run(command, args, input) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
		let err = '';
		child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
		child.on('error', reject);
		child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command}: ${err.slice(0, 2000)}`))));
		child.stdin.end(input);
	});
}

async function rowsOf(address, query) {
	if (on_postgres) return JSON.parse(await psql(address, `SELECT coalesce(json_agg(x), '[]') FROM (${query}) AS x`));
	const { stdout } = await promisify(execFile)('sqlite3', ['-json', pathOf(address), query], much);
	return stdout.trim() ? JSON.parse(stdout) : [];
}

// { table: [column, …] }
async function columnsOf(address) {
	const rows = await rowsOf(
		address,
		on_postgres
			? `SELECT table_name AS t, column_name AS c FROM information_schema.columns
				WHERE table_schema = current_schema() ORDER BY ordinal_position`
			: `SELECT m.name AS t, c.name AS c FROM sqlite_schema m JOIN pragma_table_info(m.name) c
				WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY c.cid`,
	);
	const columns = {};
	for (const { t, c } of rows) if (t !== 'schema_version') (columns[t] ??= []).push(c);
	return columns;
}

// What it holds: { columns: { table: [column, …] }, rows: { table: [row, …] } }, of the tables and columns named (all
// of them without). A table or column that is not there any more is simply missing.
export async function contents(address, wanted) {
	const columns = await columnsOf(address);
	const rows = {};
	for (const [table, names] of Object.entries(wanted ?? columns)) {
		const there = names.filter((name) => columns[table]?.includes(name));
		if (!there.length) continue;
		const bytes = (name) => (on_postgres ? `encode(${name}, 'hex')` : `hex(${name})`);
		const one = (name) => (/_key$|^secret$/.test(name) ? `${bytes(name)} AS ${name}` : `"${name}"`);
		const all = await rowsOf(address, `SELECT ${there.map(one).join(', ')} FROM ${table}`);
		rows[table] = all.map((row) => JSON.stringify(row)).sort();
	}
	return { columns, rows };
}
