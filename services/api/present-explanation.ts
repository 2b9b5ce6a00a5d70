import { z } from 'zod';
import type { ExplainedHour } from '#libs/invoicing/explain/explain-hours.ts';
import type { LineCounted, LineExplanation } from '#libs/invoicing/explain/explain-line.ts';
import type { LineUsage } from '#libs/invoicing/explain/find-line.ts';
import type { CountedEvent } from '#libs/metering/read/counted-events.ts';
import { idSchema, timeSchema } from './fields.ts';

/** How a line came about, as the API tells it. */

const countSchema = z.string().describe('A whole number');
const digestSchema = z.string().describe('Sum of the hashes of the events mod 2^256, decimal');
const usageSchema = z.object({
  quantity: z.string(),
  event_count: countSchema,
  digest: digestSchema,
  carried_in: z.string().describe('Summed over time: the level at the beginning, made by earlier events'),
});

const countedSchema = z.object({
  meter: z.string(),
  aggregation: z.string(),
  versions: z
    .array(
      z.object({
        id: z.int(),
        version: z.int(),
        event_type: z.string(),
        value_property: z.string().nullable(),
        group_by: z.array(z.string()),
        filter: z.array(z.record(z.string(), z.unknown())),
        effective_from: timeSchema.nullable(),
        effective_until: timeSchema.nullable(),
      }),
    )
    .describe('Of the meter; events of any of them count'),
  names: z.array(z.string()).describe('What events call the customer, now'),
  subscription: idSchema.describe('Events that name it, or none, count'),
  from: timeSchema,
  to: timeSchema,
  billed: usageSchema.describe('What the line says it was made from'),
  now: usageSchema.nullable().describe('The same today. null: raw events of a cut hour are gone'),
  late: z
    .object({ quantity: z.string(), event_count: countSchema })
    .nullable()
    .describe('What came after the watermark and is no part of the line: now less billed'),
  taken_back: z
    .object({ before_watermark: z.int(), since: z.int() })
    .describe("Events of the meter's types that voids and amendments took back"),
  raw_events_from: timeSchema
    .nullable()
    .describe('From here on raw events are kept, and with them hours and events; null: all are'),
});

export const explanationSchema = z.object({
  document: z.object({
    id: idSchema,
    kind: z.enum(['invoice', 'credit_note']),
    number: z.string(),
    issue_date: z.iso.date(),
    currency: z.string(),
    hash: z.string(),
    watermark: z.object({ epoch: z.int(), offsets: z.record(z.string(), z.string()) }),
  }),
  line: z
    .looseObject({ position: z.int(), amount: z.string() })
    .describe('As it stands on the document, with its price steps'),
  charge: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe(
      'Terms of the charge on that day, or of the version of the plan that the line is priced_by, overrides applied; null for what belongs to none',
    ),
  period: z
    .object({
      from: z.iso.date(),
      to: z.iso.date(),
      period_from: z.iso.date(),
      period_to: z.iso.date(),
      days: z.int(),
      period_days: z.int(),
      time_zone: z.string(),
    })
    .nullable()
    .describe('Local dates that the line bills and the whole period around them: fees and minimums are shared by days'),
  usage: countedSchema.nullable(),
  compared: z
    .object({
      minimum_amount: z.string().nullable(),
      lines: z.array(z.object({ position: z.int(), amount: z.string() })),
      counts: z.array(
        z.object({
          document: z.object({ id: idSchema, number: z.string() }),
          charge_key: z.string(),
          kind: z.string(),
          service_from: timeSchema,
          service_to: timeSchema,
          group: z.record(z.string(), z.unknown()).optional(),
          quantity: z.string().optional(),
          amount: z.string(),
        }),
      ),
    })
    .nullable()
    .describe(
      'Of a minimum: the lines of its charge. Of a commitment: those of its period on this document. `counts`: all that counted towards it when the line was made, on any document',
    ),
  adjusted: z
    .object({
      kind: z.string().describe('What kind of line it is a difference of'),
      before: z.array(
        z.object({
          document: z.object({ id: idSchema, number: z.string(), kind: z.enum(['invoice', 'credit_note']) }),
          position: z.int(),
          amount: z.string().describe('After discounts'),
        }),
      ),
      billed_before: z.string().describe('Their sum; the line adds to it'),
    })
    .nullable()
    .describe('Of an adjustment: what was billed of the same before it was made, and on which documents'),
});

export const hourSchema = z.object({
  hour: timeSchema.describe('Beginning of the hour of UTC'),
  from: timeSchema,
  to: timeSchema.describe('The part of it that the line bills'),
  meter_id: z.int(),
  event_count: z.int(),
  digest: digestSchema,
  total: z.string().describe('Sum of the values; of a count, the number of events'),
  weighted: z.string().nullable().describe('Summed over time: sum of value times the milliseconds left of the hour'),
  minimum: z.string().nullable(),
  maximum: z.string().nullable(),
  latest: z.object({ value: z.string(), time: timeSchema }).nullable(),
  distinct: z.int().nullable(),
  now: z
    .object({ event_count: countSchema, digest: digestSchema, changed: z.boolean() })
    .describe('The same part today; changed: something came or was taken back after the watermark'),
});

export const explainedEventSchema = z.object({
  id: z.string(),
  source: z.string(),
  type: z.string(),
  customer: z.string(),
  subscription: z.string().nullable(),
  time: timeSchema,
  time_given: z.boolean(),
  properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  meter_id: z.int(),
  value: z.string().describe('What the meter read'),
  group: z.record(z.string(), z.unknown()).nullable(),
  revision: z.int(),
  hash: z.string().describe('SHA-256 that enters the digest, hex'),
  log: z.object({ epoch: z.int(), partition: z.int(), offset: z.string() }).describe('From here on it counts'),
});

const text = (instant: number): string => new Date(instant).toISOString();

export function presentExplanation(explained: LineExplanation): z.infer<typeof explanationSchema> {
  const { invoice, line, terms, stretch, period, compared, adjusted } = explained;
  const { document } = invoice;
  const loose = stretch?.charge.terms ?? null;
  return {
    document: {
      id: invoice.id,
      kind: invoice.kind,
      number: invoice.number,
      issue_date: document.issue_date,
      currency: document.currency,
      hash: invoice.hash.toString('hex'),
      watermark: document.watermark,
    },
    line: { ...line },
    charge: (terms ?? loose) as Record<string, unknown> | null,
    period: period && {
      from: period.from,
      to: period.to,
      period_from: period.periodFrom,
      period_to: period.periodTo,
      days: period.days,
      period_days: period.periodDays,
      time_zone: period.timeZone,
    },
    usage: explained.counted && explained.usage && presentCounted(explained.counted, explained.usage, line),
    compared: compared && {
      minimum_amount: compared.minimum,
      lines: [...compared.lines],
      counts: compared.counts.map(({ group, ...part }) => ({ ...part, ...(group && { group: { ...group } }) })),
    },
    adjusted: adjusted && {
      kind: adjusted.kind,
      before: adjusted.before.map(({ documentId, number, kind, position, amount }) => ({
        document: { id: documentId, number, kind },
        position,
        amount,
      })),
      billed_before: adjusted.billedBefore,
    },
  };
}

function presentCounted(counted: LineCounted, { request }: LineUsage, { evidence }: LineExplanation['line']) {
  const { now, late, takenBack, versions, rawKeptFrom } = counted;
  const { meter, quantity, event_count, digest, carried_in = '0' } = evidence as NonNullable<typeof evidence>;
  return {
    meter,
    aggregation: versions[0]?.aggregation ?? 'unknown',
    versions: versions.map((version) => ({
      id: version.id,
      version: version.version,
      event_type: version.eventType,
      value_property: version.valueProperty,
      group_by: [...version.groupBy],
      filter: version.filter.map((condition) => ({ ...condition })),
      effective_from: version.effectiveFrom?.toISOString() ?? null,
      effective_until: version.effectiveUntil?.toISOString() ?? null,
    })),
    names: [...request.names],
    subscription: request.subscription?.named as string,
    from: text(request.from),
    to: text(request.to),
    billed: { quantity, event_count, digest, carried_in },
    now: now && {
      quantity: now.quantity,
      event_count: now.eventCount,
      digest: now.digest,
      carried_in: now.carriedIn,
    },
    late: late && { quantity: late.quantity, event_count: late.eventCount },
    taken_back: { before_watermark: takenBack.before, since: takenBack.since },
    raw_events_from: rawKeptFrom === null ? null : text(rawKeptFrom),
  };
}

export const presentExplainedHour = (hour: ExplainedHour): z.infer<typeof hourSchema> => ({
  hour: text(hour.hour),
  from: text(hour.from),
  to: text(hour.to),
  meter_id: hour.meterId,
  event_count: hour.eventCount,
  digest: String(hour.digest),
  total: hour.total,
  weighted: hour.weighted,
  minimum: hour.minimum,
  maximum: hour.maximum,
  latest: hour.latest && { value: hour.latest.value, time: text(hour.latest.time) },
  distinct: hour.distinct,
  now: {
    event_count: hour.now.eventCount,
    digest: hour.now.digest,
    changed: hour.now.digest !== String(hour.digest) || hour.now.eventCount !== String(hour.eventCount),
  },
});

export const presentExplainedEvent = ({
  row,
  meter,
  value,
  groupKey,
}: CountedEvent): z.infer<typeof explainedEventSchema> => ({
  id: row.event.id,
  source: row.event.source,
  type: row.event.type,
  customer: row.event.customer,
  subscription: row.event.subscription || null,
  time: text(row.event.time),
  time_given: row.event.timeGiven,
  properties: { ...row.event.properties },
  meter_id: meter.id,
  value,
  group: groupKey === '' ? null : (JSON.parse(groupKey) as Record<string, unknown>),
  revision: row.revision,
  hash: row.hash,
  log: { epoch: row.place.epoch, partition: row.place.partition, offset: row.place.offset.toString() },
});
