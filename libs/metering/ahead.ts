/**
 * So much earlier than its own time an event can have arrived: the greatest bound that an organization can set (a day), judged by the clock of
 * ingest, which may differ from the log's. What lies further ahead is not counted; readers of raw events look so far back.
 */
export const MAX_AHEAD_MS = 2 * 86_400_000;
