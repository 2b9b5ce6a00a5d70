import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CommandError } from '../errors.ts';

/** NDJSON line by line, each by a schema's eyes. @throws CommandError that names the line which is none */
export async function* readJsonLines<T>(
  input: Readable,
  name: string,
  parse: (value: unknown) => T | undefined,
): AsyncGenerator<T> {
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() === '') continue;
    const value = parse(jsonOf(line));
    if (value === undefined) throw new CommandError(`line ${number} of ${name} is not what an export holds`);
    yield value;
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
