// The contract of the REST API in use: each answer that a test gets is held against the OpenAPI document of the server
// that gave it, and each body that the server took against what the document says it takes. So a member that nobody
// described, a status that a call does not have or a null where none may be fails the test that met it.
import assert from 'node:assert/strict';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'];

export class Contract {
	#ajv = new Ajv2020({ allErrors: true, strictTypes: true, allowUnionTypes: true });
	#validators = new Map();

	constructor(document) {
		this.document = document;
		addFormats(this.#ajv);
		this.#ajv.addSchema({ $id: 'api', $defs: rooted(document.components.schemas) });
		// Fixed addresses before those with ids, as in the program.
		this.paths = Object.entries(document.paths)
			.sort(([a], [b]) => a.includes('{') - b.includes('{'))
			.map(([path, calls]) => ({ path, calls, pattern: pattern(path) }));
	}

	// [{ method: 'GET', path: '/users/{id}', operation }]
	get operations() {
		return this.paths.flatMap(({ path, calls }) =>
			methods
				.filter((m) => calls[m])
				.map((m) => ({ method: m.toUpperCase(), path, operation: calls[m] })),
		);
	}

	// The words of what does not fit; null: it does.
	misfit(schema, value) {
		const key = JSON.stringify(schema);
		if (!this.#validators.has(key)) this.#validators.set(key, this.#ajv.compile(rooted(schema)));
		const validate = this.#validators.get(key);
		if (validate(value)) return null;
		return validate.errors
			.slice(0, 5)
			.map((e) => `${e.instancePath || '(all)'} ${e.message} ${JSON.stringify(e.params)}`)
			.join('; ');
	}

	find(method, path) {
		const at = path.split('?')[0];
		const found = this.paths.find((p) => p.pattern.test(at));
		return { path: found?.path, operation: found?.calls[(method === 'HEAD' ? 'GET' : method).toLowerCase()] };
	}

	resolve(part) {
		if (!part?.$ref) return part;
		return part.$ref.slice(2).split('/').reduce((node, name) => node[name], this.document);
	}

	// What a call answered: { status, headers, body }. `sent` is the JSON that it took, if any.
	check(method, path, answer, sent) {
		const name = `${method} /api/v1${path} answers ${answer.status}`;
		const { path: known, operation } = this.find(method, path);
		if (!operation) {
			// An address that is none (a NUL in it) does not get as far as the API.
			if (answer.status === 400 && /%00/.test(path)) return;
			const expected = known ? [405] : [401, 404, 429];
			assert.ok(expected.includes(answer.status), `${name}, and the document has no such call`);
			this.#checkProblem(name, answer);
			if (answer.status === 405) assert.ok(answer.headers.get('allow'), `${name} with Allow`);
			return;
		}
		const response = this.resolve(operation.responses[answer.status]);
		assert.ok(response, `${name}, which the document does not have: ${JSON.stringify(answer.body)}`);
		const problem = response.content?.['application/problem+json']?.schema;
		if (answer.status >= 400) this.#checkProblem(name, answer, problem);
		else this.#checkBody(name, method, response, answer);
		if (answer.status < 300 && sent !== undefined) this.#checkSent(name, operation, sent);
		if (answer.status < 300) this.#checkQuery(name, operation, path);
	}

	#checkProblem(name, { status, headers, body }, schema = { $ref: '#/components/schemas/Problem' }) {
		assert.equal(headers.get('content-type'), 'application/problem+json', name);
		const misfit = this.misfit(schema, body);
		assert.equal(misfit, null, `${name}: ${JSON.stringify(body)}`);
		assert.equal(body.status, status, name);
		if (status === 401) assert.equal(headers.get('www-authenticate'), 'Bearer', name);
		if (status === 429 || status === 503) assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/, name);
	}

	#checkBody(name, method, response, { headers, body }) {
		if (!response.content) {
			assert.equal(body, '', `${name} without a body`);
			return;
		}
		const type = headers.get('content-type') ?? '';
		const content = response.content[type.split(';')[0]];
		assert.ok(content, `${name} as ${type}, which the document does not have`);
		if (method === 'HEAD') return;
		const misfit = this.misfit(content.schema, body);
		assert.equal(misfit, null, `${name}, and it is not as described: ${JSON.stringify(body).slice(0, 2000)}`);
	}

	#checkSent(name, operation, sent) {
		const schema = operation.requestBody?.content['application/json']?.schema;
		if (!schema) return;
		const misfit = this.misfit(schema, sent);
		const what = JSON.stringify(sent).slice(0, 2000);
		assert.equal(misfit, null, `${name} to a body that the document refuses: ${what}`);
	}

	#checkQuery(name, operation, path) {
		const query = new URLSearchParams(path.split('?')[1] ?? '');
		for (const parameter of (operation.parameters ?? []).map((p) => this.resolve(p))) {
			const text = parameter.in === 'query' ? query.get(parameter.name) : null;
			if (!text) continue;
			const value = parameter.schema.type === 'integer' ? Number(text) : text;
			assert.equal(this.misfit(parameter.schema, value), null, `${name} to ?${parameter.name}=${text}`);
		}
	}
}

// Ids are numbers, but for those of built-in roles.
const id_of = (path) => (path.startsWith('/roles/') ? '[^/]+' : '[1-9]\\d*');
const pattern = (path) => new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, id_of(path))}$`);
const rooted = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', 'api#/$defs/'));

// One for all servers of this process: they are the same program.
let contract = null;
export function contractOf(base) {
	contract ??= fetch(`${base}/api/v1/openapi.json`)
		.then((answer) => answer.json())
		.then((document) => new Contract(document))
		.catch((error) => {
			contract = null;
			throw error;
		});
	return contract;
}
