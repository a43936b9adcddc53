// A mail server that does not keep to the rules, or wants to do harm: what it says is bounded, what it does not hand over
// keeps nothing else waiting, and no answer is lost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { asked, reply, server } from '../lib/replies.mjs';
import { startRelay } from '../lib/smtp.mjs';

let relay, muster, admin, department, box, n = 0;

// Messages by their UIDs. `on` sees each command behind the sign-in, and answers true where it has said something itself.
async function startMailbox() {
	const b = { validity: 7, messages: new Map(), seen: new Set(), on: () => false, commands: [] };
	const answer = (socket, tag, words) => {
		const ok = (more = '') => socket.write(`${more}${tag} OK done\r\n`);
		const [, verb, uid] = /^(?:UID )?(\S+) ?(\d+)?/.exec(words);
		if (verb === 'CAPABILITY') return ok('* CAPABILITY IMAP4rev1\r\n');
		if (verb === 'SELECT') return ok(`* ${b.messages.size} EXISTS\r\n* OK [UIDVALIDITY ${b.validity}] valid\r\n`);
		if (verb === 'SEARCH') return ok(`* SEARCH ${[...b.messages.keys()].join(' ')}\r\n`);
		if (verb === 'STORE') b.seen.add(Number(uid));
		if (verb !== 'FETCH' || !b.messages.has(Number(uid))) return ok();
		const bytes = Buffer.from(b.messages.get(Number(uid)));
		return ok(`* 1 FETCH (UID ${uid} BODY[]<0> {${bytes.length}}\r\n${bytes})\r\n`);
	};
	const listener = createServer((socket) => {
		let text = '';
		socket.on('error', () => socket.destroy());
		socket.write('* OK here\r\n');
		socket.on('data', (d) => {
			text += d;
			for (let end; (end = text.indexOf('\r\n')) >= 0; text = text.slice(end + 2)) {
				const [, tag, words] = /^(\S+) (.*)/.exec(text.slice(0, end));
				b.commands.push(words);
				if (!b.on(words, socket, tag)) answer(socket, tag, words);
			}
		});
	});
	await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
	listener.unref();
	return Object.assign(b, { url: `imap://a:b@127.0.0.1:${listener.address().port}/INBOX` });
}

before(async () => {
	relay = await startRelay();
	box = await startMailbox();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--undo-hold', '0', '--authserv-id', server, '--imap', box.url] });
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});

async function invited() {
	const login = `m${++n}`;
	const u = await admin.expect(201, 'POST', '/users', { login, department, first_name: 'Ana', last_name: `Arce ${n}`, email: `${login}@example.org` });
	const start = new Date((muster.now() + 30 * 86400) * 1000).toISOString().slice(0, 16);
	const t = await admin.expect(201, 'POST', '/trainings', { title: `Erste Hilfe ${n}`, sessions: [{ title: 'Früh', days: [{ start, duration: 7200, time_zone: 'Europe/Berlin' }] }] });
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [u.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	const e = (await admin.all(`/users/${u.id}/enrollments`)).find((x) => x.training === t.id);
	const mail = await relay.waitFor((m) => m.to.includes(u.email));
	return { e, to: asked(mail) };
}
let uid = 0;
const deliver = (mail) => {
	box.messages.set(++uid, mail);
	return uid;
};
const becomes = (e, answer) => eventually(async () => (await admin.expect(200, 'GET', `/enrollments/${e.id}`)).answer === answer, { what: `the answer is ${answer}` });
const trouble = async () => /What went wrong: (.*)/.exec((await (await signedIn(muster, 'owner')).get('/outbox/replies')).words)?.[1];
const held = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${muster.process.pid}/status`, 'utf8'))[1]) / 1024;

test('numbers that are none hide no message that comes later', async () => {
	const i = await invited();
	box.on = (words, socket) => {
		if (words.startsWith('UID SEARCH')) socket.write('* SEARCH 9223372036854775807 4294967296 -1 x 0\r\n');
		return false;
	};
	const searches = () => box.commands.filter((c) => c.startsWith('UID SEARCH')).length;
	const before = searches();
	await eventually(() => searches() > before + 2);
	box.on = () => false;
	deliver(reply(i.to, 'ACCEPTED', { proven: true }));
	await becomes(i.e, 'accepted');
});

test('a server that does not end costs neither memory nor the next answer', async () => {
	const i = await invited();
	const before = held();
	for (const [command, flood] of [
		['UID SEARCH', '* OK it goes on\r\n'.repeat(4096)],
		['UID SEARCH', `* 1 FETCH (X {9000}\r\n${'x'.repeat(9000)})\r\n`.repeat(8)],
		['SELECT', '{0}\r\n'.repeat(8192)],
		['SELECT', 'x'.repeat(65536)],
	]) {
		const told = muster.log.length;
		let sent = 0, ended = false;
		box.on = (words, socket) => {
			if (!words.startsWith(command) || ended) return false;
			const more = () => {
				while (!socket.destroyed && sent < 400 << 20) {
					sent += flood.length;
					if (!socket.write(flood)) return socket.once('drain', more);
				}
				socket.destroy();
			};
			socket.on('close', () => (ended = true));
			more();
			return true;
		};
		await eventually(() => ended, { what: `the end of ${command}` });
		assert.ok(sent < 100 << 20, `${sent >> 20} MB were listened to after ${command}`);
		await eventually(() => /more than was asked for|a line that does not end/.test(muster.log.slice(told)));
		box.on = () => false;
		await eventually(async () => !(await trouble()));
	}
	assert.ok(held() - before < 150, `${Math.round(held() - before)} MB more`);
	deliver(reply(i.to, 'ACCEPTED', { proven: true }));
	await becomes(i.e, 'accepted');
});

test('a connection that ends in the middle of a message loses nothing', async () => {
	const i = await invited();
	let cut = 0;
	box.on = (words, socket) => {
		if (!words.startsWith('UID FETCH') || cut++ > 1) return false;
		socket.end('* 1 FETCH (UID 1 BODY[]<0> {2000}\r\nFrom: somebody@example.org\r\n');
		return true;
	};
	deliver(reply(i.to, 'TENTATIVE', { proven: true }));
	await becomes(i.e, 'tentative');
	assert.ok(cut > 2);
	box.on = () => false;
});

test('a message that the server does not hand over is asked for again, and then left out', async () => {
	const [late, never] = [await invited(), await invited()];
	let no = 0;
	const [first, second] = [deliver(reply(late.to, 'ACCEPTED', { proven: true })), deliver(reply(never.to, 'ACCEPTED', { proven: true }))];
	box.on = (words, socket, tag) => {
		if (!words.startsWith(`UID FETCH ${first} `) || no++ > 3) return false;
		return socket.write(`${tag} NO [SERVERBUG] Message cannot be read\r\n`);
	};
	await becomes(late.e, 'accepted');
	await becomes(never.e, 'accepted');
	assert.ok(box.seen.has(second));
	assert.match(muster.log, /cannot be read/);

	const behind = await invited(), broken = deliver('never seen');
	box.on = (words, socket, tag) => words.startsWith(`UID FETCH ${broken} `) && socket.write(`${tag} NO [SERVERBUG] Message cannot be read\r\n`);
	deliver(reply(behind.to, 'ACCEPTED', { proven: true }));
	await becomes(behind.e, 'accepted');
	assert.match(muster.log, new RegExp(`message ${broken} is left out`));
	box.on = () => false;
});

test('where nothing may be marked, answers count all the same', async () => {
	const [one, other] = [await invited(), await invited()];
	box.on = (words, socket, tag) => words.startsWith('UID STORE') && socket.write(`${tag} NO [NOPERM] Permission denied\r\n`);
	deliver(reply(one.to, 'ACCEPTED', { proven: true }));
	deliver(reply(other.to, 'ACCEPTED', { proven: true }));
	await becomes(one.e, 'accepted');
	await becomes(other.e, 'accepted');
	assert.match(muster.log, /Permission denied/);
	box.on = () => false;
});

test('a folder that was made anew is read from its beginning, and each message counts once', async () => {
	const i = await invited();
	box.validity++;
	for (const [k, mail] of [...box.messages.values()].entries()) box.messages.set(k + 1, mail);
	deliver(reply(i.to, 'ACCEPTED', { proven: true }));
	await becomes(i.e, 'accepted');
	const said = (await admin.all('/audit?object=enrollment')).filter((x) => x.action === 'enrollment.answer_by_mail').map((x) => x.from);
	assert.ok(said.length > 5);
	assert.equal(new Set(said).size, said.length, said.join());
});
