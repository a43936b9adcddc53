// A forgotten password, and links to set one: who gets a mail, how long its link works, and what it ends.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from '../lib/database.mjs';
import { Api, Web, apiOf, signedIn } from '../lib/http.mjs';
import { demo_password, eventually, startMuster } from '../lib/muster.mjs';
import { assertSound, newUser } from '../lib/organization.mjs';
import { startRelay } from '../lib/smtp.mjs';

const fresh_password = 'a long enough password', hour = 3600;
let relay, muster, owner, company, sales;

before(async () => {
	relay = await startRelay();
	muster = await startMuster({ demo: true, args: ['--smtp', relay.url] });
	owner = await apiOf(muster, 'owner');
	const departments = await owner.all('/departments');
	company = departments.find((d) => d.parent === null).id;
	sales = departments.find((d) => d.name === 'Sales').id;
});

async function forget(login, { web = new Web(muster), at = muster } = {}) {
	const page = await web.get(`${at.url}/login`);
	const ask = await web.get(page.link('Forgot your password?').href);
	return web.submit(ask, { button: 'Send the link' }, { 'Login or e-mail': login });
}
const linkOf = (mail) => new URL(/href="([^"]*\/password\/[^"]*)"/.exec(mail.html)[1]).pathname;
// The link of the newest mail to that address, from the n-th on.
async function linkTo(address, n = 1, from = relay) {
	await eventually(() => from.to(address).length >= n, { what: `${n} mails to ${address}` });
	return linkOf(from.to(address)[n - 1]);
}
async function choose(link, password, web = new Web(muster)) {
	return web.submit(await web.get(link), { button: 'Set password' }, { 'New password': password });
}
const somebody = (more = {}) => newUser(owner, company, more);
const works = async (login, password) => {
	const web = new Web(muster);
	const answer = await web.submit(await web.get('/login'), { field: 'Password' }, { 'Login or e-mail': login, Password: password });
	return answer.status === 303;
};
// Whatever was asked before this has been dealt with: its mail has come.
async function settled() {
	const user = await somebody();
	await forget(user.login);
	await linkTo(user.email);
}

test('a mail with a link, by login or address; a new password, and everything of before ends', async () => {
	const omar = await signedIn(muster, 'omar'), api = await apiOf(muster, 'omar');
	await api.expect(200, 'GET', '/me');
	const asked = await forget('  OMAR@example.org ');
	assert.deepEqual([asked.status, asked.location], [303, '/forgot?sent=1']);
	const mail = await relay.waitFor((m) => m.to.includes('omar@example.org'));
	assert.match(mail.subject, /^A new password for /);
	assert.match(mail.text, /somebody asked for a new password/);
	assert.match(mail.text, /Login: omar/);
	const link = linkOf(mail);
	assert.ok(mail.text.includes(link), 'also in the plain text');

	// Whoever looks, a mail scanner for one, changes nothing.
	for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await new Web(muster).request(method, link)).status, 200);
	const page = await new Web(muster).get(link);
	assert.equal(page.heading, 'Set a password');
	assert.match(page.words, /For the login omar/);
	assert.equal(page.headers.get('cache-control'), 'no-store');
	assert.ok(await works('omar', demo_password), 'the old one still works');

	const short = await choose(link, 'short');
	assert.equal(short.status, 422);
	assert.match(short.text, /<a href="#password">Use at least 12 characters/);
	assert.ok(!short.text.includes('value="short"'));
	const done = await choose(link, fresh_password);
	assert.deepEqual([done.status, done.location], [303, '/login']);
	assert.equal((await omar.get('/settings')).heading, 'Sign in', 'signed out elsewhere');
	assert.equal((await api.get('/me')).status, 401, 'API tokens end');
	assert.ok(!(await works('omar', demo_password)));
	assert.ok(await works('omar', fresh_password));

	// Once.
	const again = await new Web(muster).get(link);
	assert.equal(again.status, 404);
	assert.equal(again.heading, 'This link does not work any more');
	assert.equal(again.link('Send another link').href, '/forgot');

	const told = await relay.waitFor((m) => m.to.includes('omar@example.org') && /was changed$/.test(m.subject));
	assert.match(told.text, /the password of your account was changed/);
	assert.match(told.html, /\/forgot"/);
	const user = (await owner.all('/users?q=omar')).find((u) => u.login === 'omar');
	const trail = (await owner.all(`/audit?object=user/${user.id}`)).map((e) => [e.action, e.actor]);
	assert.ok(trail.some(([action, actor]) => action === 'user.password_link' && actor === null));
	assert.ok(trail.some(([action, actor]) => action === 'user.password' && actor === user.id));
	assert.match((await (await signedIn(muster, 'owner')).get('/outbox')).words, /Link to set a password/);
});

test('the same answer for everybody, and mail only for active users who have an address', async () => {
	const answers = [];
	for (const login of ['maria', 'nobody-of-this-name', 'nomail', 'inactive', 'x'.repeat(2000)]) {
		const web = new Web(muster), asked = await forget(login, { web });
		const sent = await web.get(asked.location);
		answers.push(JSON.stringify([asked.status, asked.location, sent.heading, sent.words]));
		assert.equal(sent.heading, 'Look into your mail');
	}
	assert.equal(new Set(answers).size, 1);
	await linkTo('maria@example.org');
	await settled();
	const inactive = (await owner.all('/users?status=inactive')).map((u) => u.email).filter(Boolean);
	assert.ok(inactive.length > 0);
	for (const address of inactive) assert.equal(relay.to(address).length, 0);
	const empty = await forget(' ');
	assert.equal(empty.status, 422);
	assert.match(empty.text, /<a href="#login">Type your login or your e-mail address/);
});

test('a link ends after an hour, with a newer one, a new password, another address, and the employment', async () => {
	const [late, twice, other, moved, left] = await Promise.all([somebody(), somebody(), somebody(), somebody(), somebody()]);
	for (const u of [late, twice, other, moved, left]) await forget(u.login);
	const links = {};
	for (const u of [late, twice, other, moved, left]) links[u.login] = await linkTo(u.email);
	const gone = async (u, n = 1) => assert.equal((await new Web(muster).get(n === 1 ? links[u.login] : n)).status, 404, u.login);
	const open = async (link) => assert.equal((await new Web(muster).get(link)).status, 200);
	for (const link of Object.values(links)) await open(link);

	await forget(twice.email);
	const newer = await linkTo(twice.email, 2);
	await gone(twice);
	await open(newer);

	const web = await signedIn(muster, 'owner');
	const set = await web.submit(await web.get(`/users/${other.id}`), { action: `/users/${other.id}/password` }, { password: fresh_password });
	assert.equal(set.status, 303);
	await gone(other);

	await owner.expect(200, 'PATCH', `/users/${moved.id}`, { email: `elsewhere.${moved.email}` });
	await gone(moved);
	await owner.expect(200, 'PATCH', `/users/${left.id}`, { status: 'ended' });
	await gone(left);
	await owner.expect(200, 'PATCH', `/users/${left.id}`, { status: 'active' });
	await gone(left);

	await open(links[late.login]);
	const before = muster.clock;
	muster.setClock(before + hour + 1);
	await gone(late);
	assert.equal((await choose(newer, fresh_password).catch(() => ({ status: 404 }))).status, 404);
	muster.setClock(before);
	await assertSound(muster);
});

test('what is used while another uses it works once', async () => {
	const user = await somebody();
	await forget(user.login);
	const link = await linkTo(user.email);
	const pages = await Promise.all(Array.from({ length: 4 }, async () => {
		const web = new Web(muster);
		return { web, page: await web.get(link) };
	}));
	const answers = await Promise.all(pages.map(({ web, page }, i) => web.submit(page, { button: 'Set password' }, { 'New password': `${fresh_password} ${i}` })));
	assert.deepEqual(answers.map((a) => a.status).sort(), [303, 404, 404, 404]);
	assert.ok(await works(user.login, `${fresh_password} ${answers.findIndex((a) => a.status === 303)}`));
});

test('the database holds no link once the mail has left', async () => {
	const user = await somebody();
	relay.modes[user.email] = 'rcpt-4xx';
	await forget(user.login);
	const row = `SELECT coalesce(length(seed), 0) FROM password_link WHERE user_id = ${user.id}`;
	await eventually(async () => (await sql(muster.db, row)) === '43', { what: 'the link' });
	const tried = `SELECT count(*) FROM outbox WHERE user_id = ${user.id} AND last_error IS NOT NULL`;
	await eventually(async () => (await sql(muster.db, tried)) === '1', { what: 'the first try is over' });
	relay.modes[user.email] = 'accept';
	muster.setClock(muster.clock + 60);
	const link = await linkTo(user.email);
	await eventually(async () => (await sql(muster.db, row)) === '0', { what: 'the seed is forgotten' });
	const token = link.split('/').at(-1);
	assert.equal(await sql(muster.db, `SELECT count(*) FROM password_link WHERE token_hash = '${token}' OR seed = '${token}'`), '0');
	assert.equal((await new Web(muster).get(link)).status, 200, 'and it works');
});

test('the form wants its token, from here', async () => {
	const user = await somebody(), web = new Web(muster);
	await forget(user.login);
	const link = await linkTo(user.email), page = await web.get(link);
	assert.equal((await web.post(link, { password: fresh_password })).status, 403);
	assert.equal((await web.post(link, { csrf: page.csrf, password: fresh_password }, { headers: { origin: 'https://evil.example' } })).status, 403);
	assert.equal((await web.post('/forgot', { login: user.login })).status, 403);
	assert.equal((await web.get(link)).status, 200, 'it was not used');
	for (const wrong of ['x', 'x'.repeat(43), `${link.split('/').at(-1)}x`]) assert.equal((await web.get(`/password/${wrong}`)).status, 404, wrong);
});

test('many ask: an address is slowed down, a mailbox is not flooded, and nobody is kept out', async () => {
	const strict = await startMuster({ demo: true, args: ['--smtp', relay.url, '--limits', 'on'] });
	const stranger = new Web(strict), before = relay.to('sven@example.org').length;
	const links = async (n) => linkTo('sven@example.org', before + n);
	for (let i = 0; i < 20; i++) {
		assert.equal((await forget('sven', { web: stranger, at: strict })).status, 303);
		if (i < 3) await links(i + 1);
	}
	const slow = await forget('sven', { web: stranger, at: strict });
	assert.equal(slow.status, 429);
	assert.ok(Number(slow.headers.get('retry-after')) > 0);
	assert.match(slow.words, /Too many tries\. Wait \d minutes?/);
	// Three mails an hour, and the link of the last one works as long as there is no other.
	const last = await links(3);
	strict.setClock(hour - 60);
	const page = await new Web(strict).get(last);
	assert.equal(page.heading, 'Set a password');
	// Wrong passwords, whose ever they were, do not keep out who has just chosen a new one.
	const guess = async (password) => {
		const web = new Web(strict);
		return (await web.submit(await web.get('/login'), { field: 'Password' }, { 'Login or e-mail': 'sven', Password: password })).status;
	};
	for (let i = 0; i < 10; i++) assert.equal(await guess(`guess number ${i}`), 422);
	assert.equal(await guess(demo_password), 429);
	const web = new Web(strict);
	assert.equal((await web.submit(await web.get(last), { button: 'Set password' }, { 'New password': fresh_password })).status, 303);
	assert.equal(await guess(fresh_password), 303);
	assert.equal(relay.to('sven@example.org').filter((m) => /^A new password/.test(m.subject)).length, 3);
	strict.setClock(hour + 60);
	assert.equal((await forget('sven', { web: new Web(strict), at: strict })).status, 303);
	await eventually(() => relay.to('sven@example.org').filter((m) => /^A new password/.test(m.subject)).length === 4, { what: 'a mail in the next hour' });
});

test('a link that is guessed is slowed down', async () => {
	const strict = await startMuster({ demo: true, args: ['--limits', 'on'] });
	let status = 404;
	for (let i = 0; i < 90 && status === 404; i++) status = (await new Web(strict).get(`/password/${String(i).padStart(43, 'x')}`)).status;
	assert.equal(status, 429);
});

test('without a mail server the page says whom to ask', async () => {
	const mute = await startMuster({ demo: true });
	const page = await new Web(mute).get('/forgot');
	assert.match(page.words, /sends no mail.*Ask your administrator/);
	assert.equal(page.forms.length, 0);
	const web = await signedIn(mute, 'owner');
	const maria = (await (await apiOf(mute, 'owner')).all('/users?q=maria'))[0];
	assert.match((await web.get(`/users/${maria.id}`)).words, /sends no mail, so there is no link to send/);
	assert.ok(!(await web.get('/users/new')).text.includes('password_link'));
});

// ---- by an administrator

test('somebody new is invited by a link to set the first password', async () => {
	const web = await signedIn(muster, 'admin');
	const page = await web.get('/users/new');
	const fields = { Login: 'new.colleague', Department: company, 'Send a link to set a password': '1' };
	const nowhere = await web.submit(page, { action: '/users' }, { ...fields, password_link: '1' });
	assert.equal(nowhere.status, 422);
	assert.match(nowhere.text, /<a href="#email">This user has no address/);
	assert.match(nowhere.text, /name="password_link" type="checkbox" value="1" checked/);
	assert.equal((await owner.all('/users?q=new.colleague')).length, 0, 'nothing half done');
	const made = await web.submit(page, { action: '/users' }, { ...fields, password_link: '1', email: 'new.colleague@example.org' });
	assert.equal(made.status, 303);
	const mail = await relay.waitFor((m) => m.to.includes('new.colleague@example.org'));
	assert.match(mail.subject, /^Set your password for /);
	assert.match(mail.text, /you have an account.*Login: new\.colleague/s);
	// A stranger who asks for another does not spoil it.
	await forget('new.colleague');
	await linkTo('new.colleague@example.org', 2);
	const before = muster.clock;
	muster.setClock(before + 7 * 86400 - 60);
	assert.equal((await choose(linkOf(mail), fresh_password)).status, 303);
	assert.ok(await works('new.colleague', fresh_password));
	assert.equal((await new Web(muster).get(await linkTo('new.colleague@example.org', 2))).status, 404);
	muster.setClock(before);
	await settled();
	assert.equal(relay.to('new.colleague@example.org').length, 2, 'the first password is no news');
});

test('a link in place of a temporary password, once a minute, over REST as well', async () => {
	const user = await somebody(), web = await signedIn(muster, 'owner');
	const press = async () => web.submit(await web.get(`/users/${user.id}`), { action: `/users/${user.id}/password-link` }, {}, { follow: true });
	assert.match((await press()).words, new RegExp(`A link to set a password is on its way to ${user.email}`));
	const link = await linkTo(user.email);
	assert.match((await web.get(`/users/${user.id}`)).words, /Sent .*; it works until /);
	await press();
	await settled();
	assert.equal(relay.to(user.email).length, 1, 'pressed twice, sent once');
	muster.setClock(muster.clock + 61);
	const made = await owner.expect(201, 'POST', `/users/${user.id}/password-link`);
	assert.deepEqual([made.user, made.email], [user.id, user.email]);
	assert.ok(Math.abs(Date.parse(made.expires_at) / 1000 - muster.now() - 7 * 86400) < 30);
	const newer = await linkTo(user.email, 2);
	assert.equal((await new Web(muster).get(link)).status, 404);
	assert.equal((await choose(newer, fresh_password)).status, 303);

	await owner.expect(200, 'PATCH', `/users/${user.id}`, { email: null });
	const refused = await owner.expect(422, 'POST', `/users/${user.id}/password-link`);
	assert.deepEqual(refused.errors.map((e) => [e.field, e.code]), [['email', 'required']]);
	await owner.expect(200, 'PATCH', `/users/${user.id}`, { email: user.email, status: 'inactive' });
	assert.deepEqual((await owner.expect(422, 'POST', `/users/${user.id}/password-link`)).errors.map((e) => e.field), ['status']);
	assert.equal((await owner.post(`/users/${user.id}/password-link`, { surprise: 1 })).status, 422);
});

test('nobody gets at a password by way of the address who may not set it', async () => {
	const manager = await apiOf(muster, 'dept.admin');
	const support = (await owner.all('/departments')).find((d) => d.name === 'Support').id;
	const leader = await newUser(owner, sales);
	const beyond = await newUser(owner, support, { supervisor: leader.id });
	await manager.expect(404, 'POST', `/users/${beyond.id}/password-link`);
	await manager.expect(403, 'POST', `/users/${leader.id}/password-link`);
	const refused = await manager.expect(422, 'PATCH', `/users/${leader.id}`, { email: 'mine@example.org' });
	assert.deepEqual(refused.errors.map((e) => [e.field, e.code]), [['email', 'locked']]);
	await manager.expect(200, 'PATCH', `/users/${leader.id}`, { email: leader.email, first_name: 'Other' });
	const file = `login,department,email\n${leader.login},Company / Sales,mine@example.org\n`;
	const imported = await manager.expect(422, 'POST', '/users/import', file, { raw: true, headers: { 'content-type': 'text/csv' } });
	assert.deepEqual(imported.errors.map((e) => e.column), ['email']);
	const plain = await newUser(owner, sales);
	await manager.expect(200, 'PATCH', `/users/${plain.id}`, { email: `other.${plain.email}` });
	await manager.expect(201, 'POST', `/users/${plain.id}/password-link`);
	assert.equal((await new Api(muster, 'nobody').post(`/users/${plain.id}/password-link`)).status, 401);
});

test('links for those ticked in the list: each who may and can have one, and nobody else', async () => {
	const a = await somebody(), b = await somebody(), off = await somebody({ status: 'inactive' }), silent = await somebody({ email: null });
	const web = await signedIn(muster, 'owner');
	const list = await web.get('/users?sort=login&limit=100');
	const form = list.form({ button: 'Send links to set a password' });
	assert.ok(form.fields.some((f) => f.name === 'id' && f.value === String(a.id)), 'rows can be ticked');
	const send = (who, ids, back = '/users?sort=login') => who.post('/users/password-links', { csrf: form.fields.find((f) => f.name === 'csrf').value, id: ids.map(String), back });
	const answer = await send(web, [a.id, b.id, b.id, off.id, silent.id, 999999]);
	assert.deepEqual([answer.status, answer.location], [303, '/users?sort=login']);
	assert.match((await web.get(answer.location)).words, /2 users get a link to set a password by mail; it works for 7 days\. 3 get none/);
	for (const user of [a, b]) assert.equal((await choose(await linkTo(user.email), fresh_password)).status, 303);
	await settled();
	assert.equal(relay.to(off.email).length, 0);
	assert.match((await web.get((await send(web, [], 'https://elsewhere.example/')).location)).words, /Nobody gets a link/);

	// Out of scope is not there; a learner has no such page.
	const outside = await newUser(owner, company), inside = await newUser(owner, sales);
	const manager = await signedIn(muster, 'dept.admin');
	const csrf = (await manager.get('/users')).form({ button: 'Send links to set a password' }).fields.find((f) => f.name === 'csrf').value;
	const scoped = await manager.post('/users/password-links', { csrf, id: [String(outside.id), String(inside.id)] });
	assert.equal(scoped.location, '/users');
	assert.match((await manager.get('/users')).words, /1 user gets a link .* One gets none/);
	await linkTo(inside.email);
	await settled();
	assert.equal(relay.to(outside.email).length, 0);
	const learner = await signedIn(muster, 'maria');
	assert.equal((await send(learner, [a.id])).status, 403);
	await assertSound(muster);
});
