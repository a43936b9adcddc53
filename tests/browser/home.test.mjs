// Search or jump by keyboard; Home, Notifications, History, Audit and Settings as everybody can use them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, assertValidHtml, withPage } from '../lib/browser.mjs';
import { signedIn } from '../lib/http.mjs';
import { organizationWithTraces } from './traces.mjs';

const traces = await organizationWithTraces();
const { muster, ids } = traces;
const admin = (body, options = {}) => withPage(muster, { login: 'admin', ...options }, body);
const options = (page) => page.getByRole('dialog').getByRole('option');
const input = (page) => page.getByRole('dialog').getByRole('combobox', { name: 'User, training, session or page' });
const dialog_open = (page) => page.evaluate(() => document.getElementById('find').open);

test('Ctrl K, a few letters, Enter: the user’s page', admin(async (page) => {
	await page.goto('/trainings');
	await page.keyboard.press('Control+k');
	await page.getByRole('dialog', { name: 'Search or jump' }).waitFor();
	await options(page).filter({ hasText: 'Notifications' }).waitFor();
	await page.keyboard.type('lindq');
	await options(page).filter({ hasText: 'Maria Lindqvist' }).waitFor();
	await page.getByRole('group', { name: 'Users' }).waitFor();
	assert.equal(await page.getByRole('dialog').getByRole('status').textContent(), '1 suggestion');
	await page.keyboard.press('Enter');
	await page.waitForURL(`**/users/${ids.users.maria}`);
}));

test('arrows choose among groups, and what is chosen is said', admin(async (page) => {
	await page.goto('/');
	await page.keyboard.press('Meta+k');
	await input(page).waitFor();
	await page.keyboard.type('negotiation');
	await page.getByRole('group', { name: 'Sessions' }).waitFor();
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowDown');
	const active = await input(page).getAttribute('aria-activedescendant');
	assert.match(await page.locator(`#${active}`).getAttribute('data-href'), /^\/sessions\/\d+$/);
	assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
	assert.match(await page.getByRole('dialog').getByRole('status').textContent(), /^\d+ suggestions$/);
	await page.keyboard.press('Enter');
	await page.waitForURL(/\/sessions\/\d+$/);
}));

test('Escape closes it, and the focus is where it was', admin(async (page) => {
	await page.goto('/users');
	const box = page.getByRole('searchbox', { name: 'Search users' });
	await box.focus();
	await page.keyboard.press('Control+k');
	await input(page).waitFor();
	await options(page).first().waitFor();
	await page.keyboard.press('Escape');
	assert.equal(await dialog_open(page), false);
	assert.ok(await box.evaluate((e) => e === document.activeElement));
	const opener = page.getByRole('link', { name: /Search or jump to/ });
	await opener.click();
	await input(page).waitFor();
	await page.getByRole('button', { name: 'Close the search' }).click();
	assert.equal(await dialog_open(page), false);
	assert.ok(await opener.evaluate((e) => e === document.activeElement));
	await opener.click();
	await input(page).waitFor();
	await page.mouse.click(5, 5);
	assert.equal(await dialog_open(page), false, 'a click beside it closes it');
}));

test('nothing found is said, and Tab stays inside', admin(async (page) => {
	await page.goto('/');
	await page.keyboard.press('Control+k');
	await page.keyboard.type('zzzzz');
	await options(page).filter({ hasText: 'Nothing matches' }).waitFor();
	assert.equal(await page.getByRole('dialog').getByRole('status').textContent(), 'No match');
	for (let i = 0; i < 4; i++) {
		await page.keyboard.press('Tab');
		assert.ok(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest('dialog')));
	}
}));

for (const dark of [false, true])
	test(`the dialog is accessible, ${dark ? 'dark' : 'light'}`, admin(async (page) => {
		await page.goto('/');
		await page.keyboard.press('Control+k');
		await page.keyboard.type('ma');
		await options(page).filter({ hasText: 'Maria Lindqvist' }).waitFor();
		await assertAccessible(page, { only: '#find' });
	}, { dark }));

test('without scripts the box leads to a page that finds the same', admin(async (page) => {
	await page.goto('/');
	await page.getByRole('link', { name: /Search or jump to/ }).click();
	await page.waitForURL('**/find');
	const box = page.getByRole('main').getByRole('searchbox', { name: 'User, training, session or page' });
	await box.fill('maria lindqvist');
	await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
	await page.getByRole('main').getByRole('link', { name: 'Maria Lindqvist' }).click();
	await page.waitForURL(`**/users/${ids.users.maria}`);
}, { scripts: false }));

test('on a phone the dialog and the box fit', admin(async (page) => {
	await page.goto('/');
	await assertNoSidewaysScroll(page);
	await page.getByRole('link', { name: /Search or jump to/ }).click();
	await page.keyboard.type('anne-marie');
	await options(page).filter({ hasText: 'Leutheusser' }).waitFor();
	await assertNoSidewaysScroll(page);
	const box = await page.getByRole('dialog').boundingBox();
	assert.ok(box.x >= 0 && box.x + box.width <= 320);
}, { viewport: { width: 320, height: 640 } }));

const pages = ['/', '/?view=learning', '/find?q=ma', '/notifications', '/notifications?show=unread', `/users/${ids.users.maria}/history`, '/audit', '/settings'];
const who = (path) => (/notifications|learning/.test(path) ? ['admin', 'maria'] : ['admin']);
for (const path of pages)
	for (const login of who(path)) {
		for (const dark of [false, true])
			test(`${path} of ${login} is accessible and valid, ${dark ? 'dark' : 'light'}`, withPage(muster, { login, dark }, async (page) => {
				await page.goto(path);
				await assertAccessible(page);
				if (!dark) await assertValidHtml(page);
			}));
		test(`${path} of ${login} fits 320 pixels`, withPage(muster, { login, viewport: { width: 320, height: 640 } }, async (page) => {
			await page.goto(path);
			await assertNoSidewaysScroll(page);
		}));
	}

for (const locale of ['en-XA', 'ar-XB'])
	test(`long words and right to left fit: ${locale}`, admin(async (page) => {
		const web = await signedIn(muster, 'admin');
		const set = async (tag) => web.submit(await web.get('/settings'), { action: '/settings/own' }, { locale: tag });
		await web.post('/settings/own', { csrf: (await web.get('/settings')).csrf, time_zone: '', locale, theme: 'system' });
		try {
			for (const path of pages) {
				for (const viewport of [{ width: 1280, height: 800 }, { width: 320, height: 640 }]) {
					await page.setViewportSize(viewport);
					await page.goto(path);
					await assertNoSidewaysScroll(page);
				}
				await assertAccessible(page, { rules: ['color-contrast', 'aria-required-children', 'target-size', 'label'] });
			}
			await page.keyboard.press('Control+k');
			await page.getByRole('dialog').getByRole('option').first().waitFor();
			await assertAccessible(page, { only: '#find' });
		} finally {
			await set('');
		}
	}));

test('a form sent after the night is sent again after signing in', withPage(muster, { login: 'admin' }, async (page) => {
	await page.goto('/trainings/new');
	await page.getByLabel('Title').fill('Typed before the night');
	const before = muster.clock;
	muster.setClock(before + 13 * 3600);
	await page.getByRole('main').locator('form button[type="submit"]').first().click();
	await page.getByLabel('Login or e-mail').fill('admin');
	await page.getByText('What you typed is kept').waitFor();
	await page.getByLabel('Password').fill('demo-password');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('heading', { name: 'Send what you typed' }).waitFor();
	await assertAccessible(page);
	await page.getByRole('button', { name: 'Send it now' }).click();
	await page.waitForURL(/\/trainings\/\d+\/sessions/);
	await page.getByRole('heading', { name: 'Typed before the night' }).waitFor();
}));
