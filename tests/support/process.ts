import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A Tollbook process under test, as a user would start it. */
export interface TestProcess {
  readonly pid: number;
  /** Standard output and error so far. */
  output(): string;
  /** Resolves with the match once the output holds it; rejects when the process ends before. */
  waitForOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Ends it (SIGTERM unless told otherwise) and resolves with its exit code; null when a signal ended it. */
  end(name?: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

/** As in package.json and the Dockerfile. */
const NODE_FLAGS = ['--no-warnings', '--max-semi-space-size=16'];

/** What was compiled for one process serves the next: a start costs two thirds. */
const NODE_COMPILE_CACHE = path.join(ROOT, 'node_modules/.cache/compiled');

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a script of this repository on the same Node, with exactly this environment beside PATH and HOME. */
export function startProcess(
  script: string,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): TestProcess {
  const child = spawn(process.execPath, [...NODE_FLAGS, path.join(ROOT, script), ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      children.delete(child);
      resolve(code);
      for (const listener of listeners) listener();
    });
  });
  return {
    pid: child.pid as number,
    output: () => output,
    exited,
    signal: (name) => void child.kill(name),
    end(name = 'SIGTERM') {
      child.kill(name);
      return exited;
    },
    waitForOutput(pattern, timeoutMs = 60_000) {
      return new Promise((resolve, reject) => {
        const done = (settle: () => void) => {
          clearTimeout(timer);
          listeners.delete(check);
          settle();
        };
        const timer = setTimeout(
          () =>
            done(() =>
              reject(new Error(`${script} did not print ${pattern} within ${timeoutMs} ms; it printed:\n${output}`)),
            ),
          timeoutMs,
        );
        const check = () => {
          const match = pattern.exec(output);
          if (match) done(() => resolve(match));
          else if (!children.has(child))
            done(() => reject(new Error(`${script} ended before it printed ${pattern}; it printed:\n${output}`)));
        };
        listeners.add(check);
        check();
      });
    },
  };
}
