import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { buildProgram } from '#cli/build-program.ts';
import { cliPage, commandsOf } from '#scripts/docs/cli-page.ts';

/* docs/cli.md is what the commands say of themselves; `npm run docs:cli` writes it anew. */

let page: string;
let commands: ReturnType<typeof commandsOf>;
beforeAll(async () => {
  page = await readFile('docs/cli.md', 'utf8');
  const { signal } = new AbortController();
  const around = { environment: {}, stdout: process.stdout, stderr: process.stderr, interrupted: signal };
  commands = commandsOf(buildProgram(around, () => {}));
});

const tollbook = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      ['cli/tollbook.js', ...args],
      { env: { PATH: process.env.PATH } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

test('the page is what help says', () => {
  expect(cliPage()).toBe(page);
  expect(commands.length).toBeGreaterThan(20);
});

test('help of the program and of a command, asked for in every way', async () => {
  const [program, bare, ofPdf, other, none] = await Promise.all([
    tollbook('--help'),
    tollbook('help'),
    tollbook('invoices', 'pdf', '--help'),
    tollbook('help', 'invoices', 'pdf'),
    tollbook('help', 'nothing'),
  ]);
  expect(program).toEqual({ code: 0, stdout: bare.stdout, stderr: '' });
  expect(page).toContain(program.stdout);
  expect(ofPdf).toEqual({ ...other, code: 0, stderr: '' });
  expect(page).toContain(ofPdf.stdout);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('there is no command nothing')]);
});

test('every command says what it does and takes --json', () => {
  for (const { name, command } of commands.slice(1)) {
    expect([name, command.summary()]).not.toEqual([name, '']);
    expect([name, command.description()]).not.toEqual([name, '']);
    const hasJson = command.options.some((option) => option.long === '--json');
    expect([name, hasJson || name === 'tollbook help']).toEqual([name, true]);
  }
});

test.each([[['invoices']], [['invoices', 'list', '--limit', 'x']], [['nothing']], [['events', 'send', '--type', 't']]])(
  '%j is wrong usage: exit code 2, and JSON where it was asked for',
  async (args) => {
    const { code, stdout, stderr } = await tollbook(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    const json = await tollbook(...args, '--json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([2, { ok: false, error: expect.any(String) }]);
  },
);
