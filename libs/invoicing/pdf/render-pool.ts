import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { InvoiceDocument } from '../documents/document.ts';

/*
 * Pages are drawn in worker threads, so that a process goes on answering meanwhile. Threads are started when the first page is asked
 * for and end after a minute without one. One thread draws one page at a time: whatever happens in it (it dies, runs out of memory,
 * hangs) is an error of that page, and the next one gets a new thread.
 */

/** Bytes of a document's page. @throws Error saying why there is none. */
export type Render = (document: InvoiceDocument, details: { readonly hash: string }) => Promise<Uint8Array>;

export interface RenderTask {
  readonly document: InvoiceDocument;
  readonly hash: string;
}

export interface RenderPool {
  readonly render: Render;
  /** Stops its threads; pages in work are given up. */
  close(): Promise<void>;
}

export interface RenderPoolOptions {
  /** Default: one for each core, 4 at most. */
  readonly threads?: number;
  /** Pages that may wait for a thread; further ones are refused. */
  readonly queue?: number;
  /** For waiting and drawing together. */
  readonly timeoutMs?: number;
  /** For fault tests: what tells that a page has taken that long; default: the clock. */
  readonly timer?: (timeoutMs: number) => AbortSignal;
  /** Heap that one thread may use before it is ended; 512. */
  readonly memoryMb?: number;
  /** For fault tests: another module with a `drawPage`. */
  readonly worker?: URL;
}

/** A page was not drawn, which says nothing about its document. */
export class RenderFailed extends Error {
  constructor(number: string, reason: string, cause: unknown) {
    super(`the page of ${number} could not be rendered: ${reason}`, { cause });
    this.name = 'RenderFailed';
  }
}

export function createRenderPool(options: RenderPoolOptions = {}): RenderPool {
  const threads = options.threads ?? Math.min(4, availableParallelism());
  const timeoutMs = options.timeoutMs ?? 30_000;
  const timer = options.timer ?? ((ms: number) => AbortSignal.timeout(ms));
  const worker = options.worker ?? new URL('./render-worker.ts', import.meta.url);
  const limit = threads + (options.queue ?? 256);
  let pool: Piscina<RenderTask, Uint8Array> | undefined;
  let inHand = 0;
  let isClosed = false;
  const open = (): Piscina<RenderTask, Uint8Array> => {
    pool ??= new Piscina({
      filename: worker.href,
      name: 'drawPage',
      minThreads: 0,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: 60_000,
      resourceLimits: { maxOldGenerationSizeMb: options.memoryMb ?? 512 },
    });
    return pool;
  };
  return {
    async render(document, { hash }) {
      const fail = (reason: string, cause?: unknown) => new RenderFailed(document.number, reason, cause);
      if (isClosed) throw fail('the renderer is stopped');
      // Counted here: piscina's own bound leaves out what waits for a thread to start.
      if (inHand >= limit) throw fail(`${inHand} pages are waiting already`);
      const timeout = timer(timeoutMs);
      inHand += 1;
      try {
        return await open().run({ document, hash }, { signal: timeout });
      } catch (error) {
        if (timeout.aborted) throw fail(`it took longer than ${timeoutMs / 1000} s`, error);
        throw fail((error as Error).message, error);
      } finally {
        inHand -= 1;
      }
    },
    async close() {
      isClosed = true;
      await pool?.destroy();
    },
  };
}
