import type { Transaction } from '#libs/database/transaction.ts';
import { chargeSchema } from '#libs/pricing/charge-schema.ts';
import type { CreditedInvoice } from '../credit/credit-notes.ts';
import type { CountedPart } from '../documents/document.ts';
import type { MeteredUsage } from '../due/due-unit.ts';
import type { BilledUnit } from '../due/due-units.ts';
import type { LateDocument } from '../late/late-document.ts';
import { unitId } from '../late/line-key.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';
import { type AdjustingLine, selectAdjustingLines } from '../store/select-adjusting-lines.ts';
import { selectUnitsOfInvoices } from '../store/select-billed-units.ts';
import { selectCharged } from '../store/select-charged.ts';
import { selectCreditedInvoices } from '../store/select-credited-invoices.ts';
import { selectVoided } from '../store/select-voided.ts';
import { readMeteredUsage } from './read-metered-usage.ts';
import type { KnownUnit } from './units-again.ts';
import { usageRequestOf } from './usage-request-of.ts';

/** Billed units with their terms, and whose cannot be read. */
type Again = (billed: readonly BilledUnit[]) => {
  readonly units: readonly KnownUnit[];
  readonly parked: readonly ParkedCustomer[];
};

/** Invoices with all that they are reassembled from, by customer: their units with present usage, and what adjusts or credits them. */
export async function readLateDocuments(
  tx: Transaction,
  organizationId: number,
  asked: readonly string[],
  again: Again,
): Promise<{
  readonly byCustomer: ReadonlyMap<string, readonly LateDocument[]>;
  readonly parked: readonly ParkedCustomer[];
}> {
  const voided = await selectVoided(tx, organizationId, asked);
  // What a voided invoice billed and nobody wants billed again stays settled, whatever comes.
  const invoiceIds = asked.filter((id) => !voided.has(id));
  if (invoiceIds.length === 0) return { byCustomer: new Map(), parked: [] };
  const billed = await selectUnitsOfInvoices(tx, organizationId, invoiceIds);
  const { units, parked } = again(billed.filter(({ kind }) => kind !== 'fee'));
  const usageOf = await readUsageOf(tx, organizationId, units);
  const chargedOf = await readChargedOf(tx, organizationId, units);
  const lines = await selectAdjustingLines(tx, organizationId, invoiceIds, billed);
  const all = [...new Set([...invoiceIds, ...lines.map(({ invoiceId }) => invoiceId)])];
  const invoices = await selectCreditedInvoices(tx, organizationId, all);
  const documents = invoiceIds.flatMap((id) => {
    const own = units.filter((unit) => unit.billed.invoiceId === id);
    const [first] = own;
    if (first === undefined) return [];
    const was = ({ seen, amount }: BilledUnit) => ({ seen, amount });
    const document: LateDocument = {
      billed: {
        first: invoices.get(id) as CreditedInvoice,
        later: laterThan(
          id,
          lines,
          billed.filter(({ invoiceId }) => invoiceId === id),
        ).map((later) => invoices.get(later) as CreditedInvoice),
      },
      units: own.flatMap((one) => {
        const usage = usageOf.get(one);
        return usage ? [{ unit: one.unit, was: was(one.billed), usage }] : [];
      }),
      commitments: own.flatMap((one) => {
        const charged = chargedOf.get(one);
        return charged === undefined ? [] : [{ unit: one.unit, was: was(one.billed), charged }];
      }),
    };
    return [{ customerId: first.customer.id, document }];
  });
  const byCustomer = Map.groupBy(documents, ({ customerId }) => customerId);
  return {
    byCustomer: new Map([...byCustomer].map(([id, found]) => [id, found.map(({ document }) => document)])),
    parked,
  };
}

/** Invoices that adjust this one, or what it bills now: an invoice that was issued anew takes the adjustments of the one before. */
function laterThan(id: string, lines: readonly AdjustingLine[], billed: readonly BilledUnit[]): string[] {
  const own = new Set(billed.map((unit) => unitId({ ...unit, serviceFrom: new Date(unit.from).toISOString() })));
  const adjusts = ({ of, subscriptionId, chargeKey, serviceFrom }: AdjustingLine): boolean =>
    of === id ||
    (subscriptionId !== null &&
      chargeKey !== null &&
      serviceFrom !== null &&
      own.has(unitId({ subscriptionId, chargeKey, serviceFrom: serviceFrom.toISOString() })));
  const found = lines.filter((line) => line.invoiceId !== id && adjusts(line)).map(({ invoiceId }) => invoiceId);
  return [...new Set(found)];
}

async function readUsageOf(
  tx: Transaction,
  organizationId: number,
  units: readonly KnownUnit[],
): Promise<ReadonlyMap<KnownUnit, MeteredUsage[]>> {
  const metered = units.filter(({ unit }) => unit.kind === 'usage');
  const usage = await readMeteredUsage(
    tx,
    organizationId,
    metered.map(({ customer, unit }) => ({
      charge: chargeSchema.safeParse(unit.charge.terms).data,
      currency: unit.currency,
      request: usageRequestOf(customer, unit),
    })),
  );
  return new Map(metered.map((one, index) => [one, usage[index] as MeteredUsage[]]));
}

async function readChargedOf(
  tx: Transaction,
  organizationId: number,
  units: readonly KnownUnit[],
): Promise<ReadonlyMap<KnownUnit, readonly CountedPart[]>> {
  const commitments = units.filter(({ unit }) => unit.kind === 'commitment');
  const dueUnits = commitments.map(({ unit }) => unit);
  const charged = await selectCharged(tx, organizationId, dueUnits, null);
  return new Map(commitments.map((one, index) => [one, charged[index] as CountedPart[]]));
}
