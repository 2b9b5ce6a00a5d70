import type { Decoded, FieldMap } from './draft.ts';
import { type LoggedRequest, parseAccessLogLine } from './parse-access-log.ts';

export const REQUEST_TYPE = 'http.request';
/** Names that --map can use for an access log. */
export const LOG_FIELDS = ['host', 'user', 'method', 'path_prefix', 'status'] as const;

const MAX_PREFIX = 100;

/** One request as one event: the customer is the authenticated user, or the client where there is none. */
export function accessLogEvent(line: string, map: FieldMap): Decoded {
  const parsed = parseAccessLogLine(line);
  if (!parsed.ok) return { fault: parsed.fault };
  const { request } = parsed;
  const properties = {
    method: request.method ?? '-',
    status: request.status ?? 0,
    // JSON numbers are exact up to 2^53; a larger one travels as text.
    bytes: Number.isSafeInteger(Number(request.bytes)) ? Number(request.bytes) : request.bytes,
    path_prefix: pathPrefix(request.path),
  };
  const named: Record<string, string | null> = {
    host: request.host === '-' ? null : request.host,
    user: request.user,
    method: request.method,
    path_prefix: properties.path_prefix,
    status: request.status === null ? null : String(request.status),
  };
  const own = { type: REQUEST_TYPE, customer: request.user ?? named.host, time: request.time };
  const mapped = Object.fromEntries([...map].map(([field, name]) => [field, named[name] ?? null]));
  const event = { ...own, ...mapped };
  if (event.customer === null)
    return { fault: `names no customer: ${map.has('customer') ? map.get('customer') : 'user and client'} is '-'` };
  return { event: { ...event, properties } };
}

/** The first segment of the path, '/' for the root, '-' where there is no path; at most 100 characters of it. */
export function pathPrefix(target: LoggedRequest['path']): string {
  if (target === null) return '-';
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  if (!path.startsWith('/')) return path === '' || path.startsWith('?') ? '/' : '-';
  const segment = path.slice(1).split(/[/?#]/, 1)[0] as string;
  return `/${[...segment.slice(0, 2 * MAX_PREFIX)].slice(0, MAX_PREFIX).join('')}`;
}
