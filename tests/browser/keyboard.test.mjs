// The main job by keyboard alone: Tab, Enter, Space and the arrows. The focus is always somewhere, always to be seen,
// and never hidden under what sticks to the window.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPage } from '../lib/browser.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { basket, demoIds, heading, minutesAhead, passInstant, wallClock } from './steps.mjs';

const muster = await startMuster({ demo: true });
const { api, users, trainings } = await demoIds(muster);
const most_tabs = 140;

// What has the focus: its accessible words, and whether one sees that it has it.
const focused = (page) =>
	page.evaluate(() => {
		const e = document.activeElement;
		const words = (id) => document.getElementById(id)?.textContent ?? '';
		const label =
			e.getAttribute('aria-labelledby')?.split(' ').map(words).join(' ') ||
			e.getAttribute('aria-label') ||
			[...(e.labels ?? [])].map((l) => l.textContent).join(' ') ||
			e.textContent;
		// A checkbox or radio may show it on its label.
		const shows = (x) => {
			const s = getComputedStyle(x);
			return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1.5) || s.boxShadow !== 'none';
		};
		const box = e.getBoundingClientRect();
		const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
		return {
			body: e === document.body || e === document.documentElement,
			tag: e.localName,
			role:
				e.getAttribute('role') ??
				(e.type === 'checkbox' || e.type === 'radio' || e.type === 'submit' ? e.type : e.localName),
			name: label.trim().replace(/\s+/g, ' '),
			// Inside a date or time field the browser itself shows which part is meant.
			visible:
				e.matches('[type="date"], [type="time"]') ||
				[e, e.closest('label'), e.parentElement].filter(Boolean).some(shows),
			covered:
				box.height > 0 &&
				box.height < innerHeight &&
				!(middle && (e.contains(middle) || middle.contains(e) || e.closest('label')?.contains(middle))),
		};
	});

async function assertFocusShown(page, what) {
	const f = await focused(page);
	assert.ok(!f.body, `${what}: the focus is on nothing`);
	assert.ok(f.visible, `${what}: one sees the focus on ${f.tag} "${f.name}"`);
	return f;
}

// Tab until something with this name (and role) has the focus.
async function tabTo(page, name, { role, back = false } = {}) {
	const fits = (f) =>
		(name instanceof RegExp ? name.test(f.name) : f.name === name) && (!role || f.role === role || f.tag === role);
	const seen = [];
	for (let i = 0; i < most_tabs; i++) {
		await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
		const f = await focused(page);
		if (f.body) continue; // the browser's own controls, between the end and the start of the page
		assert.ok(f.visible, `one sees the focus on ${f.tag} "${f.name}" at ${page.url()}`);
		assert.ok(!f.covered, `${f.tag} "${f.name}" is not covered at ${page.url()}`);
		if (fits(f)) return;
		seen.push(f.name.slice(0, 30));
	}
	assert.fail(`Tab does not reach ${name}; it came by: ${[...new Set(seen)].join(' | ')}`);
}

async function press(page, name, { key = 'Enter', ...options } = {}) {
	await tabTo(page, name, options);
	await page.keyboard.press(key);
}

const here = (page, pattern) => page.waitForURL(pattern);

// A date or time field is typed part by part, in the order that the browser shows.
async function typeMoment(page, at) {
	const { date, time } = wallClock(at);
	const [year, month, day] = date.split('-');
	const [hour, minute] = time.split(':');
	await tabTo(page, 'Access date');
	await page.keyboard.type(`${month}${day}${year}`);
	await tabTo(page, 'Access time');
	const half = Number(hour) < 12 ? 'AM' : 'PM';
	await page.keyboard.type(`${String(Number(hour) % 12 || 12).padStart(2, '0')}${minute}${half}`);
	assert.deepEqual(
		[await page.getByLabel('Access date').inputValue(), await page.getByLabel('Access time').inputValue()],
		[date, time],
	);
}

// From a radio group's button to another by the arrows.
async function choose(page, session) {
	for (let i = 0; i < 8; i++) {
		const f = await focused(page);
		if (f.name === session) {
			await page.keyboard.press('Space');
			return;
		}
		await page.keyboard.press('ArrowDown');
	}
	assert.fail(`the arrows do not reach ${session}`);
}

test('sign in, enroll, undo, enroll again and answer by keyboard alone', async (t) => {
	await withPage(muster, { viewport: { width: 1280, height: 800 } }, async (page) => {
		await page.goto('/login');
		await tabTo(page, 'Login or e-mail');
		await page.keyboard.type('admin');
		await tabTo(page, 'Password');
		await page.keyboard.type('demo-password');
		await page.keyboard.press('Enter');
		await here(page, (url) => url.pathname !== '/login');

		// The skip link comes first and leads past the navigation.
		await page.keyboard.press('Tab');
		assert.equal((await assertFocusShown(page, 'skip link')).name, 'Skip to main content');

		await press(page, 'Users', { role: 'a' });
		await heading(page, 'Users');
		await tabTo(page, 'Search users');
		await page.keyboard.type('maria lind');
		await eventually(async () => (await page.getByRole('row').count()) === 2, { what: 'one user is left' });
		assert.equal((await assertFocusShown(page, 'a live list')).name, 'Search users');
		await press(page, 'Maria Lindqvist', { role: 'a' });
		await heading(page, 'Edit user');
		await press(page, /^Enrolled Learning/, { role: 'a' });
		await here(page, /learning$/);
		await press(page, 'Enroll', { role: 'button' });
		await page.getByRole('menuitem', { name: 'Enroll Training' }).waitFor();
		await eventually(async () => (await focused(page)).name === 'Enroll Training', {
			what: 'the menu has the focus',
		});
		await assertFocusShown(page, 'the menu');
		await page.keyboard.press('Escape');
		await eventually(async () => (await focused(page)).name === 'Enroll', { what: 'the menu gave the focus back' });
		await page.keyboard.press('Enter');
		await eventually(async () => (await focused(page)).name === 'Enroll Training', {
			what: 'the menu has the focus again',
		});
		await page.keyboard.press('Enter');
		await here(page, /\/trainings$/);

		// Users: typing suggests, arrows and Enter add, the focus stays for the next.
		await press(page, /^1Users/, { role: 'a' });
		await here(page, /\/enroll\/\d+\/users$/);
		await tabTo(page, 'Name, login or e-mail');
		for (const [typed, name] of [
			['sven', 'Sven Okafor'],
			['omar.haddad', null],
			['omar@example', 'Omar Haddad'],
		]) {
			await page.keyboard.type(typed);
			if (!name) {
				// Escape closes the suggestions and keeps what was typed.
				await page.keyboard.press('Escape');
				assert.equal(await page.getByRole('combobox').inputValue(), typed);
				await page.keyboard.press('Control+A');
				await page.keyboard.press('Delete');
				continue;
			}
			await page.getByRole('option', { name: new RegExp(name) }).waitFor();
			await page.keyboard.press('ArrowDown');
			await eventually(async () => await page.getByRole('combobox').getAttribute('aria-activedescendant'), {
				what: 'an active option',
			});
			await page.keyboard.press('Enter');
			await basket(page)
				.getByRole('button', { name: `Remove ${name}` })
				.waitFor();
			assert.equal((await assertFocusShown(page, 'after adding')).name, 'Name, login or e-mail');
		}

		// Removing moves the focus to the next chip, never to nowhere.
		await press(page, 'Remove Sven Okafor', { key: 'Space' });
		await basket(page).getByText('Sven Okafor').waitFor({ state: 'detached' });
		assert.match((await assertFocusShown(page, 'after removing')).name, /^Remove /);

		await press(page, 'Next');
		await here(page, /\/trainings$/);
		await tabTo(page, 'Training name');
		await page.keyboard.type('Fire');
		await eventually(async () => (await page.locator('#list').getByRole('listitem').count()) === 1, {
			what: 'one training is left',
		});
		assert.equal((await assertFocusShown(page, 'a live search')).name, 'Training name');
		await press(page, 'Add', { key: 'Space' });
		await page.getByRole('region', { name: 'Chosen trainings' }).getByText('Fire safety').waitFor();
		await assertFocusShown(page, 'after adding a training');
		await press(page, 'Next');
		await here(page, /\/parameters$/);

		const access_at = minutesAhead(muster, 60);
		await typeMoment(page, access_at);
		await tabTo(page, /^(Head office|Participant chooses)$/, { role: 'radio' });
		await choose(page, 'Head office');
		await press(page, 'Check');
		await heading(page, 'Check and enroll');
		await press(page, /^Enroll 2 users$/);
		await heading(page, /enrolled/);
		const enrolled = await api.all(`/users/${users.maria}/enrollments`);
		assert.equal(enrolled[0].training, trainings['Fire safety']);

		// Undo, and once more for the answer.
		await press(page, 'Undo');
		await heading(page, 'Undone');
		assert.deepEqual(await api.all(`/users/${users.maria}/enrollments`), []);
		await api.expect(201, 'POST', '/enrollments', {
			audience: { logins: ['maria'] },
			trainings: [{ training: trainings['Fire safety'], session: enrolled[0].session }],
			access_at: new Date(access_at * 1000).toISOString(),
		});
		passInstant(muster, access_at);
		await eventually(async () => (await api.all(`/users/${users.maria}/enrollments`))[0].announced_at, {
			what: 'it is announced',
		});
	})(t);
});

test(
	'a participant answers by keyboard alone',
	withPage(muster, { login: 'maria' }, async (page) => {
		await page.goto('/');
		await press(page, 'Accept');
		await page.getByRole('status').filter({ hasText: 'You have accepted' }).waitFor();
		assert.equal((await api.all(`/users/${users.maria}/enrollments`))[0].answer, 'accepted');
	}),
);

test(
	'Participants: sort, row menu, bulk bar and errors by keyboard',
	withPage(muster, { login: 'admin' }, async (page) => {
		await page.goto(`/trainings/${trainings['Negotiation basics']}/participants`);
		await tabTo(page, 'Session', { role: 'button' });
		await page.keyboard.press('Space');
		await page.getByRole('columnheader', { name: 'Session' }).and(page.locator('[aria-sort]')).waitFor();
		assert.equal((await assertFocusShown(page, 'after sorting')).name, 'Session');
		await page.keyboard.press('Enter');
		await page.locator('th[aria-sort="descending"]').waitFor();
		assert.equal((await assertFocusShown(page, 'after sorting again')).name, 'Session');

		await tabTo(page, /^Actions for/);
		await page.keyboard.press('Enter');
		await eventually(async () => (await focused(page)).name === 'Edit enrollment', {
			what: 'the menu has the focus',
		});
		await page.keyboard.press('ArrowDown');
		assert.equal((await assertFocusShown(page, 'the second item')).name, 'Add result');
		await page.keyboard.press('Enter');
		await here(page, /result/);
		await tabTo(page, /^Score/);
		await page.keyboard.type('99999999');
		await press(page, 'Save result');
		await page.locator('#errors').waitFor();
		await eventually(
			async () =>
				page.evaluate(
					() => document.activeElement.id === 'errors' || Boolean(document.activeElement.closest('#errors')),
				),
			{
				what: 'the error summary has the focus',
			},
		);
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await eventually(async () => /^Score/.test((await focused(page)).name), {
			what: 'the link leads to the field',
		});
		assert.equal(await page.getByLabel(/^Score/).inputValue(), '99999999');
	}),
);
