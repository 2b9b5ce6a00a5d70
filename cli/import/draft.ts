/** An event as far as a file says it. Fields are passed on as they are: whether they are right is judged by ingest alone. */
export interface Draft {
  readonly id?: unknown;
  readonly source?: unknown;
  readonly type?: unknown;
  readonly customer?: unknown;
  readonly time?: unknown;
  readonly properties?: unknown;
}

/** One record of a file: an event, or why it cannot be read. */
export type FileRecord = {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** As it stands in the file, without line end. Its identity is made of this when it brings no id. */
  readonly text: string;
} & ({ readonly event: Draft } | { readonly fault: string });

export type Decoded = { readonly event: Draft } | { readonly fault: string };

/** Fields of an event that --map can fill. */
export const EVENT_FIELDS = ['id', 'source', 'type', 'customer', 'time'] as const;
export type EventField = (typeof EVENT_FIELDS)[number];

/** Which name in the file stands for a field of the event. A field that is not named keeps its own name. */
export type FieldMap = ReadonlyMap<EventField, string>;
