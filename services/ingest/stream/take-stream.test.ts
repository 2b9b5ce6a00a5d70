import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sendStream, startTestIngest, type TestIngest } from '#tests/support/ingest.ts';
import { waitFor } from '#tests/support/wait-for.ts';

/* Streams against the real process on real Kafka, Postgres and Redis. */

let ingest: TestIngest;
beforeAll(async () => {
  ingest = await startTestIngest();
}, 60_000);
afterAll(() => ingest?.stop());

const event = (id: string, more: object = {}) => ({ id, type: 'call', customer: 'acme', ...more });
const line = (item: unknown) => `${JSON.stringify(item)}\n`;

test('one result a line, in order and with its number; bad lines spoil nothing; the summary is last', async () => {
  const body = Buffer.concat([
    Buffer.from(line(event('a1'))),
    Buffer.from('\n{"id":\n'),
    Buffer.from(line(event('a1'))),
    Buffer.from(line({ transaction_id: 'a2', event_type: 'call' })),
    Buffer.from([0x22, 0xff, 0x22, 0x0a]),
    Buffer.from(`"${'x'.repeat(300_000)}"\n`),
    Buffer.from(`${line({ specversion: '1.0', id: 'a3', source: 's', type: 'call', subject: 'acme', data: {} })}[]\n`),
    Buffer.from(JSON.stringify(event('a4'))),
  ]);
  const { status, lines } = await sendStream(ingest, body, { 'content-type': 'application/x-ndjson; charset=utf-8' });
  expect(status).toBe(200);
  expect(lines).toEqual([
    { line: 1, id: 'a1', status: 'accepted' },
    { line: 3, id: null, status: 'rejected', code: 'invalid_json', detail: expect.any(String), pointer: '' },
    { line: 4, id: 'a1', status: 'duplicate' },
    {
      line: 5,
      id: 'a2',
      status: 'rejected',
      code: 'invalid_event',
      detail: 'customer_id is missing',
      pointer: '/customer_id',
    },
    { line: 6, id: null, status: 'rejected', code: 'invalid_json', detail: 'the line is not UTF-8', pointer: '' },
    {
      line: 7,
      id: null,
      status: 'rejected',
      code: 'event_too_large',
      detail: expect.stringMatching(/longer than/),
      pointer: '',
    },
    { line: 8, id: 'a3', status: 'accepted' },
    { line: 9, id: null, status: 'rejected', code: 'invalid_event', detail: expect.any(String), pointer: '' },
    { line: 10, id: 'a4', status: 'accepted' },
    { accepted: 3, duplicates: 1, failed: 5, complete: true },
  ]);
});

test('a line is answered without waiting for the next one', async () => {
  const { hostname, port, host } = new URL(ingest.url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  const send = (text: string) => socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  socket.write(
    `POST /v1/events HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${ingest.key}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  for (const id of ['b1', 'b2', 'b3']) {
    send(line(event(id)));
    await waitFor(async () => heard.includes(`"id":"${id}","status":"accepted"`), {
      timeoutMs: 10_000,
      describe: () => `the answer to ${id}; heard ${heard}`,
    });
  }
  // Gone in the middle of a line: nothing is taken of it, and the process serves on.
  send('{"id":"b4"');
  socket.destroy();
  const { lines } = await sendStream(ingest, line(event('b1')));
  expect(lines[0]).toMatchObject({ id: 'b1', status: 'duplicate' });
});

test('packed streams are taken; one that breaks off in its packing is told so after what could be read', async () => {
  const packed = gzipSync(Array.from({ length: 2000 }, (_, i) => line(event(`c${i}`))).join(''));
  const whole = await sendStream(ingest, packed, { 'content-encoding': 'gzip' });
  expect(whole.lines.at(-1)).toEqual({ accepted: 2000, duplicates: 0, failed: 0, complete: true });
  expect(whole.lines).toHaveLength(2001);

  const broken = await sendStream(ingest, Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8, 7)]), {
    'content-encoding': 'gzip',
  });
  const summary = broken.lines.at(-1);
  expect(summary).toMatchObject({ complete: false, code: 'invalid_json', detail: expect.stringMatching(/unpacked/) });
  const statuses = new Set(broken.lines.slice(0, -1).map(({ status }) => status));
  expect([...statuses].filter((status) => status !== 'duplicate' && status !== 'accepted')).toEqual([]);

  const unknown = await sendStream(ingest, packed, { 'content-encoding': 'zip' });
  expect([unknown.status, unknown.lines[0]]).toEqual([
    415,
    expect.objectContaining({ code: 'unsupported_media_type' }),
  ]);
});

test('one stream of 200,000 lines needs no more memory than ten of 20,000', async () => {
  const stream = (count: number, name: string) =>
    Readable.from(
      (function* () {
        for (let at = 0; at < count; at += 1000)
          yield Array.from({ length: 1000 }, (_, i) =>
            line(
              event(`${name}-${at + i}`, {
                properties: { path: '/v2/search/documents', bytes: i, note: 'x'.repeat(60) },
              }),
            ),
          ).join('');
      })(),
    );
  const send = async (count: number, name: string) => {
    const { lines } = await sendStream(ingest, stream(count, name));
    expect(lines).toHaveLength(count + 1);
    expect(lines.at(-1)).toEqual({ accepted: count, duplicates: 0, failed: 0, complete: true });
    expect(lines.slice(0, -1).findIndex((result, i) => result.line !== i + 1)).toBe(-1);
  };
  // As many lines, so that the heap has grown as far as it will for short ones.
  for (let i = 0; i < 10; i += 1) await send(20_000, `short-${i}`);
  const short = await mostResidentMib();
  await send(200_000, 'long');
  // Held whole, 200,000 events and their answers would take several hundred MiB.
  expect((await mostResidentMib()) - short).toBeLessThan(60);
}, 180_000);

async function mostResidentMib(): Promise<number> {
  const status = await readFile(`/proc/${ingest.process.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
