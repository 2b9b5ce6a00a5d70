import type { Invoice } from './compare.ts';
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
const money = (amount: string): string => {
  const [whole, fraction] = amount.split('.') as [string, string];
  return `${count(BigInt(whole))}.${fraction}`;
};

/** The largest invoices, and how many more there are. */
export function printInvoices(invoices: readonly Invoice[], { customers, period }: Workload): void {
  const names = new Map(customers.map(({ key, name }) => [key, name]));
  const sorted = [...invoices].sort((a, b) => Number(b.total) - Number(a.total));
  const quantity = (invoice: Invoice, charge: string) =>
    invoice.lines.find((line) => line.charge_key === charge)?.quantity ?? '0';
  console.log(`\n  Invoices for ${period}\n`);
  console.log(
    `  ${'number'.padEnd(17)}${'customer'.padEnd(26)}${'requests'.padStart(10)}${'gigabytes'.padStart(13)}${'total USD'.padStart(13)}`,
  );
  console.log(`  ${'─'.repeat(79)}`);
  for (const invoice of sorted.slice(0, SHOWN)) {
    const name = names.get(invoice.customer) ?? invoice.customer;
    console.log(
      `  ${invoice.number.padEnd(17)}${name.padEnd(26)}${count(BigInt(quantity(invoice, 'api'))).padStart(10)}${quantity(invoice, 'transfer').padStart(13)}${money(invoice.total).padStart(13)}`,
    );
  }
  if (sorted.length > SHOWN) console.log(`  … and ${sorted.length - SHOWN} more`);
  const cents = invoices.reduce((sum, invoice) => sum + BigInt(invoice.total.replace('.', '')), 0n);
  console.log(`  ${'─'.repeat(79)}`);
  console.log(
    `  ${`${invoices.length} invoices`.padEnd(66)}${money(`${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`).padStart(13)}\n`,
  );
}

/** Where every event that was sent ended up. @returns whether nothing is unexplained. */
export function printReconciliation(options: {
  readonly workload: Workload;
  readonly sent: { readonly accepted: number; readonly duplicates: number };
  readonly invoices: readonly Invoice[];
  readonly reconciliation: Reconciliation;
}): boolean {
  const { workload, sent, invoices, reconciliation } = options;
  const replays = workload.deliveries.length - workload.events.length;
  const requests = invoices.reduce(
    (sum, invoice) => sum + Number(invoice.lines.find((line) => line.charge_key === 'api')?.quantity ?? 0),
    0,
  );
  const rows: [string, number, string][] = [
    ['sent', workload.deliveries.length, `${count(workload.events.length)} events, ${count(replays)} of them twice`],
    [
      'answered',
      sent.accepted + sent.duplicates,
      `${count(sent.accepted)} accepted, ${count(sent.duplicates)} duplicates`,
    ],
    ['in the log', reconciliation.records, 'every acknowledged record'],
    [
      'counted once',
      reconciliation.counted,
      `${count(reconciliation.duplicates)} replays recognised, ${reconciliation.conflicts} conflicts, ${reconciliation.dead_letters} dead letters`,
    ],
    [
      'requests billed',
      requests,
      'the rest lies in a neighbouring month of its customer’s time zone, or is data transfer',
    ],
  ];
  console.log('  Reconciliation\n');
  for (const [label, value, note] of rows) console.log(`  ${label.padEnd(17)}${count(value).padStart(10)}   ${note}`);
  const unexplained =
    Math.abs(workload.deliveries.length - reconciliation.records) +
    Math.abs(workload.events.length - reconciliation.counted) +
    Math.abs(replays - reconciliation.duplicates) +
    reconciliation.conflicts +
    reconciliation.dead_letters +
    reconciliation.unassigned;
  console.log(`  ${'unexplained'.padEnd(17)}${count(unexplained).padStart(10)}\n`);
  return unexplained === 0;
}
