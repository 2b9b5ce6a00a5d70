import type { Transaction } from '#libs/database/transaction.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { StoredMeter } from '../store/meter-row.ts';
import { selectMeterVersions } from '../store/select-meter-versions.ts';
import { selectPeriodUsage } from '../store/select-period-usage.ts';
import { type SeenValue, selectUniqueUsage, type UniqueRange } from '../store/select-unique-usage.ts';
import { type CutUsage, foldCutHours } from './fold-cut-hours.ts';
import { mergePartials, NOTHING, type PartialUsage, quantityOf } from './partial-usage.ts';
import { planReading, type ReadingPlan } from './plan-reading.ts';
import { projectGroup } from './project-group.ts';
import type { Usage, UsageRequest } from './usage-request.ts';

/*
 * Usage of any span, exactly. Full hours of UTC come from the hourly rows, by one statement for all requests; where a span begins or ends
 * within an hour, that part is counted again from the raw events. Several statements, so the transaction must be REPEATABLE READ: then what
 * is read equals a count over the events that were applied up to one place in the log.
 */

/**
 * One list per request, in their order: the groups that have rows, by group key. Without `by` it holds exactly one answer, also where there is nothing.
 * @throws RangeError when a meter does not exist
 */
export async function readUsage(
  tx: Transaction,
  organizationId: number,
  requests: readonly UsageRequest[],
): Promise<Usage[][]> {
  const versions = await selectMeterVersions(tx, organizationId, [...new Set(requests.map(({ meter }) => meter))]);
  const plan = planReading(requests, (key) => versionsOf(versions, key));
  const answers = new Answers(requests);
  const unique: UniqueRange[] = [];
  for (const { range, groupKey, usage } of await selectPeriodUsage(tx, organizationId, plan.ranges)) {
    const of = plan.ranges[range] as ReadingPlan['ranges'][number];
    const target = answers.add(of.request, groupKey, usage);
    if (target !== undefined) unique.push({ ...of, target, groupKey: of.byGroup ? groupKey : null });
  }
  const seen: SeenValue[] = [];
  for (const { cut, groupKey, usage, unique: values } of await foldCutHours(tx, organizationId, plan.cuts)) {
    const target = answers.add((plan.cuts[cut] as ReadingPlan['cuts'][number]).request, groupKey, usage);
    if (target !== undefined) seen.push(...seenValues(values, target));
  }
  const isUnique = ({ target }: { readonly target: number }) =>
    aggregationOf(versions, answers.requestOf(target)) === 'unique';
  const ranges = unique.filter(isUnique);
  const distinct =
    ranges.length + seen.length > 0 ? await selectUniqueUsage(tx, organizationId, ranges, seen) : new Map();
  return answers.finish((request, usage, target) => ({
    quantity: quantityOf(aggregationOf(versions, request), usage, request, distinct.get(target) ?? '0'),
    eventCount: usage.eventCount.toString(),
    digest: usage.digest.toString(),
    carriedIn: decimalString(usage.level),
  }));
}

function versionsOf(versions: ReadonlyMap<string, StoredMeter[]>, key: string): readonly StoredMeter[] {
  const found = versions.get(key);
  if (!found) throw new RangeError(`there is no meter ${JSON.stringify(key)}`);
  return found;
}

/** The same in every version. */
const aggregationOf = (versions: ReadonlyMap<string, StoredMeter[]>, { meter }: UsageRequest) =>
  (versionsOf(versions, meter)[0] as StoredMeter).aggregation;

const seenValues = (values: CutUsage['unique'], target: number): SeenValue[] =>
  [...(values ?? [])].map(([value, count]) => ({ target, value, count }));

/** Puts parts together: an answer, called target, is one group of one request. */
class Answers {
  readonly #requests: readonly UsageRequest[];
  readonly #targets: { readonly request: number; readonly groupKey: string; usage: PartialUsage }[] = [];
  readonly #byGroup: Map<string, number>[];

  constructor(requests: readonly UsageRequest[]) {
    this.#requests = requests;
    this.#byGroup = requests.map(() => new Map());
    for (const [request, { groups }] of requests.entries()) if (!groups?.by.length) this.#target(request, '');
  }

  /** The target it went into; undefined: the filter leaves it out. */
  add(request: number, storedGroup: string, usage: PartialUsage): number | undefined {
    const { groups } = this.#requests[request] as UsageRequest;
    const groupKey = groups ? projectGroup(storedGroup, groups) : '';
    if (groupKey === undefined) return undefined;
    const target = this.#target(request, groupKey);
    const answer = this.#targets[target] as { usage: PartialUsage };
    answer.usage = mergePartials(answer.usage, usage);
    return target;
  }

  requestOf(target: number): UsageRequest {
    return this.#requests[(this.#targets[target] as { request: number }).request] as UsageRequest;
  }

  finish(present: (request: UsageRequest, usage: PartialUsage, target: number) => Omit<Usage, 'groupKey'>): Usage[][] {
    return this.#byGroup.map((groups, request) =>
      [...groups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([groupKey, target]) => {
          const { usage } = this.#targets[target] as { usage: PartialUsage };
          return { groupKey, ...present(this.#requests[request] as UsageRequest, usage, target) };
        }),
    );
  }

  #target(request: number, groupKey: string): number {
    const groups = this.#byGroup[request] as Map<string, number>;
    const known = groups.get(groupKey);
    if (known !== undefined) return known;
    groups.set(groupKey, this.#targets.length);
    return this.#targets.push({ request, groupKey, usage: NOTHING }) - 1;
  }
}
