import { describe, expect, test } from '@jest/globals';
import { judgeEvent } from '../judge-event.ts';
import { binaryCloudEvent, isBinaryCloudEvent } from './binary-cloud-event.ts';
import { inWordsOf } from './event-format.ts';
import { formatOf } from './format-of.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const bounds = { maxAgeDays: 35, maxAheadSeconds: 300 };

/** As ingest does it: the item in its own form, to an event or to a rejection in the sender's words. */
function judge(item: unknown) {
  const format = formatOf(item);
  const native = format.toNative(item);
  if (!native.ok) return native.rejection;
  const judged = judgeEvent(native.raw, bounds, now);
  return judged.ok ? judged.event : inWordsOf(format, judged.rejection);
}

const time = Date.parse('2026-11-21T11:00:00Z');
const properties = { bytes: 5, region: 'eu' };
const meant = {
  id: 'e1',
  source: 's',
  type: 'call',
  customer: 'acme',
  subscription: 'sub',
  time,
  timeGiven: true,
  properties,
};

const nativeItem = {
  id: 'e1',
  source: 's',
  type: 'call',
  customer: 'acme',
  subscription: 'sub',
  time: '2026-11-21T11:00:00Z',
  properties,
};
const envelopeItem = {
  transaction_id: 'e1',
  source: 's',
  event_type: 'call',
  customer_id: 'acme',
  subscription_id: 'sub',
  timestamp: time,
  properties,
};
const cloudItem = {
  specversion: '1.0',
  id: 'e1',
  source: 's',
  type: 'call',
  subject: 'acme',
  subscription: 'sub',
  time: '2026-11-21T12:00:00+01:00',
  datacontenttype: 'application/json; charset=utf-8',
  data: properties,
};

test.each([
  ['native', nativeItem],
  ['envelope', envelopeItem],
  ['CloudEvents', cloudItem],
])('%s says the same event', (_name, item) => {
  expect(judge(item)).toEqual(meant);
});

test('what may be missing may be missing', () => {
  const bare = {
    id: 'e1',
    source: '',
    type: 'call',
    customer: 'acme',
    subscription: '',
    time: now,
    timeGiven: false,
    properties: {},
  };
  expect(judge({ transaction_id: 'e1', event_type: 'call', customer_id: 'acme' })).toEqual(bare);
  expect(
    judge({ specversion: '1.0', id: 'e1', source: 's', type: 'call', subject: 'acme', data: null, time: null }),
  ).toEqual({
    ...bare,
    source: 's',
  });
});

test('other extension attributes of a CloudEvent are left aside', () => {
  expect(judge({ ...cloudItem, traceparent: '00-1', dataschema: 'https://x', partitionkey: 5 })).toEqual(meant);
});

const wrong: [string, unknown, string, RegExp][] = [
  ['envelope: no customer', { ...envelopeItem, customer_id: undefined }, '/customer_id', /^customer_id is missing/],
  [
    'envelope: number as id',
    { ...envelopeItem, transaction_id: 5 },
    '/transaction_id',
    /^transaction_id must be a string/,
  ],
  ['envelope: time as text', { ...envelopeItem, timestamp: '2026-11-21' }, '/timestamp', /epoch milliseconds/],
  [
    'envelope: time in seconds',
    { ...envelopeItem, timestamp: time / 1000 },
    '/timestamp',
    /^timestamp lies more than 35 days back/,
  ],
  ['envelope: a fraction as time', { ...envelopeItem, timestamp: 0.5 }, '/timestamp', /^timestamp must be/],
  ['envelope: unknown field', { ...envelopeItem, amount: 5 }, '/amount', /unknown field "amount"/],
  ['envelope: empty subscription', { ...envelopeItem, subscription_id: '' }, '/subscription_id', /must not be empty/],
  ['envelope: nested', { ...envelopeItem, properties: { a: [] } }, '/properties/a', /flat/],
  ['CloudEvents: no subject', { ...cloudItem, subject: undefined }, '/subject', /^subject is missing/],
  ['CloudEvents: null as id', { ...cloudItem, id: null }, '/id', /^id is missing/],
  ['CloudEvents: no source', { ...cloudItem, source: undefined }, '/source', /^source is missing/],
  ['CloudEvents: empty source', { ...cloudItem, source: '' }, '/source', /^source must not be empty/],
  ['CloudEvents: other version', { ...cloudItem, specversion: '0.3' }, '/specversion', /must be "1.0"/],
  ['CloudEvents: data is no object', { ...cloudItem, data: [1] }, '/data', /^data must be an object/],
  ['CloudEvents: nested data', { ...cloudItem, data: { 'a/b': {} } }, '/data/a~1b', /^data\.a\/b must be/],
  ['CloudEvents: XML', { ...cloudItem, datacontenttype: 'text/xml' }, '/datacontenttype', /application\/json/],
  ['CloudEvents: binary data', { ...cloudItem, data_base64: 'AA==' }, '/data_base64', /send data, a JSON object/],
  ['CloudEvents: number as time', { ...cloudItem, time }, '/time', /RFC 3339/],
  ['CloudEvents: too old', { ...cloudItem, time: '2020-01-01T00:00:00Z' }, '/time', /35 days back/],
];
test.each(wrong)('%s is refused in its own words', (_name, item, pointer, detail) => {
  expect(judge(item)).toMatchObject({ pointer, detail: expect.stringMatching(detail) });
});

describe('a CloudEvent in the headers of a request', () => {
  const headers = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': 'e1',
    'ce-source': 's',
    'ce-type': 'call',
    'ce-subject': 'acme',
    'ce-subscription': 'sub',
    'ce-time': '2026-11-21T11:00:00Z',
  };

  test('is the same event', () => {
    expect(isBinaryCloudEvent(headers)).toBe(true);
    expect(isBinaryCloudEvent({ 'content-type': 'application/json' })).toBe(false);
    expect(judge(binaryCloudEvent(headers, properties))).toEqual(meant);
  });

  test.each([
    ['percent-encoded', '%E6%9D%B1%e4%ba%ac', '東京'],
    ['quoted', '"a \\"b\\" 100%"', 'a "b" 100%'],
    ['bytes of UTF-8, as Node gives them', Buffer.from('東京').toString('latin1'), '東京'],
  ])('%s text is decoded', (_name, written, read) => {
    expect(judge(binaryCloudEvent({ ...headers, 'ce-subject': written }, properties))).toEqual({
      ...meant,
      customer: read,
    });
  });

  test('text that is no UTF-8 is refused, naming its header', () => {
    expect(() => binaryCloudEvent({ ...headers, 'ce-subject': '%ff' }, properties)).toThrow(
      /header ce-subject is not UTF-8/,
    );
  });

  test('no header stands for the body', () => {
    expect(binaryCloudEvent({ ...headers, 'ce-data': 'x' }, undefined).data).toBeUndefined();
  });
});
