import { ApiError, type FieldError } from '#libs/http/errors.ts';

export type OrFaults<T> =
  | { readonly value: T; readonly faults: readonly FieldError[] }
  | { readonly value: null; readonly faults: readonly FieldError[] };

/** Does a part of the work; what is wrong with fields is kept, so that it can be told with what is wrong with others. */
export async function orFaults<T>(work: () => T | Promise<T>): Promise<OrFaults<T>> {
  try {
    return { value: await work(), faults: [] };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'invalid_request' && error.errors)
      return { value: null, faults: error.errors };
    throw error;
  }
}
