import { z } from 'zod';
import type { LiveUsage } from '#libs/metering/live-usage.ts';
import type { UsageWindowRow } from '#libs/metering/read/read-usage-page.ts';
import type { Span } from '#libs/metering/read/split-span.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { timeSchema } from './fields.ts';

export const usageAnswer = z.object({
  customer: z.string(),
  meter: z.string(),
  group: z.record(z.string(), z.unknown()).nullable().describe('Values of the properties grouped by; null without'),
  from: timeSchema,
  to: timeSchema,
  quantity: z.string().describe('An exact decimal; what divides (avg, weighted_sum) carries 40 digits'),
  event_count: z.int(),
});
export type UsageAnswer = z.infer<typeof usageAnswer>;

export const presentUsage = (meter: string, row: UsageWindowRow): UsageAnswer => ({
  customer: row.customer,
  meter,
  group: row.groupKey === '' ? null : (JSON.parse(row.groupKey) as Record<string, unknown>),
  ...spanText(row.window),
  quantity: row.quantity,
  event_count: Number(row.eventCount),
});

export const presentLive = (meter: string, customer: string, span: Span, live: LiveUsage): UsageAnswer => ({
  customer,
  meter,
  group: null,
  ...spanText(span),
  quantity: decimalString(new Big(live.quantity)),
  event_count: Number(live.event_count),
});

const spanText = ({ from, to }: Span) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
