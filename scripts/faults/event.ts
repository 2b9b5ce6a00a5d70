/** One event as the generator means it; request.ts writes it in one of the formats that the product takes. */
export interface SentEvent {
  readonly id: string;
  /** '' when none is sent. */
  readonly source: string;
  readonly type: string;
  readonly customer: string;
  /** '' when none is sent. */
  readonly subscription: string;
  /** Epoch milliseconds; null when it is left to the arrival. */
  readonly time: number | null;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** What an amendment replaces; the rest keeps its value. */
export type Changes = Partial<Pick<SentEvent, 'customer' | 'time' | 'properties'>>;

/** An event in the end: first payload, then its amendments in their order. */
export interface FinalEvent extends SentEvent {
  readonly time: number;
}
