import type pg from 'pg';
import { inTransaction } from '#libs/database/transaction.ts';
import type { AfterBatch, RecordBatch, StoredRecord } from '#libs/event-log/event-log.ts';
import type { EventRecord } from '#libs/events/record.ts';
import { fitBatch, recordHash } from '../fit-batch.ts';
import { HourlyFold } from '../hourly.ts';
import type { MeterCatalog } from '../meter.ts';
import { type Candidate, keyOf, type LogPlace, refuseAll, type SortedOut, sortOut } from '../sort-out.ts';
import { advanceOffsets } from '../store/advance-offsets.ts';
import { copyUsageEvents } from '../store/copy-usage-events.ts';
import { insertDeadLetters } from '../store/insert-dead-letters.ts';
import { insertEventConflicts } from '../store/insert-event-conflicts.ts';
import { insertEventKeys } from '../store/insert-event-keys.ts';
import { lockCatalogShared } from '../store/lock-catalog-shared.ts';
import { type AppliedOffset, lockOffsets } from '../store/lock-offsets.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';
import { selectPayloadHashes } from '../store/select-payload-hashes.ts';
import { type HourlyRow, upsertHourly } from '../store/upsert-hourly.ts';
import { type RecordCount, type RecordOutcome, upsertRecordCounts } from '../store/upsert-record-counts.ts';

/*
 * One batch of log records becomes hourly usage, in one transaction. What holds wherever the process dies:
 * - before COMMIT nothing has happened: the next owner of the partition reads the same offset row and the same records;
 * - after COMMIT all of it has happened: whoever delivers the records again finds the offset row ahead and drops them;
 * - two processes that hold the same partition meet at the locked offset row, one after the other;
 * - a process frozen in here is cut off by the database after 10 s and its work undone.
 * Order of locks: catalogue (shared), offset rows by partition, event keys by identity, counts, hourly rows by key, then COMMIT.
 */

export interface ApplyDependencies {
  /** Of the worker role. */
  readonly pool: pg.Pool;
  /** Meters as last read; replaced by the one that belongs to the transaction. */
  readonly catalog: { current?: MeterCatalog };
  /** Called between the steps; tests stop or kill the process there. */
  readonly checkpoint?: (step: ApplyStep) => Promise<void>;
}

export type ApplyStep =
  | 'offsets-locked'
  | 'keys-inserted'
  | 'events-copied'
  | 'offsets-advanced'
  | 'hourly-upserted'
  | 'committed';

export interface Applied {
  /** What each partition of the call wants next. */
  readonly after: ReadonlyMap<number, AfterBatch>;
  /** Changed hourly rows, absolute: what the cache is told. */
  readonly hourly: readonly HourlyRow[];
  readonly outcomes: Readonly<Partial<Record<RecordOutcome, number>>>;
}

/**
 * With `refusal` every record goes to the dead letters, for that reason. @throws whatever the database throws; then nothing was applied
 * and the same call can be made again.
 */
export async function applyBatch(
  dependencies: ApplyDependencies,
  batches: readonly RecordBatch[],
  refusal?: string,
): Promise<Applied> {
  const { pool, checkpoint = async () => {} } = dependencies;
  const applied = await inTransaction(pool, async (tx) => {
    const catalog = await currentCatalog(tx, dependencies);
    const offsets = await lockOffsets(
      tx,
      batches.map((batch) => batch.partition),
    );
    await checkpoint('offsets-locked');

    const { fitting, after } = fitAll(batches, offsets);
    if (fitting.length === 0) return { after, hourly: [], outcomes: {} };
    const epochs = new Map([...offsets.values()].map((offset) => [offset.partition, offset.epoch]));
    const sorted = refusal === undefined ? sortOut(fitting, catalog) : refuseAll(fitting, refusal);

    const fresh = await insertEventKeys(tx, sorted.candidates);
    await checkpoint('keys-inserted');
    const settled = await settle(tx, sorted, fresh);
    await copyUsageEvents(tx, settled.counted, epochs);
    await insertEventConflicts(tx, settled.conflicts, epochs);
    await insertDeadLetters(tx, sorted.deadLetters, epochs);
    await checkpoint('events-copied');
    await advanceOffsets(tx, fitting.map(endOf));
    await upsertRecordCounts(tx, settled.counts);
    await checkpoint('offsets-advanced');
    const fold = new HourlyFold();
    for (const { record, reading } of settled.counted) fold.add(record, reading);
    const hourly = await upsertHourly(tx, fold.deltas());
    await checkpoint('hourly-upserted');
    return { after, hourly, outcomes: sumOutcomes(settled.counts) };
  });
  await checkpoint('committed');
  return applied;
}

async function currentCatalog(tx: pg.PoolClient, { catalog }: ApplyDependencies): Promise<MeterCatalog> {
  const version = await lockCatalogShared(tx);
  if (catalog.current?.version !== version) catalog.current = await selectMeterCatalog(tx);
  return catalog.current;
}

function fitAll(batches: readonly RecordBatch[], offsets: ReadonlyMap<number, AppliedOffset>) {
  const fitting: RecordBatch[] = [];
  const after = new Map<number, AfterBatch>();
  for (const batch of batches) {
    const applied = offsets.get(batch.partition);
    if (!applied)
      throw new Error(
        `log_offsets has no row for partition ${batch.partition}: it is made when the partition is assigned`,
      );
    const fit = fitBatch(batch, applied);
    if (fit.kind === 'gap') after.set(batch.partition, { next: fit.next });
    else if (fit.kind === 'replaced') after.set(batch.partition, { halt: fit.detail });
    else if (fit.kind === 'covered') after.set(batch.partition, { next: fit.next });
    else {
      fitting.push({ partition: batch.partition, records: fit.records });
      after.set(batch.partition, { next: (fit.records.at(-1) as StoredRecord).offset + 1n });
    }
  }
  return { fitting, after };
}

interface Settled {
  readonly counted: readonly Candidate[];
  readonly conflicts: readonly { readonly place: LogPlace; readonly record: EventRecord }[];
  readonly counts: readonly RecordCount[];
}

/** Gives every record of the batch its outcome. */
async function settle(tx: pg.PoolClient, sorted: SortedOut, fresh: ReadonlySet<string>): Promise<Settled> {
  const counted = sorted.candidates.filter(({ record }) => fresh.has(keyOf(record)));
  const known = sorted.candidates.filter(({ record }) => !fresh.has(keyOf(record)));
  const hashes = await selectPayloadHashes(
    tx,
    known.map(({ record }) => record),
  );
  for (const { record } of counted) hashes.set(keyOf(record), payloadHash(record));

  const tally = new Map<string, RecordCount & { records: number }>();
  const count = (organizationId: number, place: LogPlace, outcome: RecordOutcome) => {
    const receivedOn = place.receivedAt.toISOString().slice(0, 10);
    const key = `${String(organizationId).padStart(10, '0')} ${receivedOn} ${outcome}`;
    const entry = tally.get(key);
    if (entry) entry.records += 1;
    else tally.set(key, { organizationId, receivedOn, outcome, records: 1 });
  };

  const conflicts: { place: LogPlace; record: EventRecord }[] = [];
  for (const { record, place, reading } of counted)
    count(record.organizationId, place, reading.kind === 'metered' ? 'counted' : 'unassigned');
  for (const { record, place } of [...known, ...sorted.repeats]) {
    const same = hashes.get(keyOf(record)) === payloadHash(record);
    if (!same) conflicts.push({ place, record });
    count(record.organizationId, place, same ? 'duplicate' : 'conflict');
  }
  for (const { organizationId, place } of sorted.deadLetters) count(organizationId, place, 'dead_letter');
  const counts = [...tally.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return { counted, conflicts, counts };
}

const payloadHash = (record: EventRecord): string => record.identity.hash.toString('hex', 0, 16);

function endOf(batch: RecordBatch) {
  const last = batch.records.at(-1) as StoredRecord;
  return { partition: batch.partition, nextOffset: last.offset + 1n, lastRecordHash: recordHash(last) };
}

function sumOutcomes(counts: readonly RecordCount[]): Partial<Record<RecordOutcome, number>> {
  const sums: Partial<Record<RecordOutcome, number>> = {};
  for (const { outcome, records } of counts) sums[outcome] = (sums[outcome] ?? 0) + records;
  return sums;
}
