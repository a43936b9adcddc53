// Tabs on a phone: whichever is chosen, all of them are on the screen, without scripts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPage } from '../lib/browser.mjs';
import { apiOf } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const muster = await startMuster({ demo: true });
const api = await apiOf(muster, 'owner');
const training = (await api.all('/trainings')).find((t) => t.title === 'Negotiation basics').id;
const maria = (await api.all('/users?q=maria')).find((u) => u.login === 'maria').id;

for (const width of [390, 320])
	test(
		`all tabs, the chosen one too, are within ${width} px`,
		withPage(muster, { login: 'owner', viewport: { width, height: 844 }, scripts: false }, async (page) => {
			for (const path of [`/trainings/${training}`, `/trainings/${training}/sessions`, `/trainings/${training}/participants`, `/trainings/${training}/history`,
				`/users/${maria}`, `/users/${maria}/learning`, `/users/${maria}/history`, '/outbox?state=dropped']) {
				await page.goto(path);
				const tabs = page.locator('.tabs a');
				assert.ok((await tabs.count()) >= 3, path);
				for (const tab of await tabs.all()) {
					const box = await tab.boundingBox();
					assert.ok(box.x >= 0 && box.x + box.width <= width && box.height >= 24, `${path}: ${await tab.innerText()} at ${box.x}`);
				}
				assert.equal(await page.locator('.tabs [aria-current="page"]').count(), 1, path);
			}
		}),
	);
