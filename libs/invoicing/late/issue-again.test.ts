import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Books } from '#tests/support/late-books.ts';
import { crowdedHistory, crowdedTerms, type Used } from '#tests/support/late-terms.ts';
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
