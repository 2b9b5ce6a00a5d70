import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KafkaHandle, startKafka } from '#scripts/services/kafka.ts';
import { sendStream, startTestIngest, type TestIngest } from '#tests/support/ingest.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/* The real process: what it takes, what it refuses as a whole, and what it says when the log is away. */

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

async function post(
  { url, key }: TestIngest,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body,
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const event = (id: string) => ({ id, type: 'call', customer: 'acme' });
const many = (count: number, name: string) => Array.from({ length: count }, (_, i) => event(`${name}${i}`));

describe('bodies', () => {
  let ingest: TestIngest;
  beforeAll(async () => {
    ingest = await startTestIngest({ TOLLBOOK_MAX_BATCH_EVENTS: '20', TOLLBOOK_MAX_BODY_BYTES: '4000' });
  }, 60_000);
  afterAll(() => ingest?.stop());

  const json = { 'content-type': 'application/json' };
  const batch = { 'content-type': 'application/cloudevents-batch+json; charset=UTF-8' };
  const structured = { 'content-type': 'Application/CloudEvents+JSON;charset="utf-8"' };
  const cloud = (id: string) => ({ specversion: '1.0', id, source: 's', type: 'call', subject: 'acme' });
  const binary = { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-source': 's', 'ce-type': 'call', 'ce-subject': 'acme' };

  test.each([
    ['one event', event('n1'), json, 1],
    ['an array', [event('n2'), event('n3')], json, 2],
    ['an object with events', { events: many(20, 'n4-') }, json, 20],
    ['envelopes', [{ transaction_id: 'n5', event_type: 'call', customer_id: 'acme' }], json, 1],
    ['a CloudEvent that only its content shows', cloud('n6'), json, 1],
    ['a structured CloudEvent', cloud('n7'), structured, 1],
    ['a batch of CloudEvents', [cloud('n8'), cloud('n9')], batch, 2],
    ['a binary CloudEvent', { bytes: 1 }, { ...json, ...binary }, 1],
  ])('%s is taken', async (_name, body, headers, accepted) => {
    const answer = await post(ingest, JSON.stringify(body), headers);
    expect([answer.status, answer.body]).toMatchObject([200, { accepted, duplicates: 0, failed: [] }]);
  });

  test('a binary CloudEvent without data needs no body and no type', async () => {
    const { url, key } = ingest;
    const headers = { authorization: `Bearer ${key}`, ...binary, 'ce-id': 'empty' };
    const response = await fetch(`${url}/v1/events`, { method: 'POST', headers });
    expect([response.status, await response.json()]).toMatchObject([200, { accepted: 1 }]);
  });

  test('packed JSON is taken', async () => {
    const body = gzipSync(JSON.stringify(many(3, 'packed')));
    expect((await post(ingest, body, { 'content-encoding': 'gzip' })).body).toMatchObject({ accepted: 3 });
  });

  test.each([
    ['a native event under the type of CloudEvents', [event('x')], batch, 422, '/specversion'],
    ['an event without subject', { ...cloud('x'), subject: undefined }, structured, 422, '/subject'],
    ['an envelope without customer', { transaction_id: 'x', event_type: 'call' }, json, 422, '/customer_id'],
  ])('%s is refused in its own words', async (_name, body, headers, status, pointer) => {
    const answer = await post(ingest, JSON.stringify(body), headers);
    expect([answer.status, answer.body]).toMatchObject([
      status,
      { failed: [{ transaction_id: 'x', reason: expect.any(String) }], results: [{ status: 'rejected', pointer }] },
    ]);
  });

  test.each([
    ['too many events', JSON.stringify(many(21, 'x')), json, 413, 'batch_too_large'],
    ['too many bytes', JSON.stringify([{ ...event('x'), note: 'x'.repeat(4000) }]), json, 413, 'body_too_large'],
    [
      'too many bytes once unpacked',
      gzipSync(`"${'x'.repeat(4000)}"`),
      { ...json, 'content-encoding': 'gzip' },
      413,
      'body_too_large',
    ],
    ['no JSON', '{', json, 400, 'invalid_json'],
    ['a number', '5', json, 400, 'invalid_batch'],
    ['no events', '[]', json, 400, 'invalid_batch'],
    ['events that are no array', '{"events":{}}', json, 400, 'invalid_batch'],
    ['several CloudEvents under the type of one', '[]', structured, 400, 'invalid_batch'],
    ['one CloudEvent under the type of a batch', '{}', batch, 400, 'invalid_batch'],
    ['a header that is no text', '{}', { ...json, ...binary, 'ce-subject': '%ff' }, 400, 'invalid_batch'],
    ['another type', 'a,b', { 'content-type': 'text/csv' }, 415, 'unsupported_media_type'],
    [
      'another form of CloudEvents',
      'x',
      { 'content-type': 'application/cloudevents+avro' },
      415,
      'unsupported_media_type',
    ],
    [
      'another character set',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'unsupported_media_type',
    ],
  ])('%s is refused as a whole', async (_name, body, headers, status, code) => {
    const answer = await post(ingest, body, headers as Record<string, string>);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test('a stream has none of the limits of a body', async () => {
    const { lines } = await sendStream(
      ingest,
      many(100, 'stream')
        .map((item) => `${JSON.stringify(item)}\n`)
        .join(''),
    );
    expect(lines.at(-1)).toEqual({ accepted: 100, duplicates: 0, failed: 0, complete: true });
  });
});

describe('while the log is away', () => {
  let kafka: KafkaHandle;
  let ingest: TestIngest;
  beforeAll(async () => {
    kafka = await startKafka();
    ingest = await startTestIngest({ KAFKA_BROKERS: kafka.brokers.join(',') });
    await post(ingest, JSON.stringify(event('before')));
  }, 90_000);
  afterAll(async () => {
    await ingest?.stop();
    await kafka?.stop();
  });

  test('a batch is answered 503 with Retry-After, a stream line by line; later the same ids are taken once', async () => {
    kafka.freeze();
    const lines = many(3, 'line')
      .map((item) => `${JSON.stringify(item)}\n`)
      .join('');
    const [batch, stream, mixed] = await Promise.all([
      post(ingest, JSON.stringify(many(2, 'away'))),
      sendStream(ingest, `${lines}{}\n`),
      post(ingest, JSON.stringify([event('away-too'), {}])),
    ]);
    for (const answer of [batch, mixed]) {
      expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([503, 1]);
      expect(answer.body).toMatchObject({ accepted: 0, duplicates: 0 });
    }
    expect(batch.body.failed).toHaveLength(2);
    expect(batch.body.results).toMatchObject([{ status: 'unavailable', detail: expect.stringMatching(/same id/) }, {}]);
    expect(stream.lines).toMatchObject([
      { line: 1, id: 'line0', status: 'unavailable' },
      { line: 2, id: 'line1', status: 'unavailable' },
      { line: 3, id: 'line2', status: 'unavailable' },
      { line: 4, status: 'rejected' },
      { accepted: 0, failed: 4, complete: true },
    ]);

    kafka.resume();
    await waitFor(async () => (await post(ingest, JSON.stringify(many(2, 'away')))).status === 200, {
      timeoutMs: 30_000,
      describe: 'the log to be back',
    });
    expect((await sendStream(ingest, lines)).lines.at(-1)).toMatchObject({ failed: 0, complete: true });
  }, 90_000);
});
