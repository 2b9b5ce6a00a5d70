export const HOUR = 3_600_000;

/** Start of the hour an instant lies in (epoch milliseconds, UTC). */
export const hourOf = (instant: number): number => Math.floor(instant / HOUR) * HOUR;
