import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

/*
 * Answers of JSON and CSV go out packed. BREACH reads secrets from the lengths of packed answers that a victim's browser fetches for
 * an attacker: here no browser sends a key by itself (there are no cookies, and other origins may not ask), and the answers that
 * hold secrets are not packed.
 */

export type Packing = 'br' | 'gzip';

/** Below this the headers cost what is saved. */
const LEAST_BYTES = 1024;
/** Packs about as well as gzip's default in less time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** The packing that the client likes best; null: none. Says to caches that the answer depends on it. */
export function packingFor(request: Request, response: Response): Packing | null {
  response.vary('Accept-Encoding');
  if (request.headers['accept-encoding'] === undefined) return null;
  const liked = request.acceptsEncodings('br', 'gzip', 'identity');
  return liked === 'br' || liked === 'gzip' ? liked : null;
}

/** Ends the answer with this text, packed where that helps. `mayPack`: it holds no secret. */
export async function endWithText(request: Request, response: Response, text: string, mayPack = true): Promise<void> {
  const bytes = Buffer.from(text);
  const packing = mayPack && bytes.length >= LEAST_BYTES ? packingFor(request, response) : null;
  const sent = packing === null ? bytes : await pack(bytes, packing);
  if (packing !== null) {
    response.setHeader('Content-Encoding', packing);
    const etag = response.getHeader('ETag');
    if (typeof etag === 'string') response.setHeader('ETag', etag.replace(/"$/, `-${packing}"`));
  }
  response.setHeader('Content-Length', sent.length);
  response.end(sent);
}

/** For answers of any length; the encoding is set. */
export function packingStream(request: Request, response: Response): Transform | null {
  const packing = packingFor(request, response);
  if (packing === null) return null;
  response.setHeader('Content-Encoding', packing);
  return packing === 'br' ? createBrotliCompress(BROTLI) : createGzip();
}

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

const pack = (bytes: Buffer, packing: Packing): Promise<Buffer> =>
  packing === 'br' ? brotliAsync(bytes, BROTLI) : gzipAsync(bytes);
