import type { Transaction } from '#libs/database/transaction.ts';
import { readKept } from '#libs/payments/run/read-kept.ts';
import type { DocumentBody } from '../documents/assemble.ts';
import { correctedBy } from '../settle/settle.ts';

/** What is still to be paid of the invoices that credit notes are on, by id. */
export async function readRemaining(
  tx: Transaction,
  organizationId: number,
  documents: readonly { readonly customerId: string; readonly body: DocumentBody }[],
): Promise<Map<string, string>> {
  const notes = documents.filter(({ body }) => body.kind === 'credit_note');
  if (notes.length === 0) return new Map();
  const kept = await readKept(tx, organizationId, [...new Set(notes.map(correctedBy))]);
  return new Map([...kept].map(([id, { remaining }]) => [id, remaining]));
}
