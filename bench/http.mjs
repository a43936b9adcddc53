// Pages and assets beside nginx, which sends the same bytes, headers and all, from a file: CPU of the server for one
// request, in alternating rounds. And what ten thousand connections that say nothing cost those who do.
import { after, test } from 'node:test';
import { copyOf, cpuOf, median, ratio, report, seeded, table } from './lib/bench.mjs';
import { idleConnections, startNginx, wrk } from './lib/http.mjs';
import { apiOf, signedIn } from '../tests/lib/http.mjs';
import { eventually, startMuster } from './lib/muster.mjs';

const rounds = 5,
	idle = 10_000;
const database = seeded({ users: 2000, departments: 50, trainings: 100, enrollments: 10_000, seed: 4 });
const rows = [],
	crowds = [];

const headersOf = (web) => ({ cookie: [...web.cookies].map(([k, v]) => `${k}=${v}`).join('; ') });
const us = (n) => n.toFixed(1);

async function answerOf(url, headers) {
	const response = await fetch(url, { headers });
	if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
	return response;
}

// As it travels: fetch() unpacks what is compressed, so that of nginx says what it weighs.
async function packed(url, headers) {
	const { get } = await import('node:http');
	return new Promise((resolve, reject) => {
		get(url, { headers }, (answer) => {
			const parts = [];
			answer.on('data', (part) => parts.push(part));
			answer.on('end', () => resolve({ body: Buffer.concat(parts), headers: answer.headers }));
		}).on('error', reject);
	});
}

// A learner with forty notifications, one for each training.
async function notified(muster, login) {
	const api = await apiOf(muster, 'owner');
	const user = (await api.all(`/users?q=${login}`)).find((u) => u.login === login);
	const trainings = (await api.expect(200, 'GET', '/trainings?limit=40')).items.map((t) => ({ training: t.id }));
	// At most twenty at a time.
	for (const some of [trainings.slice(0, 20), trainings.slice(20)])
		await api.expect(201, 'POST', '/enrollments', { audience: { users: [user.id] }, trainings: some });
	const web = await signedIn(muster, login);
	const shown = async () => (await web.get('/notifications?limit=25')).text.split('/open"').length - 1;
	await eventually(async () => (await shown()) >= 25, { what: '25 notifications' });
	return web;
}

test('pages and assets beside nginx', async () => {
	const muster = await startMuster({ db: copyOf(database, 'http'), args: ['--undo-hold', '0'] });
	const web = await signedIn(muster, 'admin');
	const learner = await notified(muster, 'maria');
	const shell = await (await answerOf(`${muster.url}/notifications`, headersOf(web))).text();
	const asset = (end) => new RegExp(`/a/app\\.\\w+\\.${end}`).exec(shell)[0];
	// what, path, headers, times nginx
	const subjects = [
		['A page without a list (Notifications)', '/notifications', headersOf(web), 2],
		['25 rows (Notifications)', '/notifications?limit=25', headersOf(learner), 4],
		['25 rows (Users)', '/users?limit=25', headersOf(web), 4],
		['25 rows (Trainings)', '/trainings?limit=25', headersOf(web), 4],
		['25 rows (Audit)', '/audit?limit=25', headersOf(web), 4],
		['Style sheet', asset('css'), { 'accept-encoding': 'gzip' }, 1],
		['Script', asset('js'), { 'accept-encoding': 'gzip' }, 1],
	];
	const answers = {};
	for (const [i, [, path, headers]] of subjects.entries())
		answers[`${i}.bin`] = await packed(muster.url + path, headers);
	const nginx = await startNginx(answers);
	for (const [i, [what, path, headers, budget]] of subjects.entries()) {
		const ours = [],
			theirs = [];
		for (let k = 0; k < rounds; k++) {
			ours.push(await wrk(muster.url + path, { headers, cpu: () => cpuOf(muster.process.pid) }));
			theirs.push(await wrk(`${nginx.url}/${i}.bin`, { headers, cpu: nginx.cpu }));
		}
		const ratios = ours.map((o, k) => o.cpu / theirs[k].cpu);
		rows.push([
			what,
			answers[`${i}.bin`].body.length.toLocaleString('en-US'),
			us(median(ours.map((o) => o.cpu))),
			us(median(theirs.map((t) => t.cpu))),
			`${ratio(median(ratios))} (${ratio(Math.min(...ratios))}–${ratio(Math.max(...ratios))})`,
			ratio(budget),
			median(ratios) <= budget ? '' : 'over',
		]);
	}
	await nginx.stop();
	await muster.stop();
});

test('idle connections', async () => {
	const muster = await startMuster({ db: copyOf(database, 'http') });
	const web = await signedIn(muster, 'admin');
	const ask = () =>
		wrk(`${muster.url}/notifications`, { connections: 16, headers: headersOf(web), cpu: () => cpuOf(muster.process.pid) });
	const alone = [],
		among = [];
	for (let k = 0; k < rounds; k++) {
		alone.push(await ask());
		const crowd = await idleConnections(muster.url, idle);
		among.push(await ask());
		await crowd.close();
	}
	const p50 = (list) => median(list.map((x) => x.p50));
	const times = median(among.map((x, k) => x.p50 / alone[k].p50));
	crowds.push(
		['0', us(p50(alone)), us(median(alone.map((x) => x.cpu))), '', ''],
		[idle.toLocaleString('en-US'), us(p50(among)), us(median(among.map((x) => x.cpu))), ratio(times), '1.30'],
	);
	await muster.stop();
});

after(() => {
	report('Pages and assets beside nginx', [
		...table(['what', 'bytes', 'Muster, µs of CPU', 'nginx', 'ratio (range)', 'budget', ''], rows),
		'',
		`16 readers among idle keep-alive connections, ${rounds} rounds in turn:`,
		'',
		...table(['idle', 'p50, µs', 'µs of CPU', 'times', 'budget'], crowds),
	]);
});
