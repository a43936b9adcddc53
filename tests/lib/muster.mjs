// Starts the program under test ($MUSTER_BIN, built with sanitizers) on a database of its own and a free port.
// Whatever a test file started is stopped when the file ends; a server that dies, exits with something other than 0
// or leaves a sanitizer's report fails the file.
//
//   const muster = await startMuster({ demo: true });
//   await fetch(muster.url + '/healthz');
import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { filledDatabase } from './database.mjs';

export const demo_password = 'demo-password';
const program = process.env.MUSTER_BIN ?? new URL('../../build-test/muster', import.meta.url).pathname;
// Of whoever waits: `--long` runs programs that are many times slower, and several at once.
export const patience = process.env.MUSTER_LONG ? 10 : 1;
const start_ms = 30_000 * patience,
	stop_ms = 20_000;
const trouble = /AddressSanitizer|LeakSanitizer|runtime error:|UndefinedBehaviorSanitizer|ThreadSanitizer/;

const started = new Set(),
	findings = [],
	folders = [];

after(async () => {
	const results = await Promise.allSettled([...started].map((m) => m.stop()));
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
	const failures = [...results.filter((r) => r.status === 'rejected').map((r) => r.reason.message), ...findings];
	if (!failures.length) return;
	// Not thrown: what stands behind a hook that throws is not run, and would keep browsers and mail servers alive.
	console.error(failures.join('\n'));
	process.exitCode = 1;
});
process.on('exit', () => {
	for (const m of started) m.process?.kill('SIGKILL');
});

// An empty folder that goes away when the test file ends.
export function temporaryFolder() {
	const folder = mkdtempSync(join(tmpdir(), 'muster-test-'));
	folders.push(folder);
	return folder;
}

// Runs a command of the program to its end. Answers { code, signal, out, err }; input is given on standard input.
export function runMuster(args, { env = {}, input = '', timeout = 120_000 } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			env: { ...process.env, ...env },
			stdio: ['pipe', 'pipe', 'pipe'],
			timeout,
		});
		let out = '',
			err = '';
		child.stdout.setEncoding('utf8').on('data', (text) => {
			out += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text) => {
			err += text;
		});
		child.stdin.on('error', () => {
			/* it did not want to read */
		});
		child.stdin.end(input);
		child.on('error', reject);
		child.on('close', (code, signal) => {
			if (trouble.test(err)) findings.push(`muster ${args[0]}: ${err}`);
			resolve({ code, signal, out, err });
		});
	});
}

async function mustRun(args, options) {
	const result = await runMuster(args, options);
	if (result.code !== 0)
		throw new Error(`muster ${args.join(' ')}: status ${result.code ?? result.signal}\n${result.err}`);
	return result;
}

async function fill(address, { demo, seed }, env) {
	const db = ['--db', address];
	await mustRun(['migrate', ...db], { env });
	if (demo) await mustRun(['demo', ...db], { env });
	if (!seed) return;
	const options = Object.entries(seed).flatMap(([name, n]) => [`--${name}`, String(n)]);
	await mustRun(['seed', ...db, ...options], { env });
}

// Options:
//   demo: true        the demo organization
//   seed: { users, departments, trainings, enrollments, seed }   synthetic data
//   args: [...]       more options of serve            env: {...}   more environment
//   clock: SECONDS    the clock runs that much ahead of the real one (setClock changes it later); null: it is the real
//                     one, and no file is read each time it is asked
//   db: ADDRESS       an existing database (or a SQLite file) instead of a new one
//   server_env: {...} environment of the server alone, not of commands on its database
export async function startMuster(options = {}) {
	const muster = new Muster(options);
	await muster.prepare();
	await muster.start();
	return muster;
}

export class Muster {
	url = '';
	log = ''; // all it wrote to standard error
	out = ''; // and to standard output
	process = null;
	clock = 0;
	#options;
	#folder;
	#clock_file;
	#env;
	#ended;

	constructor(options) {
		this.#options = options;
		this.#folder = temporaryFolder();
		// Its address.
		this.db = !options.db || options.db.includes(':') ? (options.db ?? '') : `sqlite:${options.db}`;
		const own_clock = options.clock !== null;
		this.#clock_file = join(this.#folder, 'clock');
		this.#env = { ...(own_clock ? { MUSTER_CLOCK_FILE: this.#clock_file } : {}), ...options.env };
		if (own_clock) this.setClock(options.clock ?? 0);
	}

	async prepare() {
		if (!this.#options.db) {
			// The clock file's path differs each time but not what it does, so the shared copy is keyed by the offset.
			const env = { ...this.#options.env };
			if (this.#options.clock) env.MUSTER_CLOCK_FILE = this.#fixedClock(this.#options.clock);
			const { demo, seed } = this.#options;
			const key = { demo, seed, env };
			this.db = await filledDatabase(this.#folder, program, key, (db) => fill(db, { demo, seed }, env));
		}
	}

	#fixedClock(seconds) {
		const path = join(tmpdir(), `muster-test-clock-${seconds}`);
		writeFileSync(path, `${seconds}\n`);
		return path;
	}

	async start() {
		const args = [
			'serve',
			'--db',
			this.db,
			'--listen',
			'127.0.0.1:0',
			'--limits',
			'off',
			...(this.#options.args ?? []),
		];
		const child = spawn(program, args, {
			env: { ...process.env, ...this.#env, ...this.#options.server_env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.process = child;
		started.add(this);
		const from = this.out.length;
		child.stdout.setEncoding('utf8').on('data', (text) => {
			this.out += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text) => {
			this.log += text;
		});
		this.#ended = new Promise((resolve) => {
			child.on('error', (error) => resolve({ code: null, signal: error.message }));
			child.on('close', (code, signal) => resolve({ code, signal }));
		});
		let ended = false;
		this.#ended.then(() => {
			ended = true;
		});

		const deadline = Date.now() + start_ms;
		for (let url = null; ; await pause(20)) {
			url ??= /listening on (http:\/\/\S+)/.exec(this.out.slice(from))?.[1] ?? null;
			if (url && (await isHealthy(url))) {
				this.url = url;
				return this;
			}
			if (ended || Date.now() > deadline) {
				child.kill('SIGKILL');
				started.delete(this);
				throw new Error(`muster serve did not start.\n${this.out}\n${this.log}`);
			}
		}
	}

	// Ends it as an administrator would, and insists on a clean end.
	async stop() {
		if (!started.delete(this)) return;
		this.process.kill('SIGTERM');
		const late = setTimeout(() => this.process.kill('SIGKILL'), stop_ms);
		const { code, signal } = await this.#ended;
		clearTimeout(late);
		if (signal === 'SIGKILL')
			throw new Error(`muster did not stop within ${stop_ms / 1000} s of SIGTERM\n${this.#tail()}`);
		if (code !== 0) throw new Error(`muster ended with ${signal ?? `status ${code}`}\n${this.#tail()}`);
		this.#checkLog();
	}

	// Ends it as a power cut of the process would. The database stays for restart().
	async kill9() {
		if (!started.delete(this)) return;
		this.process.kill('SIGKILL');
		await this.#ended;
		this.#checkLog();
	}

	// Starts it again on the same database, on another port. Stops it first when it runs.
	async restart() {
		await this.stop();
		return this.start();
	}

	// Resolves to { code, signal } when the process ends by itself.
	ended() {
		started.delete(this);
		return this.#ended;
	}

	// The clock of the program runs this many seconds ahead of the real one, from now on.
	setClock(seconds) {
		const fresh = `${this.#clock_file}.new`;
		writeFileSync(fresh, `${seconds}\n`);
		renameSync(fresh, this.#clock_file);
		this.clock = seconds;
	}

	// Unix seconds as the program sees them.
	now() {
		return Math.floor(Date.now() / 1000) + this.clock;
	}

	// A command on this database, while the server runs or not: { code, out, err }.
	cli(args, options = {}) {
		return runMuster([...args, '--db', this.db], {
			...options,
			env: { ...this.#env, ...options.env },
		});
	}

	// A new API token of an account.
	async token(login) {
		const { code, out, err } = await this.cli(['token', login]);
		if (code !== 0) throw new Error(`muster token ${login}: status ${code}\n${err}`);
		return out.trim();
	}

	async metrics() {
		const text = await (await fetch(`${this.url}/metrics`)).text();
		return Object.fromEntries(
			text
				.split('\n')
				.filter((l) => l && !l.startsWith('#'))
				.map((l) => {
					const at = l.lastIndexOf(' ');
					return [l.slice(0, at), Number(l.slice(at + 1))];
				}),
		);
	}

	#tail() {
		return this.log.split('\n').slice(-80).join('\n');
	}

	#checkLog() {
		if (trouble.test(this.log)) throw new Error(`a sanitizer complained:\n${this.#tail()}`);
	}
}

async function isHealthy(url) {
	try {
		const response = await fetch(`${url}/healthz`, {
			signal: AbortSignal.timeout(5000),
			headers: { connection: 'close' },
		});
		await response.arrayBuffer();
		return response.status === 200;
	} catch {
		return false;
	}
}

// Waits until check() answers something true and answers that; fails after `timeout` milliseconds. The way to wait
// for work that the server does in the background.
export async function eventually(check, { timeout = 15_000 * patience, what = 'the condition' } = {}) {
	const deadline = Date.now() + timeout;
	for (let last; ; await pause(30)) {
		try {
			const value = await check();
			if (value) return value;
			last = undefined;
		} catch (error) {
			last = error;
		}
		if (Date.now() > deadline) throw new Error(`${what} did not come true within ${timeout} ms`, { cause: last });
	}
}
