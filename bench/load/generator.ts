import { percentile } from '../statistics.ts';
import { startOwnCost } from '../worker/own-cost.ts';
import { serveWorker } from '../worker/serve-worker.ts';
import { benchEvents, requestBodies } from '../workload.ts';
import { type Connection, type Exchange, openConnection } from './connection.ts';
import type { LoadOptions, LoadProgress, LoadResult } from './load-options.ts';

/*
 * The load generator, a process of its own. Requests are made before the clock starts; while it runs, a request costs a write, a read
 * and a look for `"accepted":N` in the answer: an event counts as sent only if it was answered as accepted. What is answered `unavailable` is
 * sent again, as every sender must, and told.
 */

const PROGRESS_MS = 500;
const PAUSE_AFTER_REFUSAL_MS = 50;

interface Request {
  readonly bytes: Buffer;
  readonly expected: Buffer;
}

function prepare(options: LoadOptions): Request[] {
  const { host } = new URL(options.url);
  const { workload } = options;
  const bodies = requestBodies(benchEvents(workload, Date.now()), workload.perRequest);
  return bodies.map((body, i) => {
    const head = `POST /v1/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${options.key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const events = Math.min(workload.perRequest, workload.events - i * workload.perRequest);
    return { bytes: Buffer.concat([Buffer.from(head), body]), expected: Buffer.from(`"accepted":${events},`) };
  });
}

async function send(options: LoadOptions, requests: readonly Request[], report: (progress: LoadProgress) => void) {
  const { hostname, port } = new URL(options.url);
  const { senders, perRequest, events } = options.workload;
  const connections = await Promise.all(Array.from({ length: senders }, () => openConnection(hostname, Number(port))));
  const latencies: number[] = [];
  const answers: Record<string, number> = {};
  const again: number[] = [];
  const repeated = new Set<number>();
  const everyMs = options.rate === undefined ? 0 : (perRequest * 1000) / options.rate;
  let [next, taken, slowestMs] = [0, 0, 0];
  const cost = startOwnCost();
  const startedAt = Date.now();
  const started = performance.now();

  const take = async (sender: number, position: number): Promise<void> => {
    const due = started + position * everyMs;
    if (everyMs > 0) await until(due);
    const request = requests[position] as Request;
    const from = everyMs > 0 ? due : performance.now();
    const outcome = await attempt(connections[sender] as Connection, request, {
      stubborn: options.stubborn === true,
      isRepeated: repeated.has(position),
    });
    const took = performance.now() - from;
    slowestMs = Math.max(slowestMs, took);
    answers[outcome] = (answers[outcome] ?? 0) + 1;
    if (outcome === '200') {
      latencies.push(took);
      taken += 1;
      return;
    }
    again.push(position);
    repeated.add(position);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_REFUSAL_MS));
    if (outcome === 'broken') connections[sender] = await reopen(hostname, Number(port));
  };
  const work = async (sender: number): Promise<void> => {
    while (taken < requests.length) {
      const position = next < requests.length ? next++ : again.shift();
      if (position !== undefined) await take(sender, position);
      // Whoever has a request in hand sends it again himself.
      else if (!options.stubborn) return;
      else await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_REFUSAL_MS));
    }
  };
  const timer = setInterval(() => {
    if (options.stubborn) report({ taken: taken * perRequest, answers: { ...answers }, slowestMs });
  }, PROGRESS_MS);
  await Promise.all(connections.map((_, sender) => work(sender)));
  clearInterval(timer);
  const result: LoadResult = {
    ...cost(),
    events,
    startedAt,
    answers,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
  for (const connection of connections) connection.close();
  return result;
}

/** The HTTP status, or `broken`. @throws Error for an answer that sending again would not mend. */
async function attempt(connection: Connection, { bytes, expected }: Request, options: Attempt): Promise<string> {
  let exchange: Exchange;
  try {
    exchange = await connection.exchange(bytes);
  } catch (error) {
    if (options.stubborn) return 'broken';
    throw error;
  }
  const { status, bytes: answer } = exchange;
  // Of a request that is sent again some or all events are duplicates: any 200 will do.
  if (status === 200 && (options.isRepeated || answer.includes(expected))) return '200';
  if (status === 503 || (status === 207 && !answer.includes(REJECTED))) return String(status);
  const body = answer.subarray(answer.indexOf('\r\n\r\n') + 4).toString();
  throw new Error(`POST /v1/events was answered ${status}: ${body.slice(0, 600)}`);
}

interface Attempt {
  readonly stubborn: boolean;
  readonly isRepeated: boolean;
}

const REJECTED = Buffer.from('"status":"rejected"');

async function reopen(hostname: string, port: number): Promise<Connection> {
  for (;;) {
    try {
      return await openConnection(hostname, port);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_AFTER_REFUSAL_MS));
    }
  }
}

async function until(due: number): Promise<void> {
  const wait = due - performance.now();
  if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
}

serveWorker<LoadOptions, { readonly bytesPerEvent: number }, LoadResult>(async (options) => {
  const requests = prepare(options);
  const bytes = requests.reduce((sum, request) => sum + request.bytes.length, 0);
  return {
    info: { bytesPerEvent: Math.round(bytes / options.workload.events) },
    run: (report) => send(options, requests, report),
  };
});
