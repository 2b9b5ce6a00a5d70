import { isUtf8 } from 'node:buffer';
import type { Rejection } from '#libs/events/rejection.ts';
import type { StreamLine } from './split-lines.ts';

/** More than any event needs that is not too large by other rules. */
export const MAX_LINE_BYTES = 256 * 1024;

export type ReadLine =
  | { readonly ok: true; readonly item: unknown }
  | { readonly ok: false; readonly rejection: Rejection };

/** A line as JSON, or why it is none: a rejection of this line alone. */
export function readLine({ number, bytes }: StreamLine): ReadLine {
  if (bytes === undefined) return refuse('event_too_large', `the line is longer than ${MAX_LINE_BYTES} bytes`);
  if (!isUtf8(bytes)) return refuse('invalid_json', 'the line is not UTF-8');
  try {
    return { ok: true, item: JSON.parse(withoutMark(bytes.toString(), number)) };
  } catch (error) {
    return refuse('invalid_json', `the line is not JSON: ${(error as Error).message}`);
  }
}

/** A stream may begin with a byte order mark. */
const withoutMark = (text: string, line: number): string =>
  line === 1 && text.startsWith('\uFEFF') ? text.slice(1) : text;

const refuse = (code: Rejection['code'], detail: string): ReadLine => ({
  ok: false,
  rejection: { code, detail, pointer: '' },
});
