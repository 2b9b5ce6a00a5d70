import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InvoiceDocument, SaltedBuyer } from '../documents/document.ts';
import { redactBuyer } from '../documents/redact-buyer.ts';
import { saltBuyer } from '../documents/salt-buyer.ts';
import { canonicalDocument, writeLines } from './canonical-document.ts';
import { CHAIN_START, hashDocument } from './document-hash.ts';

const salt = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const text = fc.string({ unit: 'grapheme' });
const buyers: fc.Arbitrary<SaltedBuyer> = fc.record(
  { key: text, name: text, address_lines: fc.array(text), tax_id: text, email: text, salt },
  { requiredKeys: ['key', 'name', 'address_lines', 'salt'] },
);
const documentOf = (buyer: InvoiceDocument['buyer']) => ({ total: '1.00', buyer }) as unknown as InvoiceDocument;

test('the hash is SHA-256 over the previous hash and the canonical JSON with the digest of the buyer', () => {
  const buyer = { name: 'é', key: 'a', address_lines: [], salt: '00ff' };
  const digest = createHash('sha256')
    .update(Buffer.from([0, 255]))
    .update('{"address_lines":[],"key":"a","name":"é"}')
    .digest('hex');
  const expected = createHash('sha256')
    .update(Buffer.alloc(32, 7))
    .update(`{"buyer":{"digest":"${digest}"},"total":"1.00"}`)
    .digest('hex');
  expect(hashDocument(Buffer.alloc(32, 7), documentOf(buyer)).toString('hex')).toBe(expected);
});

test('does not depend on the order of keys, as a database may change it', () => {
  const one = documentOf({ key: 'a', name: 'b', address_lines: [], salt: '00' });
  const turned = Object.fromEntries(Object.entries(one).reverse()) as unknown as InvoiceDocument;
  expect(hashDocument(CHAIN_START, turned)).toEqual(hashDocument(CHAIN_START, one));
});

test('lines written ahead change neither the hash nor what is stored', () => {
  const line = fc.dictionary(text, fc.oneof(text, fc.constant(null), fc.array(fc.dictionary(text, text))));
  fc.assert(
    fc.property(fc.array(line), buyers, (lines, buyer) => {
      const before = { ...documentOf(buyer), lines } as unknown as InvoiceDocument;
      const [hash, stored] = [hashDocument(CHAIN_START, before), canonicalDocument(before)];
      writeLines(before.lines);
      const copy = structuredClone(before);
      expect(hashDocument(CHAIN_START, { ...before, number: 'INV-1' })).toEqual(
        hashDocument(CHAIN_START, { ...copy, number: 'INV-1' }),
      );
      expect([hashDocument(CHAIN_START, before), canonicalDocument(before)]).toEqual([hash, stored]);
      expect(JSON.parse(stored)).toEqual(JSON.parse(JSON.stringify(before)));
    }),
  );
});

describe('laws of erasure', () => {
  test('erasing the buyer leaves the hash as it was and nothing of the buyer', () => {
    fc.assert(
      fc.property(buyers, (buyer) => {
        const erased = documentOf(redactBuyer(buyer));
        expect(hashDocument(CHAIN_START, erased)).toEqual(hashDocument(CHAIN_START, documentOf(buyer)));
        expect(Object.keys(erased.buyer)).toEqual(['redacted', 'digest']);
        expect(redactBuyer(erased.buyer)).toEqual(erased.buyer);
      }),
    );
  });

  test('another buyer, or the same with another salt, has another hash', () => {
    fc.assert(
      fc.property(buyers, buyers, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(hashDocument(CHAIN_START, documentOf(one))).not.toEqual(hashDocument(CHAIN_START, documentOf(other)));
      }),
    );
  });

  test('a salt is drawn for each document; what was erased is not salted again', () => {
    let drawn = 0;
    const random = (size: number) => {
      drawn += 1;
      return Buffer.alloc(size, drawn);
    };
    const buyer = { key: 'a', name: 'b', address_lines: [] };
    const first = saltBuyer(buyer, random);
    expect(first).toEqual({ ...buyer, salt: '01'.repeat(32) });
    expect(saltBuyer(first, random)).toEqual({ ...buyer, salt: '02'.repeat(32) });
    const erased = redactBuyer(first);
    expect(saltBuyer(erased, random)).toBe(erased);
  });
});
