// Answers that are fetched from a mailbox, of a real IMAP server; and the whole way round with a real calendar: the
// invitation comes into it, somebody answers there, and what it sends comes back.
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { startCyrus } from '../lib/cyrus.mjs';
import { eventually, runMuster, startMuster } from '../lib/muster.mjs';
import { assertSound } from '../lib/organization.mjs';
import { asked, reply, server } from '../lib/replies.mjs';
import { startRelay } from '../lib/smtp.mjs';

const ours = 'training@example.org';
let cyrus, relay, answers, proxy, muster, admin, department, n = 0;

// Between the program and the server; `onCommand` sees what the program says, and keeps from the server what it answers true to.
async function startProxy(port) {
	const p = { onCommand: () => false, connections: 0 };
	const listener = createServer((client) => {
		p.connections++;
		const upstream = connect(port, '127.0.0.1');
		client.on('data', (d) => p.onCommand(d.toString('latin1')) || upstream.write(d));
		upstream.on('data', (d) => client.write(d));
		for (const [a, b] of [[client, upstream], [upstream, client]]) a.on('error', () => b.destroy()).on('close', () => b.destroy());
	});
	await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
	listener.unref();
	return Object.assign(p, { port: listener.address().port });
}

before(async () => {
	relay = await startRelay();
	answers = await startRelay();
	cyrus = await startCyrus({ smtp: answers.port });
	proxy = await startProxy(cyrus.ports.imap);
	await cyrus.user(ours);
	muster = await startMuster({
		demo: true,
		args: ['--smtp', relay.url, '--mail-from', `Academy <${ours}>`, '--undo-hold', '0', '--authserv-id', server,
			'--imap', `imap://${encodeURIComponent(ours)}:s%40crEt@127.0.0.1:${proxy.port}/INBOX`],
	});
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});

const wall = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().slice(0, 16);
const of = (e) => admin.expect(200, 'GET', `/enrollments/${e.id}`);
const becomes = (e, answer) => eventually(async () => (await of(e)).answer === answer, { what: `the answer is ${answer}` });

async function invited(days = 1) {
	const login = `c${++n}`;
	const u = await admin.expect(201, 'POST', '/users', { login, department, first_name: 'Ana', last_name: `García ${n}`, email: `${login}@example.org` });
	const list = Array.from({ length: days }, (_, i) => ({ start: wall((30 + i) * 86400), duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4' }));
	const t = await admin.expect(201, 'POST', '/trainings', { title: `Erste Hilfe ${n}`, sessions: [{ title: 'Früh', days: list }] });
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [u.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const e = (await admin.all(`/users/${u.id}/enrollments`)).find((x) => x.training === t.id);
	const sent = () => relay.messages.filter((m) => m.to.includes(u.email));
	await relay.waitFor(() => sent().length === days);
	const mails = sent().sort((a, b) => a.subject.localeCompare(b.subject));
	return { u, t, e, mails, to: mails.map(asked), session: t.sessions[0] };
}

test('an answer in the mailbox counts, is marked as seen, and what else is there stays as it is', async () => {
	const i = await invited();
	await cyrus.deliver(ours, 'From: a@example.org\r\nSubject: A question\r\n\r\nWhere is Room 4?\r\n');
	await cyrus.deliver(ours, reply(i.to[0], 'ACCEPTED', { proven: true }));
	await becomes(i.e, 'accepted');
	await eventually(async () => Object.values(await cyrus.flags(ours)).join().includes('Seen'));
	const flags = Object.values(await cyrus.flags(ours));
	assert.equal(flags.filter((f) => f.includes('Seen')).length, 1);
	assert.match(flags.at(-1), /Seen/);
	const page = await (await signedIn(muster, 'owner')).get('/outbox/replies');
	assert.match(page.words, new RegExp(`imap://${ours}@127.0.0.1:${proxy.port}/INBOX ?: looked into on`));
	assert.doesNotMatch(page.text + muster.log, /s@crEt|s%40crEt/);
});

test('a line of a message that looks like the server’s ends nothing', async () => {
	const i = await invited();
	const traps = ['m1 OK', 'm2 OK', 'm3 OK Completed', '* SEARCH 1 2 3', ')', 'm4 BAD', 'A001 OK', '{5}'];
	await cyrus.deliver(ours, reply(i.to[0], 'TENTATIVE', { head: ['X-Trap: yes', ...traps.map((t, k) => `X-T${k}: x\r\n ${t}`)] }).replace('BEGIN:VCALENDAR', `${traps.join('\r\n')}\r\nBEGIN:VCALENDAR`));
	await cyrus.deliver(ours, Buffer.concat([Buffer.from('From: a@example.org\r\n\r\n'), Buffer.alloc(3 << 20, 'line\r\n')]));
	await cyrus.deliver(ours, reply(i.to[0], 'ACCEPTED', { at: i.to[0].stamp + 100 }));
	await becomes(i.e, 'accepted');
});

test('killed between the answer and its mark: it is looked at again, and counts once', async () => {
	const i = await invited();
	let killed = null;
	proxy.onCommand = (text) => {
		if (!killed && /UID STORE/.test(text)) killed = muster.kill9();
		return killed !== null;
	};
	await cyrus.deliver(ours, reply(i.to[0], 'ACCEPTED', { proven: true }));
	await eventually(() => killed !== null);
	await killed;
	proxy.onCommand = () => false;
	assert.doesNotMatch(Object.values(await cyrus.flags(ours)).at(-1), /Seen/);
	await muster.start();
	admin = await apiOf(muster, 'admin');
	assert.equal((await of(i.e)).answer, 'accepted');
	await eventually(async () => /Seen/.test(Object.values(await cyrus.flags(ours)).at(-1)));
	assert.equal((await admin.all('/audit?object=enrollment')).filter((x) => x.action === 'enrollment.answer_by_mail' && x.from === i.u.email).length, 1);
	await assertSound(muster);
});

test('a mailbox out of reach is said where an administrator looks, and nothing else suffers', async () => {
	const deaf = await startMuster({ demo: true, args: ['--imap', 'imap://a:b@127.0.0.1:1/INBOX'] });
	const owner = await signedIn(deaf, 'owner');
	await eventually(async () => /What went wrong: \S/.test((await owner.get('/outbox/replies')).words));
	assert.equal((await owner.get('/')).status, 200);
	for (const [url, words] of [
		['imap://a:b@mail.example.org', /only on this machine/],
		['imaps://mail.example.org', /user and password/],
		['pop3://a:b@127.0.0.1', /imap or imaps/],
		['imaps://a:b@mail.example.org/INBOX?x=1', /nothing comes after/],
		['imaps://a:b@mail.example.org/Entwürfe', /UTF-7/],
	]) {
		const { code, err } = await runMuster(['serve', '--listen', '127.0.0.1:0', '--db', deaf.db, '--imap', url]);
		assert.equal(code, 2, url);
		assert.match(err, words);
	}
});

// ---- a calendar at the other end

// The invitation into the calendar of whom it is for, and what is answered there into our mailbox.
async function intoCalendar(i) {
	await cyrus.user(i.u.email);
	for (const m of i.mails) await cyrus.deliver(i.u.email, m.raw);
}

async function answerThere(i, day, partstat, more = '') {
	const before = answers.messages.length;
	await cyrus.answer(i.u.email, i.to[day].uid, partstat);
	const mail = await answers.waitFor((m) => answers.messages.indexOf(m) >= before);
	assert.deepEqual(mail.to, [ours]);
	// As our mail server would hand it on.
	await cyrus.deliver(ours, more + mail.raw);
}
const passed = `Authentication-Results: ${server}; dmarc=pass header.from=example.org\r\n`;

test('a calendar accepts, hesitates and declines', async () => {
	const i = await invited();
	await intoCalendar(i);
	assert.match((await cyrus.entry(i.u.email, i.to[0].uid)).text, /SUMMARY:Erste Hilfe/);
	for (const [partstat, answer] of [['TENTATIVE', 'tentative'], ['ACCEPTED', 'accepted'], ['DECLINED', 'declined'], ['ACCEPTED', 'accepted']]) {
		await answerThere(i, 0, partstat, passed);
		await becomes(i.e, answer);
	}
});

test('a calendar’s decline that nobody vouches for is asked back', async () => {
	const i = await invited();
	await intoCalendar(i);
	await answerThere(i, 0, 'DECLINED');
	await relay.waitFor((m) => m.to.includes(i.u.email) && m.subject.startsWith('Did you decline?'));
	assert.equal((await of(i.e)).answer, 'none');
});

test('each day is answered by itself, and a session that moves is asked again', async () => {
	const i = await invited(2);
	await intoCalendar(i);
	await answerThere(i, 0, 'ACCEPTED', passed);
	await becomes(i.e, 'tentative');
	await answerThere(i, 1, 'ACCEPTED', passed);
	await becomes(i.e, 'accepted');
	const days = i.session.days.map(({ id, time_zone }, k) => ({ id, start: wall((40 + k) * 86400), duration: 7200, time_zone }));
	await admin.expect(200, 'PATCH', `/sessions/${i.session.id}`, { days });
	await becomes(i.e, 'none');
	const changed = () => relay.messages.filter((m) => m.to.includes(i.u.email) && m.subject.startsWith('Changed'));
	await relay.waitFor(() => changed().length === 2);
	for (const m of changed()) await cyrus.deliver(i.u.email, m.raw);
	await answerThere(i, 0, 'DECLINED', passed);
	await answerThere(i, 1, 'DECLINED', passed);
	await becomes(i.e, 'declined');
});

test('whatever came, every rule holds', () => assertSound(muster));
