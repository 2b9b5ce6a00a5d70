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
  checkDepth(body);
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

/** Far beyond any body that a route takes, and far below what recursion over it could not bear. */
const MAX_DEPTH = 64;
const BYTE = { quote: 0x22, backslash: 0x5c, array: 0x5b, arrayEnd: 0x5d, object: 0x7b, objectEnd: 0x7d };

function checkDepth(body: Buffer): void {
  let depth = 0;
  let isText = false;
  for (let i = 0; i < body.length; i += 1) {
    const byte = body[i] as number;
    if (byte === BYTE.quote) isText = !isText;
    else if (isText) {
      if (byte === BYTE.backslash) i += 1;
    } else if (byte === BYTE.array || byte === BYTE.object) {
      depth += 1;
      if (depth > MAX_DEPTH)
        throw new ApiError('invalid_json', `The body is nested deeper than ${MAX_DEPTH} levels, at byte ${i}.`);
    } else if (byte === BYTE.arrayEnd || byte === BYTE.objectEnd) depth -= 1;
  }
}

function describe(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1) ?? '').length + 1} (position ${at})`;
  if (at >= text.length) return `it ends too early, at ${place}`;
  return `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) as number))} at ${place}`;
}
