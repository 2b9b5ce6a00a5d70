import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openApiDocuments } from './open-api-documents.ts';

/* `npm run docs:openapi`: writes the descriptions of all routes into docs/. To be run, and reviewed, with every change of a route. */

const DOCS = path.resolve(import.meta.dirname, '../../docs');

for (const [file, text] of Object.entries(openApiDocuments())) {
  await writeFile(path.join(DOCS, file), text);
  console.log(`written to docs/${file}`);
}
