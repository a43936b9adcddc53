// Relays that are gone, slow or unwilling: mail waits, pages do not, and what can leave leaves once.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { assertSound, newTraining, newUsers } from '../lib/organization.mjs';
import { startRelay } from '../lib/smtp.mjs';

const hold = 60,
	page_ms = 1000;
let relay, muster, admin, department;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url] });
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});

// New people in a new training whose access date has come: their invitations are due.
async function invite(n, api = admin, server = muster) {
	const users = await newUsers(api, department, n);
	const t = await newTraining(server, api);
	await api.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	server.setClock(server.clock + hold + 5);
	await eventually(async () => (await api.all(`/trainings/${t.id}/participants`)).every((e) => e.announced_at), {
		what: 'the announcement',
	});
	return { users, emails: users.map((u) => u.email), training: t };
}

const outbox = async (emails, state) =>
	(await admin.all(`/outbox?state=${state}`, 1000)).filter((m) => emails.includes(m.to));
// Addresses are stamped when a message is first tried; before that they are who it is for.
async function states(enrollments) {
	const all = (await admin.all('/outbox', 1000)).filter((m) => enrollments.includes(m.enrollment));
	assert.ok(enrollments.length > 0 && all.length >= enrollments.length, 'each has its message');
	return all;
}
const enrollmentsOf = async (t) => (await admin.all(`/trainings/${t.id}/participants`, 1000)).map((e) => e.id);

function later(seconds) {
	muster.setClock(muster.clock + seconds);
}

// A test that goes wrong leaves nothing behind that would trip the next one.
function withRelay(mode, body) {
	return async () => {
		relay.mode = mode;
		try {
			await body();
		} finally {
			relay.mode = 'accept';
			relay.modes = {};
		}
	};
}

// Signed in anew, since the clock jumps by days.
async function assertFast() {
	const web = await signedIn(muster, 'admin');
	for (const path of ['/users', '/trainings', '/enroll', '/outbox', '/calendar']) {
		const from = performance.now();
		assert.equal((await web.get(path)).status, 200, path);
		const took = performance.now() - from;
		assert.ok(took < page_ms, `${path} took ${Math.round(took)} ms`);
	}
}

test('nobody listens: mail waits and says why, pages are as fast as ever, later it leaves', async () => {
	await relay.refuse();
	const { emails, training } = await invite(5);
	const enrollments = await enrollmentsOf(training);
	await eventually(async () => (await states(enrollments)).some((m) => m.attempts > 0 && m.last_error), {
		what: 'a try',
	});
	await assertFast();
	assert.ok((await states(enrollments)).every((m) => m.state === 'waiting'));
	const web = await signedIn(muster, 'admin');
	assert.match((await web.get('/outbox')).words, new RegExp(emails[0].replace('.', '\\.')), 'and is shown');
	await relay.listen();
	await eventually(
		() => {
			later(60);
			return emails.every((e) => relay.to(e).length > 0);
		},
		{ what: 'the mail leaves' },
	);
	for (const e of emails) assert.equal(relay.to(e).length, 1);
	await eventually(async () => (await states(enrollments)).every((m) => m.state === 'sent'), {
		what: 'it is written down',
	});
	await assertSound(muster);
});

test(
	'a relay that never says a word keeps nobody waiting but the mail',
	withRelay('stall', async () => {
		// Without the connection that is kept from before.
		await relay.refuse();
		await relay.listen();
		const from = relay.connections;
		const { emails } = await invite(3);
		await eventually(() => relay.connections > from, { timeout: 30_000, what: 'a connection' });
		await assertFast();
		assert.equal(relay.messages.filter((m) => emails.includes(m.to[0])).length, 0);
		relay.mode = 'accept';
		await eventually(
			() => {
				later(60);
				return emails.every((e) => relay.to(e).length === 1);
			},
			{ timeout: 60_000, what: 'the mail leaves' },
		);
	}),
);

for (const mode of ['rcpt-4xx', 'data-4xx'])
	test(
		`${mode}: not now means later`,
		withRelay(mode, async () => {
			const { emails, training } = await invite(2);
			const enrollments = await enrollmentsOf(training);
			await eventually(async () => (await states(enrollments)).every((m) => m.attempts >= 1 && m.last_error), {
				what: 'the first try',
			});
			for (const m of await states(enrollments)) {
				assert.equal(m.state, 'waiting');
				assert.match(m.last_error, /451/);
				assert.ok(Date.parse(m.due_at) / 1000 > muster.now(), 'not at once again');
			}
			const tries = relay.attempts.filter((a) => emails.includes(a.to[0])).length;
			later(3600);
			await eventually(() => relay.attempts.filter((a) => emails.includes(a.to[0])).length > tries, {
				what: 'the second try',
			});
			relay.mode = 'accept';
			await eventually(
				() => {
					later(3600);
					return emails.every((e) => relay.to(e).length === 1);
				},
				{ what: 'the mail leaves' },
			);
		}),
	);

for (const mode of ['rcpt-5xx', 'data-5xx'])
	test(
		`${mode}: never is failed, listed, and tried again only when somebody asks`,
		withRelay(mode, async () => {
			const { emails, training } = await invite(1);
			const enrollments = await enrollmentsOf(training);
			await eventually(async () => (await states(enrollments)).every((m) => m.state === 'failed'), {
				what: 'the refusal',
			});
			const [failed] = await outbox(emails, 'failed');
			assert.match(failed.last_error, /550/);
			const tries = relay.attempts.length;
			later(86_400);
			await assertFast();
			assert.equal(
				relay.attempts.filter((a) => emails.includes(a.to[0])).length,
				relay.attempts.slice(0, tries).filter((a) => emails.includes(a.to[0])).length,
			);
			relay.mode = 'accept';
			const web = await signedIn(muster, 'admin');
			const page = await web.get('/outbox?state=failed');
			assert.ok(page.text.includes(emails[0]));
			const again = await web.post(`/outbox/${failed.id}/retry`, { csrf: page.csrf });
			assert.equal(again.status, 303, again.words.slice(0, 300));
			await eventually(() => relay.to(emails[0]).length === 1, { what: 'the mail leaves' });
		}),
	);

test('one address that is refused does not hold up the others', async () => {
	const users = await newUsers(admin, department, 6);
	relay.modes = { [users[2].email]: 'rcpt-5xx', [users[4].email]: 'rcpt-4xx' };
	const t = await newTraining(muster, admin);
	await admin.expect(201, 'POST', '/enrollments', {
		audience: { users: users.map((u) => u.id) },
		trainings: [{ training: t.id, session: t.sessions[0].id }],
	});
	later(hold + 5);
	const good = users.filter((_, i) => i !== 2 && i !== 4);
	await eventually(() => good.every((u) => relay.to(u.email).length === 1), { what: 'the others have it' });
	const tried = (u) => relay.attempts.some((a) => a.command === 'RCPT' && a.to[0] === u.email);
	await eventually(() => tried(users[2]) && tried(users[4]), { what: 'the two are refused' });
	assert.equal(relay.to(users[2].email).length + relay.to(users[4].email).length, 0);
	relay.modes = {};
	await eventually(
		() => {
			later(60);
			return relay.to(users[4].email).length === 1;
		},
		{ what: 'the delayed one' },
	);
	assert.equal(relay.to(users[2].email).length, 0);
});

test(
	'a connection that is cut after the message was taken: the same message again',
	withRelay('drop', async () => {
		const { emails } = await invite(1);
		await relay.waitFor((m) => m.to.includes(emails[0]));
		relay.mode = 'accept';
		const copies = await eventually(
			() => {
				later(60);
				return relay.to(emails[0]).length >= 2 && relay.to(emails[0]);
			},
			{ what: 'the repetition' },
		);
		assert.equal(new Set(copies.map((m) => m.messageId)).size, 1, 'mail programs see one message');
	}),
);

test('what is cancelled before it could leave is never sent', async () => {
	await relay.refuse();
	const { emails, training } = await invite(2);
	for (const id of await enrollmentsOf(training)) await admin.expect(204, 'DELETE', `/enrollments/${id}`);
	await relay.listen();
	later(3600);
	const { emails: next } = await invite(1);
	await eventually(
		() => {
			later(60);
			return relay.to(next[0]).length === 1;
		},
		{ what: 'a later one leaves' },
	);
	assert.equal(emails.flatMap((e) => relay.to(e)).length, 0);
	await assertSound(muster);
});

test('stopped and started in the middle of it: everybody once', async () => {
	const own_relay = await startRelay();
	const own = await startMuster({ demo: true, args: ['--smtp', own_relay.url] });
	const api = await apiOf(own, 'admin');
	const { emails } = await invite(150, api, own);
	for (let i = 1; i <= 3; i++) {
		await own_relay.waitFor(() => own_relay.messages.length >= i * 30);
		await own.restart();
		api.base = own.url;
	}
	await eventually(() => emails.every((e) => own_relay.to(e).length > 0), {
		timeout: 30_000,
		what: 'the rest leaves',
	});
	for (const e of emails) assert.equal(own_relay.to(e).length, 1, e);
	await assertSound(own);
});

test('a relay with STARTTLS and a password: everybody once, over TLS', async () => {
	const strict = await startRelay({ tls: true, user: 'academy@example.org', password: 'p:w/% ' });
	const own = await startMuster({ demo: true, args: ['--smtp', `${strict.url}?tls=offer`] });
	const api = await apiOf(own, 'admin');
	const { emails } = await invite(60, api, own);
	await eventually(() => emails.every((e) => strict.to(e).length > 0), { timeout: 30_000, what: 'everybody has it' });
	for (const e of emails) assert.equal(strict.to(e).length, 1, e);
	assert.ok(strict.messages.every((m) => m.secure && m.user === 'academy@example.org'));
	assert.ok(strict.connections <= 5, `${strict.connections} connections`);
	await assertSound(own);
});

for (const [what, change, said] of [
	['a certificate that nobody vouches for', (url) => `${url}?tls=require`, /certificate/i],
	['a password that is wrong', (url) => `${url.replace('right', 'wrong')}?tls=offer`, /535/],
])
	test(`${what}: mail waits, and says so`, async () => {
		const strict = await startRelay({ tls: true, user: 'academy', password: 'right' });
		const own = await startMuster({ demo: true, args: ['--smtp', change(strict.url)] });
		const api = await apiOf(own, 'admin');
		await invite(2, api, own);
		await eventually(async () => (await api.all('/outbox')).some((m) => m.attempts > 0 && said.test(m.last_error ?? '')), { what: 'the reason' });
		assert.ok((await api.all('/outbox')).every((m) => m.state === 'waiting'));
		assert.equal(strict.messages.length, 0);
	});

test('without a relay mail stays in the outbox, and leaves when there is one', async () => {
	const own = await startMuster({ demo: true });
	const api = await apiOf(own, 'admin');
	const { training } = await invite(2, api, own);
	const waiting = (await api.all('/outbox', 1000)).filter((m) => m.state === 'waiting');
	assert.equal(waiting.length, 2);
	assert.equal((await api.all(`/trainings/${training.id}/participants`)).length, 2);
	assert.ok(waiting.every((m) => m.attempts === 0 && m.last_error === null));
});
