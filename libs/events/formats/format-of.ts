import { cloudEvent } from './cloud-event.ts';
import { envelope } from './envelope.ts';
import type { EventFormat } from './event-format.ts';
import { native } from './native.ts';

/** The form in which an item is written, told by the one field that only this form has. */
export function formatOf(item: unknown): EventFormat {
  if (typeof item !== 'object' || item === null) return native;
  if ('transaction_id' in item) return envelope;
  return 'specversion' in item ? cloudEvent : native;
}
