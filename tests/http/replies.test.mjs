// What calendars answer, handed over by a mail server's pipe: which of it counts, and what becomes of the rest.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from '../lib/database.mjs';
import { apiOf, signedIn, Web } from '../lib/http.mjs';
import { eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { assertSeats, assertSound } from '../lib/organization.mjs';
import { asked, reply, server } from '../lib/replies.mjs';
import { startRelay } from '../lib/smtp.mjs';

let muster, relay, admin, department, n = 0;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--mail-from', 'Academy <training@example.org>', '--undo-hold', '0', '--replies', 'on'] });
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});

const wall = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().slice(0, 16);
const of = (e) => admin.expect(200, 'GET', `/enrollments/${e.id}`);
const answers = async (e) => (await of(e)).days.map((d) => d.answer);

// Hands a message over, and says what became of it: the words of the one line in the log.
async function receive(message, args = ['--authserv-id', server]) {
	const { code, err, out } = await muster.cli(['receive', ...args], { input: message });
	assert.equal(code, 0, err);
	assert.equal(out, '');
	return /receive: (.*)/.exec(err)[1].trim();
}

async function person() {
	const login = `p${++n}`;
	return admin.expect(201, 'POST', '/users', { login, department, first_name: 'Rita', last_name: `Reader ${n}`, email: `${login}@example.org` });
}

// Somebody who was invited, the message of each day, and what to answer to it.
async function invited({ days = 1, capacity = null, into } = {}) {
	const u = await person();
	const list = Array.from({ length: days }, (_, i) => ({ start: wall((30 + i) * 86400), duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4' }));
	const t = into?.t ?? (await admin.expect(201, 'POST', '/trainings', { title: `Replying ${n}`, sessions: [{ title: 'Morning', capacity, days: list }] }));
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [u.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const e = (await admin.all(`/users/${u.id}/enrollments`)).find((x) => x.training === t.id);
	const sent = () => relay.messages.filter((m) => m.to.includes(u.email));
	await relay.waitFor(() => sent().length === days);
	const mails = sent();
	const first = mails.filter((m) => m.text.includes('/rsvp/'));
	const to = [...first, ...mails.filter((m) => !first.includes(m)).sort((a, b) => a.subject.localeCompare(b.subject))].map(asked);
	const link = (m) => new URL(/http:\/\/[^\s?]+\/rsvp\/[^\s?]+/.exec(m.text)[0]).pathname;
	return { u, t, e, to, mails, session: t.sessions[0], path: first[0] && link(first[0]) };
}

// Of a session that has another time from now on, the message that says so.
async function move(i, seconds = 45 * 86400) {
	const { id, time_zone } = i.session.days[0];
	await admin.expect(200, 'PATCH', `/sessions/${i.session.id}`, { days: [{ id, start: wall(seconds), duration: 7200, time_zone, location: 'Hall' }] });
	return asked(await relay.waitFor((m) => m.to.includes(i.u.email) && m.text.includes('Hall')));
}

const byLink = async (i, button) => {
	const web = new Web(muster);
	assert.equal((await web.submit(await web.get(i.path), { button }, {}, { button })).status, 303);
};

for (const [partstat, answer] of [['ACCEPTED', 'accepted'], ['TENTATIVE', 'tentative'], ['DECLINED', 'declined']])
	test(`${partstat} from somebody who is proven counts`, async () => {
		const i = await invited({ capacity: 1 });
		assert.equal(await receive(reply(i.to[0], partstat, { proven: true })), 'applied 1');
		assert.equal((await of(i.e)).answer, answer);
		assert.deepEqual(await answers(i.e), [answer]);
		const { seats_taken } = await admin.expect(200, 'GET', `/sessions/${i.session.id}`);
		assert.equal(seats_taken, answer === 'declined' ? 0 : 1);
		const [last] = (await admin.expect(200, 'GET', '/audit?object=enrollment&limit=5')).items;
		assert.equal(last.action, 'enrollment.answer_by_mail');
		assert.equal(last.actor, null);
		assert.equal(last.from, i.u.email);
		assert.equal(last.after.answer, answer);
	});

test('1: the UID of no entry of ours changes nothing', async () => {
	const i = await invited();
	for (const uid of ['x@example.org', `${i.to[0].uid.slice(0, 25)}_@example.org`, '', 'é'.repeat(200), i.to[0].uid.toUpperCase()])
		assert.match(await receive(reply({ ...i.to[0], uid }, 'ACCEPTED', { proven: true })), /^unknown 1$/);
	assert.equal((await of(i.e)).answer, 'none');
	// Its domain is no secret, and the address of mails may have changed since.
	assert.equal(await receive(reply({ ...i.to[0], uid: i.to[0].uid.replace(/@.*/, '@old.example') }, 'ACCEPTED')), 'applied 1');
});

test('2: another method than REPLY changes nothing', async () => {
	const i = await invited();
	assert.equal(await receive(reply(i.to[0], 'ACCEPTED', { method: 'COUNTER', proven: true })), 'counter 1');
	for (const method of ['REQUEST', 'CANCEL', 'REFRESH', 'PUBLISH'])
		assert.equal(await receive(reply(i.to[0], 'ACCEPTED', { method, proven: true })), 'ignored 1');
	assert.equal((await of(i.e)).answer, 'none');
});

test('3: an answer is about one person', async () => {
	const i = await invited();
	const line = (address, partstat) => `ATTENDEE;PARTSTAT=${partstat}:mailto:${address}`;
	assert.equal(await receive(reply(i.to[0], '', { attendees: [line(i.u.email, 'ACCEPTED'), line('b@example.org', 'ACCEPTED')] })), 'rejected 1');
	assert.equal(await receive(reply(i.to[0], '', { attendees: [] })), 'rejected 1');
	assert.equal(await receive(reply(i.to[0], '', { attendees: [], proven: true })), 'rejected 1'); // says nothing
	assert.equal((await of(i.e)).answer, 'none');
});

test('4: who was not invited counts for nobody', async () => {
	const i = await invited();
	const enrolled = (await admin.all(`/trainings/${i.t.id}/participants`)).length;
	assert.equal(await receive(reply(i.to[0], 'DECLINED', { attendee: 'maria@example.org', from: 'maria@example.org', proven: true })), 'forwarded 1');
	assert.equal((await of(i.e)).answer, 'none');
	assert.equal((await admin.all(`/trainings/${i.t.id}/participants`)).length, enrolled);
	// Capitals and percent signs are no other address.
	assert.equal(await receive(reply(i.to[0], 'ACCEPTED', { attendee: i.u.email.toUpperCase().replace('@', '%40') })), 'applied 1');
});

test('5: an older word that comes later does not count; of one second, the later to come', async () => {
	const i = await invited(), [to] = i.to;
	muster.setClock(muster.clock + 3600);
	const said = (partstat, at, more) => receive(reply(to, partstat, { at: to.stamp + at, proven: true, ...more }));
	assert.equal(await said('TENTATIVE', 20), 'applied 1');
	assert.equal(await said('ACCEPTED', 10), 'older 1');
	for (const partstat of ['ACCEPTED', 'TENTATIVE', 'ACCEPTED']) assert.equal(await said(partstat, 20), 'applied 1');
	assert.equal((await of(i.e)).answer, 'accepted');
	// A clock that is ahead, and a number that nobody gave, do not outlast what is said later.
	assert.equal(await said('TENTATIVE', 400 * 86400, { sequence: 99 }), 'applied 1');
	assert.equal((await of(i.e)).answer, 'tentative');
	muster.setClock(muster.clock + 60);
	assert.equal(await receive(reply(to, 'ACCEPTED', { at: muster.now(), proven: true })), 'applied 1');
	// What was pressed since is newer than what was written before.
	muster.setClock(muster.clock + 3600);
	await byLink(i, 'Maybe');
	assert.equal(await receive(reply(to, 'ACCEPTED', { at: muster.now() - 1800, proven: true })), 'older 1');
	muster.setClock(muster.clock + 60);
	assert.equal(await receive(reply(to, 'ACCEPTED', { at: muster.now() - 5, proven: true })), 'applied 1');
	assert.equal((await of(i.e)).answer, 'accepted');
});

test('6: an answer to another time is kept, and does not count; to other words it does', async () => {
	const i = await invited();
	await admin.expect(200, 'PATCH', `/sessions/${i.session.id}`, { title: 'Early' });
	await relay.waitFor((m) => m.to.includes(i.u.email) && m.subject.includes('Early'));
	assert.equal(await receive(reply(i.to[0], 'TENTATIVE', { proven: true })), 'applied 1');
	muster.setClock(muster.clock + 120);
	const moved = await move(i);
	assert.equal((await of(i.e)).answer, 'none');
	assert.equal(await receive(reply(i.to[0], 'ACCEPTED', { at: muster.now(), proven: true })), 'outdated 1');
	assert.equal((await of(i.e)).answer, 'none');
	assert.equal(await receive(reply(moved, 'ACCEPTED', { at: muster.now(), proven: true })), 'applied 1');
	assert.equal((await of(i.e)).answer, 'accepted');
});

test('7: a decline that anybody could have sent is asked back, once, at the address of the profile', async () => {
	const i = await invited({ capacity: 1 });
	assert.equal(await receive(reply(i.to[0], 'ACCEPTED')), 'applied 1');
	const forged = { from: 'evil@elsewhere.example' };
	for (const more of [
		forged,
		{},
		{ head: ['Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=example.org'] },
		{ from: 'maria@example.org', proven: true }, // the same domain, and another person
	]) {
		muster.setClock(muster.clock + 60);
		assert.equal(await receive(reply(i.to[0], 'DECLINED', { at: muster.now(), ...more })), 'asked 1');
	}
	assert.equal((await of(i.e)).answer, 'accepted');
	assert.equal((await admin.expect(200, 'GET', `/sessions/${i.session.id}`)).seats_taken, 1);
	const mail = await relay.waitFor((m) => m.subject.startsWith('Did you decline?') && m.to.includes(i.u.email));
	assert.match(mail.text, /you still have your seat/);
	await eventually(async () => (await admin.all('/outbox')).every((o) => o.state !== 'waiting'));
	assert.equal(relay.messages.filter((m) => m.subject.startsWith('Did you decline?')).length, 1);
	assert.ok(relay.messages.every((m) => !m.to.includes('evil@elsewhere.example')));
	const link = new URL(/Decline: (\S+)/.exec(mail.text)[1]);
	const web = new Web(muster);
	await web.submit(await web.get(link.pathname + link.search), { button: 'Decline' }, {}, { button: 'Decline' });
	assert.equal((await of(i.e)).answer, 'declined');
	// And without a mail server of our own that could tell, everybody's is.
	const j = await invited();
	assert.equal(await receive(reply(j.to[0], 'DECLINED', { proven: true }), []), 'asked 1');
});

test('7: Google answers in its own name', async () => {
	const i = await invited();
	const google = { from: 'calendar-notification@google.com', head: [`Reply-To: ${i.u.email}`, 'Auto-Submitted: auto-generated'], proven: true };
	assert.equal(await receive(reply(i.to[0], 'DECLINED', { ...google, head: ['Reply-To: maria@example.org'] })), 'asked 1');
	assert.equal(await receive(reply(i.to[0], 'DECLINED', google)), 'applied 1');
	assert.equal((await of(i.e)).answer, 'declined');
});

test('8: other words than the three change nothing', async () => {
	const i = await invited();
	assert.equal(await receive(reply(i.to[0], 'DELEGATED', { params: ';DELEGATED-TO="mailto:maria@example.org"', proven: true })), 'delegated 1');
	for (const partstat of ['NEEDS-ACTION', 'COMPLETED', 'X-MAYBE', ''])
		assert.equal(await receive(reply(i.to[0], partstat, { proven: true })), 'rejected 1');
	assert.equal((await of(i.e)).answer, 'none');
});

test('9: after the start it is too late; waiting, cancelled and withdrawn are closed', async () => {
	const i = await invited();
	await admin.expect(204, 'DELETE', `/enrollments/${i.e.id}`);
	assert.equal(await receive(reply(i.to[0], 'ACCEPTED', { proven: true })), 'closed 1');
	const full = await invited({ capacity: 1 });
	assert.equal(await receive(reply(full.to[0], 'DECLINED', { proven: true })), 'applied 1');
	const rival = await invited({ into: full });
	muster.setClock(muster.clock + 120);
	assert.equal(await receive(reply(full.to[0], 'ACCEPTED', { at: muster.now(), proven: true })), 'applied 1');
	assert.equal((await of(full.e)).status, 'waiting');
	muster.setClock(muster.clock + 120);
	assert.equal(await receive(reply(full.to[0], 'ACCEPTED', { at: muster.now(), proven: true })), 'closed 1');
	assert.equal((await of(rival.e)).answer, 'none');
	await assertSeats(admin, full.session.id);
	const late = await invited(), before = muster.clock;
	muster.setClock(before + 30 * 86400 + 60);
	assert.equal(await receive(reply(late.to[0], 'ACCEPTED', { at: muster.now(), proven: true })), 'late 1');
	assert.equal((await of(late.e)).answer, 'none');
});

test('each day has its answer, and together they are the enrollment’s', async () => {
	const i = await invited({ days: 3, capacity: 1 });
	const steps = [
		[0, 'ACCEPTED', 'tentative'],
		[1, 'ACCEPTED', 'tentative'],
		[2, 'ACCEPTED', 'accepted'],
		[1, 'TENTATIVE', 'tentative'],
		[1, 'DECLINED', 'tentative'],
		[0, 'DECLINED', 'tentative'],
		[2, 'DECLINED', 'declined'],
		[0, 'ACCEPTED', 'tentative'],
	];
	for (const [day, partstat, answer] of steps) {
		muster.setClock(muster.clock + 60);
		assert.equal(await receive(reply(i.to[day], partstat, { at: muster.now(), proven: true })), 'applied 1');
		assert.equal((await of(i.e)).answer, answer, `day ${day + 1}: ${partstat}`);
	}
	assert.deepEqual(await answers(i.e), ['accepted', 'declined', 'declined']);
	const [last] = (await admin.expect(200, 'GET', '/audit?object=enrollment&limit=5')).items;
	assert.deepEqual([last.before.day_answer, last.after.day_answer, last.after.day], ['declined', 'accepted', 1]);
	// A day that nobody vouches for is noted while it frees no seat; the last one is asked back, and the link answers for all.
	const forged = (day) => receive(reply(i.to[day], 'DECLINED', { at: muster.now() }));
	muster.setClock(muster.clock + 60);
	assert.equal(await forged(1), 'applied 1');
	assert.equal(await forged(0), 'asked 1');
	muster.setClock(muster.clock + 60);
	await byLink(i, 'Accept');
	assert.deepEqual(await answers(i.e), ['accepted', 'accepted', 'accepted']);
	assert.equal((await of(i.e)).answer, 'accepted');
	await assertSound(muster);
	// Who declined one day of a session that moves is asked about all of them.
	muster.setClock(muster.clock + 60);
	assert.equal(await receive(reply(i.to[1], 'DECLINED', { at: muster.now(), proven: true })), 'applied 1');
	const days = i.session.days.map(({ id, time_zone }, k) => ({ id, start: wall((50 + k) * 86400), duration: 7200, time_zone }));
	await admin.expect(200, 'PATCH', `/sessions/${i.session.id}`, { days });
	assert.deepEqual(await answers(i.e), ['none', 'none', 'none']);
	assert.equal((await of(i.e)).answer, 'none');
	await assertSound(muster);
});

test('the same message is one answer, whichever way it comes; several events are several', async () => {
	const i = await invited({ days: 2 });
	const message = reply(i.to[0], 'ACCEPTED', { id: 'once', proven: true });
	assert.equal(await receive(message), 'applied 1');
	muster.setClock(muster.clock + 60);
	await byLink(i, 'Maybe');
	assert.equal(await receive(message), 'came before');
	assert.equal(await receive(`From mx Mon\r\nReceived: from elsewhere\r\n${message}`), 'came before');
	assert.equal((await of(i.e)).answer, 'tentative');
	muster.setClock(muster.clock + 60);
	const other = ['BEGIN:VEVENT', `UID:${i.to[1].uid}`, `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${i.u.email}`, 'END:VEVENT', 'BEGIN:VEVENT', 'UID:other@elsewhere', 'END:VEVENT'];
	assert.equal(await receive(reply(i.to[0], 'ACCEPTED', { at: muster.now(), proven: true, events: other })), 'applied 2 unknown 1');
	assert.equal((await of(i.e)).answer, 'accepted');
});

test('entries that were sent by an older version are found once the server has started', async () => {
	const i = await invited();
	await sql(muster.db, 'UPDATE invitation SET uid_number = NULL');
	assert.equal(await receive(reply(i.to[0], 'ACCEPTED')), 'unknown 1');
	await muster.stop();
	await muster.start();
	admin = await apiOf(muster, 'admin');
	await eventually(async () => (await receive(reply(i.to[0], 'ACCEPTED', { id: `later-${++n}` }))) === 'applied 1');
	assert.equal((await of(i.e)).answer, 'accepted');
});

test('what came is listed for who sees the user; what is nobody’s for who sees the settings', async () => {
	const i = await invited({ days: 2 });
	await receive(reply(i.to[1], 'TENTATIVE', { proven: true, comment: 'Late <b>train</b>' }));
	await receive(reply({ ...i.to[0], uid: 'stray@elsewhere' }, 'ACCEPTED', { from: 'stray@elsewhere.example' }));
	const owner = await signedIn(muster, 'owner');
	const { words, text } = await owner.get('/outbox/replies');
	assert.match(words, new RegExp(`${i.u.last_name} ${i.u.email} · sender confirmed Replying \\d+, day 2 Maybe Late <b>train</b> Counted`));
	assert.match(words, /Nobody we know stray@elsewhere.example Accept No invitation of ours/);
	assert.doesNotMatch(text, /<b>train/);
	assert.match((await owner.get('/settings')).words, /Answers by mail The last one came on/);
	assert.ok((await owner.get('/outbox')).link('Answers by mail'));
	// Rita is in Support.
	const sales = await signedIn(muster, 'dept.admin');
	assert.doesNotMatch((await sales.get('/outbox/replies')).words, /Reader|stray@/);
	assert.equal((await (await signedIn(muster, 'maria')).request('GET', '/outbox/replies')).status, 403);
	const first = await owner.get('/outbox/replies?limit=5'), next = await owner.get(first.links.find((l) => /after=/.test(l.href)).href);
	assert.equal(next.status, 200);
	assert.notEqual(next.words, first.words);
});

test('what is not for us is taken, and said; trouble of ours lets the server keep it', async () => {
	for (const message of ['', 'hello', 'From: a@example.org\r\nSubject: Away\r\n\r\nI am away.\r\n', Buffer.alloc(3 << 20, 'x').toString()])
		assert.match(await receive(message), /^no answer|^no message/);
	const i = await invited(), message = reply(i.to[0], 'ACCEPTED');
	for (const args of [['receive', '--db', 'sqlite:/nowhere/x.db'], ['receive', '--db', 'postgres://nobody@127.0.0.1:1/x'], ['receive', '--oh'], ['receive', 'word'], ['receive', '--db']]) {
		const { code, out } = await runMuster(args, { input: message });
		assert.equal(code, 75, args.join(' '));
		assert.equal(out, '');
	}
	assert.equal(await receive(message), 'applied 1');
});

test('a mail says how to answer: that calendars can only where they are read', async () => {
	const one = await invited(), two = await invited({ days: 2 });
	assert.match(one.mails[0].text, /buttons of your mail program or calendar/);
	assert.match(two.mails.find((m) => m.text.includes('/rsvp/')).text, /The links answer for all days/);
	assert.match(two.mails.find((m) => !m.text.includes('/rsvp/')).text, /answer for this day/);
	assert.equal(one.to[0].organizer, 'training@example.org');
	const deaf = await startMuster({ demo: true, args: ['--smtp', relay.url, '--undo-hold', '0'] });
	const api = await apiOf(deaf, 'admin');
	const t = (await api.all('/trainings')).find((x) => x.title === 'Time management');
	const { id } = await api.expect(201, 'POST', '/users', { login: 'deaf', department, email: 'deaf@example.org' });
	await api.expect(201, 'POST', '/enrollments', { audience: { users: [id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	assert.match((await relay.waitFor((m) => m.to.includes('deaf@example.org'))).text, /what a mail program answers by itself is not read/);
	assert.equal((await runMuster(['serve', '--replies', 'perhaps'])).code, 2);
});

test('whatever came, every rule holds', () => assertSound(muster));
