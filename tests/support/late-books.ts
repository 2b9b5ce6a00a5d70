import { CALENDAR_MONTHS, periodBetween, type ServicePeriod } from '#libs/catalog/billing-period.ts';
import { canonicalJson } from '#libs/events/canonical-json.ts';
import { CannotBill } from '#libs/invoicing/cannot-bill.ts';
import type { CreditedInvoice } from '#libs/invoicing/credit/credit-notes.ts';
import { takeBack } from '#libs/invoicing/credit/take-back.ts';
import type { InvoiceDraft } from '#libs/invoicing/documents/assemble.ts';
import { checkDraft } from '#libs/invoicing/documents/check.ts';
import type { CountedPart, DocumentLine, InvoiceDocument } from '#libs/invoicing/documents/document.ts';
import { type CollectedUnit, draftCustomer } from '#libs/invoicing/draft-customer.ts';
import type { DueUnit, MeteredUsage, UnitToBill } from '#libs/invoicing/due/due-unit.ts';
import { correctDocuments } from '#libs/invoicing/late/correct-documents.ts';
import { issueAgain } from '#libs/invoicing/late/issue-again.ts';
import type { LateDocument, SettledUnit } from '#libs/invoicing/late/late-document.ts';
import { lineKey } from '#libs/invoicing/late/line-key.ts';
import { usageSeen } from '#libs/invoicing/late/usage-seen.ts';
import { Big } from '#libs/money/decimal.ts';
import { sum } from '#libs/money/sum.ts';
import type { Terms, Used } from './late-terms.ts';

export const MARCH = periodBetween('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', 'UTC', CALENDAR_MONTHS);
export const LATER = ['04', '05', '06', '07', '08', '09'].map((month) =>
  periodBetween(`2026-${month}-01T00:00:00Z`, `2026-${month}-02T00:00:00Z`, 'UTC', CALENDAR_MONTHS),
);
const SUBSCRIPTION = '019a0000-0000-7000-8000-000000000002';

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
  ...commitmentOf(all).map((unit) => ({ unit, usage: null, charged: [] })),
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
  /** The last one that was issued for March. */
  first: InvoiceDocument;
  /** All that are live. */
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
    const charged = [...this.#state].flatMap(([key, { now }]) => (key === '' ? [] : [partOf(key, now.amount)]));
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

  /** Voids the first invoice and issues it anew, less what others bill of it. */
  issueAgain(used: Used): void {
    const late = this.late(used);
    const again = new Set(late.units.map(({ unit }) => unit.chargeKey));
    const fees = unitsOf(this.all, used).filter(({ chargeKey, kind }) => kind === 'fee' && !again.has(chargeKey));
    const made = issueAgain(late, fees, this.all.surroundings);
    const [first, ...notes] = [made.draft, ...made.notes].map(issued) as [InvoiceDocument, ...InvoiceDocument[]];
    const others = this.documents.filter(({ id, corrects }) => id !== this.first.id && corrects?.id !== this.first.id);
    this.documents.splice(0, this.documents.length, first, ...others, ...notes);
    this.first = first;
    for (const { chargeKey, amount, seen } of made.draft.units) this.#state.set(chargeKey, { now: { amount, seen } });
  }

  /** What is left of each invoice, and of each of its taxes. */
  left(): { readonly total: Big; readonly taxes: readonly Big[] }[] {
    return this.documents
      .filter(({ kind }) => kind === 'invoice')
      .map((invoice) => {
        const { notes } = this.#withNotes(invoice);
        const all = [invoice, ...notes];
        const of = (key: string) => all.flatMap(({ taxes }) => taxes.filter((tax) => tax.key === key));
        return {
          total: sum(all.map(({ total }) => total)),
          taxes: invoice.taxes.map(({ key }) => sum(of(key).map(({ amount }) => amount))),
        };
      });
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

const partOf = (key: string, amount: string): CountedPart => ({
  charge_key: key,
  kind: key === 'fee' ? 'fee' : 'usage',
  service_from: MARCH.serviceFrom,
  service_to: MARCH.serviceTo,
  amount,
});

/** What one invoice over this usage notes about what it bills. */
function unitsOf(all: Terms, used: Used): readonly UnitToBill[] {
  const [{ units }] = draftCustomer(marchOf(all, used), all.surroundings) as [InvoiceDraft];
  return units;
}

/** What one invoice over this usage bills. */
export function expected(all: Terms, used: Used): Map<string, string> {
  const [{ body }] = draftCustomer(marchOf(all, used), all.surroundings) as [InvoiceDraft];
  const found = new Map<string, Big>(
    body.lines.map((line) => [lineKey(line), new Big(line.amount).minus(line.discount)]),
  );
  for (const { key, amount } of body.taxes) found.set(`tax ${key}`, new Big(amount));
  return textsOf(found);
}

/** What one invoice over this usage comes to; null where lines entered by hand take it below zero. */
export function totalOf(all: Terms, used: Used): Big | null {
  try {
    const [{ body }] = draftCustomer(marchOf(all, used), all.surroundings) as [InvoiceDraft];
    return new Big(body.total);
  } catch (error) {
    if (error instanceof CannotBill && error.code === 'negative_total') return null;
    throw error;
  }
}
