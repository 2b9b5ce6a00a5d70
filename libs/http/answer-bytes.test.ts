import { describe, expect, test } from '@jest/globals';
import { answerBytes } from './answer-bytes.ts';

const bytes = Buffer.from('0123456789');
const etag = '"abc"';
const answer = (headers: Record<string, string>, method = 'GET') =>
  answerBytes({ method, headers }, { bytes, etag, type: 'text/plain', fileName: 'INV/ä "1".pdf' });
const told = (headers: Record<string, string>, method?: string) => {
  const { status = 200, body, headers: given } = answer(headers, method);
  return [status, body?.toString() ?? null, given?.['Content-Range'] ?? null, given?.['Content-Length'] ?? null];
};
const WHOLE = [200, '0123456789', null, '10'];

test('the whole, with what describes it; the name keeps what every system takes', () => {
  expect(answer({}).headers).toEqual({
    ETag: '"abc"',
    'Cache-Control': 'private, no-cache',
    'Accept-Ranges': 'bytes',
    'Content-Type': 'text/plain',
    'Content-Disposition': 'inline; filename="INV____1_.pdf"',
    'Content-Length': '10',
  });
});

describe('one range', () => {
  test.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=9-', '9', 'bytes 9-9/10'],
    ['Bytes=7-99', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('%s', (range, part, contentRange) => {
    expect(told({ range })).toEqual([206, part, contentRange, `${part.length}`]);
  });

  test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0', 'bytes=999999999999999-'])('%s begins behind the end', (range) => {
    expect(() => answer({ range })).toThrow(
      expect.objectContaining({ status: 416, headers: expect.objectContaining({ 'Content-Range': 'bytes */10' }) }),
    );
  });

  test.each(['bytes=4-2', 'bytes=-', 'bytes=1-2,4-5', 'lines=1-2', 'bytes=a-b', 'bytes=1', 'bytes=1e3-', ''])(
    'as if it were not there: "%s"',
    (range) => {
      expect(told({ range })).toEqual(WHOLE);
    },
  );
});

describe('conditions', () => {
  test.each([
    [{ 'if-none-match': '"abc"' }, 304],
    [{ 'if-none-match': '"x", W/"abc"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"x"' }, 200],
    // Goes before the range, even one that cannot be satisfied.
    [{ 'if-none-match': '"abc"', range: 'bytes=99-' }, 304],
    [{ 'if-range': '"abc"', range: 'bytes=0-1' }, 206],
    [{ 'if-range': 'W/"abc"', range: 'bytes=0-1' }, 200],
    [{ 'if-range': '"x"', range: 'bytes=99-' }, 200],
    [{ 'if-range': 'Sat, 21 Nov 2026 19:00:00 GMT', range: 'bytes=0-1' }, 200],
  ] as [Record<string, string>, number][])('%j: %d', (headers, status) => {
    expect(answer(headers).status ?? 200).toBe(status);
  });

  test('HEAD tells of the whole', () => {
    expect(told({ range: 'bytes=0-1' }, 'HEAD')).toEqual(WHOLE);
  });
});
