import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { CommandError } from '../errors.ts';
import { readConnection, type Surroundings } from '../surroundings.ts';

/** The body of an export of the API, as it comes. @throws CommandError when it is refused */
export async function openExport(
  { environment, interrupted }: Pick<Surroundings, 'environment' | 'interrupted'>,
  path: string,
): Promise<Readable> {
  const { url, key } = readConnection(environment);
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${url}${path}`, { headers, signal: interrupted }).catch((cause: Error) => {
    throw new CommandError(`${url} does not answer: ${(cause.cause as Error | undefined)?.message ?? cause.message}`, {
      cause,
    });
  });
  if (!response.ok || response.body === null)
    throw new CommandError(`GET ${path} was refused: HTTP ${response.status} ${await response.text()}`);
  return Readable.fromWeb(response.body as ReadableStream);
}
