import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import type { SigningKey } from '#libs/invoicing/chain/read-signing-key.ts';
import { refreshDrafts } from '#libs/invoicing/drafts/refresh-drafts.ts';
import { drawWaitingPages } from '#libs/invoicing/pages/draw-waiting-pages.ts';
import type { Render } from '#libs/invoicing/pdf/render-pool.ts';
import { claimRun } from '#libs/invoicing/run/claim-run.ts';
import { RunTakenOver } from '#libs/invoicing/run/finalize.ts';
import { finishRun, type RunStep, runBilling } from '#libs/invoicing/run/run-billing.ts';
import { scheduleRuns } from '#libs/invoicing/run/schedule-runs.ts';
import { signHeads } from '#libs/invoicing/run/sign-heads.ts';
import { selectOpenRuns } from '#libs/invoicing/store/select-open-runs.ts';
import { updateRunReason } from '#libs/invoicing/store/update-run-reason.ts';
import { startLoop } from '#libs/process/start-loop.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import type { Metrics } from '#libs/telemetry/metrics.ts';
import { createRetries, isPassing } from './retries.ts';

/*
 * Picks up open runs and carries each to its end; queues runs for what became due. Everything it knows is in the database, so any
 * number of these may run, and one that was killed is replaced by whoever looks next.
 */

export interface BillingRunDependencies {
  /** Of the worker role. Each run in hand keeps one connection for its claim. */
  readonly pool: Pool;
  /** End of each partition of the event log: the offset that the next record will get. */
  readonly logEnd: () => Promise<Map<number, bigint>>;
  /** Draws invoices; default: in this thread. */
  readonly render?: Render;
  readonly logger: Logger;
  readonly metrics?: Pick<Metrics, 'invoicesFinalized' | 'customersParked' | 'pagesDrawn' | 'pagesMissing'>;
  /** Epoch milliseconds. */
  readonly clock?: () => number;
  /** How often it looks for open runs. */
  readonly pollMs?: number;
  /** How often it looks for periods that became due. */
  readonly scheduleMs?: number;
  /** How old a draft may be before it is made anew. */
  readonly draftsMs?: number;
  /** Signs what series end with, of all organizations, whoever issued the documents. Null: nobody signs. */
  readonly signingKey?: SigningKey | null;
  /** How often it looks for ends of series that are not signed. */
  readonly signMs?: number;
  /** How often it looks for documents without a page. */
  readonly pagesMs?: number;
  readonly chunkSize?: number;
  /** See RunDependencies; default: it goes on at once. */
  readonly giveWay?: (workedMs: number, signal: AbortSignal) => Promise<void>;
  /** For fault tests: called between the steps of a run. */
  readonly checkpoint?: (step: RunStep) => Promise<void>;
}

export interface BillingRunService {
  /** Hands runs back between two chunks; a chunk that takes longer than 8 s is abandoned, and nothing of it has happened. */
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 8_000;
/** So that one organization's long run does not keep the others waiting. */
const RUNS_AT_ONCE = 2;
const PAUSE_LOOKS = 10;

export async function startBillingRun(dependencies: BillingRunDependencies): Promise<BillingRunService> {
  const {
    pool,
    logger,
    clock = Date.now,
    pollMs = 1_000,
    scheduleMs = 60_000,
    draftsMs = 600_000,
    signMs = 3_000,
    pagesMs = 180_000,
  } = dependencies;
  const stopping = new AbortController();
  const inHand = new Map<string, Promise<void>>();
  const retries = createRetries(() => performance.now());

  const pickUp = async () => {
    const open = await inTransaction(pool, selectOpenRuns);
    for (const { organizationId, id } of open) {
      if (inHand.size >= RUNS_AT_ONCE || stopping.signal.aborted) return;
      if (inHand.has(id) || !retries.isDue(id)) continue;
      const work = carryOn(dependencies, { organizationId, id }, { clock, pollMs, stopping: stopping.signal, retries })
        .catch((error) => logger.error({ err: error, billing_run: id }, 'a billing run could not be picked up'))
        .finally(() => inHand.delete(id));
      inHand.set(id, work);
    }
  };
  const schedule = async () => {
    for (const run of await scheduleRuns(pool, clock))
      logger.info({ billing_run: run.id, organization: run.organizationId }, 'periods are due: queued a billing run');
  };
  const sign = () => signAll(dependencies, clock);
  const drafts = async () => {
    await refreshDrafts(pool, { clock, staleAfterMs: draftsMs, stopped: () => stopping.signal.aborted });
  };
  const pages = () => drawPages(dependencies, () => stopping.signal.aborted);
  const loops = [
    startLoop({
      pauseMs: pollMs,
      work: pickUp,
      onError: (error) => logger.warn({ err: error }, 'cannot look for billing runs'),
    }),
    startLoop({
      pauseMs: scheduleMs,
      work: schedule,
      onError: (error) => logger.warn({ err: error }, 'cannot look for due periods'),
    }),
    startLoop({
      pauseMs: scheduleMs,
      work: drafts,
      onError: (error) => logger.warn({ err: error }, 'cannot make drafts'),
    }),
    startLoop({
      pauseMs: signMs,
      work: sign,
      onError: (error) => logger.warn({ err: error }, 'cannot sign the ends of series'),
    }),
    startLoop({
      pauseMs: pagesMs,
      work: pages,
      onError: (error) => logger.warn({ err: error }, 'cannot look for documents without a page'),
    }),
  ];

  return {
    async stop() {
      stopping.abort();
      const finished = Promise.all([...loops.map((loop) => loop.stop()), ...inHand.values()]);
      await Promise.race([finished, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}

/** Looks again at once where there may be more and something can be drawn: each look that does has fewer left. */
async function drawPages(
  { pool, logger, metrics, render }: BillingRunDependencies,
  stopped: () => boolean,
): Promise<number | undefined> {
  const { drawn, failed, missing, isFull } = await drawWaitingPages(pool, {
    render,
    stopped,
    onFailure: ({ organizationId, invoiceId, attempts }, error) =>
      logger.error(
        { err: error, organization: organizationId, invoice: invoiceId, attempts },
        'cannot render an invoice; its PDF is missing',
      ),
  });
  metrics?.pagesDrawn.inc({ outcome: 'drawn' }, drawn);
  metrics?.pagesDrawn.inc({ outcome: 'failed' }, failed);
  metrics?.pagesMissing.set(missing);
  if (drawn > 0) logger.info({ drawn, failed, missing }, 'drew pages that were missing');
  return isFull && drawn > 0 ? 0 : undefined;
}

async function signAll({ pool, logger, signingKey }: BillingRunDependencies, clock: () => number): Promise<void> {
  if (!signingKey) return;
  const { refused } = await signHeads(pool, signingKey, clock);
  for (const { organizationId, series, issueDate, number } of refused)
    logger.error(
      { organization: organizationId, series, issue_date: issueDate, number },
      'a series does not end with the document that it says: it is not signed; run "tollbook verify"',
    );
}

interface Surroundings {
  readonly clock: () => number;
  readonly pollMs: number;
  readonly stopping: AbortSignal;
  readonly retries: ReturnType<typeof createRetries>;
}

/** One attempt at one run. What fails in passing leaves it open, with the reason on it, for the next attempt. */
async function carryOn(
  dependencies: BillingRunDependencies,
  run: { readonly organizationId: number; readonly id: string },
  { clock, pollMs, stopping, retries }: Surroundings,
): Promise<void> {
  const { pool, logger, metrics } = dependencies;
  const log = logger.child({ billing_run: run.id, organization: run.organizationId });
  const claim = await claimRun(pool, run.organizationId, run.id);
  // Somebody else has it: look again a little later.
  if (claim === null) return retries.pause(run.id, pollMs);
  try {
    const ended = await runBilling(
      {
        pool,
        logEnd: dependencies.logEnd,
        clock,
        pollMs,
        signal: AbortSignal.any([stopping, claim.lost]),
        ...(dependencies.chunkSize !== undefined && { chunkSize: dependencies.chunkSize }),
        giveWay: dependencies.giveWay,
        checkpoint: dependencies.checkpoint,
        render: dependencies.render,
        onIssued: (issued) => metrics?.invoicesFinalized.inc(issued.length),
        onParked(parked) {
          metrics?.customersParked.inc(parked.length);
          for (const one of parked) log.warn({ customer: one.customerId, code: one.code }, one.detail);
        },
        onPdfFailure: (invoice, error) =>
          log.error({ err: error, invoice }, 'cannot render an invoice; its PDF is missing'),
      },
      run.organizationId,
      run.id,
    );
    retries.forget(run.id);
    // Soon, since the loop may just have looked; a failure is the loop's to repeat.
    await signAll(dependencies, clock).catch(() => {});
    // It waits for somebody or was cancelled: meanwhile it must not keep others out.
    if (ended === null) retries.pause(run.id, pollMs * PAUSE_LOOKS);
    if (ended) log.info({ customers: ended.customersDone, invoices: ended.invoicesCreated }, 'billing run completed');
  } catch (error) {
    await afterFailure(dependencies, run, error as Error, retries);
  } finally {
    await claim.release();
  }
}

async function afterFailure(
  { pool, logger }: BillingRunDependencies,
  run: { readonly organizationId: number; readonly id: string },
  error: Error,
  retries: ReturnType<typeof createRetries>,
): Promise<void> {
  if (error instanceof RunTakenOver) return retries.pause(run.id, 1_000);
  const attempts = retries.failed(run.id);
  logger.error({ err: error, billing_run: run.id, attempts }, 'a billing run failed');
  try {
    if (!isPassing(error) && retries.isExhausted(run.id))
      await finishRun(pool, run, { state: 'failed', reason: `It failed ${attempts} times: ${error.message}` });
    else {
      const reason = `Attempt ${attempts} failed and will be repeated: ${error.message}`;
      await inTransaction(pool, (tx) => updateRunReason(tx, run.organizationId, run.id, reason));
    }
  } catch (cause) {
    logger.warn({ err: cause, billing_run: run.id }, 'cannot note why a billing run failed');
  }
}
