// The calendar in a browser: accessible in every view, by keyboard in the order of time, without scripts, on a small
// screen, from right to left, on paper; and dragging, which only opens the page that moves a session.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, assertValidHtml, withPage } from '../lib/browser.mjs';
import { apiOf } from '../lib/http.mjs';
import { eventually, startMuster } from '../lib/muster.mjs';
import { setLanguage } from './steps.mjs';

const muster = await startMuster({ demo: true, args: ['--undo-hold', '0'] });
const api = await apiOf(muster, 'admin');
const year = new Date().getUTCFullYear() + 1;
const wide = { width: 1360, height: 1300 };
const small = { width: 320, height: 640 };
const day = (start, more = {}) => ({ start: `${year}-05-${start}`, duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4', ...more });
const make = (title, days, session = {}) =>
	api.expect(201, 'POST', '/trainings', { title, sessions: [{ title: 'Morning', capacity: 20, instructor: 'M. Okafor', days, ...session }] });

const dragged = await make('To be dragged', [day('12T09:00')]);
await make('Beside it', [day('12T10:00', { location: 'Room 5' })], { instructor: 'K. Sato' });
await make('A title that is much longer than any cell of a month could ever show in one line', [day('13T08:00')]);
await make('Far away', [day('13T07:00', { time_zone: 'Asia/Tokyo' })]);
for (let i = 0; i < 6; i++) await make(`Crowd ${i}`, [day('14T15:00')]);
await api.expect(201, 'POST', '/enrollments', {
	audience: { logins: ['maria'] },
	trainings: [{ training: dragged.id, session: dragged.sessions[0].id }],
});
await eventually(async () => (await (await apiOf(muster, 'maria')).all(`/me/calendar?from=${year}-05-01T00:00:00Z`)).length === 1);
const start = async () => (await api.expect(200, 'GET', `/sessions/${dragged.sessions[0].id}`)).days[0].start;
const session = dragged.sessions[0].id;

const views = {
	month: `/calendar?view=month&month=${year}-05`,
	week: `/calendar?view=week&day=${year}-05-12`,
	agenda: `/calendar?view=agenda&month=${year}-05`,
	filtered: `/calendar?view=agenda&month=${year}-05&place=Room+4&instructor=M.+Okafor`,
	moving: `/sessions/${session}/move?day=${dragged.sessions[0].days[0].id}&date=${year}-05-14&time=14:00&back=week`,
	feed: '/calendar/feed',
	choosing: `/calendar/new?date=${year}-05-12`,
};

for (const [name, path] of Object.entries(views))
	test(
		`accessible, valid and narrow: ${name}`,
		withPage(muster, { login: 'admin', viewport: wide }, async (page) => {
			const response = await page.goto(path);
			assert.equal(response.status(), 200);
			await assertValidHtml(await response.text(), path);
			await assertAccessible(page);
			await page.emulateMedia({ colorScheme: 'dark' });
			await assertAccessible(page, { rules: ['color-contrast', 'link-in-text-block'] });
			await page.setViewportSize(small);
			await assertNoSidewaysScroll(page);
			await assertAccessible(page, { rules: ['target-size', 'scrollable-region-focusable'] });
		}),
	);

test(
	'a participant’s week',
	withPage(muster, { login: 'maria', viewport: wide }, async (page) => {
		await page.goto(views.week);
		await assertAccessible(page);
		const entry = page.getByRole('link', { name: /To be dragged/ });
		assert.match(await entry.innerText(), /No answer/);
		assert.equal(await page.locator('[data-move]').count(), 0);
		await entry.click();
		await page.waitForURL(/\/me\/trainings#e\d+$/);
	}),
);

test(
	'Tab meets the entries of a week in the order of time, each of them seen',
	withPage(muster, { login: 'admin', viewport: wide }, async (page) => {
		await page.goto(views.week);
		await page.getByRole('region').focus();
		const met = [];
		for (let i = 0; i < 8; i++) {
			await page.keyboard.press('Tab');
			met.push(
				await page.evaluate(() => {
					const e = document.activeElement, box = e.getBoundingClientRect();
					return {
						title: e.querySelector('b')?.textContent ?? e.textContent.trim(),
						seen: box.height >= 22 && box.width >= 22 && getComputedStyle(e).outlineStyle !== 'none',
					};
				}),
			);
		}
		const order = met.map((m) => m.title.slice(0, 12));
		assert.deepEqual(order.slice(0, 4), ['To be dragge', 'Beside it', 'Far away', 'A title that']);
		assert.match(order[7], /^3 more/);
		assert.ok(met.every((m) => m.seen), JSON.stringify(met));
		await page.keyboard.press('Enter');
		await page.waitForURL(/view=agenda/);
	}),
);

test(
	'entries that overlap stand side by side, at the height of their hour',
	withPage(muster, { login: 'admin', viewport: wide }, async (page) => {
		await page.goto(views.week);
		const box = (name) => page.getByRole('link', { name }).boundingBox();
		const [a, b] = [await box(/To be dragged/), await box(/Beside it/)];
		assert.ok(a.x + a.width <= b.x + 1, 'side by side');
		assert.ok(Math.abs(b.y - a.y - 48) < 2, 'an hour apart');
		assert.ok(Math.abs(a.height - 96) < 4, 'two hours high');
		const nine = await page.locator('.hours span', { hasText: '09:00' }).boundingBox();
		assert.ok(Math.abs(nine.y + 8 - a.y) < 4, 'beside 09:00');
	}),
);

async function drag(page, from, to, { escape = false } = {}) {
	await page.mouse.move(...from);
	await page.mouse.down();
	await page.mouse.move(from[0] + 10, from[1] + 10);
	await page.mouse.move(...to, { steps: 4 });
	if (escape) await page.keyboard.press('Escape');
	await page.mouse.up();
}
const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];

test(
	'dragging in the week opens the page that moves, with day and time',
	withPage(muster, { login: 'admin', viewport: wide }, async (page) => {
		await page.goto(views.week);
		const entry = await page.getByRole('link', { name: /To be dragged/ }).boundingBox();
		const friday = await page.locator(`[data-date="${year}-05-14"]`).boundingBox();
		const from = [entry.x + 12, entry.y + 20];
		// Five quarters of an hour down, a few pixels beside.
		await drag(page, from, [friday.x + friday.width / 2, from[1] + 5 * 12 + 3]);
		await page.waitForURL(/\/move\?/);
		assert.equal(await page.getByLabel('Date').inputValue(), `${year}-05-14`);
		assert.equal(await page.getByLabel('Start time').inputValue(), '10:15');
		await page.getByRole('heading', { name: 'Who is affected' }).waitFor();
		assert.equal(await start(), `${year}-05-12T09:00`, 'nothing has moved');
	}),
);

test(
	'dragging in the month keeps the time; Escape and a drop elsewhere do nothing',
	withPage(muster, { login: 'admin', viewport: wide }, async (page) => {
		await page.goto(views.month);
		const entry = middle(await page.getByRole('link', { name: /To be dragged/ }).boundingBox());
		const target = middle(await page.locator(`td[data-date="${year}-05-20"]`).boundingBox());
		await drag(page, entry, target, { escape: true });
		await drag(page, entry, middle(await page.locator('h1').boundingBox()));
		assert.equal(new URL(page.url()).pathname, '/calendar');
		assert.equal(await page.locator('.dragged, .drop').count(), 0);
		await drag(page, entry, target);
		await page.waitForURL(/\/move\?/);
		assert.equal(await page.getByLabel('Date').inputValue(), `${year}-05-20`);
		assert.equal(await page.getByLabel('Start time').inputValue(), '09:00');
		await page.getByRole('link', { name: 'Cancel' }).click();
		await page.waitForURL(/\/calendar\?view=month/);
		// A plain click is still a link.
		await page.getByRole('link', { name: /To be dragged/ }).click();
		await page.waitForURL(new RegExp(`/sessions/${session}\\?back=`));
		assert.equal(await start(), `${year}-05-12T09:00`);
	}),
);

test(
	'filter, find and move without scripts',
	withPage(muster, { login: 'admin', scripts: false }, async (page) => {
		await page.goto(views.agenda);
		await page.getByLabel('Instructor').selectOption('K. Sato');
		await page.getByRole('button', { name: 'Filter' }).click();
		assert.equal(await page.locator('.agenda h2').count(), 1);
		await page.getByRole('link', { name: 'Move Beside it, Morning' }).click();
		await page.getByLabel('Date').fill(`${year}-05-18`);
		await page.getByRole('button', { name: 'Check' }).last().click();
		await page.getByRole('heading', { name: 'Who is affected' }).waitFor();
		await page.getByRole('button', { name: 'Move session' }).click();
		await page.waitForURL(/\/calendar\?view=agenda/);
		await page.getByText('The session was moved.').waitFor();
		await page.goto(`${views.week.slice(0, -2)}18`);
		assert.equal(await page.locator(`[data-date="${year}-05-18"] .ev`).count(), 1);
	}),
);

test(
	'what is parallel in a week can be read: no word is broken, whatever the day has',
	withPage(muster, { login: 'admin', viewport: wide }, async (page) => {
		await page.goto(views.week);
		const widths = await page.locator('.week li .ev').evaluateAll((all) => all.map((e) => e.getBoundingClientRect().width));
		assert.ok(widths.length >= 6 && widths.every((w) => w >= 90), widths.join());
		await assertNoSidewaysScroll(page);
	}),
);

test(
	'a month on a phone: days with their counts, and a list in which entries have the width of the screen',
	withPage(muster, { login: 'admin', viewport: { width: 390, height: 844 }, scripts: false }, async (page) => {
		await page.goto(views.month);
		const widths = await page.locator('.month .ev').evaluateAll((all) => all.map((e) => e.getBoundingClientRect().width));
		assert.ok(widths.length >= 8 && widths.every((w) => w > 220), widths.join());
		await page.getByRole('link', { name: /14 May, 6 entries/ }).click();
		const top = (await page.locator(`#d-${year}-05-14`).boundingBox()).y;
		assert.ok(top >= 0 && top < 844, `the day is on the screen: ${top}`);
		await page.setViewportSize(wide);
		assert.equal(await page.locator('.days').isVisible(), false);
	}),
);

test(
	'from right to left, on a small screen',
	withPage(muster, { login: 'dept.admin', viewport: small }, async (page) => {
		await setLanguage(muster, 'dept.admin', 'ar-XB');
		for (const path of [views.month, views.week, views.agenda, views.feed]) {
			await page.goto(path);
			assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
			await assertNoSidewaysScroll(page);
		}
		await page.setViewportSize(wide);
		await page.goto(views.week);
		const at = async (d) => (await page.locator(`[data-date="${year}-05-${d}"]`).boundingBox()).x;
		assert.ok((await at(12)) > (await at(13)), 'days run in the direction of reading');
		await setLanguage(muster, 'dept.admin', 'en');
	}),
);

test(
	'on paper there is the calendar and nothing to press',
	withPage(muster, { login: 'admin', viewport: wide }, async (page) => {
		for (const path of [views.month, views.week, views.filtered]) {
			await page.goto(path);
			await page.emulateMedia({ media: 'print' });
			for (const what of ['.nav', '.top', '.btn', '.bar']) assert.equal(await page.locator(`${what}:visible`).count(), 0, what);
			assert.ok(await page.locator('.ev, .agenda h2', { hasText: 'To be dragged' }).first().isVisible());
			await page.emulateMedia({ media: 'screen' });
		}
		await page.goto(views.filtered);
		await page.emulateMedia({ media: 'print' });
		assert.ok(await page.locator('.chips', { hasText: 'Room 4' }).isVisible(), 'the filters are said');
	}),
);
