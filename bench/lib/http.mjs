// What measures the front: nginx as the floor, wrk and bench_load as clients, and the CPU time of whoever serves.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './muster.mjs';
import { freePort } from '../../tests/lib/port.mjs';
import { cpuOf, program } from './bench.mjs';

const run = promisify(execFile);

// nginx with the same bytes from files, as it comes but for the log: { url, cpu(), stop() }. `answers` maps a name to
// { body, headers }.
export async function startNginx(answers) {
	const folder = mkdtempSync(join(tmpdir(), 'muster-nginx-'));
	const port = await freePort();
	const locations = Object.entries(answers).map(([name, { body, headers }]) => {
		mkdirSync(join(folder, 'www'), { recursive: true });
		writeFileSync(join(folder, 'www', name), body);
		const lines = Object.entries(headers)
			.filter(([key]) => !/^(date|content-length|content-type|etag|connection|keep-alive)$/.test(key))
			.map(([key, value]) => `add_header ${key} "${value.replaceAll('"', '\\"')}";`);
		return `location = /${name} { default_type "${headers['content-type']}"; ${lines.join(' ')} }`;
	});
	writeFileSync(
		join(folder, 'nginx.conf'),
		`${userInfo().uid ? '' : 'user root root;'}
		worker_processes auto; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
		events { worker_connections 20000; }
		http {
			access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; types { }
			client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
			uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
			server { listen 127.0.0.1:${port} reuseport; root ${folder}/www; ${locations.join('\n')} }
		}`,
	);
	const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
		stdio: 'ignore',
	});
	const ended = new Promise((resolve) => child.on('close', resolve));
	const url = `http://127.0.0.1:${port}`;
	await eventually(() => fetch(`${url}/${Object.keys(answers)[0]}`), { what: 'nginx' });
	const workers = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
	return {
		url,
		cpu: () => workers.reduce((sum, pid) => sum + cpuOf(pid), 0),
		async stop() {
			child.kill('SIGTERM');
			await ended;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

const microseconds = (text) => {
	const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(text);
	return Number(number) * { us: 1, ms: 1000, s: 1_000_000 }[unit];
};

// wrk for so many seconds: { requests, p50, p99 } in microseconds; whatever is not 2xx fails. `cpu` is asked before and
// after for the server's nanoseconds: then `cpu` in the answer is microseconds of it a request.
export async function wrk(url, { connections = 64, seconds = 2, headers = {}, cpu }) {
	const lines = Object.entries(headers).flatMap(([key, value]) => ['-H', `${key}: ${value}`]);
	const before = cpu();
	const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...lines, url]);
	const used = cpu() - before;
	const requests = Number(/(\d+) requests in/.exec(stdout)[1]);
	if (/Non-2xx/.test(stdout) || !requests) throw new Error(`${url}: ${stdout}`);
	const at = (percent) => microseconds(new RegExp(`\\s${percent}%\\s+(\\S+)`).exec(stdout)[1]);
	return { requests, p50: at(50), p99: at(99), cpu: used / 1000 / requests };
}

// bench_load (see bench/load.c) with a file of requests. Answers what it says.
export async function load(port, { connections, seconds = 0, file, rate }) {
	const words = [port, connections, seconds, file, ...(rate ? [rate] : [])].map(String);
	const { stdout } = await run(join(dirname(program), 'bench_load'), words, { maxBuffer: 1 << 20 });
	return JSON.parse(stdout);
}

// A file of requests, for load().
export function writeRequests(file, requests) {
	writeFileSync(file, requests.map((r) => `${Buffer.byteLength(r)}\n${r}`).join(''));
	return file;
}

// Answers by the links of mails (see bench/answers.c): enrollments first to last, answers in turn.
export function writeAnswers(file, muster, { first, last, answers }) {
	const words = [muster.db, first, last, new URL(muster.url).port, ...answers].map(String);
	const made = execFileSync(join(dirname(program), 'bench_answers'), words, { maxBuffer: 1 << 28 });
	writeFileSync(file, made);
	return file;
}

// Connections that have had one answer and stay: close() ends them.
export async function idleConnections(url, n) {
	const { port } = new URL(url);
	const sockets = [];
	for (let i = 0; i < n; i += 200)
		await Promise.all(
			Array.from({ length: Math.min(200, n - i) }, () => {
				return new Promise((resolve, reject) => {
					const socket = connect(port, '127.0.0.1', () => {
						socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
					});
					socket.on('error', reject).once('data', () => resolve());
					sockets.push(socket);
				});
			}),
		);
	return {
		async close() {
			await Promise.all(
				sockets.map((s) => new Promise((resolve) => (s.on('error', resolve).on('close', resolve), s.end()))),
			);
		},
	};
}
