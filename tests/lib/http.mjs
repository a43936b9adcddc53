// Two clients: Web acts as a browser without scripts (cookies, forms, redirects), Api speaks JSON with a token.
import assert from 'node:assert/strict';
import { contractOf } from './contract.mjs';
import { forms, heading, links, textOf } from './html.mjs';
import { demo_password, patience } from './muster.mjs';

const timeout_ms = 60_000 * patience;

export class Page {
	constructor(response, text, url) {
		this.status = response.status;
		this.headers = response.headers;
		this.text = text;
		this.url = url; // of this page, after redirects
		this.path = url.pathname + url.search;
		const to = response.headers.get('location');
		this.location = to ? new URL(to, url).href.replace(url.origin, '') : null;
	}

	get words() {
		return textOf(this.text);
	}
	get heading() {
		return heading(this.text);
	}
	get links() {
		return links(this.text);
	}
	get forms() {
		return forms(this.text);
	}
	get csrf() {
		return (
			/name="csrf"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="csrf"/
				.exec(this.text)
				?.slice(1)
				.find(Boolean) ?? null
		);
	}

	link(text) {
		return this.links.find((l) => l.text === text) ?? assert.fail(`no link "${text}" on ${this.path}`);
	}

	// A form by its action (a string, or a pattern), by one of its buttons or by one of its fields.
	form({ action, button, field } = {}) {
		const fits = (f) => {
			const path = new URL(f.action, this.url).pathname;
			return (
				(action === undefined || (action instanceof RegExp ? action.test(path) : path === action)) &&
				(button === undefined || f.buttons.some((b) => b.text === button)) &&
				(field === undefined || f.fields.some((x) => x.name === field || x.label === field))
			);
		};
		return (
			this.forms.find(fits) ??
			assert.fail(
				`no form with ${JSON.stringify({ action: String(action), button, field })} on ${this.path}:\n` +
					this.words.slice(0, 400),
			)
		);
	}
}

export class Web {
	cookies = new Map();

	constructor(url, { headers = {} } = {}) {
		this.base = typeof url === 'string' ? url : url.url; // an address, or a started Muster
		this.headers = headers;
	}

	// Any request; answers a Page. Redirects are followed when `follow` says so, as a browser does (303 becomes GET).
	async request(method, path, { body, headers = {}, follow = false, cookies = true } = {}) {
		const url = new URL(path, this.base);
		const sent = { ...this.headers, ...headers };
		if (cookies && this.cookies.size) sent.cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
		const response = await fetch(url, {
			method,
			body,
			headers: sent,
			redirect: 'manual',
			signal: AbortSignal.timeout(timeout_ms),
		});
		for (const line of response.headers.getSetCookie()) this.#keepCookie(line);
		const page = new Page(response, await response.text(), url);
		return follow && page.status >= 301 && page.status <= 308 && page.location ? this.get(page.location) : page;
	}

	#keepCookie(line) {
		const [pair, ...rest] = line.split(';');
		const at = pair.indexOf('=');
		const name = pair.slice(0, at).trim(),
			value = pair.slice(at + 1).trim();
		if (rest.some((r) => /^\s*max-age=(0|-\d+)\s*$/i.test(r)) || value === '') this.cookies.delete(name);
		else this.cookies.set(name, value);
	}

	get(path, options = {}) {
		return this.request('GET', path, { follow: true, ...options });
	}

	// A POST of form fields as they are given; an array repeats its field.
	post(path, fields, { headers = {}, ...options } = {}) {
		const body = new URLSearchParams();
		for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
		return this.request('POST', path, {
			...options,
			body: body.toString(),
			headers: {
				'content-type': 'application/x-www-form-urlencoded',
				origin: new URL(this.base).origin,
				...headers,
			},
		});
	}

	// Sends a form of a page: what it holds, changed by `fields` (by name or label; null takes a field away), with the
	// button of that text or, without one, its first button.
	submit(page, which, fields = {}, { button, ...options } = {}) {
		const form = page.form({ button, ...which });
		const values = {};
		const put = (name, value) => {
			(values[name] ??= []).push(value);
		};
		for (const field of form.fields) {
			if (!field.name || ((field.type === 'checkbox' || field.type === 'radio') && !field.checked)) continue;
			for (const one of [field.value].flat()) put(field.name, one);
		}
		for (const [key, value] of Object.entries(fields)) {
			const name =
				form.fields.find((f) => f.name === key)?.name ??
				form.fields.find((f) => f.label === key)?.name ??
				key;
			if (value === null) delete values[name];
			else values[name] = [value].flat().map(String);
		}
		const pressed = button ? form.buttons.find((b) => b.text === button) : form.buttons[0];
		if (pressed?.name) put(pressed.name, pressed.value);
		const target = new URL(pressed?.action ?? form.action, page.url);
		if (form.method === 'post') return this.post(target.href, values, options);
		target.search = new URLSearchParams(
			Object.entries(values).flatMap(([k, v]) => v.map((one) => [k, one])),
		).toString();
		return this.get(target.href, options);
	}

	// Signs in through the page and insists that it worked. Answers the page that came.
	async signIn(login, password = demo_password) {
		const page = await this.get('/login');
		const answer = await this.submit(
			page,
			{ field: 'Password' },
			{ 'Login or e-mail': login, Password: password },
		);
		assert.equal(answer.status, 303, `${login} could not sign in: ${answer.words.slice(0, 200)}`);
		return this.get(answer.location);
	}
}

export async function signedIn(url, login, password) {
	const web = new Web(url);
	await web.signIn(login, password);
	return web;
}

export class Api {
	constructor(url, token) {
		this.base = typeof url === 'string' ? url : url.url;
		this.token = token;
	}

	// { status, headers, body (JSON, or text where it is none) }. `path` is relative to /api/v1. Whatever comes back
	// has to be what the OpenAPI document says (contract.mjs).
	async call(method, path, body, { headers = {}, raw = false } = {}) {
		const sent = { ...(this.token ? { authorization: `Bearer ${this.token}` } : {}), ...headers };
		if (body !== undefined && !raw) sent['content-type'] ??= 'application/json';
		const response = await fetch(`${this.base}/api/v1${path}`, {
			method,
			headers: sent,
			redirect: 'manual',
			signal: AbortSignal.timeout(timeout_ms),
			body: body === undefined || raw ? body : JSON.stringify(body),
		});
		const text = await response.text();
		const json = /json/.test(response.headers.get('content-type') ?? '');
		const { status, headers: got } = response;
		const answer = { status, headers: got, body: json && text ? JSON.parse(text) : text };
		(await contractOf(this.base)).check(method, path, answer, raw ? undefined : body);
		return answer;
	}

	get(path, options) {
		return this.call('GET', path, undefined, options);
	}
	post(path, body, options) {
		return this.call('POST', path, body, options);
	}
	patch(path, body, options) {
		return this.call('PATCH', path, body, options);
	}
	put(path, body, options) {
		return this.call('PUT', path, body, options);
	}
	delete(path, options) {
		return this.call('DELETE', path, undefined, options);
	}

	// As call(), but the status has to be `status`; answers the body.
	async expect(status, method, path, body, options) {
		const answer = await this.call(method, path, body, options);
		assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
		return answer.body;
	}

	// All items of a list, page by page.
	async all(path, limit = 200) {
		const items = [];
		for (let after = null; ;) {
			const sep = path.includes('?') ? '&' : '?';
			const page = await this.expect(
				200,
				'GET',
				`${path}${sep}limit=${limit}${after ? `&after=${encodeURIComponent(after)}` : ''}`,
			);
			items.push(...page.items);
			if (page.next === null) return items;
			after = page.next;
		}
	}
}

// An Api of an account, with a new token from the command line.
export async function apiOf(muster, login) {
	return new Api(muster.url, await muster.token(login));
}
