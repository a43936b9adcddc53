// Chromium on the pages. A page of withPage() fails its test on anything the browser complains about: a violated
// content security policy or Trusted Types, an error on the console, an exception in a script.
//
//   test('…', withPage(muster, { login: 'admin' }, async (page) => {
//       await page.goto('/users');
//       await assertAccessible(page);
//   }));
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after } from 'node:test';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';
import { demo_password } from './muster.mjs';

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
const axe_source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axe_tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let browser = null;
after(() => browser?.close());

export async function launch() {
	browser ??= await chromium.launch({ executablePath: executable, args: flags });
	return browser;
}

// Notes what the browser complains about in a page; complaints() answers it.
function listen(context) {
	const complaints = [];
	const watch = (page) => {
		page.on('console', (message) => {
			// Every answer of 400 and above is an "error" on the console; whether that is right is the test's to say.
			if (
				message.type() === 'error' &&
				!/^Failed to load resource: the server responded with a status of/.test(message.text())
			)
				complaints.push(`console: ${message.text()} (${message.location().url})`);
		});
		page.on('pageerror', (error) => complaints.push(`script: ${error.stack ?? error}`));
	};
	context.on('page', watch);
	return complaints;
}

// A new browser profile on the server. Options:
//   login          signed in as that demo account (through the sign-in page)
//   scripts: false without JavaScript        dark: true       locale: 'ar-XB'
//   viewport: { width, height }              and whatever else playwright's newContext takes
// Answers { page, context, complaints, close() }.
export async function openPage(
	muster,
	{
		login,
		password = demo_password,
		scripts = true,
		dark = false,
		viewport = { width: 1280, height: 800 },
		...rest
	} = {},
) {
	const context = await (
		await launch()
	).newContext({
		baseURL: muster.url,
		javaScriptEnabled: scripts,
		colorScheme: dark ? 'dark' : 'light',
		viewport,
		reducedMotion: 'reduce',
		locale: 'en-US',
		timezoneId: 'Europe/Berlin',
		...rest,
	});
	context.setDefaultTimeout(20_000);
	const complaints = listen(context);
	const page = await context.newPage();
	if (login) await signIn(page, login, password);
	return { page, context, complaints, close: () => context.close() };
}

export async function signIn(page, login, password = demo_password) {
	await page.goto('/login');
	await page.getByLabel('Login or e-mail').fill(login);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL((url) => url.pathname !== '/login');
}

// A test body: opens a page, runs `body(page, { context, test })`, closes, and fails on complaints. When it fails, a
// picture of the page stays in var/test-failures/.
export function withPage(muster, options, body) {
	return async (t) => {
		const opened = await openPage(typeof muster === 'function' ? muster() : muster, options);
		try {
			await body(opened.page, { context: opened.context, test: t });
			assert.deepEqual(opened.complaints, [], 'the browser complains about nothing');
		} catch (error) {
			await screenshot(
				opened.page,
				join('var/test-failures', t.name.replace(/[^\w-]+/g, '-').slice(0, 80)),
			).catch(() => {});
			if (opened.complaints.length) error.message += `\nthe browser: ${opened.complaints.join('\n')}`;
			throw error;
		} finally {
			await opened.close();
		}
	};
}

// axe-core over the page, WCAG 2.0-2.2 A and AA and best practice. `only` is a CSS selector, `off` rules left out,
// `rules` the only ones to run.
// Runs in a page without our policy in its way: the script is evaluated by the debugger, not put into the page.
export async function assertAccessible(page, { only, off = [], rules = null } = {}) {
	await page.evaluate(axe_source);
	const violations = await page.evaluate(
		async ([selector, tags, off, rules]) => {
			const result = await window.axe.run(selector ?? document, {
				runOnly: rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags },
				rules: Object.fromEntries(off.map((id) => [id, { enabled: false }])),
				resultTypes: ['violations'],
			});
			return result.violations.map((v) => ({
				rule: v.id,
				help: v.help,
				nodes: v.nodes.map((n) => `${n.target.join(' ')}: ${n.failureSummary}`),
			}));
		},
		[only, axe_tags, off, rules],
	);
	assert.deepEqual(violations, [], `${new URL(page.url()).pathname} is accessible`);
}

const validator = new HtmlValidate({
	extends: ['html-validate:standard'],
	rules: {
		'void-style': ['error', { style: 'omit' }],
		'no-trailing-whitespace': 'off', // templates indent
		'no-implicit-close': 'off', // <li> and <p> may end by themselves, as HTML says
		'doctype-style': 'off',
		'attr-quotes': ['error', { style: 'double', unquoted: false }],
		'long-title': 'off',
		'require-sri': 'off', // our own origin, and paths that name their content
		'no-raw-characters': 'error',
		'prefer-native-element': 'off', // roles for menus and listboxes follow the ARIA patterns
	},
});

// What the server sent (not what scripts made of it) is valid HTML. Takes a page of the browser, or text.
export async function assertValidHtml(page, name) {
	const text = typeof page === 'string' ? page : await sourceOf(page);
	const lines = text.split('\n');
	const report = await validator.validateString(text);
	const words = report.results
		.flatMap((r) => r.messages)
		.filter((m) => m.severity === 2)
		.map(
			(m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}\n    ${lines[m.line - 1]?.trim().slice(0, 160)}`,
		);
	assert.deepEqual(words, [], `${name ?? (typeof page === 'string' ? 'the page' : page.url())} is valid HTML`);
}

async function sourceOf(page) {
	const response = await page.context().request.get(page.url());
	return response.text();
}

// No part of the page is cut off or makes it scroll sideways.
export async function assertNoSidewaysScroll(page) {
	const [width, view] = await page.evaluate(() => [
		document.documentElement.scrollWidth,
		document.documentElement.clientWidth,
	]);
	assert.ok(width <= view, `${new URL(page.url()).pathname} is ${width} wide in a window of ${view}`);
}

// A PNG of the whole page at PATH.png, below the project's folder.
export async function screenshot(page, path) {
	const root = new URL('../..', import.meta.url).pathname;
	const file = join(root, `${path}.png`);
	mkdirSync(join(file, '..'), { recursive: true });
	await page.screenshot({ path: file, fullPage: true });
	return file;
}
