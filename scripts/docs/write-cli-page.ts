import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cliPage } from './cli-page.ts';

/* `npm run docs:cli`, after commands changed: writes docs/cli.md anew. */

await writeFile(path.resolve(import.meta.dirname, '../../docs/cli.md'), cliPage());
console.log('docs/cli.md');
