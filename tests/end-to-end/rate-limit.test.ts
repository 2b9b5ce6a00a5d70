import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { prepareApiProcesses, type TestApiService } from '../support/api-process.ts';

/* Two API processes, one Redis, one key: together they let exactly as many requests pass as the limit says. */

const LIMIT = 40;
let service: TestApiService;
beforeAll(async () => {
  service = await prepareApiProcesses({ TOLLBOOK_MANAGEMENT_REQUESTS_PER_MINUTE: String(LIMIT) });
});
afterAll(() => service?.stop());

test('a limit is exact across processes', async () => {
  const [a, b] = await Promise.all([service.start(), service.start()]);
  const ask = (port: number) =>
    fetch(`http://127.0.0.1:${port}/v1/customers`, { headers: { authorization: `Bearer ${service.key}` } });
  const answers = await Promise.all(Array.from({ length: 2 * LIMIT }, (_, i) => ask((i % 2 === 0 ? a : b).port)));
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([count(200), count(429)]).toEqual([LIMIT, LIMIT]);
  const left = answers.filter(({ status }) => status === 200).map(({ headers }) => headers.get('ratelimit') ?? '');
  expect(new Set(left.map((header) => /r=(\d+)/.exec(header)?.[1])).size).toBe(LIMIT);
  for (const { status, headers } of answers)
    if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});
