// Just enough HTML reading for tests of our own pages: forms with their fields, links, text. That pages are well-formed
// is checked elsewhere (browser.mjs, html-validate), so this reader is small.
const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export function decode(text) {
	return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, digits, name) =>
		hex
			? String.fromCodePoint(parseInt(hex, 16))
			: digits
				? String.fromCodePoint(Number(digits))
				: (named[name] ?? all),
	);
}

export const escape = (text) =>
	text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

export function attributes(tag) {
	const found = {};
	for (const [, name, , a, b, c] of tag
		.replace(/^<\/?[\w-]+/, '')
		.matchAll(/([^\s=>"'/]+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g))
		found[name.toLowerCase()] = decode(a ?? b ?? c ?? '');
	return found;
}

// What a reader sees, white space single.
export function textOf(html) {
	return decode(html.replace(/<(script|style|template)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' '))
		.replace(/\s+/g, ' ')
		.trim();
}

export function heading(html) {
	const found = /<h1\b[^>]*>([\s\S]*?)<\/h1>/i.exec(html);
	return found ? textOf(found[1]) : null;
}

export function links(html) {
	return [...html.matchAll(/(<a\b[^>]*>)([\s\S]*?)<\/a>/gi)].map(([, tag, inner]) => ({
		...attributes(tag),
		text: textOf(inner),
	}));
}

// Forms in page order: { action, method, fields: [{ name, value, type, checked, label, options }], buttons, html }.
// Fields that stand elsewhere and name the form in their form= attribute belong to it too.
export function forms(html) {
	const found = [...html.matchAll(/(<form\b[^>]*>)([\s\S]*?)<\/form>/gi)].map(([all, tag, inner]) => {
		const { id, action = '', method = 'get' } = attributes(tag);
		return { id, action, method: method.toLowerCase(), html: all, ...controls(inner, html) };
	});
	const outside = controls(html.replace(/<form\b[^>]*>[\s\S]*?<\/form>/gi, ''), html);
	for (const form of found.filter((f) => f.id)) {
		form.fields.push(...outside.fields.filter((f) => f.form === form.id));
		form.buttons.push(...outside.buttons.filter((b) => b.form === form.id));
	}
	return found;
}

function controls(inner, page) {
	const fields = [],
		buttons = [];
	const tags = /<(input|textarea|select|button)\b([^>]*)>(?:([\s\S]*?)<\/\1>)?/gi;
	// An input has no end tag: match tag by tag, so that nothing behind it is swallowed.
	let match;
	while ((match = tags.exec(inner))) {
		const kind = match[1].toLowerCase();
		const open = /^<[^>]*>/.exec(match[0])[0];
		if (kind === 'input') tags.lastIndex = match.index + open.length;
		const a = attributes(open);
		const content = kind === 'input' ? '' : (match[3] ?? '');
		if ('disabled' in a) continue;
		const common = { name: a.name ?? '', id: a.id, form: a.form };
		if (kind === 'button' || (kind === 'input' && a.type === 'submit')) {
			buttons.push({
				...common,
				value: a.value ?? '',
				action: a.formaction,
				text: kind === 'button' ? textOf(content) : (a.value ?? ''),
			});
		} else if (kind === 'select') {
			const options = [...content.matchAll(/(<option\b[^>]*>)([^<]*)/gi)].map(([, tag, text]) => {
				const o = attributes(tag);
				return {
					value: o.value ?? decode(text).trim(),
					text: decode(text).trim(),
					selected: 'selected' in o,
				};
			});
			const multiple = 'multiple' in a;
			const chosen = options.filter((o) => o.selected);
			const value = multiple ? chosen.map((o) => o.value) : ((chosen[0] ?? options[0])?.value ?? '');
			fields.push({ ...common, type: 'select', options, multiple, value, label: labelOf(page, a) });
		} else if (kind === 'textarea') {
			fields.push({
				...common,
				type: 'textarea',
				value: decode(content).replace(/^\r?\n/, ''),
				label: labelOf(page, a),
			});
		} else {
			const type = (a.type ?? 'text').toLowerCase();
			const value = a.value ?? (type === 'checkbox' || type === 'radio' ? 'on' : '');
			fields.push({ ...common, type, value, checked: 'checked' in a, label: labelOf(page, a) });
		}
	}
	return { fields, buttons };
}

function labelOf(page, { id, 'aria-label': aria }) {
	if (aria) return aria;
	if (!id) return null;
	const at = page.indexOf(`for="${escape(id)}"`);
	if (at < 0) return null;
	return textOf(page.slice(page.indexOf('>', at) + 1, page.indexOf('</label>', at)));
}
