import type { Charge } from './charge-schema.ts';
import { looksAtEvents } from './models/percentage.ts';
import { priceFor } from './price-in.ts';

/** Whether a charge is priced from what each event amounts to, rather than from what they amount to together. */
export function needsEvents(charge: Charge, currency: string): boolean {
  const price = priceFor(charge, currency);
  return price?.model === 'percentage' && looksAtEvents(price);
}
