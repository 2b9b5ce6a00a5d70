import { styleText } from 'node:util';
import { dollars, type Invoice } from './compare.ts';
import type { Workload } from './workload.ts';

export interface Reconciliation {
  readonly records: number;
  readonly counted: number;
  readonly unassigned: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly dead_letters: number;
}

const SHOWN = 8;
const count = (value: number | bigint): string => value.toLocaleString('en');
/** With thousands set off and a fixed number of places. */
const places = (value: string, count: number): string => {
  const [whole = '0', fraction = ''] = value.split('.');
  return `${BigInt(whole).toLocaleString('en')}.${fraction.padEnd(count, '0')}`;
};

/** The largest invoices, and how many more there are. */
export function printInvoices(invoices: readonly Invoice[], { customers, period }: Workload): void {
  const names = new Map(customers.map(({ key, name }) => [key, name]));
  const sorted = [...invoices].sort((a, b) => Number(b.total) - Number(a.total));
  const quantity = (invoice: Invoice, charge: string) =>
    invoice.lines.find((line) => line.charge_key === charge)?.quantity ?? '0';
  console.log(`\n  ${styleText('bold', `Invoices for ${period}`)}\n`);
  console.log(
    `  ${'number'.padEnd(17)}${'customer'.padEnd(26)}${'requests'.padStart(10)}${'gigabytes'.padStart(13)}${'total USD'.padStart(13)}`,
  );
  console.log(`  ${'─'.repeat(79)}`);
  for (const invoice of sorted.slice(0, SHOWN)) {
    const name = names.get(invoice.customer) ?? invoice.customer;
    console.log(
      `  ${invoice.number.padEnd(17)}${name.padEnd(26)}${count(BigInt(quantity(invoice, 'api'))).padStart(10)}${places(quantity(invoice, 'transfer'), 3).padStart(13)}${places(invoice.total, 2).padStart(13)}`,
    );
  }
  if (sorted.length > SHOWN) console.log(`  … and ${sorted.length - SHOWN} more`);
  const cents = invoices.reduce((sum, invoice) => sum + BigInt(invoice.total.replace('.', '')), 0n);
  console.log(`  ${'─'.repeat(79)}`);
  console.log(`  ${`${invoices.length} invoices`.padEnd(66)}${places(dollars(cents), 2).padStart(13)}\n`);
}

/** Where every event that was sent ended up. @returns whether nothing is unexplained. */
export function printReconciliation(options: {
  readonly workload: Workload;
  /** Events whose local time lies in another month than the billed one. */
  readonly outside: number;
  readonly sent: { readonly accepted: number; readonly duplicates: number };
  readonly invoices: readonly Invoice[];
  readonly reconciliation: Reconciliation;
}): boolean {
  const { workload, outside, sent, invoices, reconciliation } = options;
  const { records, counted, duplicates, conflicts, dead_letters, unassigned } = reconciliation;
  const twice = workload.deliveries.length - workload.events.length;
  const billed = invoices
    .flatMap(({ lines }) => lines)
    .reduce((sum, { evidence }) => sum + Number(evidence?.event_count ?? 0), 0);
  const rows: [string, number, string][] = [
    [
      'sent',
      workload.deliveries.length,
      `${count(workload.events.length)} events, ${count(twice)} of them twice, some late`,
    ],
    [
      'acknowledged',
      sent.accepted + sent.duplicates,
      `${count(sent.accepted)} as accepted, ${count(sent.duplicates)} as duplicate`,
    ],
    ['in the log', records, 'every acknowledged record'],
    [
      'counted once',
      counted,
      `${count(duplicates)} replays recognised, ${conflicts} conflicts, ${dead_letters} dead letters`,
    ],
    ['on invoices', billed, `the other ${count(outside)} lie in a neighbouring month by their customer's clock`],
  ];
  console.log(`  ${styleText('bold', 'Reconciliation')}\n`);
  for (const [label, value, note] of rows) {
    console.log(`  ${label.padEnd(17)}${count(value).padStart(10)}   ${styleText('dim', note)}`);
  }
  const unexplained =
    Math.abs(records - counted - duplicates - conflicts - dead_letters - unassigned) +
    Math.abs(workload.events.length - counted) +
    Math.abs(counted - billed - outside) +
    Math.max(0, workload.deliveries.length - records);
  console.log(
    `  ${'unexplained'.padEnd(17)}${styleText(unexplained === 0 ? 'green' : 'red', count(unexplained).padStart(10))}\n`,
  );
  return unexplained === 0;
}
