import { addDays } from '#libs/catalog/billing-period.ts';
import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { readWatermark } from '#libs/metering/read/read-watermark.ts';
import { CannotBill } from '../cannot-bill.ts';
import { collectIn } from '../collect/collect.ts';
import { readSurroundings } from '../collect/read-surroundings.ts';
import { draftKeyText, type InvoiceDraft, invoiceBody } from '../documents/assemble.ts';
import { checkDraft } from '../documents/check.ts';
import { draftChunk } from '../run/finalize-chunk.ts';
import type { CustomerSettlement } from '../run/take-for-drafts.ts';
import type { BillableCustomer } from '../store/billable-customer.ts';
import { type DraftRow, keyOfDraft } from '../store/draft-row.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';
import { selectCustomer } from '../store/select-customer.ts';
import { type SellerTerms, selectSeller } from '../store/select-seller.ts';

/** A stored draft made anew from what is used and entered by now. */
export interface MadeAnew {
  readonly terms: SellerTerms;
  /** Null: nothing of its period is to be billed any more. */
  readonly draft: InvoiceDraft | null;
  /** All that is finalized with it: what of the customer falls due on the same day was made with each other. */
  readonly together: readonly InvoiceDraft[];
  /** What becomes of units that were billed before, with all of these. */
  readonly settlements: readonly CustomerSettlement[];
}

/** In a snapshot of its own. `row`: also with other entries than those stored. @throws CannotBill */
export function makeDraft(pool: Pool, organizationId: number, row: DraftRow, now: number): Promise<MadeAnew> {
  return inOrganization(
    pool,
    organizationId,
    (tx) =>
      row.kind === 'one_off' ? makeOneOff(tx, organizationId, row, now) : makePeriod(tx, organizationId, row, now),
    'REPEATABLE READ READ ONLY',
  );
}

async function makeOneOff(tx: Transaction, organizationId: number, row: DraftRow, now: number): Promise<MadeAnew> {
  const terms = await selectSeller(tx, organizationId);
  const customer = (await selectCustomer(tx, organizationId, row.customerId)) as BillableCustomer;
  const watermark = await readWatermark(tx);
  const surroundings = (await readSurroundings(tx, { organizationId, terms, now, watermark }, [customer]))(customer);
  const draft: InvoiceDraft = {
    customerId: row.customerId,
    stored: { id: row.id, version: row.version },
    units: [],
    discountUses: [],
    usesSeen: [],
    body: invoiceBody([], row.currency, surroundings, row).body,
  };
  const problems = checkDraft(draft);
  if (problems.length > 0) throw new CannotBill('check_failed', `The invoice does not add up: ${problems.join('; ')}.`);
  return { terms, draft, together: [draft], settlements: [] };
}

async function makePeriod(tx: Transaction, organizationId: number, row: DraftRow, now: number): Promise<MadeAnew> {
  const key = keyOfDraft(row);
  const { terms, customers, parked } = await collectIn(tx, {
    organizationId,
    window: { endsAfter: addDays(key.dueOn, -1), endsUntil: key.dueOn, backdated: true },
    begunAt: now,
    graceMinutes: 0,
    now,
    after: null,
    limit: 1,
    customerIds: [row.customerId],
  });
  throwReason(parked);
  const [collected] = customers;
  if (collected === undefined) return { terms, draft: null, together: [], settlements: [] };
  const storedDrafts = new Map([...collected.surroundings.storedDrafts, [draftKeyText(key), row]]);
  const surroundings = { ...collected.surroundings, storedDrafts };
  const made = draftChunk({ customers: [{ ...collected, surroundings }], parked: [] });
  throwReason(made.parked);
  const isIt = ({ stored }: InvoiceDraft) => stored?.id === row.id;
  const together = made.drafts.map((one) => (isIt(one) ? { ...one, isSkipped: false } : one));
  return { terms, draft: together.find(isIt) ?? null, together, settlements: made.settlements };
}

function throwReason([refused]: readonly ParkedCustomer[]): void {
  if (refused) throw new CannotBill(refused.code as CannotBill['code'], refused.detail);
}
