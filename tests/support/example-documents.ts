import type { DocumentLine, InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { type ChargeLine, priceCharge } from '#libs/pricing/charge/price-charge.ts';
import { chargeSchema } from '#libs/pricing/charge-schema.ts';
import { type Price, priceSchema } from '#libs/pricing/price-schema.ts';
import { settle, type Terms } from '#libs/pricing/totals/settle.ts';

/** Documents for the tests of the page and for the picture in docs/images: priced by the real pricers, so that the page adds up. */

export const EXAMPLE_HASH = '9f2b6c1e8a4d7035be19c6f2a0d84e7713c5b9a86d20f4e1b7a35c98d0e6f214';

interface LineInput {
  readonly description: string;
  readonly price: Price;
  readonly quantity: string;
  readonly days?: readonly [days: number, ofDays: number];
  readonly currency?: string;
}

export function exampleLine(position: number, input: LineInput): DocumentLine {
  const isFee = input.price.model === 'flat';
  const [days, periodDays] = input.days ?? [1, 1];
  const [priced] = priceCharge(chargeSchema.parse({ key: `charge-${position}`, price: input.price }), {
    currency: input.currency ?? 'EUR',
    groups: [{ group: null, quantity: new Big(input.quantity) }],
    share: { days, periodDays },
  }) as [ChargeLine];
  return {
    position,
    subscription_id: '019a2b3c-0000-7000-8000-000000000001',
    charge_key: `charge-${position}`,
    kind: isFee ? 'fee' : 'usage',
    description: input.description,
    service_from: '2026-09-30T22:00:00Z',
    service_to: '2026-10-31T23:00:00Z',
    quantity: input.quantity,
    amount: decimalString(priced.amount),
    discount: '0',
    net: decimalString(priced.amount),
    taxes: [],
    steps: priced.steps,
    ...(isFee
      ? {}
      : { evidence: { meter: 'api_calls', meter_id: 1, quantity: input.quantity, event_count: '48211', digest: '1' } }),
  };
}

/** Totals are settled as invoices' are; `terms` adds discounts, taxes and what is prepaid. */
export function exampleDocument(
  lines: readonly DocumentLine[],
  changes: Partial<InvoiceDocument> = {},
  terms: Partial<Terms> = {},
): InvoiceDocument {
  return {
    schema: 1,
    id: '019a2b3c-1111-7000-8000-000000000001',
    kind: 'invoice',
    series: 'invoice',
    series_number: 42,
    number_pattern: 'INV-{year}-{number:6}',
    number: 'INV-2026-000042',
    issue_date: '2026-11-01',
    due_date: '2026-11-15',
    payment_terms_days: 14,
    currency: 'EUR',
    seller: {
      name: 'Nordwind Cloud GmbH',
      address_lines: ['Speicherstraße 14', '20457 Hamburg', 'Germany'],
      tax_id: 'DE314159265',
      email: 'billing@nordwind.example',
      bank_details: [
        { label: 'IBAN', value: 'DE02 1203 0000 0000 2020 51' },
        { label: 'BIC', value: 'BYLADEM1001' },
      ],
    },
    buyer: {
      key: 'acme-logistics',
      name: 'Łódź Logistyka Sp. z o.o.',
      address_lines: ['ul. Piotrkowska 104', '90-926 Łódź', 'Poland'],
      tax_id: 'PL7250015272',
      email: 'invoices@logistyka.example',
      salt: '5a'.repeat(32),
    },
    period: { from: '2026-10-01', to: '2026-11-01', time_zone: 'Europe/Berlin' },
    watermark: { epoch: 1, offsets: { '0': '48211' } },
    ...settled(lines, changes.currency ?? 'EUR', terms),
    ...changes,
  };
}

function settled(lines: readonly DocumentLine[], currency: string, terms: Partial<Terms>) {
  const bill = settle(
    lines.map((line) => ({
      charge: line.charge_key ?? null,
      kind: 'charge',
      group: null,
      quantity: line.quantity,
      amount: new Big(line.amount),
      steps: [],
    })),
    { currency, discounts: [], taxRates: [], taxTreatment: 'standard', prepaidBalance: new Big('0'), ...terms },
  );
  const { totals } = bill;
  return {
    lines: lines.map((line, index) => ({
      ...line,
      discount: decimalString(bill.lines[index]?.discount ?? new Big('0')),
      net: decimalString(bill.lines[index]?.net ?? new Big('0')),
    })),
    discounts: bill.discounts.map(({ discount: { name = '', percent, amount }, amount: taken }) => ({
      name,
      ...(percent !== undefined && { percent }),
      ...(amount !== undefined && { amount }),
      lines: lines.map(({ position }) => position),
      taken: decimalString(taken),
    })),
    taxes: bill.taxes.map(({ name, percent, inclusive, base, amount }) => ({
      key: name,
      name,
      percent,
      inclusive,
      base: decimalString(base),
      amount: decimalString(amount),
    })),
    tax_treatment: terms.taxTreatment ?? 'standard',
    subtotal: decimalString(totals.subtotal),
    discount_total: decimalString(totals.discountTotal),
    total_excluding_tax: decimalString(totals.totalExcludingTax),
    tax_total: decimalString(totals.taxTotal),
    total: decimalString(totals.total),
    credit_applied: '0',
    prepaid_applied: decimalString(totals.prepaidApplied),
    amount_due: decimalString(totals.amountDue),
  } as const;
}

export const API_CALLS: Price = priceSchema.parse({
  model: 'graduated',
  tiers: [
    { up_to: '10000', unit_amount: '0' },
    { up_to: '1000000', unit_amount: '0.002' },
    { up_to: null, unit_amount: '0.00125', flat_amount: '25' },
  ],
});

export const perUnit = (unitAmount: string): Price => priceSchema.parse({ model: 'per_unit', unit_amount: unitAmount });
export const flat = (amount: string): Price => priceSchema.parse({ model: 'flat', amount });

/** A month as it comes: a fee, a fee for part of the month, tiers, a rate below a cent, a coupon, two taxes, prepaid money. */
export function realisticInvoice(changes: Partial<InvoiceDocument> = {}): InvoiceDocument {
  const inputs: LineInput[] = [
    { description: 'Platform fee', price: flat('249'), quantity: '1' },
    { description: 'Priority support', price: flat('120'), quantity: '1', days: [17, 31] },
    { description: 'API calls', price: API_CALLS, quantity: '1412380' },
    { description: 'Object storage, gigabyte hours', price: perUnit('0.00003425'), quantity: '8412650.375' },
    { description: 'Egress, gigabytes', price: perUnit('0.08'), quantity: '318.25' },
  ];
  return exampleDocument(
    inputs.map((input, index) => exampleLine(index + 1, input)),
    { url: 'https://billing.nordwind.example/i/019a2b3c-1111-7000-8000-000000000001', ...changes },
    {
      discounts: [{ name: 'Launch partner', percent: '10', charges: ['charge-3'] }],
      taxRates: [
        { name: 'VAT', percent: '23', inclusive: false, charges: ['charge-1', 'charge-2', 'charge-3', 'charge-4'] },
        { name: 'VAT, reduced', percent: '8', inclusive: false, charges: ['charge-5'] },
      ],
      prepaidBalance: new Big('500'),
    },
  );
}
