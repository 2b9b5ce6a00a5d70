import type { Transaction } from '#libs/database/transaction.ts';
import { CannotBill } from '../cannot-bill.ts';
import { type ChunkRequest, collectIn } from '../collect/collect.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import { draftCollected } from '../run/draft-collected.ts';

/** What a run would draft for one customer, in a transaction that is a snapshot. @throws CannotBill where a run would park it */
export async function draftOneCustomer(
  tx: Transaction,
  customerId: string,
  request: Omit<ChunkRequest, 'after' | 'limit' | 'customerIds'>,
): Promise<readonly InvoiceDraft[]> {
  const { customers, parked } = await collectIn(tx, { ...request, after: null, limit: 1, customerIds: [customerId] });
  const [refused] = parked;
  if (refused) throw new CannotBill(refused.code as CannotBill['code'], refused.detail);
  return customers.flatMap((collected) => draftCollected(collected).drafts);
}
