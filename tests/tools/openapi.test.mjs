// tools/openapi.mjs refuses descriptions that do not hold together, and says where.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../lib/muster.mjs';

const root = new URL('../..', import.meta.url).pathname;

// Runs the tool on a copy of the descriptions that `change` was let at: change(read, write).
function run(change = () => {}) {
	const folder = temporaryFolder();
	cpSync(join(root, 'src/api'), join(folder, 'api'), { recursive: true, filter: (f) => !/\.[ch]$/.test(f) });
	mkdirSync(join(folder, 'out'));
	const at = (name) => join(folder, 'api', name);
	change((name) => readFileSync(at(name), 'utf8'), (name, text) => writeFileSync(at(name), text));
	const files = readdirSync(join(folder, 'api')).sort().map(at);
	const { status, stderr } = spawnSync(
		process.execPath,
		['tools/openapi.mjs', join(folder, 'out'), '1.2.3', ...files],
		{ cwd: root, encoding: 'utf8' },
	);
	return { status, stderr, out: join(folder, 'out') };
}

const edit = (name, from, to) => (read, write) => {
	const text = read(name);
	assert.ok(text.includes(from), `${name} has ${from}`);
	write(name, text.replace(from, to));
};

test('what is there makes a document, the same each time', () => {
	const [one, two] = [run(), run()];
	assert.equal(one.status, 0, one.stderr);
	const read = ({ out }, name) => readFileSync(join(out, name), 'utf8');
	const document = JSON.parse(read(one, 'openapi.json'));
	assert.equal(document.info.version, '1.2.3');
	for (const name of ['openapi.json', 'openapi.h', 'openapi.c']) assert.equal(read(one, name), read(two, name));
});

const mistakes = [
	['a route without a description', edit('me.api', 'call api_me_calendar =', 'call api_me_diary ='),
		/routes\.def:\d+: GET \/api\/v1\/me\/calendar is described nowhere/],
	['a description without a route', edit('users.api', 'call api_me =', 'call api_nobody ='), /is described nowhere|no route/],
	['a schema that is not there', edit('roles.api', '200 list Role', '200 list Rule'), /roles\.api:\d+: there is no Rule/],
	['a schema that nothing has', edit('roles.api', 'schema Role', 'schema Extra\n\tid  id\n\nschema Role'),
		/roles\.api:\d+: nothing has the schema Extra/],
	['a form as an answer', edit('users.api', '201 User', '201 UserForm'), /UserForm is a form/],
	['a body without such a member', edit('users.api', 'needs login, department', 'needs login, town'), /UserForm has no town/],
	['a type that is none', edit('users.api', 'text = maria ', 'te*xt = maria '), /users\.api:\d+: not a type: te\*xt/],
	['a word that is none', edit('users.api', '\tsort name', '\tsorted name'), /users\.api:\d+: a call has no "sorted"/],
	['a call that answers nothing', edit('groups.api', '\t204\n', ''), /groups\.api:\d+: api_group_delete answers nothing/],
];

for (const [name, change, words] of mistakes)
	test(`refused: ${name}`, () => {
		const { status, stderr } = run(change);
		assert.equal(status, 1, stderr);
		assert.match(stderr, words);
	});
