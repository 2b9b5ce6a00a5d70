import { addDays } from '#libs/catalog/billing-period.ts';
import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import type { PriceStep } from '#libs/pricing/price-step.ts';
import { type InvoiceDraft, type Surroundings, totals } from './assemble.ts';
import type { DueCredit } from './due-credits.ts';
import { amountText } from './rate.ts';

/** A credit with the number of the invoice that it corrects. */
export interface NumberedCredit extends DueCredit {
  readonly invoiceNumber: string;
}

/** The credit notes that give back the unused shares of fees: one for each invoice that billed them. */
export function creditNotes(credits: readonly NumberedCredit[], surroundings: Surroundings): InvoiceDraft[] {
  return [...Map.groupBy(credits, ({ invoiceId, dueOn }) => `${invoiceId} ${dueOn}`).values()].map((group) =>
    creditNote(group, surroundings),
  );
}

function creditNote(credits: readonly NumberedCredit[], { customerId, ...parties }: Surroundings): InvoiceDraft {
  const [first] = credits as [NumberedCredit];
  const { currency, dueOn } = first;
  const given = credits.map((credit) => ({ credit, exact: shareOf(credit) }));
  const lines = given.map(({ credit, exact }, index) => ({
    position: index + 1,
    subscription_id: credit.unit.subscriptionId,
    charge_key: credit.unit.chargeKey,
    kind: 'fee' as const,
    description: credit.description,
    service_from: credit.keptUntil,
    service_to: credit.unit.serviceTo,
    quantity: '1',
    amount: amountText(exact.neg(), currency),
    steps: [unused(credit, exact)],
  }));
  return {
    customerId,
    units: [],
    cuts: given.map(({ credit, exact }) => ({
      ...credit.unit,
      invoiceId: credit.invoiceId,
      keptUntil: credit.keptUntil,
      credited: amountText(exact, currency),
    })),
    body: {
      schema: 1,
      kind: 'credit_note',
      currency,
      ...parties,
      period: {
        from: dueOn,
        to: credits.map(lastDay).sort().at(-1) as string,
        time_zone: first.timeZone,
      },
      corrects: { id: first.invoiceId, number: first.invoiceNumber, reason: `Not used from ${dueOn} on` },
      lines,
      ...totals(lines, currency),
    },
  };
}

/** Multiplied before it is divided. */
const shareOf = ({ amount, days, unitDays }: DueCredit): Big =>
  new Big(amount).times(String(days)).div(String(unitDays));

const unused = ({ days, unitDays }: DueCredit, exact: Big): PriceStep => ({
  rule: 'unused',
  quantity: String(days),
  per: String(unitDays),
  amount: decimalString(exact.neg()),
});

const lastDay = ({ dueOn, days }: DueCredit): string => addDays(dueOn, days);
