import type { SentEvent } from './event.ts';
import type { Random } from './random.ts';

/** In which of the forms that POST /v1/events takes a batch is written. */
export type Format = 'single' | 'array' | 'events' | 'ndjson' | 'cloudevents' | 'envelope';

export interface EventRequest {
  readonly contentType: string;
  readonly body: string;
}

/** Invalid events are given as they are; they travel in the native forms only. */
export type Item = { readonly event: SentEvent } | { readonly raw: Record<string, unknown> };

/** The same event is written in another way each time: order of properties and form of the time mean nothing. */
export function writeRequest(random: Random, format: Format, items: readonly Item[]): EventRequest {
  const written = items.map((item) => ('raw' in item ? item.raw : writeEvent(random, format, item.event)));
  switch (format) {
    case 'single':
      return { contentType: 'application/json', body: JSON.stringify(written[0]) };
    case 'array':
      return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(written) };
    case 'events':
    case 'envelope':
      return { contentType: 'application/json', body: JSON.stringify({ events: written }) };
    case 'cloudevents':
      return { contentType: 'application/cloudevents-batch+json; charset=UTF-8', body: JSON.stringify(written) };
    case 'ndjson':
      return {
        contentType: 'application/x-ndjson',
        body: `${written.map((event) => JSON.stringify(event)).join('\n')}\n`,
      };
  }
}

function writeEvent(random: Random, format: Format, event: SentEvent): Record<string, unknown> {
  const { id, type, customer, subscription, time } = event;
  const properties = Object.fromEntries(random.shuffled(Object.entries(event.properties)));
  if (format === 'envelope') {
    return {
      transaction_id: id,
      customer_id: customer,
      event_type: type,
      ...(time !== null && { timestamp: time }),
      properties,
    };
  }
  if (format === 'cloudevents') {
    const context = { specversion: '1.0', id, source: event.source, type, subject: customer };
    return {
      ...context,
      ...(time !== null && { time: new Date(time).toISOString() }),
      datacontenttype: 'application/json',
      data: properties,
    };
  }
  return {
    id,
    type,
    customer,
    ...(event.source !== '' && { source: event.source }),
    ...(subscription !== '' && { subscription }),
    ...(time !== null && { time: writeTime(random, time) }),
    properties,
  };
}

/** One instant, three ways. */
function writeTime(random: Random, time: number): string | number {
  switch (random.below(3)) {
    case 0:
      return time;
    case 1:
      return new Date(time).toISOString();
    default:
      return new Date(time + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30');
  }
}

/** What was answered per item, in their order; undefined when the answer says nothing about single items. */
export function readResults(
  format: Format,
  text: string,
  items: number,
): { status: string; detail?: string }[] | undefined {
  try {
    const results = format === 'ndjson' ? lines(text) : (JSON.parse(text) as { results?: unknown }).results;
    return Array.isArray(results) && results.length <= items ? results : undefined;
  } catch {
    return undefined;
  }
}

/** A stream that was cut off tells about the lines that were answered; the last one may be torn. */
function lines(text: string): unknown[] {
  const complete = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
  return complete.map((line) => JSON.parse(line) as { status?: string }).filter(({ status }) => status !== undefined);
}
