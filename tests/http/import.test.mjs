// Imports of users: by REST, by command, in the interface. What a file may be, what is wrong with it, what it changes.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Api, Web, apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster, temporaryFolder } from '../lib/muster.mjs';
import { newMember, newRole } from '../lib/people.mjs';
import { sendUsers } from '../lib/upload.mjs';
import { xlsx, zip } from '../lib/xlsx.mjs';

const muster = await startMuster({ demo: true });
const admin = await apiOf(muster, 'admin'),
	dept = await apiOf(muster, 'dept.admin');
const folder = temporaryFolder();

const csv = (...rows) => rows.join('\n') + '\n';
async function send(api, body, query = '', type = 'text/csv') {
	return api.call('POST', `/users/import${query}`, body, { raw: true, headers: { 'content-type': type } });
}
async function find(login, api = admin) {
	const { items } = (await api.get(`/users?q=${encodeURIComponent(login)}`)).body;
	return items.find((u) => u.login === login) ?? null;
}
const trail = async (id) => (await admin.get(`/audit?object=user:${id}`)).body.items;
const errors = (answer) => answer.body.errors.map((e) => [e.row, e.column, e.value]);

test('a file adds and changes users, leaves the others alone, and changes nothing the second time', async () => {
	const file = csv(
		'Department,login,email,first_name,last_name,supervisor,job_title',
		'Company / Support,imp.a,imp.a@example.org,Ada,Import,imp.b,Lead',
		'company/SUPPORT,imp.b,imp.b@example.org,Ben,Import,,Head',
		'Company / Sales / Sales EMEA,maria,maria.new@example.org,Maria,Lindqvist,sven,',
	);
	const people = (await admin.get('/users?limit=1000')).body.items.length;
	const maria = await find('maria');
	const dry = await send(admin, file, '?dry_run=1');
	assert.equal(dry.status, 200);
	assert.deepEqual(dry.body, { created: 2, updated: 1, unchanged: 0, errors: [] });
	assert.equal(await find('imp.a'), null, 'a dry run adds nobody');
	const done = await send(admin, file);
	assert.deepEqual(done.body, { created: 2, updated: 1, unchanged: 0, errors: [] });
	const [a, b] = [await find('imp.a'), await find('imp.b')];
	assert.equal(a.supervisor, b.id, 'a supervisor may stand further down');
	assert.equal(a.fields.job_title, 'Lead');
	assert.equal((await find('maria')).email, 'maria.new@example.org');
	assert.equal((await find('maria')).fields.job_title ?? null, null, 'an empty cell clears');
	assert.equal((await admin.get('/users?limit=1000')).body.items.length, people + 2);
	assert.deepEqual((await send(admin, file)).body, { created: 0, updated: 0, unchanged: 3, errors: [] });

	const [entry] = await trail(maria.id);
	assert.equal(entry.action, 'user.update');
	assert.equal(entry.after.email ?? JSON.parse(entry.after).email, 'maria.new@example.org');
	const acts = (await admin.get('/audit')).body.items.filter((e) => e.action === 'import.start');
	assert.equal(acts.length, 1, 'one entry for the act');
});

test('encodings, separators and quotes', async () => {
	const rows = (sep) => [['login', 'department', 'last_name'].join(sep), ['enc1', '"Company / Support"', 'Müller'].join(sep)];
	const cases = {
		semicolon: Buffer.from(csv(...rows(';'))),
		tab: Buffer.from(csv(...rows('\t'))),
		mark: Buffer.from('\ufeff' + csv(...rows(','))),
		windows: Buffer.from(csv(...rows(';')), 'latin1'),
		lines: Buffer.from(rows(',').join('\r\n')),
	};
	await send(admin, cases.semicolon);
	assert.equal((await find('enc1')).last_name, 'Müller');
	for (const [name, body] of Object.entries(cases))
		assert.deepEqual((await send(admin, body)).body, { created: 0, updated: 0, unchanged: 1, errors: [] }, name);
});

test('a spreadsheet', async () => {
	const sheet = xlsx([
		['login', 'department', 'last_name', 'hire_date', 'phone'],
		['sheet1', 'Company / Support', 'Tab & <le>', 46112, 4.9e11],
		['sheet2', 'Company / Nowhere', null, null, null],
	]);
	const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
	const refused = await send(admin, sheet, '', type);
	assert.equal(refused.status, 422);
	assert.deepEqual(errors(refused), [[3, 'department', 'Company / Nowhere']]);
	const done = await send(admin, sheet, '?skip_errors=1', type);
	assert.equal(done.body.created, 1);
	const user = await find('sheet1');
	assert.equal(user.last_name, 'Tab & <le>');
	assert.deepEqual([user.fields.hire_date, user.fields.phone], ['2026-03-31', '490000000000']);
	assert.equal(await find('sheet2'), null);
});

test('bad files get an answer each, and nothing is done', async () => {
	const good = 'bad.good,Company\n';
	const wide = 'c,'.repeat(1_000_000);
	const cases = [
		['unknown column', csv('login,department,shoe', 'bad.good,Company,44'), [[1, 'shoe', 'shoe']]],
		['column twice', csv('login,department,login', 'bad.good,Company,x'), [[1, 'login', 'login']]],
		['no department', csv('login', 'bad.good'), [[1, 'department', '']]],
		['login twice', csv('login,department', 'bad.good,Company', 'BAD.GOOD,Company'), [[3, 'login', 'BAD.GOOD']]],
		['unknown department', `login,department\n${good}bad.b,Company / Moon\n`, [[3, 'department', 'Company / Moon']]],
		['no login', `login,department\n${good},Company\n`, [[3, 'login', '']]],
		['bad values', `login,department,email,status\nbad a,Company,a@b@c,gone\n`,
			[[2, 'login', 'bad a'], [2, 'email', 'a@b@c'], [2, 'status', 'gone']]],
		['stray cell', `login,department\n${good}bad.b,Company,more\n`, [[3, '3', 'more']]],
		['invalid UTF-8', Buffer.from('login,department,last_name\nbad.good,Company,\xc3\xab\xc3\xab\nbad.b,Company,x\xffy\n', 'latin1'),
			[[3, 'last_name', 'x?y']]],
		['million columns', wide, [[1, '257', '']]],
		['empty', '', [[1, '1', '']]],
		['only a header', 'login,department\n', [[2, 'login', '']]],
		['picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01', 'latin1'), [[1, '1', '']]],
		['old spreadsheet', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'), [[1, '1', '']]],
		['other package', zip({ 'hello.txt': 'hello' }), [[1, '1', '']]],
		['broken package', Buffer.from('PK\x03\x04 and then nothing'), [[1, '1', '']]],
		['open quote', `login,department\n${good}bad.b,"Company\n`, [[3, 'department', 'Company']]],
		['ring', csv('login,department,supervisor', 'bad.good,Company,bad.b', 'bad.b,Company,bad.good'),
			[[2, 'supervisor', 'bad.b'], [3, 'supervisor', 'bad.good']]],
	];
	for (const [name, body, expected] of cases) {
		const answer = await send(admin, body);
		assert.equal(answer.status, 422, name);
		assert.match(answer.headers.get('content-type'), /problem\+json/, name);
		const at = errors(answer).map((e) => (name === 'open quote' ? [e[0], e[1], e[2].trim()] : e));
		assert.deepEqual(at, expected, name);
		assert.ok(answer.body.errors.every((e) => /\w+ .*\.$|: /.test(e.reason)), `${name}: a reason`);
		assert.deepEqual([answer.body.created, answer.body.updated], [0, 0], name);
		assert.equal(await find('bad.good'), null, `${name}: nothing half done`);
		assert.equal((await send(admin, body, '?dry_run=1')).status, 200, name);
	}
	const strict = await send(admin, Buffer.from('login,department\nb\xff,Company\n', 'latin1'), '', 'text/csv; charset=utf-8');
	assert.deepEqual(errors(strict), [[2, 'login', 'b?']], 'said to be UTF-8, so not taken for Windows-1252');
	assert.equal((await send(admin, '{}', '', 'application/json')).status, 415);
	assert.equal((await send(admin, 'login', '?dry_run=maybe')).status, 422);
	assert.equal((await send(new Api(muster.url), 'login')).status, 401);
	assert.equal((await send(await apiOf(muster, 'maria'), 'login')).status, 403);
});

test('rows that are wrong are left out when somebody says so', async () => {
	const file = csv('login,department', 'some.a,Company / Support', 'some.b,Company / Moon');
	const answer = await send(admin, file, '?skip_errors=1');
	assert.equal(answer.status, 200);
	assert.equal(answer.body.created, 1);
	assert.deepEqual(errors(answer), [[3, 'department', 'Company / Moon']]);
	assert.ok(await find('some.a'));
});

test('a department administrator reaches own departments only, and learns of no others (R3)', async () => {
	const answer = await send(dept, csv(
		'login,department,supervisor',
		'scope.a,Sales / Sales EMEA,maria',
		'scope.b,Company / Engineering,',
		'scope.c,Company / Moon,',
		'omar,Company / Sales,',
		'scope.d,Company / Sales,omar',
		'scope.e,Company / Sales,nobody.at.all',
	));
	assert.equal(answer.status, 422);
	assert.deepEqual(errors(answer), [
		[3, 'department', 'Company / Engineering'],
		[4, 'department', 'Company / Moon'],
		[5, 'login', 'omar'],
		[6, 'supervisor', 'omar'],
		[7, 'supervisor', 'nobody.at.all'],
	]);
	const reason = (row) => answer.body.errors.find((e) => e.row === row).reason;
	assert.equal(reason(3), reason(4), 'out of scope is the same as not there');
	assert.equal(reason(6), reason(7));
	assert.equal((await send(dept, csv('login,department', 'scope.a,Sales / Sales EMEA'))).body.created, 1);
	const owner = await send(dept, csv('login,department,status', 'owner,Company / Sales,inactive'));
	assert.equal(owner.status, 422);
	const groups = await send(dept, csv('login,department,groups', 'scope.a,Company / Sales / Sales EMEA,First aid'));
	assert.deepEqual(errors(groups), [[2, 'groups', 'First aid']], 'groups are not theirs to change');
});

test('the preview names nobody whom its reader does not see, nor groups that are not there for them (R3)', async () => {
	const omar = await find('omar'), led = await find('grace.kim');
	await admin.expect(200, 'PATCH', `/users/${led.id}`, { supervisor: omar.id });
	const web = await signedIn(muster, 'dept.admin');
	const sent = await sendUsers(web, csv('login,department,supervisor', 'grace.kim,Company / Sales / Sales Americas,maria'));
	const preview = await web.get(sent.location);
	assert.match(preview.words, /Supervisor nothing maria/);
	assert.doesNotMatch(preview.words, /omar/);
	const tried = (supervisor) => send(dept, csv('login,department,supervisor', `grace.kim,Company / Sales / Sales Americas,${supervisor}`), '?dry_run=1');
	const [right, wrong] = [await tried('omar'), await tried('nobody.at.all')];
	assert.deepEqual([right.status, right.body.errors[0]?.reason], [wrong.status, wrong.body.errors[0].reason], 'a guess is not answered');
	assert.equal((await tried('')).body.unchanged, 1, 'who is not shown stays');
	const patched = await dept.patch(`/users/${led.id}`, { supervisor: omar.id });
	assert.equal(patched.status, 422, 'nor by the page or REST');
	await admin.expect(200, 'PATCH', `/users/${led.id}`, { supervisor: null });
	await admin.expect(201, 'POST', '/groups', { name: 'Closed circle', members: [omar.id] });
	const grouped = async (name) =>
		(await send(dept, csv('login,department,groups', `grace.kim,Company / Sales / Sales Americas,${name}`), '?dry_run=1')).body.errors[0].reason;
	assert.equal((await grouped('Closed circle')).replace('Closed circle', 'x'), (await grouped('No circle')).replace('No circle', 'x'));
});

test('the words of an export are understood, and a department by a name that only one has', async () => {
	const all = (await admin.get('/departments?limit=1000')).body.items;
	const id = (name) => all.find((d) => d.name === name).id;
	for (const parent of ['Support', 'Engineering'])
		await admin.expect(201, 'POST', '/departments', { name: 'Night shift', parent: id(parent) });
	const head = 'E-Mail,Login,First name,LAST NAME,Department,Status';
	const done = await send(admin, csv(head, 'words.a@example.org,words.a,Ada,Words,sales  emea,Employment ended', ',words.b,Ben,Words,Support / Night Shift,Inactive'));
	assert.deepEqual(done.body, { created: 2, updated: 0, unchanged: 0, errors: [] });
	const a = await find('words.a');
	assert.deepEqual([a.email, a.status, a.department], ['words.a@example.org', 'ended', id('Sales EMEA')]);
	assert.equal((await find('words.b')).status, 'inactive');
	const twins = await send(admin, csv('login,department', 'words.b,Night shift', 'words.a,shift'));
	assert.deepEqual(errors(twins), [[2, 'department', 'Night shift'], [3, 'department', 'shift']]);
	assert.equal(twins.body.errors[0].reason,
		'2 departments have this name: “Company / Engineering / Night shift”, “Company / Support / Night shift”. Write the whole path.');
	assert.deepEqual(errors(await send(admin, csv('email,E-mail,login,department', ',,words.b,Support'))), [[1, 'E-mail', 'E-mail']]);
	// R3: a name outside is no name at all, and makes none ambiguous.
	assert.deepEqual(errors(await send(dept, csv('login,department', 'words.c,Night shift', 'words.d,Sales EMEA'))), [[2, 'department', 'Night shift']]);
	// Who may not be changed may be in the file, but not change.
	const owner = (await admin.get('/users?q=owner')).body.items.find((u) => u.login === 'owner');
	const department = all.find((d) => d.id === owner.department).name;
	assert.equal((await send(admin, csv('login,department', `owner,${department}`))).body.unchanged, 1);
	assert.deepEqual(errors(await send(admin, csv('login,department', 'owner,Sales EMEA'))), [[2, 'login', 'owner']]);
});

// North / Depot and South / Depot, with somebody in North / Yard.
async function depots() {
	const owner = await apiOf(muster, 'owner');
	const home = (await owner.all('/departments')).find((d) => d.parent === null).id;
	const under = async (name, parent) => (await owner.expect(201, 'POST', '/departments', { name, parent })).id;
	const [north, south] = [await under('North', home), await under('South', home)];
	const ids = { home, north, south, yard: await under('Yard', north), north_depot: await under('Depot', north), south_depot: await under('Depot', south) };
	await owner.expect(201, 'POST', '/users', { login: 'yard.a', department: ids.yard });
	await owner.expect(201, 'POST', '/users', { login: 'depot.a', department: ids.south_depot });
	return { owner, ids };
}
let made_depots;
const with_depots = () => (made_depots ??= depots());

test('a short name that two departments have is ambiguous, whichever of them may be changed', async () => {
	const { owner, ids } = await with_depots();
	const viewer = await newRole(owner, ['users.view']);
	const { api } = await newMember(muster, owner, ids.north, [[viewer, [ids.home]], ['department_admin', [ids.north]]]);
	const answer = await send(api, csv('login,department', 'yard.a,Depot'));
	assert.deepEqual(errors(answer), [[2, 'department', 'Depot']]);
	assert.equal(answer.body.errors[0].reason, '2 departments have this name: “Company / North / Depot”, “Company / South / Depot”. Write the whole path.');
	assert.equal((await find('yard.a')).department, ids.yard);
	assert.deepEqual((await send(api, csv('login,department', 'yard.a,North / Depot', 'depot.a,South / Depot'), '?dry_run=1')).body,
		{ created: 0, updated: 1, unchanged: 1, errors: [] }, 'what one has is understood; who stays may be in the file');
	assert.deepEqual(errors(await send(api, csv('login,department', 'yard.a,South / Depot'))), [[2, 'department', 'South / Depot']], 'only seen is no place to move to');
});

test('departments that look the same to whoever imports are no matter of paths', async () => {
	const { owner, ids } = await with_depots();
	const trainer = await newRole(owner, ['trainings.create']);
	// As a user's page would show them: North / Depot by the other role. A file knows what the list of departments shows.
	const { api } = await newMember(muster, owner, ids.home, [['department_admin', [ids.north_depot, ids.south_depot]], [trainer, [ids.north]]]);
	const answer = await send(api, csv('login,department', 'depot.b,Depot', 'depot.a,Depot'));
	assert.deepEqual(errors(answer), [[2, 'department', 'Depot']]);
	assert.equal(answer.body.errors[0].reason, '2 departments are shown to you as “Depot”, so a file cannot say which. Choose the department on the user’s page.');
});

test('an apostrophe that keeps text from being a formula goes, and no other', async () => {
	const [names, texts] = [["'=1", "''=1", "'t Hart", "' +1"], ['=1', "'=1", "'t Hart", '+1']];
	await send(admin, csv('login,department,last_name', ...names.map((n, i) => `apo${i},Support,${n}`)));
	for (const [i, text] of texts.entries()) assert.equal((await find(`apo${i}`)).last_name, text);
});

test('groups are what the column says; a rule decides about smart groups', async () => {
	const smart = await admin.expect(201, 'POST', '/groups', {
		name: 'Import smart', rule: [{ field: 'login', op: 'is', value: 'omar' }],
	});
	assert.ok(smart.id);
	await send(admin, csv('login,department,groups', 'grp.a,Company / Support,"first aid; New managers"'));
	const user = await find('grp.a');
	const members = async (name) => {
		const { items } = (await admin.get('/groups')).body;
		return items.find((g) => g.name === name).members;
	};
	assert.ok((await members('First aid')).includes(user.id) && (await members('New managers')).includes(user.id));
	await send(admin, csv('login,department,groups', 'grp.a,Company / Support,New managers'));
	assert.ok(!(await members('First aid')).includes(user.id) && (await members('New managers')).includes(user.id));
	const bad = await send(admin, csv('login,department,groups', 'grp.a,Company / Support,Import smart', 'grp.b,Company,No group'));
	assert.deepEqual(errors(bad), [[2, 'groups', 'Import smart'], [3, 'groups', 'No group']]);
});

test('who leaves by import loses seats in sessions to come, and the organizer is told (R7)', async () => {
	await send(admin, csv('login,email,department', 'leaver,leaver@example.org,Company / Support'));
	const user = await find('leaver');
	const training = (await admin.get('/trainings')).body.items.find((t) => t.title === 'Time management');
	const session = training.sessions.find((s) => s.status === 'planned');
	const batch = await admin.expect(201, 'POST', '/enrollments', {
		audience: { users: [user.id] },
		trainings: [{ training: training.id, session: session.id }],
	});
	assert.equal(batch.enrolled, 1);
	const answer = await send(admin, csv('login,department,status', 'leaver,Company / Support,Ended'));
	assert.equal(answer.body.updated, 1);
	assert.equal((await find('leaver')).status, 'ended');
	const left = (await admin.get(`/users/${user.id}/enrollments?status=cancelled`)).body.items;
	assert.equal(left.length, 1);
});

test('the last owner cannot be made inactive', async () => {
	const answer = await send(admin, csv('login,department,status', 'owner,Company,inactive'));
	assert.equal(answer.status, 422);
	assert.equal((await find('owner')).status, 'active');
});

test('the command prints a summary, and errors by row, column, value and reason', async () => {
	const path = join(folder, 'people.csv');
	writeFileSync(path, csv('login,department', 'cli.a,Company / Support', 'cli.b,Company / Moon'));
	const bad = await muster.cli(['import', 'users', path]);
	assert.equal(bad.code, 1);
	assert.match(bad.err, /^row 3, department: Company \/ Moon: There is no such department\.$/m);
	assert.equal(await find('cli.a'), null);
	const some = await muster.cli(['import', 'users', path, '--skip-errors']);
	assert.equal(some.code, 1);
	assert.ok(await find('cli.a'));
	writeFileSync(path, csv('login,department,last_name', 'cli.a,Company / Support,Cli', 'cli.c,Company,C'));
	const dry = await muster.cli(['import', 'users', path, '--dry-run']);
	assert.equal(dry.code, 0, dry.err);
	assert.match(dry.out, /1 user would be added, 1 changed, 0 unchanged/);
	assert.equal(await find('cli.c'), null);
	const done = await muster.cli(['import', 'users', path]);
	assert.equal(done.code, 0, done.err);
	assert.match(done.out, /1 user added, 1 changed, 0 unchanged/);
	assert.match((await muster.cli(['import', 'users', path])).out, /0 users added, 0 changed, 2 unchanged/);
	assert.equal((await muster.cli(['import', 'users', join(folder, 'nowhere.csv')])).code, 2);
	assert.equal((await muster.cli(['import', 'people', path])).code, 2);
});

test('in the interface: check, see old and new, import, and the result', async () => {
	const web = await signedIn(muster, 'admin');
	assert.ok((await web.get('/users')).link('Import'));
	const sent = await sendUsers(
		web,
		csv(
			'login,email,department',
			'omar,omar.new@example.org,Company / Engineering',
			'web.a,,Company / Support',
			'web.b,,Company / Moon',
		),
	);
	assert.equal(sent.status, 303, sent.words.slice(0, 300));
	const preview = await web.get(sent.location);
	assert.match(preview.words, /people\.csv/);
	assert.match(preview.words, /3 rows, read as UTF-8, separated by commas/);
	assert.match(preview.words, /web\.b|Company \/ Moon/, 'what is wrong comes first');
	assert.match((await web.get(`${sent.location}?show=changed`)).words, /omar@example\.org.*omar\.new@example\.org/s);
	assert.match((await web.get(`${sent.location}?show=new`)).words, /web\.a/);
	assert.equal(await find('web.a'), null);
	const started = await web.submit(preview, { button: 'Import 2 users, leave out errors' });
	assert.equal(started.status, 303);
	const result = await eventually(async () => {
		const now = await web.get(sent.location);
		return now.heading === 'Users imported' && now;
	});
	assert.match(result.words, /1 user added, 1 changed/);
	assert.equal((await find('omar')).email, 'omar.new@example.org');
	assert.match((await web.get('/notifications')).words, /Your import is finished: 1 user added, 1 changed/);
	const again = await web.post(`${sent.location}/start`, { csrf: preview.csrf });
	assert.equal(again.status, 409);

	const other = await signedIn(muster, 'dept.admin');
	assert.equal((await other.get(sent.location)).status, 404, 'somebody else’s import is not there');
	assert.equal((await new Web(muster.url).request('GET', sent.location)).status, 303);
});

test('in the interface: a long name of a file is cut between its letters', async () => {
	const web = await signedIn(muster, 'admin');
	const sent = await sendUsers(web, csv('login,department', 'named.long,Company / Support'), { name: `a${'ä'.repeat(150)}.csv` });
	assert.equal(sent.status, 303);
	const page = await web.get(sent.location);
	assert.match(page.words, /\baä{99}(?!ä)/);
	assert.doesNotMatch(page.words, /\ufffd/);
});

test('in the interface: a bad file comes back with what is wrong, and a pasted table stays', async () => {
	const web = await signedIn(muster, 'admin');
	const nothing = await sendUsers(web, '', { name: '' });
	assert.equal(nothing.status, 422);
	assert.match(nothing.words, /Choose a file, or paste a table/);
	const text = 'login\tdepartment\tshoe\npasted,Company\t44';
	const pasted = await sendUsers(web, '', { name: '', text });
	assert.equal(pasted.status, 422);
	assert.match(pasted.words, /There is no such column/);
	assert.ok(pasted.text.includes('pasted,Company'), 'what was typed is kept');
	const forged = await sendUsers(web, 'login,department\nx,Company\n', { csrf: 'x' });
	assert.equal(forged.status, 403);
	const broken = await web.request('POST', '/users/import', {
		body: 'nothing of the kind', headers: { 'content-type': 'multipart/form-data; boundary=x' },
	});
	assert.equal(broken.status, 400);
	const good = await sendUsers(web, '', { name: '', text: 'login\tdepartment\npasted\tCompany' });
	assert.equal(good.status, 303);
	const preview = await web.get(good.location);
	assert.match(preview.words, /Pasted table/);
	const discarded = await web.submit(preview, { button: 'Discard' }, {}, { follow: true });
	assert.equal(discarded.heading, 'Import discarded');
	assert.equal(await find('pasted'), null);
});

test('what changed since the preview is left alone and said', async () => {
	const web = await signedIn(muster, 'admin');
	const sent = await sendUsers(web, csv('login,department,last_name', 'nomail,Company / Support,Imported'));
	const preview = await web.get(sent.location);
	const user = await find('nomail');
	await admin.expect(200, 'PATCH', `/users/${user.id}`, { last_name: 'Meanwhile' });
	await web.submit(preview, { button: 'Import 1 user' });
	const result = await eventually(async () => {
		const now = await web.get(sent.location);
		return now.heading === 'Users imported' && now;
	});
	assert.match(result.words, /has changed since the preview/);
	assert.equal((await find('nomail')).last_name, 'Meanwhile');
});

test('a running import can be stopped, and survives a crash', async () => {
	const rows = Array.from({ length: 4000 }, (_, i) => `crash${i},crash${i}@example.org,Company / Support,C${i},Crash`);
	const file = csv('login,email,department,first_name,last_name', ...rows);
	const web = await signedIn(muster, 'admin');
	const upload = async (body) => {
		const sent = await sendUsers(web, body);
		return web.get(sent.location);
	};
	const first = await upload(file);
	assert.equal((await web.submit(first, { button: 'Import 4,000 users' })).status, 303);
	await eventually(async () => find('crash0'));
	await muster.kill9();
	await muster.start();
	for (const one of [web, admin, dept]) one.base = muster.url;
	const running = await web.get(first.path);
	if (running.heading === 'Importing users') {
		const stopped = await web.submit(running, { button: 'Stop import' }, {}, { follow: true });
		assert.equal(stopped.heading, 'Import stopped');
		assert.match(stopped.words, /of 4,000 were done and stay/);
		assert.match((await web.get('/audit?object=import')).words, /Import of users stopped .* Users [\d,]+ added, 0 changed Import of users started .* Users 4,000 to add, 0 to change/);
	}
	/* The same file, imported again, does the rest. */
	const rest = await upload(file);
	const button = rest.forms.flatMap((f) => f.buttons).find((b) => /^Import [\d,]+ users?$/.test(b.text));
	assert.ok(button, rest.words.slice(0, 300));
	await web.submit(rest, { button: button.text });
	await muster.kill9();
	await muster.start();
	for (const one of [web, admin, dept]) one.base = muster.url;
	await eventually(async () => (await web.get(rest.path)).heading === 'Users imported', { timeout: 120_000 });
	assert.deepEqual((await send(admin, file, '?dry_run=1')).body, { created: 0, updated: 0, unchanged: 4000, errors: [] });
	assert.equal((await muster.cli(['fsck'])).code, 0);
});
