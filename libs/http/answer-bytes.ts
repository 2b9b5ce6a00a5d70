import type { IncomingMessage } from 'node:http';
import { ApiError } from './errors.ts';
import type { RouteAnswer } from './route.ts';

export interface Bytes {
  readonly bytes: Buffer;
  /** Strong, with its quotes. */
  readonly etag: string;
  /** Media type. */
  readonly type: string;
  readonly fileName: string;
}

/**
 * Answers GET and HEAD for bytes that never change, whole or in part (RFC 9110): 304 to a known If-None-Match, 206 to one range, unless If-Range
 * names other bytes. Several ranges, other units and what cannot be read are answered with the whole.
 * @throws ApiError range_not_satisfiable when the range begins behind the last byte
 */
export function answerBytes(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  { bytes, etag, type, fileName }: Bytes,
): RouteAnswer {
  const always = { ETag: etag, 'Cache-Control': 'private, no-cache' };
  if (names(headers['if-none-match'], etag)) return { status: 304, headers: always };
  const described = {
    ...always,
    'Accept-Ranges': 'bytes',
    'Content-Type': type,
    'Content-Disposition': `inline; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`,
  };
  const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = isSame && method === 'GET' ? readRange(headers.range, bytes.length) : null;
  if (range === null) return { body: bytes, headers: { ...described, 'Content-Length': `${bytes.length}` } };
  if (range.first >= bytes.length || range.first > range.last) {
    throw new ApiError(
      'range_not_satisfiable',
      `The range ${headers.range} lies behind the end: there are ${bytes.length} bytes, counted from 0.`,
      { headers: { ...always, 'Content-Range': `bytes */${bytes.length}` } },
    );
  }
  return {
    status: 206,
    body: bytes.subarray(range.first, range.last + 1),
    headers: {
      ...described,
      'Content-Length': `${range.last + 1 - range.first}`,
      'Content-Range': `bytes ${range.first}-${range.last}/${bytes.length}`,
    },
  };
}

/** Both ends are included. A suffix of no bytes begins behind the end. */
interface Range {
  readonly first: number;
  readonly last: number;
}

function readRange(header: string | undefined, size: number): Range | null {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (match === null || (from === '' && to === '')) return null;
  if (from === '') return { first: Math.max(0, size - Number(to)), last: size - 1 };
  // An end before the beginning is no range: the header counts as not there.
  if (to !== '' && Number(to) < Number(from)) return null;
  return { first: Number(from), last: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}

/** Weak comparison. */
const names = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag));
