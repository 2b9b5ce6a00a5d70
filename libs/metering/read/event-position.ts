/** Events in the order in which prices take them: time (RFC 3339), source, id; texts by bytes. */
export type EventPosition = readonly [time: string, source: string, id: string];
