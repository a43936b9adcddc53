// The components by themselves, under the policy of the real pages: accessible, valid, in every width, theme and
// direction; and what the scripts do with them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, assertNoSidewaysScroll, assertValidHtml, withPage } from '../lib/browser.mjs';
import { eventually } from '../lib/muster.mjs';
import { names, render } from './gallery/pages.mjs';
import { serve_gallery } from './gallery/server.mjs';

let gallery;
before(async () => { gallery = await serve_gallery(); });
after(() => gallery.close());

const with_page = (options, body) => (t) => {
	gallery.answer = null;
	gallery.seen.length = 0;
	return withPage(gallery, options, body)(t);
};
const focused = (page) => page.evaluate(() => {
	const e = document.activeElement;
	return e.id || e.getAttribute('aria-label') || e.textContent.trim() || e.tagName;
});
// A menu moves the focus in an event that comes after it has been opened or closed.
const assertFocus = (page, name) => eventually(async () => (await focused(page)) === name, { what: `the focus on ${name}` });

for (const name of names) {
	test(`${name}: accessible and valid in light and dark`, with_page({ viewport: { width: 1360, height: 860 } }, async (page) => {
		for (const theme of ['light', 'dark']) {
			await page.goto(`/${name}?theme=${theme}`);
			await assertAccessible(page);
		}
		await assertValidHtml(page, name);
	}));

	test(`${name}: no sideways scrolling at 320 px, in both directions`, with_page({ viewport: { width: 320, height: 640 } }, async (page) => {
		for (const dir of ['ltr', 'rtl']) {
			await page.goto(`/${name}?dir=${dir}`);
			await assertNoSidewaysScroll(page);
		}
		await assertAccessible(page);
	}));
}

test('the menu opens the navigation on a narrow screen, without scripts', with_page({ viewport: { width: 390, height: 800 }, scripts: false }, async (page) => {
	await page.goto('/home');
	const users = page.getByRole('link', { name: 'Users', exact: true });
	assert.equal(await users.isVisible(), false);
	await page.getByRole('button', { name: 'Menu' }).click();
	await users.waitFor();
	await page.getByRole('button', { name: 'Close' }).click();
	await users.waitFor({ state: 'hidden' });
}));

test('names of the navigation', with_page({}, async (page) => {
	await page.goto('/home');
	for (const name of ['Home', 'Users', 'Trainings', 'Calendar', 'Reports', 'Settings', 'Notifications'])
		assert.equal(await page.getByRole('navigation').getByRole('link', { name, exact: true }).count(), 1, name);
}));

test('a menu works with the keyboard and gives the focus back', with_page({}, async (page) => {
	await page.goto('/participants');
	const button = page.getByRole('button', { name: 'Actions for Ana Ruiz' });
	await button.focus();
	await page.keyboard.press('Enter');
	await page.getByRole('menuitem', { name: 'Edit enrollment' }).waitFor();
	await assertFocus(page, 'Edit enrollment');
	await page.keyboard.press('ArrowDown');
	assert.equal(await focused(page), 'Add result');
	await page.keyboard.press('End');
	assert.equal(await focused(page), 'Cancel enrollment');
	await page.keyboard.press('ArrowDown');
	assert.equal(await focused(page), 'Edit enrollment');
	await assertAccessible(page);
	await page.keyboard.press('Escape');
	await page.getByRole('menuitem', { name: 'Edit enrollment' }).waitFor({ state: 'hidden' });
	await assertFocus(page, 'Actions for Ana Ruiz');
}));

test('a dialog asks, and is accessible', with_page({}, async (page) => {
	await page.goto('/forms');
	await page.getByRole('button', { name: 'Cancel session', exact: true }).first().click();
	await page.getByRole('dialog', { name: 'Cancel “Morning group”?' }).waitFor();
	await assertAccessible(page);
	await page.getByRole('button', { name: 'Keep session' }).click();
	await page.getByRole('dialog').waitFor({ state: 'hidden' });
}));

test('a page with errors puts the focus on their summary, whose links lead to the fields', with_page({}, async (page) => {
	await page.goto('/forms');
	assert.equal(await focused(page), 'errors');
	await page.getByRole('link', { name: 'Enter a title' }).click();
	assert.equal(await focused(page), 'title');
}));

test('ticking rows: the page, a range, all that match but one', with_page({}, async (page) => {
	await page.goto('/participants');
	const all = page.getByRole('checkbox', { name: 'Select all on this page' });
	assert.equal(await all.evaluate((e) => e.indeterminate), true);
	await all.click();
	const said = page.locator('.bar.sel [data-said]');
	assert.equal(await said.textContent(), '8 selected');
	await all.click();
	assert.equal(await page.locator('.bar.sel').isVisible(), false, 'nothing ticked, nothing to act on');
	await page.getByRole('checkbox', { name: 'Select Tom Bell' }).click();
	await page.getByRole('checkbox', { name: 'Select Jonas Lindqvist' }).click({ modifiers: ['Shift'] });
	assert.equal(await said.textContent(), '4 selected');
	await page.getByRole('checkbox', { name: 'Select all 61 matching this filter' }).click();
	await page.getByRole('checkbox', { name: 'Select Ana Ruiz' }).click();
	assert.deepEqual(await page.locator('input[name="except"]').evaluateAll((fields) => fields.map((f) => f.value)), ['0']);
	await page.getByRole('checkbox', { name: 'Select Ana Ruiz' }).click();
	assert.equal(await page.locator('input[name="except"]').count(), 0);
}));

test('the people picker suggests, is heard, adds with Enter and keeps the focus', with_page({}, async (page) => {
	await page.goto('/wizard');
	const box = page.getByRole('combobox', { name: 'Name, login or e-mail' });
	await box.pressSequentially('An');
	await page.getByRole('option', { name: /Ana Ruiz/ }).waitFor();
	assert.equal(await box.getAttribute('aria-expanded'), 'true');
	assert.equal(await page.locator('#said').textContent(), '4 suggestions');
	await assertAccessible(page, { only: '.combo' });
	await box.press('ArrowDown');
	const active = await box.getAttribute('aria-activedescendant');
	assert.match(await page.locator(`#${active}`).textContent(), /Ana Ruiz/);
	assert.equal(await page.locator(`#${active} mark`).first().textContent(), 'An', 'what was typed is marked');
	await box.press('Escape');
	assert.equal(await box.inputValue(), 'An', 'Escape keeps the text');
	assert.equal(await box.getAttribute('aria-expanded'), 'false');

	gallery.answer = ({ request }) => (request.method === 'POST'
		? { status: 200, html: render('wizard', gallery.assets).replace('27 users</strong>', '28 users</strong>') } : null);
	await box.pressSequentially('a');
	await page.getByRole('option', { name: /Ana Ruiz/ }).waitFor();
	await box.press('Enter');
	await page.locator('#basket', { hasText: '28 users' }).waitFor();
	const sent = gallery.seen.find((r) => r.method === 'POST');
	assert.equal(sent.path, '/enroll/1/users');
	assert.equal(sent.body.get('add'), '7');
	assert.equal(sent.body.get('csrf'), 'token');
	assert.equal(await box.inputValue(), '');
	assert.equal(await focused(page), 'who');
	await box.press('Backspace');
	assert.equal(await focused(page), 'Remove exception Ana Ruiz', 'Backspace in the empty input goes to the last chip');
}));

test('typing faster than the server still adds', with_page({}, async (page) => {
	await page.goto('/wizard');
	gallery.answer = ({ request }) => (request.method === 'POST' ? { status: 200, html: render('wizard', gallery.assets) } : null);
	const posted = page.waitForRequest((r) => r.method() === 'POST');
	const box = page.getByRole('combobox', { name: 'Name, login or e-mail' });
	await box.fill('ana');
	await box.press('Enter');
	assert.match((await posted).postData(), /add=7/);
}));

test('removing a chip moves the focus to the next one', with_page({}, async (page) => {
	await page.goto('/wizard');
	gallery.answer = ({ request }) => (request.method === 'POST'
		? { status: 200, html: render('wizard', gallery.assets).replace(/<li class="chip"><bdi>Tom Bell.*?<\/li>/, '') } : null);
	await page.getByRole('button', { name: 'Remove Tom Bell' }).focus();
	await page.keyboard.press('Delete');
	await page.getByRole('button', { name: 'Remove Tom Bell' }).waitFor({ state: 'detached' });
	assert.equal(await focused(page), 'Remove Li Wei');
}));

test('a pasted list goes into the box for lists', with_page({}, async (page) => {
	await page.goto('/wizard');
	await page.locator('#who').evaluate((input) => {
		const data = new DataTransfer();
		data.setData('text/plain', 'ana@example.org; tom@example.org');
		input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	});
	assert.equal(await page.locator('#paste').inputValue(), 'ana@example.org; tom@example.org');
	assert.equal(await page.locator('#paste').isVisible(), true);
}));

test('a filter swaps the list while typing, and keeps the caret', with_page({}, async (page) => {
	await page.goto('/participants');
	gallery.answer = ({ url }) => (url.pathname === '/participants' && url.searchParams.get('q')
		? { status: 200, html: render('participants', gallery.assets).replace('1–50 of 61', '1–2 of 2').replace('<title>Participants', '<title>Participants: ana') } : null);
	const q = page.getByPlaceholder('Name, login or e-mail');
	await q.pressSequentially('ana');
	await page.getByText('1–2 of 2').waitFor();
	assert.equal(await focused(page), 'q');
	assert.equal(await q.evaluate((e) => e.selectionStart), 3);
	assert.equal(new URL(page.url()).search, '?q=ana&session=1');
	assert.match(await page.title(), /^Participants: ana/);
	assert.ok(gallery.seen.some((r) => r.fragment === 'list'));
	assert.equal(await page.getByText('23 users are enrolled.').count(), 1, 'what was said before is still there');
}));

test('sorting swaps the list, keeps the focus, and Back brings the old order', with_page({}, async (page) => {
	await page.goto('/participants');
	gallery.answer = ({ url }) => (url.searchParams.get('sort') === '-name' ? { status: 200, html: render('participants', gallery.assets)
		.replace('aria-sort="ascending"', 'aria-sort="descending"').replace('?sort=-name', '?sort=name') } : null);
	const name = page.getByRole('columnheader', { name: 'Name' });
	await page.getByRole('button', { name: 'Name', exact: true }).focus();
	await page.keyboard.press('Space');
	await page.waitForFunction(() => document.querySelector('th[aria-sort="descending"]'));
	assert.equal(await focused(page), 'Name');
	assert.equal(new URL(page.url()).search, '?sort=-name');
	await page.goBack();
	await page.waitForFunction(() => document.querySelector('th[aria-sort="ascending"]'));
	assert.equal(await name.getAttribute('aria-sort'), 'ascending');
	assert.equal(new URL(page.url()).search, '');
}));

test('an answer of 422 is swapped in and its summary takes the focus', with_page({}, async (page) => {
	await page.goto('/wizard');
	const before = page.url();
	gallery.answer = ({ request }) => (request.method === 'POST' ? {
		status: 422,
		html: render('wizard', gallery.assets).replace('<div id="messages"></div>',
			'<div id="messages"><div class="errors" id="errors" tabindex="-1" data-focus><div role="alert"><h2>There is a problem</h2><ul><li><a href="#who">Nobody of that name</a></li></ul></div></div></div>'),
	} : null);
	await page.getByRole('button', { name: 'Remove Tom Bell' }).click();
	await page.getByText('Nobody of that name').waitFor();
	assert.equal(await focused(page), 'errors');
	assert.equal(page.url(), before);
	const asked = gallery.seen.length;
	await page.getByRole('link', { name: 'Nobody of that name' }).click();
	assert.equal(await focused(page), 'who');
	assert.equal(gallery.seen.length, asked, 'a link to a field asks the server for nothing');
}));

test('what is not a page of ours becomes a navigation', with_page({}, async (page) => {
	await page.goto('/wizard');
	gallery.answer = ({ request, url }) => (request.method === 'POST' || url.pathname === '/remove'
		? { status: 200, html: '<!DOCTYPE html><title>Elsewhere</title><h1>Elsewhere</h1>' } : null);
	await page.getByRole('button', { name: 'Remove Tom Bell' }).click();
	await page.getByRole('heading', { name: 'Elsewhere' }).waitFor();
}));

const draft_page = () => render('wizard', gallery.assets)
	.replace('action="/next"', 'action="/next" data-autosave="/draft"')
	.replace('<p>27 users</p>', '<input type="hidden" name="version" value="1"><label>Note <input id="note" name="note" type="text"></label>');

test('a draft is saved by itself, with the version of the last save', with_page({}, async (page) => {
	gallery.answer = ({ url, body }) => {
		if (url.pathname === '/draft') {
			const version = String(Number(body.get('version')) + 1);
			return { status: 204, headers: { 'X-Version': version, 'X-Saved': encodeURIComponent(`Draft saved 14:0${version}`) } };
		}
		return url.pathname === '/wizard' ? { status: 200, html: draft_page() } : null;
	};
	await page.goto('/wizard');
	const note = page.getByLabel('Note');
	await note.pressSequentially('a');
	await page.waitForResponse((r) => new URL(r.url()).pathname === '/draft');
	await page.getByText('Draft saved 14:02').waitFor();
	assert.equal(await page.locator('input[name="version"]').inputValue(), '2');
	await note.pressSequentially('b');
	await page.waitForResponse((r) => new URL(r.url()).pathname === '/draft');
	const saves = gallery.seen.filter((r) => r.path === '/draft');
	assert.deepEqual(saves.map((r) => [r.body.get('note'), r.body.get('version')]), [['a', '1'], ['ab', '2']]);
	assert.equal(await focused(page), 'note');
}));

test('a draft changed elsewhere says so and stops saving', with_page({}, async (page) => {
	gallery.answer = ({ url }) => {
		if (url.pathname === '/draft') return {
			status: 409,
			html: draft_page().replace('<div id="messages"></div>', '<div id="messages"><div class="banner warn" role="status"><p>This draft was changed in another tab at 14:02.</p></div></div>'),
		};
		return url.pathname === '/wizard' ? { status: 200, html: draft_page() } : null;
	};
	await page.goto('/wizard');
	await page.getByLabel('Note').pressSequentially('a');
	await page.getByText('This draft was changed in another tab').waitFor();
	assert.equal(await page.getByLabel('Note').inputValue(), 'a');
}));

test('work that goes on is watched until it is done', with_page({}, async (page) => {
	let asked = 0;
	gallery.answer = ({ url }) => {
		if (url.pathname !== '/forms') return null;
		asked++;
		const done = asked >= 3;
		return { status: 200, html: render('forms', gallery.assets).replace('id="job"', `id="job" data-progress=""${done ? ' data-done' : ''}`)
			.replace('4,200 of 12,431 enrolled', done ? 'All are enrolled' : `Asked ${asked}`) };
	};
	await page.goto('/forms');
	await page.getByText('All are enrolled').waitFor();
	assert.equal(asked, 3);
}));

test('every control is reached with Tab and shows a ring', with_page({ viewport: { width: 1360, height: 860 } }, async (page) => {
	await page.goto('/home');
	const seen = [];
	for (let i = 0; i < 40; i++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			return e === document.body ? null : { name: (e.getAttribute('aria-label') || e.textContent).trim(), ring: getComputedStyle(e).outlineStyle };
		});
		if (!at) break;
		seen.push(at);
	}
	assert.equal(seen[0].name, 'Skip to main content');
	assert.deepEqual(seen.filter((s) => s.ring === 'none').map((s) => s.name), []);
	for (const name of ['Home', 'Notifications', 'Accept', 'Open calendar']) assert.ok(seen.some((s) => s.name === name), name);
}));
