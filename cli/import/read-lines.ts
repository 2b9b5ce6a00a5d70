import type { FileHandle } from 'node:fs/promises';

/** A line without its end (\n or \r\n). */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Where it is no UTF-8, with replacement characters; where it is too long, its beginning. */
  readonly text: string;
  readonly fault?: string;
  readonly isTooLong?: true;
  /** False only for a last line that the file breaks off in. */
  readonly ended: boolean;
}

export const MAX_LINE_BYTES = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
const KEPT_OF_A_LONG_LINE = 500;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The first `size` bytes of a file as lines, a chunk's worth at a time, in memory that does not grow with the file. What is no UTF-8
 * or longer than 1 MiB comes out as a fault, never not at all.
 * @throws Error when the file has become shorter than `size`: it was cut or replaced while it was read.
 */
export async function* readLines(file: FileHandle, size: number): AsyncGenerator<Line[]> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let number = 0;
  const takeLine = (last: Buffer, ended: boolean): Line => {
    number += 1;
    const isTooLong = keptBytes + last.length > MAX_LINE_BYTES;
    const line = toLine(number, kept.length === 0 ? last : Buffer.concat([...kept, last]), ended, isTooLong);
    kept = [];
    keptBytes = 0;
    return line;
  };

  for (let position = 0; position < size; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK_BYTES, size - position), position);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read: import it again');
    let at = position === 0 && chunk.subarray(0, 3).equals(BOM) && bytesRead >= 3 ? 3 : 0;
    position += bytesRead;
    const lines: Line[] = [];
    for (let end = chunk.indexOf(NEWLINE, at); end >= 0 && end < bytesRead; end = chunk.indexOf(NEWLINE, at)) {
      lines.push(takeLine(chunk.subarray(at, end), true));
      at = end + 1;
    }
    if (at < bytesRead) {
      // The chunk is overwritten by the next read. Of a line that is too long anyway, no more is kept.
      if (keptBytes <= MAX_LINE_BYTES) kept.push(Buffer.from(chunk.subarray(at, bytesRead)));
      keptBytes += bytesRead - at;
    }
    if (position === size && keptBytes > 0) lines.push(takeLine(Buffer.alloc(0), false));
    if (lines.length > 0) yield lines;
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toLine(number: number, bytes: Buffer, ended: boolean, isTooLong: boolean): Line {
  if (isTooLong) {
    const text = bytes.subarray(0, KEPT_OF_A_LONG_LINE).toString('utf8');
    return { number, text, fault: `longer than ${MAX_LINE_BYTES} bytes`, isTooLong, ended };
  }
  const content = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
  try {
    return { number, text: STRICT.decode(content), ended };
  } catch {
    return { number, text: content.toString('utf8'), fault: 'not UTF-8', ended };
  }
}
