import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ServicePeriod } from '#libs/catalog/billing-period.ts';
import { Books, expected, LATER } from '#tests/support/late-books.ts';
import { crowdedHistory, crowdedTerms, history, type Terms, terms, type Used } from '#tests/support/late-terms.ts';
import { LAW_RUNS } from '#tests/support/laws.ts';
import { issueAgain } from './issue-again.ts';

test('an invoice issued anew says why it bears no tax as the one before did', () => {
  fc.assert(
    fc.property(crowdedTerms, crowdedHistory, (terms, [begin, next]) => {
      const { surroundings } = terms;
      const taxpayer = { taxTreatment: 'exempt', taxRates: null, taxTreatmentReason: 'Charity' } as const;
      const exempt = {
        ...terms,
        surroundings: { ...surroundings, settlement: { ...surroundings.settlement, taxpayer } },
      };
      const books = new Books(exempt, begin as Used);
      // By now the customer is taxed.
      const { draft } = issueAgain(books.late(next as Used), [], surroundings);
      expect(draft.body).toMatchObject({ tax_treatment: 'exempt', tax_treatment_reason: 'Charity', tax_total: '0' });
    }),
    { numRuns: LAW_RUNS / 100 },
  );
});

/*
 * The law of issuing anew: the invoice that stands for a voided one, what others still bill of its period, and credit notes on these add up to one
 * invoice over all usage; and so they do with what comes late after that.
 */
function isOneInvoice(
  all: Terms,
  [begin, ...rest]: readonly Used[],
  due: readonly boolean[],
  anew: readonly boolean[],
) {
  const books = new Books(all, begin as Used);
  for (const [index, used] of rest.entries()) {
    if (anew[index]) books.issueAgain(used);
    else books.correct(used, due[index] ? (LATER[index] as ServicePeriod) : null);
    expect(books.billed()).toEqual(expected(all, used));
    for (const { total, taxes } of books.left())
      for (const amount of [total, ...taxes]) expect(amount.gte('0')).toBe(true);
    // Looked at again, there is nothing more.
    expect(books.correct(used, null)).toBe(0);
  }
}

const flags = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });

test('issued anew between whatever comes late, documents add up to one invoice over all of it', () => {
  fc.assert(fc.property(terms, history, flags, flags, isOneInvoice), { numRuns: LAW_RUNS / 50, endOnFailure: true });
});

test('nor is it off by the smallest unit where amounts are so small that every change moves one', () => {
  fc.assert(fc.property(crowdedTerms, crowdedHistory, flags, flags, isOneInvoice), {
    numRuns: LAW_RUNS / 25,
    endOnFailure: true,
  });
});
