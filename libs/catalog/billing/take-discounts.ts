import type { Transaction } from '#libs/database/transaction.ts';
import type { DiscountUse } from '../discount-schema.ts';
import { deleteDiscountUses } from '../store/delete-discount-uses.ts';
import { insertDiscountUses } from '../store/insert-discount-uses.ts';
import { lockDiscountUses } from '../store/lock-discount-uses.ts';
import { selectDiscountUses } from '../store/select-discount-uses.ts';

/** What documents of one customer are to take of its discounts. */
export interface WantedDiscounts {
  readonly customerId: string;
  /** What was taken before when they were made, of every discount that they take of. */
  readonly seen: readonly DiscountUse[];
  readonly documents: readonly UsesOfDocument[];
  /** Of earlier documents that are corrected with these: what they take by now, in place of what they took. */
  readonly corrected?: readonly UsesOfDocument[];
}

interface UsesOfDocument {
  readonly invoiceId: string;
  readonly uses: readonly DiscountUse[];
}

/**
 * Takes discounts for documents of customers, and answers for which of these others had taken of them meanwhile: for those nothing is taken.
 * Holds the lock on their discounts until the transaction ends.
 */
export async function takeDiscounts(
  tx: Transaction,
  organizationId: number,
  wanted: readonly WantedDiscounts[],
): Promise<ReadonlySet<string>> {
  const taking = wanted.filter(
    ({ documents, corrected = [] }) => corrected.length > 0 || documents.some(({ uses }) => uses.length > 0),
  );
  if (taking.length === 0) return new Set();
  await lockDiscountUses(
    tx,
    organizationId,
    taking.map(({ customerId }) => customerId),
  );
  const idsOf = ({ documents, corrected = [] }: WantedDiscounts) =>
    [...documents, ...corrected].flatMap(({ uses }) => uses.map((use) => use.discountId));
  const now = await selectDiscountUses(tx, organizationId, [...new Set(taking.flatMap(idsOf))]);
  const stale = taking.filter((one) => {
    const ids = new Set(idsOf(one));
    const of = (uses: readonly DiscountUse[]) => textOf(uses.filter(({ discountId }) => ids.has(discountId)));
    return of(now) !== of(one.seen);
  });
  const fresh = taking.filter((one) => !stale.includes(one));
  const corrected = fresh.flatMap((one) => one.corrected ?? []);
  for (const { invoiceId } of corrected) await deleteDiscountUses(tx, organizationId, invoiceId);
  const uses = [...fresh.flatMap(({ documents }) => documents), ...corrected].flatMap(({ invoiceId, uses: own }) =>
    own.map((use) => ({ ...use, invoiceId })),
  );
  if (uses.length > 0) await insertDiscountUses(tx, organizationId, uses);
  return new Set(stale.map(({ customerId }) => customerId));
}

const textOf = (uses: readonly DiscountUse[]): string =>
  uses
    .map(({ discountId, periodFrom, periodTo, amount }) => [discountId, periodFrom, periodTo, amount].join(' '))
    .sort()
    .join();
