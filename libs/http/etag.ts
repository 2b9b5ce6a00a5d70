import { hash } from 'node:crypto';
import { ApiError } from './errors.ts';

const DIGITS = 27;

/** Strong: of the very bytes of an answer before they are packed. */
export const etagOf = (body: string): string => `"${hash('sha256', body, 'base64url').slice(0, DIGITS)}"`;

/** What stands behind a tag whose bytes went out packed: another representation has another tag (RFC 9110, 8.8.3.3). */
const PACKED = /-(?:gzip|br)"$/;

/** Whether an If-Match or If-None-Match names a tag. `weakly`: as If-None-Match compares. */
export function namesEtag(header: string, etag: string, weakly: boolean): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => {
    const named = one.trim();
    const tag = weakly ? named.replace(/^W\//, '') : named;
    return tag.replace(PACKED, '"') === etag;
  });
}

/** @throws ApiError when what is there now is not what If-Match names. */
export function checkIfMatch(header: string, current: unknown, path: string): void {
  if (namesEtag(header, etagOf(JSON.stringify(current)), false)) return;
  throw new ApiError(
    'precondition_failed',
    `${path} is not as If-Match says: it was changed since. Nothing was done. Read it again and decide anew.`,
  );
}
