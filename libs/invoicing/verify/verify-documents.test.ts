import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CHAIN_START, hashDocument } from '../chain/document-hash.ts';
import { readSigningKey, type SigningKey } from '../chain/read-signing-key.ts';
import { signHead } from '../chain/sign-head.ts';
import type { ChainedDocument } from '../chain/verify-chain.ts';
import type { InvoiceDocument } from '../documents/document.ts';
import { documentNumber } from '../documents/number.ts';
import { redactBuyer } from '../documents/redact-buyer.ts';
import { type HeadWithKey, type VerifyOptions, verifyDocuments } from './verify-documents.ts';

const PATTERNS = { invoice: 'INV-{year}-{number:6}', credit_note: 'CN-{number}' };
const newKey = () =>
  readSigningKey(String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })));
const key = newKey();

function documentOf(series: InvoiceDocument['series'], n: number, total = '1.00'): InvoiceDocument {
  const date = n < 4 ? '2026-04-01' : '2026-05-01';
  return {
    series,
    series_number: n,
    number_pattern: PATTERNS[series],
    number: documentNumber(PATTERNS[series], date, n),
    issue_date: date,
    buyer: { key: 'acme', name: 'Acme', address_lines: [], salt: '00' },
    total,
  } as unknown as InvoiceDocument;
}

function chainOf(documents: readonly InvoiceDocument[]): ChainedDocument[] {
  let previousHash = CHAIN_START;
  let series = '';
  return documents.map((document) => {
    if (document.series !== series) previousHash = CHAIN_START;
    series = document.series;
    const hash = hashDocument(previousHash, document);
    const chained = { document, previousHash, hash };
    previousHash = hash;
    return chained;
  });
}

function headOf({ document, hash }: ChainedDocument, by: SigningKey = key): HeadWithKey {
  const { series, issue_date, series_number } = document;
  const head = { organization: 1, series, issue_date, series_number, hash: hash.toString('hex') };
  return { ...signHead({ ...head, signed_at: '2026-05-02T00:00:00.000Z' }, by), publicKey: by.publicKey };
}

/** Two credit notes and five invoices. */
const SEVEN = [
  ...[1, 2].map((n) => documentOf('credit_note', n)),
  ...[1, 2, 3, 4, 5].map((n) => documentOf('invoice', n)),
];

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
const verify = (
  documents: readonly ChainedDocument[],
  heads: readonly HeadWithKey[],
  more: Partial<VerifyOptions> = {},
) => verifyDocuments({ documents: each(documents), heads: each(heads), organization: 1, ...more });

test('law: a whole chain is whole, whichever of its documents were signed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray([0, 1, 2, 3, 4, 5, 6]), async (signed) => {
      const chain = chainOf(SEVEN);
      const heads = signed.map((at) => headOf(chain[at] as ChainedDocument));
      const unsignedIn = (from: number, to: number) =>
        to - Math.max(from - 1, ...signed.filter((at) => at >= from && at <= to));
      expect(await verify(chain, heads)).toEqual({
        ok: true,
        seen: { documents: 7, heads: signed.length, unsigned: unsignedIn(0, 1) + unsignedIn(2, 6), redacted: 0 },
      });
    }),
  );
});

test('law: one that is changed, and any that is removed before a signed one, is named', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 6 }), fc.boolean(), async (at, isRemoved) => {
      const chain = chainOf(SEVEN);
      const heads = [chain[1], chain[6]].map((one) => headOf(one as ChainedDocument));
      const touched = chain[at] as ChainedDocument;
      if (isRemoved) chain.splice(at, 1);
      else chain[at] = { ...touched, document: { ...touched.document, total: '9.00' } };
      const verdict = await verify(chain, heads);
      const after = chain[at] as ChainedDocument | undefined;
      const isLast = at === 1 || at === 6;
      const named = isRemoved && !isLast ? after?.document.number : touched.document.number;
      expect(verdict).toMatchObject({
        ok: false,
        touched: {
          table: 'invoices',
          document: isRemoved && isLast ? expect.stringMatching(/ of 2026-0[45]-01$/) : named,
        },
      });
    }),
  );
});

test('a chain rewritten as a whole is named where it was signed first behind the change', async () => {
  const whole = chainOf(SEVEN);
  const forged = chainOf(SEVEN.map((document, at) => (at === 3 ? { ...document, total: '0.01' } : document)));
  const heads = [whole[2], whole[4], whole[6]].map((one) => headOf(one as ChainedDocument));
  expect(await verify(forged, heads)).toMatchObject({
    ok: false,
    touched: {
      table: 'invoices',
      document: forged[4]?.document.number,
      reason: expect.stringMatching(/another hash was signed/),
    },
  });
});

test('a head that was changed, that is of another organization, or by a key that is not trusted', async () => {
  const chain = chainOf(SEVEN);
  const head = headOf(chain[6] as ChainedDocument);
  const named = (reason: RegExp) => ({
    ok: false,
    touched: { table: 'chain_heads', document: SEVEN[6]?.number, reason: expect.stringMatching(reason) },
  });
  expect(await verify(chain, [{ ...head, signed_at: '2026-05-03T00:00:00.000Z' }])).toMatchObject(named(/signature/));
  expect(await verify(chain, [head], { organization: 2 })).toMatchObject(named(/organization 1/));
  expect(await verify(chain, [head], { trusted: new Set([newKey().id]) })).toMatchObject(named(/not trusted/));
  expect(await verify(chain, [head], { trusted: new Set([key.id]) })).toMatchObject({ ok: true });
});

test('a series that is gone, or stands in another order', async () => {
  const chain = chainOf(SEVEN);
  const heads = [chain[1], chain[6]].map((one) => headOf(one as ChainedDocument));
  expect(await verify(chain.slice(2), heads)).toMatchObject({ touched: { document: 'credit_note 2 of 2026-04-01' } });
  expect(await verify(chain.slice(0, 2), heads)).toMatchObject({ touched: { document: 'invoice 5 of 2026-05-01' } });
  expect(await verify([...chain.slice(2), ...chain.slice(0, 2)], [])).toMatchObject({
    touched: { reason: expect.stringMatching(/not in order/) },
  });
});

test('an erased buyer is whole, and counted', async () => {
  const chain = chainOf(SEVEN);
  const third = chain[2] as ChainedDocument;
  chain[2] = { ...third, document: { ...third.document, buyer: redactBuyer(third.document.buyer) } };
  expect(await verify(chain, [])).toMatchObject({ ok: true, seen: { redacted: 1 } });
});
