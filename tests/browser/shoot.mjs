// Pictures of the key pages, with demo data, light and dark, wide and narrow: to be looked at.
// usage: node tests/browser/shoot.mjs FOLDER [NAME]     NAME: only pages whose name contains it
//        node tests/browser/shoot.mjs --docs            the pictures of the documentation: docs/screenshots
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, signIn } from '../lib/browser.mjs';
import { signedIn } from '../lib/http.mjs';
import { wallClock } from './steps.mjs';
import { organizationWithTraces } from './traces.mjs';

const docs = process.argv[2] === '--docs';
const [folder = 'var/pictures', only = ''] = docs ? ['docs/screenshots'] : process.argv.slice(2);
const in_docs = ['check', 'participants', 'portal', 'calendar-week', 'reports', 'role', 'home'];
mkdirSync(folder, { recursive: true });

const traces = await organizationWithTraces();
const { muster, ids, token, link, own } = traces;
const { users, trainings, sessions } = ids;
const negotiation = `/trainings/${trainings['Negotiation basics']}`;
const month = wallClock(muster.now() + 20 * 86400).date.slice(0, 7);
const participants = await ids.api.all(`${negotiation}/participants`);
const aiko = participants.find((e) => e.user === users['aiko.tanaka']).id;
const choosing = (await ids.api.all(`/users/${users.maria}/enrollments`)).find((e) => e.session === null).id;
const later = await ids.api.expect(201, 'POST', '/enrollments', {
	audience: { logins: ['oskar.lund', 'wei.zhang', 'aiko.tanaka'] },
	trainings: [
		{ training: trainings['Negotiation basics'], session: sessions['Negotiation basics / Two-day course'] },
	],
	access_at: new Date((muster.now() + 86400) * 1000).toISOString(),
});
const role = (await ids.api.all('/roles')).find((r) => r.name === 'Regional coordinator').id;
// A draft that nothing is in yet.
const owner = await signedIn(muster, 'owner');
const fresh = (await owner.post('/enroll', { csrf: (await owner.get('/users')).csrf })).location;

// name, who looks (null: nobody signed in), address, what to do before the picture
const pages = [
	['login', null, '/login'],
	['password-forgot', null, '/forgot'],
	['password-forgot-sent', null, '/forgot?sent=1'],
	['password-set', null, `/password/${link}`],
	['password-gone', null, '/password/nosuchtoken'],
	['home', 'owner', '/'],
	['users', 'owner', '/users'],
	['find', 'owner', '/find?q=ne'],
	[
		'find-dialog',
		'owner',
		'/users',
		async (page) => {
			await page.keyboard.press('Control+k');
			await page.getByRole('dialog').getByRole('combobox').fill('ma');
			await page.getByRole('option').filter({ hasText: 'Maria' }).first().waitFor();
		},
	],
	[
		'users-ticked',
		'owner',
		'/users',
		async (page) => {
			for (const box of await page
				.getByRole('checkbox', { name: /^Select / })
				.all()
				.then((all) => all.slice(1, 4)))
				await box.check();
		},
	],
	['users-empty', 'owner', '/users?q=nobody-is-called-that'],
	['user', 'owner', `/users/${users.maria}`],
	['user-new', 'owner', '/users/new'],
	[
		'user-supervisor',
		'owner',
		`/users/${users.maria}`,
		async (page) => {
			await page.getByRole('combobox', { name: /^Supervisor/ }).fill('ma');
			await page.getByRole('option', { name: /Maria/ }).first().waitFor();
		},
	],
	['user-password', 'owner', `/users/${users.maria}#password-link-title`],
	['learning', 'owner', `/users/${users.maria}/learning`],
	[
		'learning-menu',
		'owner',
		`/users/${users.maria}/learning`,
		(page) => page.getByRole('button', { name: 'Enroll', exact: true }).click(),
	],
	['user-roles', 'owner', `/users/${users['grace.kim']}`],
	['access', 'owner', `/users/${users['grace.kim']}/access`],
	['access-owner', 'owner', `/users/${users.owner}/access`],
	['roles', 'owner', '/roles'],
	['role', 'owner', `/roles/${role}`],
	['role-new', 'owner', '/roles/new'],
	['role-built-in', 'owner', '/roles/3'],
	['departments', 'owner', '/departments'],
	['groups', 'owner', '/groups'],
	['group', 'owner', '/groups/1'],
	['enroll', 'owner', '/enroll'],
	['wizard-users-empty', 'owner', fresh],
	['wizard-users', 'owner', `/enroll/${own.owner.draft}/users`],
	[
		'wizard-users-suggest',
		'owner',
		`/enroll/${own.owner.draft}/users`,
		async (page) => {
			await page.getByRole('combobox').first().fill('ma');
			await page.getByRole('option').first().waitFor();
		},
	],
	['wizard-users-search', 'owner', `/enroll/${own.owner.draft}/users?advanced=1&find=1&department=2&nested=1`],
	['wizard-trainings', 'owner', `/enroll/${own.owner.draft}/trainings`],
	['wizard-parameters', 'owner', `/enroll/${own.owner.draft}/parameters`],
	['check', 'owner', `/enroll/${own.owner.draft}/check`],
	[
		'check-seats',
		'owner',
		`/enroll/${own.owner.draft}/check`,
		async (page) => {
			for (const fold of await page.locator('.people summary').all()) await fold.click();
		},
	],
	[
		'seats',
		'owner',
		`/enroll/${own.owner.draft}/seats?session=${sessions['Fire safety / Head office']}`,
	],
	['batch', 'owner', `/batches/${later.batch}`],
	['trainings', 'owner', '/trainings'],
	['training', 'owner', negotiation],
	['training-edit', 'owner', `${negotiation}/edit`],
	['training-copy', 'owner', `${negotiation}/copy`],
	[
		'training-copy-dates',
		'owner',
		`${negotiation}/copy`,
		async (page) => {
			await page.getByLabel('First day', { exact: true }).fill('2027-03-01');
			await page.getByRole('button', { name: 'Show the dates' }).last().click();
			await page.getByRole('heading', { name: 'The new dates' }).waitFor();
		},
	],
	['training-sessions', 'owner', `${negotiation}/sessions`],
	['training-history', 'owner', `${negotiation}/history`],
	['participants', 'owner', `${negotiation}/participants`],
	[
		'participants-ticked',
		'owner',
		`${negotiation}/participants`,
		async (page) => {
			for (const box of await page
				.getByRole('checkbox', { name: /^Select / })
				.all()
				.then((all) => all.slice(1, 4)))
				await box.check();
		},
	],
	[
		'participants-menu',
		'owner',
		`${negotiation}/participants`,
		(page) => page.getByRole('button', { name: 'Actions for Aiko Tanaka' }).click(),
	],
	['participants-results', 'owner', `/trainings/${trainings['Giving feedback']}/participants`],
	['session', 'owner', `/sessions/${sessions['Negotiation basics / Two-day course']}`],
	['session-sheet', 'owner', `/sessions/${sessions['Negotiation basics / Two-day course']}/sheet`],
	['enrollment-edit', 'owner', `/enrollments/${aiko}/edit`],
	['enrollment-cancel', 'owner', `/enrollments/${aiko}/cancel`],
	['enrollment-result', 'owner', `/enrollments/${aiko}/result`],
	['calendar', 'owner', `/calendar?month=${month}`],
	['calendar-week', 'owner', `/calendar?view=week&day=${month}-15`],
	['calendar-agenda', 'owner', `/calendar?view=agenda&month=${month}`],
	['calendar-feed', 'owner', '/calendar/feed'],
	['calendar-new', 'owner', '/calendar/new'],
	['session-move', 'owner', `/sessions/${sessions['Negotiation basics / Two-day course']}/move`],
	[
		'session-change',
		'owner',
		`/sessions/${sessions['Negotiation basics / Two-day course']}`,
		async (page) => {
			await page.getByLabel('Place').first().fill('Room 9');
			await page.getByRole('button', { name: 'Save', exact: true }).last().click();
			await page.getByRole('button', { name: 'Save and tell them' }).last().waitFor();
		},
	],
	['reports', 'owner', '/reports'],
	['outbox', 'owner', '/outbox'],
	['replies', 'owner', '/outbox/replies'],
	['audit', 'owner', '/audit'],
	['settings', 'owner', '/settings'],
	['notifications-manager', 'owner', '/notifications'],
	['portal', 'maria', '/'],
	['my-trainings', 'maria', '/me/trainings'],
	['choose', 'maria', `/me/trainings/${choosing}/choose`],
	['notifications', 'maria', '/notifications'],
	['my-calendar', 'maria', `/calendar?month=${month}`],
	['my-settings', 'maria', '/settings'],
	['my-access', 'maria', `/users/${users.maria}/access`],
	['forbidden', 'maria', '/users'],
	['rsvp', null, `/rsvp/${token}?a=accept`],
	['not-found', 'owner', '/no-such-page'],
];
const looks = [
	['light', { colorScheme: 'light', viewport: { width: 1360, height: 860 } }],
	['dark', { colorScheme: 'dark', viewport: { width: 1360, height: 860 } }],
	[
		'mobile',
		{
			colorScheme: 'light',
			viewport: { width: 390, height: 844 },
			hasTouch: true,
			isMobile: true,
			deviceScaleFactor: 2,
		},
	],
	[
		'mobile-dark',
		{
			colorScheme: 'dark',
			viewport: { width: 390, height: 844 },
			hasTouch: true,
			isMobile: true,
			deviceScaleFactor: 2,
		},
	],
];

const browser = await launch();
for (const [look, options] of docs ? looks.slice(0, 1) : looks)
	for (const login of [null, 'owner', 'maria']) {
		const fits = (name) => (docs ? in_docs.includes(name) : name.includes(only));
		const wanted = pages.filter(([name, who]) => who === login && fits(name));
		if (!wanted.length) continue;
		const context = await browser.newContext({
			baseURL: muster.url,
			locale: 'en-US',
			timezoneId: 'Europe/Berlin',
			reducedMotion: 'reduce',
			...options,
		});
		const page = await context.newPage();
		if (login) await signIn(page, login);
		for (const [name, , path, before] of wanted) {
			await page.goto(path);
			await before?.(page);
			await page.evaluate(() => document.fonts.ready);
			await page.screenshot({ path: join(folder, `${docs ? name : `${name}-${look}`}.png`), fullPage: !docs });
		}
		await context.close();
	}
console.log(`${pages.length} pages in ${folder}`);
await browser.close();
await muster.stop();
await traces.relay.stop();
process.exit(0); // the hooks of tests/lib wait for a test runner that is not here
