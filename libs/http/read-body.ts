import express, { type Request, type Response } from 'express';
import { ApiError } from './errors.ts';
import type { Route } from './route.ts';

const MAX_JSON_BYTES = 1024 * 1024;
const MAX_RAW_BYTES = 16 * 1024 * 1024;

/** Reads (and unpacks) a request's body within the route's limit. Called after the key was checked: strangers are not read. */
export function createBodyReader(
  route: Route,
  maxBodyBytes?: number,
): (request: Request, response: Response) => Promise<Buffer> {
  const limit = route.maxBodyBytes ?? (route.body === 'raw' ? MAX_RAW_BYTES : (maxBodyBytes ?? MAX_JSON_BYTES));
  const parse = express.raw({ type: () => true, limit, inflate: true });
  return async (request, response) => {
    checkContentType(request);
    await new Promise<void>((resolve, reject) => {
      parse(request, response, (error?: unknown) => (error ? reject(refusal(error, limit)) : resolve()));
    });
    return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  };
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;

function checkContentType(request: Request): void {
  const type = request.headers['content-type'];
  const isJson = type !== undefined && JSON_TYPE.test(type);
  const charset = type === undefined ? undefined : CHARSET.exec(type)?.[1];
  if (isJson && (charset === undefined || /^utf-?8$/i.test(charset))) return;
  throw new ApiError(
    'unsupported_media_type',
    `The body is ${type === undefined ? 'of no named type' : `"${type}"`}; send JSON in UTF-8 with "Content-Type: application/json".`,
  );
}

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
      return new ApiError('unsupported_media_type', 'Content-Encoding must be gzip, deflate, br, or left out.');
    case 'request.size.invalid':
    case 'request.aborted':
      return new ApiError('invalid_json', 'The body ended before the announced Content-Length.');
    default:
      // Broken compressed data comes as a plain zlib error with status 400.
      return status === 400 ? new ApiError('invalid_json', `The body cannot be unpacked: ${message}.`) : error;
  }
}
