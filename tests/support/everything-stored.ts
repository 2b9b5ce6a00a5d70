import type { Pool } from '#libs/database/pool.ts';

/** A digest of all rows of each table: two of these are equal when nothing at all was stored between them. */
export async function everythingStored(owner: Pool): Promise<Record<string, string>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const stored: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await owner.query<{ digest: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') AS digest FROM ${name} t`,
    );
    stored[name] = rows[0]?.digest as string;
  }
  return stored;
}
