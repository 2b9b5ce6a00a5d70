import { cloudEvent } from '#libs/events/formats/cloud-event.ts';
import type { Decoded } from './draft.ts';
import { ndjsonEvent } from './ndjson-event.ts';

/** One line with a CloudEvent 1.0 in its JSON form, as an event in the native form. */
export function cloudEventLine(line: string): Decoded {
  const decoded = ndjsonEvent(line, new Map());
  if ('fault' in decoded) return decoded;
  const native = cloudEvent.toNative(decoded.event);
  if (!native.ok) return { fault: `no CloudEvent: ${native.rejection.detail}` };
  return { event: Object.fromEntries(Object.entries(native.raw as object).filter(([, field]) => field !== undefined)) };
}
