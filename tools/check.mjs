// The rules of the house that a compiler does not know. Each rule reads files and answers what breaks it.
// usage: node tools/check.mjs [--tap]
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runners } from '../tests/lib/runners.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// ---- files

function files_below(folder, pattern) {
	const top = join(root, folder);
	if (!existsSync(top)) return [];
	return readdirSync(top, { recursive: true, withFileTypes: true })
		.filter((e) => e.isFile() && pattern.test(e.name))
		.map((e) => join(e.parentPath ?? e.path, e.name).slice(root.length + 1))
		.sort();
}

const texts = new Map();
function read(file) {
	if (!texts.has(file)) texts.set(file, readFileSync(join(root, file), 'utf8'));
	return texts.get(file);
}

// A C file in three views of the same length: the code without comments and string contents, the strings, the comments.
const views = new Map();
function view(file) {
	if (views.has(file)) return views.get(file);
	const text = read(file);
	const blank = (s) => s.replace(/[^\n]/g, ' ');
	const strings = [],
		comments = [];
	const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (token, at) => {
		if (token[0] === '/') {
			comments.push({ text: token, at });
			return blank(token);
		}
		if (token[0] === '"') strings.push({ text: token.slice(1, -1), at });
		return `${token[0]}${blank(token.slice(1, -1))}${token[0]}`;
	});
	const found = { text, code, strings, comments };
	views.set(file, found);
	return found;
}

const line_of = (text, at) => text.slice(0, at).split('\n').length;
const c_files = files_below('src', /\.[ch]$/);
const own_c = [
	...c_files,
	...files_below('tools', /\.[ch]$/),
	...files_below('tests', /\.[ch]$/),
	...files_below('bench', /\.[ch]$/),
];
const templates = files_below('templates', /\.html$/);
// Mail programs know no style sheets; pages have a strict policy.
const pages = templates.filter((f) => !f.startsWith('templates/mail_'));
const styles = files_below('assets', /\.css$/);

function matches(files, pattern, words, part = (file) => view(file).code) {
	return files.flatMap((file) =>
		[...part(file).matchAll(pattern)].map((m) => `${file}:${line_of(part(file), m.index)}: ${words(m)}`),
	);
}

const includes = (file) =>
	[...view(file).text.matchAll(/^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]/gm)].map((m) => ({
		name: m[2],
		line: line_of(view(file).text, m.index),
	}));

// ---- rules

// ARCHITECTURE.md: arrows point one way. What a room may include, besides itself.
const below_web = ['base', 'db', 'model', 'calendar', 'mail', 'report'];
const may_include = {
	base: [],
	db: ['base'],
	model: ['base', 'db'],
	calendar: ['base', 'db', 'model'],
	mail: ['base', 'db', 'model', 'calendar'],
	report: ['base', 'db', 'model'],
	jobs: below_web,
	web: [...below_web, 'jobs'],
	api: [...below_web, 'jobs'],
};
may_include.cli = [...may_include.web, 'web', 'api'];
// The adapter between HTTP and handlers: pages and REST share it.
const web_adapter = ['web/web.h', 'web/app.h', 'web/server.h', 'web/router.h', 'web/reply.h'];

function arrows() {
	return c_files.flatMap((file) => {
		const room = file.split('/').length > 2 ? file.split('/')[1] : null;
		if (!room) return [];
		if (!may_include[room]) return [`${file}: the room ${room} is not in ARCHITECTURE.md`];
		return includes(file).flatMap(({ name, line }) => {
			const other = name.split('/')[0];
			const own = other === room || !(other in may_include);
			if (own || may_include[room].includes(other) || (room === 'api' && web_adapter.includes(name))) return [];
			return [`${file}:${line}: ${room} includes ${name}`];
		});
	});
}

const library_rooms = [
	[/^sqlite3\.h$/, /^(src\/db\/sqlite\w*|tools\/sqlc\w*|tests\/unit\/test_fsck|bench\/floor_\w+)\./],
	[/^libpq-fe\.h$/, /^(src\/db\/postgres\w*|tests\/postgres\/\w+)\./],
	[/^microhttpd\.h$/, /^src\/web\/(server|front|lane|exchange|guard|listen)\w*\./],
	[/^curl\//, /^src\/mail\/|^tests\/(unit|fuzz)\//],
	[/^gmime\//, /^src\/mail\/inbound\.|^tests\/(unit|fuzz)\//],
	[/^libical\//, /^src\/calendar\/|^tests\/(unit|fuzz)\//],
	[/^sodium/, /^src\/base\/crypt\w*\./],
	[/^jansson\.h$/, /^src\/base\/json\w*\./],
	[/^xlsxwriter/, /^src\/report\/table_xlsx\./],
	[/^zip\.h$/, /^(src\/base\/|tests\/(fuzz\/fuzz|unit\/test)_)xlsx\./],
	[/^expat\.h$/, /^src\/base\/xlsx\./],
	[/^unicode\//, /^(src\/base\/(text|unicode)\w*|tools\/\w+)\./],
];

function libraries() {
	return own_c.flatMap((file) =>
		includes(file).flatMap(({ name, line }) =>
			library_rooms
				.filter(([header, rooms]) => header.test(name) && !rooms.test(file))
				.map(() => `${file}:${line}: ${name} belongs to another room`),
		),
	);
}

// What a string literal of C must not hold.
const sql_start = new RegExp(
	String.raw`^\s*(SELECT\s|INSERT\s+(OR|INTO)\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS|` +
		String.raw`CREATE\s+(TABLE|INDEX|UNIQUE)|DROP\s+TABLE|ALTER\s+TABLE)`,
);
const html_elements =
	'a abbr b body br button code dd div dl dt em fieldset form h[1-6] head hr html i img input label legend li link ' +
	'main meta nav ol option p pre script section select small span strong style svg ' +
		'table tbody td textarea th thead time ' +
	'title tr ul';
const html_tag = new RegExp(String.raw`</?(${html_elements.replaceAll(' ', '|')})(\s[^<]*)?/?>`, 'i');

function literals(files, pattern, words) {
	return files.flatMap((file) =>
		view(file)
			.strings.filter((s) => pattern.test(s.text))
			.map((s) => `${file}:${line_of(view(file).text, s.at)}: ${words}: "${s.text.slice(0, 60)}"`),
	);
}

const sql_strings = () =>
	literals(
		c_files.filter((f) => !f.startsWith('src/db/')),
		sql_start,
		'SQL belongs into sql/queries',
	);
// A page and its API call are two faces of one model function. What the adapter itself keeps, it asks for itself:
// sign-ins, forms that outlive one, counts of guesses, answers to repeat.
function statements_in_pages() {
	const names = files_below('sql/queries', /\.sql$/)
		.filter((file) => !['sign_in.sql', 'kept_form.sql'].includes(basename(file)))
		.flatMap((file) => [...read(file).matchAll(/^-- name: (\w+)/gm)].map((m) => m[1]));
	const call = new RegExp(`(?<![\\w.>])(${names.join('|')})\\s*\\(`, 'g');
	const faces = c_files.filter((f) => /^src\/(web|api)\//.test(f));
	return matches(faces, call, (m) => `${m[1]}() is a statement: ask the model`);
}

const html_in_c = () =>
	literals(
		c_files.filter((f) => f.endsWith('.c')),
		html_tag,
		'HTML belongs into templates',
	);

const banned = {
	strcpy: 'struct str',
	strcat: 'struct buf',
	strncpy: 'struct str',
	strncat: 'struct buf',
	sprintf: 'str_fmt',
	vsprintf: 'str_vfmt',
	gets: 'anything',
	atoi: 'str_to_i64',
	atol: 'str_to_i64',
	atoll: 'str_to_i64',
	strtok: 'str_split',
	strtok_r: 'str_split',
	alloca: 'the arena',
	localtime: 'base/tz.h',
	gmtime: 'base/tz.h',
	mktime: 'base/tz.h',
	asctime: 'base/tz.h',
	ctime: 'base/tz.h',
	tmpnam: 'mkstemp',
	mktemp: 'mkstemp',
};

function banned_calls() {
	const program = c_files.filter((f) => !/^src\/base\/clock\./.test(f));
	const anywhere = new RegExp(`(?<![\\w.>])(${Object.keys(banned).join('|')})\\s*\\(`, 'g');
	// Time and chance come from outside, so that any day can be replayed; and no shell is ever started.
	const clock = /(?<![\w.>])(time|gettimeofday)\s*\(\s*(NULL|&)/g;
	const others = /(?<![\w.>])(rand|srand|random|system|popen)\s*\(/g;
	return [
		...matches(own_c, anywhere, (m) => `${m[1]}() is not used here; ${banned[m[1]]} instead`),
		...matches(program, clock, (m) => `${m[1]}(): ask clock_now()`),
		...matches(program, others, (m) => `${m[1]}() is not used in the program`),
	];
}

// A public function has words: above it, beside it, or above the group of declarations that it stands in. In a header
// of a few lines the words at the top speak for all.
const small_header = 30;
function header_comments() {
	return files_below('src', /\.h$/).flatMap((file) => {
		const { text, code } = view(file);
		const lines = text.split('\n'),
			bare = code.split('\n');
		const found = [];
		if (!/^\s*\/\*/.test(text)) found.push(`${file}:1: says nothing about what it is`);
		if (lines.length <= small_header) return found;
		for (let at = 0; at < lines.length; at++) {
			if (
				!/^[a-z_][\w\s*]*?\b\w+\(/i.test(bare[at]) ||
				/^\s*(#|typedef|static|return|extern|struct \w+ \{)/.test(bare[at])
			)
				continue;
			let from = at,
				to = at;
			while (from > 0 && lines[from - 1].trim()) from--;
			// A section title ("/* ---- reading */") speaks for the group right below it.
			if (/^\/\* ---- /.test(lines[from - 2] ?? '')) from -= 2;
			while (to < lines.length - 1 && lines[to + 1].trim()) to++;
			const group = lines.slice(from, to + 1).join('\n');
			if (!/\/\*/.test(group)) found.push(`${file}:${at + 1}: no comment: ${lines[at].trim().slice(0, 80)}`);
		}
		return found;
	});
}

const line_limit = 120,
	file_limit = 700,
	tab = 4;

// SQL, HTML and CSS have no formatter here, and a long predicate or selector reads well on one line.
function line_lengths() {
	const files = [...own_c, ...files_below('tools', /\.mjs$/), ...files_below('tests/lib', /\.mjs$/)];
	return files.flatMap((file) =>
		read(file)
			.split('\n')
			.flatMap((line, i) => {
				const width = [...line.replace(/\t/g, ' '.repeat(tab))].length;
				return width > line_limit ? [`${file}:${i + 1}: ${width} columns (./dev fmt)`] : [];
			}),
	);
}

function file_lengths() {
	return [...own_c, ...files_below('tools', /\.mjs$/), ...files_below('tests', /\.mjs$/), ...styles].flatMap(
		(file) => {
			const n = read(file).split('\n').length - 1;
			return n > file_limit ? [`${file}: ${n} lines, a file is one subject of at most ${file_limit}`] : [];
		},
	);
}

function unfinished() {
	const files = [
		...own_c,
		...files_below('tools', /\.mjs$/),
		...files_below('tests', /\.mjs$/),
		...templates,
		...styles,
		...files_below('sql', /\.sql$/),
		...files_below('assets', /\.js$/),
	];
	const mark = new RegExp(
		`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b(?!:? (result|tests?)\\b)`,
		'g',
	);
	return matches(
		files.filter((f) => f !== 'tests/lib/tap.mjs'),
		mark,
		(m) => m[1],
		read,
	);
}

// A test that nobody runs proves nothing.
function tests_are_run() {
	const run = new Set([false, true].flatMap((long) => runners('', long).map((r) => r.name)));
	const test = (f) =>
		/(^|\/)(test_|fuzz_)[^/]*\.c$/.test(f) ||
		(f.endsWith('.mjs') && /from 'node:test'/.test(read(f)) && !f.startsWith('tests/lib/'));
	return files_below('tests', /\.(c|mjs)$/)
		.filter((f) => test(f) && !run.has(f))
		.map((f) => `${f}: tests/run.mjs does not find it`);
}

function tests_assert() {
	return files_below('tests', /^test_.*\.c$|\.test\.mjs$/)
		.filter((f) => !/assert|fail\(/.test(read(f)))
		.map((f) => `${f}: asserts nothing`);
}

function strict_markup() {
	return [
		...matches(templates, /<style\b/gi, () => 'a style element', read),
		...matches(pages, /<[^>{]*\sstyle\s*=/gi, () => 'a style attribute', read),
		...matches(templates, /<script\b(?![^>]*\ssrc=)/gi, () => 'an inline script', read),
		...matches(templates, /<[a-z][^>{]*\son[a-z]+\s*=/gi, () => 'an event handler attribute', read),
		...matches(templates, /javascript:/gi, () => 'a javascript: address', read),
		...matches(templates, /(?:src|href)="(?:https?:)?\/\//gi, () => 'something from another server', read),
	];
}

const color_names =
	'aqua black blue brown crimson cyan fuchsia gray green grey lime magenta maroon navy olive orange pink purple ' +
	'red silver teal white yellow';
const color = new RegExp(
	String.raw`:[^;{}]*(#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|` +
		String.raw`(?<![-\w])(${color_names.replaceAll(' ', '|')})(?![-\w(]))`,
	'gi',
);
const direction = new RegExp(
	String.raw`(?<=[;{\s])((?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)[\w-]*|` +
		String.raw`left|right|top|bottom|border-(?:top|bottom)-(?:left|right)-radius)\s*:|` +
		String.raw`(?:text-align|float|clear)\s*:\s*(left|right)`,
	'g',
);
const without_comments = (file) => read(file).replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' '));

function colors() {
	const elsewhere = styles.filter((f) => basename(f) !== 'tokens.css');
	return matches(elsewhere, color, (m) => `a color outside tokens.css: ${m[1]}`, without_comments);
}

function logical_properties() {
	const words = (m) => `${m[0].trim()} has a direction; use its logical twin (inline, block)`;
	return matches(styles, direction, words, without_comments);
}

// Sentences are data: a page that does not use one should not carry it.
function sentences_are_used() {
	// Each row of this table is a sentence of its own.
	const trail = [...read('src/model/audit.def').matchAll(/^(?:KIND\((\w+)\)|ACTION\((\w+), (\w+)\))/gm)]
		.map(([, kind, object, verb]) => (kind ? `t_audit_object_${kind}` : `t_audit_${object}_${verb}`));
	const users = [...[...templates, ...c_files].map(read), ...trail].join('\n');
	// Keys that are put together while running say where: text_lookup(t, str_num(a, "reason_", n)).
	const looked_up = [...users.matchAll(/lookup\(.*"([a-z_]+_)[%"]/g)].map((m) => m[1]);
	return files_below('locale/en', /\.txt$/).flatMap((file) =>
		[...read(file).matchAll(/^([a-z][a-z0-9_]*)(\([^)]*\))?\s*=/gm)]
			.filter((m) => !new RegExp(`\\bt[._]${m[1]}\\b`).test(users))
			.filter((m) => !looked_up.some((start) => m[1].startsWith(start)))
			.map((m) => `${file}:${line_of(read(file), m.index)}: nobody says ${m[1]}`),
	);
}

// What docs/roles.md says of each permission is what the program says: name, sentence, reach and what comes with it.
function permissions_are_documented() {
	const page = 'docs/roles.md',
		row = /PERMISSION\((\w+), "([\w.]+)", \w+, (\w+), (.*?)\)\s*\/\*/g,
		stored = [...read('src/model/permissions.def').matchAll(row)],
		says = (key) => new RegExp(`^${key} = (.*)$`, 'm').exec(read('locale/en/roles.txt'))?.[1],
		names = Object.fromEntries(stored.map(([, constant, name]) => [constant, name])),
		told = [...read(page).matchAll(/^\| `([\w.]+)` \| (.*) \|$/gm)];
	const wanted = new Map(
		stored.map(([, , name, reach, needs]) => {
			const key = `permission_${name.replaceAll('.', '_')}`;
			const comes_with = [...needs.matchAll(/N\((\w+)\)/g)].map((m) => `\`${names[m[1]]}\``).join(', ') || '–';
			const where = reach === 'SCOPED' ? 'the departments' : 'the whole account';
			return [name, `${says(key)} | ${says(`${key}_opens`)} | ${where} | ${comes_with}`];
		}),
	);
	return [
		...told.filter(([, name]) => !wanted.has(name)).map(([, name]) => `${page}: there is no permission ${name}`),
		...[...wanted]
			.filter(([name, row]) => told.filter((m) => m[1] === name && m[2] === row).length !== 1)
			.map(([name, row]) => `${page}: one row should be | \`${name}\` | ${row} |`),
		...(stored.length > 10 ? [] : ['src/model/permissions.def: not understood']),
	];
}

// A migration that is listed in sql/schema/frozen.txt (as sha256sum writes it) was applied somewhere: it never changes.
function frozen_migrations() {
	const list = 'sql/schema/frozen.txt',
		names = files_below('sql/schema', /^\d{4}_\w+\.sql$/).map((file) => basename(file)),
		frozen = read(list).trimEnd().split('\n').map((line) => line.split('  ')),
		sum = (name) => createHash('sha256').update(read(`sql/schema/${name}`)).digest('hex');
	return frozen.flatMap(([pinned, name], i) => {
		const data = `tests/data/schema_${i + 1}.sql`,
			newest = i === frozen.length - 1;
		if (name !== names[i]) return [`${list}:${i + 1}: the next is ${names[i] ?? 'none'}: all in order`];
		if (pinned !== sum(name)) return [`sql/schema/${name} is frozen: a change is a new file (CONTRIBUTING.md)`];
		return !newest || existsSync(join(root, data)) ? [] : [`${data} is missing: tests/data/make.mjs makes it`];
	});
}

// ---- the sum

const rules = [
	['arrows between rooms point one way', arrows],
	['each library stays in its room', libraries],
	['SQL is written in SQL', sql_strings],
	['pages and the API ask the model', statements_in_pages],
	['HTML is written in HTML', html_in_c],
	['no banned calls', banned_calls],
	['public functions are explained', header_comments],
	['lines fit', line_lengths],
	['files are short', file_lengths],
	['nothing is left for later', unfinished],
	['every test is run', tests_are_run],
	['every test asserts', tests_assert],
	['templates fit the strict policy', strict_markup],
	['colors are tokens', colors],
	['styles know no left and right', logical_properties],
	['every sentence is used', sentences_are_used],
	['permissions are documented', permissions_are_documented],
	['frozen migrations stay as they are', frozen_migrations],
];

let bad = 0;
const tap = process.argv.includes('--tap');
if (tap) console.log(`TAP version 13\n1..${rules.length}`);
rules.forEach(([name, rule], i) => {
	const findings = rule();
	bad += findings.length;
	if (tap) console.log(`${findings.length ? 'not ok' : 'ok'} ${i + 1} - ${name}`);
	if (findings.length)
		console.log(tap ? findings.map((f) => `# ${f}`).join('\n') : `${name}:\n  ${findings.join('\n  ')}`);
});
process.exitCode = bad ? 1 : 0;
