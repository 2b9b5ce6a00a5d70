import { selectChargeKeys } from '#libs/catalog/store/select-charge-keys.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import type { FieldError } from '#libs/http/errors.ts';

/** Keys in `/charges` that no plan has a charge with: what is only for them would silently be for nothing. */
export async function findChargeFaults(
  tx: Transaction,
  organizationId: number,
  keys: readonly string[] | undefined,
): Promise<FieldError[]> {
  if (!keys) return [];
  const known = await selectChargeKeys(tx, organizationId, keys);
  return keys.flatMap((key, index) =>
    known.has(key)
      ? []
      : [
          {
            pointer: `/charges/${index}`,
            code: 'unknown_charge',
            detail: `names the charge "${key}", which no plan has: create the plan first`,
          },
        ],
  );
}
