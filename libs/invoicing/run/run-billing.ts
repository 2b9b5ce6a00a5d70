import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import type { BillingRun } from '../store/billing-run-row.ts';
import { SCHEDULE } from '../store/insert-billing-run.ts';
import type { IssuedDocument } from '../store/insert-invoices.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';
import { updateRunBegun } from '../store/update-run-begun.ts';
import { updateRunFinished } from '../store/update-run-finished.ts';
import { updateRunReason } from '../store/update-run-reason.ts';
import { updateRunRunning } from '../store/update-run-running.ts';
import { lookAtBarrier, noteBarrier } from './barrier.ts';
import { type ChunkRequest, collectChunk, findDue } from './collect.ts';
import { collectLateChunk } from './collect-late.ts';
import type { FinalizeStep } from './finalize.ts';
import { draftChunk, finalizeChunk } from './finalize-chunk.ts';
import { IssueDateMoved } from './issue-documents.ts';
import { renderMissingPdfs } from './render-missing-pdfs.ts';

/*
 * One billing run, from wherever it stands to its end: begin → barrier → collect → rate, assemble, check → finalize → document.
 *
 * Whatever happens stands in the database, so a run that died is carried on by calling this again:
 * - begun but without barrier: the barrier is noted then; later is safe, since what is due is judged by the beginning.
 * - waiting: the noted barrier is kept, unless the log was replaced meanwhile: then it is noted anew.
 * - in a chunk before its COMMIT: nothing of it happened; the chunk is read again from the cursor, with fresh usage.
 * - behind the COMMIT: the cursor has moved; pages not rendered yet are rendered at the end.
 * Two processes on one run do no harm: units are unique, and the cursor is compared under lock before anything is written.
 */

export type RunStep = 'begun' | 'barrier_noted' | 'collected' | FinalizeStep | 'finalized' | 'documented';

export interface RunDependencies {
  /** Of the worker role. */
  readonly pool: Pool;
  /** End of each partition of the event log. */
  readonly logEnd: () => Promise<ReadonlyMap<number, bigint>>;
  /** Epoch milliseconds; decides dates of issue, never what is due. */
  readonly clock: () => number;
  /** Aborted when the run is to be handed back: it stops between two chunks. */
  readonly signal: AbortSignal;
  readonly pollMs: number;
  readonly chunkSize?: number;
  readonly checkpoint?: ((step: RunStep) => Promise<void>) | undefined;
  readonly onIssued?: ((issued: readonly IssuedDocument[]) => void) | undefined;
  readonly onParked?: ((parked: readonly ParkedCustomer[]) => void) | undefined;
  readonly onPdfFailure?: ((invoiceId: string, error: unknown) => void) | undefined;
}

const CHUNK = 200;
/** Dropped documents mean that another run is at the same customers; after that many looks the next run may have them. */
const LOOKS = 5;

/** Resolves with the run at its end, or null when it was stopped before or had ended already. */
export async function runBilling(
  dependencies: RunDependencies,
  organizationId: number,
  id: string,
): Promise<BillingRun | null> {
  const { pool, signal } = dependencies;
  const run = await inTransaction(pool, (tx) => updateRunBegun(tx, organizationId, id));
  if (run === null) return null;
  await dependencies.checkpoint?.('begun');
  if (run.state === 'waiting') {
    if (!(await passBarrier(dependencies, run))) return null;
    await startRunning(pool, run);
  }
  await billAll(dependencies, run);
  if (signal.aborted) return null;
  await renderMissingPdfs(pool, run, {
    stopped: () => signal.aborted,
    onFailure: dependencies.onPdfFailure ?? (() => {}),
  });
  if (signal.aborted) return null;
  await dependencies.checkpoint?.('documented');
  return finishRun(pool, run, { state: 'completed', reason: null });
}

/** Ends a run and tells so in one transaction. Null when it had ended already. */
export function finishRun(
  pool: Pool,
  run: Pick<BillingRun, 'organizationId' | 'id'>,
  end: { readonly state: 'completed' | 'failed'; readonly reason: string | null },
): Promise<BillingRun | null> {
  return inTransaction(pool, async (tx) => {
    const finished = await updateRunFinished(tx, run.organizationId, run.id, end);
    if (finished === null) return null;
    await insertOutbox(tx, {
      organizationId: run.organizationId,
      type: `billing_run.${end.state}`,
      subject: run.id,
      data: {
        id: run.id,
        customers_done: finished.customersDone,
        invoices_created: finished.invoicesCreated,
        ...(end.reason !== null && { reason: end.reason }),
      },
    });
    return finished;
  });
}

/** False when it was stopped while waiting. */
async function passBarrier(dependencies: RunDependencies, run: BillingRun): Promise<boolean> {
  const { pool, signal, pollMs } = dependencies;
  let barrier = run.barrier ?? (await noteBarrier(pool, run, dependencies.logEnd));
  await dependencies.checkpoint?.('barrier_noted');
  while (!signal.aborted) {
    const state = await lookAtBarrier(pool, barrier);
    if (state.kind === 'reached') return true;
    if (state.kind === 'outdated') barrier = await noteBarrier(pool, run, dependencies.logEnd);
    else await inTransaction(pool, (tx) => updateRunReason(tx, run.organizationId, run.id, state.reason));
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** Counts who is due before the first chunk, so that progress has an end to be compared with. */
async function startRunning(pool: Pool, run: BillingRun): Promise<void> {
  let customersDue = 0;
  let after: string | null = null;
  // Who has late usage shows only when it is compared.
  while (run.purpose === 'periods') {
    const page = chunkRequest(run, after, CHUNK);
    const found = await inTransaction(pool, (tx) => findDue(tx, page), 'REPEATABLE READ READ ONLY');
    customersDue += found.due.length + found.parked.length;
    after = found.last;
    if (after === null) break;
  }
  await inTransaction(pool, (tx) => updateRunRunning(tx, run.organizationId, run.id, customersDue));
}

async function billAll(dependencies: RunDependencies, run: BillingRun): Promise<void> {
  let { cursor } = run;
  let looks = 0;
  while (!dependencies.signal.aborted) {
    const chunk = await collect(dependencies, run, cursor);
    await dependencies.checkpoint?.('collected');
    if (chunk.last === null) return;
    looks += 1;
    const { drafts, settlements, parked } = draftChunk(chunk);
    const finalized = await finalizeChunk(dependencies.pool, {
      organizationId: run.organizationId,
      terms: chunk.terms,
      drafts: looks <= LOOKS ? drafts : [],
      settlements: looks <= LOOKS ? settlements : [],
      parked,
      now: dependencies.clock(),
      run: { id: run.id, cursor, next: chunk.last },
      checkpoint: dependencies.checkpoint,
    }).catch((error) => {
      // Midnight came between: the chunk is read again for the new date.
      if (error instanceof IssueDateMoved) return null;
      throw error;
    });
    if (finalized === null) continue;
    await dependencies.checkpoint?.('finalized');
    dependencies.onIssued?.(finalized.issued);
    dependencies.onParked?.(finalized.parked);
    if (finalized.dropped.length > 0) continue;
    cursor = chunk.last;
    looks = 0;
  }
}

function collect({ pool, clock, chunkSize = CHUNK }: RunDependencies, run: BillingRun, cursor: string | null) {
  if (run.purpose === 'periods') return collectChunk(pool, { ...chunkRequest(run, cursor, chunkSize), now: clock() });
  const { organizationId, customerId, endsAfter, endsUntil } = run;
  const [servedAfter, servedUntil] = [Date.parse(endsAfter), Date.parse(endsUntil)];
  const limits = { now: clock(), after: cursor, limit: chunkSize };
  return collectLateChunk(pool, { organizationId, customerId, servedAfter, servedUntil, ...limits });
}

function chunkRequest(run: BillingRun, after: string | null, limit: number): Omit<ChunkRequest, 'now'> {
  if (run.startedAt === null) throw new Error(`billing run ${run.id} has not begun`);
  return {
    organizationId: run.organizationId,
    window: {
      endsAfter: run.endsAfter,
      endsUntil: run.endsUntil,
      backdated: run.requestedBy !== SCHEDULE,
    },
    begunAt: run.startedAt.getTime(),
    after,
    limit,
  };
}
