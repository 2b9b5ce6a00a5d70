import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { ask } from '../ask.ts';
import { CommandError, CouldNot } from '../errors.ts';
import { type JsonFlag, print } from '../print.ts';
import { EXIT, type Surroundings } from '../surroundings.ts';
import { startRunProgress } from './progress.ts';
import type { Run } from './run.ts';
import { summaryText } from './summary.ts';

interface Options extends JsonFlag {
  readonly period: string;
  readonly customers?: readonly string[];
  readonly dryRun?: true;
}

const LOOK_EVERY_MS = 500;

export function addBillCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('bill')
    .summary('bill a month')
    .description(
      'Starts a billing run for everything that ended in the month and with its end, and follows it. Ctrl-C leaves it going. Exit code 0 all billed, 1 customers were parked, 2 it could not be done.',
    )
    .requiredOption('--period <month>', 'a month such as 2026-10', month)
    .option('--customers <keys>', 'only these customers, keys with commas between', keys)
    .option('--dry-run', 'do all but finalize: nothing is stored but the run and its result')
    .option('--json', 'print the run as JSON')
    .action(async (options: Options) => {
      const run = await asCouldNot(around, () => start(around, options));
      const ended = await asCouldNot(around, () => follow(around, run.id));
      if (ended === null) {
        around.stderr.write(
          `The billing run ${run.id} goes on. GET /v1/billing-runs/${run.id} shows it; POST /v1/billing-runs/${run.id}/cancel ends it.\n`,
        );
        return onExit(EXIT.interrupted);
      }
      print(around, options.json === true, ended, () => summaryText(ended));
      onExit(ended.state !== 'completed' ? EXIT.couldNot : ended.parked_count > 0 ? EXIT.failed : EXIT.ok);
    });
}

function start(around: Surroundings, { period, customers, dryRun }: Options): Promise<{ readonly id: string }> {
  const body = { period, ...(customers && { customers }), ...(dryRun && { dry_run: true }) };
  return ask(around, (tollbook) => tollbook.billingRuns.start(body));
}

/** The run at its end; null when interrupted before. */
async function follow(around: Surroundings, id: string): Promise<Run | null> {
  const { interrupted } = around;
  const progress = startRunProgress(around.stderr);
  try {
    while (!interrupted.aborted) {
      const run = await ask<Run>(around, (tollbook) => tollbook.billingRuns.get(id)).catch((error) => {
        if (interrupted.aborted) return null;
        throw error;
      });
      if (run === null) return null;
      if (run.phase === 'ended') return run;
      progress.show(run);
      await sleep(LOOK_EVERY_MS, undefined, { signal: interrupted }).catch(() => {});
    }
    return null;
  } finally {
    progress.stop();
  }
}

async function asCouldNot<T>(around: Surroundings, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommandError) || around.interrupted.aborted) throw error;
    throw new CouldNot(error.message, { cause: error });
  }
}

function month(text: string): string {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) throw new InvalidArgumentError('must be a month like 2026-10');
  return text;
}

function keys(text: string): string[] {
  const found = text.split(',').map((key) => key.trim());
  if (found.includes('')) throw new InvalidArgumentError('must be keys with commas between, like acme,beta');
  return found;
}
