import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { writeLines } from '../chain/canonical-document.ts';
import { type Chunk, type ChunkRequest, collectChunk } from '../collect/collect.ts';
import { collectLateChunk } from '../collect/collect-late.ts';
import { renderMissingPdfs } from '../pages/render-missing-pdfs.ts';
import type { Render } from '../pdf/render-pool.ts';
import type { Barrier, BillingRun } from '../store/billing-run-row.ts';
import type { IssuedDocument } from '../store/insert-invoices.ts';
import type { ParkedCustomer } from '../store/insert-parked.ts';
import { countBillableCustomers } from '../store/select-billable-customers.ts';
import { selectSeller } from '../store/select-seller.ts';
import { updateRunBegun } from '../store/update-run-begun.ts';
import { updateRunBilled } from '../store/update-run-billed.ts';
import { updateRunBlocked } from '../store/update-run-blocked.ts';
import { updateRunFinished } from '../store/update-run-finished.ts';
import { updateRunReason } from '../store/update-run-reason.ts';
import { updateRunRunning } from '../store/update-run-running.ts';
import { lookAtBarrier, noteBarrier } from './barrier.ts';
import type { FinalizeStep, RunFinalizeRequest } from './finalize.ts';
import { type DraftedChunk, draftChunk, finalizeChunk } from './finalize-chunk.ts';
import { IssueDateMoved } from './issue-documents.ts';
import { type DeadLettersOfRun, lookAtDeadLetters } from './look-at-dead-letters.ts';
import { recordDrafts } from './record-drafts.ts';
import { watchRun } from './watch-run.ts';

/*
 * One billing run, from wherever it stands to its end: begin → barrier → collect → rate, assemble, check → finalize → document.
 *
 * Whatever happens stands in the database, so a run that died is carried on by calling this again:
 * - begun but without barrier: the barrier is noted then; later is safe, since what is due is judged by the beginning.
 * - waiting: the noted barrier is kept, unless the log was replaced meanwhile: then it is noted anew.
 * - in a chunk before its COMMIT: nothing of it happened; the chunk is read again from the cursor, with fresh usage.
 * - behind the COMMIT: the cursor has moved; pages not rendered yet are rendered at the end.
 * - blocked by dead letters: it waits, without a barrier; whoever looks next notes one and looks at them again.
 * - cancelled: whoever works on it lets go between two chunks; what was finalized stays.
 * Two processes on one run do no harm: units are unique, and the cursor is compared under lock before anything is written.
 */

export type RunStep = 'begun' | 'barrier_noted' | 'collected' | FinalizeStep | 'finalized' | 'billed' | 'documented';

export interface RunDependencies {
  /** Of the worker role. */
  readonly pool: Pool;
  /** End of each partition of the event log. */
  readonly logEnd: () => Promise<ReadonlyMap<number, bigint>>;
  /** Epoch milliseconds, the real time; with the offset of the run's organization it decides dates of issue, never what is due. */
  readonly clock: () => number;
  /** Aborted when the run is to be handed back: it stops between two chunks. */
  readonly signal: AbortSignal;
  readonly pollMs: number;
  readonly chunkSize?: number;
  /** Called between two chunks with the milliseconds that one took: resolves when the next may begin. For a process that does other work too. */
  readonly giveWay?: ((workedMs: number, signal: AbortSignal) => Promise<void>) | undefined;
  readonly checkpoint?: ((step: RunStep) => Promise<void>) | undefined;
  readonly onIssued?: ((issued: readonly IssuedDocument[]) => void) | undefined;
  readonly onParked?: ((parked: readonly ParkedCustomer[]) => void) | undefined;
  readonly onPdfFailure?: ((invoiceId: string, error: unknown) => void) | undefined;
  /** Draws pages; default: in this thread. */
  readonly render?: Render | undefined;
}

/** Customers that are read and finalized together. */
export const CHUNK = 200;
/** Customers whose drafts are made without a break. */
const TURN = 5;
/** Dropped documents mean that another run is at the same customers; after that many looks the next run may have them. */
const LOOKS = 5;

/** Resolves with the run at its end, or null when it was stopped before, cannot go on yet, was cancelled or had ended already. */
export async function runBilling(
  dependencies: RunDependencies,
  organizationId: number,
  id: string,
): Promise<BillingRun | null> {
  const { pool } = dependencies;
  const run = await inTransaction(pool, (tx) => updateRunBegun(tx, organizationId, id));
  if (run === null) return null;
  await dependencies.checkpoint?.('begun');
  const watch = watchRun(pool, run);
  try {
    const signal = AbortSignal.any([dependencies.signal, watch.ended]);
    const clock = () => dependencies.clock() + run.clockOffset;
    return await carryToEnd({ ...dependencies, signal, clock }, run);
  } finally {
    await watch.stop();
  }
}

async function carryToEnd(dependencies: RunDependencies, run: BillingRun): Promise<BillingRun | null> {
  const { pool, signal } = dependencies;
  if (run.state === 'waiting') {
    const barrier = await passBarrier(dependencies, run);
    if (barrier === null || !(await startRunning(pool, { ...run, barrier }))) return null;
  }
  await billAll(dependencies, run);
  if (signal.aborted) return null;
  await inTransaction(pool, (tx) => updateRunBilled(tx, run.organizationId, run.id));
  await dependencies.checkpoint?.('billed');
  await renderMissingPdfs(pool, run, {
    render: dependencies.render,
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

/** The barrier that was reached; null when it was stopped while waiting. */
async function passBarrier(dependencies: RunDependencies, run: BillingRun): Promise<Barrier | null> {
  const { pool, signal, pollMs } = dependencies;
  let barrier = run.barrier ?? (await noteBarrier(pool, run, dependencies.logEnd));
  await dependencies.checkpoint?.('barrier_noted');
  while (!signal.aborted) {
    const state = await lookAtBarrier(pool, barrier);
    if (state.kind === 'reached') return barrier;
    if (state.kind === 'outdated') barrier = await noteBarrier(pool, run, dependencies.logEnd);
    else await inTransaction(pool, (tx) => updateRunReason(tx, run.organizationId, run.id, state.reason));
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
  return null;
}

/** Lets it bill, unless dead letters keep it from that: then false. Counts who may be due, so that progress has an end to be compared with. */
function startRunning(pool: Pool, run: BillingRun): Promise<boolean> {
  const { organizationId, id } = run;
  return inTransaction(pool, async (tx) => {
    const letters = await lookAtDeadLetters(tx, run);
    const { deadLetters: rule } = await selectSeller(tx, organizationId);
    const reason = run.dryRun || rule === 'warn' ? null : reasonToWait(letters);
    if (reason !== null) {
      await updateRunBlocked(tx, organizationId, id, reason);
      return false;
    }
    // Who has late usage shows only when it is compared.
    const customersLeft =
      run.purpose === 'late' ? 0 : await countBillableCustomers(tx, { ...run, chosenFor: chosenFor(run) });
    await updateRunRunning(tx, organizationId, id, { customersLeft, deadLetters: letters.open });
    return true;
  });
}

function reasonToWait({ open, replayed }: DeadLettersOfRun): string | null {
  if (open > 0)
    return `Events of these periods could not be counted: ${open}. Replay or discard them (GET /v1/dead-letters), or set the organization's dead_letters to "warn"`;
  return replayed > 0 ? `Waits for events that were put into the log again: ${replayed}` : null;
}

/** While one chunk is finalized the next one is read and drafted: what others take in between is dropped at finalizing, as always. */
async function billAll(dependencies: RunDependencies, run: BillingRun): Promise<void> {
  const { signal, clock, checkpoint } = dependencies;
  let { cursor } = run;
  let looks = 0;
  let ahead = draftFrom(dependencies, run, cursor);
  try {
    while (!signal.aborted) {
      const { chunk, drafts, settlements, parked } = await ahead;
      await checkpoint?.('collected');
      if (chunk.last === null) return;
      looks += 1;
      const begun = performance.now();
      ahead = draftFrom(dependencies, run, chunk.last);
      const isDone = await closeChunk(dependencies, run, {
        organizationId: run.organizationId,
        terms: chunk.terms,
        drafts: looks <= LOOKS ? drafts : [],
        settlements: looks <= LOOKS ? settlements : [],
        parked,
        now: clock(),
        run: { id: run.id, cursor, next: chunk.last, customers: chunk.looked },
        checkpoint,
      });
      if (isDone) {
        cursor = chunk.last;
        looks = 0;
      } else {
        await ahead;
        ahead = draftFrom(dependencies, run, cursor);
      }
      if (dependencies.giveWay) {
        await ahead.catch(() => {});
        await dependencies.giveWay(performance.now() - begun, signal);
      }
    }
  } finally {
    await ahead.catch(() => {});
  }
}

function draftFrom(dependencies: RunDependencies, run: BillingRun, after: string | null) {
  const ahead = collect(dependencies, run, after).then(async (chunk) => ({ chunk, ...(await draftInTurns(chunk)) }));
  // It may fail before anybody waits for it; whoever waits is told.
  ahead.catch(() => {});
  return ahead;
}

/** A few customers at a time: in between the thread goes on with the chunk before, whose transaction waits for nothing else. */
async function draftInTurns({ customers, parked }: Chunk): Promise<DraftedChunk> {
  const whole: DraftedChunk = { drafts: [], settlements: [], parked: [...parked] };
  for (let from = 0; from < customers.length; from += TURN) {
    const part = draftChunk({ customers: customers.slice(from, from + TURN), parked: [] });
    for (const { body } of part.drafts) writeLines(body.lines);
    whole.drafts.push(...part.drafts);
    whole.settlements.push(...part.settlements);
    whole.parked.push(...part.parked);
    await setImmediate();
  }
  return whole;
}

function collect({ pool, clock, chunkSize = CHUNK }: RunDependencies, run: BillingRun, after: string | null) {
  if (run.purpose === 'periods') return collectChunk(pool, { ...chunkRequest(run, after, chunkSize), now: clock() });
  const { organizationId, customerId, endsAfter, endsUntil } = run;
  const [servedAfter, servedUntil] = [Date.parse(endsAfter), Date.parse(endsUntil)];
  const limits = { now: clock(), after, limit: chunkSize };
  return collectLateChunk(pool, { organizationId, customerId, servedAfter, servedUntil, ...limits });
}

/** False: the chunk must be looked at again. */
async function closeChunk(
  dependencies: RunDependencies,
  run: BillingRun,
  request: RunFinalizeRequest,
): Promise<boolean> {
  const close = run.dryRun ? recordDrafts : finalizeChunk;
  const finalized = await close(dependencies.pool, request).catch((error) => {
    // Midnight came between: the chunk is read again for the new date.
    if (error instanceof IssueDateMoved) return null;
    throw error;
  });
  if (finalized === null) return false;
  await dependencies.checkpoint?.('finalized');
  dependencies.onIssued?.(finalized.issued);
  dependencies.onParked?.(finalized.parked);
  return finalized.dropped.length === 0;
}

function chunkRequest(run: BillingRun, after: string | null, limit: number): Omit<ChunkRequest, 'now'> {
  if (run.startedAt === null) throw new Error(`billing run ${run.id} has not begun`);
  return {
    organizationId: run.organizationId,
    window: {
      endsAfter: run.endsAfter,
      endsUntil: run.endsUntil,
      backdated: run.backdated,
    },
    begunAt: run.startedAt.getTime() + run.clockOffset,
    chosenFor: chosenFor(run),
    after,
    limit,
  };
}

const chosenFor = ({ chosenOnly, id }: BillingRun): string | null => (chosenOnly ? id : null);
