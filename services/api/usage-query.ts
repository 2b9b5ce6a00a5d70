import { z } from 'zod';
import { EVEN_IF_FAULTY, instantSchema, lineSchema, slugSchema, timeZoneSchema } from '#libs/catalog/fields.ts';
import { ApiError, type FieldError } from '#libs/http/errors.ts';
import { pageQuery } from '#libs/http/paging.ts';
import { HOUR, hourOf } from '#libs/metering/hour.ts';
import type { Span } from '#libs/metering/read/split-span.ts';
import type { GroupChoice } from '#libs/metering/read/usage-request.ts';
import { startOfMonth, windowsOf } from '#libs/metering/read/windows.ts';
import type { StoredMeter } from '#libs/metering/store/meter-row.ts';

const MAX_WINDOWS = 10_000;
const FILTER = /^filter\[(.+)\]$/s;

const texts = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());

const knownFields = {
  ...pageQuery,
  meter: slugSchema,
  customer: lineSchema()
    .optional()
    .describe('Its key, an alias, or any name that events bear; all customers if left out'),
  subscription: z.string().max(255).optional().describe('Only events that name it; empty: only those that name none'),
  from: instantSchema.optional().describe('Any instant; the beginning of this month in the time zone if left out'),
  to: instantSchema.optional().describe('Not included; the end of this hour if left out'),
  window: z.enum(['hour', 'day', 'week', 'month', 'total']).default('total').describe('What usage is taken over'),
  time_zone: timeZoneSchema.default('UTC').describe('Where hours, days, weeks (from Monday) and months begin'),
  group_by: texts
    .optional()
    .describe("Properties, by comma; all that the meter groups by if left out, and '' for none"),
  format: z.enum(['json', 'csv']).optional().describe('As Accept asks for if left out'),
};

/** `filter[property]=value` comes as a parameter of that name; repeated, any of the values. */
export const usageQuery = z
  .object(knownFields)
  .catchall(texts)
  .superRefine((query, context) => {
    const unknown = Object.keys(query).filter((name) => !(name in knownFields) && !FILTER.test(name));
    if (unknown.length > 0) context.addIssue({ code: 'unrecognized_keys', keys: unknown, input: query });
    const { from, to } = query;
    if (typeof from === 'number' && typeof to === 'number' && from >= to)
      context.addIssue({ code: 'custom', path: ['to'], message: 'must be after from' });
  }, EVEN_IF_FAULTY);

export type UsageQuery = z.output<typeof usageQuery>;

/** What is refused only when meter and clock are known. */
export function refuseQuery(name: string, detail: string): ApiError {
  const errors: FieldError[] = [{ pointer: `/${name}`, in: 'query', detail }];
  return new ApiError('invalid_request', `query parameter ${name} ${detail}.`, { errors });
}

/** @throws ApiError when it is empty */
export function spanOf(query: UsageQuery, now: number): Span {
  const from = query.from ?? startOfMonth(now, query.time_zone);
  const to = query.to ?? hourOf(now) + HOUR;
  if (from < to) return { from, to };
  throw query.to === undefined
    ? refuseQuery('from', 'must not lie in the future, or send to as well')
    : refuseQuery('to', 'lies before this month: send from as well');
}

/** @throws ApiError when there are too many */
export function windowsIn(span: Span, query: UsageQuery): Span[] {
  const windows: Span[] = [];
  for (const window of windowsOf(span, query.window, query.time_zone)) {
    if (windows.push(window) > MAX_WINDOWS)
      throw refuseQuery('window', `makes more than ${MAX_WINDOWS} windows of this span: ask for less at a time`);
  }
  return windows;
}

/** @throws ApiError when the meter does not group by one of the properties */
export function groupsOf(query: UsageQuery, versions: readonly StoredMeter[]): GroupChoice {
  const known = new Set(versions.flatMap(({ groupBy }) => groupBy));
  const check = (name: string, parameter: string) => {
    if (!known.has(name))
      throw refuseQuery(parameter, `names "${name}", which meter "${query.meter}" does not group by`);
    return name;
  };
  const asked = query.group_by?.flatMap((names) => names.split(',')).filter((name) => name !== '');
  const by = asked?.map((name) => check(name, 'group_by')) ?? versions.at(-1)?.groupBy ?? [];
  const filter: Record<string, string[]> = {};
  for (const [parameter, values] of Object.entries(query)) {
    const name = FILTER.exec(parameter)?.[1];
    if (name !== undefined && Array.isArray(values)) filter[check(name, parameter)] = values;
  }
  return { by: [...new Set(by)], filter };
}
