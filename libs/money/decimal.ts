import BigJs from 'big.js';

/**
 * Exact decimals. `Big` here is big.js in strict mode (a JavaScript number is refused, so no float can slip in) and divides with
 * 40 fraction digits.
 */
export const Big = BigJs();
Big.strict = true;
Big.DP = 40;
Big.NE = -100;
Big.PE = 100;
export type Big = BigJs.Big;
