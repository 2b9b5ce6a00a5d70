import { z } from 'zod';
import type { DocumentBody } from '#libs/invoicing/documents/assemble.ts';
import { runProgress } from '#libs/invoicing/run/run-progress.ts';
import type { BillingRun } from '#libs/invoicing/store/billing-run-row.ts';
import type { ParkedRow } from '#libs/invoicing/store/select-parked.ts';
import type { RunTotal } from '#libs/invoicing/store/upsert-run-totals.ts';
import { idSchema, timeSchema } from './fields.ts';

/** Billing runs as the API shows them. */

const runShape = {
  id: idSchema,
  state: z.enum(['queued', 'waiting', 'running', 'completed', 'failed', 'cancelled']),
  state_reason: z.string().nullable().describe('What it waits for, or why it ended so'),
  ends_after: z.iso.date(),
  ends_until: z.iso.date(),
  dry_run: z.boolean(),
  customers: z.enum(['all', 'chosen']).describe('Whom it is for'),
  retry_of: idSchema.nullable().describe('The run whose parked customers it tries again'),
  requested_by: z.string(),
  purpose: z
    .enum(['periods', 'late'])
    .describe(
      'late: looks for usage that came or was corrected after it was billed, of services that ended in that time',
    ),
  phase: z.enum(['waiting', 'running', 'rendering', 'ended']),
  customers_due: z.int().describe('Done and to come; exact once all are done, since some to come may have nothing due'),
  customers_done: z.int().describe('Billed or parked'),
  invoices_created: z.int().describe('By a dry run: that would be'),
  invoices_skipped: z
    .int()
    .describe('Not made, since all their lines would have been zero; their periods count as billed'),
  invoices_per_second: z.number().nullable(),
  seconds_left: z.int().nullable().describe('Until all customers are done, at the pace so far'),
  dead_letters: z
    .int()
    .nullable()
    .describe('Events of its service periods that could not be counted when it began to bill; null before'),
  created_at: timeSchema,
  started_at: timeSchema.nullable(),
  finished_at: timeSchema.nullable(),
};

export const runSchema = z.object(runShape);

export const parkedSchema = z.object({
  customer: z.string(),
  code: z.string(),
  detail: z.string(),
  parked_at: timeSchema,
});

export const runDetailSchema = z.object({
  ...runShape,
  totals: z
    .array(
      z.object({
        currency: z.string(),
        invoices: z.int(),
        total: z.string(),
        credit_notes: z.int(),
        credited: z.string().describe('On credit notes, not negative'),
      }),
    )
    .describe('What it made so far; a dry run: would have made'),
  pdfs: z
    .object({ rendered: z.int(), missing: z.int() })
    .nullable()
    .describe('Known once all customers are done; null before and for dry runs'),
  parked_count: z.int(),
  parked_codes: z.array(z.object({ code: z.string(), customers: z.int() })),
  parked: z.array(parkedSchema).describe('The first of them by key; all at /v1/billing-runs/{id}/parked'),
  warnings: z.array(z.string()),
  drafts: z
    .array(z.looseObject({ kind: z.string(), currency: z.string(), total: z.string() }))
    .nullable()
    .describe('The first documents that a dry run would have made; null for other runs'),
});

export function presentRun(run: BillingRun): z.infer<typeof runSchema> {
  const { phase, invoicesPerSecond, secondsLeft } = runProgress(run);
  return {
    id: run.id,
    state: run.state,
    state_reason: run.stateReason,
    ends_after: run.endsAfter,
    ends_until: run.endsUntil,
    dry_run: run.dryRun,
    customers: run.chosenOnly ? 'chosen' : 'all',
    retry_of: run.retryOf,
    requested_by: run.requestedBy,
    purpose: run.purpose,
    phase,
    customers_due: run.customersDue,
    customers_done: run.customersDone,
    invoices_created: run.invoicesCreated,
    invoices_skipped: run.invoicesSkipped,
    invoices_per_second: invoicesPerSecond,
    seconds_left: secondsLeft,
    dead_letters: run.deadLetters,
    created_at: run.createdAt.toISOString(),
    started_at: run.startedAt?.toISOString() ?? null,
    finished_at: run.finishedAt?.toISOString() ?? null,
  };
}

export interface RunDetail {
  readonly run: BillingRun;
  readonly totals: readonly RunTotal[];
  readonly pdfs: { readonly rendered: number; readonly missing: number } | null;
  readonly parkedCodes: readonly { readonly code: string; readonly customers: number }[];
  readonly parked: readonly ParkedRow[];
  readonly drafts: readonly DocumentBody[];
}

export function presentRunDetail(detail: RunDetail): z.infer<typeof runDetailSchema> {
  const { run, totals, pdfs, parkedCodes, parked, drafts } = detail;
  return {
    ...presentRun(run),
    totals: totals.map(({ currency, invoices, total, creditNotes, credited }) => ({
      currency,
      invoices,
      total,
      credit_notes: creditNotes,
      credited,
    })),
    pdfs,
    parked_count: parkedCodes.reduce((sum, { customers }) => sum + customers, 0),
    parked_codes: [...parkedCodes],
    parked: parked.map(presentParked),
    warnings: warningsOf(run),
    drafts: run.dryRun ? drafts.map((draft) => ({ ...draft })) : null,
  };
}

export const presentParked = (row: ParkedRow): z.infer<typeof parkedSchema> => ({
  customer: row.customerKey,
  code: row.code,
  detail: row.detail,
  parked_at: row.parkedAt.toISOString(),
});

function warningsOf({ deadLetters }: BillingRun): string[] {
  if (!deadLetters) return [];
  return [
    `Events of these periods could not be counted: ${deadLetters}. They are on no invoice until they are replayed; see GET /v1/dead-letters.`,
  ];
}
