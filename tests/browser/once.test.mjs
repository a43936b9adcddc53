// A form is sent once, however often its button is pressed while the answer is on its way.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, withPage } from '../lib/browser.mjs';
import { apiOf } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const muster = await startMuster({ demo: true });
const api = await apiOf(muster, 'owner');
const made = async (title) => (await api.all('/trainings')).filter((t) => t.title === title).length;

async function fill(page, title) {
	await page.goto('/trainings/new');
	await page.getByLabel('Title').first().fill(title);
	return page.getByRole('button', { name: 'Create training' });
}

// With motion the page goes over into the next one, which is when a second click is most likely to find it. What the
// browser complains about is not asked: a test that goes on before the transition has ended has it skipped.
for (const reducedMotion of ['no-preference', 'reduce'])
	test(`two clicks, and Enter twice, make one training; motion: ${reducedMotion}`, async () => {
		const { page, close } = await openPage(muster, { login: 'owner', reducedMotion });
		for (let i = 0; i < 12; i++) {
			const title = `Twice ${reducedMotion} ${i}`;
			const button = await fill(page, title);
			if (i % 3 === 0) await button.dblclick();
			else if (i % 3 === 1) await button.click({ clickCount: 3, delay: 5 });
			else
				await page.evaluate(() => {
					const form = document.querySelector('main form[method=post]');
					for (let n = 0; n < 3; n++) form.requestSubmit();
				});
			await page.waitForURL(/\/trainings\/\d+\/sessions/);
			assert.equal(await made(title), 1, title);
		}
		await close();
	});

test(
	'an answer that is long in coming changes nothing; a page shown anew, or refused, can be sent',
	withPage(muster, { login: 'owner' }, async (page) => {
		let posts = 0;
		const button = await fill(page, 'Slowly');
		// Given up without leaving the page, as the first of two clicks would be.
		await page.route('**/trainings', (route) => {
			posts += route.request().method() === 'POST';
			return route.request().method() === 'POST' ? route.abort('aborted') : route.continue();
		});
		await button.click();
		await button.click();
		await page.getByLabel('Title').first().press('Enter');
		assert.equal(posts, 1);
		await page.unroute('**/trainings');
		await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
		await button.click();
		await page.waitForURL(/\/trainings\/\d+\/sessions/);
		assert.equal(await made('Slowly'), 1);

		// Refused, corrected, sent.
		await page.goto('/trainings/new');
		await page.evaluate(() => (document.querySelector('main form[method=post]').noValidate = true));
		await button.click();
		await page.getByText('There is a problem').first().waitFor();
		await page.getByLabel('Title').first().fill('Corrected');
		await button.dblclick();
		await page.waitForURL(/\/trainings\/\d+\/sessions/);
		assert.equal(await made('Corrected'), 1);
	}),
);

test(
	'what is fetched can be sent again and again',
	withPage(muster, { login: 'owner' }, async (page) => {
		await page.goto('/enroll');
		const words = /^(New enrollment|Enroll users)$/;
		await page.getByRole('button', { name: words }).first().click();
		await page.waitForURL(/\/enroll\/\d+/);
		const box = page.locator('[data-combo]').first();
		for (const [typed, name] of [['omar', 'Omar Haddad'], ['maria', 'Maria Lindqvist'], ['grace', 'Grace Kim']]) {
			await box.fill(typed);
			await page.getByRole('option', { name: new RegExp(name) }).first().waitFor();
			await box.press('ArrowDown');
			await box.press('Enter');
			await page.locator('.chips').getByText(name).first().waitFor();
		}
	}),
);
