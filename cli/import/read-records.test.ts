import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CommandError, UsageError } from '../errors.ts';
import { detectFormat } from './detect-format.ts';
import type { FileRecord } from './draft.ts';
import { parseFieldMap } from './parse-field-map.ts';
import { MAX_LINE_BYTES, readLines } from './read-lines.ts';
import { checkMap, type ReadOptions, readRecords } from './read-records.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tollbook-import-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function withFile<T>(
  content: string | Buffer,
  work: (file: Awaited<ReturnType<typeof open>>, size: number) => Promise<T>,
) {
  const name = path.join(folder, 'file');
  await writeFile(name, content);
  const file = await open(name);
  try {
    return await work(file, Buffer.byteLength(content));
  } finally {
    await file.close();
  }
}

async function collect<Item>(pages: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

const linesOf = (content: string | Buffer) =>
  withFile(content, async (file, size) => (await collect(readLines(file, size))).flat());

const recordsOf = (content: string | Buffer, options: Partial<ReadOptions> & Pick<ReadOptions, 'format'>) =>
  withFile(
    content,
    async (file, size): Promise<FileRecord[]> =>
      (await collect(readRecords(file, size, { map: new Map(), ...options }))).flat(),
  );

describe('lines', () => {
  test.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['\n\na', ['', '', 'a']],
    ['\ufeffa\nb', ['a', 'b']],
    ['a\n\ufeffb\n', ['a', '\ufeffb']],
    ['é\n😀', ['é', '😀']],
    ['a\rb\n', ['a\rb']],
  ])('%j', async (content, expected) => {
    const lines = await linesOf(content);
    expect(lines.map(({ text }) => text)).toEqual(expected);
    expect(lines.map(({ number }) => number)).toEqual(expected.map((_, at) => at + 1));
  });

  test('law: any lines come out as they went in, across the borders of chunks', async () => {
    // Chunks have 256 KiB; lines of up to 100 kB make borders fall everywhere.
    const line = fc
      .tuple(fc.stringMatching(/^[a-zé😀 "]{0,8}$/u), fc.nat(12_000))
      .map(([text, times]) => text.repeat(times));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (lines) => {
        const found = await linesOf(lines.map((text) => `${text}\n`).join(''));
        expect(found.map(({ text, fault }) => fault ?? text)).toEqual(lines);
      }),
      { numRuns: 30 },
    );
  });

  test('what is no UTF-8 or too long is a fault of its line, and the next line is read', async () => {
    const content = Buffer.concat([
      Buffer.from('a\n'),
      Buffer.from([0x66, 0xff, 10]),
      Buffer.from(`${'x'.repeat(MAX_LINE_BYTES + 1)}\n`),
      Buffer.from(`${'y'.repeat(MAX_LINE_BYTES)}\nz`),
    ]);
    const lines = await linesOf(content);
    expect(lines.map(({ number, fault }) => [number, fault])).toEqual([
      [1, undefined],
      [2, 'not UTF-8'],
      [3, `longer than ${MAX_LINE_BYTES} bytes`],
      [4, undefined],
      [5, undefined],
    ]);
    expect(lines[4]).toMatchObject({ text: 'z', ended: false });
    expect(lines[3]).toMatchObject({ ended: true });
  });

  test('a file that becomes shorter while it is read is an error', async () => {
    const reading = withFile('a\nb\n', async (file, size) => collect(readLines(file, size + 1)));
    await expect(reading).rejects.toThrow(/became shorter/);
  });

  test('what is written behind the size at the start is not read', async () => {
    const lines = await withFile('a\nb\nc', async (file) => (await collect(readLines(file, 4))).flat());
    expect(lines.map(({ text }) => text)).toEqual(['a', 'b']);
  });
});

describe('ndjson', () => {
  test('events as they are, faults with their line, empty lines are none', async () => {
    const event = { id: '1', type: 't', customer: 'c', properties: { n: 1.5 } };
    const records = await recordsOf(`${JSON.stringify(event)}\r\n\r\n{"id":\n[1]\nnull\n${JSON.stringify(event)}`, {
      format: 'ndjson',
    });
    expect(records.map((record) => [record.line, 'event' in record ? record.event : record.fault.slice(0, 7)])).toEqual(
      [
        [1, event],
        [3, 'no JSON'],
        [4, 'JSON, b'],
        [5, 'JSON, b'],
        [6, event],
      ],
    );
  });

  test('mapped names move, type and source fill in only where there is none', async () => {
    const content = '{"request_id":"7","customer":"c"}\n{"request_id":"8","customer":"c","type":"own","source":"s"}\n';
    const records = await recordsOf(content, {
      format: 'ndjson',
      map: parseFieldMap('id=request_id'),
      type: 'given',
      source: 'web-1',
    });
    expect(records).toMatchObject([
      { event: { id: '7', customer: 'c', type: 'given', source: 'web-1' } },
      { event: { id: '8', customer: 'c', type: 'own', source: 's' } },
    ]);
    expect(records[0]).not.toHaveProperty('event.request_id');
  });

  test('a field named __proto__ stays a field', async () => {
    const [record] = await recordsOf('{"a":"1","__proto__":{"b":1}}', { format: 'ndjson', map: parseFieldMap('id=a') });
    expect(JSON.stringify((record as { event: object }).event)).toBe('{"__proto__":{"b":1},"id":"1"}');
  });
});

describe('csv', () => {
  const header = 'id,type,customer,time,bytes,region\n';
  const options = { format: 'csv' } as const;

  test('columns become fields and properties; cells stay text; empty cells are left out', async () => {
    const content = `\ufeff${header}1,t,acme,2026-10-01T00:00:00Z,12345678901234567890.5,eu\r\n\r\n2,t,"a, ""b""",,,\n`;
    expect(await recordsOf(content, options)).toMatchObject([
      {
        line: 2,
        event: {
          id: '1',
          type: 't',
          customer: 'acme',
          time: '2026-10-01T00:00:00Z',
          properties: { bytes: '12345678901234567890.5', region: 'eu' },
        },
      },
      { line: 4, event: { id: '2', type: 't', customer: 'a, "b"', properties: {} } },
    ]);
  });

  test('a cell over several lines belongs to the line where its row begins', async () => {
    const records = await recordsOf(`${header}1,t,"two\r\nlines",,,\n2,t,c,,,\n`, options);
    expect(records).toMatchObject([
      { line: 2, event: { customer: 'two\nlines' } },
      { line: 4, event: { id: '2' } },
    ]);
  });

  test('a wrong row is a fault of its own and spoils no other', async () => {
    const content = `${header}1,t,c,,,\n2,t\n3,t,"c"x",",,\n4,t,a "b" c,,,\n5,t,c,,,\n${'6,t,c,,,,,'}\n7,t,c,,,`;
    const records = await recordsOf(content, options);
    expect(records.map((record) => [record.line, 'event' in record ? record.event.id : record.fault])).toEqual([
      [2, '1'],
      [3, 'a row of 2 cells under a header of 6'],
      [4, expect.stringMatching(/text follows a closing quote/)],
      [5, expect.stringMatching(/quote stands inside an unquoted cell/)],
      [6, '5'],
      [7, 'a row of 8 cells under a header of 6'],
      [8, '7'],
    ]);
  });

  test('not UTF-8 is a fault of its row', async () => {
    const content = Buffer.concat([Buffer.from(`${header}1,t,`), Buffer.from([0xe9]), Buffer.from(',,,\n2,t,c,,,\n')]);
    const records = await recordsOf(content, options);
    expect(records).toMatchObject([
      { line: 2, fault: 'not UTF-8' },
      { line: 3, event: { id: '2' } },
    ]);
  });

  test('a cell that is no UTF-8 may go over lines: its row is refused whole, nothing inside it is taken for a row', async () => {
    const latin1 = Buffer.from(`${header}1,t,"\xe9\n9,t,inside,,,\n",,,\n2,t,c,,,\n`, 'latin1');
    expect(await recordsOf(latin1, options)).toMatchObject([
      { line: 2, fault: 'not UTF-8' },
      { line: 5, event: { id: '2' } },
    ]);
    const long = `${header}1,t,"${'x'.repeat(MAX_LINE_BYTES)}\n9,t,inside,,,\n",,,\n`;
    await expect(recordsOf(long, options)).rejects.toThrow(/^line 2: the row is longer than/);
  });

  test('a quote that never closes ends the reading: nothing behind it is guessed', async () => {
    await expect(recordsOf(`${header}1,t,c,,,\n2,t,"c,,,\n3,t,c,,,\n`, options)).rejects.toThrow(
      /^line 3: a quote opens/,
    );
    const huge = `${header}2,t,"c,,,\n${'3,t,c,,,\n'.repeat(MAX_LINE_BYTES / 8)}`;
    await expect(recordsOf(huge, options)).rejects.toThrow(CommandError);
  });

  test.each([
    ['no customer', 'id,type,account\n1,t,a\n', {}, /--map customer=COLUMN; the columns are: id, type, account/],
    ['no type', 'id,customer\n1,a\n', {}, /--type T or --map type=COLUMN/],
    ['a name twice', 'id,type,customer,id\n', {}, /names "id" twice/],
    ['a column without a name', 'id,type,customer,\n', {}, /column 4 .* has no name/],
    [
      'a column that is not there',
      header,
      { map: parseFieldMap('customer=account') },
      /--map customer=account: there is no such column/,
    ],
  ])('%s in the header says what to do', async (_name, content, more, message) => {
    const reading = recordsOf(content, { ...options, ...more });
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(message);
  });

  test('a mapped column is no property, and frees the name it replaces', async () => {
    const content = 'request_id,account,customer\n1,acme,Mr. X\n';
    const records = await recordsOf(content, {
      ...options,
      map: parseFieldMap('id=request_id, customer=account'),
      type: 'call',
    });
    expect(records).toMatchObject([
      { event: { id: '1', customer: 'acme', type: 'call', properties: { customer: 'Mr. X' } } },
    ]);
  });

  test('law: any cells that are written by the rules of RFC 4180 are read as they were', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', ' ', '""') });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(rows, async (table) => {
        const content = table.map((cells) => `${['x', ...cells].map(quote).join(',')}\r\n`).join('');
        const records = await recordsOf(`customer,a,b\r\n${content}`, { ...options, type: 't' });
        const read = records.map((record) => ('event' in record ? (record.event.properties as object) : record));
        expect(read).toEqual(table.map(([a, b]) => ({ ...(a !== '' && { a }), ...(b !== '' && { b }) })));
      }),
      { numRuns: 60 },
    );
  });
});

describe('access logs', () => {
  const line = '192.0.2.1 - frank [10/Oct/2026:13:55:36 +0000] "GET /x HTTP/1.1" 200 5';

  test('a last line without its end is not taken: its last digits may be missing', async () => {
    const records = await recordsOf(`${line}\n${line}`, { format: 'access-log' });
    expect(records).toMatchObject([
      { event: { customer: 'frank' } },
      { line: 2, fault: expect.stringMatching(/cut off/) },
    ]);
  });

  test('--type names all requests', async () => {
    const records = await recordsOf(`${line}\n`, { format: 'access-log', type: 'page.view' });
    expect(records).toMatchObject([{ event: { type: 'page.view' } }]);
  });

  test.each(['id=host', 'time=host', 'customer=referer'])('--map %s is refused', (text) => {
    expect(() => checkMap('access-log', parseFieldMap(text))).toThrow(UsageError);
  });
});

describe('what a file is', () => {
  const log = '192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] "GET /x HTTP/1.1" 200 5';
  test.each([
    ['usage.ndjson', '', 'ndjson'],
    ['usage.JSONL', '', 'ndjson'],
    ['usage.csv', '{', 'csv'],
    ['access.log', log, 'access-log'],
    ['access.log.1', `rubbish\n${log}`, 'access-log'],
    ['usage', '\n {"id":"1"}', 'ndjson'],
    ['usage.txt', 'id,customer,type', 'csv'],
  ])('%s with %j is %s', async (name, content, format) => {
    expect(detectFormat(`/somewhere/${name}`, await linesOf(content))).toBe(format);
  });

  test.each([
    '[{"id":"1"}]',
    '\n[ ]',
    '[\n  {\n    "id": "1"\n  }\n]\n',
    `[{"id":"1","text":"${'x'.repeat(MAX_LINE_BYTES)}"}]`,
  ])('array %# is named, with how to make lines of it', async (content) => {
    const lines = await linesOf(content);
    expect(() => detectFormat('usage.json', lines)).toThrow(
      /^usage\.json is a JSON array: `jq -c '\.\[\]' FILE > FILE\.ndjson`/,
    );
  });

  test.each(['', 'hello', '[1,2]', '[error] it failed'])('%j needs --format', async (content) => {
    const lines = await linesOf(content);
    expect(() => detectFormat('file.txt', lines)).toThrow(/--format ndjson\|cloudevents\|csv\|access-log/);
  });
});

test.each([
  ['customer', /must look like field=name/],
  ['customer=', /must look like field=name/],
  ['amount=x', /"amount" is no field of an event/],
  ['id=a,id=b', /id is given twice/],
])('--map %s is refused', (text, message) => {
  expect(() => parseFieldMap(text)).toThrow(message);
});
