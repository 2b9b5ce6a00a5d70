import type { Charge } from '#libs/pricing/charge-schema.ts';
import { addDays } from './billing-period.ts';

/**
 * The local day whose discounts and tax rates hold for something billed: the last day of service when it is billed in arrears, the day of
 * issue when it is billed in advance or once. `serviceTo`: first day not served.
 */
export const billingDay = (billing: Charge['billing'], serviceTo: string, issueDate: string): string =>
  billing === 'in_arrears' ? addDays(serviceTo, -1) : issueDate;
