import type { IncomingHttpHeaders } from 'node:http';
import { binaryCloudEvent, isBinaryCloudEvent } from '#libs/events/formats/binary-cloud-event.ts';
import { cloudEvent } from '#libs/events/formats/cloud-event.ts';
import type { EventFormat } from '#libs/events/formats/event-format.ts';
import { ApiError } from '#libs/http/errors.ts';
import { parseJson } from '#libs/http/parse-json.ts';
import type { OpenBody } from '#libs/http/route.ts';

/** The items of a request, not yet judged. `format` only where the request itself says how they are written. */
export interface Items {
  readonly items: readonly unknown[];
  readonly format?: EventFormat;
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

/** @throws ApiError when the body is no batch at all; what is wrong with single events is told per event. */
export async function readItems(body: OpenBody, headers: IncomingHttpHeaders, maxEvents: number): Promise<Items> {
  const { mediaType } = body;
  if (mediaType === 'application/cloudevents+json') return one(body);
  if (mediaType === 'application/cloudevents-batch+json') return bounded(await batch(body), maxEvents);
  const isJson = mediaType !== undefined && JSON_TYPE.test(mediaType);
  if (isBinaryCloudEvent(headers) && (isJson || mediaType === undefined)) return binary(body, headers);
  if (isJson) return bounded({ items: itemsOf(parseJson(await body.whole())) }, maxEvents);
  throw new ApiError(
    'unsupported_media_type',
    `The body is ${mediaType === undefined ? 'of no named type' : `"${mediaType}"`}; send application/json, application/x-ndjson, application/cloudevents+json or application/cloudevents-batch+json.`,
  );
}

async function one(body: OpenBody): Promise<Items> {
  const item = parseJson(await body.whole());
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw new ApiError(
      'invalid_batch',
      'The body must be one CloudEvent, a JSON object; several go as application/cloudevents-batch+json.',
    );
  return { items: [item], format: cloudEvent };
}

async function batch(body: OpenBody): Promise<Items> {
  const items = parseJson(await body.whole());
  if (!Array.isArray(items)) throw new ApiError('invalid_batch', 'The body must be a JSON array of CloudEvents.');
  return { items, format: cloudEvent };
}

async function binary(body: OpenBody, headers: IncomingHttpHeaders): Promise<Items> {
  const bytes = await body.whole();
  const data = bytes.length === 0 ? undefined : parseJson(bytes);
  try {
    return { items: [binaryCloudEvent(headers, data)], format: cloudEvent };
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError('invalid_batch', error.message, { cause: error });
    throw error;
  }
}

/** One event, an array, or {"events": […]}. */
function itemsOf(parsed: unknown): readonly unknown[] {
  if (Array.isArray(parsed)) return parsed;
  if (typeof parsed !== 'object' || parsed === null)
    throw new ApiError('invalid_batch', 'The body must be an event, an array of events, or {"events": […]}.');
  if (!('events' in parsed)) return [parsed];
  if (!Array.isArray(parsed.events)) throw new ApiError('invalid_batch', 'events must be an array.');
  return parsed.events;
}

function bounded(read: Items, maxEvents: number): Items {
  const { length } = read.items;
  if (length === 0) throw new ApiError('invalid_batch', 'The batch holds no events.');
  if (length > maxEvents)
    throw new ApiError(
      'batch_too_large',
      `The batch holds ${length} events; at most ${maxEvents} go into one request. Send it in parts, or as a stream (application/x-ndjson).`,
    );
  return read;
}
