import type { Surroundings } from '#libs/invoicing/documents/assemble.ts';
import type { SettlementTerms } from '#libs/invoicing/settle/settle-lines.ts';

/** Between whom documents of tests are: no discounts, no taxes. */
export function surroundings(settlement: Partial<SettlementTerms> = {}): Surroundings {
  return {
    customerId: '019a0000-0000-7000-8000-000000000001',
    seller: { name: 'Nordwind', address_lines: [] },
    buyer: { key: 'acme', name: 'Acme', address_lines: [] },
    paymentTermsDays: 14,
    notes: [],
    watermark: { epoch: 1, offsets: { '0': '7' } },
    home: null,
    creditsIssuedOn: '2026-04-02',
    storedDrafts: new Map(),
    settlement: {
      issueOn: '2026-04-02',
      taxpayer: { taxTreatment: 'standard', taxRates: null, taxTreatmentReason: null },
      organizationRates: [],
      rateEntries: [],
      discounts: [],
      uses: [],
      ...settlement,
    },
  };
}
