import type { Pool } from '#libs/database/pool.ts';
import { inOrganization, type Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { lockCatalogExclusive } from '#libs/metering/store/lock-catalog-exclusive.ts';

const ATTEMPTS = 5;
const PAUSE_MS = 200;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * A change of the meters in one transaction that no batch of events overlaps. Waiting for the lock holds up the batches behind it,
 * so each attempt is short; between attempts they catch up. A failed attempt is rolled back: trying again is safe.
 */
export async function changeCatalog<T>(
  pool: Pool,
  organizationId: number,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inOrganization(pool, organizationId, async (tx) => {
        await lockCatalogExclusive(tx);
        return work(tx);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
      if (attempt === ATTEMPTS) {
        throw new ApiError(
          'unavailable',
          'Usage is being counted without a pause; the meter was not changed. Try again.',
          {
            headers: { 'Retry-After': '5' },
            cause: error,
          },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }
}
