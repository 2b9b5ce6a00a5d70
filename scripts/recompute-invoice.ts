import { parseArgs } from 'node:util';
import { type Row, recompute } from './recompute/recompute.ts';
import type { Reader } from './recompute/walk-line.ts';

/*
 * npm run recompute -- --url http://127.0.0.1:8080 --key tb_live_… INVOICE_ID
 *
 * Works an invoice out again from its explanation, from the events on, and imports nothing of the product: another reading of docs/pricing.md in
 * whole-number fractions. Exit code 0: every figure is the same; 1: some is not; 2: it could not be worked out.
 */

const { values, positionals } = parseArgs({
  options: { url: { type: 'string', default: 'http://127.0.0.1:8080' }, key: { type: 'string' } },
  allowPositionals: true,
});
const [id] = positionals;

async function read(path: string): Promise<string> {
  const response = await fetch(`${values.url}${path}`, { headers: { authorization: `Bearer ${values.key}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path}: HTTP ${response.status} ${text}`);
  return text;
}

const reader: Reader = {
  get: async <T>(path: string) => JSON.parse(await read(path)) as T,
  async all<T>(path: string) {
    if (path.startsWith('/v1/exports/'))
      return (await read(path)).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
    const found: T[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = JSON.parse(await read(`${path}?limit=100${query}`)) as { data: T[]; next_cursor: string | null };
      found.push(...page.data);
      cursor = page.next_cursor;
    }
    return found;
  },
};

function print(rows: readonly Row[]): void {
  const shown = rows.map(({ name, said, found, same }) => [name, short(said), short(found), same ? '' : 'DIFFERENT']);
  const widths = [0, 1, 2].map((at) => Math.max(...shown.map((row) => (row[at] as string).length)));
  for (const row of shown)
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

const short = (value: string): string => (value.length > 24 ? `${value.slice(0, 12)}…${value.slice(-8)}` : value);

try {
  if (id === undefined || values.key === undefined)
    throw new Error('usage: npm run recompute -- --key KEY [--url URL] INVOICE_ID');
  const rows = await recompute(reader, id);
  const different = rows.filter(({ same }) => !same);
  print(rows);
  console.log(
    different.length === 0
      ? `${rows.length} figures, all the same.`
      : `${different.length} of ${rows.length} figures are different.`,
  );
  process.exitCode = different.length === 0 ? 0 : 1;
} catch (error) {
  console.error(`cannot recompute: ${(error as Error).message}`);
  process.exitCode = 2;
}
