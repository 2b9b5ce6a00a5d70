import type { Subscribed } from '#libs/catalog/subscribed.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { readUsage } from '#libs/metering/read/read-usage.ts';
import type { UsageRequest } from '#libs/metering/read/usage-request.ts';
import { chargeSchema } from '#libs/pricing/charge-schema.ts';
import type { UnitCut } from '../documents/assemble.ts';
import { countsFor } from '../due/counts-for.ts';
import { unitKeyOf } from '../due/due-unit.ts';
import type { BilledUnit } from '../due/due-units.ts';
import type { LateDocument } from '../late/late-document.ts';
import { usageSeen } from '../late/usage-seen.ts';
import { groupChoice } from '../rate/group-choice.ts';
import type { BillableCustomer } from '../store/billable-customer.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';
import { selectBilledUnits } from '../store/select-billed-units.ts';
import { readLateDocuments } from './read-late-documents.ts';
import { type KnownUnit, unitsAgain } from './units-again.ts';
import { usageRequestOf } from './usage-request-of.ts';

/** Whose late usage is looked for, and of which services. */
export interface LateRequest {
  readonly organizationId: number;
  /** Epoch milliseconds: of services that ended behind the one and not behind the other. */
  readonly servedAfter: number;
  readonly servedUntil: number;
  readonly customers: readonly BillableCustomer[];
  /** All of theirs. */
  readonly subscriptions: readonly Subscribed[];
}

/** By customer. */
export interface FoundLate {
  readonly documents: ReadonlyMap<string, readonly LateDocument[]>;
  /** What was skipped, since nothing was used, and must be billed after all. */
  readonly freed: ReadonlyMap<string, readonly UnitCut[]>;
  /** Who cannot be looked at, and why. */
  readonly parked: readonly ParkedCustomer[];
}

/**
 * Documents that bill usage of which there is more, or less, or other by now. Compared by sums of hashes, all customers at once: no event and
 * no hour bears a mark. Needs REPEATABLE READ.
 */
export async function readLate(tx: Transaction, request: LateRequest): Promise<FoundLate> {
  const { organizationId, servedAfter, servedUntil, customers, subscriptions } = request;
  const since = new Map(subscriptions.map(({ subscriptionId }) => [subscriptionId, servedAfter]));
  const billed = await selectBilledUnits(tx, organizationId, since);
  const { units, parked } = unitsAgain(billed.filter(isLookedAt(servedAfter, servedUntil)), customers, subscriptions);
  const metered = units.filter(({ unit }) => unit.kind === 'usage');
  const usage = await readUsage(tx, organizationId, metered.map(seenRequest));
  const late = metered.filter(({ billed: { seen } }, index) => {
    const now = usageSeen(usage[index] as (typeof usage)[number]);
    return seen?.digest !== now.digest || seen.events !== now.events;
  });
  const touched = units.filter(
    ({ unit, billed: { seen } }) =>
      unit.kind === 'commitment' &&
      // Marked, since something that it counts was issued anew.
      (seen !== null || late.some((one) => countsFor(unit, one.unit.subscriptionId, one.unit.period.serviceTo))),
  );
  const invoiceIds = [...new Set([...late, ...touched].flatMap((one) => one.billed.invoiceId ?? []))].sort();
  const again = (more: readonly BilledUnit[]) => unitsAgain(more, customers, subscriptions);
  const documents = await readLateDocuments(tx, organizationId, invoiceIds, again);
  const freed = late.filter(({ billed: { invoiceId } }) => invoiceId === null);
  return {
    documents: documents.byCustomer,
    freed: new Map([...Map.groupBy(freed, ({ customer }) => customer.id)].map(([id, own]) => [id, own.map(freedUnit)])),
    parked: [...parked, ...documents.parked],
  };
}

/** None of it stays billed: the next run finds it due. */
const freedUnit = ({ unit }: KnownUnit): UnitCut => ({
  ...unitKeyOf(unit),
  invoiceId: null,
  keptUntil: unit.period.serviceFrom,
  credited: '0',
});

/** Usage in the time looked at; minimums of plans end with it or later. */
const isLookedAt =
  (after: number, until: number) =>
  ({ kind, to }: BilledUnit): boolean =>
    kind === 'commitment' || (kind === 'usage' && to > after && to <= until);

function seenRequest({ customer, unit }: KnownUnit): UsageRequest {
  const charge = chargeSchema.safeParse(unit.charge.terms).data;
  return { ...usageRequestOf(customer, unit), groups: charge && groupChoice(charge) };
}
