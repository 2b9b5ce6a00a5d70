import type { Transaction } from '#libs/database/transaction.ts';
import { selectEventMaxAge } from '../store/select-event-max-age.ts';

/** As long as the identity of an event is known, it can be voided and amended. */
export const CORRECTION_DAYS = 100;

/** For how many days behind its end a service's usage can still change: events may be that old, and then be corrected. */
export const lateDays = async (tx: Transaction, organizationId: number): Promise<number> =>
  (await selectEventMaxAge(tx, organizationId)) + CORRECTION_DAYS;
