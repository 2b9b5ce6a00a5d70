import { Big } from '#libs/money/decimal.ts';
import type { CountedPart } from '../documents/document.ts';
import type { RatedLine } from '../settle/settle-lines.ts';

/** Lines of a charge as what counts towards a minimum. Nothing counts nothing. */
export function countedParts(lines: readonly RatedLine[]): CountedPart[] {
  return lines.flatMap(({ charge_key, kind, service_from, service_to, group, quantity, amount }) =>
    charge_key === undefined || service_from === undefined || service_to === undefined || new Big(amount).eq('0')
      ? []
      : [{ charge_key, kind, service_from, service_to, ...(group && { group }), quantity, amount }],
  );
}
