// The calendar feed: one secret address a user, the entries of the invitations without people, byte-stable.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { allBytes } from '../lib/database.mjs';
import { apiOf, signedIn, Web } from '../lib/http.mjs';
import { readCalendar } from '../lib/ics.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { newTraining, newUser } from '../lib/organization.mjs';
import { invitationOf, startRelay } from '../lib/smtp.mjs';

let muster, relay, admin, maria, address;
const outside = () => new Web(muster.url); // no cookies

async function newAddress(web) {
	const page = await web.get('/calendar/feed');
	const answer = await web.submit(page, { action: '/calendar/feed' });
	assert.equal(answer.status, 200);
	const found = /\/feed\/[\w-]{43}\.ics/.exec(answer.text)?.[0];
	return found ?? assert.fail(answer.words);
}
const feed = async (at = address) => {
	const answer = await outside().get(at);
	assert.equal(answer.status, 200);
	return answer;
};
const titles = (answer) => readCalendar(answer.text).events.map((e) => e.summary);
const enroll = (logins, t, more = {}) =>
	admin.expect(201, 'POST', '/enrollments', { audience: { logins }, trainings: [{ training: t.id, session: t.sessions[0].id }], ...more });

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--mail-from', 'Academy <training@example.org>', '--undo-hold', '0', '--base-url', 'https://muster.example.org'] });
	admin = await apiOf(muster, 'admin');
	maria = await signedIn(muster, 'maria');
	address = await newAddress(maria);
});

test('the address is shown once, and the database has its hash alone', async () => {
	const web = await signedIn(muster, 'sven');
	assert.match((await web.get('/calendar/feed')).words, /There is no address yet/);
	const at = await newAddress(web);
	const again = await web.get('/calendar/feed');
	assert.ok(!again.text.includes(at));
	assert.match(again.words, /Your address was made on/);
	const secret = at.slice(6, -4);
	assert.ok(!(await allBytes(muster.db)).includes(secret), 'the database has the secret');
	assert.ok(!muster.log.includes(secret));
});

test('an entry is that of the invitation, without people and method', async () => {
	const t = await newTraining(muster, admin, [{}], { title: 'In the feed' });
	await enroll(['maria'], t);
	const mail = await relay.waitFor((m) => m.to.includes('maria@example.org') && m.subject.includes('In the feed'));
	const said = readCalendar(invitationOf(mail).text).events[0];
	await eventually(async () => (await admin.all('/outbox')).every((m) => m.state === 'sent'));
	const answer = await feed();
	assert.equal(answer.headers.get('content-type'), 'text/calendar; charset=utf-8');
	assert.equal(answer.headers.get('cache-control'), 'private, max-age=900');
	assert.match(answer.headers.get('x-robots-tag'), /noindex/);
	assert.equal(answer.headers.get('set-cookie'), null);
	assert.doesNotMatch(answer.text, /^(METHOD|ORGANIZER|ATTENDEE)/m);
	assert.match(answer.text, /^REFRESH-INTERVAL;VALUE=DURATION:PT1H\r$/m);
	const entry = readCalendar(answer.text).events.find((e) => e.summary === said.summary);
	assert.equal(entry.uid, said.uid);
	assert.equal(entry.sequence, said.sequence);
	assert.equal(entry.start.getTime(), said.start.getTime());
});

test('the same bytes again are 304', async () => {
	const first = await feed(), second = await feed();
	assert.equal(first.text, second.text);
	const etag = first.headers.get('etag');
	assert.match(etag, /^"[0-9a-f]+"$/);
	const ask = (value, method = 'GET') => outside().request(method, address, { headers: { 'if-none-match': value } });
	const same = await ask(etag);
	assert.deepEqual([same.status, same.text, same.headers.get('etag')], [304, '', etag]);
	assert.equal((await ask(`"other", ${etag}`)).status, 304);
	assert.equal((await ask('"other"')).status, 200);
	const head = await ask('"other"', 'HEAD');
	assert.deepEqual([head.status, head.text, head.headers.get('etag')], [200, '', etag]);
	muster.setClock(muster.clock + 7200);
	assert.equal((await feed()).text, first.text, 'time alone changes nothing');
});

test('what stands in it: announced, with a seat, not declined, not cancelled; and what one teaches', async () => {
	const make = (title, session = {}) => newTraining(muster, admin, [session], { title });
	const later = await make('Announced later'), declined = await make('Declined'), cancelled = await make('Session cancelled');
	const full = await make('Waits', { capacity: 1 });
	const users = await admin.all('/users');
	await make('Taught', { instructor_user: users.find((u) => u.login === 'maria').id });
	await enroll(['maria'], later, { access_at: new Date((muster.now() + 3600) * 1000).toISOString() });
	await enroll(['maria'], declined);
	await enroll(['maria'], cancelled);
	await enroll(['omar', 'maria'], full);
	const mine = async () => (await admin.all(`/users/${users.find((u) => u.login === 'maria').id}/enrollments`));
	const of = async (t) => (await mine()).find((e) => e.training === t.id);
	await eventually(async () => (await of(declined)).status === 'enrolled' && (await of(cancelled)).status === 'enrolled');
	await eventually(async () => titles(await feed()).some((s) => s.includes('Session cancelled')));
	await admin.expect(200, 'POST', `/enrollments/${(await of(declined)).id}/answer`, { answer: 'declined' });
	await admin.expect(204, 'DELETE', `/sessions/${cancelled.sessions[0].id}`);
	const now = titles(await feed()).join('\n');
	assert.match(now, /Teaching: Taught/);
	assert.doesNotMatch(now, /Announced later|Declined|Session cancelled|Waits/);
	muster.setClock(muster.clock + 3601);
	await eventually(async () => /Announced later/.test(titles(await feed()).join('\n')), { what: 'the announcement' });
});

test('a new address ends the old one; revoked and unknown are the same', async () => {
	const old = address;
	address = await newAddress(maria);
	assert.equal((await outside().get(old)).status, 404);
	await feed();
	const page = await maria.get('/calendar/feed');
	const gone = await maria.submit(page, { action: '/calendar/feed/revoke' }, {}, { follow: true });
	assert.match(gone.words, /The address is revoked/);
	const revoked = await outside().get(address), unknown = await outside().get(`/feed/${'A'.repeat(43)}.ics`);
	assert.equal(revoked.status, 404);
	assert.equal(unknown.status, 404);
	assert.equal(revoked.text.replaceAll(/\/feed\/[^"< ]*/g, ''), unknown.text.replaceAll(/\/feed\/[^"< ]*/g, ''));
	for (const path of ['/feed/x.ics', `/feed/${'A'.repeat(43)}`, '/feed/.ics', `/feed/${'%00'.repeat(3)}.ics`])
		assert.ok([400, 404].includes((await outside().get(path)).status), path);
	const actions = (await admin.all('/audit')).map((a) => a.action);
	assert.ok(actions.includes('feed.create') && actions.includes('feed.revoke'));
});

test('a new password ends it, and so does leaving', async () => {
	const web = await signedIn(muster, 'omar');
	const at = await newAddress(web);
	await feed(at);
	const users = await admin.all('/users'), omar = users.find((u) => u.login === 'omar');
	const boss = await signedIn(muster, 'admin');
	await boss.submit(await boss.get(`/users/${omar.id}`), { action: `/users/${omar.id}/password` }, { password: 'another long password' });
	assert.equal((await outside().get(at)).status, 404);

	const leaver = await newUser(admin, omar.department);
	await boss.submit(await boss.get(`/users/${leaver.id}`), { action: `/users/${leaver.id}/password` }, { password: 'another long password' });
	const theirs = await newAddress(await signedIn(muster, leaver.login, 'another long password'));
	await feed(theirs);
	await admin.expect(200, 'PATCH', `/users/${leaver.id}`, { status: 'inactive' });
	assert.equal((await outside().get(theirs)).status, 404);
	await admin.expect(200, 'PATCH', `/users/${leaver.id}`, { status: 'active' });
	assert.equal((await outside().get(theirs)).status, 404, 'coming back does not bring it back');
});

test('wrong secrets are limited', async () => {
	const strict = await startMuster({ demo: true, args: ['--limits', 'on'] });
	// Counting goes beside the answer.
	const slow = await eventually(async () => {
		const answer = await new Web(strict.url).get(`/feed/${'x'.repeat(43)}.ics`);
		assert.ok([404, 429].includes(answer.status));
		return answer.status === 429 && answer;
	}, { what: 'a refusal' });
	assert.ok(Number(slow.headers.get('retry-after')) > 0);
	assert.equal(slow.headers.get('cache-control'), 'no-store');
	await strict.stop();
});
