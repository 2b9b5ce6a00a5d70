import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { billingFixture, billWithoutPages, HOUR_IN_PAST_MONTH } from '#tests/support/billing.ts';
import { csvRows } from '../exports/csv-rows.ts';

let api: TestApi;
let own: Awaited<ReturnType<TestApi['organization']>>;
const CUSTOMERS = 205;
const INVOICES = CUSTOMERS + 1;
beforeAll(async () => {
  api = await startTestApi();
  own = await api.organization({ name: 'Export' });
  const fixture = billingFixture(api.owner);
  const meterId = await fixture.meter(own.id);
  const plan = await fixture.simplePlan(own.id, meterId);
  // More than one portion.
  for (let n = 1; n <= CUSTOMERS; n += 1) await fixture.simpleCustomer(own.id, `c${n}`, plan);
  await fixture.usage(own.id, meterId, 'c1', HOUR_IN_PAST_MONTH, '1000');
  await billWithoutPages(api.owner, api.worker, own.id);
  const [first] = await fixture.documents(own.id);
  const { status } = await own.api.post(`/v1/admin/invoices/${first.id}/regenerate`, { reason: '=1+1' });
  expect(status).toBeLessThan(300);
}, 120_000);
afterAll(() => api?.stop());

type Row = Record<string, string> & { document: { series: string; issue_date: string; series_number: number } };
const ndjson = async (path: string): Promise<Row[]> => {
  const answer = await own.api.get(path);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  return answer.bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};
const csv = async (path: string): Promise<Record<string, string>[]> => {
  const answer = await own.api.get(path, { accept: 'text/csv' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
  return parse(answer.bytes, { columns: true });
};

describe('invoices', () => {
  test('all of them, in the order of series and chain, with what verify needs', async () => {
    const rows = await ndjson('/v1/exports/invoices');
    expect(rows).toHaveLength(INVOICES + 1);
    const places = rows.map(({ document }) => [document.series, document.series_number]);
    expect(places).toEqual([['credit_note', 1], ...Array.from({ length: INVOICES }, (_, n) => ['invoice', n + 1])]);
    for (const [n, row] of rows.entries()) if (n > 1) expect(row.previous_hash).toBe((rows[n - 1] as Row).hash);
  });

  test('CSV says the same', async () => {
    const rows = await ndjson('/v1/exports/invoices?format=ndjson');
    const cells = await csv('/v1/exports/invoices');
    expect(cells.map(({ number, total, hash, cursor }) => ({ number, total, hash, cursor }))).toEqual(
      rows.map(({ number, total, hash, cursor }) => ({ number, total, hash, cursor })),
    );
    // A negative amount is a number, no formula.
    expect(cells[0]?.total).toMatch(/^-\d/);
  });

  test('goes on behind any row', async () => {
    const rows = await ndjson('/v1/exports/invoices');
    for (const at of [0, 1, 200, 201, rows.length - 1])
      expect(await ndjson(`/v1/exports/invoices?cursor=${rows[at]?.cursor}`)).toEqual(rows.slice(at + 1));
  });

  test('filters', async () => {
    const rows = await ndjson('/v1/exports/invoices');
    const numbers = async (query: string) =>
      (await ndjson(`/v1/exports/invoices?${query}`)).map(({ number }) => number);
    expect(await numbers('kind=credit_note')).toEqual([rows[0]?.number]);
    expect(await numbers('customer=c7')).toHaveLength(1);
    expect(await numbers('customer=nobody')).toEqual([]);
    expect(await numbers(`document=${rows[3]?.id}`)).toEqual([rows[3]?.number]);
    const [day] = rows.map(({ issue_date }) => issue_date);
    expect(await numbers(`issued_from=${day}&issued_to=${day}`)).toHaveLength(rows.length);
    expect(await numbers('issued_to=2000-01-01')).toEqual([]);
  });

  test("another organization's are not there", async () => {
    const { api: other } = await api.organization();
    expect((await other.get('/v1/exports/invoices')).bytes).toHaveLength(0);
    expect((await other.get('/v1/exports/invoices?format=csv')).bytes.toString()).toMatch(/^id,kind,number,.*\r\n$/);
  });

  test.each(['/v1/exports/invoices', '/v1/exports/invoice-lines', '/v1/exports/chain-heads'])(
    '%s refuses a cursor that is none, also where a header would go first',
    async (path) => {
      const format = path.endsWith('heads') ? '' : '&format=csv';
      expect((await own.api.get(`${path}?cursor=abc${format}`)).body).toMatchObject({ code: 'invalid_request' });
    },
  );
});

describe('lines', () => {
  test('of every document, and behind any of them', async () => {
    const rows = await ndjson('/v1/exports/invoice-lines');
    expect(rows).toHaveLength(2 * (INVOICES + 1));
    expect(rows[0]).toMatchObject({ document_kind: 'credit_note', position: 1, amount: expect.stringMatching(/^-/) });
    for (const at of [0, 1, 2, 399, 400, 401, rows.length - 1])
      expect(await ndjson(`/v1/exports/invoice-lines?cursor=${rows[at]?.cursor}`)).toEqual(rows.slice(at + 1));
    const cells = await csv('/v1/exports/invoice-lines?kind=invoice');
    expect(cells.map(({ amount }) => amount)).toEqual(rows.slice(2).map(({ amount }) => amount));
  });
});

describe('cells', () => {
  const columns = [
    { name: 'text', of: (row: { text: string }) => row.text, text: true as const },
    { name: 'amount', of: () => '-5.00' },
  ];

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1'])('%j is no formula', (text) => {
    const [[cell, amount]] = parse(csvRows(columns, [{ text }])) as [[string, string]];
    expect([cell, amount]).toEqual([`'${text}`, '-5.00']);
  });

  test.each(['a,b', 'say "x"', 'two\nlines', 'é'])('%j comes back as it was', (text) => {
    expect(parse(csvRows(columns, [{ text }]))).toEqual([[text, '-5.00']]);
  });
});
