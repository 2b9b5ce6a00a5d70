import { hash } from 'node:crypto';
import type { Request } from 'express';
import { canonicalJson, type Json } from '#libs/events/canonical-json.ts';
import { ApiError } from '../errors.ts';
import type { KeyedRequest } from './stored-answer.ts';

const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The key of a request whose JSON body was read, and what it asks for; undefined: it bears none. @throws ApiError when it cannot be used. */
export function readKey(request: Request, organizationId: number): KeyedRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY.test(key))
    throw new ApiError(
      'idempotency_key_invalid',
      'Idempotency-Key must have 1 to 255 printable ASCII characters. Take a random one, such as a UUID.',
    );
  const asked = `${request.method} ${request.originalUrl}\n`;
  return {
    organizationId,
    digest: hash('sha256', key, 'buffer'),
    fingerprint: hash('sha256', Buffer.concat([Buffer.from(asked), meaningOf(request.body)]), 'buffer'),
  };
}

/** The same for bodies that say the same: spaces and the order of members do not count. */
function meaningOf(body: unknown): Buffer {
  if (!Buffer.isBuffer(body)) return Buffer.alloc(0);
  try {
    return Buffer.from(canonicalJson(JSON.parse(body.toString()) as Json));
  } catch (error) {
    // No JSON, too deep, or with half a character: then to the letter.
    if (error instanceof SyntaxError || error instanceof RangeError) return body;
    throw error;
  }
}
