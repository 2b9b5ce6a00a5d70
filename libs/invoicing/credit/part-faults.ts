import { Big } from '#libs/money/decimal.ts';
import { amountText } from '../amount-text.ts';
import type { CreditFault } from './credit-request.ts';
import type { Standing, WantedSplit } from './split-credit.ts';

/** Parts that are more than there is, whatever the total comes to. */
export function partFaults(
  { remaining, refundable }: Standing,
  { offset, refund }: Pick<WantedSplit, 'offset' | 'refund'>,
  currency: string,
): CreditFault[] {
  const money = (amount: string) => amountText(new Big(amount), currency);
  const faults: CreditFault[] = [];
  if (offset !== undefined && new Big(offset).gt(remaining))
    faults.push({
      pointer: '/settlement/offset',
      detail: `is ${money(offset)}, but only ${money(remaining)} ${currency} of the invoice is unpaid`,
    });
  if (refund !== undefined && new Big(refund).gt(refundable))
    faults.push({
      pointer: '/settlement/refund',
      detail: `is ${money(refund)}, but only ${money(refundable)} ${currency} of payments can be refunded`,
    });
  return faults;
}
