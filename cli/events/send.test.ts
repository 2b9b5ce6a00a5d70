import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ndjson, reply, startTestImport, type TestImport } from '#tests/support/import.ts';

let server: TestImport;
beforeAll(async () => {
  server = await startTestImport();
});
beforeEach(() => server.reset());
afterAll(() => server.stop());

const EVENT = ['events', 'send', '--type', 't', '--customer', 'c'];

test('one event is sent until it is taken, as it was given', async () => {
  server.answering = (events, response) =>
    server.requests === 1
      ? reply(response, 503, { code: 'unavailable', detail: 'not now' })
      : server.takeAll(events, response, undefined as never);
  const args = [
    ...EVENT,
    '--id',
    'e',
    '--property',
    'bytes=10',
    '--property',
    'note=a=b',
    '--time',
    '2026-11-02T00:00:00Z',
  ];
  expect(await server.run(args)).toEqual({ code: 0, stdout: 'e accepted\n', stderr: '' });
  const payload = {
    id: 'e',
    type: 't',
    customer: 'c',
    time: '2026-11-02T00:00:00Z',
    properties: { bytes: '10', note: 'a=b' },
  };
  expect([...server.taken.values()].map((text) => JSON.parse(text))).toEqual([payload]);
  const again = await server.run([...args, '--json']);
  expect([again.code, JSON.parse(again.stdout)]).toEqual([0, { id: 'e', status: 'duplicate' }]);
});

test('a refused one is told, with exit code 1; so is a key that may not', async () => {
  server.answering = (events, response) =>
    reply(response, 422, {
      results: events.map(({ id }) => ({ id, status: 'rejected', code: 'invalid_event', detail: 'no such day' })),
    });
  expect(await server.run([...EVENT, '--id', 'e'])).toEqual({
    code: 1,
    stdout: 'e rejected: no such day\n',
    stderr: '',
  });
  server.answering = (_, response) =>
    reply(response, 403, { code: 'insufficient_scope', detail: 'The key may not ingest.' });
  const { code, stderr } = await server.run(EVENT);
  expect([code, stderr]).toEqual([1, 'tollbook: POST /v1/events was refused: The key may not ingest.\n']);
  expect((await server.run([...EVENT, '--property', 'bytes'])).code).toBe(2);
});

test('events import is import', async () => {
  const file = await server.store('some.ndjson', ndjson(3));
  expect((await server.run(['events', 'import', file])).code).toBe(0);
  expect(server.taken.size).toBe(3);
});
