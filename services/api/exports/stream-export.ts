import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { packingStream } from '#libs/http/pack.ts';

/**
 * Sends portions of text as they are read, no faster than the client takes them, so memory does not grow with the answer. What fails before the
 * first portion is answered as any other request; later the connection is cut, so that a half answer is not taken for a whole one.
 */
export async function streamExport(
  response: Response,
  mediaType: string,
  portions: AsyncGenerator<string>,
): Promise<void> {
  const first = await portions.next();
  response.status(200).type(mediaType);
  const rest = async function* () {
    if (first.done) return;
    yield first.value;
    yield* portions;
  };
  try {
    const text = Readable.from(rest(), { objectMode: true });
    const packing = packingStream(response.req, response);
    await (packing ? pipeline(text, packing, response) : pipeline(text, response));
  } catch (error) {
    // The client went away: there is nobody to tell.
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw error;
  }
}
