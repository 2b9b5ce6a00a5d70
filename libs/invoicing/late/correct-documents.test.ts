import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ServicePeriod } from '#libs/catalog/billing-period.ts';
import type { DiscountUse } from '#libs/catalog/discount-schema.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { Books, expected, LATER, MARCH, totalOf } from '#tests/support/late-books.ts';
import {
  crowdedHistory,
  crowdedTerms,
  history,
  settlementOf,
  type Terms,
  terms,
  type Used,
  usedOf,
  withManualLines,
} from '#tests/support/late-terms.ts';
import { LAW_RUNS } from '#tests/support/laws.ts';
import type { DocumentDiscount } from '../documents/document.ts';
import { correctDocuments } from './correct-documents.ts';
import { reassemble } from './reassemble.ts';
import { usageSeen } from './usage-seen.ts';

/*
 * The law of late usage: in whatever order usage comes, and whenever it is looked for, what live documents bill of a period adds up to what
 * one invoice over the final usage bills: per charge and group after discounts, and per tax, to the smallest unit of the currency.
 */

test('an invoice reassembled with the same usage is the same', () => {
  fc.assert(
    fc.property(terms, usedOf, usedOf, usedOf, (all, ...used) => {
      const { first } = new Books(all, used);
      const rated = new Books(all, used).late(used);
      const again = reassemble(
        first,
        // Lines as they were rated: what the document says of them.
        rated.units.map(({ unit }) => ({
          subscriptionId: unit.subscriptionId,
          chargeKey: unit.chargeKey,
          serviceFrom: unit.period.serviceFrom,
          lines: first.lines
            .filter((line) => line.charge_key === unit.chargeKey)
            .map(({ position: _p1, discount: _d1, net: _n, taxes: _t, ...line }) => line),
        })),
        all.surroundings.settlement,
      );
      expect({ ...first, ...again }).toEqual(first);
      expect(correctDocuments([rated], all.surroundings)).toMatchObject({ notes: [], adjustments: [] });
    }),
    { numRuns: LAW_RUNS / 25, endOnFailure: true },
  );
});

function isOneInvoice(all: Terms, [begin, ...rest]: readonly Used[], due: readonly boolean[]): void {
  const books = new Books(all, begin as Used);
  for (const [index, used] of rest.entries()) {
    books.correct(used, due[index] ? (LATER[index] as ServicePeriod) : null);
    expect(books.billed()).toEqual(expected(all, used));
    // Looked at again, there is nothing more.
    expect(books.correct(used, null)).toBe(0);
  }
}

const due = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });

test('whatever comes late, documents add up to one invoice over all of it', () => {
  fc.assert(fc.property(terms, history, due, isOneInvoice), { numRuns: LAW_RUNS / 10, endOnFailure: true });
});

test('nor is it off by the smallest unit where amounts are so small that every change moves one', () => {
  fc.assert(fc.property(crowdedTerms, crowdedHistory, due, isOneInvoice), {
    numRuns: LAW_RUNS / 10,
    endOnFailure: true,
  });
});

test('a line that has less tax on it than it is to give back leaves the rest to others', () => {
  const off16 = [{ percent: null, amount: '16' }, null] as const;
  const all: Terms = {
    charges: [{ terms: { key: 'c', meter: 'm', price: { model: 'per_unit', unit_amount: '1' } }, grouped: false }],
    fee: '16',
    commitment: null,
    code: 'JPY',
    surroundings: settlementOf([off16], ['19'], false),
  };
  const usages = ['3', '118', '15'].map((quantity): Used => [[['eu', quantity]]]);
  isOneInvoice(all, usages, []);
});

/** @returns whether there was anything to be held against: the first invoice comes to no less than nothing, nor does a tax on it. */
function isOneInvoiceOrUsedUp(plain: Terms, [begin, ...rest]: readonly Used[], byHand: readonly number[]): boolean {
  const all = withManualLines(plain, { dueOn: MARCH.to, timeZone: 'UTC' }, byHand);
  if (totalOf(all, begin as Used) === null) return false;
  const books = new Books(all, begin as Used);
  if (books.first.taxes.some(({ amount }) => new Big(amount).lt('0'))) return false;
  for (const used of rest) {
    books.correct(used, null);
    const left = books.left();
    for (const { total, taxes } of left) for (const amount of [total, ...taxes]) expect(amount.gte('0')).toBe(true);
    const stands = sum(left.map(({ total }) => total));
    const one = totalOf(all, used) ?? new Big('0');
    // Nothing but tax is left of one: what more is to be given back has no room there.
    const isUsedUp = left.some(({ total, taxes }) => total.lte(sum(taxes)));
    expect(isUsedUp ? stands.gte(one) : stands.eq(one)).toBe(true);
    expect(books.correct(used, null)).toBe(0);
  }
  return true;
}

test('lines below zero: nothing comes to more than is left of its invoice, and what stands is one invoice unless it came to that', () => {
  const byHand = fc.array(fc.integer({ min: -40, max: 10 }), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(crowdedTerms, crowdedHistory, byHand, (plain, useds, amounts) => {
      fc.pre(isOneInvoiceOrUsedUp(plain, useds, amounts));
    }),
    { numRuns: LAW_RUNS / 20, endOnFailure: true },
  );
});

test('what has no room to be given back is taxed as it stands, so that the next look finds nothing', () => {
  const price = (unit_amount: string) => ({ key: 'c', meter: 'm', price: { model: 'per_unit', unit_amount } });
  const coupons = [
    [{ percent: null, amount: '14' }, ['fee', 'c1']],
    [{ percent: null, amount: '20' }, ['c0', 'fee']],
  ] as const satisfies readonly (readonly [object, readonly string[]])[];
  const all: Terms = {
    charges: [
      { terms: { ...price('0.5'), group_by: ['region'] }, grouped: true },
      { terms: { ...price('0.4'), minimum_amount: '5' }, grouped: false },
    ],
    fee: '20',
    commitment: null,
    code: 'JPY',
    surroundings: settlementOf(
      coupons.map(([terms, charges]) => [terms, [...charges]]),
      ['5', '7'],
      false,
    ),
  };
  const byRegion: Used[number][] = [
    [
      ['asia', '89'],
      ['eu', '1'],
    ],
    [
      ['eu', '45'],
      ['us', '13'],
    ],
    [
      ['us', '21'],
      ['eu', '3'],
      ['asia', '11'],
    ],
  ];
  const useds = byRegion.map((regions): Used => [regions, [], []]);
  expect(isOneInvoiceOrUsedUp(all, useds, [-12])).toBe(true);
});

test('what was given back for another reason is neither billed again nor given back twice', () => {
  fc.assert(
    fc.property(terms, history, fc.nat(3), (all, [begin, ...rest], line) => {
      const books = new Books(all, begin as Used);
      books.credit(line + 1, '0.7');
      for (const used of rest) {
        books.correct(used, null);
        expect(books.correct(used, null)).toBe(0);
      }
      for (const document of books.documents.filter(({ kind }) => kind === 'invoice')) {
        const notes = books.documents.filter(({ corrects }) => corrects?.id === document.id);
        const left = sum([document, ...notes].map(({ total }) => total));
        expect(left.gte('0')).toBe(true);
      }
      // Back at the beginning everything is as it was, whatever came in between.
      books.correct(begin as Used, null);
      const [again] = books.late(begin as Used).units;
      expect(again?.was.seen).toEqual(usageSeen(again?.usage ?? []));
    }),
    { numRuns: LAW_RUNS / 50, endOnFailure: true },
  );
});

test('what documents that are corrected together have of a coupon follows from usage alone, and nothing of it stays unused that one could have', () => {
  const coupon = fc.integer({ min: 1, max: 60 });
  const before = fc.tuple(fc.nat(30), fc.nat(30));
  fc.assert(
    fc.property(crowdedTerms, crowdedHistory, coupon, before, (plain, [one, other], amount, had) => {
      const all = {
        ...plain,
        surroundings: settlementOf([[{ percent: null, amount: String(amount) }, null]], [], false),
      };
      const [first, second] = [new Books(all, one as Used), new Books(all, other as Used)];
      fc.pre([first, second].every((books) => books.first.discounts.length > 0));
      const [usedNow, otherNow] = [other as Used, one as Used];
      const late = [first.late(usedNow), second.late(otherNow)];
      const usesOf = (documents: typeof late, uses: readonly DiscountUse[]) => {
        const settlement = { ...all.surroundings.settlement, uses };
        return correctDocuments(documents, { ...all.surroundings, settlement }).uses;
      };
      const [{ id = '', period = MARCH }] = first.first.discounts as [DocumentDiscount];
      const uses = [first, second].map((books, place) => ({
        discountId: id,
        invoiceId: books.first.id,
        periodFrom: period.from,
        periodTo: period.to,
        amount: String(had[place]),
      }));
      const found = usesOf(late, []);
      expect(usesOf(late, uses)).toEqual(found);
      expect(usesOf([...late].reverse(), uses)).toEqual(found);
      const taken = (corrected: typeof found) => sum(corrected.flatMap((each) => each.uses.map((use) => use.amount)));
      const wanted = sum(late.map((document) => taken(usesOf([document], []))));
      expect(taken(found).toFixed()).toBe((wanted.lt(String(amount)) ? wanted : new Big(String(amount))).toFixed());
    }),
    { numRuns: LAW_RUNS / 50, endOnFailure: true },
  );
});
