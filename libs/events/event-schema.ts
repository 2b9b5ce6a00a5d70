import { z } from 'zod';

const CONTROL = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
const MAX_NAME = 255;
const MAX_TEXT = 1000;
const MAX_PROPERTIES = 50;

const isWithin = (text: string, limit: number): boolean =>
  text.length <= limit || (text.length <= 2 * limit && [...text].length <= limit);

const name = z
  .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string') })
  .refine((text) => text.length > 0, { error: 'must not be empty', abort: true })
  .refine((text) => isWithin(text, MAX_NAME), { error: `must have at most ${MAX_NAME} characters`, abort: true })
  .refine((text) => !CONTROL.test(text), {
    error: 'must be printable Unicode: no control characters, no half surrogate pairs',
  })
  .meta({ minLength: 1, maxLength: MAX_NAME });

const text = z
  .string()
  .refine((value) => isWithin(value, MAX_TEXT), { error: `must have at most ${MAX_TEXT} characters`, abort: true })
  .refine((value) => value.isWellFormed() && !value.includes('\0'), {
    error: 'must not hold NUL or half a surrogate pair',
  })
  .meta({ maxLength: MAX_TEXT });

const number = z
  .custom<number>((value) => typeof value === 'number')
  .refine((value) => Number.isFinite(value), { error: 'is too large for a number: send it as a string', abort: true })
  .refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
    error: 'is an integer beyond 2^53, which JSON numbers do not hold exactly: send it as a string',
  })
  // Of its own kind for better messages, so it has to be told what it is.
  .meta({ type: 'number' });

const propertyValue = z.union([text, number, z.boolean()], { error: unionError });

/** Of a union only the branch of the value's own type is worth telling. */
function unionError(issue: { input?: unknown }): string | undefined {
  const { input } = issue;
  if (typeof input === 'string') return firstMessage(text.safeParse(input));
  if (typeof input === 'number') return firstMessage(number.safeParse(input));
  return 'must be a string, a number or a boolean: properties are flat';
}

function firstMessage(result: z.ZodSafeParseResult<unknown>): string | undefined {
  return result.error?.issues[0]?.message;
}

/** The native form of one event, as POST /v1/events takes it. */
export const eventSchema = z
  .strictObject({
    id: name.describe('Unique per source: the same id is counted once, whatever happens'),
    source: name.optional().describe('Where ids come from; ids of different sources are different events'),
    type: name.describe('What happened; meters select by it'),
    customer: name.describe("The seller's own key of the customer"),
    subscription: name.optional().describe("Which of the customer's subscriptions it belongs to"),
    time: z
      .union([z.string(), z.number()], { error: 'must be an RFC 3339 string or epoch milliseconds' })
      .optional()
      .describe('When it happened: RFC 3339, or epoch milliseconds. Left out: when it arrives'),
    properties: z
      .record(name, propertyValue, { error: 'must be an object' })
      .refine((properties) => Object.keys(properties).length <= MAX_PROPERTIES, {
        error: `must have at most ${MAX_PROPERTIES} entries`,
      })
      .meta({ maxProperties: MAX_PROPERTIES })
      .optional()
      .describe('What is counted and grouped by: flat. What must be exact, as strings'),
  })
  .meta({ example: { id: 'use-1', type: 'storage.used', customer: 'acme', properties: { gigabytes: '140.5' } } });
