// A backlog of invitations on its way out, in alternation with Postfix's own `smtp-source`: the same number of messages
// of the same size, over the same number of connections, into the same `smtp-sink`; then into a real Postfix that
// throws them away. What a link to set a password waits meanwhile, and what others notice.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { copyOf, median, ms, percentile, ratio, report, seeded, table, usage } from './lib/bench.mjs';
import { Web, apiOf, signedIn } from '../tests/lib/http.mjs';
import { eventually, startMuster } from './lib/muster.mjs';
import { freePort } from '../tests/lib/port.mjs';
import { startRelay } from '../tests/lib/smtp.mjs';

const messages = Number(process.env.MUSTER_BENCH_MESSAGES ?? 20_000),
	backlog = Number(process.env.MUSTER_BENCH_BACKLOG ?? 100_000),
	connections = [1, 4],
	rounds = Number(process.env.MUSTER_BENCH_ROUNDS ?? 5),
	sender = 'training@example.org',
	long = { timeout: 600_000 };
process.env.PATH += ':/usr/sbin';

// A database in which so many invitations wait. Made once.
async function waiting(n) {
	const from = seeded({ users: n, departments: 100, trainings: 1, enrollments: 0, seed: 5 });
	const path = from.replace('seed-', 'waiting-');
	if (existsSync(path)) return path;
	const muster = await startMuster({ db: copyOf(from, 'waiting'), args: ['--undo-hold', '0'] });
	const api = await apiOf(muster, 'owner');
	const top = (await api.all('/departments', 1000)).find((d) => d.parent === null);
	const training = await api.expect(201, 'POST', '/trainings', {
		title: 'Negotiation basics',
		description: 'What you want, what they want, and how to find out.\n\nBring a case of your own.',
		sessions: [
			{
				title: 'Morning group',
				instructor: 'Ana Petrova',
				days: [{ start: '2030-03-01T09:00', duration: 10800, time_zone: 'Europe/Berlin', location: 'Room 4, Berlin' }],
			},
		],
	});
	const body = {
		audience: { departments: [{ id: top.id, nested: true }], except: [training.organizer] },
		trainings: [{ training: training.id, session: training.sessions[0].id }],
	};
	// Few are enrolled at once, many by a job.
	const { status, body: made } = await api.post('/enrollments', body), { batch } = made;
	assert.ok(status === 201 || status === 202, `POST /enrollments: ${status} ${JSON.stringify(made)}`);
	await eventually(async () => (await api.expect(200, 'GET', `/batches/${batch}?limit=1`)).status === 'done', {
		timeout: 300_000,
		what: 'the batch is done',
	});
	const unannounced = `/trainings/${training.id}/participants?status=scheduled&limit=1`;
	await eventually(async () => (await api.expect(200, 'GET', unannounced)).items.length === 0, { ...long, what: 'everybody is announced' });
	await muster.stop();
	renameSync(muster.db.replace('sqlite:', ''), path);
	return path;
}

// ---- relays
const greets = (port) =>
	new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('data', () => resolve(true) || socket.destroy()).once('error', () => resolve(false));
	});

async function started(process, port) {
	after(() => process.kill());
	await eventually(() => greets(port), { timeout: 20_000, what: `a greeting on port ${port}` });
	return { port, process };
}

// Postfix's sink: throws away what it gets, and counts it.
async function startSink() {
	const port = await freePort();
	const as = process.getuid() === 0 ? ['-u', 'nobody'] : [];
	const sink = spawn('smtp-sink', [...as, '-c', `127.0.0.1:${port}`, '1000'], { stdio: ['ignore', 'pipe', 'ignore'] });
	let count = 0;
	sink.stdout.setEncoding('latin1').on('data', (text) => {
		const seen = [...text.matchAll(/mesg=(\d+)/g)].at(-1);
		if (seen) count = Number(seen[1]);
	});
	return { ...(await started(sink, port)), count: () => count };
}

// A Postfix of our own: queues each message safely, then throws it away.
async function startPostfix() {
	const port = await freePort(), folder = mkdtempSync(join(tmpdir(), 'muster-postfix-'));
	after(() => rmSync(folder, { recursive: true, force: true }));
	chmodSync(folder, 0o755);
	for (const name of ['conf', 'data', 'queue']) mkdirSync(join(folder, name));
	const daemons = ['tlsmgr unix - - n 1000? 1 tlsmgr', 'pickup unix n - n 60 1 pickup', 'cleanup unix n - n - 0 cleanup', 'qmgr unix n - n 300 1 qmgr',
		'rewrite unix - - n - - trivial-rewrite', 'bounce unix - - n - 0 bounce', 'defer unix - - n - 0 bounce', 'trace unix - - n - 0 bounce', 'verify unix - - n - 1 verify',
		'proxymap unix - - n - - proxymap', 'anvil unix - - n - 1 anvil', 'scache unix - - n - 1 scache', 'discard unix - - n - - discard', 'error unix - - n - - error',
		'retry unix - - n - - error', 'showq unix n - n - - showq', 'flush unix n - n 1000? 0 flush', 'postlog unix-dgram n - n - 1 postlogd'];
	writeFileSync(join(folder, 'conf/master.cf'), [`127.0.0.1:${port} inet n - n - - smtpd`, ...daemons, ''].join('\n'));
	writeFileSync(join(folder, 'conf/main.cf'), [
		'compatibility_level = 3.6', `queue_directory = ${folder}/queue`, `data_directory = ${folder}/data`, 'myhostname = relay.example.org', 'mydestination =',
		'inet_interfaces = 127.0.0.1', 'inet_protocols = ipv4', 'mynetworks = 127.0.0.0/8', 'smtpd_relay_restrictions = permit_mynetworks, reject',
		'default_transport = discard:', 'relay_transport = discard:', 'alias_maps =', 'alias_database =', 'maillog_file = /dev/stdout', ''].join('\n'));
	await promisify(execFile)('chown', ['-R', 'postfix', join(folder, 'data')]);
	return started(spawn('postfix', ['-c', join(folder, 'conf'), 'start-fg'], { stdio: 'ignore' }), port);
}

// ---- one run of each; messages a second
async function source(port, n, size, sessions) {
	const begun = performance.now();
	await promisify(execFile)('smtp-source', ['-d', '-s', sessions, '-m', n, '-l', size, '-f', sender, '-t', 'somebody@example.org', `127.0.0.1:${port}`].map(String));
	return (n / (performance.now() - begun)) * 1000;
}

// From the start of the program until all of it is written down.
async function ours(database, port, n, sessions) {
	const db = copyOf(database, 'delivery'), begun = performance.now();
	const muster = await startMuster({ db, args: ['--smtp', `smtp://127.0.0.1:${port}`, '--smtp-connections', String(sessions), '--mail-from', `Academy <${sender}>`] });
	const api = await apiOf(muster, 'owner');
	await eventually(async () => (await api.expect(200, 'GET', '/outbox?state=waiting&limit=1')).items.length === 0, { ...long, what: 'everything leaves' });
	const took = performance.now() - begun, { cpu } = usage(muster.process.pid);
	await muster.stop();
	return { rate: (n / took) * 1000, cpu: (cpu / n) * 1000 };
}

// Invitations of the database, and the bytes of one.
async function measure(database) {
	const relay = await startRelay();
	const muster = await startMuster({ db: copyOf(database, 'delivery'), args: ['--smtp', relay.url, '--mail-from', `Academy <${sender}>`] });
	const { raw } = await relay.waitFor();
	await muster.kill9();
	await relay.stop();
	return raw.length;
}

const figures = [];

async function beside(relay, what, check = () => {}) {
	const database = await waiting(messages), size = await measure(database);
	for (const sessions of connections) {
		const rates = [], floors = [], cpus = [];
		for (let i = 0; i < rounds; i++) {
			floors.push(await source(relay.port, messages, size, sessions));
			const before = relay.count?.() ?? 0;
			const { rate, cpu } = await ours(database, relay.port, messages, sessions);
			check((relay.count?.() ?? 0) - before);
			rates.push(rate);
			cpus.push(cpu);
		}
		const ratios = rates.map((rate, i) => rate / floors[i]);
		figures.push([`${what}, ${sessions === 1 ? 'one connection' : `${sessions} connections`}, messages a second`, ms(median(rates)), ms(median(floors)), ratio(median(ratios))]);
		figures.push(['… CPU µs a message', ms(median(cpus)), '', '']);
	}
}

test('into smtp-sink, beside smtp-source', async () => {
	// Whoever has no address gets no invitation; a few demo users get one, too.
	await beside(await startSink(), 'into smtp-sink', (got) => assert.ok(got <= messages + 100 && got > messages * 0.9, `${got} arrived`));
});

test('into Postfix, beside smtp-source', { skip: process.getuid() !== 0 && 'Postfix starts as root only' }, async () => {
	await beside(await startPostfix(), 'into Postfix');
});

// Asks again and again until told to stop; answers how long each took.
function repeat(work) {
	const times = [];
	let on = true;
	const running = (async () => {
		while (on) {
			const begun = performance.now();
			await work();
			times.push(performance.now() - begun);
		}
	})();
	return async () => {
		on = false;
		await running;
		return times;
	};
}

test('what somebody waits for, and what others notice', async () => {
	const relay = await startSink(), database = await waiting(backlog), pages = ['/users', '/trainings', '/calendar', '/notifications'];
	const reads = {};
	for (const smtp of [null, `smtp://127.0.0.1:${relay.port}`]) {
		const muster = await startMuster({ db: copyOf(database, 'delivery'), args: smtp ? ['--smtp', smtp] : [] });
		const web = await signedIn(muster, 'admin');
		let n = 0;
		const reading = repeat(() => web.get(pages[n++ % pages.length]));
		await pause(3000);
		reads[smtp ? 'busy' : 'idle'] = await reading();
		if (smtp) {
			const waits = [];
			const api = await apiOf(muster, 'owner'), visitor = new Web(muster), page = await visitor.get('/forgot');
			const sent = async () => (await api.expect(200, 'GET', '/outbox?sort=-id&limit=60')).items.filter((m) => m.kind === 'password_forgotten' && m.state === 'sent').length;
			for (let i = 1; i <= 20; i++) {
				const begun = performance.now();
				assert.equal((await visitor.submit(page, { button: 'Send the link' }, { login: 'owner' })).status, 303);
				await eventually(async () => (await sent()) === i, { timeout: 10_000, what: 'the link to set a password' });
				waits.push(performance.now() - begun);
			}
			assert.ok(Math.max(...waits) < 1000, `a password mail leaves within a second, not ${ms(Math.max(...waits))} ms`);
			figures.push([`a link to set a password before ${backlog.toLocaleString('en-US')} others, from the click to its delivery, median ms`, ms(median(waits)), '', '']);
			figures.push(['… the worst of 20', ms(Math.max(...waits)), '', '']);
		}
		await muster.stop();
	}
	const [busy, idle] = [percentile(reads.busy, 99), percentile(reads.idle, 99)];
	figures.push(['page reads of others meanwhile, p99 ms', ms(busy), ms(idle), ratio(busy / idle)]);
});

after(() => report('Delivering invitations', table(['', 'Muster', 'floor', 'ratio'], figures)));
