import type { Command } from 'commander';
import { ask } from './ask.ts';
import { type JsonFlag, print } from './print.ts';
import { EXIT, type Surroundings } from './surroundings.ts';

export function addCacheCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('cache')
    .summary('the live view of usage')
    .description('The live view of usage.')
    .helpCommand(false)
    .command('rebuild')
    .summary('fill the live view from the database')
    .description('Writes the running hour of every meter into the cache again, from the database. Needs an admin key.')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: JsonFlag) => {
      const answer = await ask(around, (tollbook) => tollbook.cache.rebuild());
      print(around, json === true, { ok: true, ...answer }, () => `${answer.written} entries written\n`);
      onExit(EXIT.ok);
    });
}
