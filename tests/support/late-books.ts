import fc from 'fast-check';
import { CALENDAR_MONTHS, periodBetween, type ServicePeriod } from '#libs/catalog/billing-period.ts';
import { canonicalJson } from '#libs/events/canonical-json.ts';
import type { CreditedInvoice } from '#libs/invoicing/credit/credit-notes.ts';
import { takeBack } from '#libs/invoicing/credit/take-back.ts';
import type { InvoiceDraft, Surroundings } from '#libs/invoicing/documents/assemble.ts';
import { checkDraft } from '#libs/invoicing/documents/check.ts';
import type { DocumentLine, InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { type CollectedUnit, draftCustomer } from '#libs/invoicing/draft-customer.ts';
import type { DueUnit, MeteredUsage } from '#libs/invoicing/due/due-unit.ts';
import { correctDocuments } from '#libs/invoicing/late/correct-documents.ts';
import type { LateDocument, SettledUnit } from '#libs/invoicing/late/late-document.ts';
import { lineKey } from '#libs/invoicing/late/line-key.ts';
import { usageSeen } from '#libs/invoicing/late/usage-seen.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import { around, currency, percent, prices, smallQuantity } from './pricing/arbitraries.ts';
import { surroundings } from './surroundings.ts';

const MARCH = periodBetween('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', 'UTC', CALENDAR_MONTHS);
export const LATER = ['04', '05', '06', '07', '08', '09'].map((month) =>
  periodBetween(`2026-${month}-01T00:00:00Z`, `2026-${month}-02T00:00:00Z`, 'UTC', CALENDAR_MONTHS),
);
const SUBSCRIPTION = '019a0000-0000-7000-8000-000000000002';

export interface Terms {
  readonly charges: readonly { readonly terms: Record<string, unknown>; readonly grouped: boolean }[];
  readonly fee: string;
  readonly commitment: string | null;
  readonly code: string;
  readonly surroundings: Surroundings;
}

/** What was used: by charge, by region. */
export type Used = readonly (readonly (readonly [region: string, quantity: string])[])[];

const {
  flat: _flat,
  matrix: _matrix,
  percentage: _p,
  dynamic: _d,
  graduated_percentage: _g,
  ...ofUnits
} = prices(50_000);
const charge = fc.tuple(fc.oneof(...Object.values(ofUnits)), around, fc.boolean()).map(([price, more, grouped]) => ({
  terms: { key: 'c', meter: 'm', price, ...more, ...(grouped && { group_by: ['region'] }) },
  grouped,
}));

const coupon = fc.tuple(
  fc.oneof(
    percent.filter((text) => Number(text) > 0 && Number(text) <= 100).map((each) => ({ percent: each, amount: null })),
    smallQuantity.filter((text) => Number(text) >= 1).map((amount) => ({ percent: null, amount })),
  ),
  fc.constantFrom(null, ['c0', 'fee'], ['fee', 'c1']),
);

const settlement = fc
  .tuple(
    fc.array(coupon, { maxLength: 2 }),
    fc.uniqueArray(fc.constantFrom('5', '7', '19', '8.375'), { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([coupons, rates, inclusive]) =>
    surroundings({
      organizationRates: rates.map((each) => `t${each}`),
      rateEntries: rates.map((each, index) => ({
        id: each,
        key: `t${each}`,
        name: `T${each}`,
        percent: each,
        inclusive,
        charges: index === 1 ? ['c0', 'fee'] : null,
        validFrom: '2000-01-01',
        validTo: null,
        createdAt: new Date(0),
      })),
      discounts: coupons.map(([terms, charges], index) => ({
        id: `019a0000-0000-7000-8000-0000000000${index}0`,
        customerId: '019a0000-0000-7000-8000-000000000001',
        couponKey: `k${index}`,
        subscriptionId: null,
        position: index + 1,
        startsOn: '2000-01-01',
        endsOn: '2026-04-01',
        createdAt: new Date(0),
        name: `coupon ${index}`,
        duration: 'forever',
        periods: null,
        charges,
        currency: null,
        ...terms,
      })),
    }),
  );

export const terms: fc.Arbitrary<Terms> = fc.record({
  charges: fc.array(charge, { minLength: 1, maxLength: 3 }),
  fee: fc.integer({ min: 1, max: 90 }).map(String),
  commitment: fc.option(smallQuantity),
  code: currency,
  surroundings: settlement,
});

export const usedOf = fc.uniqueArray(fc.tuple(fc.constantFrom('eu', 'us', 'asia'), smallQuantity), {
  selector: ([region]) => region,
});
export const history = fc.array(fc.tuple(usedOf, usedOf, usedOf), { minLength: 2, maxLength: 5 }) as fc.Arbitrary<
  Used[]
>;

const unitOf = (
  terms_: Terms,
  period: ServicePeriod,
  key: string,
  changes: Pick<DueUnit, 'kind' | 'charge'>,
): DueUnit => ({
  subscriptionId: SUBSCRIPTION,
  chargeKey: key,
  period,
  currency: terms_.code,
  plan: '"starter", version 1',
  billing: 'in_arrears',
  dueOn: period.to,
  changeId: '019a0000-0000-7000-8000-000000000003',
  quantity: null,
  ...changes,
});

const feeOf = (all: Terms, period: ServicePeriod): CollectedUnit => ({
  unit: unitOf(all, period, 'fee', {
    kind: 'fee',
    charge: { position: 9, terms: { key: 'fee', price: { model: 'flat', amount: all.fee } }, meter: null },
  }),
  usage: null,
});

function usageOf(grouped: boolean, used: Used[number]): MeteredUsage[] {
  const groups = grouped ? used : used.slice(0, 1);
  return groups.map(([region, quantity]) => ({
    groupKey: grouped ? canonicalJson({ region }) : '',
    quantity,
    eventCount: '1',
    digest: String(BigInt(quantity.replace('.', '')) + 1n),
    carriedIn: '0',
  }));
}

const collected = (all: Terms, used: Used): CollectedUnit[] =>
  all.charges.map(({ terms: own, grouped }, index) => ({
    unit: unitOf(all, MARCH, `c${index}`, {
      kind: 'usage',
      charge: { position: index, terms: own, meter: { id: 4, key: 'm' } },
    }),
    usage: usageOf(grouped, used[index] as Used[number]),
  }));

const commitmentOf = (all: Terms): DueUnit[] =>
  all.commitment === null
    ? []
    : [
        unitOf(all, MARCH, '', {
          kind: 'commitment',
          charge: { position: 10, terms: { name: 'Minimum', minimum_amount: all.commitment }, meter: null },
        }),
      ];

const marchOf = (all: Terms, used: Used): CollectedUnit[] => [
  ...collected(all, used),
  feeOf(all, MARCH),
  ...commitmentOf(all).map((unit) => ({ unit, usage: null, charged: '0' })),
];

let made = 0;
function issued(draft: InvoiceDraft): InvoiceDocument {
  made += 1;
  const problems = checkDraft(draft);
  if (problems.length > 0) throw new Error(problems.join('; '));
  // As it comes back from the database.
  return JSON.parse(JSON.stringify({ ...draft.body, id: `id-${made}`, number: `N${made}` })) as InvoiceDocument;
}

/** The documents of a customer, as they come to be. */
export class Books {
  readonly all: Terms;
  readonly first: InvoiceDocument;
  readonly documents: InvoiceDocument[];
  #state: Map<string, Pick<SettledUnit, 'now'>>;

  constructor(all: Terms, used: Used) {
    this.all = all;
    const [draft] = draftCustomer(marchOf(all, used), all.surroundings) as [InvoiceDraft];
    this.first = issued(draft);
    this.documents = [this.first];
    this.#state = new Map(
      draft.units.map((unit) => [
        unit.chargeKey,
        { now: { amount: unit.amount, seen: this.#seen(used, unit.chargeKey) } },
      ]),
    );
  }

  #seen(used: Used, key: string) {
    const found = collected(this.all, used).find(({ unit }) => unit.chargeKey === key);
    return found ? usageSeen(found.usage ?? []) : null;
  }

  #withNotes(invoice: InvoiceDocument): CreditedInvoice {
    return { invoice, notes: this.documents.filter(({ corrects }) => corrects?.id === invoice.id) };
  }

  credit(position: number, share: string): void {
    const [line] = this.first.lines.filter((one) => one.position === position);
    const { notes } = this.#withNotes(this.first);
    if (!line || notes.length > 0) return;
    const gross = sum([line.net, ...line.taxes.map(({ amount }) => amount)])
      .times(share)
      .round(0, Big.roundDown);
    const taken = takeBack(this.first, [], [{ position, gross }]);
    this.documents.push({
      ...this.first,
      ...taken,
      id: 'goodwill',
      kind: 'credit_note',
      corrects: { id: this.first.id, number: 'N', reason: 'goodwill' },
    });
  }

  late(used: Used): LateDocument {
    const was = (key: string) => (this.#state.get(key) as Pick<SettledUnit, 'now'>).now;
    const invoices = this.documents.filter(({ kind }) => kind === 'invoice');
    const charged = sum([...this.#state].flatMap(([key, { now }]) => (key === '' ? [] : [now.amount]))).toFixed();
    return {
      billed: { first: this.#withNotes(this.first), later: invoices.slice(1).map((one) => this.#withNotes(one)) },
      units: collected(this.all, used).map(({ unit, usage }) => ({
        unit,
        usage: usage ?? [],
        was: was(unit.chargeKey),
      })),
      commitments: commitmentOf(this.all).map((unit) => ({ unit, was: was(''), charged })),
    };
  }

  /** What came, on documents of the next period that also bills a fee; how many there are more. */
  correct(used: Used, period: ServicePeriod | null): number {
    const before = this.documents.length;
    const corrections = correctDocuments([this.late(used)], this.all.surroundings);
    const due = period === null ? [] : [feeOf(this.all, period)];
    this.documents.push(...draftCustomer(due, this.all.surroundings, [], corrections).map(issued));
    for (const unit of corrections.units) this.#state.set(unit.chargeKey, unit);
    return this.documents.length - before;
  }

  /** What is billed of March, by line after discounts and by tax; what was given back for other reasons left out. */
  billed(): Map<string, string> {
    const found = new Map<string, Big>();
    const add = (key: string, amount: Big) => found.set(key, (found.get(key) ?? new Big('0')).plus(amount));
    for (const document of this.documents) {
      if (document.kind === 'credit_note' && !document.corrects?.late) continue;
      for (const line of document.lines) {
        if (line.service_from !== MARCH.serviceFrom) continue;
        const kept = document.corrects ? this.#lineOf(line) : line;
        add(lineKey(kept), new Big(line.amount).minus(line.discount));
        for (const { tax, amount } of line.taxes) add(`tax ${document.taxes[tax]?.key}`, new Big(amount));
      }
    }
    return textsOf(found);
  }

  #lineOf({ of }: DocumentLine): DocumentLine {
    const on = this.documents.find(({ id }) => id === of?.id) as InvoiceDocument;
    return on.lines[(of?.position as number) - 1] as DocumentLine;
  }
}

const textsOf = (amounts: ReadonlyMap<string, Big>): Map<string, string> =>
  new Map(
    [...amounts]
      .filter(([, amount]) => !amount.eq('0'))
      .map(([key, amount]) => [key, amount.toFixed()] as const)
      .sort(),
  );

/** What one invoice over this usage bills. */
export function expected(all: Terms, used: Used): Map<string, string> {
  const [{ body }] = draftCustomer(marchOf(all, used), all.surroundings) as [InvoiceDraft];
  const found = new Map<string, Big>(
    body.lines.map((line) => [lineKey(line), new Big(line.amount).minus(line.discount)]),
  );
  for (const { key, amount } of body.taxes) found.set(`tax ${key}`, new Big(amount));
  return textsOf(found);
}
