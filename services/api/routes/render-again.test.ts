import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RENDERER_VERSION, renderInvoicePdf } from '#libs/invoicing/pdf/render-invoice-pdf.ts';
import { RenderFailed } from '#libs/invoicing/pdf/render-pool.ts';
import { verifyDatabase } from '#libs/invoicing/verify/verify-database.ts';
import { startTestApi, type TestApi, type TestApiClient } from '#tests/support/api.ts';
import { bill, billingFixture } from '#tests/support/billing.ts';

let isFontThere = true;
let api: TestApi;
let own: { id: number; api: TestApiClient };
let other: { id: number; api: TestApiClient };

beforeAll(async () => {
  api = await startTestApi({
    render: (document, options) =>
      isFontThere
        ? renderInvoicePdf(document, options)
        : Promise.reject(new RenderFailed(document.number, 'a font is missing', null)),
  });
  own = await api.organization();
  other = await api.organization();
  const fixture = billingFixture(api.owner);
  const planId = await fixture.simplePlan(own.id, await fixture.meter(own.id));
  for (const key of ['acme', 'beta', 'gamma', 'delta']) await fixture.simpleCustomer(own.id, key, planId);
  // Finalized, and not one page rendered.
  await bill(api.owner, api.worker, own.id, { render: () => Promise.reject(new Error('no disk')) });
});
afterAll(() => api?.stop());

async function invoiceOf(customer: string): Promise<{ id: string; number: string }> {
  return (await own.api.get(`/v1/invoices?customer=${customer}`)).body.data.at(-1);
}

const again = (id: string, body: unknown = { render_only: true }) =>
  own.api.post(`/v1/admin/invoices/${id}/regenerate`, body);

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const versions = async (id: string): Promise<number[]> =>
  (
    await api.owner.query<{ version: number }>(
      'SELECT renderer_version AS version FROM invoice_pdfs WHERE invoice_id = $1 ORDER BY 1',
      [id],
    )
  ).rows.map(({ version }) => version);

/** As a renderer of another version drew it. */
async function drawnBy(version: number, id: string): Promise<Buffer> {
  const bytes = Buffer.from(`%PDF of version ${version}`);
  await api.owner.query(
    `INSERT INTO invoice_pdfs (organization_id, invoice_id, renderer_version, sha256, bytes) VALUES ($1, $2, $3, sha256($4), $4)`,
    [own.id, id, version, bytes],
  );
  return bytes;
}

async function pdfCheck(id: string) {
  const { body } = await own.api.get(`/v1/invoices/${id}/verify`);
  return body.checks.find(({ name }: { name: string }) => name === 'pdf');
}

const verified = (redraw: boolean) => verifyDatabase(api.owner, { organizationId: own.id, redraw });

describe('render_only', () => {
  test('makes the page that is missing; a second time it is there', async () => {
    const { id, number } = await invoiceOf('acme');
    const first = await again(id);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      document: { id, number, state: 'finalized', payment: { status: 'open' } },
      renderer_version: RENDERER_VERSION,
    });
    const { bytes } = await own.api.get(first.headers.get('location') as string);
    expect(first.body.sha256).toBe(sha256(bytes));
    const second = await again(id);
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect(await versions(id)).toEqual([RENDERER_VERSION]);
  });

  test('an older version drew it: the new page stands beside the first, is served, and both are verified', async () => {
    const { id } = await invoiceOf('beta');
    const old = await drawnBy(RENDERER_VERSION - 1, id);
    expect((await own.api.get(`/v1/invoices/${id}/pdf`)).bytes.equals(old)).toBe(true);
    const drawn = await Promise.all([1, 2, 3].map(() => again(id)));
    const { bytes } = await own.api.get(`/v1/invoices/${id}/pdf`);
    for (const { body } of drawn) expect(body).toMatchObject({ renderer_version: RENDERER_VERSION });
    for (const { body } of drawn) expect(body.sha256).toBe(sha256(bytes));
    expect(bytes.equals(old)).toBe(false);
    expect(await versions(id)).toEqual([RENDERER_VERSION - 1, RENDERER_VERSION]);
    expect(await verified(true)).toMatchObject({ ok: true });
    expect(await pdfCheck(id)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(`renderer ${RENDERER_VERSION - 1} drew them; drawn again, .* same bytes`),
    });
  });

  test('a newer version drew it: that stays, and nothing is added', async () => {
    const { id } = await invoiceOf('gamma');
    const newer = await drawnBy(RENDERER_VERSION + 1, id);
    const { status, body } = await again(id);
    expect([status, body.renderer_version, body.sha256]).toEqual([200, RENDERER_VERSION + 1, sha256(newer)]);
    expect(await versions(id)).toEqual([RENDERER_VERSION + 1]);
  });

  test('either page that was touched is found', async () => {
    const { id, number } = await invoiceOf('beta');
    for (const version of [RENDERER_VERSION - 1, RENDERER_VERSION]) {
      await api.owner.query('ALTER TABLE invoice_pdfs DISABLE TRIGGER immutable_rows');
      const put = (bytes: Buffer) =>
        api.owner.query('UPDATE invoice_pdfs SET bytes = $3 WHERE invoice_id = $1 AND renderer_version = $2', [
          id,
          version,
          bytes,
        ]);
      const { rows } = await api.owner.query(
        'SELECT bytes FROM invoice_pdfs WHERE invoice_id = $1 AND renderer_version = $2',
        [id, version],
      );
      await put(Buffer.from('x'));
      expect(await verified(false)).toMatchObject({ ok: false, touched: { table: 'invoice_pdfs', document: number } });
      expect(await pdfCheck(id)).toMatchObject({
        ok: false,
        detail: expect.stringContaining('not those of the stored'),
      });
      await put(rows[0].bytes);
      await api.owner.query('ALTER TABLE invoice_pdfs ENABLE TRIGGER immutable_rows');
    }
    expect(await verified(true)).toMatchObject({ ok: true });
  });

  test('a credit note, and the voided invoice', async () => {
    const { id } = await invoiceOf('acme');
    const voided = await own.api.post(`/v1/invoices/${id}/void`, { reason: 'wrong' });
    const note = voided.body.credit_note;
    const { status, body, headers } = await again(note.id);
    expect([status, body.document.number, body.document.payment]).toEqual([201, note.number, null]);
    const { bytes } = await own.api.get(headers.get('location') as string);
    expect(sha256(bytes)).toBe(body.sha256);
    expect((await again(id)).body.document).toMatchObject({ id, state: 'voided' });
  });

  test('a page that cannot be drawn is told, and drawn the next time', async () => {
    const { id } = await invoiceOf('delta');
    isFontThere = false;
    const failed = await again(id);
    isFontThere = true;
    expect([failed.status, failed.body.code]).toEqual([503, 'unavailable']);
    expect(await versions(id)).toEqual([]);
    expect((await again(id)).status).toBe(201);
  });

  test('refused: of nobody, of another organization, with a reason, without the scope', async () => {
    const { id } = await invoiceOf('beta');
    expect((await again(crypto.randomUUID())).status).toBe(404);
    expect((await other.api.post(`/v1/admin/invoices/${id}/regenerate`, { render_only: true })).status).toBe(404);
    const { status, body } = await again(id, { render_only: true, reason: 'x' });
    expect([status, body.errors]).toEqual([422, [expect.objectContaining({ pointer: '/reason' })]]);
    expect(await versions(id)).toEqual([RENDERER_VERSION - 1, RENDERER_VERSION]);
  });
});
