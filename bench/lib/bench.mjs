// What the benchmarks share: big databases that are made once, the release program on a copy of one, figures, and the
// page they are written to. Everything is said as a ratio to a floor that was measured in the same run.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const program = process.env.MUSTER_BIN ?? join(root, 'build/muster');
const store = join(root, 'var/bench');
const page = join(root, 'docs/benchmarks.md');

// A database with demo and synthetic data, kept in var/bench until the program changes. Answers its path.
export function seeded(seed) {
	const key = [...Object.values(seed), statSync(program).mtimeMs].join('-');
	const path = join(store, `seed-${key}.db`);
	if (existsSync(path)) return path;
	mkdirSync(store, { recursive: true });
	const fresh = `${path}.new`;
	rmSync(fresh, { force: true });
	const run = (...args) => execFileSync(program, [...args, '--db', `sqlite:${fresh}`], { stdio: 'pipe' });
	run('migrate');
	run('demo');
	run('seed', ...Object.entries(seed).flatMap(([name, n]) => [`--${name}`, String(n)]));
	renameSync(fresh, path);
	return path;
}

// A copy of it that may be changed.
export function copyOf(path, name) {
	const copy = join(store, `${name}.db`);
	for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true });
	copyFileSync(path, copy);
	return copy;
}

export function scratch(name) {
	mkdirSync(store, { recursive: true });
	const path = join(store, name);
	for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
	return path;
}

export const floor = (name, ...args) =>
	Number(execFileSync(join(dirname(program), `bench_floor_${name}`), args.map(String)).toString());

// ---- figures
export const sorted = (list) => [...list].sort((a, b) => a - b);
export const median = (list) => sorted(list)[Math.floor(list.length / 2)];
export const percentile = (list, p) => sorted(list)[Math.min(list.length - 1, Math.ceil((list.length * p) / 100) - 1)];
export const ms = (n) => (n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : Math.round(n).toLocaleString('en-US'));
export const ratio = (n) => n.toFixed(2);

// Nanoseconds of CPU of a process so far: of its threads, since the process as a whole is only told in ticks of ten
// milliseconds.
export function cpuOf(pid) {
	const ran = readdirSync(`/proc/${pid}/task`).map((t) => readFileSync(`/proc/${pid}/task/${t}/schedstat`, 'utf8'));
	return ran.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0);
}

// CPU milliseconds and bytes of memory of a process.
export function usage(pid) {
	const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	return {
		cpu: cpuOf(pid) / 1e6,
		dirty: Number(/Private_Dirty:\s+(\d+)/.exec(rollup)[1]) * 1024,
	};
}

// Until a server that has just started has made what it keeps in memory: it does nothing any more.
export async function settled(pid) {
	for (let before = -Infinity, now; ; before = now) {
		now = usage(pid).cpu;
		if (now - before < 10) return;
		await pause(500);
	}
}

// ---- the page
// Replaces one section (`## title`) of docs/benchmarks.md, or adds it, and prints it.
export function report(title, lines) {
	const where = `${cpus().length} cores, load ${loadavg()[0].toFixed(1)} at the end`;
	const section = `## ${title}\n\n${lines.join('\n')}\n\nMeasured on ${where}.\n`;
	const before = existsSync(page)
		? readFileSync(page, 'utf8')
		: '# Benchmarks\n\nMade by `./dev bench`, on the release build. Machines differ: look at the ratios.\n';
	const parts = before.split(/^(?=## )/m).filter((part) => !part.startsWith(`## ${title}\n`));
	mkdirSync(dirname(page), { recursive: true });
	writeFileSync(page, `${parts.map((part) => part.trimEnd()).join('\n\n')}\n\n${section}`);
	console.log(`\n${section}`);
}

export const table = (head, rows) => [
	`| ${head.join(' | ')} |`,
	`| ${head.map((_, i) => (i ? '--:' : '---')).join(' | ')} |`,
	...rows.map((row) => `| ${row.join(' | ')} |`),
];
