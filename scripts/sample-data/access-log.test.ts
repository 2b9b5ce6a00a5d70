import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parseAccessLogLine } from '#cli/import/parse-access-log.ts';
import { createAccessLog } from './access-log.ts';

const lines = (text: string) => text.trimEnd().split('\n');

test.each(['2026-10', '2026-03', '2026-12', '2028-02'])('%s: each line is read and lies in the month', (month) => {
  const found = lines(createAccessLog({ month, lines: 3000, seed: 4 }));
  expect(found).toHaveLength(3000);
  for (const line of found) {
    const parsed = parseAccessLogLine(line);
    expect([line, parsed.ok]).toEqual([line, true]);
    if (parsed.ok) expect(new Date(parsed.request.time).toISOString().slice(0, 7)).toBe(month);
  }
});

test('it has what real logs have', () => {
  const found = lines(createAccessLog({ month: '2026-10', lines: 10_000, seed: 1 }));
  const requests = found.flatMap((line) => {
    const parsed = parseAccessLogLine(line);
    return parsed.ok ? [parsed.request] : [];
  });
  expect(new Set(requests.map(({ user }) => user).filter((user) => user !== null)).size).toBe(40);
  expect(requests.some(({ user }) => user === null)).toBe(true);
  expect(requests.some(({ host }) => host.includes(':'))).toBe(true);
  expect(requests.some(({ method }) => method === null)).toBe(true);
  expect(requests.some(({ bytes }) => bytes === '0')).toBe(true);
  expect(new Set(requests.map(({ time }) => time.slice(-6)))).toEqual(new Set(['+02:00', '+01:00']));
  expect(new Set(requests.map(({ method }) => method)).size).toBeGreaterThan(4);
  expect(found.length - new Set(found).size).toBeGreaterThan(10);
});

test('the same options give the same bytes, on every machine', () => {
  const digest = (seed: number) =>
    createHash('sha256')
      .update(createAccessLog({ month: '2026-10', lines: 500, seed }))
      .digest('hex');
  expect(digest(1)).toBe(digest(1));
  expect(digest(2)).not.toBe(digest(1));
});

test('what is no month is refused', () => {
  expect(() => createAccessLog({ month: '2026-13', lines: 1, seed: 1 })).toThrow(/2026-13 is no month/);
});
