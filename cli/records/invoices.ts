import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Tollbook } from '#client/src/create-tollbook.ts';
import type { Invoice, InvoicePage } from '#client/src/operations.ts';
import { ask } from '../ask.ts';
import { columnsText, fieldsText } from '../columns.ts';
import { CommandError } from '../errors.ts';
import { type JsonFlag, print } from '../print.ts';
import { EXIT, type Surroundings } from '../surroundings.ts';
import { aligned } from '../table.ts';
import { addRecordCommands, type Records } from './add-record-commands.ts';

type Listed = InvoicePage['data'][number];

const invoices: Records<Listed, Invoice> = {
  name: 'invoices',
  one: 'invoice',
  by: { name: 'id', description: 'id of the invoice' },
  filters: [
    { name: 'customer', value: 'key', description: 'only those of this customer' },
    { name: 'status', value: 'status', description: 'open, partially_paid, paid, overdue, uncollectible or voided' },
  ],
  columns: [
    { title: 'number', of: ({ number }) => number },
    { title: 'customer', of: ({ customer }) => customer ?? '(erased)' },
    { title: 'issued', of: ({ issue_date: day }) => day },
    { title: 'due', of: ({ due_date: day }) => day },
    { title: 'status', of: statusOf },
    { title: 'total', of: ({ total }) => total, right: true },
    { title: 'to pay', of: ({ amount_due: due }) => due, right: true },
    { title: 'currency', of: ({ currency }) => currency },
    { title: 'id', of: ({ id }) => id },
  ],
  list: (tollbook, query) => tollbook.invoices.list(query as Parameters<Tollbook['invoices']['list']>[0]),
  show: (tollbook, id) => tollbook.invoices.get(id),
  text: invoiceText,
};

export function addInvoiceCommands(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  addRecordCommands(program, around, onExit, invoices)
    .command('pdf')
    .summary('fetch the PDF of an invoice')
    .description(
      'Writes the PDF of an invoice to a file, named after its number unless told otherwise. A file that is there is replaced.',
    )
    .argument('<id>', 'id of the invoice')
    .option('-o, --output <path>', 'where to write it; - is standard output')
    .option('--json', 'print where it was written as JSON')
    .action(async (id: string, flags: JsonFlag & { readonly output?: string }) => {
      const { invoice, pdf } = await ask(around, async (tollbook) => ({
        invoice: await tollbook.invoices.get(id),
        pdf: await tollbook.invoices.pdf(id),
      }));
      onExit(EXIT.ok);
      if (flags.output === '-') return void around.stdout.write(pdf);
      const file = flags.output ?? `${invoice.number.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.pdf`;
      await writeFile(file, pdf).catch((error: Error) => {
        throw new CommandError(`${file} cannot be written: ${error.message}`, { cause: error });
      });
      const told = { id: invoice.id, number: invoice.number, file, bytes: pdf.length };
      print(around, flags.json === true, told, () => `${file}: ${pdf.length} bytes\n`);
    });
}

function statusOf({ state, payment }: Listed): string {
  return state === 'voided' ? 'voided' : (payment?.status.replaceAll('_', ' ') ?? state);
}

function invoiceText(invoice: Invoice, stream: NodeJS.WriteStream): string {
  const head = fieldsText([
    ['number', invoice.number],
    ['id', invoice.id],
    ['customer', invoice.customer ?? '(erased)'],
    ['status', statusOf(invoice)],
    ['issued', invoice.issue_date],
    ['due', invoice.due_date],
    ['period', invoice.period && `${invoice.period.from} – ${invoice.period.to}, ${invoice.period.time_zone}`],
    ['voided', invoice.voided && `${invoice.voided.reason} (${invoice.voided.credit_note.number})`],
    ['replaced by', invoice.replaced_by?.number],
    ['replaces', invoice.replaces?.number],
    ['hash', invoice.hash],
  ]);
  const lines = columnsText(
    [
      { title: 'line', of: ({ position }) => position, right: true },
      { title: 'description', of: ({ description }) => description },
      { title: 'quantity', of: ({ quantity }) => quantity, right: true },
      { title: `net ${invoice.currency}`, of: ({ net }) => net, right: true },
    ],
    invoice.lines,
    stream,
  );
  const isZero = (amount: string) => /^-?0(\.0*)?$/.test(amount);
  const totals = aligned([
    ['subtotal', invoice.subtotal],
    ...invoice.discounts.map(({ name, taken }) => [name, `-${taken}`]),
    ...invoice.taxes.map(({ name, percent, amount }) => [`${name} ${percent} %`, amount]),
    ['total', invoice.total],
    ...(isZero(invoice.credit_applied) ? [] : [['credit', `-${invoice.credit_applied}`]]),
    ...(isZero(invoice.prepaid_applied) ? [] : [['prepaid', `-${invoice.prepaid_applied}`]]),
    ['amount due', invoice.amount_due],
  ]);
  return `${head}\n${lines}\n${totals}`;
}
