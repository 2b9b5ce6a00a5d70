import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

export interface DemoServer {
  readonly url: string;
  readonly operatorKey: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Resolves when the server ends, whoever ended it. */
  readonly ended: Promise<void>;
}

/** Ends the server of a demo that was killed, before its folder is wiped. */
export async function endLeftover(dataDir: string): Promise<void> {
  const pid = Number(await readFile(path.join(dataDir, 'tollbook.pid'), 'utf8').catch(() => ''));
  const command = pid ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
  if (!command.includes('services/embedded/main.ts')) return;
  process.kill(pid, 'SIGTERM');
  const isAlive = () =>
    access(`/proc/${pid}`).then(
      () => true,
      () => false,
    );
  while (await isAlive()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The real thing, as `npm start` runs it, on a free port. Whatever points to a real system in the environment is left out. */
export async function startDemoServer(options: {
  readonly dataDir: string;
  readonly root: string;
  /** More of its settings. */
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<DemoServer> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('TOLLBOOK_') && !['DATABASE_URL', 'KAFKA_BROKERS', 'REDIS_URL'].includes(name),
  );
  const child = spawn(process.execPath, ['--no-warnings', path.join(options.root, 'services/embedded/main.ts')], {
    cwd: options.root,
    env: {
      ...Object.fromEntries(inherited),
      TOLLBOOK_PORT: '0',
      TOLLBOOK_DATA_DIR: options.dataDir,
      TOLLBOOK_LOG_LEVEL: 'error',
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  process.once('exit', () => child.kill('SIGTERM'));
  // The server has a process group of its own, so that Ctrl-C does not reach it before the demo has said goodbye.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      child.kill('SIGTERM');
      void ended.then(() => process.exit(130));
    });
  }
  let printed = '';
  const found = Promise.withResolvers<{ url: string; operatorKey: string }>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    const url = /ready at (http:\S+)/.exec(printed)?.[1];
    const operatorKey = /Operator key.*: (tb_\S+)/.exec(printed)?.[1];
    if (url && operatorKey) found.resolve({ url, operatorKey });
  });
  ended.then(() =>
    found.reject(new Error(`the server ended before it was ready${printed ? `: ${printed.trim()}` : ''}`)),
  );
  const { url, operatorKey } = await found.promise;
  return {
    url,
    operatorKey,
    pid: child.pid as number,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
