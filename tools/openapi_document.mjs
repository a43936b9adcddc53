// The OpenAPI 3.1 document of what openapi_read.mjs read, and the examples that it shows.

const instant = '2026-12-03T08:00:00Z';
const wall_pattern = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$';

// ---- types as JSON Schema

const plain = {
	id: { type: 'string', minLength: 1 },
	text: { type: 'string' },
	email: { type: 'string', format: 'email' },
	integer: { type: 'integer' },
	number: { type: 'number' },
	bool: { type: 'boolean' },
	instant: { type: 'string', format: 'date-time', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z$' },
	moment: { type: 'string', format: 'date-time' },
	wall: { type: 'string', pattern: wall_pattern },
	zone: { type: 'string', minLength: 1 },
	any: {},
};

function limits(type) {
	const [min, max] = type.kind === 'list' ? ['minItems', 'maxItems']
		: ['integer', 'number'].includes(type.kind) ? ['minimum', 'maximum'] : ['minLength', 'maxLength'];
	return {
		...(type.min === undefined ? {} : { [min]: type.min }),
		...(type.max === undefined ? {} : { [max]: type.max }),
	};
}

const reference = (name) => ({ $ref: `#/components/schemas/${name}` });

// In a body (`form`) an id may also be a number.
export function schemaOf(type, codes, form = false) {
	if (type.kind === 'schema')
		return type.null ? { anyOf: [reference(type.name), { type: 'null' }] } : reference(type.name);
	if (type.kind === 'enum') {
		const words = type.null ? [...type.words, null] : type.words;
		return { type: type.null ? ['string', 'null'] : 'string', enum: words };
	}
	if (type.kind === 'code') return { type: 'string', enum: codes };
	const schema =
		type.kind === 'list' ? { type: 'array', items: schemaOf(type.of, codes, form) }
		: type.kind === 'map' ? { type: 'object', additionalProperties: schemaOf(type.of, codes, form) }
		: type.kind === 'id' && form ? { type: ['string', 'integer'], minLength: 1, minimum: 1 }
		: { ...plain[type.kind] };
	if (type.null && schema.type) schema.type = [schema.type, 'null'].flat();
	return { ...schema, ...limits(type) };
}

// ---- examples: what a line says after "=", else what its type suggests

export function exampleOf(api, type) {
	switch (type.kind) {
	case 'schema': return exampleOfSchema(api, api.schemas.get(type.name));
	case 'enum': return type.words[0];
	case 'list': return [exampleOf(api, type.of)];
	case 'map': return {};
	case 'id': return '17';
	case 'text': return type.null ? null : 'text';
	case 'email': return 'maria@example.org';
	case 'integer': return type.min ?? 1;
	case 'number': return type.min ?? 1;
	case 'bool': return true;
	case 'instant': return instant;
	case 'moment': return '2026-12-03T09:00:00+01:00';
	case 'wall': return '2026-12-03T09:00';
	case 'zone': return 'Europe/Berlin';
	case 'code': return 'required';
	default: return null;
	}
}

// Of an answer every member; of a form those that have an example or must be there.
export function exampleOfSchema(api, schema, needs = []) {
	const shown = (m) => schema.kind === 'schema' || m.required || m.example !== undefined || needs.includes(m.name);
	return Object.fromEntries(
		schema.members.filter(shown).map((m) => [m.name, m.example === undefined ? exampleOf(api, m.type) : m.example]),
	);
}

export const listExample = (api, type) => ({ items: [exampleOf(api, type)], next: null });

// ---- components

function schemas(api, codes) {
	const found = {};
	for (const schema of api.schemas.values()) {
		const properties = Object.fromEntries(
			schema.members.map((m) => [
				m.name,
				{ ...schemaOf(m.type, codes, schema.kind === 'form'), ...(m.words ? { description: m.words } : {}) },
			]),
		);
		const required = schema.members.filter((m) => schema.kind === 'schema' || m.required).map((m) => m.name);
		found[schema.name] = {
			type: 'object',
			...(schema.words ? { description: schema.words } : {}),
			properties,
			...(required.length ? { required } : {}),
			additionalProperties: false,
			examples: [exampleOfSchema(api, schema)],
		};
	}
	return found;
}

// What a list of so many answers.
function listSchema(items) {
	return {
		type: 'object',
		properties: {
			items: { type: 'array', items },
			next: { type: ['string', 'null'], description: 'The cursor of the next page; null: this is the last.' },
		},
		required: ['items', 'next'],
		additionalProperties: false,
	};
}

const problem_words = {
	400: ['BadRequest', 'The JSON or the query cannot be read.'],
	401: ['NoToken', 'There is no token, or it is none of ours.'],
	403: ['Forbidden', 'The roles of the user behind the token can never do this.'],
	404: ['NotFound', 'Not there, or out of scope: no difference is made.'],
	409: ['Conflict', 'The state does not allow it; `errors` says why.'],
	413: ['TooLarge', 'The body is too large.'],
	415: ['WrongType', 'The body has another type than this call takes.'],
	422: ['Invalid', 'A value is wrong; `errors` has an entry for each, with its field.'],
	429: ['TooMany', 'Too many wrong tokens from this address.'],
	503: ['Unavailable', 'The server is busy. Try again.'],
};

const problem_content = { 'application/problem+json': { schema: reference('Problem') } };
const retry_header = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } } };

function problemResponse(status) {
	const headers = status === 429 || status === 503 ? retry_header
		: status === 401 ? { 'WWW-Authenticate': { description: 'Bearer', schema: { type: 'string' } } } : null;
	return { description: problem_words[status][1], ...(headers ? { headers } : {}), content: problem_content };
}

const components = (api, codes) => ({
	securitySchemes: {
		token: { type: 'http', scheme: 'bearer', description: 'A token of Settings, API tokens. It acts as its user.' },
	},
	parameters: {
		limit: {
			name: 'limit', in: 'query', description: 'How many items at most.',
			schema: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
		},
		after: {
			name: 'after', in: 'query', description: 'The `next` of the page before.', schema: { type: 'string' },
		},
		IdempotencyKey: {
			name: 'Idempotency-Key', in: 'header',
			description: 'For 24 hours the same key and body give the same answer again, another body 409.',
			schema: { type: 'string', minLength: 1, maxLength: 255 },
		},
	},
	responses: Object.fromEntries(
		Object.entries(problem_words).map(([status, [name]]) => [name, problemResponse(Number(status))]),
	),
	schemas: schemas(api, codes),
});

// ---- one call

const singular = (path) => {
	const noun = /\/(\w+)\/\{id\}/.exec(path)[1];
	return noun === 'batches' ? 'batch' : noun.replace(/s$/, '');
};

export const takesBody = (call) => Boolean(call.body || call.file);

// Which refusals a call has follows from its route; its own lines add to them.
export function refusalsOf(call) {
	const { route } = call;
	const query = call.query.length > 0 || call.paged || call.sort;
	const has = {
		400: true,
		401: !route.public,
		403: route.permission !== null,
		404: route.path.includes('{id}'),
		409: route.method !== 'GET',
		413: takesBody(call),
		415: takesBody(call),
		422: takesBody(call) || query || route.method === 'POST',
		429: !route.public,
		503: true,
	};
	const found = new Map(Object.keys(has).filter((s) => has[s]).map((s) => [Number(s), []]));
	for (const refusal of call.refusals) found.set(refusal.status, [...(found.get(refusal.status) ?? []), refusal]);
	return [...found].sort(([a], [b]) => a - b);
}

function refusalResponse(status, own) {
	if (!own.length) return { $ref: `#/components/responses/${problem_words[status][0]}` };
	const lines = own.map((r) => `${r.codes.map((c) => `\`${c}\``).join(', ')}${r.codes.length ? ': ' : ''}${r.words}`);
	const response = problemResponse(status);
	const schema = own.find((r) => r.schema)?.schema;
	const either = { anyOf: [reference('Problem'), reference(schema)] };
	if (schema) response.content = { 'application/problem+json': { schema: either } };
	return { ...response, description: [response.description, ...lines].join('\n\n') };
}

export function parametersOf(call) {
	const found = call.query.map((m) => ({ name: m.name, type: m.type, words: m.words }));
	if (call.sort) {
		const words = call.sort.columns.flatMap((c) => [c, `-${c}`]);
		found.push({
			name: 'sort', type: { kind: 'enum', words },
			words: `The order; \`-\` turns it round. Without it: ${call.sort.first}.`,
		});
	}
	return found;
}

function answerResponse(api, codes, call, answer) {
	const words = answer.words || (answer.status === 204 ? 'Done.' : answer.status === 201 ? 'Made.' : 'Here it is.');
	const replayed = {
		'Idempotent-Replayed': { description: 'This answer was given before.', schema: { const: 'true' } },
	};
	const response = { description: words, ...(call.route.method === 'POST' ? { headers: replayed } : {}) };
	if (!answer.type) return response;
	const schema = schemaOf(answer.type, codes);
	const example = answer.list ? listExample(api, answer.type) : exampleOf(api, answer.type);
	const media = { schema: answer.list ? listSchema(schema) : schema };
	if (answer.type.kind !== 'any') media.examples = { example: { value: example } };
	const files = answer.files.map((type) => [type, { schema: { type: 'string' } }]);
	return { ...response, content: { 'application/json': media, ...Object.fromEntries(files) } };
}

function requestBody(api, call) {
	if (call.file) {
		const content = call.file.types.map((t) => [t, { schema: { type: 'string' } }]);
		return { description: call.file.words, required: true, content: Object.fromEntries(content) };
	}
	const { name, needs } = call.body;
	const schema = { ...reference(name), ...(needs.length ? { type: 'object', required: needs } : {}) };
	const example = exampleOfSchema(api, api.schemas.get(name), needs);
	return { required: true, content: { 'application/json': { schema, examples: { example: { value: example } } } } };
}

export const operationId = (call) => call.handler.replace(/^api_/, '');

function operation(api, codes, call) {
	const { route } = call;
	const parameters = [];
	if (route.path.includes('{id}'))
		parameters.push({
			name: 'id', in: 'path', required: true, description: `The id of the ${singular(route.path)}.`,
			schema: { type: 'string', minLength: 1 },
		});
	for (const p of parametersOf(call))
		parameters.push({
			name: p.name, in: 'query', ...(p.words ? { description: p.words } : {}), schema: schemaOf(p.type, codes),
		});
	if (call.paged) parameters.push(...['limit', 'after'].map((n) => ({ $ref: `#/components/parameters/${n}` })));
	if (route.method === 'POST') parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
	return {
		operationId: operationId(call),
		tags: [call.section.title],
		summary: call.title,
		...(call.words.length ? { description: call.words.join('\n') } : {}),
		...(route.public ? { security: [] } : {}),
		...(parameters.length ? { parameters } : {}),
		...(takesBody(call) ? { requestBody: requestBody(api, call) } : {}),
		responses: Object.fromEntries([
			...call.answers.map((a) => [String(a.status), answerResponse(api, codes, call, a)]),
			...refusalsOf(call).map(([status, own]) => [String(status), refusalResponse(status, own)]),
		]),
		'x-permission': route.permission,
		'x-object': route.object,
	};
}

// ---- the whole

export function makeDocument(api, codes, version) {
	const paths = {};
	for (const call of api.sections.flatMap((s) => s.calls))
		(paths[call.route.path] ??= {})[call.route.method.toLowerCase()] = operation(api, codes, call);
	const rules = api.rules.map((r) => `## ${r.title}\n\n${r.words.join('\n')}`);
	return {
		openapi: '3.1.0',
		info: {
			title: api.about.title,
			summary: api.about.words[0],
			description: [...api.about.words.slice(1), ...rules].join('\n\n'),
			version,
			license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
		},
		servers: [{ url: '/api/v1' }],
		security: [{ token: [] }],
		tags: api.sections.map((s) => ({ name: s.title, description: s.words.join('\n') })),
		paths,
		components: components(api, codes),
	};
}
