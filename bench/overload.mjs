// Ten times what the program can do: how much of its best it still does, and how soon the others are told to come back.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { copyOf, ms, report, scratch, seeded, table, usage } from './lib/bench.mjs';
import { load, writeRequests } from './lib/http.mjs';
import { signedIn } from '../tests/lib/http.mjs';
import { startMuster } from './lib/muster.mjs';

const times = 10,
	connections = 4000,
	seconds = 20;
const database = seeded({ users: 2000, departments: 50, trainings: 100, enrollments: 10_000, seed: 4 });
const rows = [];
const whole = (n) => Math.round(n).toLocaleString('en-US');

test('overload', async () => {
	const muster = await startMuster({ db: copyOf(database, 'overload') });
	const web = await signedIn(muster, 'admin');
	const cookie = [...web.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
	const port = new URL(muster.url).port;
	for (const [what, path] of [
		['Reports', '/reports'],
		['Trainings, 25 rows', '/trainings?limit=25'],
	]) {
		const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n\r\n`;
		const file = writeRequests(scratch('overload'), [request]);
		const peak = await load(port, { connections: 16, seconds: 5, file });
		assert.deepEqual(Object.keys(peak.statuses), ['200']);
		const rate = peak.done / peak.seconds;
		const before = usage(muster.process.pid).dirty;
		const got = await load(port, { connections, seconds, file, rate: rate * times });
		const growth = usage(muster.process.pid).dirty - before;
		// As long as before there was anything to do.
		const begun = performance.now();
		assert.equal((await web.get('/notifications')).status, 200);
		const back = performance.now() - begun;
		const served = (got.statuses[200] ?? 0) / got.seconds;
		const within = served >= 0.8 * rate && !got.refused_without_retry && (!got.refused.n || got.refused.p50 <= 20_000);
		rows.push([
			what,
			whole(rate),
			whole(got.done / got.seconds),
			`${whole(served)} (${Math.round((100 * served) / rate)} %)`,
			got.refused.n ? ms(got.refused.p50 / 1000) : '–',
			got.refused.n ? ms(got.refused.p99 / 1000) : '–',
			String(got.refused_without_retry + got.broken),
			(growth / 2 ** 20).toFixed(1),
			ms(back),
			within ? '' : 'over',
		]);
	}
	await muster.stop();
});

after(() => {
	report('Overload', [
		`${times} times the most that can be done, on ${whole(connections)} connections, for ${seconds} s. At least 80 % of the`,
		'most is still served; the rest is told within 20 ms to come back (503 with Retry-After).',
		'',
		...table(
			['page', 'most a second', 'answered', 'served', '503 p50, ms', 'p99', 'others', 'growth, MB', 'after it, ms', ''],
			rows,
		),
	]);
});
