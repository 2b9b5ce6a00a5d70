import { forMs } from './fault.ts';
import { withDatabase } from './stored.ts';
import type { FaultySystem } from './system.ts';

/** Records in the log that are not applied yet. @throws Error while log or database are away. */
export async function appliedLag(system: FaultySystem): Promise<bigint> {
  const ends = await system.logEnds();
  const { rows } = await withDatabase(await system.databaseUrl(), (client) =>
    client.query<{ partition: number; next_offset: string }>('SELECT partition, next_offset FROM log_offsets'),
  );
  const applied = new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]));
  return [...ends].reduce((sum, [partition, end]) => sum + end - (applied.get(partition) ?? 0n), 0n);
}

/** Twice in a row, because an append that was given up may still arrive. @throws Error when that takes longer than `withinMs`. */
export async function waitUntilApplied(system: FaultySystem, withinMs: number): Promise<void> {
  let last = 'nothing';
  let settled = 0;
  for (const deadline = Date.now() + withinMs; settled < 2; ) {
    const lag = await appliedLag(system).catch((error: Error) => error.message);
    settled = lag === 0n ? settled + 1 : 0;
    last = String(lag);
    if (Date.now() > deadline) throw new Error(`the log was not applied within ${withinMs / 1000} s; left: ${last}`);
    await forMs(500);
  }
}
