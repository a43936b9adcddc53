// Makes small spreadsheets: a zip of stored or deflated parts.
import { crc32, deflateRawSync } from 'node:zlib';

export function zip(parts) {
	const locals = [],
		central = [];
	let at = 0;
	for (const [name, content] of Object.entries(parts)) {
		const bytes = Buffer.from(content),
			packed = deflateRawSync(bytes),
			title = Buffer.from(name);
		const fields = Buffer.alloc(26);
		fields.writeUInt16LE(20, 0);
		fields.writeUInt16LE(8, 4);
		fields.writeUInt32LE(crc32(bytes), 10);
		fields.writeUInt32LE(packed.length, 14);
		fields.writeUInt32LE(bytes.length, 18);
		fields.writeUInt16LE(title.length, 22);
		locals.push(Buffer.from('PK\x03\x04', 'latin1'), fields, title, packed);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(at, 10);
		central.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, tail, title);
		at += 4 + 26 + title.length + packed.length;
	}
	const directory = Buffer.concat(central),
		end = Buffer.alloc(18),
		n = Object.keys(parts).length;
	end.writeUInt16LE(n, 4);
	end.writeUInt16LE(n, 6);
	end.writeUInt32LE(directory.length, 8);
	end.writeUInt32LE(at, 12);
	return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

const escape = (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const column = (i) => (i >= 26 ? column(Math.floor(i / 26) - 1) : '') + String.fromCharCode(65 + (i % 26));

// Rows of texts and numbers; every second text is shared, the others stand in their cells. A null is no cell.
export function xlsx(rows) {
	const shared = [];
	const cell = (value, r, c) => {
		const place = `${column(c)}${r + 1}`;
		if (value === null) return '';
		if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`;
		if ((r + c) % 2) return `<c r="${place}" t="inlineStr"><is><t>${escape(value)}</t></is></c>`;
		shared.push(value);
		return `<c r="${place}" t="s"><v>${shared.length - 1}</v></c>`;
	};
	const body = rows.map((row, r) => `<row r="${r + 1}">${row.map((v, c) => cell(v, r, c)).join('')}</row>`).join('');
	const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
	return zip({
		'[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
		'xl/workbook.xml':
			`<workbook ${main} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
			'<sheets><sheet name="People" sheetId="7" r:id="rId3"/></sheets></workbook>',
		'xl/_rels/workbook.xml.rels':
			'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
			'<Relationship Id="rId3" Target="worksheets/people.xml"/></Relationships>',
		'xl/sharedStrings.xml': `<sst ${main}>${shared
			.map((s) => `<si><r><t>${escape(s.slice(0, 1))}</t></r><r><t>${escape(s.slice(1))}</t></r></si>`)
			.join('')}</sst>`,
		'xl/worksheets/people.xml': `<worksheet ${main}><sheetData>${body}</sheetData></worksheet>`,
	});
}
