// Tables that were exported, read back: CSV as RFC 4180 has it, XLSX from its XML. Both answer rows of cells, all text.
import assert from 'node:assert/strict';
import { inflateRawSync } from 'node:zlib';
import { decode } from './html.mjs';

// Strict: a byte order mark, CRLF behind every row, quotes only where RFC 4180 has them, the same number of cells.
export function readCsv(bytes) {
	const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	assert.equal(text.codePointAt(0), 0xfeff, 'begins with a byte order mark');
	const rows = [];
	let row = [];
	const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
	cell.lastIndex = 1;
	while (cell.lastIndex < text.length) {
		const at = cell.lastIndex;
		const m = cell.exec(text);
		assert.ok(m, `no cell at ${at}: ${JSON.stringify(text.slice(at, at + 60))}`);
		row.push(m[1] === undefined ? m[2] : m[1].replaceAll('""', '"'));
		if (m[3] === ',') continue;
		rows.push(row);
		row = [];
	}
	assert.equal(row.length, 0, 'the last row has its end');
	for (const r of rows) assert.equal(r.length, rows[0].length, `as many cells as columns: ${r}`);
	return rows;
}

// The files of a ZIP archive, by name.
export function unzip(bytes) {
	const data = Buffer.from(bytes),
		files = {};
	const end = data.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
	assert.ok(end >= 0, 'a ZIP archive');
	let at = data.readUInt32LE(end + 16);
	for (let n = data.readUInt16LE(end + 10); n > 0; n--) {
		const method = data.readUInt16LE(at + 10),
			packed = data.readUInt32LE(at + 20);
		const name_n = data.readUInt16LE(at + 28),
			local = data.readUInt32LE(at + 42);
		const name = data.toString('utf8', at + 46, at + 46 + name_n);
		const from = local + 30 + data.readUInt16LE(local + 26) + data.readUInt16LE(local + 28);
		const raw = data.subarray(from, from + packed);
		files[name] = method === 8 ? inflateRawSync(raw) : raw;
		at += 46 + name_n + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
	}
	return files;
}

const column = (letters) => [...letters].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1;
const escaped = (text) => decode(text).replace(/_x([0-9A-F]{4})_/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

// Rows of { type: 'text' | 'number', value }; empty cells are null. Formulas fail.
export function readXlsx(bytes) {
	const files = unzip(bytes);
	const sheet = files['xl/worksheets/sheet1.xml'].toString('utf8');
	assert.ok(!/<f[ >]/.test(sheet), 'no cell is a formula');
	return [...sheet.matchAll(/<row [^>]*?(?:\/>|>([\s\S]*?)<\/row>)/g)].map(([, inner = '']) => {
		const row = [];
		for (const [, attributes, content = ''] of inner.matchAll(/<c ([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
			const at = column(/r="([A-Z]+)/.exec(attributes)[1]);
			while (row.length < at) row.push(null);
			const text = /<t[^>]*>([\s\S]*?)<\/t>/.exec(content);
			row.push(
				/t="inlineStr"/.test(attributes)
					? { type: 'text', value: escaped(text[1]) }
					: { type: 'number', value: Number(/<v>([^<]*)<\/v>/.exec(content)[1]) },
			);
		}
		return row;
	});
}
