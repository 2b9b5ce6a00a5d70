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
  /** Which of the customer's subscriptions it belongs to; '' when the sender names none. */
  readonly subscription: string;
  /** Milliseconds since 1970 UTC. */
  readonly time: number;
  /** False: the sender gave no time and `time` is the arrival. */
  readonly timeGiven: boolean;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

/** Takes an event back (void) or replaces its payload (amend). Names its original by source and id. */
export interface Correction {
  readonly kind: 'void' | 'amend';
  readonly id: string;
  readonly source: string;
  /** The sender's own, or made from the content: the same one again changes nothing. */
  readonly correctionId: string;
  readonly reason: string;
  /** Who asked for it. */
  readonly actor: string;
  /** What an amendment replaces; fields left out stay as they are, properties are replaced whole. Empty for a void. */
  readonly changes: EventChanges;
}

export type EventChanges = Readonly<
  Partial<Pick<UsageEvent, 'type' | 'customer' | 'subscription' | 'time' | 'properties'>>
>;
