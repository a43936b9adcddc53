// The page behind a mail's links: GET shows, POST acts; and answering over REST.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiOf, signedIn, Web } from '../lib/http.mjs';
import { readCalendar } from '../lib/ics.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { invitationOf, startRelay } from '../lib/smtp.mjs';

let muster, relay, admin, department, n = 0;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url, '--mail-from', 'Academy <training@example.org>', '--undo-hold', '0'] });
	admin = await apiOf(muster, 'admin');
	department = (await admin.all('/departments')).find((d) => d.name === 'Support').id;
});

const wall = (seconds) => new Date((muster.now() + seconds) * 1000).toISOString().slice(0, 16);
const enrollment = async (user, t) => (await admin.all(`/users/${user.id}/enrollments`)).find((e) => e.training === t.id);
const trail = async (e) => (await admin.all('/outbox')).filter((o) => o.enrollment === e.id).map((o) => o.state);

async function invited({ days = 1, capacity = null, user = {} } = {}) {
	const login = `r${++n}`;
	const u = await admin.expect(201, 'POST', '/users', { login, department, first_name: 'Rita', last_name: `Reader ${n}`, email: `${login}@example.org`, ...user });
	const list = Array.from({ length: days }, (_, i) => ({ start: wall((30 + i) * 86400), duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4' }));
	const t = await admin.expect(201, 'POST', '/trainings', { title: `Answering ${n}`, sessions: [{ title: 'Morning', capacity, days: list }] });
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [u.id] }, trainings: [{ training: t.id, session: t.sessions[0].id }] });
	// Of several days the first has the links; their messages leave over several connections, in any order.
	const mail = await relay.waitFor((m) => m.to.includes(u.email) && m.text.includes('/rsvp/'));
	const links = Object.fromEntries([...mail.text.matchAll(/http:\/\/[^/]+(\/rsvp\/[^\s?]+\?a=(\w+)\S*)/g)].map((m) => [m[2], m[1]]));
	const e = await enrollment(u, t);
	await eventually(async () => (await trail(e)).every((s) => s === 'sent'));
	return { u, t, mail, links, e, session: t.sessions[0], path: new URL(links.accept, 'http://x').pathname };
}

for (const [word, button, answer] of [['accept', 'Accept', 'accepted'], ['maybe', 'Maybe', 'tentative'], ['decline', 'Decline', 'declined']])
	test(`the link "${word}" answers after one press, without a sign-in`, async () => {
		const { u, t, links } = await invited();
		const web = new Web(muster);
		const page = await web.get(links[word]);
		assert.equal(page.status, 200);
		assert.match(page.words, new RegExp(u.last_name));
		assert.match(page.words, /Berlin time/);
		const done = await web.submit(page, { button }, {}, { button });
		assert.equal(done.status, 303);
		assert.equal((await enrollment(u, t)).answer, answer);
		const after = await web.get(done.location);
		assert.match(after.words, { accepted: /You have accepted/, tentative: /“maybe”/, declined: /You have declined/ }[answer]);
		assert.doesNotMatch((await web.get(done.location)).words, /You have accepted|You have declined/);
	});

test('looking at a link changes nothing, however often and however', async () => {
	const { u, t, links, path } = await invited();
	const before = await enrollment(u, t);
	const web = new Web(muster);
	for (const method of ['GET', 'GET', 'GET', 'HEAD'])
		for (const link of [...Object.values(links), path, `${path}/invite.ics`]) {
			const page = await web.request(method, link);
			assert.equal(page.status, 200, `${method} ${link}`);
			assert.equal(page.headers.get('cache-control'), 'no-store');
			assert.equal(page.headers.get('referrer-policy'), 'same-origin', `${method} ${link}`);
			assert.match(page.headers.get('x-robots-tag'), /noindex/);
			if (method === 'HEAD') assert.equal(page.text, '');
		}
	assert.deepEqual(await enrollment(u, t), before);
});

test('an answer needs the form of that page', async () => {
	const { u, t, path } = await invited();
	const other = await invited();
	const web = new Web(muster);
	assert.equal((await web.post(path, { answer: 'accepted' })).status, 403);
	const csrf = (await web.get(other.path)).csrf;
	assert.equal((await web.post(path, { answer: 'accepted', csrf })).status, 403);
	const own = (await web.get(path)).csrf;
	assert.equal((await web.post(path, { answer: 'accepted', csrf: own }, { headers: { origin: 'https://evil.example' } })).status, 403);
	assert.equal((await web.post(path, { answer: 'perhaps', csrf: own })).status, 422);
	assert.equal((await enrollment(u, t)).answer, 'none');
	// Somebody else who is signed in on this machine holds the link all the same.
	const maria = await signedIn(muster, 'maria');
	const page = await maria.get(path);
	assert.equal((await maria.submit(page, { button: 'Maybe' }, {}, { button: 'Maybe' })).status, 303);
	assert.equal((await enrollment(u, t)).answer, 'tentative');
});

test('what is no link is not there, and says nothing', async () => {
	const { path } = await invited();
	const web = new Web(muster);
	const [id, mac] = path.slice('/rsvp/'.length).split('.');
	const wrong = `${mac.slice(0, -1)}${mac.endsWith('x') ? 'y' : 'x'}`;
	for (const token of ['x', '1', `${id}.`, `${id}.${wrong}`, `${Number(id) + 1}.${mac}`, `0.${mac}`, '%00', 'a'.repeat(5000)]) {
		const page = await web.request('GET', `/rsvp/${token}`);
		assert.ok([400, 404, 414].includes(page.status), `${token.slice(0, 20)}: ${page.status}`);
		assert.doesNotMatch(page.words, /Answering|Rita/);
	}
	// A mail program has cut the link, or it is an old one: what to do is said, in words of no administrator.
	for (const path of [`/rsvp/${id}.${wrong}`, `/rsvp/${id}.${mac.slice(0, 8)}`, `/rsvp/${id}.${wrong}/invite.ics`, '/rsvp/x']) {
		const page = await web.request('GET', path);
		assert.equal(page.status, 404, path);
		assert.equal(page.headers.get('cache-control'), 'no-store');
		assert.match(page.words, /not complete, or no longer valid.*newest message/, path);
		assert.doesNotMatch(page.words, /department/);
		assert.equal(page.link('Sign in').href, '/me/trainings');
	}
	const maria = await signedIn(muster, 'maria');
	assert.equal((await maria.request('GET', '/rsvp/x')).links.filter((l) => l.text === 'My trainings' && l.href === '/me/trainings').length, 1);
	assert.equal((await web.request('GET', `/rsvp/${id}.${wrong}/invite.ics`)).status, 404);
});

test('cancelled, over and waiting are said, and cannot be answered', async () => {
	const a = await invited(), web = new Web(muster);
	const open = await web.get(a.path);
	await admin.expect(204, 'DELETE', `/enrollments/${a.e.id}`);
	const page = await web.get(a.path);
	assert.match(page.words, /cancelled/);
	assert.equal(page.forms.length, 0);
	assert.equal((await web.post(a.path, { answer: 'accepted', csrf: open.csrf })).status, 409);
	assert.equal((await web.request('GET', `${a.path}/invite.ics`)).status, 404);

	const b = await invited({ capacity: 1 });
	await web.submit(await web.get(b.links.decline), { button: 'Decline' }, {}, { button: 'Decline' });
	const rival = await admin.expect(201, 'POST', '/users', { login: `rival${n}`, department });
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [rival.id] }, trainings: [{ training: b.t.id, session: b.session.id }] });
	const back = await web.submit(await web.get(b.links.accept), { button: 'Accept' }, {}, { button: 'Accept' });
	assert.match((await web.get(back.location)).words, /waiting list/);
	assert.equal((await enrollment(b.u, b.t)).status, 'waiting');
	const [last] = (await admin.expect(200, 'GET', '/audit?object=enrollment&limit=50')).items.filter((x) => x.action === 'enrollment.answer_by_link');
	assert.deepEqual([last.before, last.after], [{ answer: 'declined', status: 'enrolled' }, { answer: 'none', status: 'waiting' }]);

	const c = await invited(), form = await web.get(c.path);
	muster.setClock(muster.clock + 40 * 86400);
	const over = await web.get(c.path);
	assert.match(over.words, /over/);
	assert.equal(over.forms.length, 0);
	assert.equal((await web.post(c.path, { answer: 'accepted', csrf: form.csrf })).status, 409);
});

test('a link of before the move says so, and shows the new time', async () => {
	const { t, session, links } = await invited();
	const web = new Web(muster);
	assert.doesNotMatch((await web.get(links.accept)).words, /has moved/);
	const day = session.days[0];
	await admin.expect(200, 'PATCH', `/sessions/${session.id}`, { days: [{ id: day.id, start: wall(45 * 86400), duration: 3600, time_zone: day.time_zone, location: 'Hall' }] });
	const page = await web.get(links.accept);
	assert.match(page.words, /has moved since/);
	assert.match(page.words, /Hall/);
	assert.equal(page.status, 200);
	void t;
});

test('the file is the entry of the mail; several days are one file', async () => {
	const one = await invited(), web = new Web(muster);
	const page = await web.request('GET', `${one.path}/invite.ics`);
	assert.match(page.headers.get('content-type'), /^text\/calendar/);
	assert.match(page.headers.get('content-disposition'), /attachment; filename="invite\.ics"/);
	const file = readCalendar(page.text).events[0], mail = readCalendar(invitationOf(one.mail).text).events[0];
	for (const name of ['uid', 'sequence', 'summary', 'location']) assert.equal(file[name], mail[name], name);
	assert.equal(file.start.getTime(), mail.start.getTime());
	const me = await apiOf(muster, one.u.login);
	assert.equal((await me.expect(200, 'GET', '/me/notifications')).items.length, 1);

	const two = await invited({ days: 2 });
	const both = readCalendar((await web.request('GET', `${two.path}/invite.ics`)).text);
	assert.equal(both.events.length, 2);
	assert.equal(new Set(both.events.map((e) => e.uid)).size, 2);
});

test('over REST the participant answers, and whoever may enroll them; nobody else', async () => {
	const { u, t, e } = await invited();
	const me = await apiOf(muster, u.login), maria = await apiOf(muster, 'maria'), scoped = await apiOf(muster, 'dept.admin');
	const answered = await me.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: 'accepted' });
	assert.deepEqual([answered.id, answered.answer], [e.id, 'accepted']);
	assert.deepEqual(answered.days.map((d) => d.answer), ['accepted']);
	assert.equal((await admin.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: 'tentative' })).answer, 'tentative');
	assert.equal((await maria.post(`/enrollments/${e.id}/answer`, { answer: 'declined' })).status, 404);
	assert.equal((await scoped.post(`/enrollments/${e.id}/answer`, { answer: 'declined' })).status, 404);
	assert.equal((await me.post(`/enrollments/${e.id}/answer`, { answer: 'maybe' })).body.errors[0].code, 'invalid');
	assert.equal((await me.post(`/enrollments/${e.id}/answer`, {})).body.errors[0].code, 'required');
	assert.equal((await me.post(`/enrollments/${e.id}/answer`, { answer: 'accepted', why: 1 })).body.errors[0].code, 'unknown_member');
	await admin.expect(204, 'DELETE', `/enrollments/${e.id}`);
	const late = await admin.post(`/enrollments/${e.id}/answer`, { answer: 'accepted' });
	assert.deepEqual([late.status, late.body.errors[0].code], [409, 'not_open']);
	assert.equal((await enrollment(u, t)), undefined);
});

test('declining tells the organizer and frees the seat', async () => {
	const { u, t, session, links } = await invited({ capacity: 3 });
	const web = new Web(muster);
	const seats = async () => (await admin.expect(200, 'GET', `/sessions/${session.id}`)).seats_taken;
	assert.equal(await seats(), 1);
	await web.submit(await web.get(links.decline), { button: 'Decline' }, {}, { button: 'Decline' });
	assert.equal(await seats(), 0);
	const told = (await admin.expect(200, 'GET', '/me/notifications')).items.find((x) => x.kind === 'declined' && x.training === t.id);
	assert.match(told.text, new RegExp(u.last_name));
});

test('the page of a link offers to leave the waiting list, and only a press does', async () => {
	const { u, t, e, path, session } = await invited({ capacity: 1 });
	const web = new Web(muster);
	// A seat that was declined went to somebody else; taking the answer back means waiting.
	await admin.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: 'declined' });
	const other = await admin.expect(201, 'POST', '/users', { login: `r${++n}`, department });
	await admin.expect(201, 'POST', '/enrollments', { audience: { users: [other.id] }, trainings: [{ training: t.id, session: session.id }] });
	await admin.expect(200, 'POST', `/enrollments/${e.id}/answer`, { answer: 'accepted' });
	const page = await web.get(path);
	assert.match(page.words, /You are on the waiting list/);
	assert.equal((await web.request('GET', `${path}/leave`)).status, 405);
	assert.equal((await web.post(`${path}/leave`, {})).status, 403);
	assert.equal((await enrollment(u, t)).status, 'waiting');
	const done = await web.submit(page, { action: `${path}/leave` });
	assert.equal(done.status, 303);
	assert.equal(done.headers.get('cache-control'), 'no-store');
	assert.match((await web.get(done.location)).words, /You have left the waiting list/);
	assert.equal((await admin.expect(200, 'GET', `/enrollments/${e.id}`)).status, 'cancelled');
	const [entry] = (await admin.expect(200, 'GET', `/audit?object=enrollment/${e.id}&limit=1`)).items;
	assert.deepEqual([entry.action, entry.actor], ['enrollment.leave_by_link', null]);
	assert.equal((await web.post(`${path}/leave`, { csrf: page.csrf })).status, 409);
});
