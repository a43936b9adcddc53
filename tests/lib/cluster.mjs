// A PostgreSQL 15 primary and its synchronous standby, on private ports in a folder that goes away; and HAProxy.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { psql } from './database.mjs';
import { eventually, temporaryFolder } from './muster.mjs';
import { freePort } from './port.mjs';

const bin = '/usr/lib/postgresql/15/bin';
// PostgreSQL refuses to run as root.
const owner = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
const started = new Set();
const folders = [];
const killGroup = (child) => {
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		/* it ended by itself */
	}
};

after(async () => {
	await Promise.all([...started].map((one) => one.stop('SIGKILL')));
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
process.on('exit', () => {
	for (const one of started) killGroup(one.child);
});

// A program that runs in a process group of its own.
class Daemon {
	log = '';
	launch(command, args, options = {}) {
		this.child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...options });
		started.add(this);
		for (const stream of [this.child.stdout, this.child.stderr])
			stream.setEncoding('utf8').on('data', (text) => {
				this.log = (this.log + text).slice(-20_000);
			});
		this.ended = new Promise((resolve) => this.child.on('close', resolve));
	}

	// SIGKILL is for the whole group, as if the machine had gone.
	async stop(signal) {
		if (!started.delete(this)) return;
		if (signal === 'SIGKILL') killGroup(this.child);
		else this.child.kill(signal);
		await this.ended;
	}
}

export class Server extends Daemon {
	constructor(folder, name, port) {
		super();
		Object.assign(this, { folder, name, port, data: join(folder, name) });
		this.address = `postgres://postgres@127.0.0.1:${port}/postgres`;
	}

	run(program, ...args) {
		const [command, ...rest] = [...owner, join(bin, program), ...args];
		return promisify(execFile)(command, rest, { cwd: this.folder });
	}

	async start() {
		const settings = { port: this.port, listen_addresses: '127.0.0.1', unix_socket_directories: this.folder };
		const given = { ...settings, fsync: 'off', shared_buffers: '64MB', max_connections: '100' };
		const args = ['-D', this.data, ...Object.entries(given).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
		const [command, ...rest] = [...owner, join(bin, 'postgres'), ...args];
		this.launch(command, rest, { cwd: this.folder });
		try {
			await eventually(() => this.ask('SELECT 1'), { timeout: 60_000, what: `the server ${this.name}` });
		} catch (error) {
			throw new Error(`${error.message}\n${this.log}`, { cause: error.cause });
		}
	}

	// Rows of a database as text.
	ask(query, database = 'postgres') {
		return psql(this.address.replace(/postgres$/, database), query);
	}

	set(name, value) {
		return psql(this.address, `ALTER SYSTEM SET ${name} = ${value}`, 'SELECT pg_reload_conf()');
	}
}

// { primary, standby, address(database) }: commits wait for the standby; the address names both.
export async function startPair() {
	const folder = mkdtempSync(join(tmpdir(), 'muster-pair-'));
	folders.push(folder);
	chmodSync(folder, 0o755);
	if (owner.length) execFileSync('chown', ['postgres', folder]);
	const primary = new Server(folder, 'primary', await freePort());
	const kind = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
	await primary.run('initdb', '-D', primary.data, ...kind);
	await primary.start();
	const standby = new Server(folder, 'standby', await freePort());
	const source = `host=127.0.0.1 port=${primary.port} user=postgres application_name=standby`;
	const how = ['-R', '-X', 'stream', '-c', 'fast', '--no-sync'];
	await standby.run('pg_basebackup', '-d', source, '-D', standby.data, ...how);
	await standby.start();
	await primary.set('synchronous_standby_names', "'standby'");
	await inStep(primary);
	const hosts = `127.0.0.1:${primary.port},127.0.0.1:${standby.port}`;
	const address = (database) => `postgres://postgres@${hosts}/${database}?target_session_attrs=read-write`;
	return { primary, standby, address };
}

// Waits until the standby is one that commits wait for.
export function inStep(primary) {
	return eventually(async () => (await primary.ask('SELECT sync_state FROM pg_stat_replication')) === 'sync', {
		timeout: 60_000,
		what: 'a synchronous standby',
	});
}

// HAProxy in front of nodes on these ports, as docs/operations.md has it. Answers { url, log }.
export async function startProxy(ports) {
	const proxy = new Daemon();
	const port = await freePort();
	const file = join(temporaryFolder(), 'haproxy.cfg');
	writeFileSync(
		file,
		`
global
	maxconn 500
defaults
	mode http
	timeout connect 2s
	timeout client 30s
	timeout server 30s
	option redispatch
	retries 3
frontend training
	bind 127.0.0.1:${port}
	option forwardfor
	default_backend muster
backend muster
	balance leastconn
	option httpchk GET /healthz
	default-server inter 500ms fall 2 rise 1
`,
	);
	ports.forEach((one, i) => appendFileSync(file, `\tserver node${i} 127.0.0.1:${one} check\n`));
	proxy.launch('/usr/sbin/haproxy', ['-db', '-f', file]);
	proxy.url = `http://127.0.0.1:${port}`;
	await eventually(async () => (await fetch(`${proxy.url}/healthz`)).status === 200, { what: 'the proxy' });
	return proxy;
}
