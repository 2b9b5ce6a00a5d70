import { expect, test } from '@jest/globals';
import type { BillingRun } from '../store/billing-run-row.ts';
import { runProgress } from './run-progress.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 1, 0, 0, second));

const run = (changes: Partial<BillingRun>): BillingRun => ({
  organizationId: 1,
  id: 'a',
  endsAfter: '2026-10-01',
  endsUntil: '2026-11-01',
  purpose: 'periods',
  customerId: null,
  requestedBy: 'test',
  backdated: true,
  dryRun: false,
  chosenOnly: false,
  retryOf: null,
  state: 'running',
  stateReason: null,
  barrier: null,
  cursor: null,
  customersLeft: 0,
  customersDue: 0,
  customersDone: 0,
  invoicesCreated: 0,
  invoicesSkipped: 0,
  workingSince: at(0),
  leftBefore: 1000,
  invoicesBefore: 0,
  deadLetters: 0,
  createdAt: at(0),
  startedAt: at(0),
  clockOffset: 0,
  billedAt: null,
  finishedAt: null,
  readAt: at(10),
  ...changes,
});

test.each<[string, Partial<BillingRun>, ReturnType<typeof runProgress>]>([
  ['queued', { state: 'queued', workingSince: null }, { phase: 'waiting', invoicesPerSecond: null, secondsLeft: null }],
  ['just begun', { customersLeft: 1000 }, { phase: 'running', invoicesPerSecond: null, secondsLeft: null }],
  [
    'a fifth passed in 10 s, most of them with nothing due',
    { customersLeft: 800, invoicesCreated: 30 },
    { phase: 'running', invoicesPerSecond: 3, secondsLeft: 40 },
  ],
  [
    'carried on by another process: what the first one did is no part of its pace',
    { customersLeft: 800, leftBefore: 900, invoicesCreated: 1100, invoicesBefore: 1000 },
    { phase: 'running', invoicesPerSecond: 10, secondsLeft: 80 },
  ],
  [
    'rendering: the pace is that of billing',
    { billedAt: at(5), invoicesCreated: 1000, readAt: at(500) },
    { phase: 'rendering', invoicesPerSecond: 200, secondsLeft: null },
  ],
  [
    'ended',
    { state: 'completed', billedAt: at(5), finishedAt: at(9), invoicesCreated: 1000, readAt: at(500) },
    { phase: 'ended', invoicesPerSecond: 200, secondsLeft: null },
  ],
  [
    'cancelled on its way',
    { state: 'cancelled', finishedAt: at(2), customersLeft: 500, invoicesCreated: 10, readAt: at(500) },
    { phase: 'ended', invoicesPerSecond: 5, secondsLeft: null },
  ],
])('%s', (_name, changes, expected) => {
  expect(runProgress(run(changes))).toEqual(expected);
});
