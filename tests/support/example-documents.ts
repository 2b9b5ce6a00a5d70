import type { DocumentLine, InvoiceDocument } from '#libs/invoicing/document.ts';
import { currencyDigits } from '#libs/money/currency.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { type ChargeLine, priceCharge } from '#libs/pricing/charge/price-charge.ts';
import { chargeSchema } from '#libs/pricing/charge-schema.ts';
import { type Price, priceSchema } from '#libs/pricing/price-schema.ts';

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
    amount: priced.amount.toFixed(currencyDigits(input.currency ?? 'EUR')),
    discount: '0.00',
    net: priced.amount.toFixed(currencyDigits(input.currency ?? 'EUR')),
    taxes: [],
    steps: priced.steps,
    ...(isFee
      ? {}
      : { evidence: { meter: 'api_calls', meter_id: 1, quantity: input.quantity, event_count: '48211', digest: '1' } }),
  };
}

export function exampleDocument(
  lines: readonly DocumentLine[],
  changes: Partial<InvoiceDocument> = {},
): InvoiceDocument {
  const sum = decimalString(lines.reduce((total, line) => total.plus(line.amount), new Big('0')));
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
    lines,
    discounts: [],
    taxes: [],
    tax_treatment: 'standard',
    subtotal: sum,
    discount_total: '0.00',
    total_excluding_tax: sum,
    tax_total: '0.00',
    total: sum,
    credit_applied: '0.00',
    prepaid_applied: '0.00',
    amount_due: sum,
    ...changes,
  };
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

/** A month as it comes: a fee, a fee for part of the month, tiers, a rate below a cent. */
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
    changes,
  );
}
