/** The first row that was touched. */
export interface Touched {
  /** Where it stands. */
  readonly table: 'invoices' | 'invoice_lines' | 'invoice_pdfs' | 'invoice_voidings' | 'invoice_series' | 'chain_heads';
  /** The document it belongs to, in words: its number, or series, date and place. */
  readonly document: string;
  /** Position of a line. */
  readonly position?: number;
  readonly reason: string;
}

export interface Verified {
  readonly documents: number;
  /** Signed heads that were met. */
  readonly heads: number;
  /** Documents behind the last signed head of their series: whoever rewrites these cannot be told yet. */
  readonly unsigned: number;
  /** Documents whose buyer was erased. */
  readonly redacted: number;
}

export type Verdict =
  | { readonly ok: true; readonly seen: Verified }
  | { readonly ok: false; readonly touched: Touched };
