import { z } from 'zod';
import { addDays, localDateAt } from '#libs/catalog/billing-period.ts';
import { dateSchema, EVEN_IF_FAULTY } from '#libs/catalog/fields.ts';
import type { Span } from '#libs/metering/read/split-span.ts';

const DEFAULT_DAYS = 31;
const MAX_DAYS = 366;

export const daysShape = {
  from: dateSchema.optional().describe(`First day, UTC; ${DEFAULT_DAYS - 1} days before the last if left out`),
  to: dateSchema.optional().describe('Last day, UTC, included; today if left out'),
};

/** For schemas that hold daysShape. */
export function checkDays(query: { from?: unknown; to?: unknown }, context: z.RefinementCtx): void {
  const [from, to] = [dateSchema.safeParse(query?.from), dateSchema.safeParse(query?.to)];
  if (!from.success || !to.success) return;
  if (to.data < from.data) context.addIssue({ code: 'custom', path: ['to'], message: 'must not lie before from' });
  else if (addDays(from.data, MAX_DAYS) < to.data)
    context.addIssue({ code: 'custom', path: ['to'], message: `must lie at most ${MAX_DAYS} days behind from` });
}

export const daysQuery = z.strictObject(daysShape).superRefine(checkDays, EVEN_IF_FAULTY);

/** Full days of UTC. What one bound leaves open follows from the other. */
export function spanOfDays({ from, to }: { from?: string | undefined; to?: string | undefined }, now: number): Span {
  const today = localDateAt(now, 'UTC');
  const last = to ?? (from === undefined ? today : lastBehind(from, today));
  const first = from ?? addDays(last, 1 - DEFAULT_DAYS);
  return { from: startOfDay(first), to: startOfDay(addDays(last, 1)) };
}

function lastBehind(from: string, today: string): string {
  const end = addDays(from, DEFAULT_DAYS - 1);
  if (today < from) return from;
  return today < end ? today : end;
}

const startOfDay = (date: string): number => Date.parse(`${date}T00:00:00Z`);
