import type { Pool } from '#libs/database/pool.ts';

/** A run that belongs to this process for as long as its connection lives. */
export interface Claim {
  /** Aborted when the connection is lost, and with it the claim. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Claims a run by a session lock on a connection of its own. A process that dies loses the connection and so frees the run at
 * once; no time-out has to be guessed. Null when somebody else has it.
 */
export async function claimRun(pool: Pool, organizationId: number, runId: string): Promise<Claim | null> {
  const client = await pool.connect();
  const lost = new AbortController();
  const onError = () => lost.abort();
  client.on('error', onError);
  client.on('end', onError);
  const giveBack = (destroy: boolean) => {
    // The error listener stays: a connection may still break while it is being closed.
    client.off('end', onError);
    client.release(destroy);
  };
  const key = `tollbook:billing-run:${organizationId}:${runId}`;
  try {
    const { rows } = await client.query<{ claimed: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS claimed',
      [key],
    );
    if (rows[0]?.claimed !== true) {
      giveBack(false);
      return null;
    }
  } catch (error) {
    giveBack(true);
    throw error;
  }
  return {
    lost: lost.signal,
    async release() {
      // Closing the session is what frees the lock for sure; a pooled connection that kept it would block the run for ever.
      giveBack(true);
    },
  };
}
