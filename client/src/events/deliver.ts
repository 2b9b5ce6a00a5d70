import { TollbookConnectionError } from '../errors.ts';
import type { EventResult, Item } from './event.ts';
import type { Outcome } from './post-events.ts';

export interface Delivery {
  readonly post: (items: readonly Item[]) => Promise<Outcome>;
  /** Called once for each event, as soon as it is decided. */
  readonly onResult: (item: Item, result: EventResult) => void;
  /** Waits before the next attempt, or throws to give up. \`attempt\` counts from 0 and begins anew whenever something was decided. */
  readonly beforeRetry: (problem: Problem) => Promise<void>;
}

export interface Problem {
  readonly error: Error;
  readonly attempt: number;
  /** What the server asked to wait. */
  readonly askedMs: number | undefined;
  /** Events that are still undecided. */
  readonly items: readonly Item[];
}

/**
 * Sends events until each is decided. One that is not may or may not have been taken, so it is sent again as it is, under the same id, and
 * counts once. What is refused is decided: it is not sent again. Whoever dies in here loses nothing that was accepted, and can send the
 * rest again.
 */
export async function deliver(items: readonly Item[], delivery: Delivery): Promise<void> {
  let open = items;
  for (let attempt = 0; open.length > 0; attempt++) {
    const outcome = await delivery.post(open);
    if (outcome.kind === 'apart') return takeApart(open, outcome.error, delivery);
    const { askedMs } = outcome;
    if (outcome.kind === 'unknown') {
      await delivery.beforeRetry({ error: outcome.error, attempt, askedMs, items: open });
      continue;
    }
    const left = open.filter((item, at) => {
      const result = outcome.results[at];
      if (result) delivery.onResult(item, result);
      return result === undefined;
    });
    if (left.length < open.length) attempt = 0;
    open = left;
    if (open.length > 0) await delivery.beforeRetry({ error: UNAVAILABLE, attempt, askedMs, items: open });
  }
}

const UNAVAILABLE = new TollbookConnectionError('ingest cannot reach its event log', { isTimeout: false });

async function takeApart(
  items: readonly Item[],
  error: Error & { readonly code: string },
  delivery: Delivery,
): Promise<void> {
  const [only] = items;
  if (items.length === 1 && only) {
    delivery.onResult(only, { id: only.event.id, status: 'rejected', code: error.code, detail: error.message });
    return;
  }
  const half = Math.ceil(items.length / 2);
  await deliver(items.slice(0, half), delivery);
  await deliver(items.slice(half), delivery);
}
