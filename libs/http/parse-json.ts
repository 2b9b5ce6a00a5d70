import { ApiError } from './errors.ts';
import { findJsonFault } from './find-json-fault.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** A body as JSON. @throws ApiError that says at which line and column it stops being JSON. */
export function parseJson(body: Buffer): unknown {
  let text: string;
  try {
    text = UTF8.decode(body);
  } catch {
    throw new ApiError('invalid_json', 'The body is not UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === '')
      throw new ApiError('invalid_json', 'The body is empty; this route takes a JSON object.', { cause: error });
    throw new ApiError('invalid_json', `The body is not JSON: ${describe(text, findJsonFault(text))}.`, {
      cause: error,
    });
  }
}

function describe(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1} (position ${at})`;
  if (at >= text.length) return `it ends too early, at ${place}`;
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number))} at ${place}`;
}
