import { assemble, type InvoiceDraft, type Surroundings } from './assemble.ts';
import { CannotBill } from './cannot-bill.ts';
import { checkDraft } from './check.ts';
import type { DueUnit, MeteredUsage } from './due-unit.ts';
import { rateUnit } from './rate.ts';

/**
 * rate → assemble → check for one customer: the same steps whether the drafts are then finalized, compared or thrown away.
 * @throws CannotBill: nothing of this customer is billed
 */
export function draftCustomer(
  units: readonly { readonly unit: DueUnit; readonly usage: readonly MeteredUsage[] | null }[],
  surroundings: Surroundings,
): InvoiceDraft[] {
  const rated = units.map(({ unit, usage }) => ({ unit, lines: rateUnit(unit, usage) }));
  const drafts = assemble(rated, surroundings);
  const problems = drafts.flatMap(checkDraft);
  if (problems.length > 0) throw new CannotBill('check_failed', `The invoice does not add up: ${problems.join('; ')}.`);
  return drafts;
}
