import { inTransaction } from '#libs/database/transaction.ts';
import { type PartitionState, probeLog } from '#libs/metering/epochs/probe-log.ts';
import { selectLogPositions } from '#libs/metering/store/select-log-positions.ts';
import type { Installation } from './connect.ts';
import { table } from './table.ts';

const WORDS: Readonly<Record<PartitionState, string>> = {
  fits: 'ok',
  outside: 'STOPPED: the log does not have the next record',
  replaced: 'STOPPED: another record stands where the last applied one was',
  unknown: 'not known: the last applied record could not be read in time',
};

/** How far each partition is applied, and whether the log is still the one that was. False when a partition cannot go on. */
export async function printStatus(installation: Installation, print: (text: string) => void): Promise<boolean> {
  const log = await installation.log();
  const positions = await inTransaction(installation.pool, selectLogPositions);
  const bounds = await log.bounds();
  const states = await probeLog(log, positions, bounds);
  const positionOf = new Map(positions.map((position) => [position.partition, position]));
  const partitions = [...new Set([...positions, ...bounds].map(({ partition }) => partition))].sort((a, b) => a - b);
  const rows = partitions.map((partition) => {
    const position = positionOf.get(partition);
    const bound = bounds.find((each) => each.partition === partition);
    const next = position?.nextOffset ?? bound?.low ?? 0n;
    const state = states.get(partition);
    return [
      partition,
      position?.epoch,
      position?.nextOffset,
      bound?.low,
      bound?.high,
      bound && bound.high > next ? bound.high - next : 0,
      state ? WORDS[state] : 'not read yet',
    ];
  });
  print(table(['partition', 'epoch', 'next', 'log from', 'log to', 'behind', 'state'], rows));
  const isWhole = [...states.values()].every((state) => state === 'fits');
  if (!isWhole) print('\nSee "When the log was replaced" in docs/operations.md.');
  return isWhole;
}
