import type { Transaction } from '#libs/database/transaction.ts';
import { countLettersBetween, type LetterCounts, type LetterSpan } from '../store/count-letters-between.ts';

/** How much usage of a time could not be counted, as far as it is known whose it is. */
export function countUncounted(tx: Transaction, organizationId: number, span: LetterSpan): Promise<LetterCounts> {
  return countLettersBetween(tx, organizationId, span);
}
