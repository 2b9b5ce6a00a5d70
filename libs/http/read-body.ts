import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import express, { type Request, type Response } from 'express';
import { letTakeItsTime } from './arrival.ts';
import { ApiError } from './errors.ts';
import type { OpenBody, Route } from './route.ts';

const MAX_JSON_BYTES = 1024 * 1024;
const MAX_RAW_BYTES = 16 * 1024 * 1024;

/** Reads (and unpacks) a request's JSON body within the route's limit. Called after the key was checked: strangers are not read. */
export function createBodyReader(
  route: Route,
  maxBodyBytes?: number,
): (request: Request, response: Response) => Promise<Buffer> {
  const limit =
    route.maxBodyBytes ?? (typeof route.body === 'string' ? MAX_RAW_BYTES : (maxBodyBytes ?? MAX_JSON_BYTES));
  const parse = express.raw({ type: () => true, limit, inflate: true });
  return async (request, response) => {
    if (route.body !== 'open') checkContentType(request);
    // Express unpacks more than streams do, and more than is said.
    encodingOf(request);
    await new Promise<void>((resolve, reject) => {
      parse(request, response, (error?: unknown) => (error ? reject(refusal(error, limit)) : resolve()));
    });
    return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  };
}

/** `read` is the reader of the route. */
export function openBody(request: Request, read: () => Promise<Buffer>): OpenBody {
  const type = request.headers['content-type'];
  return {
    mediaType: type?.split(';', 1)[0]?.trim().toLowerCase(),
    whole: () => {
      checkCharset(type);
      return read();
    },
    stream(idleMs) {
      checkCharset(type);
      const unpacked = unpack(request);
      letTakeItsTime(request);
      request.socket.setTimeout(idleMs, () => request.socket.destroy());
      return unpacked;
    },
  };
}

const UNPACKERS = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };

function encodingOf(request: Request): keyof typeof UNPACKERS | 'identity' {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && !Object.hasOwn(UNPACKERS, encoding)) throw unknownEncoding();
  return encoding as keyof typeof UNPACKERS | 'identity';
}

function unpack(request: Request): Readable {
  const encoding = encodingOf(request);
  if (encoding === 'identity') return request;
  const unpacker = UNPACKERS[encoding]();
  // Its reader may have left by then; without a listener an error would end the process.
  unpacker.on('error', () => {});
  request.once('error', (error) => unpacker.destroy(error));
  return request.pipe(unpacker);
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;

function checkContentType(request: Request): void {
  const type = request.headers['content-type'];
  if (type === undefined || !JSON_TYPE.test(type)) throw unsupported(type);
  checkCharset(type);
}

function checkCharset(type: string | undefined): void {
  const charset = type === undefined ? undefined : CHARSET.exec(type)?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw unsupported(type);
}

function unsupported(type: string | undefined): ApiError {
  return new ApiError(
    'unsupported_media_type',
    `The body is ${type === undefined ? 'of no named type' : `"${type}"`}; send JSON in UTF-8 with "Content-Type: application/json".`,
  );
}

const unknownEncoding = (): ApiError =>
  new ApiError('unsupported_media_type', 'Content-Encoding must be gzip, deflate, br, or left out.');

/** What body-parser and zlib throw, in our words. */
function refusal(error: unknown, limit: number): unknown {
  const { type, status, message } = error as { type?: string; status?: number; message?: string };
  switch (type) {
    case 'entity.too.large':
      return new ApiError(
        'body_too_large',
        `The body is larger than ${limit} bytes, the limit of this route (counted after unpacking). Send it in parts.`,
      );
    case 'encoding.unsupported':
      return unknownEncoding();
    case 'request.size.invalid':
    case 'request.aborted':
      return new ApiError('invalid_json', 'The body ended before the announced Content-Length.');
    default:
      // Broken compressed data comes as a plain zlib error with status 400.
      return status === 400 ? new ApiError('invalid_json', `The body cannot be unpacked: ${message}.`) : error;
  }
}
