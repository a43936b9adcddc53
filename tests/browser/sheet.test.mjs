// The sign-in sheet on paper: A4, black on white whatever the theme, only the sheet, its head on each page; and a button.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withPage } from '../lib/browser.mjs';
import { apiOf } from '../lib/http.mjs';
import { startMuster } from '../lib/muster.mjs';

const muster = await startMuster({ demo: true });
const api = await apiOf(muster, 'owner');
const day = (date) => ({ start: `${date}T09:00`, duration: 7200, time_zone: 'Europe/Berlin', location: 'Room 4' });
const training = await api.expect(201, 'POST', '/trainings', {
	title: 'On paper',
	sessions: [
		{ title: 'One day', days: [day('2031-03-04')] },
		{ title: 'A week', days: [1, 2, 3, 4, 5].map((n) => day(`2031-04-0${n}`)) },
	],
});
const sales = (await api.all('/departments')).find((d) => d.name === 'Company');
await api.expect(201, 'POST', '/enrollments', {
	audience: { departments: [{ id: sales.id, nested: true }] },
	trainings: [{ training: training.id, session: training.sessions[0].id }],
});
const sheet = (at) => `/sessions/${training.sessions[at].id}/sheet`;
const pages_of = (pdf) => pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length;
const boxes_of = (pdf) => [...pdf.toString('latin1').matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/g)].map((m) => [1, 2].map((i) => Math.round(m[i])));

test(
	'on paper there is the sheet alone, black on white in the dark theme as well',
	withPage(muster, { login: 'owner', colorScheme: 'dark' }, async (page) => {
		await page.goto(sheet(0));
		await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
		for (const what of ['nav.nav', 'header.top', '.head', '.crumbs', '[data-print]'])
			assert.equal(await page.locator(what).first().isVisible(), false, what);
		const look = await page.evaluate(() => {
			const of = (css) => getComputedStyle(document.querySelector(css));
			return {
				ink: of('.sign-sheet td').color, line: of('.sign-sheet td').borderBlockEndColor, ground: of('body').backgroundColor,
				head: of('.sign-sheet thead').display, row: of('.sign-sheet tbody tr').breakInside,
			};
		});
		assert.deepEqual(look, { ink: 'rgb(0, 0, 0)', line: 'rgb(0, 0, 0)', ground: 'rgba(0, 0, 0, 0)', head: 'table-header-group', row: 'avoid' });
		const pdf = await page.pdf({ preferCSSPageSize: true });
		assert.ok(pages_of(pdf) > 1);
		for (const box of boxes_of(pdf)) assert.deepEqual(box, [595, 842]);
		await page.goto(sheet(1));
		assert.equal(pages_of(await page.pdf({ preferCSSPageSize: true })), 5);
	}),
);

test(
	'the button prints; what a browser without scripts does is said instead',
	withPage(muster, { login: 'owner' }, async (page) => {
		await page.goto(sheet(0));
		await page.evaluate(() => (window.print = () => document.body.setAttribute('data-printed', '1')));
		await page.getByRole('button', { name: 'Print' }).click();
		assert.equal(await page.locator('body').getAttribute('data-printed'), '1');
		assert.equal(await page.getByText('Print this page with your browser').isVisible(), false);
	}),
);
