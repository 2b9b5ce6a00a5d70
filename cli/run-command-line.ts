import { Command, CommanderError } from 'commander';
import { ConfigError } from '#libs/config/load-config.ts';
import { addBillCommand } from './bill/command.ts';
import { addCacheCommand } from './cache-command.ts';
import { CommandError, CouldNot, UsageError } from './errors.ts';
import { addImportCommand } from './import/command.ts';
import { addQuoteCommand } from './quote-command.ts';
import { addReconcileCommand } from './reconcile-command.ts';
import { EXIT, type Surroundings } from './surroundings.ts';
import { addVerifyCommand } from './verify-command.ts';

/** Runs one command. Resolves with the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Never rejects. */
export async function runCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error('interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  const { stdout, stderr } = process;
  let code: number = EXIT.ok;
  const program = new Command('tollbook')
    .description('Usage metering and billing in which every cent can be proved.')
    .version('0.1.0')
    .showHelpAfterError('(run it with --help for the options)')
    .exitOverride()
    .addHelpText('after', HELP);
  const around: Surroundings = { environment, stdout, stderr, interrupted: interrupt.signal };
  const onExit = (result: number) => {
    code = result;
  };
  for (const addCommand of [
    addImportCommand,
    addQuoteCommand,
    addBillCommand,
    addReconcileCommand,
    addVerifyCommand,
    addCacheCommand,
  ])
    addCommand(program, around, onExit);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const text = error instanceof Error ? error.message : String(error);
    if (args.includes('--json')) stdout.write(`${JSON.stringify({ ok: false, error: text })}\n`);
    stderr.write(`tollbook: ${text}\n`);
    if (error instanceof UsageError || error instanceof ConfigError) return EXIT.usage;
    if (error instanceof CouldNot) return EXIT.couldNot;
    if (!(error instanceof CommandError)) stderr.write(`${(error as Error).stack ?? ''}\n`);
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.failed;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
}

const HELP = `
Settings (environment):
  TOLLBOOK_URL       where Tollbook answers (default http://127.0.0.1:8080; where ingest runs as a process of its own, its address)
  TOLLBOOK_API_KEY   a key of your organization

Exit codes: 0 done, 1 failed or something was refused, 2 wrong usage, 130 interrupted.

Example:
  $ export TOLLBOOK_API_KEY=tb_live_…
  $ npx tollbook import /var/log/nginx/access.log`;
