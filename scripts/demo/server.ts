import { spawn } from 'node:child_process';
import path from 'node:path';

export interface DemoServer {
  readonly url: string;
  readonly operatorKey: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Resolves when the server ends, whoever ended it. */
  readonly ended: Promise<void>;
}

/** The real thing, as `npm start` runs it, on a free port. Whatever points to a real system in the environment is left out. */
export async function startDemoServer(options: {
  readonly dataDir: string;
  readonly root: string;
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
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  process.once('exit', () => child.kill('SIGTERM'));
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
