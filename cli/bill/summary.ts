import { aligned } from '../table.ts';
import type { Run } from './run.ts';

/** What a run that has ended made: a table by currency, warnings, and who was parked and why. */
export function summaryText(run: Run): string {
  const made = run.dry_run ? 'would make' : 'made';
  const totals = [
    ['currency', 'invoices', 'total', 'credit notes', 'credited'],
    ...run.totals.map(({ currency, invoices, total, credit_notes: notes, credited }) => [
      currency,
      String(invoices),
      total,
      String(notes),
      credited,
    ]),
  ];
  const parts = [
    `Billing run ${run.id} ${run.state}${run.state_reason === null ? '' : `: ${run.state_reason}`}`,
    ...(run.totals.length === 0 ? [`It ${made} no documents.`] : [`It ${made}:`, aligned(totals).trimEnd()]),
    ...run.warnings.map((warning) => `Warning: ${warning}`),
    ...parkedLines(run),
  ];
  return `${parts.join('\n')}\n`;
}

function parkedLines({ id, parked, parked_count: count }: Run): string[] {
  if (count === 0) return [];
  const shown = parked.map(({ customer, code, detail }) => `  ${customer}  ${code}: ${detail}`);
  const more =
    count > parked.length ? [`  … and ${count - parked.length} more: GET /v1/billing-runs/${id}/parked`] : [];
  return [`Parked, not billed: ${count}`, ...shown, ...more];
}
