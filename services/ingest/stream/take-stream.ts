import type { Readable } from 'node:stream';
import type { Response } from 'express';
import { ApiError } from '#libs/http/errors.ts';
import { toApiError } from '#libs/http/problem.ts';
import { type Counts, countResults } from '../answer.ts';
import type { EventResult } from '../take-events.ts';
import { MAX_LINE_BYTES, type ReadLine, readLine } from './read-line.ts';
import { type StreamLine, splitLines } from './split-lines.ts';

/**
 * NDJSON in, NDJSON out, of any length: one result a line, in the order of the input, then a summary.
 *
 * At most WINDOW batches are in hand; nothing is read while they are, so a client that is not answered (or does not read its answers) is
 * not read either, and memory does not grow with the stream. Each batch is answered when the log has confirmed it. When the client goes
 * away, what it had sent may be taken or not; nothing more is read. A stream without its last line, the summary, did not end well.
 */
export interface StreamOptions {
  readonly chunks: Readable;
  readonly response: Response;
  /** Results in order, one per line. Rejects when the stream must end: its lines then have no result. */
  readonly take: (lines: readonly ReadLine[]) => Promise<EventResult[]>;
}

const MAX_BATCH_LINES = 500;
const WINDOW = 4;
const LINGER_MS = 1000;

export async function takeStream({ chunks, response, take }: StreamOptions): Promise<void> {
  const total: Counts = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0, unavailable: 0 };
  const open: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  response.status(200).type('application/x-ndjson');
  const answer = async (lines: readonly StreamLine[], before: Promise<void>): Promise<void> => {
    const results = await take(lines.map(readLine));
    await before;
    const counts = countResults(results);
    for (const status of Object.keys(counts) as (keyof Counts)[]) total[status] += counts[status];
    await write(response, results.map((result, i) => lineOf((lines[i] as StreamLine).number, result)).join(''));
  };
  try {
    for await (const lines of splitLines(chunks.iterator({ destroyOnReturn: false }), MAX_LINE_BYTES)) {
      for (let at = 0; at < lines.length; at += MAX_BATCH_LINES) {
        if (open.length === WINDOW) await open.shift();
        last = answer(lines.slice(at, at + MAX_BATCH_LINES), last);
        // It is awaited in its turn; until then a failure must not end the process.
        last.catch(() => {});
        open.push(last);
      }
    }
    await last;
    response.end(summary(total));
  } catch (error) {
    await last.catch(() => {});
    // The client is gone: there is nobody to tell.
    if (response.destroyed) return;
    letGo(response);
    const refused = refusal(error);
    if (!response.headersSent) throw refused;
    response.end(summary(total, refused));
  }
}

/** What the client still sends is not read; it gets a moment to hear why. A request that had arrived whole leaves its connection usable. */
function letGo(response: Response): void {
  const { req: request } = response;
  response.once('finish', () => {
    setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, LINGER_MS).unref();
  });
}

const lineOf = (line: number, result: EventResult): string => `${JSON.stringify({ line, ...result })}\n`;

function summary({ accepted, duplicate, conflict, rejected, unavailable }: Counts, error?: ApiError): string {
  const counts = { accepted, duplicates: duplicate, failed: conflict + rejected + unavailable };
  const failure = error && { code: error.code, detail: error.message };
  return `${JSON.stringify({ ...counts, complete: error === undefined, ...failure })}\n`;
}

/** Rejects when the client is gone. */
async function write(response: Response, text: string): Promise<void> {
  if (response.destroyed) throw new Error('the client went away');
  if (text === '' || response.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      if (response.destroyed) reject(new Error('the client went away'));
      else resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** Broken compressed data is the sender's; everything else is told as any other request would be. */
function refusal(error: unknown): ApiError {
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code === 'string' && code.startsWith('Z_'))
    return new ApiError('invalid_json', `The body cannot be unpacked: ${message}.`);
  return toApiError(error);
}
