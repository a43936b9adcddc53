// Import of users in the browser: the form, the preview, progress and result; without scripts too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, assertValidHtml, withPage } from '../lib/browser.mjs';
import { startMuster } from '../lib/muster.mjs';

const muster = await startMuster({ demo: true });
const file = (name, ...rows) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n') + '\n') });
const long = 'x'.repeat(90);

async function check(page, ...rows) {
	await page.goto('/users/import');
	await page.getByLabel('File', { exact: true }).setInputFiles(file('people.csv', ...rows));
	await page.getByRole('button', { name: 'Check file' }).click();
}

// axe is a script.
async function sound(page, name, { scripts = true } = {}) {
	if (scripts) await assertAccessible(page);
	await assertNoSidewaysScroll(page);
	await assertValidHtml(page, name);
}

const looks = [
	['wide', { viewport: { width: 1360, height: 900 } }],
	['narrow and dark', { viewport: { width: 320, height: 640 }, dark: true }],
	['without scripts', { scripts: false }],
];
for (const [i, [name, look]] of looks.entries())
	test(
		`from the file to the result, ${name}`,
		withPage(muster, { login: 'admin', ...look }, async (page) => {
			await page.goto('/users');
			await page.getByRole('link', { name: 'Import', exact: true }).click();
			await sound(page, 'form', look);
			await check(page, 'login,department,shoe', 'a,Company,44');
			await page.getByText('There is no such column').waitFor();
			await sound(page, 'refused', look);
			await check(
				page,
				'login,first_name,department',
				`sven,Sven ${i},Company / Sales / Sales EMEA`,
				`${long}${i},${long},Company / Support`,
				`bad one,${long},Company / Moon`,
			);
			await page.getByRole('heading', { name: 'Check the import' }).waitFor();
			await sound(page, 'errors', look);
			await page.getByRole('link', { name: /^Changed/ }).click();
			await page.getByRole('cell', { name: 'First name Sven' }).waitFor();
			await sound(page, 'changed', look);
			await page.getByRole('link', { name: /^New/ }).click();
			await sound(page, 'new', look);
			await page.getByRole('button', { name: 'Import 2 users, leave out errors' }).click();
			for (let tries = 0; tries < 100; tries++) {
				if (await page.getByRole('heading', { name: 'Users imported' }).count()) break;
				await page.goto(page.url());
			}
			assert.match(await page.locator('main').innerText(), /1 user added, 1 changed/);
			await sound(page, 'result', look);
		}),
	);

for (const locale of ['en-XA', 'ar-XB'])
	test(
		`in ${locale}`,
		withPage(muster, { login: 'owner', locale, viewport: { width: 390, height: 844 } }, async (page) => {
			await page.goto('/users/import');
			await sound(page, 'form');
			await page.locator('#file').setInputFiles(file('p.csv', 'login,department', 'sven,Company', 'y,Nowhere'));
			await page.locator('form[enctype] button[type=submit]').click();
			await page.waitForURL(/\/imports\//);
			await sound(page, 'preview');
		}),
	);

test(
	'the number of a row takes little of a table of faults, and the reason has room',
	withPage(muster, { login: 'admin', viewport: { width: 1360, height: 900 } }, async (page) => {
		await check(page, 'login,department', 'bad one,Company / Moon', `good,${long}`);
		const heads = await page.locator('table.import thead th').evaluateAll((all) => all.map((h) => h.getBoundingClientRect().width));
		assert.equal(heads.length, 4);
		assert.ok(heads[0] < 90, `Row: ${heads}`);
		assert.ok(heads[3] > 400, `Reason: ${heads}`);
	}),
);
