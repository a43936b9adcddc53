// Reads what the REST API is: the rows of src/web/routes.def below /api/v1, and the descriptions in src/api/*.api.
// The language of those (ARCHITECTURE.md "REST: a row and a schema") is made of lines; what belongs to a line stands
// below it, one tab further in. Whatever does not fit ends the build with the file and line that is wrong.
import { readFileSync } from 'node:fs';

export class Mistake extends Error {}

function fail(where, words) {
	throw new Mistake(`${where.file}:${where.line}: ${words}`);
}

// ---- the table of routes

const route_line =
	/^ROUTE\((\w+),\s*"([^"]+)",\s*(\w+),\s*\w+,\s*(PUBLIC|USER|SETUP),\s*(PERM_\w+),\s*OBJ_(\w+)\)/;

// [{ method, path (below /api/v1), handler, public, permission ("users.view", null), object ("user", null) }]
export function readRoutes(routes_file, permissions_file) {
	const permissions = readFileSync(permissions_file, 'utf8').matchAll(/^PERMISSION\((\w+), "([^"]+)"/gm);
	const names = new Map([...permissions].map((m) => [m[1], m[2]]));
	const lines = readFileSync(routes_file, 'utf8').split('\n');
	return lines.flatMap((text, at) => {
		const row = route_line.exec(text);
		const where = { file: routes_file, line: at + 1 };
		if (!row && text.startsWith('ROUTE(')) fail(where, 'not a row of the table');
		if (!row || !row[2].startsWith('/api/v1/')) return [];
		const [, method, path, handler, who, permission, object] = row;
		return {
			where,
			method,
			// To the router an id that may be a word is a name; to who calls, every id is a text.
			path: path.slice('/api/v1'.length).replace('{name}', '{id}'),
			handler,
			public: who === 'PUBLIC',
			permission: permission === 'PERM_NONE' ? null : names.get(permission),
			object: object === 'NONE' ? null : object.toLowerCase(),
		};
	});
}

export function readErrorCodes(error_file) {
	const list = /#define ERR_CODES\(X\)((?:.*\\\n)*.*)/.exec(readFileSync(error_file, 'utf8'))[1];
	return [...list.matchAll(/X\((\w+)\)/g)].map((m) => m[1]);
}

// ---- types: text 1..100, integer?, active|inactive, [User] 0..50, {text?}, [id]?

const simple = ['id', 'text', 'email', 'integer', 'number', 'bool', 'instant', 'moment', 'wall', 'zone', 'code', 'any'];

// { kind, null, min, max, words (of an enum), of (of a list or map), name (of a schema) }
function parseType(text, where) {
	const found = /^(\[.*\]|\{.*\}|[\w.-]+(?:\|[\w.-]+)*)(\?)?(?:\s+(\d+)?\.\.(\d+)?)?$/.exec(text);
	if (!found) fail(where, `not a type: ${text}`);
	const [, base, question, min, max] = found;
	const common = { null: Boolean(question), min: min && Number(min), max: max && Number(max) };
	if (base[0] === '[') return { kind: 'list', of: parseType(base.slice(1, -1), where), ...common };
	if (base[0] === '{') return { kind: 'map', of: parseType(base.slice(1, -1), where), ...common };
	if (base.includes('|')) return { kind: 'enum', words: base.split('|'), ...common };
	if (simple.includes(base)) return { kind: base, ...common };
	if (/^[A-Z]/.test(base)) return { kind: 'schema', name: base, ...common };
	return { kind: 'enum', words: [base], ...common };
}

const value = (text) => {
	try {
		return JSON.parse(text);
	} catch {
		return text; // a word without quotes is a text
	}
};

// "name! type = example -- words"; without `!` a member of a form may be left out.
function parseMember(text, where) {
	const found = /^(\w+)(!?)\s+(.+?)(?:\s+=\s+(.+?))?(?:\s+--\s+(.+))?$/.exec(text);
	if (!found) fail(where, `not a member: ${text}`);
	const [, name, required, type, example, words = ''] = found;
	return {
		where,
		name,
		required: Boolean(required),
		type: parseType(type, where),
		example: example === undefined ? undefined : value(example),
		words,
	};
}

// ---- files

// Lines with their depth; what stands one deeper belongs to the line above it. Notes and empty lines say nothing.
function tree(file) {
	const top = { depth: -1, children: [] };
	const open = [top];
	readFileSync(file, 'utf8')
		.split('\n')
		.forEach((raw, at) => {
			const depth = /^\t*/.exec(raw)[0].length;
			const text = raw.trim();
			if (!text || text.startsWith('#')) return;
			const node = { file, line: at + 1, depth, text, children: [] };
			while (open.at(-1).depth >= depth) open.pop();
			if (depth !== open.at(-1).depth + 1) fail(node, 'too far in');
			open.at(-1).children.push(node);
			open.push(node);
		});
	return top.children;
}

// A member and its words, which may go on below it.
const longMember = (node, text = node.text) => {
	const member = parseMember(text, node);
	const more = node.children.map((c) => c.text).join(' ');
	member.words = [member.words, more].filter(Boolean).join(' ');
	return member;
};

const words_of = {
	// A status with a type is an answer ("200 list User or text/csv": also as a file); one with codes is a refusal of
	// this call's own.
	status(call, node) {
		const [, status, rest = '', words = ''] = /^(\d{3})(?:\s+(.+?))?(?:\s+--\s+(.+))?$/.exec(node.text) ?? [];
		if (!status) fail(node, `not an answer: ${node.text}`);
		if (Number(status) >= 400) {
			// A refusal may also come with more than a problem has, by a schema of its own.
			const schema = /^[A-Z]\w+$/.test(rest) ? rest : null;
			const codes = schema ? [] : rest.split(/[,\s]+/).filter(Boolean);
			call.refusals.push({ status: Number(status), codes, schema, words, where: node });
			return;
		}
		const [as_json, ...files] = rest.split(/\s+or\s+/);
		const list = as_json.startsWith('list ');
		const type = as_json ? parseType(list ? as_json.slice(5) : as_json, node) : null;
		if (list) call.paged = true;
		call.answers.push({ status: Number(status), list, type, files, words, where: node });
	},
	query(call, node) {
		call.query.push(longMember(node, node.text.slice('query '.length)));
	},
	sort(call, node) {
		const [, columns, first] = /^sort\s+([\w ]+?)(?:\s+from\s+(-?\w+))?$/.exec(node.text) ?? [];
		if (!columns) fail(node, `not a list of columns: ${node.text}`);
		call.sort = { columns: columns.split(/\s+/), first: first ?? columns.split(/\s+/)[0] };
	},
	// "body UserForm needs login, department": the same form makes and changes, but making needs more of it.
	body(call, node) {
		const [, name, needs = ''] = /^body\s+(\w+)(?:\s+needs\s+([\w, ]+))?$/.exec(node.text) ?? [];
		if (!name) fail(node, `not a body: ${node.text}`);
		call.body = { name, needs: needs.split(/[,\s]+/).filter(Boolean), where: node };
	},
	// "file text/csv, application/zip -- words": a body that is no JSON.
	file(call, node) {
		const [, types, words = ''] = /^file\s+(.+?)(?:\s+--\s+(.+))?$/.exec(node.text) ?? [];
		if (!types) fail(node, `not a file: ${node.text}`);
		call.file = { types: types.split(/[,\s]+/), words };
	},
	paged(call) {
		call.paged = true;
	},
};

function parseCall(node, section) {
	const [, handler, title] = /^call\s+(\w+)\s+=\s+(.+)$/.exec(node.text) ?? [];
	if (!handler) fail(node, `not a call: ${node.text}`);
	const call = { where: node, section, handler, title, paged: false };
	for (const name of ['words', 'query', 'answers', 'refusals']) call[name] = [];
	for (const child of node.children) {
		const first = /^\w+/.exec(child.text)?.[0];
		const key = /^\d{3}$/.test(first) ? 'status' : first;
		// Sentences begin with a capital letter or a word of the API; everything else is a word of the language.
		if (/^[A-Z`]/.test(child.text)) call.words.push(child.text);
		else if (Object.hasOwn(words_of, key)) words_of[key](call, child);
		else fail(child, `a call has no "${first}"`);
	}
	if (!call.answers.length) fail(node, `${handler} answers nothing: say "200 Schema" or "204"`);
	return call;
}

function parseSchema(node) {
	const line = /^(schema|form)\s+([A-Z]\w+)(?:\s+from\s+([A-Z]\w+))?(?:\s+--\s+(.+))?$/;
	const [, kind, name, from, words = ''] = line.exec(node.text) ?? [];
	if (!name) fail(node, `not a schema: ${node.text}`);
	return { where: node, kind, name, from, words, members: node.children.map((c) => longMember(c)) };
}

// "form EnrollForm from PlanForm": all members of the other one come first.
function inherit(api, schema) {
	if (!schema.from) return;
	const other = api.schemas.get(schema.from);
	if (!other || other.kind !== schema.kind || other.from) fail(schema.where, `nothing comes from ${schema.from}`);
	schema.members.unshift(...other.members);
}

// { about, order, rules: [{ title, words }], sections: [{ slug, title, words, calls }], schemas: Map }
export function readDescriptions(files) {
	const api = { about: null, order: [], rules: [], sections: [], schemas: new Map() };
	for (const file of files) {
		let section = null;
		for (const node of tree(file)) {
			const [, word, rest] = /^(\w+)\s+(.+)$/.exec(node.text) ?? [];
			const words = node.children.map((c) => c.text);
			if (word === 'about') api.about = { title: rest, words };
			else if (word === 'order') api.order = rest.split(/,\s*/);
			else if (word === 'rule') api.rules.push({ title: rest, words });
			else if (word === 'section') {
				section = { slug: rest.toLowerCase().replace(/\W+/g, '-'), title: rest, words, calls: [] };
				api.sections.push(section);
			} else if (word === 'call') {
				if (!section) fail(node, 'a call before its section');
				section.calls.push(parseCall(node, section));
			} else if (word === 'schema' || word === 'form') {
				const schema = parseSchema(node);
				if (api.schemas.has(schema.name)) fail(node, `${schema.name} is there already`);
				api.schemas.set(schema.name, schema);
			} else fail(node, `a file has no "${word}"`);
		}
	}
	for (const schema of api.schemas.values()) inherit(api, schema);
	// Sections stand in the order that is said; what it does not name comes behind, file by file.
	const nowhere = api.order.find((title) => !api.sections.some((s) => s.title === title));
	if (nowhere) throw new Mistake(`there is no section ${nowhere}`);
	const place = (s) => (api.order.includes(s.title) ? api.order.indexOf(s.title) : api.order.length);
	api.sections.sort((a, b) => place(a) - place(b));
	return api;
}

// ---- one whole: every route has a call and every call a route; every schema is there, fits where it stands, is used

function checkType(api, type, kind, where, used) {
	if (type.of) checkType(api, type.of, kind, where, used);
	if (type.kind !== 'schema') return;
	const schema = api.schemas.get(type.name);
	if (!schema) fail(where, `there is no ${type.name}`);
	if (schema.kind !== kind) fail(where, `${type.name} is a ${schema.kind}, and a ${kind} belongs here`);
	if (used.has(schema)) return;
	used.add(schema);
	for (const member of schema.members) checkType(api, member.type, kind, member.where, used);
}

export function join(routes, api) {
	const calls = new Map(api.sections.flatMap((s) => s.calls).map((c) => [c.handler, c]));
	const used = new Set();
	for (const route of routes) {
		const call = calls.get(route.handler);
		const name = `${route.method} /api/v1${route.path}`;
		if (!call) fail(route.where, `${name} is described nowhere: add "call ${route.handler} = …" to src/api/*.api`);
		if (call.route) fail(call.where, `${route.handler} stands behind two routes`);
		call.route = route;
	}
	for (const call of calls.values()) {
		if (!call.route) fail(call.where, `no route of src/web/routes.def has the handler ${call.handler}`);
		if (call.body) {
			const type = { kind: 'schema', name: call.body.name };
			checkType(api, type, 'form', call.body.where, used);
			const members = api.schemas.get(call.body.name).members.map((m) => m.name);
			for (const name of call.body.needs)
				if (!members.includes(name)) fail(call.body.where, `${call.body.name} has no ${name}`);
		}
		for (const answer of call.answers) if (answer.type) checkType(api, answer.type, 'schema', answer.where, used);
		for (const { schema, where } of call.refusals)
			if (schema) checkType(api, { kind: 'schema', name: schema }, 'schema', where, used);
	}
	const problem = api.schemas.get('Problem');
	checkType(api, { kind: 'schema', name: 'Problem' }, 'schema', problem.where, used);
	for (const schema of api.schemas.values())
		if (!used.has(schema)) fail(schema.where, `nothing has the ${schema.kind} ${schema.name}`);
}
