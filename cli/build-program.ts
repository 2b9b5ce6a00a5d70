import { Command } from 'commander';
import { addBillCommand } from './bill/command.ts';
import { addCacheCommand } from './cache-command.ts';
import { UsageError } from './errors.ts';
import { addEventCommands } from './events/command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addImportCommand } from './import/command.ts';
import { addQuoteCommand } from './quote-command.ts';
import { addReconcileCommand } from './reconcile-command.ts';
import { addRecordCommands } from './records/add-record-commands.ts';
import { customers } from './records/customers.ts';
import { addInvoiceCommands } from './records/invoices.ts';
import { meters } from './records/meters.ts';
import { plans } from './records/plans.ts';
import { subscriptions } from './records/subscriptions.ts';
import type { Surroundings } from './surroundings.ts';
import { addTestClockCommand } from './test-clock-command.ts';
import { addUsageCommand } from './usage-command.ts';
import { addVerifyCommand } from './verify-command.ts';

/** All commands, in the order in which help lists them. `onExit` is told how the one that ran ended. */
export function buildProgram(around: Surroundings, onExit: (code: number) => void): Command {
  const program = new Command('tollbook')
    .description('Usage metering and billing in which every cent can be proved.')
    .version('0.1.0')
    .showHelpAfterError('(run it with --help for the options)')
    .exitOverride()
    .helpCommand(false)
    .configureHelp({ helpWidth: 100 })
    .addHelpText('after', HELP);
  addEventCommands(program, around, onExit);
  addImportCommand(program, around, onExit).summary('short for events import');
  addUsageCommand(program, around, onExit);
  addRecordCommands(program, around, onExit, meters);
  addRecordCommands(program, around, onExit, customers);
  addRecordCommands(program, around, onExit, plans);
  addRecordCommands(program, around, onExit, subscriptions);
  addInvoiceCommands(program, around, onExit);
  addQuoteCommand(program, around, onExit);
  addBillCommand(program, around, onExit);
  addExplainCommand(program, around, onExit);
  addVerifyCommand(program, around, onExit);
  addReconcileCommand(program, around, onExit);
  addCacheCommand(program, around, onExit);
  addTestClockCommand(program, around, onExit);
  addHelpCommand(program);
  return program;
}

/** `help invoices pdf` and `invoices pdf --help` say the same. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .summary('help for a command')
    .description('Prints the help of a command, like its --help.')
    .argument('[command...]', 'such as invoices pdf')
    .action((names: readonly string[]) => {
      let command = program;
      for (const name of names) {
        const next = command.commands.find((own) => own.name() === name);
        if (next === undefined)
          throw new UsageError(`there is no command ${names.join(' ')}: tollbook help lists them`);
        command = next;
      }
      command.outputHelp();
    });
}

const HELP = `
Settings (environment):
  TOLLBOOK_URL       where Tollbook answers (default http://127.0.0.1:8080; where ingest runs as a process of its own, its address
                     for events send and import)
  TOLLBOOK_API_KEY   a key of your organization

Every command takes --json: one line of JSON on standard output, {"ok": false, "error": …} when it failed.

Exit codes: 0 done, 1 failed or something was refused, 2 wrong usage, 130 interrupted. bill and verify say more in their help.

Example:
  $ export TOLLBOOK_API_KEY=tb_live_…
  $ npx tollbook import /var/log/nginx/access.log
  $ npx tollbook invoices list --status open`;
