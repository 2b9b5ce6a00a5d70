/** What is asked of one meter and customer. */
export interface UsageRequest {
  /** Key of the meter; all its versions count, archived ones too. */
  readonly meter: string;
  /** Every name that events of the customer bear: its key and its aliases. */
  readonly names: readonly string[];
  /** Left out: whatever subscription events name, or none. */
  readonly subscription?: SubscriptionRule | undefined;
  /** Any instants, epoch milliseconds, half open. */
  readonly from: number;
  readonly to: number;
  /** Left out: one answer over all groups. */
  readonly groups?: GroupChoice | undefined;
}

/** Events that name this subscription ('': none), and with `orNone` those that name none as well. */
export interface SubscriptionRule {
  readonly named: string;
  readonly orNone: boolean;
}

export interface GroupChoice {
  /** Group-by properties that split the answer; the others are put together. */
  readonly by: readonly string[];
  /** Group-by property → allowed values, as text. */
  readonly filter: Readonly<Record<string, readonly string[]>>;
}

/** What a meter counted. Decimals as text. */
export interface Usage {
  /** Canonical JSON of the properties asked for; '' where none were. */
  readonly groupKey: string;
  /** By the meter's aggregation over the whole span; '0' where it has nothing to say. */
  readonly quantity: string;
  readonly eventCount: string;
  /** Sum of the hashes of the events in the span, mod 2^256. */
  readonly digest: string;
  /** weighted_sum: the level at the beginning of the span, made by earlier events. '0' for all others. */
  readonly carriedIn: string;
}
