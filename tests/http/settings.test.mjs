// Settings: one's own, the password, API tokens, the account's.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Api, Web, apiOf, signedIn } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { startRelay } from '../lib/smtp.mjs';

let muster, admin;
before(async () => {
	muster = await startMuster({ demo: true });
	admin = await signedIn(muster, 'admin');
});
const account = { account_name: 'Example Company', mail_name: '', account_time_zone: 'Europe/Berlin', account_locale: 'en', undo_hold: '60', when_full: 'wait', on_clash: 'warn' };
const save = async (web, action, fields) => web.submit(await web.get('/settings'), { action }, fields);
const field = (page, name) => page.forms.flatMap((f) => f.fields).find((f) => f.name === name);

test('everybody has settings of their own, administrators the account’s as well', async () => {
	const maria = await signedIn(muster, 'maria');
	const hers = await maria.get('/settings'), theirs = await admin.get('/settings');
	assert.equal(hers.heading, 'Settings');
	for (const name of ['time_zone', 'locale', 'theme', 'current', 'password', 'token_name']) assert.ok(field(hers, name), name);
	assert.ok(!field(hers, 'account_name'));
	assert.equal(field(theirs, 'account_name').value, 'Example Company');
	assert.equal((await maria.post('/settings', { csrf: hers.csrf, ...account, account_name: 'Mine' })).status, 403);
	assert.equal(field(await admin.get('/settings'), 'account_name').value, 'Example Company');
});

test('zone, language and colors', async () => {
	const maria = await signedIn(muster, 'maria');
	const done = await save(maria, '/settings/own', { time_zone: 'America/New_York', locale: 'en-XA', theme: 'dark' });
	assert.equal(done.status, 303);
	const page = await maria.get('/settings');
	assert.match(page.text, /<html lang="en-XA"[^>]*data-theme="dark"/);
	assert.equal(field(page, 'time_zone').value, 'America/New_York');
	assert.equal((await save(maria, '/settings/own', { time_zone: '', locale: '', theme: 'system' })).status, 303);
	assert.match((await maria.get('/settings')).text, /<html lang="en"/);
});

test('a wrong value comes back with everything that was typed', async () => {
	const csrf = (await admin.get('/settings')).csrf;
	const own = await admin.post('/settings/own', { csrf, time_zone: 'Mars/Olympus', locale: 'en', theme: 'dark' });
	assert.equal(own.status, 422);
	assert.match(own.text, /<a href="#time_zone">/);
	assert.equal(field(own, 'time_zone').value, 'Mars/Olympus');
	assert.ok(own.forms.flatMap((f) => f.fields).find((f) => f.name === 'theme' && f.value === 'dark').checked);
	const bad = await admin.post('/settings', { csrf, ...account, account_name: '', account_time_zone: 'Mars/Olympus', undo_hold: 'soon', mail_name: 'Training <b>', when_full: 'over' });
	assert.equal(bad.status, 422);
	for (const name of ['account_name', 'account_time_zone', 'undo_hold']) assert.match(bad.text, new RegExp(`<a href="#${name}">`), name);
	assert.equal(field(bad, 'undo_hold').value, 'soon');
	assert.equal(field(bad, 'mail_name').value, 'Training <b>');
	assert.equal(field(bad, 'account_time_zone').value, 'Mars/Olympus');
	assert.equal(field(await admin.get('/settings'), 'account_name').value, 'Example Company', 'nothing was saved');
});

test('the account’s settings are saved and leave their entry', async () => {
	assert.equal((await save(admin, '/settings', { ...account, account_name: 'Example  Academy', undo_hold: '120', on_clash: 'skip' })).status, 303);
	const page = await admin.get('/settings');
	assert.equal(field(page, 'account_name').value, 'Example Academy');
	assert.equal(field(page, 'undo_hold').value, '120');
	const [entry] = (await (await apiOf(muster, 'admin')).expect(200, 'GET', '/audit?object=account')).items;
	assert.equal(entry.action, 'account.edit');
	assert.deepEqual(entry.before, { name: 'Example Company', on_clash: 'warn', undo_hold: 60 });
	assert.deepEqual(entry.after, { name: 'Example Academy', on_clash: 'skip', undo_hold: 120 });
	assert.equal((await save(admin, '/settings', account)).status, 303);
});

test('the own password: the current one, and a long one', async () => {
	const omar = await signedIn(muster, 'omar'), elsewhere = await signedIn(muster, 'omar');
	const change = (current, password) => save(omar, '/settings/password', { current, password });
	const short = await change('demo-password', 'short');
	assert.equal(short.status, 422);
	assert.match(short.text, /<a href="#password">/);
	assert.ok(!short.text.includes('value="short"') && !short.text.includes('demo-password'), 'passwords never come back');
	const wrong = await change('not my password', 'a long enough password');
	assert.equal(wrong.status, 422);
	assert.match(wrong.text, /<a href="#current">/);
	assert.equal((await change('', '')).status, 422);
	assert.equal((await change('demo-password', 'a long enough password')).status, 303);
	assert.equal((await omar.get('/settings')).heading, 'Settings', 'signed in here');
	assert.equal((await elsewhere.get('/settings')).heading, 'Sign in', 'and nowhere else');
	await signedIn(muster, 'omar', 'a long enough password');
	await assert.rejects(signedIn(muster, 'omar'), /could not sign in/);
});

test('guessing the password slows down', async () => {
	const strict = await startMuster({ demo: true, args: ['--limits', 'on'] });
	const web = await signedIn(strict, 'sven');
	const { csrf } = await web.get('/settings');
	const guess = (current) => web.post('/settings/password', { csrf, current, password: 'a long enough password' });
	for (let i = 0; i < 10; i++) assert.equal((await guess(`guess number ${i}`)).status, 422);
	assert.equal((await guess('demo-password')).status, 429);
	strict.setClock(1000);
	assert.equal((await guess('demo-password')).status, 303);
});

test('a token is shown once, works, and stops working', async () => {
	const maria = await signedIn(muster, 'maria');
	const nameless = await save(maria, '/settings/tokens', { token_name: ' ' });
	assert.equal(nameless.status, 422);
	assert.match(nameless.text, /<a href="#token_name">/);
	const made = await save(maria, '/settings/tokens', { token_name: 'Payroll <import>' });
	assert.equal(made.status, 200);
	const token = /<code[^>]*><bdi[^>]*>([\w-]{43})</.exec(made.text)[1];
	const api = new Api(muster, token);
	assert.equal((await api.expect(200, 'GET', '/me')).login, 'maria');
	const page = await maria.get('/settings');
	assert.ok(!page.text.includes(token));
	assert.match(page.words, /Payroll <import>/);
	const action = page.forms.find((f) => /revoke$/.test(f.action)).action;
	const other = await signedIn(muster, 'sven');
	const { csrf } = await other.get('/settings');
	assert.equal((await other.post(action, { csrf })).status, 404, 'not by somebody else');
	await api.expect(200, 'GET', '/me');
	assert.equal((await maria.submit(page, { action })).status, 303);
	assert.equal((await api.get('/me')).status, 401);
	assert.equal((await maria.post(action, { csrf: page.csrf })).status, 404);
	const actions = (await (await apiOf(muster, 'admin')).expect(200, 'GET', '/audit?object=user')).items.map((e) => e.action);
	assert.ok(actions.includes('token.create') && actions.includes('token.revoke'));
});

test('only with the form’s token, from here, and signed in', async () => {
	assert.equal((await new Web(muster).get('/settings')).heading, 'Sign in');
	assert.equal((await admin.post('/settings/own', { time_zone: '', locale: '', theme: 'dark' })).status, 403);
	const { csrf } = await admin.get('/settings');
	assert.equal((await admin.post('/settings/tokens', { csrf, token_name: 'x' }, { headers: { origin: 'https://evil.example' } })).status, 403);
});

test('a test message leaves by the outbox, and Settings says what became of it', async () => {
	const relay = await startRelay();
	const own = await startMuster({ demo: true, args: ['--smtp', relay.url, '--limits', 'on'] });
	const web = await signedIn(own, 'admin');
	assert.equal((await web.submit(await web.get('/settings'), { action: '/settings' }, { account_name: 'Example Academy', mail_name: 'The Academy' })).status, 303);
	const sent = await web.submit(await web.get('/settings'), { action: '/settings/test-mail' }, {}, { follow: true });
	assert.match(sent.words, /A test message to admin@example\.org is on its way/);
	const mail = await relay.waitFor((m) => m.to.includes('admin@example.org'));
	assert.equal(mail.subject, 'Test message of Example Academy');
	assert.equal(mail.parsed.from.value[0].name, 'The Academy');
	assert.match(mail.text, /this is a test message/);
	assert.match(mail.html, /\/settings#mail-title/);
	await eventually(async () => /The last test message To admin@example\.org Made .* State Sent/.test((await web.get('/settings')).words));
	assert.match((await web.get('/outbox')).words, /Test message/);
	const api = await apiOf(own, 'admin');
	assert.ok((await api.all('/audit?object=outbox')).some((e) => e.action === 'outbox.test'));
	assert.ok((await api.all('/outbox')).some((o) => o.kind === 'test' && o.enrollment === null));

	relay.modes['admin@example.org'] = 'rcpt-5xx';
	assert.equal((await web.submit(await web.get('/settings'), { action: '/settings/test-mail' })).status, 303);
	await eventually(async () => /State Failed What the mail server said 550/.test((await web.get('/settings')).words));
	for (let i = 0; i < 3; i++) assert.equal((await web.submit(await web.get('/settings'), { action: '/settings/test-mail' })).status, 303);
	const slow = await web.submit(await web.get('/settings'), { action: '/settings/test-mail' });
	assert.equal(slow.status, 429);
	assert.match(slow.words, /Wait \d minutes?/);
	assert.ok(Number(slow.headers.get('retry-after')) > 0);
	own.setClock(301);
	assert.equal((await web.submit(await web.get('/settings'), { action: '/settings/test-mail' })).status, 303);
});

test('a test message needs an address and the right to it; without a mail server it waits', async () => {
	const page = await admin.get('/settings');
	assert.match(page.words, /runs without a mail server/);
	assert.equal((await admin.submit(page, { action: '/settings/test-mail' })).status, 303);
	assert.match((await admin.get('/settings')).words, /State Waiting/);
	const maria = await signedIn(muster, 'maria'), { csrf, text } = await maria.get('/settings');
	assert.doesNotMatch(text, /test-mail/);
	assert.equal((await maria.post('/settings/test-mail', { csrf })).status, 403);
	const api = await apiOf(muster, 'owner');
	const me = await (await apiOf(muster, 'admin')).expect(200, 'GET', '/me');
	await api.expect(200, 'PATCH', `/users/${me.id}`, { email: null });
	const refused = await admin.submit(await admin.get('/settings'), { action: '/settings/test-mail' });
	assert.equal(refused.status, 422);
	assert.match(refused.text, /<a href="#test_mail">Your profile has no address/);
	await api.expect(200, 'PATCH', `/users/${me.id}`, { email: 'admin@example.org' });
});
