const FIRST_MS = 200;
const LONGEST_MS = 20_000;
/** A server that asks for more is asked by the caller, not by this client. */
export const LONGEST_ASKED_MS = 60_000;

/**
 * How long to wait before asking again, in milliseconds: doubled each time, and half of it left to chance, so that clients that were cut off
 * together do not come back together. Never sooner than the server asked.
 * @param attempt 0 after the first failure
 * @param random in [0, 1)
 */
export function pauseMs(attempt: number, random: number, askedMs = 0): number {
  const backOff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16)) * (0.5 + random / 2);
  return Math.max(backOff, Math.min(askedMs, LONGEST_ASKED_MS));
}

/** Retry-After in milliseconds; undefined when there is none that can be read. @param now epoch milliseconds */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const instant = Date.parse(text);
  return Number.isNaN(instant) || !/[A-Za-z]/.test(text) ? undefined : Math.max(0, instant - now);
}
