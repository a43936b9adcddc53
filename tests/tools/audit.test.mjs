// What the program writes into the trail is what src/model/audit.def has words for, in every language: nothing is shown by its
// stored name, and no filter has an option without words.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const read = (...path) => readFileSync(join(root, ...path), 'utf8');
const files = (folder, ending) =>
	readdirSync(join(root, folder), { recursive: true }).filter((f) => f.endsWith(ending)).map((f) => read(folder, f));
const all = (text, pattern) => [...text.matchAll(pattern)].map((m) => m.slice(1));

const table = read('src/model/audit.def').replace(/\/\*[\s\S]*?\*\//, '');
const kinds = all(table, /KIND\((\w+)\)/g).flat();
const actions = all(table, /ACTION\((\w+), (\w+)\)/g).map(([object, verb]) => `${object}.${verb}`);
const words = files('locale/en', '.txt').join('\n');

// In C every literal that is shaped like an action; in SQL the two that each entry begins with.
const objects = [...new Set(actions.map((a) => a.split('.')[0]))];
const source = files('src', '.c').join('\n');
const literals = all(source, new RegExp(`"((?:${objects.join('|')})\\.[a-z_]+)"`, 'g')).flat();
const permissions = all(read('src/model/permissions.def'), /"([a-z_.]+)"/g).flat();
const inserts = all(files('sql/queries', '.sql').join('\n'), /INSERT INTO audit [^;]*?'([a-z_]+\.[a-z_]+)', '([a-z_]+)'/g);
// What audit() and audit_add() are given; or a chain of conditions that ends in one.
const written = new Set([...literals.filter((l) => !permissions.includes(l)), ...inserts.map(([action]) => action)]);
const about = new Set([...all(source, /\.object = "([a-z_]+)"/g).flat(), ...inserts.map(([, object]) => object)]);

test('each action that is written is in the table, and each of the table is written', () => {
	assert.ok(inserts.length >= 3 && written.size > 40);
	assert.deepEqual([...written].sort(), actions.toSorted());
	assert.deepEqual(actions, actions.toSorted(), 'in order');
});

test('each kind that is written is in the table, and each of the table is written', () => {
	assert.deepEqual([...about].sort(), kinds.toSorted());
});

test('each of them has words', () => {
	for (const key of [...actions.map((a) => `audit_${a.replace('.', '_')}`), ...kinds.map((k) => `audit_object_${k}`)])
		assert.match(words, new RegExp(`^${key} = [A-Z].+$`, 'm'), key);
});

test('each member of an entry has a name', () => {
	const members = new Set(all(source, /audit_diff_(?:text|i64)\(\s*&?\w+, "(\w+)"/g).flat());
	for (const [json] of all([source.replaceAll('\\"', '"'), ...files('sql/queries', '.sql')].join('\n'), /(\{"(?:users|session|status|answer|cancelled|time_zone)":[^\n]*)/g))
		for (const [name] of all(json, /"([a-z_]+)":/g)) members.add(name);
	for (const [name] of all(read('src/model/import.c'), /jw_key\(&w, "(\w+)"\)/g)) members.add(name);
	assert.ok(members.size > 35);
	// What is counted is said in one sentence (src/web/history.c).
	const counted = ['created', 'updated', 'enroll', 'wait', 'move', 'skip'];
	for (const name of members) if (!counted.includes(name)) assert.match(words, new RegExp(`^member_${name} = [A-Z]`, 'm'), name);
});
