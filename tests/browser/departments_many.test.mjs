// Where there are too many departments for a list, a box suggests them, as it does users: by mouse, by keyboard, and without scripts.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, assertValidHtml, withPage } from '../lib/browser.mjs';
import { apiOf } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const muster = await startMuster({ demo: true });
const phone = { width: 390, height: 844 };
const long = 'Maintenance of buildings, grounds and everything that stands on them';
let plant, user;

before(async () => {
	const api = await apiOf(muster, 'owner');
	const top = (await api.all('/departments')).find((d) => d.parent === null);
	for (let i = 1; i <= 200; i++) plant = await api.expect(201, 'POST', '/departments', { name: `Plant ${i}`, parent: top.id });
	const inside = await api.expect(201, 'POST', '/departments', { name: long, parent: plant.id });
	user = await api.expect(201, 'POST', '/users', { login: 'keeper', first_name: 'Kim', last_name: 'Keeper', department: inside.id });
});

const filter = (page) => page.getByRole('combobox', { name: 'Department, with everything below' });
const only = async (page, name) => {
	await page.getByRole('link', { name: 'Adrian Novák' }).waitFor({ state: 'detached' });
	assert.deepEqual(await page.locator('#list td .who a, #list th .who a').allTextContents(), [name]);
};

test(
	'the list of users follows a choice, by keyboard, and half a name changes nothing',
	withPage(muster, { login: 'owner' }, async (page) => {
		await page.goto('/users');
		await filter(page).pressSequentially('plant 200');
		await page.getByRole('option', { name: /^Plant 200/ }).waitFor();
		assert.equal(new URL(page.url()).search, '', 'nothing is chosen yet');
		await assertAccessible(page);
		await page.keyboard.press('Enter');
		assert.equal(await filter(page).inputValue(), 'Company / Plant 200');
		await only(page, 'Kim Keeper');
		assert.equal(new URL(page.url()).searchParams.get('department'), 'Company / Plant 200');
		await filter(page).fill('');
		await page.getByRole('link', { name: 'Adrian Novák' }).waitFor();
	}),
);

test(
	'a user is moved by mouse, and the box says what is wrong',
	withPage(muster, { login: 'owner', dark: true }, async (page) => {
		await page.goto(`/users/${user.id}`);
		const box = page.getByRole('combobox', { name: 'Department', exact: true });
		assert.equal(await box.inputValue(), `Company / Plant 200 / ${long}`);
		await box.fill('nowhere');
		await page.getByRole('option', { name: 'No match' }).waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('link', { name: /Choose one of your departments/ }).waitFor();
		assert.equal(await box.inputValue(), 'nowhere');
		assert.equal(await box.getAttribute('aria-invalid'), 'true');
		await assertAccessible(page);
		await box.fill('Plant 199');
		await page.getByRole('option', { name: /^Plant 199/ }).click();
		assert.equal(await box.inputValue(), 'Company / Plant 199');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByText('Saved.').waitFor();
		assert.equal(await box.inputValue(), 'Company / Plant 199');
	}),
);

test(
	'without scripts a path is typed and the tree is walked by links',
	withPage(muster, { login: 'owner', scripts: false, viewport: phone }, async (page) => {
		await page.goto('/users');
		await filter(page).fill('Plant 199');
		await page.keyboard.press('Enter');
		await page.getByRole('link', { name: 'Kim Keeper' }).waitFor();
		assert.equal(new URL(page.url()).searchParams.get('department'), 'Plant 199');
		assert.equal(await filter(page).inputValue(), 'Company / Plant 199');
		await page.goto('/departments');
		await page.getByRole('link', { name: '1 department below Plant 200' }).click();
		await page.getByRole('link', { name: long, exact: true }).waitFor();
		await assertNoSidewaysScroll(page);
	}),
);

for (const [name, look] of [
	['wide', {}],
	['on a phone, dark', { viewport: phone, dark: true }],
])
	test(
		`each page with such a box is accessible, valid and fits, ${name}`,
		withPage(muster, { login: 'owner', ...look }, async (page) => {
			await page.goto('/enroll');
			await page.getByRole('button', { name: 'New enrollment' }).or(page.getByRole('button', { name: 'Enroll users' })).first().click();
			const wizard = new URL(page.url()).pathname;
			for (const path of ['/users', `/users/${user.id}`, '/users/new', '/departments', `/departments?in=${plant.id}`, `/departments/${plant.id}`, '/reports', '/reports/participants', `${wizard}?advanced=1`]) {
				await page.goto(path);
				await assertValidHtml(page, path);
				await assertAccessible(page);
				await assertNoSidewaysScroll(page);
			}
		}),
	);

test(
	'a supervisor is found by name, with the keyboard alone',
	withPage(muster, { login: 'owner' }, async (page) => {
		await page.goto(`/users/${user.id}`);
		const box = page.getByRole('combobox', { name: /^Supervisor/ });
		await box.pressSequentially('lindq');
		await page.getByRole('option', { name: /^Maria Lindqvist/ }).waitFor();
		await assertAccessible(page);
		await page.keyboard.press('Enter');
		assert.equal(await box.inputValue(), 'maria');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await page.getByRole('status').filter({ hasText: /saved/i }).waitFor();
		assert.equal(await page.getByRole('combobox', { name: /^Supervisor/ }).inputValue(), 'maria');
	}),
);
