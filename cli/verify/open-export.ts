import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { ask } from '../ask.ts';
import type { Surroundings } from '../surroundings.ts';

/** The body of an export of the API, as it comes. @throws CommandError when it is refused */
export async function openExport(
  around: Pick<Surroundings, 'environment' | 'interrupted'>,
  name: 'invoices' | 'chainHeads',
): Promise<Readable> {
  const body = await ask(around, ({ exports }) => exports[name]());
  return Readable.fromWeb(body as ReadableStream);
}
