import type { Transaction } from '#libs/database/transaction.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from '../amount-text.ts';
import type { DocumentLine } from '../documents/document.ts';
import { lineKey } from '../late/line-key.ts';
import { type LineBefore, selectBilledBefore } from '../store/select-billed-before.ts';
import type { FoundLine } from './find-line.ts';

/** What an adjustment is the difference to. */
export interface LineAdjusted {
  readonly kind: Exclude<DocumentLine['kind'], 'adjustment'>;
  /** After discounts, oldest first; below zero on credit notes for late usage. */
  readonly before: readonly (Pick<LineBefore, 'documentId' | 'number' | 'kind'> & {
    readonly position: number;
    readonly amount: string;
  })[];
  /** Their sum. */
  readonly billedBefore: string;
}

/** What had been billed of an adjusted line, on which documents, when the adjustment was made. Null for other lines. */
export async function explainAdjusted(
  tx: Transaction,
  organizationId: number,
  { invoice, line }: Pick<FoundLine, 'invoice' | 'line'>,
): Promise<LineAdjusted | null> {
  const { adjusts, of } = line;
  if (adjusts === undefined || of === undefined) return null;
  const rows = await selectBilledBefore(tx, organizationId, invoice.id, {
    subscriptionId: line.subscription_id ?? null,
    chargeKey: line.charge_key ?? null,
    serviceFrom: line.service_from ?? null,
    ofInvoiceId: of.id,
  });
  const billed = rows.filter((row) => row.kind === 'invoice' && isOfSame(row, line));
  const isOn = ({ line: { of: taken } }: LineBefore) =>
    billed.some((one) => one.documentId === taken?.id && one.line.position === taken.position);
  const parts = rows.filter((row) => billed.includes(row) || (row.kind === 'credit_note' && row.isLate && isOn(row)));
  const { currency } = invoice.document;
  const amountOf = ({ amount, discount }: DocumentLine) => new Big(amount).minus(discount);
  return {
    kind: adjusts,
    before: parts.map(({ documentId, number, kind, line: part }) => ({
      documentId,
      number,
      kind,
      position: part.position,
      amount: amountText(amountOf(part), currency),
    })),
    billedBefore: amountText(sum(parts.map((part) => amountOf(part.line))), currency),
  };
}

/** Whether a line bills the same as one that adjusts it. What was entered by hand has its place for a name. */
function isOfSame({ documentId, line }: LineBefore, adjustment: DocumentLine): boolean {
  if (adjustment.adjusts !== 'manual') return lineKey(line) === lineKey(adjustment);
  const isIt = (id: string | undefined, position: number | undefined) =>
    id === adjustment.of?.id && position === adjustment.of?.position;
  return line.adjusts === 'manual' ? isIt(line.of?.id, line.of?.position) : isIt(documentId, line.position);
}
