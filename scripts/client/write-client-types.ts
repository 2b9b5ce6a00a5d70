import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { clientTypes } from './client-types.ts';
import { format } from './format.ts';
import { openApiDocument } from './open-api-document.ts';

/* `npm run client:types`, after requests or answers of the API changed: writes client/src/operations.ts anew. */

const FILE = 'client/src/operations.ts';
const text = await format(clientTypes(openApiDocument()), FILE);
await writeFile(path.resolve(import.meta.dirname, '../..', FILE), text);
console.log(`${FILE}: ${text.split('\n').length} lines`);
