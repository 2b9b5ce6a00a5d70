import { z } from 'zod';
import { parseTime } from '#libs/events/parse-time.ts';

/** Fields that several resources share, with the words a sender is told. */

const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** One line of printable text. */
export const lineSchema = (limit = 255) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(limit)
    .refine((text) => !UNPRINTABLE.test(text), 'must be one line of printable Unicode')
    .refine((text) => text === '' || text.trim() !== '', 'must not be blank');

/** Value of a property of events, as a filter or a matrix names it. */
export const valueSchema = z
  .string()
  .max(1000)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be Unicode without the character 0');

/**
 * For checks over several fields: they run although one of the fields has a fault of its own, so that all faults are told at once.
 * What such a check is given may therefore be anything.
 */
export const EVEN_IF_FAULTY = { when: () => true } as const;

/** Key of a meter, plan or charge: part of paths and documents. */
export const slugSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/,
    'must be 1 to 64 letters, digits, "_", "." or "-", and not begin with "." or "-"',
  )
  .refine((key) => key !== '__proto__', 'must not be "__proto__": no object can hold it as a key')
  .meta({ example: 'api_requests' });

/** The seller's own key of a customer: whatever events name, except what no path can hold. */
export const customerKeySchema = lineSchema()
  .refine((key) => key !== '.' && key !== '..', 'must not be "." or "..": no path can hold them')
  .meta({ example: 'acme' });

export const emailSchema = z.email('must be an e-mail address').max(320);

/** Printed below the name, e.g. street and city. */
export const addressLinesSchema = z.array(lineSchema(120)).max(6);

export const taxIdSchema = lineSchema(64);

export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Berlin or UTC')
  .meta({ example: 'Europe/Berlin' });

/** A name, never an offset such as +02:00: those know no daylight saving. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const DATE = /^(?:19[7-9]|20\d|21\d)\d-\d\d-\d\d$/;

/** A calendar day, 1970 to 2199. */
export const dateSchema = z
  .string()
  .refine((text) => DATE.test(text) && isDay(text), 'must be a date such as 2026-10-01')
  .meta({ format: 'date', example: '2026-10-01' });

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** An instant as RFC 3339; epoch milliseconds in code. */
export const instantSchema = z
  .string()
  .transform((text, context) => {
    const at = parseTime(text);
    if (at !== undefined) return at;
    context.addIssue({ code: 'custom', message: 'must be an RFC 3339 instant such as 2026-10-01T00:00:00Z' });
    return z.NEVER;
  })
  .meta({ format: 'date-time', example: '2026-10-01T00:00:00Z' });

/** Keys of charges, in any plan, that something is for. */
export const chargeKeysSchema = z
  .array(slugSchema)
  .min(1)
  .max(100)
  .refine((keys) => new Set(keys).size === keys.length, 'must not name one charge twice')
  .describe('Keys of the charges it is for; all if left out');
