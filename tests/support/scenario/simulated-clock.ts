import pg from 'pg';
import type { TestDatabase } from '../database.ts';

/**
 * Lets a database live in another time: now() in every statement of whoever connects from here on is what set() said last, and so
 * are defaults of columns. Functions with a search path of their own go on by the real clock; none of them decides what is due.
 */
export async function simulateClock(database: TestDatabase) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  await client.query(`
    CREATE SCHEMA simulated;
    CREATE TABLE simulated.clock (at timestamptz NOT NULL);
    INSERT INTO simulated.clock VALUES ('epoch');
    CREATE FUNCTION simulated.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM simulated.clock';
    GRANT USAGE ON SCHEMA simulated TO PUBLIC;
    GRANT SELECT ON simulated.clock TO PUBLIC;
    DO $$ DECLARE place record; BEGIN
      FOR place IN SELECT d.adrelid::regclass AS relation, a.attname AS name
                     FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                    WHERE pg_get_expr(d.adbin, d.adrelid) = 'now()' LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT simulated.now()', place.relation, place.name);
      END LOOP;
    END $$;
    ALTER DATABASE ${rows[0]?.name} SET search_path = simulated, pg_catalog, public;`);
  await client.end();
  const owner = database.pool('owner');
  return {
    async set(epochMilliseconds: number): Promise<void> {
      await owner.query('UPDATE simulated.clock SET at = to_timestamp($1::numeric / 1000)', [epochMilliseconds]);
    },
  };
}
