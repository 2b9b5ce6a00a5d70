import type { EventLog } from './event-log.ts';

/** The offset the next record of each partition will get: the barrier of a billing run. @throws when the log is away. */
export async function logEnd(log: Pick<EventLog, 'bounds'>): Promise<Map<number, bigint>> {
  return new Map((await log.bounds()).map(({ partition, high }) => [partition, high]));
}
