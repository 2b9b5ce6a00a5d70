import { Command, InvalidArgumentError, Option } from 'commander';
import type { EpochStart } from '#libs/metering/epochs/plan-epoch.ts';
import { connectInstallation, type Installation } from './connect.ts';
import { printDeadLetters } from './dead-letters.ts';
import { beginEpoch } from './new-epoch.ts';
import { printReconciliation } from './reconcile.ts';
import { printStatus } from './status.ts';

/* `npm run log -- …`: an operator's look at the log and what was applied of it. Needs the owner of the database. Exit code 1 when something is
 * not as it should be. */

const DAY = 86_400_000;
const dayFromNow = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const print = (text: string) => console.log(text);

const date = (text: string): string => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('must be a date like 2026-11-02');
  return text;
};
const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
};

/** Runs one command on the installation. `work` answers whether all is well. */
async function onInstallation(work: (installation: Installation) => Promise<boolean>): Promise<void> {
  try {
    const installation = await connectInstallation(process.env);
    try {
      if (!(await work(installation))) process.exitCode = 1;
    } finally {
      await installation.close();
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

const program = new Command('npm run log --').description('The event log, and what was applied of it.');

program
  .command('status')
  .description('how far each partition is applied, and whether the log is still the one that was')
  .action(() => onInstallation((installation) => printStatus(installation, print)));

program
  .command('new-epoch')
  .description('declares that the log was replaced: every partition goes on in a new epoch')
  .addOption(
    new Option('--from <where>', 'the first record in the log, behind its last one, or where it stood')
      .choices(['earliest', 'end', 'keep'])
      .makeOptionMandatory(),
  )
  .option(
    '--partition <number...>',
    'only these; the others go on where they stood',
    (text: string, all: number[] = []) => [...all, whole(text)],
  )
  .requiredOption('--reason <text>', 'why, for those who look later')
  .action((flags: { from: EpochStart; partition?: number[]; reason: string }) =>
    onInstallation(async (installation) => {
      const choice = { from: flags.from, partitions: flags.partition ?? null, reason: flags.reason };
      await beginEpoch(installation, choice, print);
      return true;
    }),
  );

program
  .command('dead-letters')
  .description('records that could not be applied, as NDJSON')
  .option('--organization <id>', '0: records that do not say whose they are', whole, 0)
  .option('--reason <reason>', 'only those')
  .option('--limit <count>', 'at most so many', whole, 100)
  .action((wanted: { organization: number; reason?: string; limit: number }) =>
    onInstallation(async (installation) => {
      await printDeadLetters(installation, wanted, print);
      return true;
    }),
  );

program
  .command('reconcile')
  .description('holds the counters against each other; with --deep every hour against its raw events')
  .option('--deep', 'work out the hours anew from raw events')
  .option('--from <date>', 'first day of the hours, with --deep', date, dayFromNow(-35))
  .option('--to <date>', 'the day after the last', date, dayFromNow(2))
  .action(({ deep = false, from, to }: { deep?: boolean; from: string; to: string }) =>
    onInstallation((installation) => printReconciliation(installation, { deep, from, to }, print)),
  );

await program.parseAsync();
