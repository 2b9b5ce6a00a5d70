import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { dockerAnswers } from './containers.ts';

const run = promisify(execFile);
const JAVA_AT_LEAST = 17;
const PACKAGES = {
  java: 'openjdk-17-jre-headless',
  mvn: 'maven',
  'redis-server': 'redis-server',
  pgrep: 'procps',
} as const;
type Tool = keyof typeof PACKAGES;

/**
 * Makes sure of what the tests' Kafka and Redis need where there is no Docker: Java >= 17, Maven, redis-server. As root on Debian or
 * Ubuntu it installs what is missing and says so. @throws Error with the install command elsewhere.
 */
export async function ensureTools(say: (message: string) => void = console.log): Promise<void> {
  if (await dockerAnswers()) return;
  const missing = await missingTools();
  if (missing.length === 0) return;
  const packages = missing.map((tool) => PACKAGES[tool]);
  const what = missing.map((tool) => (tool === 'java' ? `Java >= ${JAVA_AT_LEAST}` : tool)).join(', ');
  if (process.getuid?.() !== 0 || !(await isDebian())) throw new Error(`The tests need ${what}: ${advice(packages)}`);
  say(`The tests need ${what}: installing ${packages.join(' ')} with apt-get …`);
  await apt(['update', '-qq']);
  await apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  const still = await missingTools();
  if (still.length > 0)
    throw new Error(`apt-get installed ${packages.join(' ')}, but ${still.join(', ')} still cannot be run.`);
  say(`installed ${packages.join(' ')}`);
}

function advice(packages: readonly string[]): string {
  return process.platform === 'darwin'
    ? 'run "brew install openjdk@17 maven redis" (and put openjdk@17 on the PATH), or start Docker.'
    : `run "sudo apt-get install ${packages.join(' ')}" (or the same with your package manager), or start Docker.`;
}

async function missingTools(): Promise<Tool[]> {
  const present: Record<Tool, Promise<boolean>> = {
    java: javaVersion().then((version) => version >= JAVA_AT_LEAST),
    mvn: runs('mvn', '--version'),
    'redis-server': runs('redis-server', '--version'),
    pgrep: runs('pgrep', '-P', '1'),
  };
  const tools: Tool[] = [];
  for (const [tool, found] of Object.entries(present)) if (!(await found)) tools.push(tool as Tool);
  return tools;
}

/** A program that ran and answered, whatever its exit code: pgrep says 1 when it finds nothing. */
async function runs(command: string, ...args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    (error: { code?: unknown }) => typeof error.code === 'number',
  );
}

/** 0 when there is no Java. It prints `openjdk version "17.0.15" …`, and `"1.8.0_402"` when it is old. */
async function javaVersion(): Promise<number> {
  const output = await run('java', ['-version']).then(
    ({ stderr, stdout }) => stderr + stdout,
    () => '',
  );
  return Number(/version "(\d+)/.exec(output)?.[1] ?? 0);
}

async function isDebian(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release);
}

function apt(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`apt-get ${args[0]} failed (code ${code}); see its message above.`)),
    );
  });
}
