import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openApiDocuments } from './open-api-documents.ts';

/*
 * `npm run docs:openapi`: writes the descriptions of all routes into docs/. To be run, and reviewed, with every change of a route. With --release also into
 * docs/released, by which the test of breaking changes measures from then on.
 */

const DOCS = path.resolve(import.meta.dirname, '../../docs');

for (const [file, text] of Object.entries(openApiDocuments())) {
  await writeFile(path.join(DOCS, file), text);
  console.log(`written to docs/${file}`);
  if (!process.argv.includes('--release')) continue;
  await writeFile(path.join(DOCS, 'released', file), `${JSON.stringify(JSON.parse(text))}\n`);
  console.log(`written to docs/released/${file}`);
}
