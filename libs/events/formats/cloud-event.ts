import { type EventFormat, fault, isObject, type Native } from './event-format.ts';

const JSON_TYPE = /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * CloudEvents 1.0 in their JSON form: subject is the customer, data (a flat JSON object) the properties, the extension attribute
 * `subscription` the subscription. Other extension attributes are left aside. An attribute that is null is one that is not there.
 */
export const cloudEvent: EventFormat = {
  names: {
    id: 'id',
    source: 'source',
    type: 'type',
    customer: 'subject',
    subscription: 'subscription',
    time: 'time',
    properties: 'data',
  },
  toNative(item) {
    if (!isObject(item)) return { ok: true, raw: item };
    return faultOf(item) ?? { ok: true, raw: rawOf(item) };
  },
};

function faultOf({
  specversion,
  source,
  time,
  datacontenttype,
  data_base64,
}: Record<string, unknown>): Native | undefined {
  if (specversion === undefined || specversion === null) return fault('specversion', 'is missing; it must be "1.0"');
  if (specversion !== '1.0') return fault('specversion', `must be "1.0", the version of CloudEvents that is read here`);
  if (source === undefined || source === null)
    return fault('source', 'is missing; CloudEvents are known by source and id');
  if (time !== undefined && time !== null && typeof time !== 'string')
    return fault('time', 'must be an RFC 3339 string such as 2026-10-05T12:30:00Z');
  if (datacontenttype !== undefined && datacontenttype !== null && !isJson(datacontenttype))
    return fault('datacontenttype', 'must be application/json: data in other forms is not read');
  if (data_base64 !== undefined && data_base64 !== null)
    return fault('data_base64', 'is not read: send data, a JSON object');
  return undefined;
}

function rawOf({ id, source, type, subject, subscription, time, data }: Record<string, unknown>): unknown {
  return {
    id: id ?? undefined,
    source,
    type: type ?? undefined,
    customer: subject ?? undefined,
    subscription: subscription ?? undefined,
    time: time ?? undefined,
    properties: data ?? undefined,
  };
}

const isJson = (type: unknown): boolean => typeof type === 'string' && JSON_TYPE.test(type);
