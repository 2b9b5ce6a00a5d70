import type { Pool } from '#libs/database/pool.ts';

/** Every column of the database that holds this text in any row, whatever its type, as "table.column", in order. */
export async function findInDatabase(owner: Pool, text: string): Promise<string[]> {
  const { rows: columns } = await owner.query<{ place: string; name: string; value: string }>(
    `SELECT c.oid::regclass || '.' || a.attname AS place, c.oid::regclass::text AS name,
            CASE a.atttypid WHEN 'bytea'::regtype THEN format('encode(%I, ''escape'')', a.attname) ELSE format('%I::text', a.attname) END AS value
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { place, name, value } of columns) {
    const { rowCount } = await owner.query(
      `SELECT FROM ${name} WHERE position(lower($1) in lower(${value})) > 0 LIMIT 1`,
      [text],
    );
    if (rowCount) found.push(place);
  }
  return found;
}
