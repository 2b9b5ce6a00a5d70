import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Group } from './groups.ts';
import { prepare } from './prepare.ts';

export interface Target {
  readonly url: string;
  readonly operatorKey: string;
  readonly schemathesis: string;
  readonly examples: number;
  readonly seed: number;
}

const HERE = import.meta.dirname;
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
];

/** What schemathesis is called with, but for addresses and files. */
export const ARGUMENTS = [
  '--phases',
  'fuzzing',
  '--mode',
  'all',
  '--continue-on-failure',
  '--checks',
  CHECKS.join(','),
];

/**
 * Tries the operations of a group on a new organization and leaves counts.json, report.json and output.txt in its folder. The folder gets
 * its name when all is done: one that was ended before is tried again.
 */
export async function runGroup(group: Group, target: Target, folder: string): Promise<void> {
  const working = `${folder}.working`;
  await rm(working, { recursive: true, force: true });
  await mkdir(working, { recursive: true });
  const prepared = await prepare(target.url, target.operatorKey, group.name === 'test-clock' ? 'test' : 'live');
  const args = [
    ...['--config-file', path.join(HERE, 'schemathesis.toml'), 'run', `${target.url}${group.document}`],
    ...['--include-path-regex', `^(${group.paths.map((each) => each.replaceAll(/[.{}]/g, '\\$&')).join('|')})$`],
    ...['--max-examples', String(target.examples), '--seed', String(target.seed), ...ARGUMENTS],
    ...[
      '--suppress-health-check',
      'all',
      '--generation-database',
      'none',
      '--request-timeout',
      '60',
      '--warnings',
      'off',
    ],
    ...['--no-color', '--report', 'json', '--report-json-path', path.join(working, 'report.json')],
  ];
  const environment = {
    PYTHONPATH: HERE,
    PYTHONDONTWRITEBYTECODE: '1',
    SCHEMATHESIS_HOOKS: 'hooks',
    TOLLBOOK_FUZZ_URL: target.url,
    TOLLBOOK_FUZZ_KEY: prepared.adminKey,
    TOLLBOOK_FUZZ_KEY_ID: prepared.keyId,
    TOLLBOOK_FUZZ_OPERATOR_KEY: target.operatorKey,
    TOLLBOOK_FUZZ_ORGANIZATION: String(prepared.organizationId),
    TOLLBOOK_FUZZ_EXAMPLES: JSON.stringify(prepared.examples),
    TOLLBOOK_FUZZ_COUNTS: path.join(working, 'counts.json'),
  };
  await runQuietly(target.schemathesis, args, environment, path.join(working, 'output.txt'));
  await writeFile(path.join(working, 'group.json'), JSON.stringify({ examples: target.examples, seed: target.seed }));
  await rm(folder, { recursive: true, force: true });
  await rename(working, folder);
}

/** 0: nothing was found, 1: something was. @throws Error at any other end */
function runQuietly(command: string, args: readonly string[], environment: NodeJS.ProcessEnv, output: string) {
  return new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: path.dirname(output),
    });
    const file = createWriteStream(output);
    for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
    child.once('error', reject);
    child.once('close', (code) =>
      file.end(() => {
        if (code === 0 || code === 1) resolve();
        else reject(new Error(`schemathesis ended with ${code}: see ${output}`));
      }),
    );
  });
}
