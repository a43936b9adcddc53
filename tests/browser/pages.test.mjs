// Every page, found in the program's own table of routes, as the owner, as an administrator of some departments and
// as a participant: accessible in light and dark, valid HTML, nothing for the browser to complain about, no sideways
// scrolling on a small screen, one heading, all words translated, whole from right to left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	assertAccessible,
	assertNoSidewaysScroll,
	assertValidHtml,
	openPage,
	screenshot,
	withPage,
} from '../lib/browser.mjs';
import { setLanguage } from './steps.mjs';
import { addresses, dataOf, organizationWithTraces } from './traces.mjs';

const traces = await organizationWithTraces();
const { muster } = traces;
const data = await dataOf(traces);
const wide = { width: 1280, height: 800 };
// What changes with the theme. Everything else is the same document.
const of_color = ['color-contrast', 'link-in-text-block'];

async function assertWhole(page, path) {
	assert.match(await page.title(), /\S/, `${path} has a title`);
	const headings = (await page.getByRole('heading', { level: 1 }).allInnerTexts()).map((h) => h.trim());
	assert.equal(headings.length, 1, `${path} has one heading of level 1: ${headings.join(' | ')}`);
	assert.notEqual(headings[0], '', `${path} has a heading with words`);
}

async function check(page, response, path) {
	await assertWhole(page, path);
	await assertValidHtml(await response.text(), path);
	await assertAccessible(page);
	await page.emulateMedia({ colorScheme: 'dark' });
	await assertAccessible(page, { rules: of_color });
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize({ width: 320, height: 640 });
	await assertNoSidewaysScroll(page);
	await page.setViewportSize(wide);
}

// What is not there on purpose, or is not the owner's own.
const missing =
	/^\/(no-such-page|resume\/\{name\}|rsvp\/1\.nosuchtoken|password\/nosuchtoken|me\/trainings\/\{id\}\/choose|enrollments\/(edit|cancel|result))$/;

// Runs a test for each page of a role on one browser page; a second 403 or 404 of the same kind is skipped over.
async function visitAll(t, login, options, body, wanted = () => true) {
	const opened = await openPage(muster, { login, viewport: wide, ...options });
	const seen = new Set();
	for (const { route, path } of (await addresses(traces, login)).filter(wanted)) {
		await t.test(`${login ?? 'visitor'} ${route}`, async () => {
			opened.complaints.length = 0;
			const response = await opened.page.goto(path);
			const status = response.status();
			assert.ok([200, 403, 404].includes(status), `${path} answers ${status}`);
			if (login === 'owner' && !missing.test(route)) assert.equal(status, 200, `the owner sees ${path}`);
			if (status !== 200 && seen.has(status)) return;
			seen.add(status);
			try {
				await body(opened.page, response, path);
				assert.deepEqual(opened.complaints, [], 'the browser complains about nothing');
			} catch (error) {
				await screenshot(opened.page, `var/test-failures/pages-${login}-${route.replace(/\W+/g, '-')}`).catch(
					() => {},
				);
				throw error;
			}
		});
	}
	await opened.close();
}

for (const login of ['owner', 'dept.admin', 'maria'])
	test(`every page as ${login}`, (t) => visitAll(t, login, {}, check));

// ---- what opens

const openings = [
	['the menu of the account', '/', (page) => page.getByRole('button', { name: /^Your account/ }).click()],
	[
		'the menu of Enroll',
		'/users/{maria}/learning',
		(page) => page.getByRole('button', { name: 'Enroll', exact: true }).click(),
	],
	[
		'the menu of a row',
		'/trainings/{negotiation}/participants',
		(page) =>
			page
				.getByRole('button', { name: /^Actions for/ })
				.first()
				.click(),
	],
	[
		'the bar of ticked rows',
		'/users',
		(page) => page.getByRole('checkbox', { name: 'Select Maria Lindqvist' }).check(),
	],
	[
		'suggestions',
		'/enroll/{draft}/users',
		async (page) => {
			await page.getByRole('combobox').fill('ma');
			await page.getByRole('option').first().waitFor();
			await page.keyboard.press('ArrowDown');
		},
	],
];

const addressOf = (path) =>
	path
		.replace('{maria}', traces.ids.users.maria)
		.replace('{negotiation}', traces.ids.trainings['Negotiation basics'])
		.replace('{draft}', traces.own.owner.draft);

for (const [what, path, act] of openings)
	test(
		`accessible when open: ${what}`,
		withPage(muster, { login: 'owner', viewport: wide }, async (page) => {
			await page.goto(addressOf(path));
			await act(page);
			await assertAccessible(page);
			await page.emulateMedia({ colorScheme: 'dark' });
			await assertAccessible(page, { rules: of_color });
			await page.setViewportSize({ width: 320, height: 640 });
			await assertNoSidewaysScroll(page);
		}),
	);

// ---- forms that come back

const refused = [
	['owner', '/users/new', 'form[action="/users"]', { login: 'two words', email: 'no address', first_name: 'Kept' }],
	[
		'owner',
		'/users/{maria}',
		'form[action^="/users/"]:has([name=login])',
		{ login: '', email: 'no address', first_name: 'Kept' },
	],
	['owner', '/trainings/new', 'form[action="/trainings"]', { title: '' }],
	['owner', '/trainings/{negotiation}/sessions/new', 'form[action$="/sessions"]', { title: '' }],
	['owner', '/departments', 'form[action="/departments"][method="post"]', { name: '' }],
	['owner', '/groups', 'form[action="/groups"][method="post"]', { name: '' }],
	['owner', '/settings', 'form[action="/settings/own"]', { time_zone: 'Nowhere/Else' }],
	['owner', '/enroll/{draft}/parameters', '#parameters', { access_date: '2001-02-03', access_time: '' }],
	[null, '/login', 'form[action="/login"]', { login: 'maria', password: 'wrong' }],
	[null, '/forgot', 'form[action="/forgot"]', { login: ' ' }],
];

for (const [login, path, form, values] of refused)
	test(`what is refused comes back whole: ${path}`, async () => {
		const opened = await openPage(muster, { login, viewport: wide });
		const { page } = opened;
		await page.goto(addressOf(path));
		// As a browser without scripts would send it, and without the browser's own checks.
		const [response] = await Promise.all([
			page.waitForNavigation(),
			page
				.locator(`main ${form}`)
				.first()
				.evaluate((f, typed) => {
					for (const [name, value] of Object.entries(typed)) {
						const field = f.elements.namedItem(name);
						if (field.tagName === 'SELECT') field.add(new Option(value, value, true, true));
						field.value = value;
					}
					if (f.id === 'parameters')
						f.append(
							Object.assign(document.createElement('input'), {
								type: 'hidden',
								name: 'go',
								value: 'check',
							}),
						);
					HTMLFormElement.prototype.submit.call(f);
				}, values),
		]);
		assert.equal(response.status(), 422, page.url());
		await check(page, response, path);
		const summary = page.locator('#errors');
		await summary.waitFor();
		for (const href of await summary
			.getByRole('link')
			.evaluateAll((links) => links.map((a) => a.getAttribute('href'))))
			assert.equal(await page.locator(href).count(), 1, `${href} is a field of ${path}`);
		for (const [name, value] of Object.entries(values))
			if (value && name !== 'password' && name !== 'time_zone')
				assert.equal(
					await page.locator(`main [name="${name}"]`).first().inputValue(),
					value,
					`${name} is kept`,
				);
		assert.deepEqual(opened.complaints, []);
		await opened.close();
	});

// ---- languages

// Words that did not go through a locale file. In en-XA a sentence stands between brackets and has no plain letter;
// what is left must be data.
function plainWords(data) {
	const found = [];
	const is_data = 'bdi, time, code, textarea, script, style, noscript, [translate="no"]';
	const is_zone = /^[A-Z]\w+(\/[\w+-]+)+$/;
	const look = (text, where) => {
		if (is_zone.test(text.trim())) return;
		let rest = text;
		for (const word of data) rest = rest.split(word).join(' ');
		const words = rest.match(/[A-Za-z]{3,}/g);
		if (words) found.push(`${where}: ${text.trim().replace(/\s+/g, ' ').slice(0, 120)}  (${words.join(' ')})`);
	};
	const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const parent = node.parentElement;
		if (parent && !parent.closest(is_data))
			look(
				node.data,
				parent.closest('[id]')?.id ? `#${parent.closest('[id]').id} ${parent.localName}` : parent.localName,
			);
	}
	for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
		if (!element.closest('[translate="no"]'))
			for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
				look(element.getAttribute(name) ?? '', `${element.localName}[${name}]`);
	return [...new Set(found)];
}

// The pages of links speak to whom they are for, whoever is signed in.
const own_language =
	(login) =>
	({ route }) =>
		login === 'maria' || !/^\/(rsvp|password)\//.test(route);

for (const login of ['owner', 'dept.admin', 'maria']) {
	test(`every word is translated for ${login}`, async (t) => {
		await setLanguage(muster, login, 'en-XA');
		await visitAll(
			t,
			login,
			{},
			async (page, response, path) => {
				assert.equal(await page.locator('html').getAttribute('lang'), 'en-XA');
				assert.deepEqual(await page.evaluate(plainWords, data), [], path);
				await page.setViewportSize({ width: 390, height: 800 });
				await assertNoSidewaysScroll(page);
				await page.setViewportSize(wide);
			},
			own_language(login),
		);
	});

	test(`from right to left for ${login}`, async (t) => {
		await setLanguage(muster, login, 'ar-XB');
		await visitAll(
			t,
			login,
			{ viewport: { width: 390, height: 800 } },
			async (page, response, path) => {
				assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
				await assertWhole(page, path);
				await assertNoSidewaysScroll(page);
			},
			own_language(login),
		);
	});
}
