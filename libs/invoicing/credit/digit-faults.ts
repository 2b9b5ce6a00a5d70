import { digitsFault } from '#libs/pricing/digits-fault.ts';
import type { CreditFault } from './credit-request.ts';

/**
 * Amounts of a wished credit note with smaller units than the invoice's currency has. What is asked may be anything: fields that are no
 * amounts have other faults.
 */
export function digitFaults(asked: unknown, currency: string): CreditFault[] {
  const { amount, lines, settlement } = fieldsOf(asked);
  const amounts: [string, unknown][] = [
    ['/amount', amount],
    ...(Array.isArray(lines) ? lines : []).map((line, index): [string, unknown] => [
      `/lines/${index}/amount`,
      fieldsOf(line).amount,
    ]),
    ...['offset', 'refund', 'credit'].map((part): [string, unknown] => [
      `/settlement/${part}`,
      fieldsOf(settlement)[part],
    ]),
  ];
  return amounts.flatMap(([pointer, value]): CreditFault[] => {
    const detail = digitsFault(value, currency);
    return detail === undefined ? [] : [{ pointer, detail }];
  });
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
