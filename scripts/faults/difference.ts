/** One figure that is not what it must be. */
export interface Difference {
  readonly organization: number;
  readonly what: string;
  readonly customer?: string;
  readonly window?: string;
  readonly expected: string;
  readonly got: string;
}
