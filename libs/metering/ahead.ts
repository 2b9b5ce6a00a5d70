/**
 * So much earlier than its own time an event can have arrived: the greatest bound that an organization can set (a day), judged by the clock of
 * ingest, which may differ from the log's. What lies further ahead is not counted; readers of raw events look so far back. Events of a test
 * organization can have arrived earlier by as much as its clock is ahead of the log's: see read/arrived-from.ts.
 */
export const MAX_AHEAD_MS = 2 * 86_400_000;
