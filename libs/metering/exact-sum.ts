import { Big } from '#libs/money/decimal.ts';

const SMALL_INTEGER = /^-?\d{1,15}$/;
const LIMIT = 4_000_000_000_000_000;

/** A sum of decimals, exact. Small integers, which most values are, are added as such; the rest as decimals. */
export class ExactSum {
  #small = 0;
  #rest: Big | undefined;

  add(value: string, sign: 1 | -1): void {
    if (SMALL_INTEGER.test(value)) {
      this.#small += sign * Number(value);
      if (Math.abs(this.#small) > LIMIT) this.#flush();
    } else {
      const big = new Big(value);
      this.#rest = sign === 1 ? (this.#rest ?? ZERO).plus(big) : (this.#rest ?? ZERO).minus(big);
    }
  }

  toString(): string {
    if (this.#rest === undefined) return String(this.#small);
    this.#flush();
    return this.#rest.toFixed();
  }

  #flush(): void {
    this.#rest = (this.#rest ?? ZERO).plus(String(this.#small));
    this.#small = 0;
  }
}

const ZERO = new Big('0');
