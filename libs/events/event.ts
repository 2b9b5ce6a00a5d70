export type PropertyValue = string | number | boolean;

/** One immutable usage record, as validated. */
export interface UsageEvent {
  /** Chosen by the sender; with `source` and the organization it is the event's identity. */
  readonly id: string;
  /** '' when the sender names none. */
  readonly source: string;
  readonly type: string;
  /** The seller's own key of the customer. */
  readonly customer: string;
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  /** False: the sender gave no time and `time` is the arrival. */
  readonly timeGiven: boolean;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}
