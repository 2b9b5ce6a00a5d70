/** A line of a stream, without its end. */
export interface StreamLine {
  /** Counted from 1, empty ones too. */
  readonly number: number;
  /** Undefined: it is longer than the limit, and was let go. */
  readonly bytes: Buffer | undefined;
}

const NEWLINE = 10;

/**
 * Bytes as lines, as many at a time as each chunk completes. Empty lines are left out. Memory: a chunk and one unfinished line, of which
 * no more than `maxBytes` is kept.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<StreamLine[]> {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let number = 0;
  const end = (last: Buffer, lines: StreamLine[]): void => {
    number += 1;
    const length = keptBytes + last.length;
    if (length > maxBytes) lines.push({ number, bytes: undefined });
    else {
      const bytes = kept.length === 0 ? last : Buffer.concat([...kept, last]);
      if (!isBlank(bytes)) lines.push({ number, bytes });
    }
    kept = [];
    keptBytes = 0;
  };
  for await (const chunk of chunks) {
    const lines: StreamLine[] = [];
    let at = 0;
    for (let next = chunk.indexOf(NEWLINE); next >= 0; next = chunk.indexOf(NEWLINE, at)) {
      end(chunk.subarray(at, next), lines);
      at = next + 1;
    }
    if (at < chunk.length) {
      keptBytes += chunk.length - at;
      if (keptBytes <= maxBytes) kept.push(chunk.subarray(at));
      else kept = [];
    }
    if (lines.length > 0) yield lines;
  }
  const rest: StreamLine[] = [];
  if (keptBytes > 0) end(Buffer.alloc(0), rest);
  if (rest.length > 0) yield rest;
}

/** Only white space of JSON: space, tab, carriage return. */
const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
