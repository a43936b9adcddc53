// An import of 200,000 users: how long the preview takes, how long the import, what memory the server grows by, and
// that the same file changes nothing afterwards. The floor is the same file parsed and inserted into a bare table by
// Python's own csv and sqlite3, in the same run.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { signedIn, apiOf } from '../tests/lib/http.mjs';
import { startMuster, temporaryFolder, eventually } from './lib/muster.mjs';

const users = Number(process.env.USERS ?? 200_000);
const preview_max = 20,
	import_max = 60,
	growth_max = 64;

const seconds = async (work) => {
	const begun = performance.now();
	const value = await work();
	return [(performance.now() - begun) / 1000, value];
};
// The program's own memory in MB. Pages of the database file that readers map are the system's, and given back at need.
const memory = (pid) => Number(/RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
function watchMemory(pid) {
	let most = 0;
	const timer = setInterval(() => {
		most = Math.max(most, memory(pid));
	}, 20);
	return () => {
		clearInterval(timer);
		return most;
	};
}

function makeFile() {
	const departments = ['Company / Sales', 'Company / Sales / Sales EMEA', 'Company / Support', 'Company / Engineering'];
	const rows = ['login,email,first_name,last_name,department,status,supervisor,job_title'];
	for (let i = 0; i < users; i++) {
		const boss = i < 10 ? '' : `bulk${Math.floor(i / 10)}`;
		rows.push(`bulk${i},bulk${i}@example.org,First${i % 997},Last${i % 4999},${departments[i % 4]},active,${boss},Agent`);
	}
	return Buffer.from(rows.join('\n') + '\n');
}

function floor(path, folder) {
	const script = `
import csv, sqlite3, sys, time
begun = time.time()
db = sqlite3.connect(sys.argv[2])
db.execute('PRAGMA journal_mode=WAL')
db.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT UNIQUE, email TEXT UNIQUE, a TEXT, b TEXT, c TEXT, d TEXT, e TEXT, f TEXT)')
with open(sys.argv[1], newline='') as f:
    rows = csv.reader(f)
    next(rows)
    db.executemany('INSERT INTO users (login, email, a, b, c, d, e, f) VALUES (?, ?, ?, ?, ?, ?, ?, ?)', rows)
db.commit()
print(time.time() - begun)`;
	return Number(execFileSync('python3', ['-c', script, path, join(folder, 'floor.db')]).toString());
}

test(`an import of ${users.toLocaleString('en')} users`, { timeout: 600_000 }, async () => {
	const folder = temporaryFolder(),
		path = join(folder, 'users.csv'),
		file = makeFile();
	writeFileSync(path, file);
	const base = floor(path, folder);
	const muster = await startMuster({ demo: true });
	const web = await signedIn(muster, 'admin'),
		api = await apiOf(muster, 'admin');
	const form = async () => {
		const body = new FormData();
		body.append('csrf', (await web.get('/users/import')).csrf);
		body.append('file', new Blob([file]), 'users.csv');
		return body;
	};
	await web.get('/users');
	const before = memory(muster.process.pid);
	const most = watchMemory(muster.process.pid);
	const body = await form();
	const [preview_s, preview] = await seconds(async () => {
		const sent = await web.request('POST', '/users/import', { body });
		assert.equal(sent.status, 303, sent.words?.slice(0, 300));
		return web.get(sent.location);
	});
	assert.match(preview.words, new RegExp(`Import ${users.toLocaleString('en')} users`));
	let slowest = 0;
	const [import_s] = await seconds(async () => {
		await web.submit(preview, { button: `Import ${users.toLocaleString('en')} users` });
		await eventually(
			async () => {
				/* Others write meanwhile, and do not wait for it. */
				const [s] = await seconds(() => api.patch('/users/5', { first_name: `Name${Date.now()}` }));
				slowest = Math.max(slowest, s);
				return (await web.get(preview.path)).heading === 'Users imported';
			},
			{ timeout: 300_000 },
		);
	});
	const growth = most() - before;
	const again = await form();
	const [again_s, second] = await seconds(async () => {
		const sent = await web.request('POST', '/users/import', { body: again });
		return web.get(sent.location);
	});
	assert.match(second.words, /Everything in the file is as it is here already/);
	console.log(
		`import of ${users} users, ${(file.length / 2 ** 20).toFixed(1)} MB: preview ${preview_s.toFixed(1)} s, ` +
			`import ${import_s.toFixed(1)} s, together ${((preview_s + import_s) / base).toFixed(1)} times the floor ` +
			`(${base.toFixed(1)} s); memory grew by ${growth.toFixed(0)} MB at most; ` +
			`the same file again ${again_s.toFixed(1)} s and no change; slowest write of others ${(slowest * 1000).toFixed(0)} ms`,
	);
	assert.ok(preview_s < preview_max, `preview ${preview_s} s`);
	assert.ok(import_s < import_max, `import ${import_s} s`);
	assert.ok(growth < growth_max, `memory ${growth} MB`);
});
