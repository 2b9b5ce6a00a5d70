import { Big } from '#libs/money/decimal.ts';
import { decimalString } from '#libs/money/decimal-string.ts';
import { sum } from '#libs/money/sum.ts';
import { amountText } from './amount-text.ts';
import { CannotBill } from './cannot-bill.ts';
import { creditNotes, type FoundCredit, freedCuts } from './credit/credit-notes.ts';
import {
  assemble,
  type InvoiceDraft,
  invoiceBody,
  type RatedUnit,
  type Surroundings,
  type UnitCut,
} from './documents/assemble.ts';
import { checkDraft } from './documents/check.ts';
import type { CountedPart } from './documents/document.ts';
import { countsFor } from './due/counts-for.ts';
import { type DueUnit, type MeteredUsage, unitKeyText } from './due/due-unit.ts';
import { type Corrections, NO_CORRECTIONS } from './late/correct-documents.ts';
import { countedAfter } from './late/counted-after.ts';
import { placeAdjustments } from './late/place-adjustments.ts';
import { usesAfter } from './late/uses-after.ts';
import { rateUnit } from './rate/rate.ts';
import { rateCommitment } from './rate/rate-commitment.ts';

/** A due unit with what it is rated from. */
export interface CollectedUnit {
  readonly unit: DueUnit;
  /** What its meter counted; null for anything else. */
  readonly usage: readonly MeteredUsage[] | null;
  /** Of a commitment: what earlier documents bill of its period. */
  readonly charged?: readonly CountedPart[];
}

/**
 * rate → assemble → check for one customer: the same steps whether the drafts are then finalized, compared or thrown away. `corrections`:
 * what its late usage comes to, made with the credit notes for these credits.
 * @throws CannotBill: nothing of this customer is billed
 */
export function draftCustomer(
  units: readonly CollectedUnit[],
  surroundings: Surroundings,
  credits: readonly FoundCredit[] = [],
  corrections: Corrections = NO_CORRECTIONS,
): InvoiceDraft[] {
  const charges = units
    .filter(({ unit }) => unit.kind !== 'commitment')
    .map(({ unit, usage }): RatedUnit => ({ unit, lines: rateUnit(unit, usage) }));
  const notes = creditNotes(credits, surroundings);
  const freed = freedCuts(credits, notes);
  const cuts = [...notes.flatMap((note) => note.cuts ?? []), ...freed];
  const commitments = units
    .filter(({ unit }) => unit.kind === 'commitment')
    .map(({ unit, charged = [] }): RatedUnit => {
      const before = countedAfter(unit, charged, corrections.units);
      const counts = [...before, ...keptOf(unit, credits, cuts), ...chargedNow(unit, charges)];
      return { unit, lines: [rateCommitment(unit, counts)] };
    });
  const { settlement } = surroundings;
  const after = { ...settlement, uses: usesAfter(settlement.uses, corrections.uses) };
  const invoices = assemble([...charges, ...commitments], { ...surroundings, settlement: after }).map((draft) => ({
    ...draft,
    usesSeen: settlement.uses,
  }));
  const adjusted = placeAdjustments(invoices, corrections.adjustments, surroundings);
  const drafts = [...notes, ...corrections.notes, ...adjusted];
  const problems = drafts.flatMap(checkDraft);
  if (problems.length > 0) throw new CannotBill('check_failed', `The invoice does not add up: ${problems.join('; ')}.`);
  return [...drafts, ...freeing(freed, credits, surroundings)];
}

/** Days are freed without a document where nothing is to be given back. */
function freeing(
  cuts: readonly UnitCut[],
  [first]: readonly FoundCredit[],
  surroundings: Surroundings,
): InvoiceDraft[] {
  if (first === undefined || cuts.length === 0) return [];
  const { customerId } = surroundings;
  const { body } = invoiceBody([], first.currency, surroundings, undefined);
  return [{ customerId, body, isSkipped: true, units: [], discountUses: [], usesSeen: [], cuts }];
}

const chargedNow = (commitment: DueUnit, rated: readonly RatedUnit[]): CountedPart[] =>
  rated
    .filter(({ unit }) => countsFor(commitment, unit.subscriptionId, unit.period.serviceTo))
    .map(({ unit, lines }) => ({
      charge_key: unit.chargeKey,
      kind: unit.kind,
      service_from: unit.period.serviceFrom,
      service_to: unit.period.serviceTo,
      amount: amountText(sum(lines.map(({ amount }) => amount)), unit.currency),
    }))
    .filter(({ amount }) => !new Big(amount).eq('0'));

/** Of fees that these very credits cut down to end in the period: what stays billed. */
function keptOf(commitment: DueUnit, credits: readonly FoundCredit[], cuts: readonly UnitCut[]): CountedPart[] {
  return credits
    .filter(({ unit, keptUntil }) => countsFor(commitment, unit.subscriptionId, keptUntil))
    .map(({ unit, amount, keptUntil, found }): CountedPart => {
      const cut = cuts.find((one) => unitKeyText(one) === unitKeyText(unit));
      return {
        ...(found && { document: { id: found.invoice.id, number: found.invoice.number } }),
        charge_key: unit.chargeKey,
        kind: unit.kind,
        service_from: unit.serviceFrom,
        service_to: keptUntil,
        amount: decimalString(new Big(amount).minus(cut?.credited ?? '0')),
      };
    })
    .filter(({ amount }) => !new Big(amount).eq('0'));
}
