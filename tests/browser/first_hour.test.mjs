// docs/first-hour.md, done as it says: on an empty server, by the words that stand on the page, on a wide screen and on
// a phone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPage, withPage } from '../lib/browser.mjs';
import { eventually, startMuster, temporaryFolder } from '../lib/muster.mjs';
import { invitationOf, startRelay } from '../lib/smtp.mjs';
import { addTraining, next, passInstant } from './steps.mjs';

const password = 'a long enough password';

// On a phone the navigation is behind a button.
async function section(page, name) {
	const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
	if (!(await link.isVisible())) await page.getByRole('button', { name: 'Menu' }).click();
	await link.click();
	await page.getByRole('heading', { level: 1, name }).waitFor();
}

// A label may say that its field is optional.
const field = (page, label) => page.getByLabel(new RegExp(`^${label}( \\(optional\\))?$`));
const fill = async (page, fields) => {
	for (const [label, value] of Object.entries(fields)) await field(page, label).fill(value);
};
const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click();
const follow = (page, name) => page.getByRole('link', { name, exact: true }).first().click();

async function makeOwner(page, muster) {
	await page.goto(/\/setup\?key=\S+/.exec(muster.out)[0]);
	await fill(page, {
		'Name of your organization': 'Harbor Works',
		Login: 'owner',
		'E-mail': 'owner@example.org',
		'First name': 'Ida',
		'Last name': 'Sørensen',
		Password: password,
		'Time zone': 'Europe/Berlin',
	});
	await press(page, 'Make the account');
	await fill(page, { 'Login or e-mail': 'owner', Password: password });
	await press(page, 'Sign in');
	await page.waitForURL((url) => url.pathname === '/');
}

async function testMail(page, relay) {
	await section(page, 'Settings');
	await press(page, 'Send a test message');
	await relay.waitFor((m) => m.to.includes('owner@example.org'));
}

async function addDepartment(page) {
	await section(page, 'Departments');
	await fill(page, { Name: 'Sales' });
	await field(page, 'Belongs to').selectOption({ label: 'Harbor Works' });
	await press(page, 'Add department');
	await page.getByText('Sales was added.').waitFor();
}

async function addUser(page) {
	await section(page, 'Users');
	await follow(page, 'Add user');
	await fill(page, { 'First name': 'Maria', 'Last name': 'Lind', Login: 'maria', 'E-mail': 'maria@example.org' });
	await field(page, 'Department').selectOption({ label: 'Harbor Works / Sales' });
	await press(page, 'Add user');
	await page.getByRole('heading', { level: 1, name: 'Edit user' }).waitFor();
	await fill(page, { 'New password': password });
	await press(page, 'Set password');
	await page.getByText('Maria Lind has a new password.').waitFor();
}

async function makeTraining(page, muster) {
	const day = new Date((muster.now() + 20 * 86400) * 1000).toISOString().slice(0, 10);
	await section(page, 'Trainings');
	await follow(page, 'New training');
	await fill(page, { Title: 'Negotiation' });
	await press(page, 'Create training');
	await follow(page, 'Add session');
	await fill(page, { Title: 'Morning', Instructor: 'Ida Sørensen', Seats: '12' });
	await fill(page, { Date: day, 'Start time': '09:00', Hours: '3', Place: 'Room 4' });
	await press(page, 'Add session');
	await page.getByText('The session was added.').waitFor();
}

async function enroll(page) {
	await section(page, 'Users');
	await follow(page, 'Maria Lind');
	await follow(page, 'Enrolled Learning');
	await press(page, 'Enroll');
	await page.getByRole('menuitem', { name: 'Enroll Training' }).click();
	await page.waitForURL(/\/trainings$/);
	await addTraining(page, 'Negotiation');
	await next(page, 'parameters');
	await page.getByRole('radio', { name: /^Morning/ }).check();
	await press(page, 'Enroll');
	await page.getByRole('heading', { level: 1, name: /enrolled/ }).waitFor();
	await page.getByRole('button', { name: 'Undo' }).waitFor();
}

async function answer(muster, viewport) {
	const maria = await openPage(muster, { login: 'maria', password, viewport });
	await maria.page.goto('/');
	await maria.page.getByRole('button', { name: 'Accept', exact: true }).first().click();
	await eventually(async () => /accepted/i.test(await maria.page.locator('main').innerText()), { what: 'accepted' });
	assert.deepEqual(maria.complaints, []);
	await maria.close();
}

for (const [name, viewport] of [
	['on a wide screen', { width: 1280, height: 800 }],
	['on a phone', { width: 390, height: 844 }],
]) {
	const relay = await startRelay();
	const muster = await startMuster({
		args: ['--smtp', relay.url, '--mail-from', 'Training <training@example.org>', '--undo-hold', '60'],
	});
	test(
		`the first hour ${name}`,
		withPage(muster, { viewport }, async (page) => {
			await makeOwner(page, muster);
			await testMail(page, relay);
			await addDepartment(page);
			await addUser(page);
			await makeTraining(page, muster);
			await enroll(page);
			passInstant(muster, muster.now() + 61);
			const mail = await relay.waitFor((m) => m.to.includes('maria@example.org'));
			assert.equal(invitationOf(mail).method, 'REQUEST');
			await answer(muster, viewport);
			await section(page, 'Trainings');
			await follow(page, 'Negotiation');
			await page
				.getByRole('main')
				.getByRole('navigation')
				.getByRole('link', { name: /^Participants/ })
				.click();
			await page.locator('tr').filter({ hasText: 'Maria Lind' }).getByText('Accepted').first().waitFor();
		}),
	);
}

// The commands of the page, block by block, a continued line as one.
const commands = readFileSync('docs/first-hour.md', 'utf8')
	.match(/```sh\n[\s\S]*?```/g)
	.map((block) => block.slice(6, -3).replaceAll('\\\n', ' ').trim().split('\n'));

// Until it prints the link for the owner, and that opens.
async function assertSetsUp(command, options = {}) {
	const child = spawn('bash', ['-c', `exec ${command} --listen 127.0.0.1:0`], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
	const ended = new Promise((resolve) => child.on('close', resolve));
	try {
		const found = () => /http\S+\/setup\?key=\S+/.exec(said)?.[0];
		await eventually(() => found() || child.exitCode !== null, { timeout: 300_000, what: 'the link' });
		assert.ok(found(), said);
		const page = await fetch(found());
		assert.equal(page.status, 200);
		assert.match(await page.text(), /Name of your organization/);
	} finally {
		child.kill();
		await ended;
	}
	return said;
}

test('two commands on a new computer lead to the owner’s page', async () => {
	const folder = temporaryFolder();
	assert.equal(commands[0].length, 2);
	assert.match(commands[0][0], /^git clone /);
	const run = commands[0][1];
	assert.match(run, /^\.\/dev run --db sqlite:var\/own\.db$/);
	const own = join(folder, 'own.db');
	assert.doesNotMatch(await assertSetsUp(run.replace('var/own.db', own)), /demo-password/);
	assert.ok(existsSync(own));
	assert.ok(readFileSync('README.md', 'utf8').includes(run), 'README says it too');
});

test('and so do those of a server, in an empty folder', async () => {
	const cwd = temporaryFolder();
	const [build, migrate, serve] = commands[1].map((line) => line.replace('build/muster', process.env.MUSTER_BIN));
	assert.equal(build, './dev build');
	const made = spawn('bash', ['-c', `exec ${migrate}`], { cwd, stdio: 'ignore' });
	assert.equal(await new Promise((resolve) => made.on('close', resolve)), 0);
	assert.ok(existsSync(join(cwd, 'var/muster.db')));
	await assertSetsUp(serve, { cwd });
});
