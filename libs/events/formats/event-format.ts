import type { EventFields } from '../read-fields.ts';
import { pointerTo, type Rejection } from '../rejection.ts';

/** One of the ways in which senders write an event. Pure. */
export interface EventFormat {
  /** What the sender calls the fields of the native form. */
  readonly names: Readonly<Record<keyof EventFields, string>>;
  /** The item in the native form, not yet judged; or what keeps it from being put so, in the sender's words. */
  toNative(item: unknown): Native;
}

export type Native =
  | { readonly ok: true; readonly raw: unknown }
  | { readonly ok: false; readonly rejection: Rejection };

/** What was found wrong in the native form, in the words of the form that the sender used. */
export function inWordsOf({ names }: EventFormat, rejection: Rejection): Rejection {
  const [, field = '', rest = ''] = /^\/([^/]*)(.*)$/s.exec(rejection.pointer) ?? [];
  if (!Object.hasOwn(names, field)) return rejection;
  const name = names[field as keyof EventFields];
  const detail = rejection.detail.startsWith(field)
    ? `${name}${rejection.detail.slice(field.length)}`
    : rejection.detail;
  return { ...rejection, detail, pointer: `/${name}${rest}` };
}

export const isObject = (item: unknown): item is Readonly<Record<string, unknown>> =>
  typeof item === 'object' && item !== null && !Array.isArray(item);

/** A field that the format itself does not allow as it is. */
export const fault = (field: string, detail: string): Native => ({
  ok: false,
  rejection: { code: 'invalid_event', detail: `${field} ${detail}`, pointer: pointerTo([field]) },
});
