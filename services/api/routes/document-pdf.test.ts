import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRenderPool, type RenderPool } from '#libs/invoicing/pdf/render-pool.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { bill, billingFixture } from '#tests/support/billing.ts';
import { pdfText } from '#tests/support/pdf-text.ts';

let pool: RenderPool;
let api: TestApi;
let own: { id: number; api: TestApiClient };
let other: { id: number; api: TestApiClient };

beforeAll(async () => {
  pool = createRenderPool({
    worker: new URL('../../../tests/support/render-with-faults.ts', import.meta.url),
    threads: 1,
  });
  api = await startTestApi({ render: pool.render });
  own = await api.organization();
  other = await api.organization();
  const fixture = billingFixture(api.owner);
  const planId = await fixture.simplePlan(own.id, await fixture.meter(own.id));
  for (const key of ['acme', 'beta', 'exits', 'throws']) await fixture.simpleCustomer(own.id, key, planId);
  // Finalized, and not one page rendered.
  const render = () => Promise.reject(new Error('no disk'));
  await bill(api.owner, api.worker, own.id, { render });
});
afterAll(async () => {
  await api?.stop();
  await pool?.close();
});

async function invoiceOf(customer: string): Promise<{ id: string; number: string }> {
  return (await own.api.get(`/v1/invoices?customer=${customer}`)).body.data[0];
}

test('a page is rendered when it is asked for: the same bytes each time, named after the number', async () => {
  const { id, number } = await invoiceOf('acme');
  const first = await own.api.get(`/v1/invoices/${id}/pdf`);
  expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  expect(await pdfText(first.bytes)).toContain(number);
  expect(first.headers.get('content-disposition')).toBe(`inline; filename="${number}.pdf"`);
  const etag = `"${createHash('sha256').update(first.bytes).digest('hex')}"`;
  expect(first.headers.get('etag')).toBe(etag);
  expect((await own.api.get(`/v1/invoices/${id}/pdf`)).bytes.equals(first.bytes)).toBe(true);
  const unchanged = await own.api.get(`/v1/invoices/${id}/pdf`, { 'if-none-match': `"other", W/${etag}` });
  expect([unchanged.status, unchanged.bytes.length]).toEqual([304, 0]);
});

test('a page of nobody, of another organization, or asked for under the wrong kind', async () => {
  const { id } = await invoiceOf('acme');
  expect((await other.api.get(`/v1/invoices/${id}/pdf`)).status).toBe(404);
  expect((await own.api.get(`/v1/credit-notes/${id}/pdf`)).status).toBe(404);
  expect((await own.api.get(`/v1/invoices/${crypto.randomUUID()}/pdf`)).status).toBe(404);
});

describe('in parts', () => {
  test('put together they are the whole', async () => {
    const path = `/v1/invoices/${(await invoiceOf('acme')).id}/pdf`;
    const whole = await own.api.get(path);
    const etag = whole.headers.get('etag') as string;
    const parts: Buffer[] = [];
    for (let at = 0; at < whole.bytes.length; at += 10_000) {
      const part = await own.api.get(path, { range: `bytes=${at}-${at + 9_999}`, 'if-range': etag });
      const last = Math.min(at + 10_000, whole.bytes.length) - 1;
      expect([part.status, part.headers.get('content-range')]).toEqual([
        206,
        `bytes ${at}-${last}/${whole.bytes.length}`,
      ]);
      parts.push(part.bytes);
    }
    expect(Buffer.concat(parts).equals(whole.bytes)).toBe(true);
  });

  test('behind the end', async () => {
    const path = `/v1/invoices/${(await invoiceOf('acme')).id}/pdf`;
    const { bytes } = await own.api.get(path);
    const refused = await own.api.get(path, { range: `bytes=${bytes.length}-` });
    expect([refused.status, refused.body.code]).toEqual([416, 'range_not_satisfiable']);
    expect(refused.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  });

  test('HEAD tells how long it is', async () => {
    const path = `/v1/invoices/${(await invoiceOf('acme')).id}/pdf`;
    const { bytes, headers } = await own.api.get(path);
    const head = await own.api.call('HEAD', path);
    expect([head.status, head.bytes.length]).toEqual([200, 0]);
    for (const name of ['content-length', 'etag', 'content-type', 'accept-ranges'])
      expect([name, head.headers.get(name)]).toEqual([name, headers.get(name)]);
    expect(head.headers.get('content-length')).toBe(`${bytes.length}`);
  });
});

test.each([
  ['throws', 'the font file Some.ttf of the package some-font cannot be read'],
  ['exits', 'could not be rendered'],
])(
  'a page that cannot be rendered leaves its invoice as it is, and the others theirs: %s',
  async (customer, reason) => {
    const { id } = await invoiceOf(customer);
    const failed = await own.api.get(`/v1/invoices/${id}/pdf`);
    expect([failed.status, failed.body.code]).toEqual([503, 'unavailable']);
    expect(failed.body.detail).toContain(reason);
    expect((await own.api.get(`/v1/invoices/${id}`)).body.state).toBe('finalized');
    expect((await own.api.get(`/v1/invoices/${(await invoiceOf('beta')).id}/pdf`)).status).toBe(200);
  },
);
