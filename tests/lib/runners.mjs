// Which tests there are and how each is run. A new file in one of these folders is found by itself.
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const fuzz_seconds = 600;

function list(folder, pattern) {
	const path = join(root, folder);
	return existsSync(path)
		? readdirSync(path)
				.filter((f) => pattern.test(f))
				.sort()
				.map((f) => `${folder}/${f}`)
		: [];
}

// What knows of SQLite's files only.
const sqlite_only = ['tests/http/files.test.mjs', 'tests/fault/power.test.mjs'];
const unit_on_both = ['db', 'db_lists', 'department', 'enroll_plan', 'migrations'].map(
	(name) => `tests/unit/test_${name}.c`,
);
// Browser tests are about pages; one walk through all of it shows that the other engine feeds them.
const browser_on_both = ['tests/browser/walk.test.mjs'];

// Libraries are not built with the thread sanitizer: what they do among themselves is none of its business.
const with_tsan = {
	MUSTER_BIN: join(root, 'build-tsan/muster'),
	TSAN_OPTIONS: 'ignore_noninstrumented_modules=1:second_deadlock_stack=1:history_size=4',
};
const threaded = ['tests/http/races.test.mjs'];

// What takes hours as a whole, in parts that run beside each other: of `--long`, by file.
const in_parts = {
	'tests/fault/nth.test.mjs': { parts: 4, env: (part) => ({ MUSTER_PART: `${part}/4` }) },
	'tests/fault/kill_mixed.test.mjs': {
		parts: 10,
		env: (part) => ({ MUSTER_KILLS: '100', MUSTER_SEED: String(part) }),
	},
};

// [{ name, command, minutes, exit_only, postgres, build, env }] from fast to slow, so that a broken rule shows early.
// `name` is the file, the engine where it is the second, and the part; `postgres` ones want a server (MUSTER_TEST_PG).
// What has a `build`, "threads" or "fuzzers", wants more than the program under test: ./dev asks for it with
// tests/run.mjs --builds. The argument `build` is the folder of the program under test and of the unit tests.
export function runners(build, long) {
	const unit = (file) => join(build, basename(file, '.c'));
	const node = (file, minutes) => ({
		name: file,
		minutes: long ? minutes * 10 : minutes,
		command: [process.execPath, '--test', '--test-reporter=tap', file],
	});
	const postgres = { postgres: true, env: { MUSTER_TEST_ENGINE: 'postgres' } };
	const on_both = (runner) =>
		sqlite_only.includes(runner.name)
			? [runner]
			: [runner, { ...runner, name: `${runner.name} on PostgreSQL`, ...postgres }];
	const part_by_part = (runner, file) => {
		const { parts = 1, env } = (long && in_parts[file]) || {};
		if (parts === 1) return [runner];
		return Array.from({ length: parts }, (_, i) => ({
			...runner,
			name: `${runner.name}, part ${i + 1} of ${parts}`,
			env: { ...runner.env, ...env(i + 1) },
		}));
	};
	const unit_test = (file) => ({ name: file, command: [unit(file)], minutes: 5 });
	return [
		{ name: 'tools/check.mjs', command: [process.execPath, 'tools/check.mjs', '--tap'], minutes: 2 },
		...list('tests/unit', /^test_.*\.c$/).flatMap((file) =>
			unit_on_both.includes(file) ? on_both(unit_test(file)) : [unit_test(file)],
		),
		...list('tests/postgres', /^test_.*\.c$/).map((file) => ({ ...unit_test(file), postgres: true })),
		...list('tests/postgres', /\.test\.mjs$/).map((file) => ({
			...node(file, 5),
			...postgres,
		})),
		...list('tests/tools', /\.test\.mjs$/).map((file) => node(file, 5)),
		...list('tests/http', /\.test\.mjs$/).flatMap((file) => on_both(node(file, 5))),
		...list('tests/browser', /\.test\.mjs$/).flatMap((file) =>
			browser_on_both.includes(file) ? on_both(node(file, 20)) : [node(file, 20)],
		),
		...list('tests/fault', /\.test\.mjs$/).flatMap((file) =>
			on_both(node(file, 5)).flatMap((runner) => part_by_part(runner, file)),
		),
		...(long
			? [...threaded, ...list('tests/threads', /\.test\.mjs$/)].flatMap((file) =>
					on_both(node(file, 5)).map((runner) => ({
						...runner,
						name: threaded.includes(file) ? `${runner.name} with the thread sanitizer` : runner.name,
						build: 'threads',
						env: { ...runner.env, ...with_tsan },
					})),
				)
			: []),
		...(long
			? fuzz_targets().map((file) => ({
					name: file,
					command: ['./dev', 'fuzz', basename(file, '.c').slice(5), String(fuzz_seconds)],
					minutes: 30,
					exit_only: true,
					build: 'fuzzers',
				}))
			: []),
	];
}

export const fuzz_targets = () => list('tests/fuzz', /^fuzz_.*\.c$/);
