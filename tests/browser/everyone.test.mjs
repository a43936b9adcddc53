// Everybody in an enrollment: for every reader, in every look and direction, and where the focus goes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, assertValidHtml, withPage } from '../lib/browser.mjs';
import { signedIn } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';
import { demoIds, setLanguage } from './steps.mjs';

const muster = await startMuster({ demo: true });
const { users } = await demoIds(muster);

async function draftOf(login) {
	const web = await signedIn(muster, login);
	const { csrf } = await web.get('/enroll');
	const made = await web.post('/enroll', { csrf, id: [users.maria, users.sven, users['grace.kim']] });
	return made.location.replace(/\w+$/, 'everyone');
}

for (const [name, options] of [
	['light', {}],
	['dark', { dark: true }],
	['a phone', { viewport: { width: 320, height: 640 } }],
])
	test(
		`the page in ${name}`,
		withPage(muster, { login: 'owner', ...options }, async (page) => {
			await page.goto(await draftOf('owner'));
			await page.getByRole('heading', { level: 1, name: 'Users in this enrollment' }).waitFor();
			await assertAccessible(page);
			await assertValidHtml(page);
			await assertNoSidewaysScroll(page);
		}),
	);

test(
	'removing swaps the list, says how many are left, and keeps the focus in it',
	withPage(muster, { login: 'owner' }, async (page) => {
		await page.goto(await draftOf('owner'));
		await page.getByRole('button', { name: 'Remove Sven Okafor' }).press('Enter');
		await page.getByRole('button', { name: 'Remove Sven Okafor' }).waitFor({ state: 'detached' });
		await page.getByRole('heading', { level: 2, name: '2 users' }).waitFor();
		assert.ok(await page.evaluate(() => document.activeElement.closest('#list') !== null), 'the focus is in the list');
	}),
);

test(
	'without scripts, from right to left',
	withPage(muster, { scripts: false, login: 'owner' }, async (page) => {
		await setLanguage(muster, 'owner', 'ar-XB');
		await page.goto(await draftOf('owner'));
		assert.equal(await page.getAttribute('html', 'dir'), 'rtl');
		await assertNoSidewaysScroll(page);
		await page.locator('button[name=remove]').first().click();
		await page.waitForURL(/everyone/);
		assert.equal(await page.locator('button[name=remove]').count(), 2);
	}),
);
