// Runs every test there is, adds up their TAP, and ends with one line "N passed, N failed".
// usage: node tests/run.mjs [--long] [NAME]     NAME: only runners whose name contains it
//        node tests/run.mjs --builds …          runs nothing, but says which other builds those want
// MUSTER_BIN is the program under test; unit tests lie in the same folder.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runners, root } from './lib/runners.mjs';
import { TapCounter } from './lib/tap.mjs';

const long = process.argv.includes('--long');
const filter = process.argv.slice(2).find((a) => !a.startsWith('--')) ?? '';
const build = process.env.MUSTER_BIN ? dirname(process.env.MUSTER_BIN) : join(root, 'build-test');
const runners_at_once = 2;
const chosen = runners(build, long).filter((r) => r.name.includes(filter));

if (process.argv.includes('--builds')) {
	console.log([...new Set(chosen.flatMap((r) => r.build ?? []))].join('\n'));
	process.exit(0);
}

// What tests leave behind goes with this folder. PostgreSQL runs as another user and has to get in.
const scratch = mkdtempSync(join(tmpdir(), 'muster-run-'));
chmodSync(scratch, 0o755);
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const env = {
	// The program reads MUSTER_… as options; those of whoever runs the tests are none of their business.
	...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MUSTER_'))),
	TMPDIR: scratch,
	MUSTER_BIN: join(build, 'muster'),
	MUSTER_SOURCE: root,
	MUSTER_SQLC: join(build, 'gen/sqlc'),
	MUSTER_TPLC: join(build, 'gen/tplc'),
	MUSTER_TEXTC: join(build, 'gen/textc'),
	MUSTER_LONG: long ? '1' : '',
	CMOCKA_MESSAGE_OUTPUT: 'TAP',
	ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
	UBSAN_OPTIONS: 'print_stacktrace=1',
	TZ: 'UTC',
	LC_ALL: 'C.UTF-8',
};

// Each runner leads a process group, so that what it started ends with it.
const running = new Set();
function end_group(child) {
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		/* it ended by itself */
	}
}
for (const signal of ['SIGINT', 'SIGTERM'])
	process.on(signal, () => {
		for (const child of running) end_group(child);
		process.exit(130);
	});

// Runs one and answers { passed, failures: [{ name, words }] }.
function run({ command, minutes, exit_only, env: own }) {
	return new Promise((resolve) => {
		const tap = new TapCounter();
		let noise = '';
		let timed_out = false;
		const child = spawn(command[0], command.slice(1), {
			cwd: root,
			env: { ...env, ...own },
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		running.add(child);
		const timer = setTimeout(() => {
			timed_out = true;
			end_group(child);
		}, minutes * 60_000);
		child.stdout.setEncoding('utf8').on('data', (text) => (exit_only ? (noise += text) : tap.feed(text)));
		child.stderr.setEncoding('utf8').on('data', (text) => {
			noise += text;
		});
		child.on('error', (error) => {
			noise += `${error.message}\n`;
		});
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			running.delete(child);
			const sum = exit_only ? { passed: code === 0 ? 1 : 0, failures: [], broken: null } : tap.end();
			const { passed, failures } = sum;
			let why = sum.broken;
			if (timed_out) why = `did not end within ${minutes} minutes`;
			else if (signal) why = `died of ${signal}`;
			else if (code !== 0 && failures.length === 0) why = `ended with status ${code}`;
			if (why) failures.push({ name: '(the runner itself)', words: why });
			resolve({
				passed,
				failures,
				noise: failures.length ? noise.split('\n').slice(-60).join('\n').trim() : '',
			});
		});
	});
}

const indent = (text) => text.replace(/^/gm, '    ');

let passed = 0;
let failed = 0;
const report = [];
const queue = [...chosen];
const took = []; // [seconds, name]
const began = Date.now();
if (queue.length === 0) report.push(`no test is named "${filter}"`);

// One server for all of them; each makes databases of its own. It ends when its standard input does.
async function startPostgres() {
	const child = spawn('tests/with_postgres.sh', ['sh', '-c', 'echo "$MUSTER_TEST_PG"; cat'], {
		cwd: root,
		env,
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	let said = '';
	child.stdout.setEncoding('utf8');
	for await (const text of child.stdout) {
		said += text;
		if (said.includes('\n')) break;
	}
	if (!said) throw new Error('PostgreSQL did not start');
	env.MUSTER_TEST_PG = said.trim();
	return () =>
		new Promise((resolve) => {
			child.on('close', resolve);
			child.stdin.end();
		});
}
const stopPostgres = queue.some((r) => r.postgres) ? await startPostgres() : async () => {};

async function work() {
	for (let runner = queue.shift(); runner; runner = queue.shift()) {
		const started = Date.now();
		const result = await run(runner);
		passed += result.passed;
		failed += result.failures.length;
		const seconds = ((Date.now() - started) / 1000).toFixed(1);
		took.push([Number(seconds), runner.name]);
		const mark = result.failures.length ? `FAILED ${result.failures.length}` : 'ok';
		const count = String(result.passed).padStart(5);
		console.log(`${mark.padEnd(10)} ${runner.name.padEnd(48)} ${count} passed ${seconds.padStart(7)} s`);
		if (!result.failures.length) continue;
		report.push(`\n${runner.name}`);
		for (const { name, words } of result.failures) report.push(`  not ok: ${name}\n${indent(words)}`);
		if (result.noise) report.push(`  what it wrote to standard error, the end:\n${indent(result.noise)}`);
	}
}
await Promise.all(Array.from({ length: runners_at_once }, work));
await stopPostgres();

const duration = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);
const longest = took.sort((a, b) => b[0] - a[0]).slice(0, 5);
console.log(`\n${duration((Date.now() - began) / 1000)} in all, ${runners_at_once} at once. The longest:`);
for (const [seconds, name] of longest) console.log(`${duration(seconds).padStart(8)}  ${name}`);
if (report.length) console.log(report.join('\n'));
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
