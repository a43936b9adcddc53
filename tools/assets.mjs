// Bundles assets/ and writes, into OUTDIR:
//   a/NAME.HASH.EXT        what the server sends under /a/, forever cacheable (and .gz where that saves something)
//   assets.h, assets.c     the same bytes as a C table, sorted by path
//   assets.html            templates: asset_head(), asset_page_NAME(), icon_NAME()
// The same sources give the same bytes. Fails when a file is over its budget.
// usage: node tools/assets.mjs OUTDIR
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const css_layers = ['tokens', 'base', 'layout', 'components', 'screens', 'contract', 'utilities'];
const browsers = ['chrome123', 'firefox128', 'safari17.5'];
const types = {
	css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', woff2: 'font/woff2',
};
const budgets = { 'app.css': ['br', 16384], 'app.js': ['gz', 8192], 'icons.svg': ['gz', 4096] };
const page_budget = 16384;

const out_dir = process.argv[2];
if (!out_dir || process.argv.length !== 3) {
	console.error('usage: node tools/assets.mjs OUTDIR');
	process.exit(2);
}

const files = new Map();

function add_file(name, bytes) {
	const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
	const dot = name.lastIndexOf('.');
	const ext = name.slice(dot + 1);
	const path = `/a/${name.slice(0, dot)}.${hash}.${ext}`;
	const packed = gzipSync(bytes, { level: 9 });
	const gzip = packed.length < bytes.length * 0.95 ? packed : null;
	files.set(name, { name, path, hash, type: types[ext], bytes, gzip });
	return path;
}

// Inter in its scripts; which one a page loads is up to unicode-range in tokens.css.
function add_fonts() {
	const dir = join(root, 'node_modules/@fontsource-variable/inter/files');
	for (const script of ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'])
		add_file(`inter-${script}.woff2`, readFileSync(join(dir, `inter-${script}-wght-normal.woff2`)));
}

const font_urls = {
	name: 'font-urls',
	setup(b) {
		b.onResolve({ filter: /^font:/ }, ({ path }) => {
			const font = files.get(`inter-${path.slice(5)}.woff2`);
			return font ? { path: font.path, external: true } : { errors: [{ text: `no such font: ${path}` }] };
		});
	},
};

// Where an entry of the calendar's week stands: from and to which quarter of the 96 of a day, in which of up to three
// lanes of twelve columns. Classes, since pages have no inline styles.
function week_rules() {
	const rules = [];
	for (let i = 1; i <= 96; i++) rules.push(`.r-${i}{grid-row-start:${i}}.e-${i + 1}{grid-row-end:${i + 1}}`);
	for (let lanes = 1; lanes <= 3; lanes++)
		for (let lane = 1; lane <= lanes; lane++) {
			const width = 12 / lanes;
			rules.push(`.l-${lane}-${lanes}{grid-column:${(lane - 1) * width + 1} / span ${width}}`);
		}
	return rules.join('');
}

async function add_css() {
	const source = `@layer ${css_layers.join(', ')};\n` +
		css_layers.map((l) => `@import "./${l}.css" layer(${l});\n`).join('') +
		`@layer components{${week_rules()}}\n`;
	const { outputFiles } = await build({
		stdin: { contents: source, loader: 'css', resolveDir: join(root, 'assets/css') },
		bundle: true, minify: true, write: false, legalComments: 'none', target: browsers, plugins: [font_urls],
	});
	add_file('app.css', Buffer.from(outputFiles[0].contents));
}

async function add_js() {
	const dir = join(root, 'assets/js');
	const entries = readdirSync(dir).filter((f) => f === 'app.js' || /^page-[a-z-]+\.js$/.test(f)).sort();
	for (const entry of entries) {
		const { outputFiles } = await build({
			entryPoints: [join(dir, entry)],
			bundle: true, minify: true, write: false, legalComments: 'none', format: 'esm', target: browsers,
		});
		add_file(entry, Buffer.from(outputFiles[0].contents));
	}
}

const icon_names = () => readFileSync(join(root, 'assets/icons/icons.txt'), 'utf8')
	.split('\n').map((l) => l.trim()).filter((l) => l && !l.startsWith('#'));

function add_icons() {
	const symbols = icon_names().map((name) => {
		const svg = readFileSync(join(root, `node_modules/lucide-static/icons/${name}.svg`), 'utf8');
		const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
		const shapes = inner.replace(/\s+/g, ' ').replace(/> </g, '><').replace(/ \/>/g, '/>').trim();
		return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
			`stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
	});
	add_file('icons.svg', Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`));
}

function check_budgets() {
	let good = true;
	for (const { name, bytes, gzip } of files.values()) {
		const page = /^page-/.test(name);
		if (!page && !budgets[name]) continue;
		const [packing, limit] = page ? ['gz', page_budget - files.get('app.js').gzip.length] : budgets[name];
		const size = packing === 'br' ? brotliCompressSync(bytes).length : (gzip ?? bytes).length;
		console.log(`${name}: ${size} bytes ${packing}, budget ${limit}`);
		if (size > limit) {
			console.error(`${name} is over its budget`);
			good = false;
		}
	}
	return good;
}

// Signed values, so that the arrays are plain `char` without a cast.
const c_bytes = (bytes) => [...new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)].join(',')
	.replace(/(.{100,118}?),(?=-?\d)/g, '$1,\n');
const c_name = (name) => name.replace(/[^a-z0-9]+/g, '_').toUpperCase();
const c_str = (s) => `{ ${JSON.stringify(s)}, ${Buffer.byteLength(s)} }`;

function write_c(sorted) {
	const ids = sorted.map((f) => `\tASSET_${c_name(f.name)},\n`).join('');
	const header = join(out_dir, 'assets.h');
	writeFileSync(
		header,
		`/* Made by tools/assets.mjs. What the server sends under /a/; a path has a hash of its content. */
#ifndef MUSTER_ASSETS_H
#define MUSTER_ASSETS_H
#include "base/str.h"

enum asset_id {
${ids}\tASSET_COUNT
};
struct asset {
	struct str name, path, type, etag;      /* "app.css", "/a/app.HASH.css", the content type, "\\"HASH\\"" */
	struct str bytes, gzip;                 /* gzip is STR_NULL where it would not be smaller */
};
/* By enum asset_id, which is also the order of the paths: fit for bsearch(). */
extern const struct asset assets[ASSET_COUNT];
#endif
`);
	const arrays = sorted.map((f, i) => `static const char bytes_${i}[] = {\n${c_bytes(f.bytes)}\n};\n` +
		(f.gzip ? `static const char gzip_${i}[] = {\n${c_bytes(f.gzip)}\n};\n` : '')).join('');
	const rows = sorted.map((f, i) => `\t[ASSET_${c_name(f.name)}] = { ${c_str(f.name)}, ${c_str(f.path)},\n` +
		`\t\t${c_str(f.type)}, ${c_str(`"${f.hash}"`)},\n\t\t{ bytes_${i}, sizeof bytes_${i} }, ` +
		`${f.gzip ? `{ gzip_${i}, sizeof gzip_${i} }` : '{ NULL, 0 }'} },\n`).join('');
	writeFileSync(join(out_dir, 'assets.c'), `/* Made by tools/assets.mjs. */\n#include "assets.h"\n\n${arrays}\n` +
		`const struct asset assets[ASSET_COUNT] = {\n${rows}};\n`);
}

// Templates that know the hashed names, so that no page has to be told them.
function write_templates() {
	const path = (name) => files.get(name).path;
	const icons = icon_names().map((name) => `{% template icon_${name.replaceAll('-', '_')}() %}` +
		`<svg class="i i-${name}" width="16" height="16" aria-hidden="true" focusable="false">` +
		`<use href="${path('icons.svg')}#${name}"></use></svg>{% end %}\n`);
	const pages = [...files.keys()].filter((n) => /^page-/.test(n)).map((name) =>
		`{% template asset_${name.slice(0, -3).replaceAll('-', '_')}() %}` +
		`<script type="module" src="${path(name)}"></script>{% end %}\n`);
	writeFileSync(join(out_dir, 'assets.html'), `{% template asset_head() %}
<link rel="icon" href="${path('favicon.svg')}" type="image/svg+xml">
<link rel="preload" href="${path('inter-latin.woff2')}" as="font" type="font/woff2" crossorigin="anonymous">
<link rel="stylesheet" href="${path('app.css')}">
<script type="module" src="${path('app.js')}"></script>
{% end %}
${pages.join('')}${icons.join('')}`);
}

add_fonts();
add_icons();
add_file('favicon.svg', readFileSync(join(root, 'assets/favicon.svg')));
await add_css();
await add_js();

rmSync(join(out_dir, 'a'), { recursive: true, force: true });
mkdirSync(join(out_dir, 'a'), { recursive: true });
const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
for (const f of sorted) {
	writeFileSync(join(out_dir, f.path), f.bytes);
	if (f.gzip) writeFileSync(join(out_dir, `${f.path}.gz`), f.gzip);
}
write_c(sorted);
write_templates();
process.exit(check_budgets() ? 0 : 1);
