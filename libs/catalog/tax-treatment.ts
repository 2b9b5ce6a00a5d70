import { z } from 'zod';
import { TAX_TREATMENTS } from '#libs/pricing/totals/bill.ts';
import { lineSchema } from './fields.ts';

export const taxTreatmentSchema = z.enum(TAX_TREATMENTS);

export const taxReasonSchema = lineSchema().describe(
  'Why no tax is added, as documents print it, e.g. the article of the law; needed for every treatment but "standard"',
);

export interface TreatmentFault {
  readonly field: 'tax_treatment_reason' | 'tax_id';
  readonly detail: string;
}

/** What a treatment asks of the fields beside it. */
export function treatmentFaults(treatment: unknown, reason: unknown, taxId: unknown): TreatmentFault[] {
  if (!TAX_TREATMENTS.includes(treatment as 'standard')) return [];
  const given = (value: unknown) => value !== null && value !== undefined;
  const faults: TreatmentFault[] = [];
  if (treatment === 'standard' && given(reason))
    faults.push({ field: 'tax_treatment_reason', detail: 'must be left out: the treatment is "standard"' });
  if (treatment !== 'standard' && !given(reason))
    faults.push({ field: 'tax_treatment_reason', detail: `is missing: the treatment "${treatment}" needs one` });
  if (treatment === 'reverse_charge' && !given(taxId))
    faults.push({ field: 'tax_id', detail: 'is missing: "reverse_charge" needs the tax id of the customer' });
  return faults;
}
