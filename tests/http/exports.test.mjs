// Lists and reports as files: what is in them, that no text becomes a formula, that they are whole, and that they leave
// nothing behind. That they hold the right rows is in property.test.mjs.
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { dayAt, newTraining, newUser } from '../lib/organization.mjs';
import { newMember } from '../lib/people.mjs';
import { readCsv, readXlsx } from '../lib/sheet.mjs';

// What a person, or an attacker, may be called. None may start a formula, and each must come out as it went in.
const nasty = ['=1+1', '+49 170', '-2', '@SUM(A1)', '=HYPERLINK("http://x.example","y")', 'a,b', 'say "hi"', 'semi;colon', '＝1+1',
	'<b>&amp;</b>', 'Zoë Łuk', '日本語', '_x0041_', "'quoted", "'=2", "''+3", '1e5', '007'];
let muster, admin, web, training, someone;
before(async () => {
	muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	web = await signedIn(muster, 'admin');
	const home = (await admin.all('/departments')).find((d) => d.parent === null).id;
	for (const [i, name] of nasty.entries())
		await admin.expect(201, 'POST', '/users', { login: `nasty${i}`, email: `nasty${i}@example.org`, first_name: name, last_name: 'Nasty', department: home });
	training = await newTraining(muster, admin, [{ title: '=cmd|1', days: [dayAt(muster, 3), dayAt(muster, 4)] }], { title: '-Training' });
	await admin.expect(201, 'POST', '/enrollments', { audience: { logins: nasty.map((_, i) => `nasty${i}`) }, trainings: [{ training: training.id, session: training.sessions[0].id }] });
	[someone] = await admin.all('/users?q=nasty0');
	await eventually(async () => {
		const list = await admin.all(`/trainings/${training.id}/participants`);
		return list.length === nasty.length && list.every((e) => e.announced_at);
	});
});

async function download(path, who = web) {
	const cookie = [...who.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
	const response = await fetch(new URL(path, muster.url), { headers: { cookie } });
	return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
}
const files = () => [
	['users', '/users/export?q=nasty&'],
	['participants', `/trainings/${training.id}/participants/export?`],
	['learning', `/users/${someone.id}/learning/export?`],
	['outbox', '/outbox/export?'],
	['audit', '/audit/export?object=user&'],
	['attendance', `/reports/export?group_by=session&trainings=${training.id}&`],
	['participants', `/reports/participants/export?trainings=${training.id}&`],
];
const formula = /^'*[\s]*[=+\-@\t\r＝＋－＠]/u;

test('each list is a file of the same name and table in both formats', async () => {
	for (const [stem, path] of files()) {
		const csv = await download(`${path}format=csv`), xlsx = await download(`${path}format=xlsx`);
		for (const [answer, ending, type] of [[csv, 'csv', /^text\/csv; charset=utf-8/], [xlsx, 'xlsx', /spreadsheetml\.sheet$/]]) {
			assert.equal(answer.status, 200, path);
			assert.match(answer.headers.get('content-disposition'), new RegExp(`^attachment; filename="${stem}-\\d{4}-\\d\\d-\\d\\d\\.${ending}"$`));
			assert.match(answer.headers.get('content-type'), type);
			assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
			assert.equal(answer.headers.get('cache-control'), 'no-store');
			assert.equal(Number(answer.headers.get('content-length')), answer.bytes.length);
		}
		const rows = readCsv(csv.bytes), cells = readXlsx(xlsx.bytes);
		assert.ok(rows.length > 1, path);
		assert.equal(cells.length, rows.length, path);
		rows.forEach((row, i) => row.forEach((text, k) => {
			const cell = cells[i][k] ?? null;
			if (cell?.type !== 'text') return;
			assert.equal(text, formula.test(cell.value) ? `'${cell.value}` : cell.value, path);
		}));
	}
});

test('a file says of whom each of its rows is', async () => {
	const { login } = await admin.expect(200, 'GET', `/users/${someone.id}`), path = `/users/${someone.id}/learning/export?format=`;
	const rows = readCsv((await download(`${path}csv`)).bytes), cells = readXlsx((await download(`${path}xlsx`)).bytes);
	assert.deepEqual(rows[0].slice(0, 4), ['Name', 'Login', 'Training', 'Session']);
	assert.ok(rows.length > 1);
	assert.deepEqual(new Set(rows.slice(1).map((row) => row[1])), new Set([login]));
	assert.deepEqual(cells.map((row) => row[1].value), rows.map((row) => row[1]));
});

test('no text starts a formula, and all text comes back', async () => {
	for (const [, path] of files()) {
		for (const row of readCsv((await download(`${path}format=csv`)).bytes))
			for (const text of row) assert.doesNotMatch(text, /^[\s]*[=+\-@\t\r＝＋－＠]/u, path);
	}
	const users = readXlsx((await download('/users/export?q=nasty&format=xlsx')).bytes);
	const named = users.slice(1).map((row) => row[1]);
	assert.deepEqual(named.map((c) => c.type), named.map(() => 'text'), 'numbers in names stay text');
	assert.deepEqual(named.map((c) => c.value).toSorted(), nasty.toSorted());
	const csv = readCsv((await download('/users/export?q=nasty')).bytes);
	assert.deepEqual(csv.slice(1).map((row) => row[1]).toSorted(), nasty.map((n) => (formula.test(n) ? `'${n}` : n)).toSorted());
});

test('numbers, shares and moments are such cells', async () => {
	const path = `/reports/export?group_by=session&trainings=${training.id}`;
	const [head, row] = readXlsx((await download(`${path}&format=xlsx`)).bytes);
	const cell = (name) => row[head.findIndex((h) => h?.value === name)];
	assert.deepEqual(cell('Enrolled'), { type: 'number', value: nasty.length });
	assert.equal(cell('Rate').type, 'number');
	assert.equal(cell('Start').type, 'number', 'a date is a number with a format');
	const [names, values] = readCsv((await download(path)).bytes);
	const start = values[names.indexOf('Start')];
	assert.equal(start, training.sessions[0].days[0].start.replace('T', ' '));
	// Days since 1899-12-30.
	assert.equal(Math.round(cell('Start').value * 1440), Math.round((Date.parse(`${start.replace(' ', 'T')}Z`) / 86400e3 + 25569) * 1440));
	assert.equal(values[names.indexOf('Time zone')], 'Europe/Berlin');
});

test('all rows come, whatever page one looks at', async () => {
	const all = await admin.all('/users');
	const rows = readCsv((await download('/users/export?limit=1&after=last')).bytes);
	assert.equal(rows.length - 1, all.length);
	const sorted = readCsv((await download('/users/export?sort=-login')).bytes).slice(1).map((r) => r[2]);
	assert.deepEqual(sorted, sorted.toSorted().toReversed());
});

test('the page offers the files of what it shows', async () => {
	const page = await web.get('/users?q=nasty&sort=-login&status=active');
	const link = page.link('CSV');
	assert.equal(link.href, '/users/export?q=nasty&status=active&sort=-login&format=csv');
	const rows = readCsv((await download(link.href)).bytes);
	assert.equal(rows.length - 1, nasty.length);
	for (const path of [`/trainings/${training.id}/participants`, '/outbox', '/audit', `/reports?trainings=${training.id}`, `/reports/participants?trainings=${training.id}`]) {
		const shown = await web.get(path);
		assert.equal((await download(shown.link('Excel (XLSX)').href)).status, 200, path);
	}
});

test('REST answers CSV with the members as columns', async () => {
	const json = await admin.all('/reports/attendance?group_by=session');
	for (const options of [{ headers: { accept: 'text/csv' } }, {}]) {
		const path = `/reports/attendance?group_by=session${options.headers ? '' : '&format=csv'}`;
		const response = await fetch(`${muster.url}/api/v1${path}`, { headers: { authorization: `Bearer ${admin.token}`, ...options.headers } });
		assert.match(response.headers.get('content-type'), /^text\/csv/);
		const [head, ...rows] = readCsv(new Uint8Array(await response.arrayBuffer()));
		assert.deepEqual(head, ['key', 'name', 'enrolled', 'attended', 'absent', 'no_result', 'rate']);
		assert.deepEqual(rows.map((r) => r.slice(2, 6).map(Number)), json.map((r) => [r.enrolled, r.attended, r.absent, r.no_result]));
	}
	assert.equal((await admin.get('/reports/attendance', { headers: { accept: 'application/json, text/csv' } })).headers.get('content-type'), 'application/json');
});

test('the door is that of the list', async () => {
	const [maria, manager] = await Promise.all([signedIn(muster, 'maria'), signedIn(muster, 'dept.admin')]);
	for (const path of ['/users/export', '/outbox/export', '/audit/export']) assert.equal((await download(path, maria)).status, 403, path);
	assert.equal((await download(`/trainings/${training.id}/participants/export`, maria)).status, 404);
	assert.equal((await download('/trainings/987654321/participants/export')).status, 404);
	assert.equal((await download('/audit/export', manager)).status, 403);
	const outside = readCsv((await download('/users/export?q=nasty', manager)).bytes);
	assert.equal(outside.length, 1, 'out of scope is not in the file');
	for (const path of ['/users/export?format=pdf', '/users/export?sort=color', `/trainings/${training.id}/participants/export?status=x`, '/outbox/export?state=x', '/audit/export?from=x'])
		assert.equal((await download(path)).status, 422, path);
});

test('HEAD measures, clients that go away leave nothing open', async () => {
	const open = () => readdirSync(`/proc/${muster.process.pid}/fd`).filter((fd) => {
		try {
			return /deleted/.test(readlinkSync(`/proc/${muster.process.pid}/fd/${fd}`));
		} catch {
			return false;
		}
	}).length;
	const before = open();
	const cookie = [...web.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
	const head = await fetch(`${muster.url}/users/export`, { method: 'HEAD', headers: { cookie } });
	const full = await download('/users/export');
	assert.equal(Number(head.headers.get('content-length')), full.bytes.length);
	const { port } = new URL(muster.url);
	for (let i = 0; i < 20; i++) {
		await new Promise((resolve, reject) => {
			const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(`GET /audit/export?format=${i % 2 ? 'csv' : 'xlsx'} HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\n\r\n`));
			socket.on('error', reject);
			if (i % 4) setImmediate(() => socket.destroy());
			else socket.on('data', () => socket.destroy());
			socket.on('close', resolve);
		});
	}
	await eventually(() => open() === before, { what: 'all files are closed' });
	assert.equal((await download('/users/export')).status, 200);
});

test('without room for the file: 503, and the server goes on', async () => {
	const full = await startMuster({ demo: true, env: { TMPDIR: '/nowhere-at-all' } });
	const desk = await signedIn(full, 'admin');
	for (const format of ['csv', 'xlsx']) assert.equal((await desk.get(`/users/export?format=${format}`)).status, 503);
	assert.equal((await desk.get('/users')).status, 200);
});

test('an exported list of users, imported again, changes nothing', async () => {
	const all = await admin.all('/departments');
	const under = async (name, parent) => admin.expect(201, 'POST', '/departments', { name, parent });
	const home = all.find((d) => d.parent === null).id, sales = all.find((d) => d.name === 'Sales').id;
	for (const [i, d] of [await under('Twins', home), await under('Twins', sales), await under('=Sum, "A"; B', home), await under("'-Odd", sales)].entries())
		await admin.expect(201, 'POST', '/users', { login: `=away${i}`, first_name: '_x005F_', last_name: `Again ${i}`, department: d.id, status: ['inactive', 'ended', 'active', 'active'][i] });
	const owner = await apiOf(muster, 'owner');
	// Supervises people elsewhere, in departments of names that are nobody's here, and of a name that somebody's here is.
	const [support, engineering] = ['Support', 'Engineering'].map((name) => all.find((d) => d.name === name).id);
	await under('Guests', support);
	const leader = await newMember(muster, owner, support, [['department_admin', [support]]], { signs_in: true });
	const outside = await newUser(owner, engineering, { supervisor: leader.user.id });
	await newUser(owner, (await under('Guests', engineering)).id, { supervisor: leader.user.id });
	const types = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };
	const again = async (who, api, format) => {
		const { bytes } = await download(`/users/export?format=${format}`, who);
		const rows = format === 'csv' ? readCsv(bytes) : readXlsx(bytes);
		assert.deepEqual(rows[0].map((c) => c.value ?? c), ['Last name', 'First name', 'Login', 'E-mail', 'Department', 'Status']);
		const answer = await api.call('POST', '/users/import', bytes, { raw: true, headers: { 'content-type': types[format] } });
		assert.deepEqual(answer.body, { created: 0, updated: 0, unchanged: rows.length - 1, errors: [] }, format);
		return rows.length - 1;
	};
	for (const format of ['csv', 'xlsx']) {
		assert.equal(await again(await signedIn(muster, 'owner'), owner, format), (await owner.all('/users')).length);
		// With the owner, whom an administrator may not change.
		await again(web, admin, format);
		await again(await signedIn(muster, 'dept.admin'), await apiOf(muster, 'dept.admin'), format);
		await again(await signedIn(muster, leader.user.login), leader.api, format);
	}
	// R3: of whom one does not see, the department is not to be guessed.
	const stranger = await newUser(owner, engineering);
	const wrong = async (login, department) => (await leader.api.call('POST', '/users/import', `login,department\n${login},${department}\n`,
		{ raw: true, headers: { 'content-type': 'text/csv' } })).body.errors.map((e) => e.column);
	assert.deepEqual(await wrong(stranger.login, 'Engineering'), await wrong(stranger.login, 'Nowhere'));
	assert.deepEqual(await wrong(outside.login, 'engineering'), []);
	assert.deepEqual(await wrong(outside.login, 'Nowhere'), ['department']);
	assert.deepEqual(await wrong(outside.login, 'Support'), ['login']);
});
