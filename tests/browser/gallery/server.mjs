// Serves the gallery under the policy of the real pages, on a free port of 127.0.0.1.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { names, render, suggest } from './pages.mjs';

const root = new URL('../../..', import.meta.url).pathname;
const types = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types app";

// Answers { url, seen, close() }: `seen` lists the requests with their bodies, `answer` may be set to override one.
export async function serve_gallery() {
	const dir = mkdtempSync(join(tmpdir(), 'muster-gallery-'));
	execFileSync(process.execPath, [join(root, 'tools/assets.mjs'), dir], { stdio: 'pipe' });
	const files = readdirSync(join(dir, 'a')).filter((f) => !f.endsWith('.gz'));
	const assets = Object.fromEntries(files.map((f) => [f.replace(/\.[0-9a-f]{12}\./, '.'), `/a/${f}`]));
	const gallery = { assets, seen: [], answer: null };

	const server = createServer(async (request, response) => {
		const url = new URL(request.url, 'http://gallery');
		const file = url.pathname.startsWith('/a/') && files.includes(url.pathname.slice(3)) && url.pathname.slice(3);
		if (file) {
			response.writeHead(200, { 'Content-Type': types[extname(file)], 'Cache-Control': 'max-age=3600' });
			return response.end(readFileSync(join(dir, 'a', file)));
		}
		let body = '';
		for await (const part of request) body += part;
		gallery.seen.push({ method: request.method, path: url.pathname, query: url.searchParams, body: new URLSearchParams(body), fragment: request.headers['x-fragment'] });
		const name = url.pathname.slice(1).split('.')[0];
		const options = { theme: url.searchParams.get('theme') ?? '', dir: url.searchParams.get('dir') ?? 'ltr' };
		const reply = gallery.answer?.({ request, url, body: new URLSearchParams(body) }) ?? (
			name === 'suggest' ? { status: 200, html: suggest() } : names.includes(name) ? { status: 200, html: render(name, assets, options) } : { status: 404, html: '<p>Not found</p>' });
		response.writeHead(reply.status, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy, ...reply.headers });
		response.end(reply.html ?? '');
	});
	await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
	gallery.url = `http://127.0.0.1:${server.address().port}`;
	gallery.close = () => {
		rmSync(dir, { recursive: true, force: true });
		server.closeAllConnections();
		return new Promise((closed) => server.close(closed));
	};
	return gallery;
}
