import { randomBytes } from 'node:crypto';

const VERSION_7 = 0x70;
const VARIANT = 0x80;
const LATEST = 2 ** 48 - 1;

/**
 * A UUID whose order is that of its making, to the millisecond: usable as a key and as a paging cursor. `now` is epoch
 * milliseconds; `random` gives that many random bytes. Source: RFC 9562, section 5.7.
 */
export function uuidv7(now: number, random: (size: number) => Buffer = randomBytes): string {
  if (!Number.isSafeInteger(now) || now < 0 || now > LATEST)
    throw new RangeError(`a UUIDv7 holds a time in whole milliseconds between 1970 and 10889, not ${now}`);
  const bytes = Buffer.concat([Buffer.alloc(6), random(10)], 16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = VERSION_7 | ((bytes[6] as number) & 0x0f);
  bytes[8] = VARIANT | ((bytes[8] as number) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
