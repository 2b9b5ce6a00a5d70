import { CommanderError } from 'commander';
import { ConfigError } from '#libs/config/load-config.ts';
import { buildProgram } from './build-program.ts';
import { describeError } from './describe-error.ts';
import { CommandError, CouldNot, UsageError } from './errors.ts';
import { EXIT, type Surroundings } from './surroundings.ts';

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
  const around: Surroundings = { environment, stdout, stderr, interrupted: interrupt.signal };
  const program = buildProgram(around, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    const isWrong = error instanceof CommanderError;
    if (isWrong && error.exitCode === 0) return EXIT.ok;
    if (args.includes('--json')) stdout.write(`${JSON.stringify(describeError(error))}\n`);
    // What is wrong with the line was told by the parser.
    if (isWrong) return EXIT.usage;
    const text = error instanceof Error ? error.message : String(error);
    stderr.write(`tollbook: ${text}\n`);
    if (error instanceof UsageError || error instanceof ConfigError) return EXIT.usage;
    if (error instanceof CouldNot) return EXIT.couldNot;
    if (!(error instanceof CommandError)) stderr.write(`${(error as Error).stack ?? ''}\n`);
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.failed;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, onSignal);
  }
}
