import pg from 'pg';
import { startOwnCost } from '../worker/own-cost.ts';

/*
 * The raw limit of a billing run: the rows that it made, inserted again into a database that lacks them, by bare multi-row inserts, one
 * transaction for as many invoices as a chunk of the run has. Rows are read before and not measured.
 */

interface Table {
  readonly name: string;
  /** Column that holds the id of the invoice. */
  readonly invoice: string;
  readonly columns: readonly string[];
  readonly types: readonly string[];
}

const TABLES = [
  ['billed_units', 'invoice_id'],
  ['invoices', 'id'],
  ['invoice_lines', 'invoice_id'],
  ['outbox', 'subject'],
] as const;

export interface RawResult {
  readonly seconds: number;
  readonly rows: Readonly<Record<string, number>>;
}

export async function insertRaw(
  fromUrl: string,
  intoUrl: string,
  organizationId: number,
  chunk: number,
): Promise<RawResult> {
  const from = new pg.Client({ connectionString: fromUrl });
  const into = new pg.Client({ connectionString: intoUrl });
  await Promise.all([from.connect(), into.connect()]);
  try {
    const tables: Table[] = [];
    for (const [name, invoice] of TABLES) tables.push(await describe(from, name, invoice));
    const rows: Record<string, number> = {};
    let seconds = 0;
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const { rows: found } = await from.query<{ id: string }>(
        'SELECT id FROM invoices WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3',
        [organizationId, after, chunk],
      );
      if (found.length === 0) return { seconds, rows };
      const ids = found.map(({ id }) => id);
      after = ids.at(-1) as string;
      const batch = [];
      for (const table of tables) batch.push({ table, values: await readRows(from, table, organizationId, ids) });
      for (const { table, values } of batch) rows[table.name] = (rows[table.name] ?? 0) + (values[0]?.length ?? 0);
      const cost = startOwnCost();
      await into.query('BEGIN');
      for (const { table, values } of batch) await into.query(insertInto(table), values);
      await into.query('COMMIT');
      seconds += cost().seconds;
    }
  } finally {
    await Promise.all([from.end(), into.end()]);
  }
}

async function describe(client: pg.Client, name: string, invoice: string): Promise<Table> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND atttypid <> 'xid8'::regtype
      ORDER BY attnum`,
    [name],
  );
  return { name, invoice, columns: rows.map((row) => row.name), types: rows.map((row) => row.type) };
}

/** By column, as text. */
async function readRows(client: pg.Client, table: Table, organizationId: number, ids: readonly string[]) {
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${table.columns.map((column) => `${column}::text`).join(', ')} FROM ${table.name}
            WHERE organization_id = $1 AND ${table.invoice}::text = ANY($2::text[])`,
    values: [organizationId, ids],
    rowMode: 'array',
  });
  return table.columns.map((_, at) => rows.map((row) => row[at] as string | null));
}

const insertInto = ({ name, columns, types }: Table): string =>
  `INSERT INTO ${name} (${columns.join(', ')}) SELECT * FROM unnest(${types.map((type, at) => `$${at + 1}::${type}[]`).join(', ')})`;
