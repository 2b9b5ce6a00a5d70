import { periodBetween, type ServicePeriod } from '#libs/catalog/billing-period.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { Usage } from '#libs/metering/read/usage-request.ts';
import { type UsageSince, usageSince } from '#libs/metering/read/usage-since.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { CountedPart, DocumentLine } from '../documents/document.ts';
import { explainAdjusted, type LineAdjusted } from './explain-adjusted.ts';
import { type FoundLine, findLine } from './find-line.ts';

/** How a line came about, and what became of its usage since. Hours and events are read page by page; see explainHours and explainEvents. */
export interface LineExplanation extends FoundLine {
  /** The period with its days, from which fees and minimums are shared; null without a charge. */
  readonly period: ServicePeriod | null;
  readonly counted: LineCounted | null;
  /** Of a minimum or a commitment: what it was compared with. */
  readonly compared: LineCompared | null;
  /** Of an adjustment: what was billed before it. */
  readonly adjusted: LineAdjusted | null;
}

export interface LineCounted extends Omit<UsageSince, 'now'> {
  /** The group's usage as it stands now; null where it cannot be told any more. */
  readonly now: Usage | null;
  /** What is not part of the line: usage now less usage billed. Null where that is not known. */
  readonly late: { readonly quantity: string; readonly eventCount: string } | null;
}

export interface LineCompared {
  readonly minimum: string | null;
  /** Lines of the same document that count towards it. */
  readonly lines: readonly { readonly position: number; readonly amount: string }[];
  /** What counted towards it when it was made, and on which document that stands. */
  readonly counts: readonly (CountedPart & { readonly document: NonNullable<CountedPart['document']> })[];
}

const NOTHING: Usage = { groupKey: '', quantity: '0', eventCount: '0', digest: '0', carriedIn: '0' };

/** Null: there is no such document or line. In a REPEATABLE READ transaction. */
export async function explainLine(
  tx: Transaction,
  organizationId: number,
  invoiceId: string,
  position: number,
): Promise<LineExplanation | null> {
  const found = await findLine(tx, organizationId, invoiceId, position);
  if (found === null) return null;
  return {
    ...found,
    period: periodOf(found),
    counted: await countedOf(tx, organizationId, found),
    compared: comparedOf(found),
    adjusted: await explainAdjusted(tx, organizationId, found),
  };
}

function periodOf({ line: { service_from: from, service_to: to }, stretch }: FoundLine): ServicePeriod | null {
  if (stretch === null || from === undefined || to === undefined) return null;
  return periodBetween(from, to, stretch.timeZone, stretch.cycle);
}

async function countedOf(
  tx: Transaction,
  organizationId: number,
  { line, usage }: FoundLine,
): Promise<LineCounted | null> {
  const { evidence } = line;
  if (usage === null || evidence === undefined) return null;
  const { now: all, ...since } = await usageSince(tx, organizationId, usage.request);
  const now = all === null ? null : (all.find(({ groupKey }) => usage.isOfLine(groupKey)) ?? NOTHING);
  const late = now && {
    quantity: decimalString(new Big(now.quantity).minus(evidence.quantity)),
    eventCount: String(BigInt(now.eventCount) - BigInt(evidence.event_count)),
  };
  return { ...since, now, late };
}

function comparedOf({ invoice, line, stretch }: FoundLine): LineCompared | null {
  const kind = line.adjusts ?? line.kind;
  if (kind !== 'minimum' && kind !== 'commitment') return null;
  const { minimum_amount: minimum } = (stretch?.charge.terms ?? {}) as { minimum_amount?: string };
  const { subscription_id: subscriptionId, service_from: from, service_to: to } = line;
  const isOfCharge = (other: DocumentLine) =>
    other.subscription_id === subscriptionId &&
    other.charge_key === line.charge_key &&
    other.kind !== 'minimum' &&
    other.kind !== 'adjustment' &&
    other.service_from === from &&
    other.service_to === to;
  const isOfPlan = (other: DocumentLine) =>
    other.subscription_id === subscriptionId &&
    other.kind !== 'commitment' &&
    other.kind !== 'adjustment' &&
    isIn(other.service_to, from as string, to as string);
  // What is adjusted stands on another document.
  const lines = line.adjusts ? [] : invoice.document.lines.filter(kind === 'minimum' ? isOfCharge : isOfPlan);
  const { id, number } = line.of ?? invoice;
  return {
    minimum: minimum ?? null,
    lines: lines.map(({ position, amount }) => ({ position, amount })),
    counts: (line.counts ?? []).map((part) => ({ document: { id, number }, ...part })),
  };
}

const isIn = (instant: string | undefined, from: string, to: string): boolean =>
  instant !== undefined && Date.parse(instant) > Date.parse(from) && Date.parse(instant) <= Date.parse(to);
