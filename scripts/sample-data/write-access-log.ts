import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createAccessLog } from './access-log.ts';

/* `node scripts/sample-data/write-access-log.ts 2026-10 access.log [--lines 10000] [--seed 1]`: something to import. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lines: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const [month, file] = positionals;
if (!month || !file) {
  console.error('usage: node scripts/sample-data/write-access-log.ts YYYY-MM FILE [--lines N] [--seed N]');
  process.exitCode = 2;
} else await writeFile(file, createAccessLog({ month, lines: Number(values.lines), seed: Number(values.seed) }));
