import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killWithParent, sendSignal } from '#scripts/services/child.ts';
import { startProcess } from '#tests/support/process.ts';
import { forMs } from './fault.ts';

/** A process that is started again whenever it ends, as a container platform does. */
export interface Supervised {
  pid(): number;
  /** Resolves once it (or its first successor that gets so far) said that it is ready. @throws Error when none does within a minute. */
  ready(): Promise<void>;
  /** Ends it and keeps it away for that long. */
  end(signal: 'SIGKILL' | 'SIGTERM', awayMs: number): Promise<void>;
  freeze(): void;
  resume(): void;
  output(): string;
  stop(): Promise<void>;
}

const READY = /ready at (http:\S+)/;
const AGAIN_MS = 300;
const READY_WITHIN_MS = 60_000;

export function supervise(options: {
  readonly name: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** It ended, and nobody had ended it. */
  readonly onLeft: (what: string) => void;
}): Supervised {
  const folder = mkdtempSync(path.join(tmpdir(), 'tollbook-faults-'));
  let stopped = false;
  let awayMs = AGAIN_MS;
  let isExpected = false;
  const start = () => {
    const started = startProcess(options.script, options.environment);
    return { process: started, release: killWithParent(started.pid, folder), ended: false };
  };
  let current = start();
  const running = (async () => {
    while (!stopped) {
      const code = await current.process.exited;
      current.release();
      current.ended = true;
      if (stopped) return;
      if (!isExpected)
        options.onLeft(
          `${options.name} (code ${code}): ${current.process.output().trim().split('\n').slice(-3).join(' | ').slice(-300)}`,
        );
      isExpected = false;
      const away = awayMs;
      awayMs = AGAIN_MS;
      await forMs(away);
      if (!stopped) current = start();
    }
  })();
  return {
    pid: () => current.process.pid,
    output: () => current.process.output(),
    async ready() {
      for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline; ) {
        const watched = current;
        const isReady = await watched.process.waitForOutput(READY).then(
          () => !watched.ended,
          () => false,
        );
        if (isReady || stopped) return;
        await forMs(AGAIN_MS);
      }
      throw new Error(`${options.name} is not ready; it said:\n${current.process.output()}`);
    },
    async end(signal, ms) {
      awayMs = ms;
      isExpected = true;
      const ended = current.process;
      if (signal === 'SIGTERM') sendSignal(ended.pid, 'SIGCONT');
      ended.signal(signal);
      await ended.exited;
    },
    freeze: () => sendSignal(current.process.pid, 'SIGSTOP'),
    resume: () => sendSignal(current.process.pid, 'SIGCONT'),
    async stop() {
      stopped = true;
      sendSignal(current.process.pid, 'SIGCONT');
      await current.process.end();
      await running;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
