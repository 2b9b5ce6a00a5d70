import type { Transaction } from '#libs/database/transaction.ts';
import { CannotBill, type CannotBillCode } from '../cannot-bill.ts';
import { readLateDocuments } from '../collect/read-late-documents.ts';
import { readSubscriptions } from '../collect/read-subscriptions.ts';
import { unitsAgain } from '../collect/units-again.ts';
import type { UnitToBill } from '../due/due-unit.ts';
import type { BilledUnit } from '../due/due-units.ts';
import type { PriceFault } from '../due/price-faults.ts';
import type { LateDocument, LateUnit } from '../late/late-document.ts';
import type { BillableCustomer } from '../store/billable-customer.ts';
import type { StoredInvoice } from '../store/invoice-row.ts';
import { selectUnitsOfInvoice } from '../store/select-billed-units.ts';
import { atCurrentPrices } from './at-current-prices.ts';

/** What an invoice that is issued anew is made from. */
export interface Priced {
  /** The units that it bills, as they stand. */
  readonly billed: readonly BilledUnit[];
  readonly document: LateDocument;
  /** Those that stay as printed. */
  readonly fees: readonly UnitToBill[];
  /** Why the prices of now cannot be had; then the rest means nothing. */
  readonly faults: readonly PriceFault[];
}

/** What it bills, with its usage as it is now. Fees stand as printed, unless they are to have the prices of now. */
export async function readPriced(
  tx: Transaction,
  { organizationId, prices }: { readonly organizationId: number; readonly prices?: 'current' | undefined },
  original: StoredInvoice,
  customer: BillableCustomer,
): Promise<Priced> {
  const billed = await selectUnitsOfInvoice(tx, organizationId, original.id);
  const read = await readSubscriptions(tx, organizationId, { customerIds: [customer.id] });
  const current = prices === 'current' ? await atCurrentPrices(tx, organizationId, billed, read) : null;
  const { units, subscriptions, faults } = current ?? { units: billed, subscriptions: read, faults: [] };
  if (faults.length > 0) return { billed, document: feesAlone(original), fees: [], faults };
  const pricedAs = new Map(units.map((unit) => [unitText(unit), unit]));
  const again = (some: readonly BilledUnit[]) =>
    orStuck(
      unitsAgain(
        some.map((unit) => pricedAs.get(unitText(unit)) ?? unit),
        [customer],
        subscriptions,
      ),
    );
  const { byCustomer } = await readLateDocuments(tx, organizationId, [original.id], again);
  const document = byCustomer.get(customer.id)?.[0] ?? feesAlone(original);
  const fees = units.filter(({ kind }) => kind === 'fee');
  if (current === null) return { billed, document, fees: fees.map(asBilled), faults };
  const feesAgain = again(fees).units.map(
    ({ unit, billed: { seen, amount } }): LateUnit => ({ unit, was: { seen, amount }, usage: [] }),
  );
  return { billed, document: { ...document, units: [...document.units, ...feesAgain] }, fees: [], faults };
}

const unitText = ({ subscriptionId, chargeKey, kind, from }: BilledUnit): string =>
  [subscriptionId, chargeKey, kind, from].join('\0');

/** @throws CannotBill when a unit cannot be read */
function orStuck(found: ReturnType<typeof unitsAgain>): ReturnType<typeof unitsAgain> {
  const [stuck] = found.parked;
  if (stuck !== undefined) throw new CannotBill(stuck.code as CannotBillCode, stuck.detail);
  return found;
}

const feesAlone = ({ document }: StoredInvoice): LateDocument => ({
  billed: { first: { invoice: document, notes: [] }, later: [] },
  units: [],
  commitments: [],
});

const asBilled = ({ from, to, ...unit }: BilledUnit): UnitToBill => ({
  ...unit,
  serviceFrom: instantText(from),
  serviceTo: instantText(to),
});

/** As lines have it: without a fraction. */
const instantText = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
