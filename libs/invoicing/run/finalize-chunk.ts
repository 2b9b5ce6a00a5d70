import type { Pool } from '#libs/database/pool.ts';
import { reasonOf } from '../cannot-bill.ts';
import type { Chunk } from '../collect/collect.ts';
import type { InvoiceDraft } from '../documents/assemble.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';
import { draftCollected } from './draft-collected.ts';
import { type Finalized, finalize, type RunFinalizeRequest } from './finalize.ts';
import type { CustomerSettlement } from './take-for-drafts.ts';

export interface DraftedChunk {
  readonly drafts: InvoiceDraft[];
  readonly settlements: CustomerSettlement[];
  readonly parked: ParkedCustomer[];
}

/** Everybody's drafts, and who cannot be billed. Pure. */
export function draftChunk(chunk: Pick<Chunk, 'customers' | 'parked'>): DraftedChunk {
  const drafts: InvoiceDraft[] = [];
  const settlements: CustomerSettlement[] = [];
  const parked: ParkedCustomer[] = [...chunk.parked];
  for (const customer of chunk.customers) {
    const { freed } = customer;
    const { customerId } = customer.surroundings;
    try {
      const { drafts: own, corrections } = draftCollected(customer);
      drafts.push(...own);
      if (corrections.seen.length + freed.length > 0) settlements.push({ customerId, ...corrections, freed });
    } catch (error) {
      parked.push({ customerId, ...reasonOf(error) });
    }
  }
  return { drafts, settlements, parked };
}

/**
 * Finalizes a chunk. Should the database refuse a document (not the connection, not the moment: the data), it is done customer
 * by customer, and only the one who is refused is parked.
 */
export async function finalizeChunk(pool: Pool, request: RunFinalizeRequest): Promise<Finalized> {
  try {
    return await finalize(pool, request);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const { run, drafts, settlements = [], parked } = request;
  const stay = { ...run, next: run.cursor, customers: 0 };
  const refused: ParkedCustomer[] = [...parked];
  const issued: Finalized['issued'][number][] = [];
  const dropped: string[] = [];
  for (const customerId of new Set([...drafts, ...settlements].map((one) => one.customerId))) {
    try {
      const own = {
        drafts: drafts.filter((draft) => draft.customerId === customerId),
        settlements: settlements.filter((settlement) => settlement.customerId === customerId),
      };
      const done = await finalize(pool, { ...request, ...own, run: stay, parked: [] });
      issued.push(...done.issued);
      dropped.push(...done.dropped);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const detail = `The database refused the invoice: ${error.message}`;
      refused.push({ customerId, code: 'refused_by_database', detail });
    }
  }
  // Only now may the run move on: whoever was dropped is looked at again first.
  const rest = await finalize(pool, {
    ...request,
    drafts: [],
    settlements: [],
    parked: refused,
    run: dropped.length > 0 ? stay : run,
  });
  return { issued, dropped, parked: rest.parked };
}

/** Data exceptions, violated constraints and exceptions raised by triggers: the same again would be refused again. */
function isRefusal(error: unknown): error is Error {
  const code = (error as { code?: unknown }).code;
  if (!(error instanceof Error) || typeof code !== 'string' || code.length !== 5) return false;
  return /^(22|23|P0)/.test(code);
}
