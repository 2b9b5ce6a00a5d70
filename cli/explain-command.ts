import { type Command, InvalidArgumentError } from 'commander';
import type { Explain } from '#client/src/operations.ts';
import { ask } from './ask.ts';
import { columnsText, fieldsText, shortTime } from './columns.ts';
import { type JsonFlag, print } from './print.ts';
import { EXIT, type Surroundings } from './surroundings.ts';

/** As far as the API promises it; steps are what the pricer wrote down. */
interface Step {
  readonly rule: string;
  readonly quantity: string;
  readonly unit_amount?: string;
  readonly percent?: string;
  readonly amount: string;
}

export function addExplainCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('explain')
    .summary('where a line of an invoice comes from')
    .description(
      'Walks a line of an invoice back to its price steps and the usage that it was made from. The hours and events behind that are at GET /v1/invoices/{id}/lines/{position}/explain/hours and /events.',
    )
    .argument('<invoice>', 'id of the invoice')
    .argument('<line>', 'position of the line, from 1', position)
    .option('--json', 'print it as JSON')
    .action(async (id: string, line: number, { json }: JsonFlag) => {
      const answer = await ask(around, (tollbook) => tollbook.invoices.explainLine(id, line));
      print(around, json === true, answer, () => explanationText(answer, around.stdout));
      onExit(EXIT.ok);
    });
}

function position(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** What the line is, the steps of its price, and the usage as it was billed and as it is today. */
export function explanationText(
  { document, line, period, usage, adjusted }: Explain,
  stream?: NodeJS.WriteStream,
): string {
  const { steps = [], description } = line as typeof line & { steps?: readonly Step[]; description?: string };
  const head = fieldsText([
    ['document', `${document.number}, issued ${document.issue_date}`],
    ['line', `${line.position}: ${description ?? ''}`],
    ['amount', `${line.amount} ${document.currency}`],
    [
      'period',
      period && `${period.from} – ${period.to}, ${period.days} of ${period.period_days} days, ${period.time_zone}`,
    ],
    ['usage', usage && `${shortTime(usage.from)} – ${shortTime(usage.to)}`],
    ['billed before', adjusted?.billed_before],
    ['hash', document.hash],
  ]);
  const parts = [head];
  if (steps.length > 0)
    parts.push(
      columnsText(
        [
          { title: 'step', of: ({ rule }) => rule.replaceAll('_', ' ') },
          { title: 'at', of: ({ unit_amount: rate, percent }) => rate ?? (percent && `${percent} %`), right: true },
          { title: 'quantity', of: ({ quantity }) => quantity, right: true },
          { title: 'amount', of: ({ amount }) => amount, right: true },
        ],
        steps,
        stream,
      ),
    );
  if (usage) parts.push(usageOf(usage, stream));
  return parts.join('\n');
}

function usageOf(usage: NonNullable<Explain['usage']>, stream?: NodeJS.WriteStream): string {
  const rows = [
    { name: 'billed', ...usage.billed },
    ...(usage.now ? [{ name: 'today', ...usage.now }] : []),
    ...(usage.late ? [{ name: 'came later', ...usage.late }] : []),
  ];
  const table = columnsText(
    [
      { title: `${usage.aggregation} of ${usage.meter}`, of: ({ name }) => name },
      { title: 'quantity', of: ({ quantity }) => quantity, right: true },
      { title: 'events', of: ({ event_count: count }) => count, right: true },
    ],
    rows,
    stream,
  );
  const verdict =
    usage.now === null
      ? `Raw events are kept from ${usage.raw_events_from}: it cannot be counted again.`
      : usage.now.digest === usage.billed.digest
        ? 'The events behind it are the ones that were billed.'
        : 'Other events are behind it today than were billed.';
  return `${table}\n${verdict}\n`;
}
