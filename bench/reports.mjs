// Exports of 100,000 rows: memory must not grow with them, and they must beat reading the same rows by REST page by page,
// which is the floor here. Reports of as many enrollments as pages.
// usage: ./dev bench reports     MUSTER_ROWS: another number of users and enrollments
import { readFileSync } from 'node:fs';
import { Api, signedIn } from '../tests/lib/http.mjs';
import { startMuster } from '../tests/lib/muster.mjs';

const rows = Number(process.env.MUSTER_ROWS ?? 100_000);
const allowed_mb = 32;
const muster = await startMuster({ seed: { users: rows, departments: 200, trainings: 300, enrollments: rows, seed: 7 }, args: ['--threads', '1'] });
const password = 'a long enough password';
await muster.cli(['user', 'add', 'bench', '--email', 'bench@example.org', '--role', 'owner'], { input: `${password}\n` });
const api = new Api(muster.url, await muster.token('bench'));
const web = await signedIn(muster, 'bench', password);
const cookie = [...web.cookies].map(([k, v]) => `${k}=${v}`).join('; ');

// What the process holds by itself, and with the pages of the database that it has mapped.
function memory() {
	const status = readFileSync(`/proc/${muster.process.pid}/status`, 'utf8');
	const mb = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
	return { own: mb('RssAnon'), all: mb('VmRSS') };
}

async function watched(work) {
	const before = memory();
	let own = before.own;
	const timer = setInterval(() => {
		own = Math.max(own, memory().own);
	}, 5);
	const from = performance.now();
	const answer = await work();
	const ms = performance.now() - from;
	clearInterval(timer);
	return { answer, ms, grown: Math.max(own, memory().own) - before.own };
}

async function download(path) {
	const response = await fetch(muster.url + path, { headers: { cookie }, signal: AbortSignal.timeout(300_000) });
	if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
	let bytes = 0;
	for await (const chunk of response.body) bytes += chunk.length;
	return bytes;
}

// One of each first: what is kept for good (page cache, prepared statements) is there then.
for (const path of ['/users?q=user1', '/reports?from=&to=', '/reports/participants?from=&to=', '/users/export?q=user99']) await web.get(path);
const floor = await watched(() => api.all('/users', 1000));
console.log(`${rows.toLocaleString('en')} users by REST in pages of 1,000: ${floor.ms.toFixed(0)} ms, the floor`);
let failed = 0;
for (const [name, path] of [
	['users', '/users/export?'],
	['users by department', '/users/export?sort=-department&'],
	['report, people', '/reports/participants/export?from=&to=&'],
	['report, people by session', '/reports/participants/export?from=&to=&sort=-session&'],
	['report, sessions', '/reports/export?group_by=session&from=&to=&'],
])
	for (const format of ['csv', 'xlsx']) {
		const { answer, ms, grown } = await watched(() => download(`${path}format=${format}`));
		const bad = grown > allowed_mb;
		failed += bad;
		console.log(
			`${name}, ${format}: ${ms.toFixed(0)} ms, ${(ms / floor.ms).toFixed(2)} of the floor, ${(answer / 2 ** 20).toFixed(1)} MB, ` +
				`memory +${grown.toFixed(1)} MB${bad ? `, more than ${allowed_mb}` : ''}`,
		);
	}
for (const path of ['/reports?from=&to=', '/reports?group_by=session&from=&to=', '/reports/participants?from=&to=', '/reports/participants?from=&to=&after=last&sort=-result']) {
	const { ms } = await watched(() => web.get(path));
	console.log(`${path}: ${ms.toFixed(0)} ms`);
}
console.log(`RSS with the mapped database: ${memory().all.toFixed(0)} MB`);
await muster.stop();
process.exitCode = failed ? 1 : 0;
