import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InvoiceDocument } from '../documents/document.ts';
import { documentNumber, issueDateAfter, nextNumber } from '../documents/number.ts';
import { CHAIN_START, hashDocument } from './document-hash.ts';
import { type ChainedDocument, verifyChain } from './verify-chain.ts';

const PATTERN = 'INV-{year}-{number:6}';

function document(n: number, changes: Partial<InvoiceDocument> = {}): InvoiceDocument {
  return {
    schema: 1,
    id: `id-${n}`,
    kind: 'invoice',
    series: 'invoice',
    series_number: n,
    number_pattern: PATTERN,
    number: documentNumber(PATTERN, '2026-04-01', n),
    issue_date: '2026-04-01',
    due_date: '2026-04-15',
    payment_terms_days: 14,
    currency: 'EUR',
    seller: { name: 'Zoë & Söhne', address_lines: [] },
    buyer: { key: 'acme', name: 'Łódź 🚚', address_lines: ['a'], salt: '00' },
    period: { from: '2026-03-01', to: '2026-04-01', time_zone: 'UTC' },
    watermark: { epoch: 1, offsets: { '0': '7' } },
    lines: [],
    discounts: [],
    taxes: [],
    tax_treatment: 'standard',
    subtotal: '0.00',
    discount_total: '0.00',
    total_excluding_tax: '0.00',
    tax_total: '0.00',
    total: '0.00',
    credit_applied: '0.00',
    prepaid_applied: '0.00',
    amount_due: '0.00',
    ...changes,
  };
}

function chainOf(documents: readonly InvoiceDocument[]): ChainedDocument[] {
  let previousHash = CHAIN_START;
  return documents.map((each) => {
    const hash = hashDocument(previousHash, each);
    const chained = { document: each, previousHash, hash };
    previousHash = hash;
    return chained;
  });
}

const five = () => chainOf([1, 2, 3, 4, 5].map((n) => document(n)));

describe('verifyChain', () => {
  test('an untouched chain is whole, also from its middle, also when empty', () => {
    const chain = five();
    expect(verifyChain(chain)).toMatchObject({ ok: true, documents: 5, head: chain[4]?.hash });
    expect(verifyChain(chain.slice(2), chain[1]?.hash)).toMatchObject({ ok: true, documents: 3 });
    expect(verifyChain([])).toMatchObject({ ok: true, documents: 0 });
  });

  test('goes on over the turn of a year', () => {
    const next = document(1, { issue_date: '2027-01-01', number: documentNumber(PATTERN, '2027-01-01', 1) });
    expect(verifyChain(chainOf([document(1), document(2), next]))).toMatchObject({ ok: true, documents: 3 });
  });

  test('names the first document that was touched, whatever was', () => {
    const changes: Partial<InvoiceDocument>[] = [
      { total: '0.01' },
      { due_date: '2026-04-16' },
      { id: 'other' },
      { buyer: { key: 'acme', name: 'Lodz', address_lines: ['a'], salt: '00' } },
      { buyer: { key: 'acme', name: 'Łódź 🚚', address_lines: ['a'], salt: '01' } },
      { watermark: { epoch: 1, offsets: { '0': '8' } } },
      { replaces: { id: 'x', number: 'y' } },
    ];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.constantFrom(...changes), (at, change) => {
        const chain = five();
        const touched = chain[at] as ChainedDocument;
        chain[at] = { ...touched, document: { ...touched.document, ...change } };
        expect(verifyChain(chain)).toMatchObject({ ok: false, index: at, number: touched.document.number });
      }),
    );
  });

  test('a document that was changed and hashed again gives itself away by the one behind it', () => {
    const chain = five();
    const [, second] = chain as [ChainedDocument, ChainedDocument];
    const forged = { ...second.document, total: '0.01' };
    chain[1] = { document: forged, previousHash: second.previousHash, hash: hashDocument(second.previousHash, forged) };
    expect(verifyChain(chain)).toMatchObject({ ok: false, index: 2 });
  });

  test.each([
    ['removed from the middle', (chain: ChainedDocument[]) => chain.splice(2, 1), 2, /number 3 is missing/],
    ['removed from the front', (chain: ChainedDocument[]) => chain.shift(), 0, /before it are missing/],
    ['swapped', (chain: ChainedDocument[]) => chain.splice(1, 2, chain[2] as never, chain[1] as never), 1, /number 2/],
    ['doubled', (chain: ChainedDocument[]) => chain.splice(1, 0, chain[1] as never), 2, /number 3/],
  ])('%s', (_name, damage, index, reason) => {
    const chain = five();
    damage(chain);
    expect(verifyChain(chain)).toMatchObject({ ok: false, index, reason: expect.stringMatching(reason) });
  });

  test('numbers and dates must fit even where the hashes do', () => {
    expect(verifyChain(chainOf([document(1, { number: 'INV-2026-1' })]))).toMatchObject({ ok: false, index: 0 });
    expect(verifyChain(chainOf([document(1), document(2, { issue_date: '2026-03-31' })]))).toMatchObject({
      ok: false,
      index: 1,
      reason: expect.stringContaining('dated before'),
    });
    const note = document(2, { series: 'credit_note' });
    expect(verifyChain(chainOf([document(1), note]))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('series credit_note'),
    });
  });
});

test.each([
  ['INV-{year}-{number:6}', 1, 'INV-2026-000001'],
  ['INV-{year}-{number:6}', 999_999, 'INV-2026-999999'],
  ['INV-{year}-{number:6}', 1_000_000, 'INV-2026-1000000'],
  ['{number}/{year} A', 7, '7/2026 A'],
])('%s of %d is %s', (pattern, n, expected) => {
  expect(documentNumber(pattern, '2026-12-31', n)).toBe(expected);
});

test.each([
  ['the first', null, 'yearly', 1],
  ['the next of the year', { number: 7, issueDate: '2026-01-01' }, 'yearly', 8],
  ['the first of a year', { number: 7, issueDate: '2025-12-31' }, 'yearly', 1],
  ['never anew', { number: 7, issueDate: '2025-12-31' }, 'never', 8],
] as const)('%s number', (_name, last, reset, expected) => {
  expect(nextNumber(last, '2026-01-02', reset)).toBe(expected);
});

test('a series that goes on over the year, and one whose way of counting changed, are whole', () => {
  const goesOn = document(2, { issue_date: '2027-01-01', number: documentNumber(PATTERN, '2027-01-01', 2) });
  expect(verifyChain(chainOf([document(1), goesOn]))).toMatchObject({ ok: true, documents: 2 });
});

test('dates of issue never fall', () => {
  expect(issueDateAfter('2026-01-02', null)).toBe('2026-01-02');
  expect(issueDateAfter('2026-01-02', '2026-01-01')).toBe('2026-01-02');
  expect(issueDateAfter('2025-12-31', '2026-01-01')).toBe('2026-01-01');
});
