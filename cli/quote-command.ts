import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { AnswerOf, BodyOf } from '#client/src/call.ts';
import { ask } from './ask.ts';
import { UsageError } from './errors.ts';
import { type JsonFlag, print } from './print.ts';
import { EXIT, type Surroundings } from './surroundings.ts';
import { aligned } from './table.ts';

type Quote = AnswerOf<'POST /v1/quotes'>;

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
    .action(async (file: string, { json, steps }: JsonFlag & { readonly steps?: true }) => {
      const question = await readQuestion(file);
      const answer = await ask(around, (tollbook) => tollbook.quotes.create(question));
      print(around, json === true, answer, () => quoteText(answer, steps === true));
      onExit(EXIT.ok);
    });
}

/** Read and sent on: the server judges it. */
async function readQuestion(file: string): Promise<BodyOf<'POST /v1/quotes'>> {
  try {
    return JSON.parse(file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8'));
  } catch (error) {
    const what = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new UsageError(`${file} ${what}: ${(error as Error).message}`, { cause: error });
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
