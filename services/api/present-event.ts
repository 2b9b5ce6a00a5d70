import { z } from 'zod';
import type { Correction, EventChanges, UsageEvent } from '#libs/events/event.ts';
import type { CoveringLine } from '#libs/invoicing/store/select-lines-covering.ts';
import type { EventState } from '#libs/metering/correct.ts';
import { hourOf } from '#libs/metering/hour.ts';
import type { LogPlace } from '#libs/metering/place.ts';
import type { EventCondition } from '#libs/metering/read/event-counting.ts';
import type { MeterReading } from '#libs/metering/read-event.ts';
import type { StoredCorrection } from '#libs/metering/store/insert-corrections.ts';
import type { EventConflict } from '#libs/metering/store/select-event-conflicts.ts';
import { idSchema, timeSchema } from './fields.ts';

const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const placeAnswer = z.object({
  epoch: z.int(),
  partition: z.int(),
  offset: z.string().describe('A whole number of up to 19 digits'),
});
const payload = {
  type: z.string(),
  customer: z.string(),
  subscription: z.string().nullable(),
  time: timeSchema,
  properties: values,
};

export const eventAnswer = z.object({
  id: z.string(),
  source: z.string(),
  ...payload,
  time_given: z.boolean().describe('false: the sender left the time out and it is that of arrival'),
  received_at: timeSchema.describe('Arrival of the event as first sent'),
  state: z.enum(['counted', 'unassigned', 'voided']).describe('unassigned: no meter counted it'),
  revision: z.int().describe('0 as first sent, then one more with each amendment'),
  hash: z.string().describe('SHA-256 of identity and payload as they stand'),
  log: placeAnswer.describe('Where the event as first sent lies in the log'),
});

const correctionAnswer = z.object({
  correction_id: z.string(),
  kind: z.enum(['void', 'amend']),
  state: z.enum(['waiting', 'applied', 'refused']),
  detail: z.string().nullable().describe('Why it was refused'),
  reason: z.string(),
  actor: z.string(),
  changes: z.object(payload).partial(),
  revision: z.int().nullable(),
  received_at: timeSchema,
  log: placeAnswer,
});

export const storyAnswer = eventAnswer.extend({
  hours: z
    .array(
      z.object({
        meter: z.string(),
        hour: timeSchema.describe('Beginning of the hour of UTC'),
        group: z.record(z.string(), z.unknown()).nullable(),
        value: z.string(),
      }),
    )
    .describe('Hourly usage that it is part of now'),
  corrections: z.array(correctionAnswer),
  conflicts: z
    .array(z.object({ received_at: timeSchema, log: placeAnswer, record: z.record(z.string(), z.unknown()) }))
    .describe('Records with the same identity and other content; they do not count. The first 100'),
  invoice_lines: z
    .array(
      z.object({
        document: z.object({
          id: idSchema,
          number: z.string(),
          kind: z.enum(['invoice', 'credit_note']),
          voided: z.boolean(),
        }),
        position: z.int(),
        charge: z.string(),
        subscription: idSchema,
        meter: z.string(),
        service_from: timeSchema,
        service_to: timeSchema,
        revision: z.int().describe('The revision that was billed'),
      }),
    )
    .describe('Lines of finalized documents that it went into'),
});

const text = (instant: number): string => new Date(instant).toISOString();
const presentPlace = ({ epoch, partition, offset }: Omit<LogPlace, 'receivedAt'>) => ({
  epoch,
  partition,
  offset: offset.toString(),
});

/** `original`: the place of the event as first sent. */
export const presentEvent = (
  state: EventState,
  condition: EventCondition,
  original: LogPlace,
): z.infer<typeof eventAnswer> => ({
  id: state.event.id,
  source: state.event.source,
  type: state.event.type,
  customer: state.event.customer,
  subscription: state.event.subscription || null,
  time: text(state.event.time),
  properties: { ...state.event.properties },
  time_given: state.event.timeGiven,
  received_at: text(original.receivedAt),
  state: condition,
  revision: state.revision,
  hash: state.hash,
  log: presentPlace(original),
});

export const presentHour = ({ event }: EventState, { meter, value, groupKey }: MeterReading) => ({
  meter: meter.key,
  hour: text(hourOf(event.time)),
  group: groupKey === '' ? null : (JSON.parse(groupKey) as Record<string, unknown>),
  value,
});

const presentChanges = ({ time, subscription, properties, ...rest }: EventChanges) => ({
  ...rest,
  ...(subscription !== undefined && { subscription: subscription || null }),
  ...(time !== undefined && { time: text(time) }),
  ...(properties !== undefined && { properties: { ...properties } }),
});

export const presentCorrection = ({ record, place, state, detail, revision }: StoredCorrection) => ({
  correction_id: record.correction.correctionId,
  kind: record.correction.kind,
  state,
  detail,
  reason: record.correction.reason,
  actor: record.correction.actor,
  changes: presentChanges(record.correction.changes),
  revision,
  received_at: text(place.receivedAt),
  log: presentPlace(place),
});

export const presentConflict = ({ place, record }: EventConflict) => ({
  received_at: text(place.receivedAt),
  log: presentPlace(place),
  record: 'kind' in record ? correctionRecord(record) : eventRecord(record),
});

const correctionRecord = ({ kind, correctionId, reason, actor, changes }: Correction) => ({
  kind,
  correction_id: correctionId,
  reason,
  actor,
  changes: presentChanges(changes),
});

const eventRecord = ({ type, customer, subscription, time, timeGiven, properties }: UsageEvent) => ({
  type,
  customer,
  subscription: subscription || null,
  ...(timeGiven && { time: text(time) }),
  properties,
});

export const presentLine = (line: CoveringLine, revision: number) => ({
  document: { id: line.documentId, number: line.number, kind: line.kind, voided: line.voided },
  position: line.position,
  charge: line.chargeKey,
  subscription: line.subscriptionId,
  meter: line.meter,
  service_from: line.serviceFrom.toISOString(),
  service_to: line.serviceTo.toISOString(),
  revision,
});
