import type { Book } from './book.ts';
import { compareLog, compareReconciliation } from './compare-records.ts';
import { compareUsage } from './compare-usage.ts';
import type { Difference } from './difference.ts';
import type { FinalEvent } from './event.ts';
import type { Feature } from './features.ts';
import { customerOfName } from './generate.ts';
import { type Entry, finalEvent } from './ledger.ts';
import { METERED_TYPES, type PlannedMeter } from './meters.ts';
import { isWanted } from './prepare.ts';
import type { Organization } from './senders.ts';
import { readStarts, readStored, type Stored } from './stored.ts';
import type { FaultySystem } from './system.ts';

export interface Verdict {
  /** Acknowledged, and not counted, or counted more than once: identities, or events in the aggregates, whichever is worse. */
  readonly lost: number;
  readonly doubled: number;
  readonly windowsCompared: number;
  readonly differences: readonly Difference[];
}

const HOUR = 3_600_000;
const BACK = 31 * 24 * HOUR;

interface Truth {
  readonly event: FinalEvent;
  readonly stored: Stored | undefined;
}

/** Compares everything that can be read with the book. Nothing may be broken, and everything applied. */
export async function judge(options: {
  readonly system: FaultySystem;
  readonly book: Book;
  readonly organizations: readonly Organization[];
  readonly meters: readonly PlannedMeter[];
  readonly features: ReadonlySet<Feature>;
  readonly startedAt: number;
}): Promise<Verdict> {
  const { system, book, organizations, features, startedAt } = options;
  const url = await system.databaseUrl();
  const { stored, strangers } = await readStored(url, book, organizations);
  const starts = await readStarts(url);
  const differences: Difference[] = strangers.map((identity) => unequal(-1, `event ${identity}`, 'nothing', 'stored'));
  const identities = compareIdentities(book, stored, differences);
  const from = Math.floor((startedAt - BACK) / HOUR) * HOUR;
  const to = (Math.floor(Date.now() / HOUR) + 2) * HOUR;
  let windowsCompared = 0;
  let [missing, surplus] = [0, 0];
  for (const [organization, { id, key }] of organizations.entries()) {
    const truths = truthsOf(organization, book, stored, differences);
    for (const meter of options.meters.filter((each) => isWanted(each, features))) {
      const start = meter.made === 'midway-live' ? starts.get(`${id} ${meter.spec.key}`) : undefined;
      const events = truths.filter((truth) => start === undefined || isFrom(truth, start)).map(({ event }) => event);
      const weighted = meter.spec.aggregation === 'weighted_sum';
      const common = { apiUrl: system.apiUrl, key, organization, meter: meter.spec, events, to };
      const middle = Math.floor((startedAt - HOUR) / HOUR) * HOUR;
      const checks = [
        ...(weighted ? [] : [await compareUsage({ ...common, window: 'hour', from })]),
        await compareUsage({ ...common, window: 'total', from }),
        await compareUsage({ ...common, window: 'total', from: middle }),
      ];
      differences.push(...checks.flatMap((check) => check.differences));
      windowsCompared += checks.reduce((sum, { windows }) => sum + windows, 0);
      missing = Math.max(missing, ...checks.map((check) => check.missing));
      surplus = Math.max(surplus, ...checks.map((check) => check.surplus));
    }
    differences.push(
      ...(await compareReconciliation(
        system,
        organizations[organization] as Organization,
        organization,
        expectedRecords(organization, book),
      )),
    );
  }
  differences.push(...(await compareLog(system)));
  return {
    lost: Math.max(identities.lost, missing),
    doubled: Math.max(identities.doubled, surplus),
    windowsCompared,
    differences,
  };
}

const unequal = (organization: number, what: string, expected: string, got: string): Difference => ({
  organization,
  what,
  expected,
  got,
});

function compareIdentities(book: Book, stored: ReadonlyMap<string, Stored>, differences: Difference[]) {
  let [lost, doubled] = [0, 0];
  for (const [identity, { taken, organization }] of book.entries) {
    const copies = stored.get(identity)?.copies ?? 0;
    if (taken && copies === 0) lost += 1;
    if (copies > 1) doubled += copies - 1;
    if ((taken && copies !== 1) || copies > 1)
      differences.push(unequal(organization, `event ${identity}`, 'stored once', `${copies} times`));
  }
  return { lost, doubled };
}

const ARRIVAL_SLACK_MS = 2_000;

function truthsOf(
  organization: number,
  book: Book,
  stored: ReadonlyMap<string, Stored>,
  differences: Difference[],
): Truth[] {
  const truths: Truth[] = [];
  for (const [identity, entry] of book.entries) {
    if (entry.organization !== organization || !entry.taken) continue;
    const known = stored.get(identity);
    try {
      const event = finalEvent(entry, known, customerOfName);
      if (event) truths.push({ event, stored: known });
    } catch (error) {
      differences.push(
        unequal(organization, `event ${identity}`, 'one of the payloads sent', (error as Error).message),
      );
    }
    if (known && !arrivedInTime(entry, known))
      differences.push(
        unequal(organization, `arrival of ${identity}`, `${entry.firstSentAt} to ${entry.takenAt}`, String(known.time)),
      );
  }
  return truths;
}

const arrivedInTime = ({ firstSentAt, takenAt }: Entry, { time, timeGiven }: Stored): boolean =>
  timeGiven || (time >= firstSentAt - ARRIVAL_SLACK_MS && time <= takenAt + ARRIVAL_SLACK_MS);

/** Whether the record lies at or behind the place where the log was when the meter was made. */
function isFrom({ stored }: Truth, start: { epoch: number; offsets: Record<string, string | number> }): boolean {
  if (!stored) return false;
  const { epoch, partition, offset } = stored.place;
  return epoch > start.epoch || (epoch === start.epoch && offset >= BigInt(start.offsets[partition] ?? 0));
}

function expectedRecords(organization: number, book: Book) {
  const own = [...book.entries.values()].filter((entry) => entry.taken && entry.organization === organization);
  const ofTypes = (types: readonly string[]) =>
    own.filter(({ candidates }) => types.includes(candidates[0]?.type as string)).length;
  return {
    identities: own.length,
    counted: ofTypes(METERED_TYPES),
    perhapsCounted: ofTypes(['stray']),
    corrections: own.reduce((sum, { corrections }) => sum + corrections.filter(({ taken }) => taken).length, 0),
    conflicts: book.conflicts[organization] ?? 0,
  };
}
