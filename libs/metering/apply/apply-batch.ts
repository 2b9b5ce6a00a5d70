import type pg from 'pg';
import { inTransaction } from '#libs/database/transaction.ts';
import type { AfterBatch, RecordBatch, StoredRecord } from '#libs/event-log/event-log.ts';
import { fitBatch, recordHash } from '../fit-batch.ts';
import { HourFold } from '../hour-fold.ts';
import { hasLiveView } from '../live-usage.ts';
import type { MeterCatalog } from '../meter.ts';
import { type Arrival, type EpochBatch, refuseAll, sortOut } from '../sort-out.ts';
import { copyUsageEvents, type RawEvent } from '../store/copy-usage-events.ts';
import { insertDeadLetters } from '../store/insert-dead-letters.ts';
import { insertEventConflicts } from '../store/insert-event-conflicts.ts';
import { insertEventSources } from '../store/insert-event-sources.ts';
import { insertUnreadEvents, type UnreadEvent } from '../store/insert-unread-events.ts';
import { lockCatalogShared } from '../store/lock-catalog-shared.ts';
import { type AppliedOffset, lockOffsets } from '../store/lock-offsets.ts';
import { type RecordOutcome, recordProgress } from '../store/record-progress.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectDeletedOrganizations } from '../store/select-deleted-organizations.ts';
import { selectMeterCatalog } from '../store/select-meter-catalog.ts';
import type { HourlyRow } from '../store/upsert-hourly.ts';
import { Tally } from '../tally.ts';
import { addToHours } from './add-to-hours.ts';
import { applyCorrections } from './apply-corrections.ts';
import { claimIdentities } from './claim-identities.ts';
import { settle } from './settle.ts';

/*
 * One batch of log records becomes hourly usage, in one transaction. What holds wherever the process dies:
 * - before COMMIT nothing has happened: the next owner of the partition reads the same offset row and the same records;
 * - after COMMIT all of it has happened: whoever delivers the records again finds the offset row ahead and drops them;
 * - two processes that hold the same partition meet at the locked offset row, one after the other;
 * - a process frozen in here is cut off by the database after 10 s and its work undone.
 * Order of locks: catalogue (shared), offset rows by partition, event keys by identity, backfills (shared, only for corrections), counts of
 * its own partitions, hourly rows by key, then COMMIT.
 */

export interface ApplyDependencies {
  /** Of the worker role. */
  readonly pool: pg.Pool;
  /** Meters and deleted organizations as last read; replaced by what belongs to the transaction. */
  readonly catalog: { current?: MeterCatalog; deleted?: ReadonlySet<number> };
  /** Sources that are stored already, see insertEventSources. */
  readonly knownSources: Set<string>;
  readonly now?: () => number;
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
  /** Changed hourly rows that have a live view, absolute: what the cache is told. */
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
  const { pool, knownSources, now = Date.now, checkpoint = async () => {} } = dependencies;
  const newSources = new Set<string>();
  const applied = await inTransaction(pool, async (tx) => {
    const state = await lockCatalogShared(tx);
    const catalog = await currentCatalog(tx, dependencies, state.version);
    const offsets = await lockOffsets(
      tx,
      batches.map((batch) => batch.partition),
    );
    await checkpoint('offsets-locked');

    const { fitting, after } = fitAll(batches, offsets);
    if (fitting.length === 0) return { after, hourly: [], outcomes: {} };
    const { deleted } = dependencies.catalog;
    const sorted =
      refusal === undefined ? sortOut(fitting, catalog, state.floor, deleted) : refuseAll(fitting, refusal, deleted);

    const identities = await claimIdentities(tx, sorted, state.generations);
    await checkpoint('keys-inserted');
    const tally = new Tally();
    const fold = new HourFold();
    const settled = settle(sorted, identities, tally);
    const unread: UnreadEvent[] = [];
    for (const { record, place, reading } of settled.fresh) {
      if (reading.kind !== 'metered') continue;
      for (const { meter, detail } of reading.unread)
        unread.push({
          organizationId: record.organizationId,
          meterId: meter.id,
          key: record.identity.key,
          place,
          detail,
        });
      fold.add(record.event, record.hash, reading.meters);
      tally.addReadings(place, reading.meters, 1);
    }
    const corrected = await applyCorrections(tx, { sorted, settled, identities, catalog }, fold, tally);
    await copyUsageEvents(tx, [...settled.fresh.map(rawOf), ...corrected.raw]);
    await insertEventConflicts(tx, [...settled.conflicts, ...corrected.conflicts]);
    await insertDeadLetters(tx, sorted.deadLetters);
    await insertUnreadEvents(tx, unread);
    for (const source of await insertEventSources(tx, sorted.arrivals.values(), knownSources)) newSources.add(source);
    await checkpoint('events-copied');
    await recordProgress(tx, fitting.map(endOf), tally.recordCounts(), tally.meterCounts());
    await checkpoint('offsets-advanced');
    const deltas = fold.deltas();
    const rows = await addToHours(tx, deltas, {
      meterOf: catalog.meter,
      isBackfilled: () => selectBackfilled(tx, 'share'),
      returning: deltas.some((delta) => hasLiveView(delta, now())),
    });
    await checkpoint('hourly-upserted');
    return { after, hourly: rows, outcomes: tally.outcomes() };
  });
  // Only what is committed is remembered.
  if (knownSources.size > MAX_KNOWN_SOURCES) knownSources.clear();
  for (const source of newSources) knownSources.add(source);
  await checkpoint('committed');
  return applied;
}

/** Beyond it they are forgotten and stored again, which changes nothing: some senders have a source per device. */
const MAX_KNOWN_SOURCES = 100_000;

async function currentCatalog(
  tx: pg.PoolClient,
  { catalog }: ApplyDependencies,
  version: bigint,
): Promise<MeterCatalog> {
  if (catalog.current?.version !== version) {
    catalog.deleted = await selectDeletedOrganizations(tx);
    catalog.current = await selectMeterCatalog(tx);
  }
  return catalog.current;
}

function fitAll(batches: readonly RecordBatch[], offsets: ReadonlyMap<number, AppliedOffset>) {
  const fitting: EpochBatch[] = [];
  const after = new Map<number, AfterBatch>();
  for (const batch of batches) {
    const { partition } = batch;
    const applied = offsets.get(partition);
    if (!applied)
      throw new Error(`log_offsets has no row for partition ${partition}: it is made when the partition is assigned`);
    const fit = fitBatch(batch, applied);
    if (fit.kind === 'gap') after.set(partition, { next: fit.next });
    else if (fit.kind === 'replaced') after.set(partition, { halt: fit.detail });
    else if (fit.kind === 'covered') after.set(partition, { next: fit.next });
    else {
      fitting.push({ partition, epoch: applied.epoch, records: fit.records });
      after.set(partition, { next: (fit.records.at(-1) as StoredRecord).offset + 1n });
    }
  }
  return { fitting, after };
}

const rawOf = ({ record, place }: Arrival): RawEvent => ({
  organizationId: record.organizationId,
  key: record.identity.key,
  hash: record.hash,
  event: record.event,
  sign: 1,
  revision: 0,
  place,
});

function endOf(batch: EpochBatch) {
  const last = batch.records.at(-1) as StoredRecord;
  return { partition: batch.partition, nextOffset: last.offset + 1n, lastRecordHash: recordHash(last) };
}
