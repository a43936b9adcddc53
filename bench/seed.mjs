// A million users and ten million enrollments: how long `muster seed` takes, beside SQLite copying the same rows into the
// same empty schema in one transaction; and how long `muster fsck` takes over them, beside SQLite's own check of the file.
// USERS makes it smaller.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { after, test } from 'node:test';
import { ms, program, ratio, report, scratch, table } from './lib/bench.mjs';

const users = Number(process.env.USERS ?? 1_000_000);
const size = { users, departments: 10_000, trainings: 2000, enrollments: users * 10, seed: 1 };
const seed_minutes = 10,
	fsck_seconds_a_million = 10;
const [path, copy] = [scratch('seed.db'), scratch('seed-floor.db')];
const figures = [];

after(() => {
	for (const file of [path, copy]) for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
	const title = `Seeding ${users.toLocaleString('en')} users and ${size.enrollments.toLocaleString('en')} enrollments`;
	report(title, table(['', 'Muster', 'floor', 'ratio'], figures));
});

// { took, cpu } in seconds.
function timed(command, args, input = '') {
	const begun = performance.now();
	const script = `TIMEFORMAT='cpu %U %S'; { time "$0" "$@" 2>&1; } 2>&1`;
	const said = execFileSync('bash', ['-c', script, command, ...args], { input, encoding: 'utf8' });
	const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(said);
	return { took: (performance.now() - begun) / 1000, cpu: Number(user) + Number(system), said };
}

test('seed', () => {
	const options = Object.entries(size).flatMap(([name, n]) => [`--${name}`, String(n)]);
	const ours = timed(program, ['seed', '--db', `sqlite:${path}`, ...options]);
	execFileSync(program, ['migrate', '--db', `sqlite:${copy}`]);
	const tables = ['department', 'users', 'user_field', 'training', 'session', 'day', 'enrollment'];
	const floor = timed(
		'sqlite3',
		['-bail', copy],
		`PRAGMA cache_size = -256000; PRAGMA foreign_keys = OFF; ATTACH '${path}' AS other; BEGIN;\n` +
			`${tables.map((name) => `INSERT INTO main.${name} SELECT * FROM other.${name};`).join('\n')}\nCOMMIT;\n`,
	);
	const rows = size.users * 3 + size.enrollments;
	figures.push(
		['seed, seconds', ms(ours.took), ms(floor.took), ratio(ours.took / floor.took)],
		['seed, seconds of CPU', ms(ours.cpu), ms(floor.cpu), ratio(ours.cpu / floor.cpu)],
		['rows a second', ms(rows / ours.took), ms(rows / floor.took), ''],
		['file, MB', ms(statSync(path).size / 1e6), '', ''],
	);
	assert.ok(ours.took <= seed_minutes * 60, `${ours.took} s`);
});

test('fsck', () => {
	const ours = timed(program, ['fsck', '--db', `sqlite:${path}`]);
	assert.match(ours.said, /^ok/);
	const floor = timed('sqlite3', [path, 'PRAGMA integrity_check']);
	const each = (seconds) => seconds / (size.enrollments / 1e6);
	figures.push(
		['fsck, seconds a million enrollments', ms(each(ours.took)), ms(each(floor.took)), ratio(ours.took / floor.took)],
		['fsck, seconds of CPU a million', ms(each(ours.cpu)), ms(each(floor.cpu)), ratio(ours.cpu / floor.cpu)],
	);
	assert.ok(each(ours.took) <= fsck_seconds_a_million, `${each(ours.took)} s`);
});
