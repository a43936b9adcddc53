// Makes the description of the REST API out of src/web/routes.def and src/api/*.api, into OUTDIR: openapi.json (the
// OpenAPI 3.1 document), openapi.h and openapi.c (the same for the program). A route without a description, a
// description without a route, and a schema that is not there or that nothing has, end the build.
// usage: node tools/openapi.mjs OUTDIR VERSION FILE.api...
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headerText, sourceText } from './openapi_c.mjs';
import { makeDocument } from './openapi_document.mjs';
import { Mistake, join as joinThem, readDescriptions, readErrorCodes, readRoutes } from './openapi_read.mjs';

const [out_dir, version, ...files] = process.argv.slice(2);
if (!files.length) {
	console.error('usage: node tools/openapi.mjs OUTDIR VERSION FILE.api...');
	process.exit(2);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (path) => join(root, path);

try {
	const api = readDescriptions(files);
	joinThem(readRoutes(at('src/web/routes.def'), at('src/model/permissions.def')), api);
	const codes = readErrorCodes(at('src/base/error.h'));
	const document = `${JSON.stringify(makeDocument(api, codes, version), null, '\t')}\n`;
	writeFileSync(join(out_dir, 'openapi.json'), document);
	writeFileSync(join(out_dir, 'openapi.h'), headerText);
	writeFileSync(join(out_dir, 'openapi.c'), sourceText(api, document));
} catch (error) {
	if (!(error instanceof Mistake)) throw error;
	console.error(error.message);
	process.exit(1);
}
