import type { Pool } from '#libs/database/pool.ts';

/**
 * A pool whose server ends the connection when it is asked for its n-th statement (from 1), as when either side is killed there; the
 * statement is not carried out. `asked` says how many there were.
 */
export function dyingPool(pool: Pool, dieAt: number): { readonly pool: Pool; readonly asked: () => number } {
  let asked = 0;
  const connect = async () => {
    const client = await pool.connect();
    return new Proxy(client, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value;
        return (...statement: unknown[]) => {
          asked += 1;
          return asked === dieAt
            ? target.query('RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid())')
            : value.apply(target, statement);
        };
      },
    });
  };
  return { pool: { connect } as unknown as Pool, asked: () => asked };
}
