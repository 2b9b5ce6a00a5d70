import type { Command } from 'commander';
import { request } from './request.ts';
import { EXIT, type Surroundings } from './surroundings.ts';

export function addCacheCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('cache')
    .description('The live view of usage.')
    .command('rebuild')
    .description('Writes the running hour of every meter into the cache again, from the database. Needs an admin key.')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: { json?: true }) => {
      const answer = await request<{ written: number }>(around, 'POST', '/v1/cache/rebuild');
      const text = json ? JSON.stringify({ ok: true, ...answer }) : `${answer.written} entries written`;
      around.stdout.write(`${text}\n`);
      onExit(EXIT.ok);
    });
}
