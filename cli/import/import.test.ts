import { readFile, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { seededRandom } from '#scripts/demo/random.ts';
import { createAccessLog } from '#scripts/sample-data/access-log.ts';
import { type Answering, identityOf, ndjson, reply, startTestImport, type TestImport } from '#tests/support/import.ts';

/*
 * The command as a user starts it, against a real HTTP server that behaves as badly as networks do. Identity is remembered as ingest
 * does, so what counts in the end is the set of identities that the server took.
 */

let importing: TestImport;
beforeAll(async () => {
  importing = await startTestImport();
});
beforeEach(() => importing.reset());
afterAll(() => importing.stop());

describe('an access log', () => {
  const log = createAccessLog({ month: '2026-10', lines: 3000, seed: 11 });

  test('each line is one event, equal lines too; a second time nothing is new; a grown file brings only its new lines', async () => {
    const file = await importing.store('access.log', log);
    const first = await importing.run(['import', file, '--json']);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(JSON.parse(first.stdout)).toMatchObject({
      ok: true,
      records: 3000,
      sent: 3000,
      accepted: 3000,
      source: 'access.log',
    });
    expect(importing.taken.size).toBe(3000);
    expect(new Set(log.split('\n')).size).toBeLessThan(3000);

    const lines = log.trimEnd().split('\n');
    const last = lines.at(-1) as string;
    await writeFile(file, `${log}${last}\n${lines[0]}\n`);
    const again = await importing.run(['import', file, '--json', '--batch', '77', '--concurrency', '9']);
    expect(JSON.parse(again.stdout)).toMatchObject({ ok: true, records: 3002, accepted: 2, duplicates: 3000 });
    expect(importing.taken.size).toBe(3002);
  });

  test('another --source is other usage', async () => {
    const file = await importing.store('access.log', log);
    await importing.run(['import', file]);
    await importing.run(['import', file, '--source', 'web-2']);
    expect(importing.taken.size).toBe(6000);
  });
});

test('a network that fails in every way loses nothing and sends nothing under another id', async () => {
  const random = seededRandom(5);
  const ids = new Set<string>();
  const faults: Answering[] = [
    // Nothing is known.
    (events, response) =>
      reply(response, 503, { results: events.map(({ id }) => ({ id, status: 'unavailable', detail: 'x' })) }),
    // Half is known.
    (events, response) =>
      reply(response, 207, {
        results: events.map((event) =>
          random() < 0.5 ? importing.take(event) : { id: event.id, status: 'unavailable' },
        ),
      }),
    // Taken, and the connection is cut before the answer.
    (events, response) => {
      events.map(importing.take);
      response.destroy();
    },
    // Taken, and the answer breaks off in the middle.
    (events, response) => {
      const body = JSON.stringify({ results: events.map(importing.take) });
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.slice(0, 20));
      setImmediate(() => response.destroy());
    },
    // Not taken, cut at once.
    (_events, response) => response.destroy(),
    // A proxy in between.
    (_events, response) => response.writeHead(502).end('<h1>Bad Gateway</h1>'),
    (events, response) => {
      events.map(importing.take);
      response.writeHead(200).end('not JSON');
    },
  ];
  importing.answering = (events, response, request) => {
    for (const event of events) ids.add(identityOf(event));
    const fault = random() < 0.4 ? faults[Math.floor(random() * faults.length)] : undefined;
    (fault ?? importing.takeAll)(events, response, request);
  };
  const file = await importing.store('usage.ndjson', ndjson(1000));
  const { code, stdout } = await importing.run(['import', file, '--batch', '50', '--concurrency', '8', '--json']);
  expect(code).toBe(0);
  const { accepted, duplicates, repeated_requests } = JSON.parse(stdout);
  expect(accepted + duplicates).toBe(1000);
  expect(repeated_requests).toBeGreaterThan(0);
  expect(importing.taken.size).toBe(1000);
  expect(ids.size).toBe(1000);
});

test('what is refused is told with its line, and written down whole', async () => {
  importing.answering = (events, response) => {
    const results = events.map((event) => {
      if (event.id === 'e3')
        return { id: 'e3', status: 'rejected', code: 'invalid_event', detail: 'no good', pointer: '/type' };
      if (event.id === 'e5') return { id: 'e5', status: 'conflict', detail: 'other payload' };
      if (Number(event.id.slice(1)) >= 10)
        return {
          id: event.id,
          status: 'rejected',
          code: 'event_too_old',
          detail: 'time lies back; event_max_age_days widens this',
        };
      return importing.take(event);
    });
    reply(response, 207, { results });
  };
  const file = await importing.store('usage.ndjson', `${ndjson(40)}{"id":\n`);
  const { code, stdout, stderr } = await importing.run(['import', file, '--batch', '7']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/41 records[\s\S]*accepted +8\n[\s\S]*conflicts +1 [\s\S]*rejected +31 [\s\S]*unreadable +1 /);
  expect(stderr.match(/event_max_age_days/g)).toHaveLength(1);
  expect(stderr).toMatch(/30 rejected: time lies back; event_max_age_days widens this/);
  expect(stderr).toMatch(
    /line 4: rejected: no good\n.*line 6: conflict: other payload\n.*line 41: unreadable: no JSON/,
  );
  const written = (await readFile(`${file}.rejected.ndjson`, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(written).toHaveLength(33);
  expect(written).toContainEqual({
    line: 4,
    status: 'rejected',
    code: 'invalid_event',
    detail: 'no good',
    pointer: '/type',
    event: { id: 'e3', type: 't', customer: 'c' },
  });
  expect(written).toContainEqual({ line: 41, status: 'unreadable', detail: expect.any(String), text: '{"id":' });

  // Once all is taken, the list of the earlier run does not stay behind.
  importing.answering = importing.takeAll;
  await writeFile(file, ndjson(40));
  expect((await importing.run(['import', file])).code).toBe(0);
  await expect(stat(`${file}.rejected.ndjson`)).rejects.toThrow(/ENOENT/);
});

test('a request that is too large is halved until it fits; one event that never fits is refused', async () => {
  const sizes: number[] = [];
  importing.answering = (events, response, request) => {
    sizes.push(events.length);
    if (events.length > 3 || events.some(({ id }) => id === 'e7')) return reply(response, 413, { detail: 'too large' });
    importing.takeAll(events, response, request);
  };
  const file = await importing.store('usage.ndjson', ndjson(20));
  const { code, stderr } = await importing.run(['import', file]);
  expect(code).toBe(1);
  expect(importing.taken.size).toBe(19);
  expect(sizes[0]).toBe(20);
  expect(stderr).toMatch(/line 8: rejected: too large/);
});

test('CloudEvents are sent as events: subject is the customer, data the properties', async () => {
  const cloud = { specversion: '1.0', id: 'a', source: '/s', type: 't', subject: 'c', traceparent: 'x' };
  const lines = [
    { ...cloud, time: '2026-11-20T00:00:00Z', data: { n: 1 } },
    { ...cloud, id: 'b', subscription: 'sub' },
    { ...cloud, specversion: '0.3' },
  ];
  const file = await importing.store('usage.jsonl', lines.map((item) => `${JSON.stringify(item)}\n`).join(''));
  const { code, stdout, stderr } = await importing.run(['import', file, '--json']);
  expect([code, JSON.parse(stdout)]).toMatchObject([1, { format: 'cloudevents', accepted: 2, unreadable: 1 }]);
  expect(stderr).toMatch(/line 3: unreadable: no CloudEvent: specversion must be "1.0"/);
  expect([...importing.taken.values()].map((text) => JSON.parse(text))).toEqual([
    { id: 'a', source: '/s', type: 't', customer: 'c', time: '2026-11-20T00:00:00Z', properties: { n: 1 } },
    { id: 'b', source: '/s', type: 't', customer: 'c', subscription: 'sub' },
  ]);
});

test('a refused key ends it at once', async () => {
  importing.answering = (_events, response) => reply(response, 401, { detail: 'no such key' });
  const file = await importing.store('usage.ndjson', ndjson(5000));
  const { code, stderr } = await importing.run(['import', file, '--concurrency', '2']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^tollbook: TOLLBOOK_API_KEY is not accepted: no such key$/m);
  expect(importing.requests).toBeLessThanOrEqual(2);
});

test('a redirect is not followed: the key goes nowhere else', async () => {
  importing.answering = (_events, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end();
  const { code, stderr } = await importing.run(['import', await importing.store('usage.ndjson', ndjson(1))]);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/redirect/)]);
});

test('the key and the batch go as documented', async () => {
  let seen: IncomingMessage | undefined;
  importing.answering = (events, response, request) => {
    seen = request;
    importing.takeAll(events, response, request);
  };
  await importing.run(['import', await importing.store('usage.ndjson', ndjson(1))]);
  expect([seen?.method, seen?.url]).toEqual(['POST', '/v1/events']);
  expect(seen?.headers).toMatchObject({ authorization: 'Bearer key-of-the-test', 'content-type': 'application/json' });
});

test('events that bring an id are sent as they are: no source is added', async () => {
  await importing.run([
    'import',
    await importing.store('usage.ndjson', '{"id":"1","type":"t","customer":"c"}\n{"type":"t","customer":"c"}\n'),
  ]);
  const events = [...importing.taken.values()].map((text) => JSON.parse(text));
  expect(events[0]).toEqual({ id: '1', type: 't', customer: 'c' });
  expect(events[1]).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{40}$/),
    source: 'usage.ndjson',
    type: 't',
    customer: 'c',
  });
});

test('a dry run sends and writes nothing and needs no key', async () => {
  const file = await importing.store('usage.ndjson', `${ndjson(2)}nonsense\n`);
  const { code, stdout } = await importing.run(['import', file, '--dry-run'], { TOLLBOOK_API_KEY: '' });
  expect(code).toBe(1);
  expect(stdout).toMatch(/3 records.*\{"id":"e0".*line 3: unreadable: no JSON/s);
  expect(importing.requests).toBe(0);
  await expect(stat(`${file}.rejected.ndjson`)).rejects.toThrow(/ENOENT/);
});

describe('wrong usage is exit code 2, with what to change', () => {
  test.each([
    [['import'], {}, /missing required argument 'file'/],
    [['import', 'x', '--batch', '0'], {}, /--batch.*whole number from 1 to 10000/s],
    [['import', 'x', '--format', 'xml'], {}, /Allowed choices are ndjson, cloudevents, csv, access-log, auto/],
    [['import', 'x', '--map', 'amount=x'], {}, /"amount" is no field of an event/],
    [['exprot'], {}, /unknown command 'exprot'/],
    [['import', 'x'], { TOLLBOOK_API_KEY: '' }, /TOLLBOOK_API_KEY is not set/],
    [['import', 'x'], { TOLLBOOK_URL: 'nonsense' }, /TOLLBOOK_URL/],
    [['import', 'x'], { TOLLBOOK_URL: 'ftp://x' }, /TOLLBOOK_URL must begin with http/],
    [[], {}, /Usage: tollbook/],
  ])('%j %j', async (args, environment, message) => {
    const { code, stderr } = await importing.run(args, environment);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

test.each([
  ['a file that is not there', 'nowhere.csv', [], /there is no file nowhere\.csv/],
  ['a folder', 'cli', [], /no regular file/],
  [
    'a place that cannot be written',
    'package.json',
    ['--format', 'ndjson', '--rejected', '/nowhere/x'],
    /--rejected PATH/,
  ],
])('%s is exit code 1, in one sentence', async (_name, file, more, message) => {
  const { code, stdout, stderr } = await importing.run(['import', file, ...more]);
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(message)]);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('help has examples and exit code 0', async () => {
  const [program, command] = [await importing.run(['--help']), await importing.run(['import', '--help'])];
  for (const { code, stdout } of [program, command])
    expect([code, stdout]).toEqual([0, expect.stringContaining('$ npx tollbook import')]);
});
