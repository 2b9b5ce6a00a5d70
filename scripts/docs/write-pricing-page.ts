import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pricingPage } from './pricing-page.ts';

/* `npm run docs:pricing`, after prices or the page changed: works out the tables and pictures of docs/pricing.md anew. */

const DOCS = path.resolve(import.meta.dirname, '../../docs');
const file = path.join(DOCS, 'pricing.md');
const { page, pictures } = pricingPage(await readFile(file, 'utf8'));
await writeFile(file, page);
const folder = path.join(DOCS, 'images/pricing');
await mkdir(folder, { recursive: true });
for (const [name, svg] of pictures) await writeFile(path.join(folder, `${name}.svg`), svg);
console.log(`docs/pricing.md and ${pictures.size} pictures`);
