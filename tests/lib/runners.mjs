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

// [{ name, command, minutes, exit_only }] from fast to slow, so that a broken rule shows early. `name` is the file.
// `build` is the folder of the program under test and of the unit tests.
export function runners(build, long) {
	const unit = (file) => join(build, basename(file, '.c'));
	const node = (file, minutes) => ({
		name: file,
		minutes: long ? minutes * 10 : minutes,
		command: [process.execPath, '--test', '--test-reporter=tap', file],
	});
	return [
		{ name: 'tools/check.mjs', command: [process.execPath, 'tools/check.mjs', '--tap'], minutes: 2 },
		...list('tests/unit', /^test_.*\.c$/).map((file) => ({ name: file, command: [unit(file)], minutes: 5 })),
		...list('tests/postgres', /^test_.*\.c$/).map((file) => ({
			name: file,
			command: ['tests/with_postgres.sh', unit(file)],
			minutes: 5,
		})),
		...list('tests/tools', /\.test\.mjs$/).map((file) => node(file, 5)),
		...list('tests/http', /\.test\.mjs$/).map((file) => node(file, 5)),
		...list('tests/fault', /\.test\.mjs$/).map((file) => node(file, 5)),
		...list('tests/browser', /\.test\.mjs$/).map((file) => node(file, 10)),
		...(long
			? fuzz_targets().map((file) => ({
					name: file,
					command: ['./dev', 'fuzz', basename(file, '.c').slice(5), String(fuzz_seconds)],
					minutes: 30,
					exit_only: true,
				}))
			: []),
	];
}

export const fuzz_targets = () => list('tests/fuzz', /^fuzz_.*\.c$/);
