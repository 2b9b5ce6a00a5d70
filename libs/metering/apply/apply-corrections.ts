import type { Transaction } from '#libs/database/transaction.ts';
import { type Corrected, correct, countedBy, type EventState } from '../correct.ts';
import { correctionKey } from '../correction-key.ts';
import type { HourFold } from '../hour-fold.ts';
import type { MeterCatalog } from '../meter.ts';
import type { LogPlace } from '../place.ts';
import { readEvent } from '../read-event.ts';
import { type Arrival, type CorrectionArrival, identityText, keyOf, type SortedOut } from '../sort-out.ts';
import { type Claim, payloadHash } from '../store/claim-keys.ts';
import type { RawEvent } from '../store/copy-usage-events.ts';
import { insertCorrections, type StoredCorrection } from '../store/insert-corrections.ts';
import { selectBackfilled } from '../store/select-backfilled.ts';
import { selectCorrections } from '../store/select-corrections.ts';
import { selectEventStates } from '../store/select-event-states.ts';
import { settleWaiting } from '../store/settle-waiting.ts';
import type { Tally } from '../tally.ts';
import type { Identities } from './claim-identities.ts';
import type { Settled } from './settle.ts';

/*
 * Voids and amendments of one batch. Each ends as applied, refused, waiting for its original, or as a repeat of one that was there before;
 * with the batch, or not at all. What an event contributed is taken back with sign -1 from exactly the meters that counted it, and what an
 * amendment made of it is added: rows are only ever appended. All corrections of one event meet at its claimed key, also when they
 * came over different partitions, so none can slip past its original.
 */

export interface CorrectionEffects {
  readonly raw: readonly RawEvent[];
  /** Same correction id, other content. */
  readonly conflicts: Settled['conflicts'];
}

export async function applyCorrections(
  tx: Transaction,
  batch: {
    readonly sorted: SortedOut;
    readonly settled: Settled;
    readonly identities: Identities;
    readonly catalog: MeterCatalog;
  },
  fold: HourFold,
  tally: Tally,
): Promise<CorrectionEffects> {
  const { sorted, settled, catalog } = batch;
  if (sorted.corrections.length === 0 && settled.awaited.length === 0) return { raw: [], conflicts: [] };
  const isBackfilled = await selectBackfilled(tx, 'share');
  const targets = targetsOf(batch);
  const before = await selectCorrections(tx, [...targets.values()]);
  const states = await currentStates(tx, batch, targets, before);
  const raw: RawEvent[] = [];
  const conflicts: CorrectionEffects['conflicts'][number][] = [];
  const inserted: StoredCorrection[] = [];
  const woken: StoredCorrection[] = [];

  const carryOut = (arrival: CorrectionArrival, at: LogPlace): Corrected | undefined => {
    const text = keyOf(arrival.record);
    const current = states.get(text);
    if (!current) return undefined;
    const corrected = correct(current, arrival, at, catalog);
    if (corrected.state === 'applied') {
      takeBack(current, at);
      if (!corrected.next.voided) add(corrected.next);
      states.set(text, corrected.next);
    }
    return corrected;
  };
  const takeBack = (current: EventState, at: LogPlace) => {
    const readings = countedBy(current, catalog, isBackfilled);
    raw.push({ ...current, sign: -1, place: at });
    fold.add(current.event, current.hash, readings, -1);
    tally.addReadings(at, readings, -1);
  };
  const add = (next: EventState) => {
    raw.push({ ...next, sign: 1 });
    const reading = readEvent(next.event, catalog.metersFor(next.organizationId, next.event.type));
    if (reading.kind !== 'metered') return;
    fold.add(next.event, next.hash, reading.meters);
    tally.addReadings(next.place, reading.meters, 1);
  };

  for (const { place, record } of settled.awaited) {
    for (const waiting of before.get(keyOf(record)) ?? []) {
      if (waiting.state === 'waiting') woken.push(outcomeOf(waiting, carryOut(waiting, place)));
    }
  }
  for (const arrival of sorted.corrections) {
    const { place, record } = arrival;
    const text = keyOf(record);
    const earlier = before.get(text)?.find(({ correctionKey }) => correctionKey === correctionKeyOf(arrival));
    if (earlier) {
      const same = earlier.payloadHash === payloadHash(record.hash);
      if (!same) conflicts.push({ place, record });
      tally.addRecord(record.organizationId, place, same ? 'duplicate' : 'conflict');
      continue;
    }
    tally.addRecord(record.organizationId, place, 'correction');
    const stored = outcomeOf(waitingFrom(arrival), carryOut(arrival, laterOf(place, sorted.arrivals.get(text))));
    inserted.push(stored);
    before.set(text, [...(before.get(text) ?? []), stored]);
  }
  await settleWaiting(tx, woken);
  await insertCorrections(tx, inserted);
  return { raw, conflicts };
}

/** Keys this batch corrects, or of which waiting corrections are woken. */
function targetsOf({ sorted, settled, identities }: Parameters<typeof applyCorrections>[1]): Map<string, Claim> {
  const wanted = new Set([...sorted.corrections, ...settled.awaited].map(({ record }) => keyOf(record)));
  const all = identities.claims.map((claim): [string, Claim] => [identityText(claim.organizationId, claim.key), claim]);
  return new Map(all.filter(([text]) => wanted.has(text)));
}

/** The state of each target that exists: from this batch, or as the database has it. */
async function currentStates(
  tx: Transaction,
  { settled, identities }: Parameters<typeof applyCorrections>[1],
  targets: ReadonlyMap<string, Claim>,
  before: ReadonlyMap<string, readonly StoredCorrection[]>,
): Promise<Map<string, EventState>> {
  const stored = [...identities.known].flatMap(([position, known]) => {
    const { organizationId, key } = identities.claims[position] as Claim;
    const text = identityText(organizationId, key);
    if (!known?.place || !targets.has(text)) return [];
    const { place, receivedOn } = known;
    return [{ organizationId, key, place, receivedOn, corrections: before.get(text) ?? [] }];
  });
  const states = await selectEventStates(tx, stored);
  for (const { place, record } of settled.fresh) {
    const text = keyOf(record);
    if (!targets.has(text)) continue;
    const { organizationId, identity, event, hash } = record;
    states.set(text, { organizationId, key: identity.key, voided: false, revision: 0, event, hash, place });
  }
  return states;
}

/** A correction that lies before its original in one batch counts from the original on. */
function laterOf(own: LogPlace, original: Arrival | undefined): LogPlace {
  const other = original?.place;
  return other && other.partition === own.partition && other.offset > own.offset ? other : own;
}

const correctionKeyOf = ({ record }: CorrectionArrival): string => correctionKey(record.correction.correctionId);

function waitingFrom(arrival: CorrectionArrival): StoredCorrection {
  return {
    ...arrival,
    correctionKey: correctionKeyOf(arrival),
    payloadHash: payloadHash(arrival.record.hash),
    state: 'waiting',
    detail: null,
    revision: null,
    appliedAt: null,
  };
}

function outcomeOf(waiting: StoredCorrection, corrected: Corrected | undefined): StoredCorrection {
  if (!corrected) return waiting;
  if (corrected.state === 'refused') return { ...waiting, state: 'refused', detail: corrected.detail };
  return { ...waiting, state: 'applied', revision: corrected.next.revision, appliedAt: corrected.next.place };
}
