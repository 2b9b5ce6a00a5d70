import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { ChangedMeanwhile } from './changed-meanwhile.ts';
import { isClientTimeout, type OpenTransaction, openTransaction } from './open-transaction.ts';
import type { Pool } from './pool.ts';

/*
 * Many transactions, one commit. Within `inSharedTransaction` the first transaction that wrote anything is not committed when its work
 * is done but kept open, and those that follow join it by savepoints; `commit` adds a last statement and commits them all. So what a
 * request answers can be stored with what it did, whoever opened the transactions, and a process that dies has done all of it or nothing.
 *
 * What holds for work of several transactions:
 * - Those before the first write are committed at once, as ever: they only read.
 * - After it each sees what the earlier ones wrote; an error takes back the one it was thrown in.
 * - A snapshot (READ ONLY) cannot be had after a write without a second connection, which would not see the write: ChangedMeanwhile is thrown and
 *   nothing was stored. Only work that begins anew after losing a race asks for one. Where locks were held first
 *   (holdLocks) nobody can win it, and a snapshot has its own connection.
 * - All locks are held until the commit, and `now()` is that of the first write.
 * - Work that goes on after the commit has transactions of its own.
 */

interface Shared {
  readonly pool: Pool;
  /** One at a time: they are on one connection. */
  readonly enter: <T>(work: (tx: pg.PoolClient) => Promise<T>, isLocking?: boolean) => Promise<T>;
  readonly beganByWriting: () => boolean;
  isOver: boolean;
}

interface Place {
  readonly shared: Shared;
  /** Of the transaction that this runs in; what begins inside of it does not wait for its end. */
  readonly inside: pg.PoolClient | null;
}

const places = new AsyncLocalStorage<Place>();

export interface SharedOptions {
  readonly pool: Pool;
  /** First of all in each transaction; what it throws is thrown by the transaction. */
  readonly begin: (tx: pg.PoolClient) => Promise<void>;
}

/** `work` must end by `commit`, or else all is taken back. */
export async function inSharedTransaction<T>(
  { pool, begin }: SharedOptions,
  work: (commit: (last: (tx: pg.PoolClient) => Promise<void>) => Promise<void>) => Promise<T>,
): Promise<T> {
  let held: OpenTransaction | null = null;
  let beganByWriting = false;
  let tail: Promise<unknown> = Promise.resolve();

  const inNew = async <R>(run: (tx: pg.PoolClient) => Promise<R>, keep: 'never' | 'written' | 'always'): Promise<R> => {
    const opened = await openTransaction(pool, 'READ COMMITTED');
    try {
      await begin(opened.client);
      const result = await run(opened.client);
      if (keep === 'always') held = opened;
      else if (keep === 'written' && (await hasWritten(opened.client))) {
        held = opened;
        beganByWriting = true;
      } else await opened.commit();
      return result;
    } catch (error) {
      await opened.rollback(error);
      throw error;
    }
  };
  const enter = <R>(run: (tx: pg.PoolClient) => Promise<R>, isLocking = false): Promise<R> => {
    const turn = tail.then(() => {
      const inPlace = (tx: pg.PoolClient) => places.run({ shared, inside: tx }, () => run(tx));
      if (!held) return inNew(inPlace, isLocking ? 'always' : 'written');
      return inSavepoint(held.client, inPlace);
    });
    tail = turn.catch(() => {});
    return turn;
  };
  const shared: Shared = { pool, enter, beganByWriting: () => beganByWriting, isOver: false };
  const commit = async (last: (tx: pg.PoolClient) => Promise<void>): Promise<void> => {
    await tail;
    shared.isOver = true;
    if (!held) return inNew(last, 'never');
    const open = held;
    held = null;
    try {
      await last(open.client);
      await open.commit();
    } catch (error) {
      await open.rollback(error);
      throw error;
    }
  };
  let failure: unknown;
  try {
    return await places.run({ shared, inside: null }, () => work(commit));
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    await tail;
    shared.isOver = true;
    await (held as OpenTransaction | null)?.rollback(failure);
  }
}

/** How a transaction on this pool is to run here, if not by itself. */
export function placeToJoin(
  pool: Pool,
  isReadOnly: boolean,
): (<T>(work: (tx: pg.PoolClient) => Promise<T>) => Promise<T>) | undefined {
  const place = places.getStore();
  if (!place || place.shared.pool !== pool || place.shared.isOver) return undefined;
  const { shared, inside } = place;
  if (isReadOnly) {
    if (shared.beganByWriting()) throw new ChangedMeanwhile('What this request works with');
    return undefined;
  }
  return inside ? (work) => inSavepoint(inside, work) : shared.enter;
}

/** Within inSharedTransaction: `work` takes locks that are kept until its commit, and writes nothing. */
export function holdLocks<T>(pool: Pool, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  const shared = places.getStore()?.shared;
  if (!shared || shared.pool !== pool || shared.isOver) throw new Error('locks are held by inSharedTransaction alone');
  return shared.enter(work, true);
}

async function hasWritten(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ wrote: boolean }>(
    'SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS wrote',
  );
  return rows[0]?.wrote === true;
}

async function inSavepoint<T>(client: pg.PoolClient, work: (tx: pg.PoolClient) => Promise<T>): Promise<T> {
  await client.query('SAVEPOINT joined');
  try {
    const result = await work(client);
    await client.query('RELEASE SAVEPOINT joined');
    return result;
  } catch (error) {
    // It would not answer this either. A connection that is gone fails the commit, too: nothing stays of any of them.
    if (isClientTimeout(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT joined').catch(() => {});
    await client.query('RELEASE SAVEPOINT joined').catch(() => {});
    throw error;
  }
}
