// Makes tests/data/schema_N.sql: what a database of the present version N of the schema holds after a day of work, as
// INSERTs that both engines are given (tests/lib/versions.mjs). Run it once, when a version is frozen:
//   ./dev build && node tests/data/make.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

process.env.MUSTER_BIN ??= new URL('../../build/muster', import.meta.url).pathname;
const { apiOf, signedIn } = await import('../lib/http.mjs');
const { eventually, runMuster, startMuster, temporaryFolder } = await import('../lib/muster.mjs');
const { dayAt, newTraining } = await import('../lib/organization.mjs');
const { startRelay } = await import('../lib/smtp.mjs');
const { sendUsers } = await import('../lib/upload.mjs');

const db = `sqlite:${join(temporaryFolder(), 'day.db')}`;
for (const command of ['migrate', 'demo']) assert.equal((await runMuster([command, '--db', db])).code, 0);
const relay = await startRelay();
const muster = await startMuster({ db, args: ['--smtp', relay.url, '--undo-hold', '0'] });
const owner = await apiOf(muster, 'owner');
const [admin, maria] = [await signedIn(muster, 'admin'), await signedIn(muster, 'maria')];
const departments = Object.fromEntries((await owner.all('/departments')).map((d) => [d.name, d.id]));
const users = Object.fromEntries((await owner.all('/users')).map((u) => [u.login, u]));

// Enrolled, told, waiting, answered, marked, moved, cancelled and undone.
const training = await newTraining(muster, owner, [{ capacity: 2, days: [dayAt(muster, 20), dayAt(muster, 21)] }, {}]);
const [two_seats, other] = training.sessions;
const enroll = (logins, session, more = {}) =>
	owner.expect(201, 'POST', '/enrollments', {
		audience: { logins },
		trainings: [{ training: training.id, session: session?.id ?? null }],
		...more,
	});
await enroll(['maria', 'sven', 'omar'], two_seats);
await enroll(['dept.admin'], null);
const later = { access_at: new Date((muster.now() + 10 * 86_400) * 1000).toISOString() };
await enroll(['nomail'], other, later);
const { batch } = await enroll(['admin'], other, later);
await owner.expect(200, 'POST', `/batches/${batch}/undo`);
await eventually(() => relay.messages.length >= 3, { what: 'the invitations' });
const participants = await owner.all(`/trainings/${training.id}/participants`);
const of = (login) => participants.find((e) => e.user === users[login].id);
await owner.expect(200, 'POST', `/enrollments/${of('maria').id}/answer`, { answer: 'accepted' });
await owner.expect(200, 'POST', `/enrollments/${of('sven').id}/answer`, { answer: 'declined' });
const past = (await owner.all('/trainings')).find((t) => t.title === 'Giving feedback').sessions[0];
const [first] = await owner.all(`/trainings/${past.training}/participants?session=${past.id}`);
await owner.expect(200, 'PUT', `/sessions/${past.id}/results`, { results: [{ user: first.user, result: 'absent', score: 55 }] });
await owner.expect(200, 'PATCH', `/sessions/${other.id}`, { days: [dayAt(muster, 40)] });

// A draft, a custom role, a smart group, an own field, an import that waits, a calendar address, a link to set a password, a failed message.
const { csrf } = await admin.get('/enroll');
assert.equal((await admin.post('/enroll', { csrf, user: users.maria.id, training: training.id })).status, 303);
const role = await owner.expect(201, 'POST', '/roles', { name: 'Coordinator', permissions: ['users.view', 'trainings.view', 'enroll'] });
await owner.expect(200, 'PATCH', `/users/${users.omar.id}`, { roles: [{ role: role.id, departments: [departments.Support] }] });
await owner.expect(201, 'POST', '/groups', { name: 'Everybody in sales', rule: [{ field: 'status', op: 'is', value: 'active' }] });
assert.equal((await sendUsers(admin, 'login,department,last_name\nimported,Company / Support,O’Brien "the new"\n,,nobody\n')).status, 303);
assert.equal((await maria.post('/calendar/feed', { csrf: (await maria.get('/calendar/feed')).csrf })).status, 200);
await owner.expect(201, 'POST', `/users/${users.omar.id}/password-link`);
relay.mode = 'rcpt-5xx';
await enroll(['layla.haddad'], other);
await eventually(async () => (await owner.all('/outbox?state=failed')).length > 0, { what: 'a failed message' });
await eventually(async () => (await owner.all('/outbox?state=waiting')).length === 0, { what: 'an empty outbox' });
await muster.stop();

const file = db.slice('sqlite:'.length);
const query = (text) => execFileSync('sqlite3', [file, text], { encoding: 'utf8', maxBuffer: 1 << 26 });
const version = query('SELECT max(version) FROM schema_version').trim();
const tables = query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_version'").trim().split('\n');
const lines = tables.flatMap((table) => {
	const columns = query(`SELECT group_concat('"' || name || '"', ', ') FROM (SELECT name FROM pragma_table_info('${table}') ORDER BY cid)`).trim();
	const inserts = execFileSync('sqlite3', [file, '-cmd', `.mode insert ${table}`, `SELECT ${columns} FROM ${table}`], { encoding: 'utf8', maxBuffer: 1 << 26 });
	const plain = inserts.replace(/replace\(('(?:[^']|'')*'),'\\n',char\(10\)\)/g, (_, text) => text.replaceAll('\\n', '\n'));
	const rows = plain.split(new RegExp(`;?\\n?^INSERT INTO "?${table}"? VALUES|;\\n$`, 'm')).filter(Boolean);
	return [`DELETE FROM ${table};\n`, ...(rows.length ? [`INSERT INTO ${table} (${columns.replaceAll('"', '')}) VALUES\n${rows.join(',\n')};\n`] : [])];
});
const empty = tables.filter((table) => query(`SELECT count(*) FROM ${table}`).trim() === '0');
const out = new URL(`schema_${version}.sql`, import.meta.url).pathname;
writeFileSync(out, lines.join(''));
console.log(`${out}: ${lines.join('').length} bytes; nothing in ${empty.join(', ')}`);
