import { fork } from 'node:child_process';
import path from 'node:path';
import type { WorkerMessage } from './serve-worker.ts';

/** A process of its own for one part of a benchmark, so that its CPU is its own. It ends with this process. */
export interface Worker<Info, Result> {
  readonly pid: number;
  /** What it told when it was ready. */
  readonly info: Info;
  /** Lets it work. @throws Error with the worker's own stack, or when it ended. */
  run(onProgress?: (progress: unknown) => void): Promise<Result>;
  end(): Promise<void>;
}

const BENCH = path.resolve(import.meta.dirname, '..');

/** `script` relative to bench/; see serve-worker.ts for its side. `flags`: of Node, where a part is to run as its service does. */
export async function startWorker<Info, Result>(
  script: string,
  options: unknown,
  flags: readonly string[] = [],
): Promise<Worker<Info, Result>> {
  const child = fork(path.join(BENCH, script), [], {
    execArgv: ['--no-warnings', '--max-old-space-size=4096', ...flags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let onProgress: (progress: unknown) => void = () => {};
  let settle: { resolve(value: never): void; reject(error: Error): void } | undefined;
  child.on('message', (raw) => {
    const message = raw as WorkerMessage<Info, Result>;
    if (message.kind === 'progress') onProgress(message.progress);
    else if (message.kind === 'failed') settle?.reject(new Error(`${script}: ${message.message}`));
    else settle?.resolve((message.kind === 'ready' ? message.info : message.result) as never);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      settle?.reject(new Error(`${script} ended (${signal ?? `code ${code}`})`));
      resolve();
    });
  });
  const ask = <T>(message: unknown): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      settle = { resolve, reject };
      child.send(message as object);
    });
  return {
    pid: child.pid as number,
    info: await ask<Info>(options),
    run(listener = () => {}) {
      onProgress = listener;
      return ask<Result>({ go: true });
    },
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
