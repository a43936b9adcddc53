// The steps of the main job that several tests take, in the words that the pages show. A step works with the mouse and
// with or without scripts; it ends when the page shows what it was for.
import assert from 'node:assert/strict';
import { apiOf, signedIn } from '../lib/http.mjs';
import { eventually } from '../lib/muster.mjs';

// The wall clock of a place at an instant (Unix seconds): { date: '2026-12-03', time: '09:00' }.
export function wallClock(at, zone = 'Europe/Berlin') {
	const parts = Object.fromEntries(
		new Intl.DateTimeFormat('en-GB', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
		})
			.formatToParts(new Date(at * 1000))
			.map((p) => [p.type, p.value]),
	);
	return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

// A full minute, `minutes` from now as the program sees it.
export const minutesAhead = (muster, minutes) => Math.ceil(muster.now() / 60 + minutes) * 60;

// Moves the program's clock just past an instant.
export const passInstant = (muster, at) => muster.setClock(Math.ceil(at - Date.now() / 1000) + 1);

export const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

// What the tests look up by the REST API: ids by name.
export async function demoIds(muster, login = 'owner') {
	const api = await apiOf(muster, login);
	const users = Object.fromEntries((await api.all('/users')).map((u) => [u.login, u.id]));
	const trainings = {};
	const sessions = {};
	for (const { id } of await api.all('/trainings')) {
		const training = await api.expect(200, 'GET', `/trainings/${id}`);
		trainings[training.title] = id;
		for (const s of training.sessions) sessions[`${training.title} / ${s.title}`] = s.id;
	}
	return { api, users, trainings, sessions };
}

// The language of an account, on its own settings page.
export async function setLanguage(muster, login, tag) {
	const web = await signedIn(muster, login);
	const settings = await web.get('/settings');
	const answer = await web.submit(settings, { action: '/settings/own', field: 'locale' }, { locale: tag });
	assert.equal(answer.status, 303, `${login} reads ${tag}: ${answer.words.slice(0, 200)}`);
}

export const toNavigation = (page, name) =>
	page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

// Users -> the user's name -> Enrolled Learning -> Enroll -> Enroll Training, which opens at Trainings.
export async function openWizardFromUser(page, name) {
	await toNavigation(page, 'Users');
	await heading(page, 'Users');
	await page.getByRole('searchbox', { name: 'Search users' }).fill(name);
	await page.getByRole('searchbox', { name: 'Search users' }).press('Enter');
	await page.getByRole('table').getByRole('link', { name, exact: true }).click();
	await heading(page, 'Edit user');
	await page.getByRole('navigation', { name: 'User' }).getByRole('link', { name: 'Enrolled Learning' }).click();
	await page.waitForURL(/\/users\/\d+\/learning$/);
	await page.getByRole('button', { name: 'Enroll', exact: true }).click();
	await page.getByRole('menuitem', { name: 'Enroll Training' }).click();
	await page.waitForURL(/\/enroll\/\d+\/trainings$/);
}

export const steps = (page) => page.getByRole('navigation', { name: 'Enrollment steps' });
export const basket = (page) => page.getByRole('region', { name: 'In this enrollment' });
export const isSelected = (page, name) =>
	basket(page)
		.getByRole('button', { name: `Remove ${name}` })
		.waitFor();

export async function toStage(page, name) {
	await steps(page)
		.getByRole('link', { name: new RegExp(name) })
		.click();
	await page.waitForURL(new RegExp(`/${name.toLowerCase()}$`));
}

// Adds a user by typing; without scripts Enter lists the matches, and each has a button.
export async function addUser(page, typed, name, { scripts = true, key = 'click' } = {}) {
	const field = page.getByRole('combobox', { name: 'Name, login or e-mail' });
	await field.fill(typed);
	if (scripts) {
		const option = page.getByRole('option', { name: new RegExp(name) });
		await option.waitFor();
		if (key === 'Enter') {
			await field.press('ArrowDown');
			await field.press('Enter');
		} else {
			await option.click();
		}
	} else {
		await field.press('Enter');
		await page.getByRole('button', { name: `Add ${name}`, exact: true }).click();
	}
	await isSelected(page, name);
}

// Adds everybody of a department by Advanced Search.
export async function addDepartment(page, name, { nested }) {
	await page.getByRole('button', { name: 'Advanced Search' }).click();
	const departments = page.getByRole('group', { name: 'Departments' });
	await departments.waitFor();
	for (const group of ['Groups', 'Profile fields']) await page.getByRole('group', { name: group }).waitFor();
	const box = departments.getByRole('checkbox', { name: new RegExp(`^${name} \\d`) });
	for (const branch of await departments.locator('summary:visible').all())
		if (!(await box.isVisible())) await branch.click();
	await box.check();
	await departments.getByRole('checkbox', { name: 'And below' }).setChecked(nested);
	await page.getByRole('button', { name: 'Show matches' }).click();
	await page.getByRole('button', { name: /^Add \d+ users?$/ }).click();
	await basket(page)
		.getByRole('button', { name: nested ? `Remove ${name} and below` : `Remove ${name}`, exact: true })
		.waitFor();
}

export async function addTraining(page, title, { scripts = true } = {}) {
	const search = page.getByRole('searchbox', { name: 'Training name' });
	await search.fill(title);
	if (!scripts) await search.press('Enter');
	const found = page.locator('#list').getByRole('listitem').filter({ hasText: title });
	await eventually(async () => (await page.locator('#list').getByRole('listitem').count()) === 1, {
		what: `only ${title}`,
	});
	await found.getByRole('button', { name: 'Add', exact: true }).click();
	await page.getByRole('region', { name: 'Chosen trainings' }).getByText(title, { exact: true }).waitFor();
}

export async function next(page, stage) {
	await page.getByRole('button', { name: 'Next', exact: true }).click();
	await page.waitForURL(new RegExp(`/${stage}$`));
}

// Parameters: the access date (null: now) and a session for each training.
export async function fillParameters(page, at, sessions) {
	if (at !== null) {
		const { date, time } = wallClock(at);
		await page.getByLabel('Access date').fill(date);
		await page.getByLabel('Access time').fill(time);
	}
	for (const [training, session] of Object.entries(sessions))
		await page.getByRole('group', { name: training }).getByRole('radio', { name: session, exact: true }).check();
}

export const enroll = (page) => page.getByRole('button', { name: 'Enroll', exact: true }).click();

// The row of a participant, on Participants or Enrolled Learning.
export const row = (page, name) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });

// What a column says in a row; the column is found by its header.
export async function cell(page, name, column) {
	const headers = await page.getByRole('columnheader').allInnerTexts();
	const at = headers.findIndex((text) => text.trim() === column);
	assert.notEqual(at, -1, `a column ${column} among ${headers.join(', ')}`);
	return (await row(page, name).getByRole('cell').nth(at).innerText()).trim();
}

// A row's action: its menu, then the item.
export async function actOn(page, name, action) {
	await row(page, name)
		.getByRole('button', { name: /^Actions for/ })
		.click();
	await page.getByRole('menuitem', { name: action }).click();
}
