import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Received {
  readonly id: string;
  readonly source?: string;
  readonly type?: string;
  readonly customer?: string;
  readonly time?: string;
}
export type Answering = (events: readonly Received[], response: ServerResponse, request: IncomingMessage) => void;

/**
 * The command as a user starts it, against a real HTTP server that behaves as badly as a test wants. Identity is remembered as ingest
 * does, so what counts in the end is the set of identities that the server took.
 */
export interface TestImport {
  answering: Answering;
  /** What the server took: identity → payload. */
  readonly taken: Map<string, string>;
  requests: number;
  take(event: Received): { id: string; status: string; detail?: string };
  readonly takeAll: Answering;
  start(args: readonly string[], environment?: Record<string, string>): { child: ChildProcess; ended: Promise<Ended> };
  run(args: readonly string[], environment?: Record<string, string>): Promise<Ended>;
  /** A file with this content; resolves with its path. */
  store(name: string, content: string): Promise<string>;
  /** Before each test. */
  reset(): void;
  stop(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const identityOf = ({ source = '', id }: Received): string => JSON.stringify([source, id]);

export function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Events e0, e1, … */
export const ndjson = (count: number): string =>
  Array.from({ length: count }, (_, at) => `${JSON.stringify({ id: `e${at}`, type: 't', customer: 'c' })}\n`).join('');

export async function startTestImport(): Promise<TestImport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tollbook-import-'));
  const children = new Set<ChildProcess>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      fixture.requests += 1;
      fixture.answering(JSON.parse(Buffer.concat(chunks).toString()).events, response, request);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const taken = new Map<string, string>();
  const takeAll: Answering = (events, response) => reply(response, 200, { results: events.map(fixture.take) });
  const endAll = (): void => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
  };

  const fixture: TestImport = {
    answering: takeAll,
    taken,
    requests: 0,
    takeAll,
    take(event) {
      const [key, payload] = [identityOf(event), JSON.stringify(event)];
      const before = taken.get(key);
      if (before === undefined) taken.set(key, payload);
      if (before === undefined) return { id: event.id, status: 'accepted' };
      return before === payload
        ? { id: event.id, status: 'duplicate' }
        : { id: event.id, status: 'conflict', detail: 'other payload' };
    },
    start(args, environment = {}) {
      const child = spawn(process.execPath, ['--no-warnings', 'cli/tollbook.js', ...args], {
        cwd: ROOT,
        env: { PATH: process.env.PATH, TOLLBOOK_URL: url, TOLLBOOK_API_KEY: 'key-of-the-test', ...environment },
      });
      children.add(child);
      const output = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
      const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
      return { child, ended };
    },
    run: (args, environment) => fixture.start(args, environment).ended,
    async store(name, content) {
      const file = path.join(folder, name);
      await writeFile(file, content);
      return file;
    },
    reset() {
      endAll();
      taken.clear();
      fixture.answering = takeAll;
      fixture.requests = 0;
    },
    async stop() {
      endAll();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
  return fixture;
}
