import { type Command, InvalidArgumentError } from 'commander';
import type { AnswerOf } from '#client/src/call.ts';
import { ask } from './ask.ts';
import { type JsonFlag, print } from './print.ts';
import { EXIT, type Surroundings } from './surroundings.ts';
import { aligned } from './table.ts';

const FIGURES = [
  'records',
  'counted',
  'unassigned',
  'duplicates',
  'conflicts',
  'dead_letters',
  'corrections',
  'voided',
  'unexplained',
] as const;

type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;
export type Reconciliation = AnswerOf<'GET /v1/reconciliation'>;

const DAY = 86_400_000;
const dayOf = (instant: number) => new Date(instant).toISOString().slice(0, 10);

export function addReconcileCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('reconcile')
    .summary('account for every record')
    .description(
      'Says what became of every record that arrived on these days (UTC), and holds it against what is stored. Exit code 1 when something does not match.',
    )
    .option('--from <date>', 'first day of arrival (default: 35 days ago)', date)
    .option('--to <date>', 'the day after the last (default: tomorrow)', date)
    .option('--json', 'print the answer as JSON')
    .action(async ({ from, to, json }: JsonFlag & { readonly from?: string; readonly to?: string }) => {
      const now = Date.now();
      const days = { from: from ?? dayOf(now - 35 * DAY), to: to ?? dayOf(now + DAY) };
      const answer = await ask(around, (tollbook) => tollbook.reconciliation.get(days));
      print(around, json === true, answer, () => reconciliationText(answer));
      onExit(answer.unexplained === 0 ? EXIT.ok : EXIT.failed);
    });
}

function date(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('must be a date like 2026-11-02');
  return text;
}

/** The answer as two tables and a verdict. */
export function reconciliationText(answer: Reconciliation): string {
  const figures = (row: Figures) => FIGURES.map((name) => String(row[name]));
  const days = [
    ['day', ...FIGURES.map((name) => name.replace('_', ' '))],
    ...answer.days.map((day) => [day.day, ...figures(day)]),
    ['total', ...figures(answer)],
  ];
  const meters = [
    ['meter', 'hourly', 'counted', 'unexplained'],
    ...answer.meters.map(({ meter, version, hourly, counted, unexplained }) => [
      version === 1 ? meter : `${meter} (version ${version})`,
      String(hourly),
      String(counted),
      String(unexplained),
    ]),
  ];
  const verdict =
    answer.unexplained === 0
      ? 'Every record is accounted for.'
      : `${answer.unexplained} unexplained: what was counted and what is stored do not match.`;
  return [aligned(days), ...(answer.meters.length > 0 ? [aligned(meters)] : []), `${verdict}\n`].join('\n');
}
