// The same as C: the document's bytes, and constant data for the page that shows it (src/web/view_contract.h).
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
	exampleOf, exampleOfSchema, listExample, operationId, parametersOf, refusalsOf,
} from './openapi_document.mjs';

// ---- C literals

const escapes = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\t': '\\t', '?': '\\?' };
const quoted = (s) => `"${s.replace(/[\\"\n\t?]/g, (c) => escapes[c])}"`;
const str = (s) => (s ? `{ ${quoted(s)}, ${Buffer.byteLength(s)} }` : '{ "", 0 }');
const list = (name, type, items) => {
	const all = items.length ? `(const struct ${type}[]){ ${items.join(',\n')} }` : 'NULL';
	return `.${name} = ${all}, .${name}_n = ${items.length}`;
};
const bytes = (buffer) => [...new Int8Array(buffer.buffer, buffer.byteOffset, buffer.length)].join(',')
	.replace(/(.{100,118}?),(?=-?\d)/g, '$1,\n');

// "`limit` is 50" as pieces: words of the API are set apart.
function words(text) {
	const pieces = text.split('`').map((part, i) => ({ part, code: i % 2 === 1 })).filter((p) => p.part);
	return `{ ${list('pieces', 'contract_piece', pieces.map((p) => `{ ${str(p.part)}, ${p.code} }`))} }`;
}

// ---- types and members in words

const ranges = (t) => {
	if (t.min === undefined && t.max === undefined) return '';
	const [a, b] = [t.min, t.max].map((n) => n?.toLocaleString('en'));
	return a === undefined || (a === '0' && t.kind !== 'integer') ? ` (up to ${b})`
		: b === undefined ? ` (from ${a})` : ` (${a}–${b})`;
};

const names = {
	bool: 'true or false', instant: 'instant', moment: 'instant, any offset', wall: 'YYYY-MM-DDTHH:MM',
	zone: 'time zone', code: 'code', any: 'anything', email: 'e-mail',
};

function typeWords(t) {
	const base = t.kind === 'enum' ? t.words.join(' | ')
		: t.kind === 'list' ? `list of ${t.of.kind === 'schema' ? 'objects' : typeWords(t.of)}`
		: t.kind === 'map' ? 'object' : t.kind === 'schema' ? 'object' : (names[t.kind] ?? t.kind);
	return `${base}${ranges(t)}${t.null ? ' or null' : ''}`;
}

const inside = (type) => (type.of ? inside(type.of) : type.kind === 'schema' ? type.name : null);
const marks = (type) => (type.kind === 'list' ? '[]' : '');

// The members of a schema and of those inside it, in order: "days", "days[].id", …
function flat(api, schema, needs = [], before = '') {
	return schema.members.flatMap((m) => {
		const name = before + m.name;
		const other = inside(m.type);
		const required = schema.kind === 'form' && (m.required || needs.includes(m.name));
		const own = { name, type: typeWords(m.type), required, words: m.words };
		return [own, ...(other ? flat(api, api.schemas.get(other), [], `${name}${marks(m.type)}.`) : [])];
	});
}

const member = (m) => `{ ${str(m.name)}, ${str(m.type)}, ${Boolean(m.required)}, ${words(m.words)} }`;
const members = (name, all) => list(name, 'contract_member', all.map(member));

// ---- calls

const json = (value) => JSON.stringify(value, null, 2);

// What one call of a section has shown, the others refer to.
function answer(api, a, call, shown) {
	const schema = a.type && api.schemas.get(inside(a.type));
	const shows = a.type && a.type.kind !== 'any';
	const example = shows ? json(a.list ? listExample(api, a.type) : exampleOf(api, a.type)) : '';
	const as = schema && shown.get(schema);
	if (schema && !as) shown.set(schema, call);
	return `{ .status = ${str(String(a.status))}, .example = ${str(example)}, .list = ${a.list},
		.as_id = ${str(as ? operationId(as) : '')}, .as_title = ${str(as?.title ?? '')},
		.words = ${words(a.words)}, ${members('members', schema && !as ? flat(api, schema) : [])} }`;
}

const refusal = (status, own) =>
	own.map((r) => `{ ${str(String(status))}, ${str(r.codes.join(', '))}, ${words(r.words)} }`);

// What a shell would send; $MUSTER and $TOKEN are explained on the page.
function request(api, call) {
	const { route } = call;
	const parts = [route.method === 'GET' ? 'curl' : `curl -X ${route.method}`];
	if (!route.public) parts.push('-H "Authorization: Bearer $TOKEN"');
	if (call.file) parts.push(`-H "Content-Type: ${call.file.types[0]}" --data-binary @FILE`);
	if (call.body) {
		const body = exampleOfSchema(api, api.schemas.get(call.body.name), call.body.needs);
		parts.push('-H "Content-Type: application/json"', `-d '${json(body).replaceAll("'", "'\\''")}'`);
	}
	parts.push(`"$MUSTER/api/v1${route.path.replace('{id}', '17')}"`);
	return parts.join(' \\\n  ');
}

function parameters(call) {
	const all = parametersOf(call).map((p) => ({ ...p, type: typeWords(p.type) }));
	if (call.sort) all.at(-1).type = call.sort.columns.join(' | ');
	if (call.paged)
		all.push(
			{ name: 'limit', type: 'integer (1–1,000)', words: 'How many items at most; 50, unless said otherwise.' },
			{ name: 'after', type: 'text', words: 'The `next` of the page before.' },
		);
	return all;
}

function callData(api, call, shown) {
	const { route } = call;
	const body = call.body ? flat(api, api.schemas.get(call.body.name), call.body.needs) : [];
	const refusals = refusalsOf(call).flatMap(([status, own]) => refusal(status, own));
	return `{ .id = ${str(operationId(call))}, .method = ${str(route.method)}, .path = ${str(`/api/v1${route.path}`)},
	.title = ${str(call.title)}, .permission = ${str(route.permission ?? '')}, .open = ${route.public},
	.request = ${str(request(api, call))}, .files = ${str(call.file?.types.join(', ') ?? '')},
	${list('paragraphs', 'contract_words', [...call.words, call.file?.words ?? ''].filter(Boolean).map(words))},
	${members('parameters', parameters(call))},
	${members('body', body)},
	${list('answers', 'contract_answer', call.answers.map((a) => answer(api, a, call, shown)))},
	${list('refusals', 'contract_refusal', refusals)} }`;
}

const paragraphs = (all) => list('paragraphs', 'contract_words', all.map(words));

function contract(api) {
	const rules = api.rules.map((r) => `{ .title = ${str(r.title)}, ${paragraphs(r.words)} }`);
	const sections = api.sections.map((s) => {
		const shown = new Map();
		return `{ .slug = ${str(s.slug)}, .title = ${str(s.title)}, ${paragraphs(s.words)},
	${list('calls', 'contract_call', s.calls.map((c) => callData(api, c, shown)))} }`;
	});
	return `const struct contract openapi_contract = { ${paragraphs(api.about.words)},
${list('rules', 'contract_rule', rules)},
${list('sections', 'contract_section', sections)} };`;
}

// ---- files

export const headerText = `/* Made by tools/openapi.mjs: the REST API's description, as a document and as data. */
#ifndef MUSTER_OPENAPI_H
#define MUSTER_OPENAPI_H
#include "web/view_contract.h"

extern const struct str openapi_json, openapi_gzip, openapi_etag;
extern const struct contract openapi_contract;
#endif
`;

export function sourceText(api, document) {
	const text = Buffer.from(document);
	const packed = gzipSync(text, { level: 9 });
	const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
	return `/* Made by tools/openapi.mjs. */
#include "openapi.h"

static const char json[] = {
${bytes(text)}
};
static const char gzip[] = {
${bytes(packed)}
};
const struct str openapi_json = { json, sizeof json };
const struct str openapi_gzip = { gzip, sizeof gzip };
const struct str openapi_etag = ${str(etag)};

${contract(api)}
`;
}
