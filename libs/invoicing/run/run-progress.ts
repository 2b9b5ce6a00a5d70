import type { BillingRun } from '../store/billing-run-row.ts';

/** How a run gets on. */
export interface RunProgress {
  readonly phase: 'waiting' | 'running' | 'rendering' | 'ended';
  /** Since a process has been billing without a break; null before any customer was looked at. */
  readonly invoicesPerSecond: number | null;
  /** Until all customers are done, at the pace so far; null where there is no pace to tell by. */
  readonly secondsLeft: number | null;
}

export function runProgress(run: BillingRun): RunProgress {
  const phase = phaseOf(run);
  const until = run.billedAt ?? run.finishedAt ?? run.readAt;
  const seconds = run.workingSince === null ? 0 : (until.getTime() - run.workingSince.getTime()) / 1000;
  const passed = run.leftBefore - run.customersLeft;
  if (seconds <= 0 || passed <= 0) return { phase, invoicesPerSecond: null, secondsLeft: null };
  return {
    phase,
    invoicesPerSecond: Math.round(((run.invoicesCreated - run.invoicesBefore) / seconds) * 10) / 10,
    secondsLeft: phase === 'running' ? Math.ceil((run.customersLeft * seconds) / passed) : null,
  };
}

function phaseOf({ state, billedAt }: BillingRun): RunProgress['phase'] {
  if (state === 'queued' || state === 'waiting') return 'waiting';
  if (state !== 'running') return 'ended';
  return billedAt === null ? 'running' : 'rendering';
}
