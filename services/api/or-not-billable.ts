import { ApiError } from '#libs/http/errors.ts';
import { CannotBill } from '#libs/invoicing/cannot-bill.ts';

/** Does the work; a customer who cannot be billed is told as a problem, with the reason's own code. */
export async function orNotBillable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CannotBill)) throw error;
    const errors = [{ pointer: '', code: error.code, detail: error.message }];
    throw new ApiError('not_billable', `${error.message} Nothing was changed.`, { errors, cause: error });
  }
}
