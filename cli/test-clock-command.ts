import type { Command } from 'commander';
import type { AnswerOf } from '#client/src/call.ts';
import { ask } from './ask.ts';
import { type JsonFlag, print } from './print.ts';
import { EXIT, type Surroundings } from './surroundings.ts';

type Clock = AnswerOf<'GET /v1/test-clock'>;

export function addTestClockCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  const command = program
    .command('test-clock')
    .summary('the clock of a test organization')
    .description('The clock of a test organization.')
    .helpCommand(false);
  const tell = (clock: Clock, json: boolean) => {
    print(around, json, { ok: true, ...clock }, () => clockText(clock));
    onExit(EXIT.ok);
  };
  command
    .command('show')
    .summary('what time it is there')
    .description('Shows what time it is for the organization, and which billing runs are not done.')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: JsonFlag) =>
      tell(await ask(around, (tollbook) => tollbook.testClock.get()), json === true),
    );
  command
    .command('advance')
    .summary('move it forward')
    .description('Moves the clock forward; what is due by then is billed. Needs an admin key.')
    .requiredOption('--to <time>', 'such as 2027-02-01T00:00:00Z')
    .option('--json', 'print the answer as JSON')
    .action(async ({ to, json }: JsonFlag & { readonly to: string }) =>
      tell(await ask(around, (tollbook) => tollbook.testClock.advance({ to })), json === true),
    );
}

const clockText = ({ now, offset_seconds: offset, status, billing_runs: runs }: Clock): string =>
  `${now} (${offset} s ahead), ${status}${runs.length > 0 ? `: billing runs ${runs.join(', ')}` : ''}\n`;
