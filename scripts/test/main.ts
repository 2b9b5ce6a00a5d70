import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureTools } from '#scripts/services/ensure-tools.ts';

/*
 * `npm test`: tools, layout, layering, types, then every test. Stops for nothing: each stage is counted, so that the last line,
 * `N passed, N failed`, speaks of all of it.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const BIN = path.join(ROOT, 'node_modules/.bin');

const STAGES: readonly [name: string, command: string, args: readonly string[]][] = [
  ['format and lint (biome)', path.join(BIN, 'biome'), ['check', '--error-on-warnings', '.']],
  [
    'layering (dependency-cruiser)',
    path.join(BIN, 'depcruise'),
    ['libs', 'services', 'scripts', 'cli', 'client/src', 'tests', 'bench', '--config', '.dependency-cruiser.cjs'],
  ],
  ['types (tsc)', path.join(BIN, 'tsc'), ['--noEmit']],
];

function run(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

interface JestResult {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

async function runJest(args: readonly string[]): Promise<JestResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tollbook-jest-'));
  const output = path.join(folder, 'result.json');
  try {
    const ok = await run(process.execPath, [
      '--experimental-vm-modules',
      '--no-warnings',
      path.join(ROOT, 'node_modules/jest/bin/jest.js'),
      '--ci',
      '--json',
      `--outputFile=${output}`,
      ...args,
    ]);
    const result = JSON.parse(await readFile(output, 'utf8')) as JestResult;
    // Its tests passed and it did not: what comes after the last test, such as the search for secrets in logs, has failed.
    const after = !ok && result.success ? 1 : 0;
    return { ...result, numRuntimeErrorTestSuites: result.numRuntimeErrorTestSuites + after };
  } catch (error) {
    console.error(`jest gave no result: ${(error as Error).message}`);
    const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
    return { ...none, success: false, numRuntimeErrorTestSuites: 1 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await ensureTools();
} catch (error) {
  console.error((error as Error).message);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

let passed = 0;
let failed = 0;
for (const [name, command, args] of STAGES) {
  const ok = await run(command, args);
  console.log(`${ok ? 'ok' : 'FAILED'}  ${name}`);
  if (ok) passed += 1;
  else failed += 1;
}
const jest = await runJest(process.argv.slice(2));
passed += jest.numPassedTests;
// A skipped test has not passed; nothing is skipped silently here.
failed += jest.numFailedTests + jest.numRuntimeErrorTestSuites + jest.numPendingTests + jest.numTodoTests;
if (jest.numPendingTests > 0) console.error(`${jest.numPendingTests} tests were skipped; they count as failed`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
