import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { Command } from 'commander';
import { UsageError } from './errors.ts';
import { request } from './request.ts';
import { EXIT, type Surroundings } from './surroundings.ts';
import { aligned } from './table.ts';

/** What POST /v1/quotes answers, as far as it is printed. */
interface Quote {
  readonly currency: string;
  readonly lines: readonly {
    readonly charge: string | null;
    readonly kind: string;
    readonly group: Readonly<Record<string, string | null>> | null;
    readonly quantity: string;
    readonly amount: string;
    readonly discount: string;
    readonly net: string;
    readonly steps: readonly {
      readonly rule: string;
      readonly quantity: string;
      readonly unit_amount?: string;
      readonly percent?: string;
      readonly amount: string;
    }[];
  }[];
  readonly taxes: readonly {
    readonly name: string;
    readonly percent: string;
    readonly inclusive: boolean;
    readonly amount: string;
  }[];
  readonly subtotal: string;
  readonly discount_total: string;
  readonly total_excluding_tax: string;
  readonly total: string;
  readonly prepaid_applied: string;
  readonly amount_due: string;
}

export function addQuoteCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('quote')
    .summary('what usage would cost')
    .description(
      'Prices the question in FILE (the body of POST /v1/quotes as JSON; - is standard input). Stores nothing.',
    )
    .argument('<file>', 'JSON file')
    .option('--steps', 'print how each line came about')
    .option('--json', 'print the answer as JSON')
    .action(async (file: string, { json, steps }: { json?: true; steps?: true }) => {
      const body = await readQuestion(file);
      const answer = await request<Quote>(around, 'POST', '/v1/quotes', body);
      around.stdout.write(json ? `${JSON.stringify(answer)}\n` : quoteText(answer, steps === true));
      onExit(EXIT.ok);
    });
}

async function readQuestion(file: string): Promise<string> {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** The lines as a table, with their steps beneath them if asked for, and the way to what is due. */
export function quoteText(quote: Quote, withSteps: boolean): string {
  const rows: string[][] = [['line', 'quantity', `amount ${quote.currency}`, 'discount', 'net']];
  for (const line of quote.lines) {
    rows.push([nameOf(line), line.quantity, line.amount, line.discount, line.net]);
    if (!withSteps) continue;
    for (const { rule, quantity, unit_amount: rate, percent, amount } of line.steps) {
      const at = rate ?? (percent === undefined ? undefined : `${percent} %`);
      rows.push([`  ${rule.replaceAll('_', ' ')}${at === undefined ? '' : ` at ${at}`}`, quantity, amount, '', '']);
    }
  }
  const isZero = (amount: string) => /^-?0(\.0*)?$/.test(amount);
  const totals = [
    ['subtotal', quote.subtotal],
    ...(isZero(quote.discount_total) ? [] : [['discounts', `-${quote.discount_total}`]]),
    ...quote.taxes.map(({ name, percent, inclusive, amount }) => [
      `${name} ${percent} %${inclusive ? ', contained' : ''}`,
      amount,
    ]),
    ['total', quote.total],
    ...(isZero(quote.prepaid_applied) ? [] : [['prepaid', `-${quote.prepaid_applied}`]]),
    ['amount due', quote.amount_due],
  ];
  return `${aligned(rows)}\n${aligned(totals)}`;
}

function nameOf({ charge, kind, group }: Quote['lines'][number]): string {
  if (charge === null) return 'commitment of the plan';
  if (kind === 'minimum') return `${charge}, up to its minimum`;
  const values = Object.values(group ?? {}).map((value) => value ?? '(none)');
  return values.length === 0 ? charge : `${charge} (${values.join(', ')})`;
}
