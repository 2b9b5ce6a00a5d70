import type { ExpectedLine } from './expected.ts';

export interface InvoiceLine {
  readonly charge_key: string;
  readonly quantity: string;
  readonly amount: string;
  /** Only on metered lines. */
  readonly evidence?: { readonly event_count: string };
}

export interface Invoice {
  readonly id: string;
  readonly number: string;
  readonly customer: string;
  readonly total: string;
  readonly lines: readonly InvoiceLine[];
}

/** Every difference between the invoices and the independent calculation, in words. None: every cent agrees. */
export function differences(
  invoices: readonly Invoice[],
  expected: ReadonlyMap<string, Readonly<Record<string, ExpectedLine>>>,
): string[] {
  const found: string[] = [];
  const byCustomer = Map.groupBy(invoices, (invoice) => invoice.customer);
  for (const [customer, charges] of expected) {
    const own = byCustomer.get(customer) ?? [];
    const [invoice] = own;
    if (!invoice || own.length !== 1) {
      found.push(`${customer} has ${own.length} invoices instead of 1`);
      continue;
    }
    let cents = 0n;
    for (const [key, line] of Object.entries(charges)) {
      cents += line.cents;
      const lines = invoice.lines.filter((candidate) => candidate.charge_key === key);
      const [billed] = lines;
      if (!billed || lines.length !== 1) found.push(`${customer}: ${lines.length} lines for ${key} instead of 1`);
      else if (billed.quantity !== line.quantity)
        found.push(`${customer}, ${key}: quantity ${billed.quantity}, expected ${line.quantity}`);
      else if (billed.amount !== dollars(line.cents))
        found.push(`${customer}, ${key}: ${billed.amount}, expected ${dollars(line.cents)}`);
    }
    if (invoice.total !== dollars(cents)) found.push(`${customer}: total ${invoice.total}, expected ${dollars(cents)}`);
  }
  for (const customer of byCustomer.keys())
    if (!expected.has(customer)) found.push(`${customer} was billed and never sent usage`);
  return found;
}

export const dollars = (cents: bigint): string => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
