// The contrast of every pair of colors that meet on a page, computed from assets/css/tokens.css (WCAG 2.2, 1.4.3 and
// 1.4.11), light and dark; and that no other style sheet names a color.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const folder = new URL('../../assets/css', import.meta.url).pathname;
const source = readFileSync(join(folder, 'tokens.css'), 'utf8');
const themes = ['light', 'dark'];
const text = 4.5, shape = 3;

function read_tokens() {
	const tokens = {};
	for (const [, name, light, dark] of source.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/gi))
		tokens[name] = { light, dark };
	return tokens;
}

const tokens = read_tokens();
const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function luminance(rgb) {
	const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio_of(x, y) {
	const [high, low] = [luminance(x), luminance(y)].sort((a, b) => b - a);
	return (high + 0.05) / (low + 0.05);
}

const color = (name, theme) => channels(tokens[name]?.[theme] ?? assert.fail(`no token --${name}`));
const ratio = (front, back, theme) => ratio_of(color(front, theme), color(back, theme));

// What the palette was designed to: front, back, ratio in light, ratio in dark, the least it may be.
const designed = [
	['border-strong', 'surface', 3.67, 4.33, shape], ['border-strong', 'canvas', 3.49, 4.67, shape], ['border-strong', 'sunken', 3.25, 4.82, shape],
	['ink', 'surface', 17.2, 15.0, text], ['ink', 'canvas', 16.4, 16.2, text],
	['ink-2', 'surface', 7.66, 8.63, text], ['ink-2', 'hover', 6.60, 7.76, text],
	['ink-3', 'surface', 5.71, 6.38, text], ['ink-3', 'sunken', 5.06, 7.10, text],
	['on-accent', 'accent', 7.76, 7.97, text], ['on-accent', 'accent-hover', 10.2, 10.4, text],
	['accent-ink', 'surface', 9.36, 9.46, text], ['accent-ink', 'accent-soft', 8.02, 7.80, text],
	['ink', 'accent-soft', 14.8, 12.4, text],
	['focus', 'surface', 7.76, 9.84, shape], ['focus', 'accent-soft', 6.65, 8.11, shape],
	['ok-ink', 'ok-soft', 7.24, 8.80, text], ['warn-ink', 'warn-soft', 7.16, 9.32, text], ['bad-ink', 'bad-soft', 7.30, 8.76, text],
];

for (const theme of themes) {
	test(`the designed pairs, ${theme}`, () => {
		for (const [front, back, light, dark, least] of designed) {
			const found = ratio(front, back, theme);
			const wanted = theme === 'light' ? light : dark;
			assert.ok(Math.abs(found - wanted) <= 0.1, `${front} on ${back}: ${found.toFixed(2)}, designed ${wanted}`);
			assert.ok(found >= least, `${front} on ${back}: ${found.toFixed(2)} is less than ${least}`);
		}
	});

	// Pairs that the components add.
	test(`text on every ground it stands on, ${theme}`, () => {
		const grounds = {
			ink: ['canvas', 'surface', 'sunken', 'hover', 'accent-soft', 'ok-soft', 'warn-soft', 'bad-soft'],
			'ink-2': ['canvas', 'surface', 'sunken', 'hover', 'accent-soft', 'ok-soft', 'warn-soft', 'bad-soft'],
			'ink-3': ['canvas', 'surface', 'sunken', 'hover', 'accent-soft'],
			'accent-ink': ['canvas', 'surface', 'sunken', 'hover', 'accent-soft'],
			'bad-ink': ['canvas', 'surface', 'hover', 'bad-soft', 'accent-soft'],
			canvas: ['ink'], surface: ['bad', 'bad-ink'], 'on-accent': ['accent', 'accent-hover'],
		};
		for (const [front, backs] of Object.entries(grounds)) {
			for (const back of backs) {
				const found = ratio(front, back, theme);
				assert.ok(found >= text, `${front} on ${back}: ${found.toFixed(2)}`);
			}
		}
	});

	test(`shapes: seats, status, focus, series, ${theme}`, () => {
		const least_seat = theme === 'light' ? 3.67 : 4.33;
		for (const seat of ['ink-3', 'held', 'accent', 'bad', 'border-strong'])
			assert.ok(ratio(seat, 'surface', theme) >= least_seat - 0.01, `seat ${seat}: ${ratio(seat, 'surface', theme).toFixed(2)}`);
		for (const back of ['canvas', 'surface', 'sunken', 'hover', 'accent-soft', 'ok-soft', 'warn-soft', 'bad-soft'])
			assert.ok(ratio('focus', back, theme) >= shape, `focus on ${back}`);
		for (const status of ['ok', 'warn', 'bad'])
			assert.ok(ratio(status, `${status}-soft`, theme) >= shape, `${status} on ${status}-soft`);
		const [low, high] = theme === 'light' ? [5.0, 7.8] : [6.4, 10.4];
		for (let i = 1; i <= 7; i++) {
			const found = ratio(`series-${i}`, 'surface', theme);
			assert.ok(found >= low - 0.1 && found <= high + 0.1, `series ${i}: ${found.toFixed(2)}`);
		}
	});

	test(`the numbers in a heat map, ${theme}`, () => {
		const mix = (share) => color('accent', theme).map((v, i) => v * share + color('surface', theme)[i] * (1 - share));
		for (const share of [0.06, 0.18, 0.34, 0.5])
			assert.ok(ratio_of(color('ink', theme), mix(share)) >= text, `ink on ${share * 100} % of accent`);
		assert.ok(ratio_of(color('on-accent', theme), mix(0.85)) >= text, 'on-accent on 85 % of accent');
	});
}

test('colors are named in tokens.css only', () => {
	for (const file of readdirSync(folder).filter((f) => f.endsWith('.css') && f !== 'tokens.css')) {
		const css = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
		const found = css.match(/#[0-9a-f]{3,8}\b(?![\w-]*\s*\{)|\b(rgb|hsl|oklch|lab|lch)a?\(/gi) ?? [];
		assert.deepEqual(found, [], file);
	}
});

test('sides are start and end, never left and right', () => {
	for (const file of readdirSync(folder).filter((f) => f.endsWith('.css'))) {
		const css = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
		const found = css.match(/(?:^|[\s;{])(?:(?:margin|padding|border|inset)-(?:left|right|top|bottom)|left|right|top|bottom|width|height|(?:min|max)-(?:width|height))\s*:[^;}]*/g) ?? [];
		assert.deepEqual(found.map((f) => f.trim()), [], file);
	}
});
